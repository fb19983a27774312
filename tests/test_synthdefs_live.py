"""A ringing voice follows the patch: what `sound.live` gives is heard at once, without a click."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from deepsteps_live.music import Patch
from deepsteps_live.sound import LIVE, PARAMETERS, controls, fresh, live, structure, turn
from tests.sound_render import RATE, Audio, compiled, decibels, drum, needs_scsynth, rendered, rms

pytestmark = [needs_scsynth, pytest.mark.renders]

NOISE = drum(mix=0, noise_decay=10_000, noise_filter="LP", noise_freq=8000, noise_q=1, noise_velocity=0)
LOW = drum(mix=100, osc_freq=60, osc_decay=10_000, osc_velocity=0, eq_gain=-12, eq_freq=60)


def turned(patch: Patch, other: Patch, at: float = 0.5, seconds: float = 1.0) -> Audio:
    """A voice of `patch` that is told what `other` sounds like while it rings."""
    name = structure(patch).name
    commands: list[tuple[float, list[Any]]] = [
        (0.0, ["/d_recv", compiled(structure(patch))]),
        (0.0, ["/g_new", 500, 1, 0]),
        (0.0, ["/s_new", name, 1000, 0, 500, "out", 0, *_flat(controls(patch, 1.0, 48, 5.0))]),
        (at, ["/n_set", 500, *_flat(live(other))]),
    ]
    return rendered(commands, seconds)


def _flat(values: dict[str, float]) -> list[Any]:
    return [part for pair in values.items() for part in pair]


def test_every_synth_says_what_its_voices_follow() -> None:
    assert set(LIVE) == set(PARAMETERS)


@pytest.mark.parametrize("synth", PARAMETERS)
@pytest.mark.parametrize("velocity", [0.2, 1.0])
def test_what_a_voice_follows_does_not_depend_on_the_hit(synth: str, velocity: float) -> None:
    patch = fresh(synth)
    hit = controls(patch, velocity, 70)
    assert live(patch) == {name: hit[name] for name in LIVE[synth] if name in hit}


def test_only_what_the_structure_has_is_told() -> None:
    assert set(live(drum(mix=100))) == {"left", "right"}
    assert set(live(drum(mix=0, eq_gain=3))) == set(LIVE["drum"])
    assert set(live(fresh("pluck"))) == {"left", "right", "cutoff", "rq"}


@pytest.mark.parametrize("resonance", [0.5, 1, 8])
@pytest.mark.parametrize("mode", ["LP", "BP", "HP"])
def test_a_filter_that_is_turned_sounds_as_one_that_started_there(mode: str, resonance: float) -> None:
    start = turn(NOISE, "noise_filter", mode)
    other = turn(turn(start, "noise_freq", 2000), "noise_q", resonance)
    late = slice(round(0.6 * RATE), None)
    moved, there = (turned(each, other, seconds=3.0)[late, 0] for each in (start, other))
    bands = [
        decibels(rms(moved_band) / rms(there_band))
        for moved_band, there_band in zip(_bands(moved), _bands(there), strict=True)
    ]
    assert bands == pytest.approx([0] * len(bands), abs=0.8)
    assert decibels(rms(moved) / rms(there)) == pytest.approx(0, abs=0.4)


def _bands(sound: Audio) -> list[Audio]:
    spectrum = np.fft.rfft(sound)
    edges = [round(edge * len(sound) / RATE) for edge in (1000, 1700, 2400, 5000)]
    return [np.fft.irfft(spectrum[low:high]) for low, high in pairwise(edges)]


@pytest.mark.parametrize(
    ("name", "value"), [("eq_gain", 24), ("eq_freq", 3000), ("level", -20), ("level", 8), ("pan", -100)]
)
def test_a_low_tone_that_is_turned_does_not_click(name: str, value: float) -> None:
    sound = turned(LOW, turn(LOW, name, value))
    steps = np.max(np.abs(np.diff(sound, axis=0)), axis=1)
    before, during, after = (
        float(steps[round(start * RATE) : round(end * RATE)].max())
        for start, end in ((0.2, 0.49), (0.49, 0.6), (0.8, 1.0))
    )
    assert during <= max(before, after) * 1.7


@pytest.mark.parametrize("gain", [-24, 18])
def test_an_equaliser_that_is_turned_ends_where_it_is_turned_to(gain: float) -> None:
    goal = turn(LOW, "eq_gain", gain)
    moved, there = (turned(start, goal, seconds=1.3)[round(1.0 * RATE) :, 0] for start in (LOW, goal))
    assert decibels(rms(moved) / rms(there)) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("synth", ["pluck", "bass"])
def test_a_melodic_filter_follows_its_cutoff(synth: str) -> None:
    patch = turn(turn(fresh(synth), "decay", 10_000), "sweep", 0)
    open_, shut = turn(patch, "cutoff", 12_000), turn(patch, "cutoff", 100)
    late = slice(round(0.7 * RATE), None)
    moved, there, stayed = (turned(start, end)[late, 0] for start, end in ((open_, shut), (shut, shut), (open_, open_)))
    assert decibels(rms(moved) / rms(there)) == pytest.approx(0, abs=0.2)
    assert rms(np.diff(moved)) < 0.5 * rms(np.diff(stayed))
