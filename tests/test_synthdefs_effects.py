"""The reverb, the delay and the master's low-pass, heard through offline scsynth."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from supriya import SynthDef, SynthDefBuilder
from supriya.ugens import Envelope, EnvGen, Impulse, Out, SinOsc, WhiteNoise

from deepsteps_live import synthdefs
from tests.sound_render import RATE, Audio, decibels, definition, needs_scsynth, rendered, rms

pytestmark = [needs_scsynth, pytest.mark.renders]

BUS = 16
EFFECT = 1001
Commands = list[tuple[float, list[Any]]]


@lru_cache(maxsize=8)
def source(kind: str, seconds: float = 0.1) -> SynthDef:
    """A click, or a burst of a tone or of noise, on BUS."""
    builder = SynthDefBuilder(freq=440.0, amplitude=1.0)
    with builder:
        envelope = EnvGen.ar(envelope=Envelope([0, 1, 1, 0], [0.01, seconds, 0.01], ["linear"]), done_action=2)
        sounds = {
            "click": lambda: Impulse.ar(frequency=0),
            "tone": lambda: SinOsc.ar(frequency=builder["freq"]) * envelope,
            "noise": lambda: WhiteNoise.ar() * envelope,
        }
        sound = sounds[kind]() * builder["amplitude"]
        Out.ar(bus=BUS, source=[sound, sound])
    return builder.build(name="source")


def through(effect: SynthDef, sent: SynthDef, seconds: float, later: Commands = [], **controls: float) -> Audio:  # noqa: B006
    """What an effect gives alone."""
    flat = [part for pair in controls.items() for part in pair]
    start: Commands = [
        (0.0, definition(sent)),
        (0.0, definition(effect)),
        (0.0, ["/s_new", effect.name, EFFECT, 0, 0, "in_", BUS, "out", 0, *flat]),
        (0.0, ["/s_new", "source", 1000, 0, 0]),
    ]
    return rendered([*start, *later], seconds)


def decay_time(sound: Audio, middle: float) -> float:
    """Seconds to -60 dB by Schroeder's backward integration, from -5 to -35 dB in a band around `middle` Hz."""
    padded = np.concatenate([np.zeros(RATE), sound, np.zeros(RATE)])
    frequencies = np.maximum(np.fft.rfftfreq(len(padded), 1 / RATE), 1e-3)
    band = np.exp(-((np.log2(frequencies / middle) / 0.4) ** 2))
    filtered = np.fft.irfft(np.fft.rfft(padded) * band, len(padded))[RATE:-RATE]
    left = np.cumsum((filtered**2)[::-1])[::-1]
    level = 10 * np.log10(left / left[0] + 1e-30)
    return 2.0 * float(np.argmax(level < -35) - np.argmax(level < -5)) / RATE


@pytest.mark.parametrize("time", [0.3, 0.7, 1.8, 6.0])
def test_the_reverb_falls_by_60_db_in_its_time(time: float) -> None:
    sound = through(synthdefs.reverb(), source("click"), max(1.0, time * 1.2), time=time)
    assert decay_time(sound[:, 0], 600) == pytest.approx(time, rel=0.1)


def test_the_reverb_falls_twice_as_fast_at_its_tone() -> None:
    sound = through(synthdefs.reverb(), source("click"), 3.0, time=3.0, tone=3000.0)
    assert decay_time(sound[:, 0], 3000) == pytest.approx(1.5, rel=0.15)


def test_the_sides_of_the_reverb_neither_repeat_nor_cancel_each_other() -> None:
    sound = through(synthdefs.reverb(), source("click"), 2.0)
    assert abs(np.corrcoef(sound.T)[0, 1]) < 0.15
    assert abs(decibels(rms(sound.sum(axis=1)) / rms(sound) / 2**0.5)) < 1


