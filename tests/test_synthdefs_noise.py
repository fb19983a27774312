"""The drum's noise against Microtonic's laws, heard through offline scsynth (facts/supertonic.md, 1B)."""

import math

import numpy as np
import pytest

from deepsteps_live.music import Patch
from deepsteps_live.sound.microtonic import noise_weight
from tests.sound_render import RATE, Audio, Hit, decibels, drum, hear, hear_all, needs_scsynth, rms

pytestmark = [needs_scsynth, pytest.mark.renders]

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


@pytest.mark.parametrize(
    ("mode", "frequency", "resonance"),
    [("LP", 100, 1), ("LP", 1000, 20), ("BP", 1000, 100), ("BP", 5000, 1000), ("LP", 300, 10_000), ("LP", 200, 0.2)],
)
def test_a_filter_is_running_when_the_hit_comes(mode: str, frequency: float, resonance: float) -> None:
    patch = hiss(noise_filter=mode, noise_freq=frequency, noise_q=resonance, noise_decay=10_000)
    hits = [Hit(place * 0.1, patch, 1.0, let_go=place * 0.1 + 0.08) for place in range(150)]
    sounds = hear_all(hits, 15.0)[:, 0].reshape(150, -1) / SCALE
    early = sounds[:, round(0.004 * RATE) : round(0.02 * RATE)]
    assert decibels(rms(early) * math.sqrt(3)) == pytest.approx(
        decibels(noise_weight(resonance)),
        abs=1.5,  # what chance leaves
    )


@pytest.mark.parametrize(
    ("mode", "frequency", "resonance"),
    [("LP", 500, 1), ("LP", 2000, 3), ("BP", 1000, 2), ("BP", 5000, 8), ("HP", 3000, 1), ("HP", 800, 4)],
)
def test_a_filter_has_its_corner_and_its_resonance(mode: str, frequency: float, resonance: float) -> None:
    sound = steady(hiss(noise_filter=mode, noise_freq=frequency, noise_q=resonance), 20.0)
    found = np.mean(np.abs(np.fft.rfft(sound[: len(sound) // 9600 * 9600].reshape(-1, 9600), axis=1)) ** 2, axis=0)
    place = np.arange(len(found)) * RATE / 9600
    near = (place > frequency / 4) & (place < frequency * 3)

    def unlikely(corner: float, quality: float) -> float:
        s = 1j * np.tan(np.pi * place[near] / RATE) / math.tan(math.pi * corner / RATE)
        top = {"LP": 1, "BP": s / quality, "HP": s**2}[mode]
        ratio = found[near] / np.abs(top / (s**2 + s / quality + 1)) ** 2
        return float(np.log(np.mean(ratio)) - np.mean(np.log(ratio)))

    tried = [(f, q) for f in np.linspace(0.96, 1.04, 17) for q in np.linspace(0.9, 1.1, 9)]
    corner, quality = min(tried, key=lambda pair: unlikely(pair[0] * frequency, pair[1] * resonance))
    assert corner == pytest.approx(1, abs=0.02)
    assert quality == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("velocity", [0, 32, 64, 100])
def test_every_velocity_has_its_gain(velocity: int) -> None:
    patch = hiss(noise_velocity=50)
    left = max(0.0, 1 - 0.25 * (127 - velocity) / 63)
    found = rms(heard(patch, 0.1, velocity / 127)) / rms(heard(patch, 0.1, 1.0))
    assert found == pytest.approx(left * 10 ** (1.85 * (left - 1)), rel=0.005)
