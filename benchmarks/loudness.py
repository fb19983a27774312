"""Loudness as in ITU-R BS.1770-4: K-weighted, momentary (400 ms) and integrated, and the true peak."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 0.4  # seconds of a momentary loudness
HOP = 0.1  # seconds between the blocks of an integrated one
OFFSET = -0.691  # dB; with it a full-scale sine of 997 Hz in one channel is -3.01 LUFS
ABSOLUTE_GATE = -70.0  # LUFS
RELATIVE_GATE = -10.0  # LU below what passed the absolute gate
OVERSAMPLING = 4  # of the true peak
SILENT = -200.0

# The two filters of the K weighting, as analogue prototypes: Hz, Q, and the gain of the shelf in dB.
SHELF = (1681.974450955533, 0.7071752369554196, 3.999843853973347)
SHELF_BEND = 0.4996667741545416  # exponent of the shelf's middle gain
HIGH_PASS = (38.13547087602444, 0.5003270373238773)

Audio = NDArray[np.floating[Any]]
Values = NDArray[np.float64]


def momentary(audio: Audio, rate: int) -> float:
    """LUFS of the loudest 400 ms of (samples, channels); what is shorter counts as if silence surrounded it."""
    length = round(BLOCK * rate)
    below = np.concatenate([[0.0], np.cumsum(_power(audio, rate, length))])
    return _lufs(float((below[length:] - below[:-length]).max()) / length)


def integrated(audio: Audio, rate: int) -> float:
    """LUFS of the whole, gated: blocks of 400 ms, each 100 ms after the last, without the quiet ones."""
    length, hop = round(BLOCK * rate), round(HOP * rate)
    below = np.concatenate([[0.0], np.cumsum(_power(audio, rate, 0))])
    blocks = (below[length:] - below[:-length])[::hop] / length
    loud = blocks[blocks > _power_of(ABSOLUTE_GATE)]
    if not len(loud):
        return SILENT
    return _lufs(float(loud[loud > loud.mean() * 10 ** (RELATIVE_GATE / 10)].mean()))


def true_peak(audio: Audio) -> float:
    """dBTP: the highest value between the samples too, by a spectrum four times as wide."""
    spectrum = np.fft.rfft(audio.astype(np.float64), axis=0)
    wide = np.fft.irfft(spectrum, n=OVERSAMPLING * len(audio), axis=0) * OVERSAMPLING
    highest = float(np.abs(wide).max())
    return max(SILENT, 20 * math.log10(highest)) if highest > 0 else SILENT


def _power(audio: Audio, rate: int, around: int) -> Values:
    """The weighted square of all channels together, with so much silence on both sides: (samples + 2 around,)."""
    padded = np.pad(audio.astype(np.float64), ((around, around + round(BLOCK * rate)), (0, 0)))
    points = 2 ** math.ceil(math.log2(len(padded)))
    spectrum = np.fft.rfft(padded, points, axis=0) * _weights(points, rate)[:, None]
    weighted = np.fft.irfft(spectrum, points, axis=0)[: len(audio) + 2 * around]
    power: Values = (weighted**2).sum(axis=1)
    return power


def _weights(points: int, rate: int) -> NDArray[np.complex128]:
    """The K weighting at every frequency of a spectrum: both filters through the bilinear transform."""
    delay = np.exp(-2j * np.pi * np.arange(points // 2 + 1) / points)
    frequency, q, gain = SHELF
    k, top = math.tan(math.pi * frequency / rate), 10 ** (gain / 20)
    middle = top**SHELF_BEND
    shelf = _biquad(
        (top + middle * k / q + k * k, 2 * (k * k - top), top - middle * k / q + k * k), _poles(k, q), delay
    )
    frequency, q = HIGH_PASS
    k = math.tan(math.pi * frequency / rate)
    # The standard leaves the high-pass's numerator at 1, -2, 1.
    return shelf * _biquad((1.0, -2.0, 1.0), tuple(pole / _poles(k, q)[0] for pole in _poles(k, q)), delay)


def _poles(k: float, q: float) -> tuple[float, ...]:
    return 1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k


def _biquad(over: tuple[float, ...], under: tuple[float, ...], delay: NDArray[np.complex128]) -> Any:
    square = delay * delay
    return (over[0] + over[1] * delay + over[2] * square) / (under[0] + under[1] * delay + under[2] * square)


def _lufs(power: float) -> float:
    return max(SILENT, OFFSET + 10 * math.log10(power)) if power > 0 else SILENT


def _power_of(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET) / 10))
