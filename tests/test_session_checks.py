"""The doctor: what was found and the line that mends it; --fix runs what was agreed to; a click ends it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deepsteps_live.errors import Fault
from deepsteps_live.repl import doctor, stage_door
from deepsteps_live.session import cards, devices, mending
from deepsteps_live.session.checks import CHECKS, Check, check, machine, ours, sounding
from deepsteps_live.session.devices import Found
from deepsteps_live.session.jack import Jack
from deepsteps_live.session.mending import heard_click, mend, not_tried, written
from tests.stage_helpers import own_folders

BROKEN = Check("scsynth", False, "not found", "apt-get install -y supercollider-server", runs=True)
MENDED = Check("scsynth", True, "scsynth 3.13.0")
YOURS = Check("python", False, "3.9", "install Python 3.11 or newer")


@pytest.fixture(autouse=True)
def own(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("DEEPSTEPS_CONFIG", "DEEPSTEPS_RUNTIME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(folders))


@pytest.mark.parametrize("look", CHECKS)
def test_every_row_is_a_line_and_what_is_wrong_has_a_cure(look: Callable[[], Check]) -> None:
    row = look()
    assert row.name
    assert row.found
    assert "\n" not in row.found + row.cure
    assert row.ok or row.cure


def test_rows_have_names_of_their_own() -> None:
    assert len({look().name for look in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize(
    ("found", "wanted", "met"),
    [
        ("1.3.3", "mido>=1.3", True),
        ("1.2.11", "mido>=1.3", False),
        ("26.10b1", "supriya>=26.10b1", True),
        ("26.10b2", "supriya>=26.10b1", True),
        ("26.10", "supriya>=26.10b1", True),
        ("26.9", "supriya>=26.10b1", False),
        ("26.10b1", "supriya>=26.10", False),
        ("26.10.0", "supriya>=26.10", True),
        ("2.4.6", "numpy", True),
        (None, "numpy>=1", False),
    ],
)
def test_a_version_is_new_enough(found: str | None, wanted: str, met: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_version", lambda name: found)
    assert machine.is_met(wanted) == met


def test_an_old_package_is_named_with_the_line_that_renews_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_wanted", lambda: ["mido>=99", "numpy>=1"])
    row = machine.packages()
    assert row.found.startswith("mido>=99 (1.")
    assert row.cure == f"{sys.executable} -m pip install --upgrade 'mido>=99'"


def test_a_missing_scsynth_is_installed_by_what_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "MAC", False)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/dnf" if name == "dnf" else None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert sounding.scsynth().cure == "sudo dnf install -y supercollider"


def test_root_needs_no_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert check.as_root("modprobe snd-seq") == "modprobe snd-seq"


def test_on_a_mac_brew_installs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "MAC", True)
    assert check.install("supercollider-server") == "brew install --cask supercollider"


def limits(monkeypatch: pytest.MonkeyPatch, priority: int, memory: int) -> Check:
    import resource

    given = {resource.RLIMIT_RTPRIO: priority, resource.RLIMIT_MEMLOCK: memory}
    monkeypatch.setattr(sounding, "LINUX", True)
    monkeypatch.setattr(resource, "getrlimit", lambda name: (given[name], given[name]))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return sounding.real_time()


def test_without_real_time_limits_the_line_makes_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sounding, "LIMITS", str(tmp_path / "audio.conf"))
    row = limits(monkeypatch, 0, 65_536)
    assert not row.ok
    assert "tee" in row.cure


def test_where_the_limits_are_the_user_joins_their_group(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "audio.conf").touch()
    monkeypatch.setattr(sounding, "LIMITS", str(tmp_path / "audio.conf"))
    monkeypatch.setenv("USER", "ada")
    assert limits(monkeypatch, 0, 65_536).cure.startswith("sudo usermod -aG audio ada")


def test_limits_that_suffice_are_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits(monkeypatch, 95, -1).ok


def test_memory_that_may_not_be_locked_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not limits(monkeypatch, 95, 65_536).ok


@pytest.mark.parametrize(("period", "ok"), [(256, True), (2048, True), (4096, False)])
def test_a_long_block_is_not_well(period: int, ok: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounding, "LINUX", True)
    monkeypatch.setattr(sounding, "jack", lambda: Jack("default", 48_000, period, ()))
    assert sounding.block().ok == ok


@pytest.mark.parametrize(
    ("found", "ok", "said"),
    [
        (Found(), True, "no ports"),
        (Found(("Digitakt", "Volca"), ()), True, "out: Digitakt, Volca; in: none"),
        (Found(importable=False, wrong="supriya-midi cannot be imported"), False, "supriya-midi cannot be imported"),
        (Found(wrong="the MIDI system does not answer"), False, "the MIDI system does not answer"),
    ],
)
def test_midi_says_its_ports_or_what_is_wrong(
    found: Found, ok: bool, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounding, "midi_ports", lambda: found)
    row = sounding.midi()
    assert (row.ok, row.found) == (ok, said)


def fake_run(monkeypatch: pytest.MonkeyPatch, out: str, error: str = "", status: int = 0) -> None:
    done = types.SimpleNamespace(stdout=out, stderr=error, returncode=status)
    monkeypatch.setattr(devices, "jack", lambda: None)
    monkeypatch.setattr(subprocess, "run", lambda *words, **how: done)


def test_midi_ports_are_read_from_the_process_that_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_run(monkeypatch, 'a driver says hello\n[["Digitakt"], ["nanoKONTROL"]]\n')
    assert devices.midi_ports() == Found(("Digitakt",), ("nanoKONTROL",))


def test_a_midi_driver_that_dies_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_run(monkeypatch, "", "", -6)
    assert devices.midi_ports().wrong == "the MIDI system failed: status -6"


def test_a_midi_driver_that_hangs_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*words: Any, **how: Any) -> None:
        raise subprocess.TimeoutExpired("look", 10)

    monkeypatch.setattr(subprocess, "run", hang)
    monkeypatch.setattr(devices, "jack", lambda: None)
    assert devices.midi_ports().wrong == "the MIDI system does not answer"


def test_cards_are_read_from_alsa(tmp_path: Path) -> None:
    (tmp_path / "cards").write_text(
        " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n                      HDA Intel PCH at 0xf7 irq 31\n"
        " 1 [K2             ]: USB-Audio - Komplete Audio 2\n                      Native Instruments\n"
    )
    for name in ("card0/pcm0p", "card1/pcm0p", "card1/pcm0c"):
        (tmp_path / name).mkdir(parents=True)
    assert [(card.name, card.outputs, card.inputs) for card in cards.cards(tmp_path)] == [
        ("HDA Intel PCH", True, False),
        ("Komplete Audio 2", True, True),
    ]


def test_sinks_and_sources_are_read_from_pipewire() -> None:
    nodes = [
        {"info": {"props": {"media.class": "Audio/Sink", "node.description": "Speakers"}}},
        {"info": {"props": {"media.class": "Audio/Source", "node.name": "mic"}}},
        {"info": {"props": {"media.class": "Stream/Output/Audio", "node.name": "player"}}},
        {"info": None},
    ]
    found = cards.pipewire(json.dumps(nodes))
    assert [(each.name, each.outputs, each.inputs) for each in found] == [
        ("Speakers", True, False),
        ("mic", False, True),
    ]


def test_devices_are_read_from_core_audio() -> None:
    items = [
        {"_name": "MacBook Pro Speakers", "coreaudio_device_output": 2, "coreaudio_device_srate": 48_000},
        {"_name": "MacBook Pro Microphone", "coreaudio_device_input": 1, "coreaudio_device_srate": 44_100},
    ]
    found = cards.core_audio(json.dumps({"SPAudioDataType": [{"_items": items}]}))
    assert [(each.outputs, each.inputs, each.rate) for each in found] == [(True, False, 48_000), (False, True, 44_100)]


@pytest.mark.parametrize("read", [cards.pipewire, cards.core_audio])
def test_a_program_that_prints_nonsense_knows_no_devices(read: Callable[[str], list[Any]]) -> None:
    assert read("oh no") == []


def test_settings_that_are_wrong_are_not_well(folders: Path) -> None:
    (folders / "settings.toml").write_text("tempp = 3\n")
    row = ours.settings()
    assert not row.ok
    assert 'did you mean "tempo"?' in row.found


def test_a_startup_file_that_python_cannot_read_is_not_well(folders: Path) -> None:
    (folders / "startup.py").write_text("tempo = 3\nx ===\n")
    assert "startup.py: line 2: invalid syntax" in ours.settings().found


@pytest.mark.parametrize(
    ("kind", "letters", "cure"),
    [
        ("dumb", "utf-8", "export TERM=xterm-256color"),
        ("xterm", "ascii", "export LANG=C.UTF-8"),
        ("xterm", "utf-8", ""),
    ],
)
def test_the_terminal(kind: str, letters: str, cure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding=letters)
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", kind)
    monkeypatch.setenv("COLORTERM", "truecolor")
    assert machine.terminal().cure == cure


def test_a_full_disk_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: types.SimpleNamespace(free=10**8))
    row = machine.disk()
    assert not row.ok
    assert row.found.startswith("100 MB free here")


class Shell:
    """Runs nothing and keeps what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, mends: bool = True) -> None:
        self.ran: list[str] = []
        self.asked: list[str] = []
        self.said: list[str] = []
        self._mends = mends
        monkeypatch.setattr(mending, "CHECKS", (lambda: MENDED if self.ran and mends else BROKEN,))

    def run(self, command: str) -> int:
        self.ran.append(command)
        return 0 if self._mends else 100

    def ask(self, answer: bool) -> Callable[[str], bool]:
        return lambda question: self.asked.append(question) or answer  # type: ignore[func-returns-value]


