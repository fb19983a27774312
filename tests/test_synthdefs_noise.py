"""The drum's noise against Microtonic's laws, heard through offline scsynth (facts/supertonic.md, 1B)."""

import math

import numpy as np
import pytest

from deepsteps_live.music import Patch
from tests.sound_render import RATE, Audio, decibels, drum, hear, needs_scsynth, rms

pytestmark = needs_scsynth

SCALE = 0.375  # of the output stage at level 0 and pan 0


def hiss(**turned: object) -> Patch:
    """Noise alone, bright, without sensitivity to velocity."""
    return drum(**{"mix": 0, "noise_velocity": 0, "noise_filter": "HP", "noise_freq": 20, "noise_q": 1, **turned})


def heard(patch: Patch, seconds: float, velocity: float = 1.0) -> Audio:
    return hear(patch, seconds, velocity)[:, 0] / SCALE


def steady(patch: Patch, seconds: float) -> Audio:
    """Noise with its decay of 10 s taken back."""
    sound = heard(patch.but(noise_decay=1.0), seconds)
    return np.asarray(sound / 0.001 ** (np.arange(len(sound)) / RATE / 10))


def loudness(sound: Audio, milliseconds: float) -> Audio:
    """dB against a section's full loudness, window by window."""
    window = round(milliseconds * RATE / 1000)
    parts = sound[: len(sound) // window * window].reshape(-1, window)
    return np.asarray(10 * np.log10(np.maximum(np.mean(parts**2, axis=1) * 3, 1e-12)))


@pytest.mark.parametrize(
    ("mode", "frequency", "resonance", "loud"),
    [
        ("LP", 20_000, 1, 1),
        ("LP", 5000, 3, 1),
        ("LP", 1500, 1, 1),
        ("BP", 8000, 1, 1),
        ("BP", 5000, 8, 1),
        ("HP", 20, 1, 1),
        ("HP", 12_000, 2, 1),
        ("HP", 1000, 0.5, 0.507 / 0.577),
        ("LP", 9000, 0.1, 0.39 / 0.577),
    ],
)
def test_every_filter_leaves_the_same_loudness(mode: str, frequency: float, resonance: float, loud: float) -> None:
    sound = steady(hiss(noise_filter=mode, noise_freq=frequency, noise_q=resonance), 4.0)
    narrow = 0.3 if resonance > 2 else 0.12  # what chance leaves in so much noise
    assert decibels(rms(sound) * math.sqrt(3)) == pytest.approx(decibels(loud), abs=narrow)


def test_the_loudness_is_the_same_at_another_sample_rate() -> None:
    sound = hear(hiss(noise_filter="LP", noise_freq=3000, noise_q=1, noise_decay=10_000), 4.0, 1.0, rate=44_100)[:, 0]
    level = rms(sound / SCALE / 0.001 ** (np.arange(len(sound)) / 44_100 / 10))
    assert decibels(level * math.sqrt(3)) == pytest.approx(0, abs=0.12)


def test_a_band_pass_is_3_db_down_at_its_edges() -> None:
    sound = steady(hiss(noise_filter="BP", noise_freq=2000, noise_q=2), 8.0)
    power = np.mean(np.abs(np.fft.rfft(sound.reshape(-1, 4800), axis=1)) ** 2, axis=0)  # 10 Hz a bin
    smooth = np.convolve(power, np.ones(9) / 9, "same")
    half = np.flatnonzero(smooth > power[195:206].mean() / 2)
    low, high = half.min() * 10, half.max() * 10
    assert 2000 / (high - low) == pytest.approx(2, rel=0.1)
    assert math.sqrt(low * high) == pytest.approx(2000, rel=0.04)


def test_an_exponential_envelope_falls_60_db_in_its_decay() -> None:
    found = loudness(heard(hiss(noise_decay=400), 0.4), 50)
    assert np.polyfit(np.arange(len(found)) * 50, found, 1)[0] * 400 == pytest.approx(-60, abs=1.2)


def test_an_attack_rises_60_db() -> None:
    found = loudness(heard(hiss(noise_attack=400), 0.4), 50)
    assert np.polyfit(np.arange(len(found)) * 50, found, 1)[0] * 400 == pytest.approx(60, abs=1.2)


def test_a_linear_envelope_is_a_straight_line_to_nothing_at_the_shown_decay() -> None:
    sound = heard(hiss(noise_env="Linear", noise_decay=400), 0.6)
    found = 10 ** (loudness(sound, 50) / 20)
    assert found[:8] == pytest.approx([1 - (window + 0.5) / 8 for window in range(8)], abs=0.03)
    assert np.max(np.abs(sound[round(0.401 * RATE) :])) == 0


@pytest.mark.parametrize(("attack", "count"), [(15, 2), (30, 3), (68, 4), (151, 5), (411, 9)])
def test_a_clap_has_its_bursts_and_then_its_decay(attack: float, count: int) -> None:
    sound = heard(hiss(noise_env="Mod", noise_attack=attack, noise_decay=300), attack / 1000 + 0.1)
    found = loudness(sound, 0.25)
    starts = [round(attack * burst / count * 4) for burst in range(count + 1)]
    for start in starts[1:]:
        assert found[start - 4 : start - 1].mean() < found[start + 1 : start + 4].mean() - 12
    quiet = np.ones(len(found), bool)
    for start in starts:
        quiet[start : start + round(attack / count * 2)] = False  # the first half of every burst
    assert found[: starts[-1]][quiet[: starts[-1]]].mean() < -12


def test_a_burst_falls_22_db_before_the_next() -> None:
    burst = loudness(heard(hiss(noise_env="Mod", noise_attack=411), 411 / 9000), 3)
    assert (burst[-1] - burst[0]) * len(burst) / (len(burst) - 1) == pytest.approx(-22, abs=2)


@pytest.mark.parametrize(("share", "gain"), [(0, 1.0), (50, 1.0), (75, 0.5 * 10**-0.625)])
def test_the_noise_is_whole_up_to_the_middle_of_the_mix(share: float, gain: float) -> None:
    patch = hiss(osc_velocity=200).but(mix=1 - share / 100, noise_decay=1.0)
    sound = heard(patch, 1.0, 64 / 127)  # at this velocity the oscillator is silent
    level = rms(sound / 0.001 ** (np.arange(len(sound)) / RATE / 10)) * math.sqrt(3)
    assert level == pytest.approx(gain, rel=0.02)


def test_stereo_noise_is_two_noises_of_the_same_loudness() -> None:
    left, right = hear(hiss(noise_stereo=True, noise_decay=10_000), 2.0).T
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.05
    assert rms(left) == pytest.approx(rms(right), rel=0.02)


def test_mono_noise_is_one() -> None:
    left, right = hear(hiss(), 0.1).T
    assert np.array_equal(left, right)
