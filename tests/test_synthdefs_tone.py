"""The drum's oscillator against Microtonic's laws, heard through offline scsynth (facts/supertonic.md, 1B)."""

import math

import numpy as np
import pytest

from deepsteps_live.music import Patch
from tests.sound_render import RATE, Audio, decibels, drum, hear, needs_scsynth, rms

pytestmark = [needs_scsynth, pytest.mark.renders]

SCALE = 0.375  # of the output stage at level 0 and pan 0
PEAK = math.sqrt(2 / 3)


def tone(**turned: object) -> Patch:
    """An oscillator alone, without sensitivity to velocity."""
    return drum(**{"mix": 100, "osc_velocity": 0, "osc_freq": 1000, "osc_decay": 400, **turned})


def heard(patch: Patch, seconds: float, velocity: float = 1.0, pitch: float | None = None) -> Audio:
    return hear(patch, seconds, velocity, pitch)[:, 0] / SCALE


def time(audio: Audio) -> Audio:
    return np.arange(len(audio)) / RATE


def periods(audio: Audio) -> Audio:
    """Lengths of the periods from one rising zero crossing to the next, in samples."""
    below = np.flatnonzero((audio[:-1] < 0) & (audio[1:] >= 0))
    return np.diff(below - audio[below] / (audio[below + 1] - audio[below]))


def cents(audio: Audio, expected: Audio, count: int) -> float:
    """The largest error of the first periods' frequencies."""
    return float(np.max(np.abs(1200 * np.log2(periods(audio)[:count] / periods(expected)[:count]))))


def swept(frequency: Audio) -> Audio:
    """A sine of that frequency at every sample, started at 45 degrees."""
    phase = np.concatenate([[0.0], np.cumsum(frequency)[:-1]]) * 2 * np.pi / RATE
    return np.asarray(np.sin(phase + np.pi / 4))


def test_a_sine_starts_at_45_degrees_and_falls_60_db_in_its_decay() -> None:
    sound = heard(tone(), 0.3)
    t = time(sound)
    expected = PEAK * np.sin(2 * np.pi * 1000 * t + np.pi / 4) * 0.001 ** (t / 0.4)
    assert np.max(np.abs(sound - expected)) < 2e-5


@pytest.mark.parametrize("wave", ["Sine", "Triangle", "Saw"])
def test_every_wave_has_the_same_loudness(wave: str) -> None:
    sound = heard(tone(osc_wave=wave, osc_freq=100, osc_decay=10_000), 0.5)
    assert decibels(rms(sound / 0.001 ** (time(sound) / 10)) * math.sqrt(3)) == pytest.approx(0, abs=0.1)


def test_an_attack_rises_60_db_exponentially() -> None:
    sound = heard(tone(osc_attack=100, osc_decay=100), 0.25)
    t = time(sound)
    envelope = np.where(t < 0.1, 10 ** (3 * (t / 0.1 - 1)), 0.001 ** ((t - 0.1) / 0.1))
    expected = PEAK * np.sin(2 * np.pi * 1000 * t + np.pi / 4) * envelope
    assert np.max(np.abs(sound - expected)) < 2e-3


def test_a_sweep_falls_60_db_of_its_depth_in_its_time() -> None:
    sound = heard(tone(osc_freq=200, mod_amount=24, mod_rate=120, osc_decay=10_000), 0.2)
    t = time(sound)
    assert cents(sound, swept(200 * 2 ** (24 / 12 * 0.001 ** (t / 0.12))), 60) < 2


def test_vibrato_starts_at_its_peak() -> None:
    sound = heard(tone(osc_freq=1000, mod_mode="Sine", mod_rate=10, mod_amount=6, osc_decay=10_000), 0.2)
    t = time(sound)
    assert cents(sound, swept(1000 * 2 ** (6 / 12 * np.cos(2 * np.pi * 10 * t))), 200) < 2


@pytest.mark.parametrize("rate", [20, 50])
def test_random_modulation_wanders_as_far_as_white_noise_of_its_depth(rate: float) -> None:
    sound = heard(tone(osc_freq=2000, mod_mode="Noise", mod_rate=rate, mod_amount=3, osc_decay=10_000), 8.0)
    pitch = 12 * np.log2(RATE / 2000 / periods(sound))
    assert np.std(pitch) == pytest.approx(3 / math.sqrt(3), rel=0.2)
    assert abs(np.mean(pitch)) < 0.5


def test_a_pitch_transposes_from_60() -> None:
    sound = heard(tone(osc_freq=500), 0.1, pitch=67)
    assert cents(sound, swept(np.full(len(sound), 500 * 2 ** (7 / 12))), 30) < 2


@pytest.mark.parametrize(("percent", "gain"), [(0, 1.0), (50, 0.2585), (100, 0.0594), (200, 0.0)])
def test_a_plain_step_is_softer_than_an_accent_by_its_sensitivity(percent: float, gain: float) -> None:
    patch = tone(osc_velocity=percent)
    soft, loud = heard(patch, 0.2, 64 / 127), heard(patch, 0.2, 1.0)
    assert rms(soft) / rms(loud) == pytest.approx(gain, abs=0.001)


@pytest.mark.parametrize("velocity", [0, 1, 32, 64, 100, 127])
@pytest.mark.parametrize("percent", [25, 100, 150])
def test_every_velocity_has_its_gain(velocity: int, percent: float) -> None:
    patch = tone(osc_velocity=percent)
    found = rms(heard(patch, 0.1, velocity / 127)) / rms(heard(patch, 0.1, 1.0))
    left = max(0.0, 1 - percent / 200 * (127 - velocity) / 63)
    assert found == pytest.approx(left * 10 ** (1.85 * (left - 1)), rel=0.005, abs=1e-6)


