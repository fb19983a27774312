"""Saw and triangle hold their harmonics and nothing else, and so does a distorted tone as far as it is smoothed."""

import math

import numpy as np
import pytest
from deepsteps_live.synthdefs import waves
from numpy.typing import NDArray

from deepsteps_live.music import Patch
from deepsteps_live.outputs.osc import message
from deepsteps_live.sound import structure
from tests.sound_render import RATE, Audio, drum, hear, needs_scsynth

pytestmark = [needs_scsynth, pytest.mark.renders]

BESIDE = 30  # bins that a window and a slow decay spread a harmonic over, to either side
Power = NDArray[np.float64]


def tone(**turned: object) -> Patch:
    return drum(**{"mix": 100, "osc_velocity": 0, "osc_decay": 10_000, **turned})


def power(sound: Audio) -> Power:
    """One bin a hertz."""
    return np.asarray(np.abs(np.fft.rfft(sound[:RATE] * np.blackman(RATE))) ** 2)


def harmonics(frequency: int) -> NDArray[np.bool_]:
    """Which bins belong to a tone's harmonics, or to 0 Hz."""
    found = np.zeros(RATE // 2 + 1, bool)
    for place in range(0, RATE // 2, frequency):
        found[max(0, place - BESIDE) : place + BESIDE + 1] = True
    return found


def folded(patch: Patch, frequency: int, below: int = RATE // 2) -> tuple[float, float]:
    """The loudest of what is not a harmonic, and all of it, in dB against the fundamental."""
    found = power(hear(patch, 1.0, 1.0)[:, 0])
    rest = np.where(harmonics(frequency), 0, found)[:below]
    own = found[frequency - BESIDE : frequency + BESIDE + 1]
    return float(10 * np.log10(rest.max() / own.max())), float(10 * np.log10(rest.sum() / own.sum()))


@pytest.mark.parametrize("wave", ["Saw", "Triangle"])
@pytest.mark.parametrize("frequency", [501, 1001, 2003, 3001, 6007, 12_007])
def test_nothing_folds_over(wave: str, frequency: int) -> None:
    loudest, together = folded(tone(osc_wave=wave, osc_freq=frequency), frequency)
    assert loudest < -100
    assert together < -90


@pytest.mark.parametrize("wave", ["Saw", "Triangle"])
@pytest.mark.parametrize("frequency", [70, 100, 440, 1234, 5000])
def test_every_harmonic_that_is_heard_is_there_as_loud_as_it_should_be(wave: str, frequency: int) -> None:
    found = power(hear(tone(osc_wave=wave, osc_freq=frequency), 1.0, 1.0)[:, 0])
    level = [found[place - BESIDE : place + BESIDE + 1].sum() for place in range(frequency, 16_000, frequency)]
    falls = 2 if wave == "Saw" else 4
    places = [n for n in range(len(level)) if n % 2 == 0 or wave == "Saw"][:60]
    wrong = [10 * math.log10(level[n] / level[0] * (n + 1) ** falls) for n in places]
    assert max(map(abs, wrong)) < 0.1


@pytest.mark.parametrize("wave", ["Saw", "Triangle"])
def test_a_sweep_from_far_above_leaves_no_trace(wave: str) -> None:
    patch = tone(osc_wave=wave, osc_freq=1001, mod_amount=48, mod_rate=150)
    found = power(hear(patch, 2.0, 1.0)[RATE:, 0])
    rest = np.where(harmonics(1001), 0, found)
    assert 10 * np.log10(rest.max() / found.max()) < -100


def test_a_fast_vibrato_keeps_its_spectrum() -> None:
    patch = tone(osc_wave="Saw", osc_freq=400, mod_mode="Sine", mod_rate=90, mod_amount=12)
    sound = hear(patch, 1.0, 1.0)[:, 0]
    over = 32
    t = np.arange(RATE * over) / RATE / over
    swept = 400 * 2 ** np.cos(2 * np.pi * 90 * t)
    phase = np.cumsum(swept) / RATE / over + 1 / 8
    ideal = np.fft.irfft(np.fft.rfft(2 * ((phase + 0.5) % 1) - 1)[: RATE // 2 + 1]) / over * 0.375
    ideal = ideal * 0.001 ** (np.arange(RATE) / RATE / 10)
    for low, high in ((500, 1500), (1500, 4500), (4500, 9500), (9500, 16_500)):
        ours, wanted = (power(each)[low:high].sum() for each in (sound, ideal))
        assert 10 * math.log10(ours / wanted) == pytest.approx(0, abs=1.0)


@pytest.mark.parametrize("percent", [20, 50, 100])
@pytest.mark.parametrize("frequency", [1001, 3001])
def test_what_folds_over_from_a_high_distorted_tone_stays_low(percent: float, frequency: int) -> None:
    patch = tone(osc_freq=frequency, distortion=percent)
    assert structure(patch).smooth
    assert folded(patch, frequency, 5000)[1] < -50


@pytest.mark.parametrize("frequency", [1000, 6000, 12_000])
def test_a_smooth_distortion_keeps_what_it_does_not_bend(frequency: float) -> None:
    clean, bent = (
        power(hear(tone(osc_freq=frequency, distortion=percent, osc_velocity=100), 1.0, 80 / 127)[:, 0])
        for percent in (0, 0.5)
    )
    assert 10 * math.log10(bent.max() / clean.max()) == pytest.approx(0, abs=0.5)


def test_a_message_fits_a_datagram_and_a_buffer_is_filled_after_the_one_it_copies() -> None:
    ready: set[object] = set()
    for each in waves.messages():
        assert len(message(*each)) < 8000
        if each[0] == "/b_alloc":
            ready.add(each[1])
        elif each[2] == "copy":
            assert each[4] in ready
    assert ready == set(range(waves.FIRST_BUFFER, waves.FIRST_BUFFER + len(ready)))


def test_tables_hold_more_and_more_harmonics() -> None:
    assert [waves.highest(place) for place in range(0, 25, 6)] == [1, 2, 4, 8, 16]
