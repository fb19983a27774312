"""What of a recording onsets are found in: its energy per millisecond in four bands, and its rising spectrum."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float32]

RATE = 44_100  # samples a second, of everything here
FRAME = 44  # samples of an envelope's frame: a millisecond
WINDOW, HOP = 1024, 256  # samples of a spectrum, and between two
BANDS = 24  # of a spectrum, from LOWEST to HIGHEST Hz in equal steps of pitch
LOWEST, HIGHEST = 40.0, 16_000.0
GAIN = 100.0  # on a recording whose loudest sample is 1: how far quiet spectra count
LAG = 2  # hops over which a spectrum rises
BLOCK = 8192  # spectra that are in memory at once


def mono(samples: NDArray[np.floating], rate: float) -> Floats:
    """(n,) or (n, channels) at any rate as one channel at RATE; what is no number is silence.

    Rates above RATE are averaged down by a whole factor first; the rest is linear interpolation, which is enough for
    finding onsets.
    """
    x = np.nan_to_num(np.asarray(samples, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    if x.ndim > 1:
        x = x.mean(axis=1)
    if (factor := int(rate // RATE)) > 1:
        x = x[: len(x) // factor * factor].reshape(-1, factor).mean(axis=1)
        rate /= factor
    if rate != RATE and len(x):
        x = np.interp(np.arange(int(len(x) * RATE / rate)) * (rate / RATE), np.arange(len(x)), x).astype(np.float32)
    return x


def envelopes(x: Floats) -> Floats:
    """Mean energy of each millisecond, (n, 4): below a kilohertz, all of it, and two that favour high frequencies."""
    count = len(x) // FRAME
    first = np.diff(x, prepend=x[:1])
    second = np.diff(first, prepend=first[:1]) / 2
    frames = [signal[: count * FRAME].reshape(count, FRAME) for signal in (x, first, second)]
    energies = [np.einsum("ij,ij->i", frame, frame) / FRAME for frame in frames]
    low = frames[0].mean(axis=1)
    return np.stack([low * low, *energies], axis=1)


def spectra(x: Floats) -> Floats:
    """Mean magnitude in each of BANDS, (n, BANDS), a row every HOP samples; row i is centred on sample i * HOP."""
    padded = np.concatenate([np.zeros(WINDOW // 2, np.float32), x, np.zeros(WINDOW, np.float32)])
    frames = sliding_window_view(padded, WINDOW)[::HOP]
    window, bands = np.hanning(WINDOW).astype(np.float32), bank()
    blocks = [frames[start : start + BLOCK] for start in range(0, len(frames), BLOCK)]
    rows: list[Floats] = [np.abs(np.fft.rfft(block * window)).astype(np.float32) @ bands for block in blocks]
    return np.asarray(np.concatenate(rows))


def flux(spectrum: Floats) -> Floats:
    """How much each band's logarithm rose over LAG hops, never below 0, of spectra of the same shape."""
    levels = np.log1p(GAIN * spectrum)
    rises = levels.copy()
    rises[LAG:] -= levels[:-LAG]
    return np.asarray(np.maximum(rises, 0))


def centres() -> NDArray[np.float64]:
    """The middle of each band, in Hz."""
    edges = np.geomspace(LOWEST, HIGHEST, BANDS + 1)
    return np.asarray(np.sqrt(edges[:-1] * edges[1:]))


@lru_cache(maxsize=1)
def bank() -> Floats:
    """Weights (bins, BANDS) that take the mean of the bins of a band; a narrow band has the bin nearest to it."""
    edges = np.geomspace(LOWEST, HIGHEST, BANDS + 1)
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)
    weights = np.zeros((len(bins), BANDS), np.float32)
    for band, (low, high) in enumerate(pairwise(edges)):
        inside = (bins >= low) & (bins < max(high, low + RATE / WINDOW))
        weights[inside, band] = 1 / inside.sum()
    return weights