def test_the_reverb_has_no_metallic_ring() -> None:
    late = through(synthdefs.reverb(), source("click"), 1.6, time=1.8)[RATE // 2 : RATE * 3 // 2, 0]
    power = np.abs(np.fft.rfft(late * np.hanning(len(late)))) ** 2
    smooth = np.exp(np.convolve(np.log(power + 1e-20), np.full(201, 1 / 201), "same") + np.euler_gamma)
    assert np.var((power / smooth)[200:5000]) < 2.2  # 1.2 for noise itself, 9 for these lines without their sway


def test_echoes_come_at_their_time_and_sit_back() -> None:
    sound = np.abs(through(synthdefs.delay(), source("click"), 2.0, time=0.375, feedback=0.5)[:, 0])
    found = [round(0.375 * number * RATE) for number in range(1, 5)]
    peaks = [float(sound[at - 20 : at + 200].max()) for at in found]
    places = [int(np.argmax(sound[at - 20 : at + 200])) - 20 for at in found]
    assert not sound[: found[0] - 20].any()
    assert all(0 <= place < 30 for place in places)
    assert all(later < 0.55 * before for before, later in pairwise(peaks))


@pytest.mark.parametrize("moves", [[0.25], [0.376], [0.9], [0.375 + 0.003 * n for n in range(30)]])
def test_a_new_time_of_the_echoes_does_not_click(moves: list[float]) -> None:
    later: Commands = [(1.00037 + 0.01 * n, ["/n_set", EFFECT, "time", time]) for n, time in enumerate(moves)]
    sound = through(synthdefs.delay(), source("tone", 2.0), 2.0, later, time=0.375, feedback=0.4)
    jumps = np.abs(np.diff(sound, axis=0))
    assert jumps[RATE:].max() < 1.4 * jumps[: RATE - 100].max()


def test_echoes_that_hardly_fade_stay_in_bounds() -> None:
    sound = through(synthdefs.delay(), source("noise", 10.0), 10.0, time=0.1, feedback=0.95)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() < 20


EFFECTS = {"reverb": (synthdefs.reverb, 0.4, 2.5), "delay": (synthdefs.delay, 0.1, 11.0)}


@pytest.mark.parametrize("name", list(EFFECTS))
def test_a_closed_effect_plays_its_tail_rests_and_comes_back(name: str) -> None:
    build, time, resting = EFFECTS[name]
    later: Commands = [
        (0.3, ["/n_set", EFFECT, "open", 0]),
        (resting, ["/n_run", EFFECT, 1]),
        (resting, ["/n_set", EFFECT, "open", 1]),
        (resting + 0.2, ["/s_new", "source", 1002, 0, 0]),
    ]
    sound = np.abs(through(build(), source("noise"), resting + 0.6, later, time=time))
    assert sound[round(0.3 * RATE) : round(0.5 * RATE)].max() > 1e-3
    assert not sound[round((resting - 0.1) * RATE) : round(resting * RATE)].any()  # not one sample: it is paused
    assert sound[round(resting * RATE) : round((resting + 0.19) * RATE)].max() < 1e-4
    assert sound[round((resting + 0.2) * RATE) :].max() > 0.05


@pytest.mark.parametrize("name", list(EFFECTS))
def test_an_effect_that_is_let_go_of_fades_without_a_click(name: str) -> None:
    build, time, _ = EFFECTS[name]
    sound = through(build(), source("tone", 1.0), 0.8, [(0.5, ["/n_set", EFFECT, "hold", 0])], time=time)
    jumps = np.abs(np.diff(sound, axis=0))
    assert jumps[RATE // 2 :].max() < 1.3 * jumps[: RATE // 2].max()
    assert not sound[round(0.53 * RATE) :].any()


@pytest.mark.parametrize("name", list(EFFECTS))
@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), 1e30])
def test_no_effect_keeps_what_is_no_sound(name: str, wrong: float) -> None:
    build, time, _ = EFFECTS[name]
    later: Commands = [(0.05, ["/n_set", 1000, "amplitude", wrong]), (0.06, ["/n_set", 1000, "amplitude", 0.0])]
    assert np.isfinite(through(build(), source("tone", 1.0), 0.5, later, time=time)).all()


def lowpassed(frequency: float, **controls: float) -> float:
    """dB that the master leaves of a sine."""
    flat = [part for pair in controls.items() for part in pair]
    quiet = 0.02
    sound = rendered(
        [
            (0.0, definition(source("tone", 3.0))),
            (0.0, definition(synthdefs.master())),
            (0.0, ["/s_new", "ds-master", EFFECT, 0, 0, "in_", BUS, "out", 0, *flat]),
            (0.0, ["/s_new", "source", 1000, 0, 0, "freq", frequency, "amplitude", quiet]),
        ],
        1.5,
    )
    return decibels(rms(sound[RATE // 2 :]) * 2**0.5 / quiet)


@pytest.mark.parametrize("lowpass", [60.0, 1000.0, 12_000.0])
def test_the_low_pass_is_3_db_down_at_its_frequency(lowpass: float) -> None:
    assert lowpassed(lowpass, lowpass=lowpass) == pytest.approx(-3.0, abs=0.15)


def test_the_low_pass_falls_by_12_db_an_octave() -> None:
    assert lowpassed(2000, lowpass=250.0) == pytest.approx(-36.1, abs=0.5)


@pytest.mark.parametrize("resonance", [2.0, 20.0])
def test_the_low_pass_resonates_by_its_q(resonance: float) -> None:
    assert lowpassed(1000, lowpass=1000.0, resonance=resonance) == pytest.approx(decibels(resonance), abs=0.2)


@pytest.mark.parametrize("frequency", [100.0, 10_000.0, 19_000.0])
def test_the_open_low_pass_takes_nothing(frequency: float) -> None:
    assert lowpassed(frequency) == pytest.approx(0.0, abs=0.05)
