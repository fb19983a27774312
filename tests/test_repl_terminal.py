"""The prompt in a real terminal, tmux's, with a real engine: what is seen, and that nothing is left behind."""

from __future__ import annotations

import contextlib
import shlex
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import soundfile

from tests.stage_helpers import gone, own_folders, wait_for

pytestmark = [pytest.mark.real, pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is missing")]


class Terminal:
    """A tmux server of its own with `deepsteps` in its one window."""

    def __init__(self, folder: Path, variables: dict[str, str], columns: int = 110, rows: int = 40) -> None:
        self._name = f"ds-{uuid.uuid4().hex[:8]}"
        settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
        command = f"exec env {settings} {shlex.quote(sys.executable)} -m deepsteps_live.repl.command_line"
        self._tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", str(folder), command)
        self.prompt = psutil.Process(int(self._tmux("display-message", "-p", "#{pane_pid}")))

    def type(self, *keys: str) -> None:
        """Press keys, by tmux's names; other words are typed as they are."""
        self._tmux("send-keys", *keys)

    def line(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)
        self.type("Enter")

    def mouse(self, button: int, column: int, row: int, end: str = "M") -> None:
        """Send what a terminal sends for its mouse; column and row from 1, `end` "m" when a button is let go."""
        self._tmux("send-keys", "-l", f"\x1b[<{button};{column};{row}{end}")

    def resize(self, columns: int, rows: int) -> None:
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def rows(self, word: str) -> list[tuple[int, str]]:
        """The lines of the screen that begin with a word, and their rows, from 1."""
        return [(row, line) for row, line in enumerate(self.screen.splitlines(), 1) if line[1:].startswith(word)]

    def row(self, word: str) -> tuple[int, str]:
        """The last of these, once it has kept its place for a second: what the engine has to say moves it."""
        seen: list[tuple[int, str]] = []
        while len(seen) < 20 or len({row for row, _ in seen[-20:]}) > 1:
            assert len(seen) < 300, f"{word} is nowhere for a second"
            seen.append((self.rows(word) or [(len(seen), "")])[-1])
            time.sleep(0.05)
        return seen[-1]

    @property
    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def sees(self, text: str, seconds: float = 15.0) -> None:
        wait_for(lambda: text in self.screen, seconds)

    def run(self, statement: str) -> None:
        """Run a long statement, and wait until it runs: before that, Ctrl-C belongs to the line editor."""
        self.line(f"print('go' + 'ing'); {statement}")
        self.sees("\ngoing")

    def close(self) -> None:
        subprocess.run(["tmux", "-L", self._name, "kill-server"], capture_output=True, check=False)

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(["tmux", "-L", self._name, *words], capture_output=True, text=True, check=True)
        return done.stdout.rstrip("\n")


@contextlib.contextmanager
def opened(folder: Path, columns: int = 110, rows: int = 40) -> Iterator[Terminal]:
    """A terminal of a size; nothing of it is left afterwards."""
    with own_folders() as variables:
        terminal = Terminal(folder, variables, columns, rows)
        try:
            terminal.sees("Ctrl-D leaves")
            everyone = terminal.prompt.children(recursive=True)
            yield terminal
        finally:
            terminal.close()
        wait_for(lambda: gone([terminal.prompt, *everyone]))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with opened(tmp_path) as terminal:
        yield terminal


def test_a_first_minute_at_the_prompt(terminal: Terminal, tmp_path: Path) -> None:
    terminal.sees("stopped")
    terminal.line("play()")
    terminal.sees(">>> play()")
    terminal.sees("bar 1")
    terminal.sees("bar 2")
    terminal.line("snair")
    terminal.sees('no name "snair"; did you mean "snare"?')
    assert "Traceback" not in terminal.screen
    terminal.type("temp", "Tab")
    terminal.sees(">>> tempo")
    terminal.line(" = 150")
    terminal.sees("150 bpm")
    terminal.line('rec("/proc/take.wav")')
    terminal.sees("/proc cannot be written")
    terminal.line('rec("take.wav")')
    terminal.sees(" rec 1 s")
    terminal.line("rec()")
    terminal.sees("recorded")
    assert soundfile.info(tmp_path / "take.wav").duration > 0.5


def test_ctrl_c_stops_the_line_and_ctrl_d_leaves_nothing_running(terminal: Terminal) -> None:
    everyone = [terminal.prompt, *terminal.prompt.children(recursive=True)]
    assert len(everyone) > 1
    terminal.line("play()")
    terminal.run("exec('while True: pass')")
    terminal.type("C-c")
    terminal.sees("stopped; the music goes on")
    terminal.sees("bar 2")
    everyone += terminal.prompt.children(recursive=True)
    terminal.type("C-d")
    wait_for(lambda: gone(everyone))


def test_ctrl_c_stops_a_render_and_leaves_no_half_file(terminal: Terminal, tmp_path: Path) -> None:
    terminal.run('render("long.wav", bars=10_000)')
    terminal.type("C-c")
    terminal.sees("stopped; the music goes on")
    assert not (tmp_path / "long.wav").exists()


def test_a_closed_terminal_leaves_nothing_running(terminal: Terminal) -> None:
    terminal.line("play()")
    terminal.sees("bar 1")
    everyone = [terminal.prompt, *terminal.prompt.children(recursive=True)]
    terminal.close()
    wait_for(lambda: gone(everyone))


def test_exit_says_how_to_leave_and_does_not(terminal: Terminal) -> None:
    terminal.line("exit()")
    terminal.sees("\nCtrl-D leaves")
    terminal.line("tempo = 151")
    terminal.sees("151 bpm")


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_steps_are_touched_with_the_mouse_and_the_keys(tmp_path: Path, size: tuple[int, int]) -> None:
    with opened(tmp_path, *size) as terminal:
        terminal.sees("F1 keys")
        row, line = terminal.row("clap")
        column = line.index("·") + 1
        terminal.mouse(0, column, row)
        terminal.mouse(0, column, row, "m")
        wait_for(lambda: any("▅" in line for _, line in terminal.rows("clap")))
        terminal.mouse(2, 4, row)
        terminal.sees("clap    M")
        terminal.type("F2")
        terminal.sees("EDIT seq")
        terminal.type("Escape")
        wait_for(lambda: "EDIT" not in terminal.screen)
        terminal.type("F3")
        terminal.sees("512 rows")


def test_a_window_that_changes_its_size_keeps_its_prompt(terminal: Terminal) -> None:
    terminal.line("play()")
    for columns, rows in ((40, 24), (12, 5), (160, 50), (80, 24)):
        terminal.resize(columns, rows)
        terminal.line(f"columns = {columns}")
    terminal.line("print(columns + 1)")
    terminal.sees("\n81")
    terminal.sees("▸seq")
    assert "Window too small" not in terminal.screen
