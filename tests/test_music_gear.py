"""What a set says to gear."""

from __future__ import annotations

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.music import (
    LiveSet,
    MidiIn,
    MidiOut,
    Pattern,
    Score,
    Track,
    codec,
    controls,
    general_midi,
    lfo,
    ramp,
)

OUT = MidiOut("synth", 3)


def seq(**fields: object) -> LiveSet:
    return LiveSet((Track("seq", Pattern((True,) * 16), midi=(OUT,), **fields),), focus="seq")


def test_a_control_change_that_stands_still_says_the_same_all_along() -> None:
    found = controls(seq(cc=((74, 64),)), 0.0, 1.0)
    assert {control.message for control in found} == {(0xB0, 74, 64)}


def test_a_control_change_follows_its_signal() -> None:
    found = controls(seq(cc=((74, ramp(4, 0, 127)),)), 0.0, 4.0)
    values = [control.message[2] for control in found]
    assert values == sorted(values)
    assert values[0] == 0
    assert values[-1] > 120


def test_cutting_a_span_anywhere_gives_the_same_controls() -> None:
    live_set = seq(cc=((74, lfo(3, 0, 127)),), bend=lfo(5, -1, 1), program=3)
    whole = controls(live_set, 0.0, 4.0)
    assert [*controls(live_set, 0.0, 1.237), *controls(live_set, 1.237, 4.0)] == whole


def test_program_and_bend_are_said() -> None:
    found = controls(seq(program=9, bend=1.0), 0.0, 1e-9)
    assert [control.message for control in found] == [(0xC0, 9), (0xE0, 127, 127)]


def test_the_bend_of_no_bend_is_not_said() -> None:
    assert controls(seq(), 0.0, 4.0) == []


@pytest.mark.parametrize(
    "cc", [((120, 3),), ((-1, 3),), ((74, 128),), ((74, float("nan")),), "x", ((74,),), ((74, 1, 2),), (3,)]
)
def test_a_senseless_controller_is_refused(cc: object) -> None:
    with pytest.raises(BadInput):
        seq(cc=cc)


@pytest.mark.parametrize("out", [("x", 0), ("x", 17), ("x", 1, 128), (3, 1), ("x", 1.5)])
def test_a_senseless_place_for_notes_is_refused(out: tuple[object, ...]) -> None:
    with pytest.raises(BadInput):
        MidiOut(*out)  # type: ignore[arg-type]


def test_keys_take_the_notes_that_are_meant() -> None:
    keys = MidiIn("keystep", 2, 36)
    assert keys.takes("Arturia Keystep:1", 2, 36)
    assert not keys.takes("Arturia Keystep:1", 3, 36)
    assert not keys.takes("Arturia Keystep:1", 2, 37)
    assert not keys.takes("Digitakt", 2, 36)
    assert MidiIn().takes("anything", 16, 0)


def test_events_know_where_else_they_go() -> None:
    events = Score.of(seq()).events(0, 1)
    assert {event.midi for event in events} == {(OUT,)}


def test_without_the_synth_an_event_has_no_sound() -> None:
    live_set = seq(synth=False)
    assert all(event.sound is None for event in Score.of(live_set).events(0, 1))


def test_gear_is_saved_with_the_set() -> None:
    live_set = seq(
        cc=((7, 3), (74, lfo(8, 0, 127))), bend=lfo(2, -1, 1), program=7, keys=(MidiIn("k", 1, 36), MidiIn())
    ).but(clock="Digitakt", clock_out=("a", "b"), tempo=lfo(16, 100, 140))
    assert codec.loads(codec.dumps(live_set))[0] == live_set


@pytest.mark.parametrize(
    "broken",
    [
        '"midi":[{"port":"x","channel":99}]',
        '"midi":[3]',
        '"midi":{}',
        '"cc":[[74]]',
        '"cc":[[74,{"signal":"lfoo"}]]',
        '"keys":[{"port":7}]',
        '"bend":9',
        '"program":-1',
    ],
)
def test_a_broken_document_is_one_line(broken: str) -> None:
    text = '{"format":1,"set":{"tracks":[{"name":"seq",' + broken + "}]}}"
    with pytest.raises(BadInput, match="track 1"):
        codec.loads(text)


def test_drums_have_general_midis_notes() -> None:
    assert [general_midi(name) for name in ("kick", "snare", "hat", "openhat", "clap")] == [36, 38, 42, 46, 39]


def test_a_tempo_that_moves_goes_in_steps_of_an_eighth_of_a_beat() -> None:
    score = Score.of(LiveSet(tempo=ramp(4, 100, 140)))
    found = score.tempi(0.0, 1.0)
    assert [beat for beat, _ in found] == [n / 8 for n in range(8)]
    assert [bpm for _, bpm in found] == [score.tempo_at(beat) for beat, _ in found]


def test_a_tempo_that_stands_still_is_one() -> None:
    assert Score.of(LiveSet(tempo=126)).tempi(3.0, 99.0) == [(3.0, 126.0)]
