"""The words of gear at the prompt: where notes go, knobs, recording."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.music import MidiIn, MidiOut, lfo
from deepsteps_live.session import learned
from deepsteps_live.session.aligning import apart
from deepsteps_live.session.controls import control, places
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.learned import Knob
from deepsteps_live.session.recording import Played, recorded
from tests.fakes import FakeEngine
from tests.typing_in import shown, wrong

PORT = "Twister:1"


def track(instrument: Instrument, name: str) -> Any:
    return instrument.session.live_set.track(name)


def turn(instrument: Instrument, value: int, controller: int = 20) -> None:
    instrument.midi_in.take([(PORT, 0.0, (0xB0, controller, value))])


def test_a_track_plays_gear_beside_its_synth(instrument: Instrument) -> None:
    instrument.run('seq.midi("Digitakt", channel=2)\nseq.midi("virtual:out")')
    assert track(instrument, "seq").midi == (MidiOut("Digitakt", 2), MidiOut("virtual:out", 1))
    assert track(instrument, "seq").synth


def test_or_instead_of_it(instrument: Instrument) -> None:
    instrument.run('kick.midi("drums", 10, note=36, only=True)')
    assert not track(instrument, "kick").synth
    instrument.run("kick.midi()")
    assert track(instrument, "kick").synth
    assert track(instrument, "kick").midi == ()


def test_controllers_are_numbers_or_signals(instrument: Instrument) -> None:
    instrument.run("seq.cc[74] = lfo(8, 0, 127)\nseq.cc[7] = 100")
    assert track(instrument, "seq").cc == ((7, 100.0), (74, lfo(8, 0, 127)))
    assert shown(instrument, "seq.cc[7]") == 100
    instrument.run("seq.cc[7] = None\ndel seq.cc[74]")
    assert track(instrument, "seq").cc == ()


def test_a_track_is_played_by_keys(instrument: Instrument) -> None:
    instrument.run('seq.keys("Keystep")\nkick.keys("", note=36)')
    assert track(instrument, "seq").keys == (MidiIn("Keystep"),)
    assert track(instrument, "kick").keys == (MidiIn("", None, 36),)
    instrument.run("seq.keys()")
    assert track(instrument, "seq").keys == ()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("seq.midi(3)", 'a MIDI port goes by its name, or a part of it: "Digitakt"; midi() lists them'),
        ('seq.midi("x", channel=17)', "a MIDI channel is a number from 1 to 16, not 17"),
        ('kick.midi("x", note=128)', "a MIDI note is a number from 0 to 127, not 128"),
        ("seq.cc[200] = 3", "a control number is a number from 0 to 119, not 200"),
        ("seq.cc[74] = 128", "cc 74 is a number from 0 to 127, not 128"),
        ("seq.cc[9]", "seq sends no cc 9; seq.cc[9] = 64 begins"),
        ("seq.program = 128", "program is a number from 0 to 127, not 128"),
        ("learn(kick.levle)", 'no control "kick.levle"; did you mean "kick.level"?'),
        ("learn(kick.pattern)", 'no control "kick.pattern"'),
        ("learn(a, 3, 3)", "a knob goes from one value to another: learn(a, -3, 3)"),
        ("learn(kick.level, -24, 11)", "the end of kick.level is a number from -100 to 10, not 11"),
        ('offset("x", 2000)', "offset (ms) is a number from -1000 to 1000, not 2000"),
        ("seq.record()", "record() records along with the music; play() starts it"),
        ("clock = 3", 'clock is "internal", "link" or the name of a MIDI port'),
    ],
)
def test_a_mistake_says_what_would_be_right(typed: str, said: str, instrument: Instrument) -> None:
    assert wrong(instrument, typed).startswith(said)


def test_a_knob_that_was_learned_moves_its_place(instrument: Instrument) -> None:
    instrument.run("learn(kick.level, -24, 0)")
    turn(instrument, 64)
    assert track(instrument, "kick").level == pytest.approx(-24 + 24 * 64 / 127)
    turn(instrument, 127)
    assert track(instrument, "kick").level == 0
    turn(instrument, 3, controller=21)  # another knob
    assert track(instrument, "kick").level == 0


def test_a_latents_knob_travels_in_units_of_the_data(instrument: Instrument) -> None:
    instrument.run("learn(a)")
    turn(instrument, 127)
    assert shown(instrument, "a") == 3
    turn(instrument, 0)
    assert shown(instrument, "a") == -3


def test_a_sounds_knob_goes_through_its_law(instrument: Instrument) -> None:
    instrument.run("learn(kick.sound.osc_freq, 40, 400)")
    turn(instrument, 0)
    assert shown(instrument, "kick.sound.osc_freq") == pytest.approx(40)
    turn(instrument, 127)
    assert shown(instrument, "kick.sound.osc_freq") == pytest.approx(400)


def test_a_switchs_knob_switches_in_the_middle(instrument: Instrument) -> None:
    instrument.run("learn(kick.mute)")
    turn(instrument, 70)
    assert track(instrument, "kick").mute
    turn(instrument, 50)
    assert not track(instrument, "kick").mute


def test_knobs_are_kept_for_this_machine(instrument: Instrument) -> None:
    instrument.run("learn(a)")
    turn(instrument, 5)
    assert learned.read() == (Knob(PORT, 1, 20, "a", -3.0, 3.0),)
    instrument.run("unlearn(a)")
    assert learned.read() == ()


def test_one_knob_moves_one_place_and_one_place_has_one_knob(instrument: Instrument) -> None:
    for place, controller in (("a", 1), ("b", 1), ("b", 2)):
        instrument.run(f"learn({place})")
        turn(instrument, 0, controller)
    assert [(knob.place, knob.controller) for knob in instrument.midi_in.learned] == [("b", 2)]


def test_turning_a_knob_is_no_step_of_undo(instrument: Instrument) -> None:
    instrument.run("tempo = 99")
    instrument.run("learn(kick.level)")
    turn(instrument, 5)
    turn(instrument, 99)
    instrument.run("undo()")
    assert shown(instrument, "tempo") == 112


def test_a_knob_turned_quickly_is_heard_at_its_last_place(instrument: Instrument) -> None:
    instrument.run("learn(tempo, 100, 200)")
    instrument.midi_in.take([(PORT, 0.0, (0xB0, 20, value)) for value in range(128)])
    assert shown(instrument, "tempo") == 200


def test_every_control_can_be_moved_from_end_to_end(instrument: Instrument) -> None:
    for place in list(places(instrument)):
        found = control(instrument, place)
        for x in (0.0, 0.37, 1.0):
            found.put_scaled(x)
        assert found.least <= found.low < found.high <= found.most, place
        if found.kind == "number" and not place.startswith("seq.sound"):
            assert float(found.get()) == pytest.approx(found.high, rel=1e-4), place


def test_start_and_stop_of_gear_are_ours(instrument: Instrument) -> None:
    asked: list[str] = []
    engine = FakeEngine()
    instrument.session.link = engine
    instrument.session.start = lambda: asked.append("play")
    instrument.midi_in.take([(PORT, 0.0, (0xFA,)), (PORT, 0.0, (0xFC,))])
    assert asked == ["play"]
    assert engine.of("stop")


def test_what_is_played_in_keeps_its_timing_and_velocity() -> None:
    played = [
        Played(8.0, 60, 0.9),
        Played(9.05, 62, 0.5),
        Played(9.06, 65, 0.5),
        Played(10.97, 64, 0.7),
        Played(99, 1, 1),
    ]
    pattern, notes = recorded(played, 8, 1, quantise=0.0)
    assert str(pattern).replace("X", "x") == "x---x-------x---"
    assert pattern.offsets[4] == pytest.approx(0.2)
    assert pattern.offsets[12] == pytest.approx(-0.12)
    assert pattern.velocities[4] == 0.5
    assert (notes[0], notes[4], notes[12], notes[1]) == (60, 62, 64, None)


def test_quantised_it_is_nearer_to_the_grid() -> None:
    pattern, _ = recorded([Played(9.05, 62, 0.5)], 8, 1, quantise=0.5)
    assert pattern.offsets[4] == pytest.approx(0.1)
    assert recorded([Played(9.05, 62, 0.5)], 8, 1, quantise=1.0)[0].offsets[4] == 0


def test_a_melody_that_is_played_in_has_its_notes(instrument: Instrument) -> None:
    engine = FakeEngine()
    instrument.session.link = engine
    told: list[str] = []
    instrument.session.tell = told.append
    began = time.monotonic()
    engine.state = {"playing": True, "beat": 0.0, "at": began, "tempo": 999.0}
    instrument.run("seq.record(bars=1)")
    beat = 60 / 999
    for place, note in ((4.0, 60), (5.0, 64), (6.5, 67)):
        instrument.midi_in.take([("keys", began + place * beat, (0x90, note, 100))])
    deadline = time.monotonic() + 5
    while not told and time.monotonic() < deadline:
        time.sleep(0.01)
    found = track(instrument, "seq")
    assert [place for place, hit in enumerate(found.pattern.hits) if hit] == [0, 4, 10]
    assert [found.pitches[place] for place in (0, 4, 10)] == [60, 64, 67]


def test_without_an_engine_the_ports_are_listed_as_none(instrument: Instrument) -> None:
    instrument.run('seq.midi("Digitakt", 3)\nclock_out = "Digitakt"')
    assert shown(instrument, "midi()").splitlines() == [
        "out  none",
        "in   none",
        "seq -> Digitakt channel 3  (not there)",
        "clock -> Digitakt  (not there)",
    ]


def clicks(late: float, count: int = 8, rate: float = 48_000) -> Any:
    """Samples of a synth's clicks, and between them those of gear that is late."""
    samples = np.zeros(round(rate * (count + 2)))
    for number in range(count):
        for at in (0.4 + number, 0.4 + number + 0.5 + late):
            samples[round(at * rate) : round((at + 0.01) * rate)] = np.sin(np.arange(round(0.01 * rate)))
    return samples


@pytest.mark.parametrize("late", [-0.04, 0.0, 0.0123, 0.12])
def test_how_late_gear_sounds_is_heard(late: float) -> None:
    assert apart(clicks(late), 48_000) == pytest.approx(late, abs=1e-4)


def test_silence_is_no_alignment() -> None:
    with pytest.raises(BadInput, match="0 clicks were heard"):
        apart(np.zeros(48_000), 48_000)


def test_without_gear_there_is_no_alignment() -> None:
    samples = clicks(0.0)
    for number in range(8):
        samples[round((0.85 + number) * 48_000) : round((1.05 + number) * 48_000)] = 0
    with pytest.raises(BadInput, match="the gear was heard 0 times of 8"):
        apart(samples, 48_000)


def test_aligning_waits_for_silence(instrument: Instrument) -> None:
    engine = FakeEngine()
    engine.ask = lambda do, **fields: {"playing": True, "midi": {"offsets": {}}}  # type: ignore[method-assign]
    instrument.session.link = engine
    assert wrong(instrument, 'align("x")') == "align() plays clicks of its own; stop() first"
