"""Onsets in signals made here: clicks, drums by numpy, and what is none."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from deepsteps_live.listening.onsets import onsets

RATE = 44_100
Floats = NDArray[np.float64]


def silence(seconds: float = 2.0, rate: int = RATE) -> Floats:
    return np.zeros(int(seconds * rate))


def snare(rate: int = RATE) -> Floats:
    time = np.arange(int(0.2 * rate)) / rate
    noise = np.random.default_rng(1).normal(0, 0.3, len(time))
    return (noise + np.sin(2 * np.pi * 190 * time)) * np.exp(-time / 0.04)


def kick(rate: int = RATE) -> Floats:
    time = np.arange(int(0.3 * rate)) / rate
    fade = np.minimum(1, (0.3 - time) / 0.1)
    return np.sin(2 * np.pi * (50 * time + 4 * (1 - np.exp(-time / 0.02)))) * np.exp(-time / 0.08) * fade


def hat(rate: int = RATE) -> Floats:
    time = np.arange(int(0.05 * rate)) / rate
    return np.diff(np.random.default_rng(2).normal(0, 0.4, len(time)), prepend=0) * np.exp(-time / 0.01)


def put(x: Floats, hit: Floats, *seconds: float, rate: int = RATE, gain: float = 1.0) -> Floats:
    x = x.copy()
    for each in seconds:
        start = round(each * rate)
        count = min(len(hit), len(x) - start)
        x[start : start + count] += hit[:count] * gain
    return x


def heard(x: Floats, rate: int = RATE) -> list[float]:
    return [onset.seconds for onset in onsets(x, rate)]


TIMES = (0.0, 0.25, 0.5, 0.8125, 1.1, 1.5)


@pytest.mark.parametrize("hit", [snare, kick, hat])
def test_a_hit_is_heard_where_it_begins_the_first_sample_included(hit) -> None:  # type: ignore[no-untyped-def]
    assert heard(put(silence(), hit(), *TIMES)) == pytest.approx(TIMES, abs=0.002)


@pytest.mark.parametrize("rate", [8_000, 22_050, 32_000, 48_000, 96_000, 192_000])
def test_any_rate_gives_the_same_times(rate: int) -> None:
    assert heard(put(silence(rate=rate), snare(rate), *TIMES, rate=rate), rate) == pytest.approx(TIMES, abs=0.003)


def test_channels_are_heard_together() -> None:
    both = np.stack([put(silence(), kick(), 0.1, 0.6), put(silence(), hat(), 0.35, 0.6)], axis=1)
    assert heard(both) == pytest.approx([0.1, 0.35, 0.6], abs=0.003)


@pytest.mark.parametrize("gain", [1e-3, 0.1, 30.0])
def test_loudness_changes_nothing_but_the_strength(gain: float) -> None:
    x = put(silence(), snare(), *TIMES)
    plain, scaled = onsets(x, RATE), onsets(x * gain, RATE)
    assert [each.seconds for each in plain] == [each.seconds for each in scaled]
    assert scaled[1].strength == pytest.approx(plain[1].strength * gain, rel=0.01)


def test_twice_as_loud_is_about_twice_as_strong() -> None:
    soft, loud = onsets(put(put(silence(), snare(), 0.2, gain=0.4), snare(), 1.0, gain=0.8), RATE)
    assert loud.strength / soft.strength == pytest.approx(2, rel=0.15)


def test_kick_snare_and_hat_are_strong_in_their_own_bands() -> None:
    x = put(put(put(silence(), kick(), 0.1), snare(), 0.7), hat(), 1.3)
    bands = np.array([(each.low, each.mid, each.high) for each in onsets(x, RATE)])
    low, mid, high = (bands / bands.max(axis=0)).argmax(axis=1)
    assert (low, high) == (0, 2)
    assert mid != 0


def test_hats_over_a_ringing_cymbal_are_heard() -> None:
    time = np.arange(2 * RATE) / RATE
    ring = np.diff(np.random.default_rng(3).normal(0, 0.15, len(time)), prepend=0) * np.exp(-time / 0.8)
    hats = [0.25 * place for place in range(1, 8)]
    assert heard(put(ring, hat(), *hats)) == pytest.approx([0.0, *hats], abs=0.004)


def test_two_hits_40_ms_apart_are_two_and_8_ms_apart_are_one() -> None:
    assert heard(put(silence(), snare(), 0.5, 0.54)) == pytest.approx([0.5, 0.54], abs=0.003)
    assert len(heard(put(silence(), snare(), 0.5, 0.508))) == 1


def test_a_hit_in_the_last_milliseconds_is_heard() -> None:
    assert heard(put(silence(1.0), hat(), 0.3, 0.99)) == pytest.approx([0.3, 0.99], abs=0.003)


@pytest.mark.parametrize(
    "x",
    [
        np.zeros(0),
        np.zeros(3),
        np.zeros(RATE),
        np.full(RATE, 0.3),
        np.full(RATE, np.nan),
        np.zeros((RATE, 2)),
    ],
    ids=["empty", "three samples", "silence", "a constant", "no numbers", "two channels"],
)
def test_where_nothing_is_played_nothing_is_heard(x: Floats) -> None:
    assert len(heard(x)) <= 1  # what jumps to a level begins once


def test_held_sounds_and_noise_are_no_rain_of_onsets() -> None:
    time = np.arange(4 * RATE) / RATE
    fade = np.minimum(1, time / 0.5)
    hum = np.sin(2 * np.pi * 50 * time) * fade
    glide = np.sin(2 * np.pi * (200 * time + 40 * time**2 + 3 * np.sin(2 * np.pi * 5 * time))) * fade
    noise = np.random.default_rng(4).normal(0, 0.1, len(time)) * fade
    assert max(len(heard(each)) for each in (hum, glide, noise)) <= 5


def test_what_is_no_number_is_silence() -> None:
    x = put(silence(), snare(), 0.5)
    x[100], x[RATE] = np.nan, np.inf
    assert heard(x) == pytest.approx([0.5], abs=0.003)


def test_a_long_recording_gives_what_its_parts_give() -> None:
    bar = put(silence(), snare(), *TIMES)
    found = heard(np.tile(bar, 40))
    assert len(found) == 40 * len(TIMES)
    assert found[-1] == pytest.approx(39 * 2 + TIMES[-1], abs=0.003)


def test_a_recording_cut_off_in_the_middle_of_a_sound_has_no_onset_at_its_end() -> None:
    time = np.arange(RATE) / RATE
    ring = np.random.default_rng(5).normal(0, 0.3, RATE) * np.exp(-time / 2)
    assert [each for each in heard(ring) if each > 0.9] == []
