"""Scenes: put by, recalled on the bar, morphed, saved, undone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.music import LiveSet, Patch, Table, Track, lfo, pattern
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.scenes import between
from tests.fakes import FakeEngine

X = pattern("x---")
DRY = Track("kick", pattern=X, level=-10, pan=-1, latents=(0.0, 0.0, 0.0, 0.0), mute=False)
WET = Track("kick", pattern=pattern("--x-"), level=0, pan=1, latents=(1.0, 2.0, 0.0, -1.0), mute=True)
ONE, TWO = (LiveSet(tracks=(DRY,), tempo=100, lowpass=200), LiveSet(tracks=(WET,), tempo=120, lowpass=20_000))


def said(instrument: Instrument, text: str) -> str:
    shown: list[object] = []
    instrument.run(text, show=shown.append)
    return str(shown[-1])


def two_scenes(instrument: Instrument) -> None:
    instrument.run('tempo = 100; scene(1); tempo = 140; kick.pattern = "xx--"; scene("drop")')


def test_a_scene_brings_the_set_back(instrument: Instrument) -> None:
    two_scenes(instrument)
    before = instrument.session.live_set
    instrument.run("tempo = 90; kick.mute = True; go('drop')")
    assert instrument.session.live_set == before


def test_what_is_of_the_stage_stays(instrument: Instrument) -> None:
    two_scenes(instrument)
    instrument.run('quant = 4; focus = "hat"; go(1)')
    assert (instrument.session.live_set.quant, instrument.session.live_set.focus) == (4, "hat")


@pytest.mark.parametrize("quant", [0, 1, 4])
def test_a_recall_waits_whole_for_the_bar_that_quant_says(instrument: Instrument, quant: int) -> None:
    two_scenes(instrument)
    instrument.session.link = engine = FakeEngine()
    instrument.run(f"quant = {quant}")
    instrument.run("go(1)")
    assert engine.of("change")[-1]["whole"] == quant


def test_a_way_between_two_scenes_acts_at_once(instrument: Instrument) -> None:
    two_scenes(instrument)
    instrument.session.link = engine = FakeEngine()
    instrument.run("go(1, 'drop', 0.25)")
    assert (engine.of("change")[-1]["whole"], instrument.session.live_set.tempo) == (False, 110)


def test_a_moving_way_is_a_job_that_a_recall_ends(instrument: Instrument) -> None:
    two_scenes(instrument)
    instrument.run("go(1, 'drop', lfo(8, 0, 1))")
    assert instrument.functions.names() == ["go"]
    assert isinstance(instrument.session.live_set.tempo, Table)
    instrument.run("go(1)")
    assert not instrument.functions.names()
    assert not isinstance(instrument.session.live_set.tempo, Table)


def test_a_function_may_lead_the_way(instrument: Instrument) -> None:
    two_scenes(instrument)
    instrument.run("go(1, 'drop', lambda beat: beat / 8)")
    tempo = instrument.session.live_set.tempo
    assert isinstance(tempo, Table)
    assert [tempo.at(beat) for beat in (0, 1, 2)] == [100, 105, 110]


def test_functions_of_a_scene_run_again_with_it(instrument: Instrument) -> None:
    instrument.run("kick.level = lambda beat: -6; scene(1); kick.level = 0; every(2, lambda: None)")
    instrument.run("go(1)")
    assert sorted(instrument.functions.names()) == ["every1", "kick.level"]


def test_scenes_are_a_step_of_undo(instrument: Instrument) -> None:
    instrument.run("scene(1)")
    instrument.run("forget_scene(1)")
    instrument.run("undo()")
    assert list(instrument.session.scenes) == ["1"]
    instrument.run("undo()")
    assert not instrument.session.scenes


def test_a_block_that_fails_keeps_no_scene_and_no_recall(instrument: Instrument) -> None:
    two_scenes(instrument)
    before = (instrument.session.live_set, dict(instrument.session.scenes), len(instrument.session.history.steps))
    with pytest.raises(ZeroDivisionError):
        instrument.run("go(1); scene(7); forget_scene('drop'); 1 / 0")
    after = (instrument.session.live_set, dict(instrument.session.scenes), len(instrument.session.history.steps))
    assert after == before


def test_scenes_are_saved_with_the_set_and_their_models(instrument: Instrument, folders: Path) -> None:
    two_scenes(instrument)
    kept = {name: scene.live_set for name, scene in instrument.session.scenes.items()}
    instrument.run("kick.pattern = 'x'; for_all = [setattr(t, 'latents', None) for t in (seq, kick, hat, snare)]")
    instrument.run("save('friday'); forget_scene(1); forget_scene('drop'); load('friday')")
    assert {name: scene.live_set for name, scene in instrument.session.scenes.items()} == kept
    document = json.loads(instrument.session.document())
    assert {track["model"] for track in document["scenes"]["1"]["tracks"] if track["latents"]} <= set(
        document["arrays"]
    )


def test_a_list_of_scenes_shows_their_tracks(instrument: Instrument) -> None:
    two_scenes(instrument)
    shown = said(instrument, "scenes()")
    assert "* drop 140 bpm" in shown
    assert "kick     xx--" in shown


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("go(3)", 'no scene "3"'),
        ("go('drup')", 'did you mean "drop"'),
        ("go(1, 'drop', 2)", "x, how far to the second scene, is a number from 0 to 1, not 2"),
        ("go(1, 'drop', 'far')", "is a number from 0 to 1"),
        ("scene(True)", "a scene goes by a number or a word"),
        ("scene('')", "a scene goes by a number or a word"),
        ("forget_scene(9)", 'no scene "9"'),
    ],
)
def test_what_is_wrong_is_said(instrument: Instrument, typed: str, wrong: str) -> None:
    two_scenes(instrument)
    with pytest.raises(BadInput, match=wrong):
        instrument.run(typed)


def test_the_ends_of_a_way_are_the_scenes_themselves() -> None:
    assert (between(ONE, TWO, 0), between(ONE, TWO, 1)) == (ONE, TWO)


def test_numbers_and_latents_lie_between() -> None:
    made = between(ONE, TWO, 0.5)
    assert (made.tempo, made.track("kick").level, made.track("kick").pan) == (110, -5, 0)
    assert made.track("kick").latents == (0.5, 1.0, 0.0, -0.5)


def test_frequencies_lie_between_by_ratio() -> None:
    assert between(ONE, TWO, 0.5).lowpass == pytest.approx(2000)


@pytest.mark.parametrize(("x", "mute", "played"), [(0.49, False, X), (0.5, True, pattern("--x-"))])
def test_what_is_discrete_switches_at_one_half(x: float, mute: bool, played: object) -> None:
    kick = between(ONE, TWO, x).track("kick")
    assert (kick.mute, kick.pattern) == (mute, played)


def test_tracks_of_one_scene_alone_come_with_its_half() -> None:
    more = TWO.but(tracks=(WET, Track("bell")))
    assert [len(between(ONE, more, x).tracks) for x in (0.4, 0.6)] == [1, 2]


def test_sounds_of_one_synth_lie_between() -> None:
    one, two = (Track("kick", sound=Patch("drum", "a", (("level", level),))) for level in (0.2, 0.6))
    made = between(LiveSet((one,)), LiveSet((two,)), 0.5).track("kick").sound
    assert made is not None
    assert made.get("level", 0) == pytest.approx(0.4)


def test_sounds_of_two_synths_switch() -> None:
    one, two = Track("kick", sound=Patch("drum", "a")), Track("kick", sound=Patch("bass", "b"))
    found = [between(LiveSet((one,)), LiveSet((two,)), x).track("kick").sound for x in (0.4, 0.6)]
    assert found == [one.sound, two.sound]


def test_signals_that_move_alike_lie_between() -> None:
    one, two = LiveSet(tempo=lfo(8, 100, 120)), LiveSet(tempo=lfo(8, 120, 160))
    assert between(one, two, 0.5).tempo == lfo(8, 110, 140)


def test_a_number_is_a_signal_that_stands_still() -> None:
    assert between(LiveSet(tempo=100), LiveSet(tempo=lfo(8, 120, 160)), 0.5).tempo == lfo(8, 110, 130)


@pytest.mark.parametrize("quant", [0, 4])
def test_a_recall_by_at_lands_on_its_bar_whatever_quant_is(instrument: Instrument, quant: int) -> None:
    two_scenes(instrument)
    instrument.run(f"quant = {quant}; at(2, lambda: go(1))")
    instrument.session.link = engine = FakeEngine()
    instrument.functions.bar(1)
    assert [change["whole"] for change in engine.of("change")] == [True]  # for the coming bar


def test_a_function_that_fails_keeps_no_scene(instrument: Instrument) -> None:
    instrument.run("every(1, lambda: (scene(1), 1 / 0))")
    instrument.functions.bar(1)
    assert not instrument.session.scenes


def test_a_huge_number_is_no_name_of_a_scene(instrument: Instrument) -> None:
    with pytest.raises(BadInput, match="a scene goes by a number or a word"):
        instrument.run("scene(10 ** 5000)")
