"""Blocks on standard input, and blocks at the prompt."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deepsteps_live.repl.pipe import Wrong, blocks, run_pipe, standard_input
from deepsteps_live.repl.prompt import complete
from deepsteps_live.session.instrument import Instrument
from tests.stage_helpers import own_folders


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("play()\ntempo = 3\n", ["play()", "tempo = 3"]),
        ("def f():\n    return 1\n\nf()\n", ["def f():\n    return 1\n", "f()"]),
        ("def f():\n    return 1\nf()\n", ["def f():\n    return 1", "f()"]),
        (
            "for i in range(3):\n    play()\nelse:\n    stop()\n\n",
            ["for i in range(3):\n    play()\nelse:\n    stop()\n"],
        ),
        ("kick.pattern = (\n'x---'\n)\nplay()\n", ["kick.pattern = (\n'x---'\n)", "play()"]),
        ("x = 1\r\ny = 2\r\n", ["x = 1", "y = 2"]),
        ("wrong wrong\nplay()\n", ["wrong wrong", "play()"]),
        ("def f():\n    return 1", ["def f():\n    return 1"]),
        ("\n\n", []),
        (":{\nx = 1\n\ny = 2\n:}\n", ["x = 1\n\ny = 2"]),
        (":{\ndef f():\n    x = 1\n\n    return x\nf()\n:}\n", ["def f():\n    x = 1\n\n    return x\nf()"]),
        (":{\r\nx = 1\r\n\r\ny = 2\r\n:}\r\n", ["x = 1\n\ny = 2"]),
        (":{\n    x = 1\n    y = 2\n  :}\n", ["x = 1\ny = 2"]),
        ("x = (\n:{\ny = 2\n:}\n", ["x = (", "y = 2"]),
        (":{\n:}\nplay()\n", ["", "play()"]),
        ("\ufeffplay()\n", ["play()"]),
        (":{\nx = 1\n:{\ny = 2\n:}\n", [Wrong("a :{ before the :} of the one above; that block was not run"), "y = 2"]),
        (":}\nplay()\n", [Wrong("a :} without its :{"), "play()"]),
        (":{\nplay()\n", [Wrong("a :{ without its :}; that block was not run")]),
        ("# %%\nplay()\n", ["# %%", "play()"]),
    ],
)
def test_input_falls_into_blocks(sent: str, found: list[str | Wrong]) -> None:
    assert list(blocks(sent.splitlines(keepends=True))) == found


def piped(instrument: Instrument, capsys: pytest.CaptureFixture[str], sent: str, *, echo: bool = True) -> str:
    run_pipe(instrument, io.StringIO(sent), echo=echo)
    return capsys.readouterr().out


def test_a_marked_block_changes_all_or_nothing(instrument: Instrument, capsys: pytest.CaptureFixture[str]) -> None:
    before = instrument.session.live_set
    piped(instrument, capsys, ":{\ntempo = 150\n\nkick.pattern = 'y'\n:}\n")
    assert instrument.session.live_set == before


def test_a_marked_block_is_one_step_of_undo(instrument: Instrument, capsys: pytest.CaptureFixture[str]) -> None:
    before = instrument.session.live_set
    piped(instrument, capsys, ":{\ntempo = 150\n\nswing = 0.5\n:}\nundo()\n")
    assert instrument.session.live_set == before


def test_echo_answers_every_block_in_a_line(instrument: Instrument, capsys: pytest.CaptureFixture[str]) -> None:
    said = piped(instrument, capsys, "tempo = 150\n:{\nswing = 0.5\n\nsnair\n:}\n1 + 1\n:}\n")
    assert said.splitlines() == [
        ":ok",
        ':error no name "snair"; did you mean "snare"? (line 3)',
        "2",
        ":ok",
        ":error a :} without its :{",
    ]


def test_without_echo_only_errors_are_said(instrument: Instrument, capsys: pytest.CaptureFixture[str]) -> None:
    assert piped(instrument, capsys, "tempo = 150\nsnair\n", echo=False) == ""


def run_from_standard_input(instrument: Instrument, sent: bytes) -> None:
    """What `deepsteps --pipe --echo` does with these bytes."""
    ours, theirs = os.pipe()
    os.write(theirs, sent)
    os.close(theirs)
    with pytest.MonkeyPatch.context() as patch, os.fdopen(ours) as stdin:
        patch.setattr(sys, "stdin", stdin)
        with standard_input() as lines:
            run_pipe(instrument, lines, echo=True)


def test_letters_that_are_no_utf_8_are_wrong_in_their_block_alone(
    instrument: Instrument, capsys: pytest.CaptureFixture[str]
) -> None:
    run_from_standard_input(instrument, b"\xff = 1\ntempo = 150\n")
    assert instrument.session.live_set.tempo == 150
    assert capsys.readouterr().out.splitlines()[-1] == ":ok"


def test_exit_does_not_end_the_input(instrument: Instrument, capsys: pytest.CaptureFixture[str]) -> None:
    run_from_standard_input(instrument, b"import sys; sys.stdin.close(); raise SystemExit\ntempo = 150\n")
    assert capsys.readouterr().out.splitlines() == [":error Ctrl-D leaves", ":ok"]


@pytest.mark.parametrize("text", ["play()", "a, b = 1, 2", "wrong wrong", "def f():\n    return 1\n", "x = 1\ny = 2"])
def test_enter_runs_a_whole_block(text: str) -> None:
    assert complete(text)


@pytest.mark.parametrize("text", ["def f():", "kick.pattern = (", "def f():\n    return 1", '"""open'])
def test_enter_goes_on_with_an_open_one(text: str) -> None:
    assert not complete(text)


GUIDE = (Path(__file__).parent.parent / "docs" / "editors.md").read_text()


def test_the_guide_shows_what_is_answered(instrument: Instrument, capsys: pytest.CaptureFixture[str]) -> None:
    (shown,) = re.findall(r"```text\n(:\{.*?)```", GUIDE, re.DOTALL)
    lines = [re.split(r" {4,}", line)[0] for line in shown.splitlines()]
    answers = [line for line in lines if line.startswith((":ok", ":error"))]
    sent = "\n".join(line for line in lines if line not in answers)
    assert piped(instrument, capsys, sent).splitlines() == answers


@pytest.mark.real
def test_the_guides_program_plays() -> None:
    (program,) = re.findall(r"```python\n(import subprocess.*?)```", GUIDE, re.DOTALL)
    with own_folders() as variables:
        words = [sys.executable, "-W", "error", "-c", program]
        done = subprocess.run(
            words, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.stdout.splitlines() == [":ok", ':error no name "snair"; did you mean "snare"?']