@pytest.mark.parametrize("amount", [-30, 12, 40])
def test_a_sweep_without_end_is_a_pitch(amount: float) -> None:
    sound = heard(tone(osc_freq=440, mod_amount=amount, mod_rate=math.inf), 0.1)
    assert cents(sound, swept(np.full(len(sound), 440 * 2 ** (amount / 12))), 5) < 2


@pytest.mark.parametrize("percent", [40, 100])
def test_distortion_lets_dc_through(percent: float) -> None:
    sound = heard(tone(osc_freq=500, osc_decay=10_000, distortion=percent), 0.1)
    clean = PEAK * np.sin(2 * np.pi * 500 * time(sound) + np.pi / 4) * 0.001 ** (time(sound) / 10)
    assert np.mean(sound) == pytest.approx(np.mean(bent(clean, percent)), abs=0.005)
    assert abs(np.mean(sound)) > 0.1


@pytest.mark.parametrize(("percent", "leak"), [(25, 0.0), (45, 0.019), (60, 0.046), (92.5, 0.2285)])
def test_the_leak_of_distortion_lies_on_straight_lines(percent: float, leak: float) -> None:
    sound = heard(tone(osc_freq=50, osc_decay=10_000, distortion=percent), 0.05)
    clean = PEAK * np.sin(2 * np.pi * 50 * time(sound) + np.pi / 4) * 0.001 ** (time(sound) / 10)
    flat = clean * 200 * (percent / 100) ** 3 > 1 + 1 / 3
    assert np.polyfit(clean[flat], sound[flat], 1)[0] == pytest.approx(leak, abs=0.002)


@pytest.mark.parametrize(("percent", "depth"), [(50, 0.5625), (100, 0.25)])
def test_a_plain_step_bends_less_by_the_square_of_its_sensitivity(percent: float, depth: float) -> None:
    sound = heard(tone(mod_amount=12, mod_rate=math.inf, mod_velocity=percent), 0.1, 64 / 127)
    assert cents(sound, swept(np.full(len(sound), 1000 * 2**depth)), 50) < 2


@pytest.mark.parametrize(("share", "gain"), [(100, 1.0), (50, 1.0), (25, 0.5 * 10**-0.625)])
def test_the_oscillator_is_whole_up_to_the_middle_of_the_mix(share: float, gain: float) -> None:
    patch = tone(osc_freq=100, osc_decay=10_000, noise_velocity=200)
    sound = heard(patch.but(mix=1 - share / 100), 0.1, 64 / 127)  # at this velocity the noise is silent
    assert rms(sound / 0.001 ** (time(sound) / 10)) * math.sqrt(3) == pytest.approx(gain, rel=0.01)


@pytest.mark.parametrize("percent", [10, 17, 25, 40, 70, 100])
def test_distortion_follows_its_curve(percent: float) -> None:
    sound = heard(tone(osc_freq=220, osc_decay=300, distortion=percent), 0.3)
    t = time(sound)
    clean = PEAK * np.sin(2 * np.pi * 220 * t + np.pi / 4) * 0.001 ** (t / 0.3)
    assert np.max(np.abs(sound - bent(clean, percent))) < 0.005


def bent(x: Audio, percent: float) -> Audio:
    """Microtonic's distortion, as facts/supertonic.md 1B.3 has it."""
    d = 200 * (percent / 100) ** 3
    leak = {40: 0.007, 70: 0.061, 100: 0.291}.get(percent, 0.0)
    if d < 1:
        p = (1 + math.sqrt((d + 3) / d)) / 3
        c = np.clip(x - 1 / 3, -p, p)
        return np.asarray((1 - d / 30) * (c * (d * (np.abs(c) - c**2) + 1) + 2 * d / 27 + 1 / 3))
    g = 0.58 + 0.2 / (d - 0.4827586)
    c = np.clip(d * x - 1 / 3, -1, 1)
    return np.asarray(g * (c * (np.abs(c) - c**2 + 1) + 11 / 27) + leak * x)


@pytest.mark.parametrize(("gain", "at"), [(12, 6.0), (24, 12.0), (-12, -12.0)])
def test_the_equaliser_boosts_wide_and_trimmed_and_cuts_narrow(gain: float, at: float) -> None:
    def level(frequency: float) -> float:
        sound = heard(tone(osc_freq=frequency, osc_decay=10_000, eq_freq=1000, eq_gain=gain), 0.3)
        return decibels(rms((sound / 0.001 ** (time(sound) / 10))[RATE // 10 :]) * math.sqrt(3))

    assert level(1000) == pytest.approx(at, abs=0.1)
    assert level(2000) == pytest.approx(analogue(gain, 2.0), abs=0.1)


def analogue(gain: float, place: float) -> float:
    """The law's own response at so many times the centre, in dB."""
    a, s = 10 ** (gain / 40), 1j * place
    if gain > 0:
        return decibels(abs((s**2 + 2 * a * s + 1) / (s**2 + 2 / a * s + 1) / a))
    return decibels(abs((s**2 + a / 2 * s + 1) / (s**2 + 1 / (2 * a) * s + 1)))


@pytest.mark.parametrize(
    ("pan", "left", "right"), [(0, 0.75, 0.75), (-50, 0.9375, 0.4375), (20, 0.64, 0.84), (100, 0, 1), (-100, 1, 0)]
)
def test_pan_and_level_are_microtonics(pan: float, left: float, right: float) -> None:
    sound = hear(tone(pan=pan, level=-6), 0.01)
    start = 0.5 * 10 ** (-6 / 20) * PEAK * math.sin(math.pi / 4)
    assert sound[0] == pytest.approx([start * left, start * right], abs=1e-5)
