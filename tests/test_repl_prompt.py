"""The prompt: keys typed into prompt_toolkit without a terminal, and blocks run with what they print."""

from __future__ import annotations

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.history import FileHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from deepsteps_live import places
from deepsteps_live.repl.prompt import HELLO, run_block, run_prompt
from deepsteps_live.repl.stage_door import Leave
from deepsteps_live.repl.toolbar import toolbar
from deepsteps_live.session.instrument import Instrument
from tests.fakes import FakeEngine

pytestmark = pytest.mark.usefixtures("folders")

ENTER, DROP, LEAVE, TAB = "\r", "\x03", "\x04", "\t"
LEFT = "\x1b[D"


def typed(instrument: Instrument, *keys: str) -> Instrument:
    """The instrument after these keys, Ctrl-C (for what they left in the line) and Ctrl-D."""
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
        keyboard.send_text("".join(keys) + DROP + LEAVE)
        run_prompt(instrument)
    return instrument


def pasted(text: str) -> str:
    """What a terminal sends for a paste."""
    return f"\x1b[200~{text}\x1b[201~"


def tempo(instrument: Instrument) -> float:
    return instrument.session.live_set.tempo


def test_ctrl_d_leaves(instrument: Instrument, capsys: pytest.CaptureFixture[str]) -> None:
    typed(instrument)
    assert capsys.readouterr().out == HELLO + "\n"


def test_enter_runs_a_line(instrument: Instrument) -> None:
    assert tempo(typed(instrument, "tempo = 99", ENTER)) == 99


def test_enter_in_the_middle_of_a_line_does_not_tear_it(instrument: Instrument) -> None:
    assert tempo(typed(instrument, "tempo = 99", LEFT * 2, ENTER)) == 99


def test_ctrl_c_drops_the_line(instrument: Instrument) -> None:
    assert tempo(typed(instrument, "tempo = 99", DROP, "tempo += 1", ENTER)) == 113


def test_ctrl_d_in_a_line_does_not_leave(instrument: Instrument) -> None:
    assert tempo(typed(instrument, "tempo = 99", LEAVE, ENTER)) == 99


def test_a_block_goes_on_over_lines_and_runs_on_an_empty_one(instrument: Instrument) -> None:
    typed(instrument, "for track in (kick, snare):", ENTER, "track.level = -9", ENTER, "track.pan = 1", ENTER, ENTER)
    tracks = instrument.session.live_set.tracks[:2]
    assert [(track.level, track.pan) for track in tracks] == [(-9, 1), (-9, 1)]


def test_an_open_bracket_goes_on(instrument: Instrument) -> None:
    assert tempo(typed(instrument, "tempo = (", ENTER, "90 + 9", ENTER, ")", ENTER)) == 99


def test_a_pasted_block_runs_as_one_change(instrument: Instrument) -> None:
    typed(instrument, pasted("tempo = 99\n\ndef half():\n    return tempo / 2\n\nswing = 1\ntempo = half()\n"), ENTER)
    assert tempo(instrument) == 49.5
    instrument.run("undo()")
    assert (tempo(instrument), instrument.session.live_set.swing) == (112, 0.08)


def test_what_was_typed_is_there_the_next_time(instrument: Instrument) -> None:
    typed(instrument, "tempo += 1", ENTER, pasted("if True:\n    swing = 0\n"), ENTER)
    kept = FileHistory(str(places.data_folder() / "history")).load_history_strings()
    assert [block.rstrip() for block in kept] == ["if True:\n    swing = 0", "tempo += 1"]


def test_tab_at_the_start_of_a_line_indents(instrument: Instrument) -> None:
    assert tempo(typed(instrument, "if True:", ENTER, "\x15", TAB, "tempo = 99", ENTER, ENTER)) == 99


def test_an_error_leaves_the_prompt_open(instrument: Instrument) -> None:
    assert tempo(typed(instrument, "snair", ENTER, "x ===", ENTER, "exit()", ENTER, "tempo = 99", ENTER)) == 99


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("tempo", "112.0\n"),
        ("'a word'", "a word\n"),
        ("pattern('x---X---')", 'pattern("x---X---")\n'),
        ("stop", "stop(): Stop, at once.\n"),
        ("kick.mute = True", ""),
        ("None", ""),
        ("", ""),
        ("# a remark", ""),
        ("tempo = 99; tempo", "99.0\n"),
    ],
)
def test_a_value_is_printed_as_music(
    text: str, printed: str, instrument: Instrument, capsys: pytest.CaptureFixture[str]
) -> None:
    run_block(instrument, text)
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("snair", 'no name "snair"; did you mean "snare"?'),
        ("zzzzzz", 'no name "zzzzzz"; help() lists the words'),
        ("tempo = 99\nswing = 0\nsnair.mute = 1", 'no name "snair"; did you mean "snare"? (line 3)'),
        ("tempo = 99\nx ===", "SyntaxError: invalid syntax (line 2)"),
        ("if True:\ntempo = 9", "IndentationError: expected an indented block after 'if' statement on line 1 (line 2)"),
        ("tempo = 1\0", "source code string cannot contain null bytes"),
        ("def f(): f()\nf()", "RecursionError: maximum recursion depth exceeded"),
        ("print(10**5000)", "ValueError: Exceeds the limit (4300 digits) for integer string conversion"),
        ("10**5000", "ValueError: Exceeds the limit (4300 digits) for integer string conversion"),
        ("raise BaseException", "BaseException"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("raise KeyboardInterrupt", "stopped; the music goes on"),
        ("quit()", "Ctrl-D leaves"),
        ("class E(Exception):\n    def __str__(self): return 3\nraise E", "E (line 3)"),
        ("class T:\n    def __repr__(self): raise OSError('x')\nT()", "OSError: x (line 2)"),
    ],
)
def test_an_error_is_one_line(text: str, said: str, instrument: Instrument, capsys: pytest.CaptureFixture[str]) -> None:
    run_block(instrument, text)
    written = capsys.readouterr()
    assert said in written.err
    assert written.err.count("\n") == 1
    assert written.out == ""
    assert tempo(instrument) == 112


def test_being_told_to_end_is_no_mistake_of_the_line(instrument: Instrument) -> None:
    def end() -> None:
        raise Leave

    dict.__setitem__(instrument.namespace, "end", end)
    with pytest.raises(Leave):
        run_block(instrument, "end()")


def bar(instrument: Instrument) -> str:
    return "".join(text for _, text in toolbar(instrument))


def test_the_toolbar_says_that_nothing_plays(instrument: Instrument) -> None:
    assert " ".join(bar(instrument).split()) == "stopped 112 bpm swing 0.08 D pentmin seq cpu 0% late 0"


def test_the_toolbar_shows_bar_beat_and_what_goes_wrong(
    instrument: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    instrument.session.link = FakeEngine()
    instrument.session.link.state = {"recording": 3.2, "sound": False, "late_bundles": 2, "cpu": 12.3}
    monkeypatch.setattr(instrument.session, "beat", lambda: 9.5)
    shown = bar(instrument)
    for part in ("bar 3  ·●··", "rec 3 s", "no sound server", "cpu 12%  late 2"):
        assert part in shown


def test_before_the_first_bar_the_toolbar_counts_in(instrument: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instrument.session, "beat", lambda: -0.1)
    assert "bar 0  ···●" in bar(instrument)
