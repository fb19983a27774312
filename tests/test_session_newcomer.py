"""What somebody types in her first ten minutes, at an instrument that plays nowhere: it works or says how."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.session.instrument import Instrument
from tests.typing_in import shown, wrong

pytestmark = pytest.mark.usefixtures("folders")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("kick.mute = 1\nkick.mute", True),
        ("kick.level += 3\nkick.level", 3.0),
        ("seq.pitches = [60]\nseq.pitches", (60,)),
        ("seq.pitches = 60\nseq.pitches", (60,)),
        ("seq.pitches = range(60, 62)\nseq.pitches", (60, 61)),
        ("import numpy\nseq.pitches = numpy.array([60, 62])\nseq.pitches", (60, 62)),
        ("import numpy\nkick.latents = numpy.zeros(4)\nkick.latents", (0.0, 0.0, 0.0, 0.0)),
        ("kick.sound.decay += 50\nkick.sound.decay", 530.0),
        ("kick.sound.osc_attack", 0.0),
        ("kick.pattern = 'x--X'\nkick.pattern[3]", 1.0),
        ("kick.pattern = 'x---'\nkick.pattern = kick.pattern.rotate(1)\nstr(kick.pattern)", "-x--"),
        ("for track in (kick, snare): track.level = -3\nsnare.level", -3.0),
        ("kick == kick, kick == snare, kick in {kick}", (True, False, True)),
        ("mine = kick\nmine.level = -2\nkick.level", -2.0),
        ("focus = kick\na = 1\nkick.a", 1.0),
        ("scale", "pentmin"),
        ("stop()", None),
        ("panic()", None),
    ],
)
def test_it_works(typed: str, value: object, instrument: Instrument) -> None:
    assert shown(instrument, typed) == value


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("kick.mute = 'no'", "mute is True or False, not 'no'"),
        ("kick.name = 'boom'", "kick keeps its name; remove(kick) and add() another"),
        ("swing = lfo(8, 0, 1)", "swing does not move by itself"),
        ("kick.pattern = 'x---' * 20", "a pattern has 1 to 64 steps, not 80"),
        ("undo(3)", "there is nothing to undo"),
        ("tempo = 99\nredo()", "there is nothing to redo"),
        ("help(3)", 'help() explains words, not 3: help("tempo"), help(kick), help(play)'),
        ("help(tempo)", "help() explains words, not 112.0"),
        ("encode('x---')", "a model knows bars of 16 steps, not 4"),
        ("rec()", "there is no engine to ask"),
        ("render('loop.wav', bars=0)", "bars is a number from 1 to 10000, not 0"),
        ("render('.')", "a take is a .wav file: "),
        ("save('a/b')", "a set goes by a word"),
    ],
)
def test_it_says_how(typed: str, said: str, instrument: Instrument) -> None:
    assert wrong(instrument, typed).startswith(said)


def test_a_track_is_one_line(instrument: Instrument) -> None:
    instrument.run("kick.pattern = 'x---X---'\nkick.mute = True")
    assert repr(shown(instrument, "kick")) == "kick     x---X---  Kick  muted"


@pytest.mark.parametrize("typed", ["kick", "'kick'", "focus", "kick.sound", "kick.pattern", "scale", "'a'", "'sound'"])
def test_help_explains_what_is_at_hand(typed: str, instrument: Instrument) -> None:
    assert len(shown(instrument, f"help({typed})")) > 20


def test_the_numbers_of_a_sound_stand_apart_from_their_ranges(instrument: Instrument) -> None:
    for line in repr(shown(instrument, "kick.sound")).splitlines()[1:]:
        assert len(line.split("  ")) >= 3, line


def test_a_loop_is_rendered_over_the_one_before(instrument: Instrument) -> None:
    for _ in range(2):
        assert "1 bar, rendered" in shown(instrument, "render('loop.wav', bars=1)")
    assert [path.name for path in Path().glob("*.wav")] == ["loop.wav"]


def test_rendering_where_nothing_may_be_written_says_so(instrument: Instrument) -> None:
    assert wrong(instrument, "render('/proc/loop.wav')").startswith("/proc cannot be written")


def test_undo_takes_back_a_function_with_what_it_made(instrument: Instrument) -> None:
    instrument.run("kick.pattern = 'x---'")
    instrument.run("kick.pattern = lambda bar: euclid(bar % 4 + 1, 8)")
    instrument.functions.bar(1)
    instrument.run("undo()")
    instrument.functions.bar(2)
    assert str(instrument.pattern("kick")) == "x---"


def test_redo_starts_the_function_again(instrument: Instrument) -> None:
    instrument.run("kick.pattern = lambda bar: euclid(bar % 4 + 1, 8)")
    instrument.run("undo()\nredo()")
    instrument.functions.bar(2)
    assert str(instrument.pattern("kick")).count("x") == 3


def test_undo_takes_back_an_every(instrument: Instrument) -> None:
    instrument.run("every(1, lambda: setattr(kick, 'mute', not kick.mute))")
    instrument.run("undo()")
    assert shown(instrument, "jobs()") == []


def test_a_function_that_raises_later_is_said_once_and_the_rest_plays_on(instrument: Instrument) -> None:
    told: list[str] = []
    instrument.session.tell = told.append
    instrument.run("kick.pattern = lambda bar: 'x---' if bar < 2 else snair")
    for bar in (1, 2, 3):
        instrument.functions.bar(bar)
    assert len(told) == 1
    assert "kick.pattern raised NameError" in told[0]
    assert str(instrument.pattern("kick")) == "x---"


def test_a_function_inside_a_block_does_not_tear_the_block(instrument: Instrument) -> None:
    instrument.run("every(1, lambda: setattr(kick, 'level', -6))")
    instrument.session.wait = lambda beats: instrument.functions.bar(1)
    instrument.run("tempo = 99\nwait(1)\nswing = 1\nhat.level = -9")
    assert instrument.session.live_set.track("kick").level == -6
    instrument.run("undo()")
    live_set = instrument.session.live_set
    assert (live_set.tempo, live_set.swing) == (112, 0.08)


def test_what_a_failing_function_assigned_is_forgotten(instrument: Instrument) -> None:
    wrong(instrument, "def faster():\n    global tempo\n    tempo = 140\n    1 / 0\nfaster()")
    instrument.run("swing = 0")
    assert instrument.session.live_set.tempo == 112


def test_a_signal_of_ones_own_stays_when_another_latent_moves(instrument: Instrument) -> None:
    instrument.run("a = lambda beat: beat / 8\nb = 1")
    latents = instrument.session.live_set.track("seq").latents
    assert latents is not None
    assert (latents[0].at(2), latents[1]) == (0.25, 1.0)  # type: ignore[union-attr]


def test_removing_a_track_stops_its_functions(instrument: Instrument) -> None:
    told: list[str] = []
    instrument.session.tell = told.append
    instrument.run("kick.pattern = lambda bar: 'x---'\nremove(kick)")
    instrument.functions.bar(1)
    assert (instrument.functions.names(), told) == ([], [])


def test_loading_a_set_ends_the_functions_of_the_old_one(instrument: Instrument) -> None:
    instrument.run("save('friday')\nkick.pattern = lambda bar: 'x---'")
    instrument.run("load('friday')")
    assert instrument.functions.names() == []
    instrument.run("undo()")
    assert instrument.functions.names() == ["kick.pattern"]


def test_removing_the_track_in_focus_moves_the_focus(instrument: Instrument) -> None:
    instrument.run("remove(seq)\na = 1")
    assert shown(instrument, "focus") == "kick"


def test_the_last_track_can_go(instrument: Instrument) -> None:
    for track in list(instrument.session.live_set):
        instrument.run(f"remove({track.name})")
    with pytest.raises(BadInput):
        instrument.run("a = 1")