def test_what_was_agreed_to_is_run_and_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Shell(monkeypatch)
    assert mend([BROKEN], ask=shell.ask(True), run=shell.run, say=shell.said.append) == [MENDED]
    assert shell.ran == [BROKEN.cure]


def test_what_was_not_agreed_to_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Shell(monkeypatch)
    assert mend([BROKEN], ask=shell.ask(False), run=shell.run, say=shell.said.append) == [BROKEN]
    assert (shell.ran, len(shell.asked)) == ([], 1)


def test_with_nobody_to_ask_it_is_only_said(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Shell(monkeypatch)
    mend([BROKEN], ask=None, run=shell.run, say=shell.said.append)
    assert shell.ran == []
    assert shell.said == [f"scsynth: --fix on a terminal would run: {BROKEN.cure}"]


def test_what_is_no_command_is_left_to_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Shell(monkeypatch)
    mend([YOURS], ask=shell.ask(True), run=shell.run, say=shell.said.append)
    assert (shell.ran, shell.said) == ([], ["python: this needs you: install Python 3.11 or newer"])


def test_a_command_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Shell(monkeypatch, mends=False)
    assert mend([BROKEN], ask=shell.ask(True), run=shell.run, say=shell.said.append) == [BROKEN]
    assert shell.said == ["scsynth: still not found; the command ended with status 100"]


def test_what_is_well_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Shell(monkeypatch)
    assert mend([MENDED], ask=shell.ask(True), run=shell.run, say=shell.said.append) == [MENDED]
    assert shell.asked == []


def test_a_line_runs_as_the_shell_runs_it() -> None:
    assert mending.run("exit 3  # then log in again") == 3


class Played:
    """A stage and a session on which a click is seen, or not."""

    def __init__(self, peak: float, wrong: str = "") -> None:
        self.engine = types.SimpleNamespace(connected=True, state={"sound": True, "meters": {"click": peak}})
        self.asked: list[str] = []
        self._wrong = wrong

    def ask(self, do: str, **fields: Any) -> None:
        self.asked.append(do)
        if self._wrong:
            raise Fault(self._wrong)


@pytest.mark.parametrize(
    ("peak", "wrong", "notices", "said"),
    [
        (0.2, "", [], "played, and seen by scsynth's meter: peak 0.20"),
        (0.0, "", [], "played, and not seen by scsynth's meter"),
        (0.0, "", ["no sound: JACK did not start"], "no sound: JACK did not start"),
        (0.0, "the engine does not answer", [], "the engine does not answer"),
    ],
)
def test_the_click_is_seen_or_it_is_said_why_not(
    peak: float, wrong: str, notices: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mending, "HEARD_WITHIN", 0.0)
    played: Any = Played(peak, wrong)
    row = heard_click(played, played, notices)
    assert (row.ok, row.found) == (peak > 0, said)


def test_without_scsynth_the_click_is_not_tried() -> None:
    row = not_tried([BROKEN])
    assert row is not None
    assert row.found == "not tried: no scsynth"
    assert not_tried([MENDED, YOURS]) is None


def test_the_click_is_one_hit_a_bar() -> None:
    (track,) = mending.click_set()
    assert (sum(track.pattern.hits), len(track.pattern)) == (1, 16)


def test_rows_are_green_or_red_where_there_are_colours() -> None:
    assert written(MENDED, colours=True).startswith("\x1b[32mok \x1b[0m")
    assert written(BROKEN, colours=True).startswith("\x1b[31mNOT\x1b[0m")


def test_without_colours_rows_are_plain_text() -> None:
    assert written(BROKEN, colours=False) == f"NOT  scsynth         not found\n     {BROKEN.cure}"


@pytest.mark.parametrize(
    ("terminal", "no_colour", "coloured"), [(True, "", True), (True, "1", False), (False, "", False)]
)
def test_colours_are_for_terminals_that_want_them(
    terminal: bool, no_colour: str, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = io.StringIO()
    monkeypatch.setattr(page, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr(sys, "stdout", page)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", no_colour)
    monkeypatch.setattr(stage_door, "hear_click", lambda: Check("click", True, "seen"))
    doctor.examine(fix=False, plain=True)
    assert ("\x1b[" in page.getvalue()) == coloured


@pytest.mark.real
def test_the_doctor_plays_a_click_that_scsynth_sees() -> None:
    with own_folders() as variables:
        words = [sys.executable, "-m", "deepsteps_live.repl.command_line", "doctor", "--json"]
        done = subprocess.run(
            words, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60, check=False
        )
    (row,) = [row for row in json.loads(done.stdout)["checks"] if row["name"] == "click"]
    assert row["ok"], row
