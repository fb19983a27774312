"""Onsets of drums in recordings: places where the energy rises, judged by a small network, timed by the waveform.

A place is a candidate when the energy of four bands rises there within milliseconds. What is known of it (rises over
three spans, the flux of the spectrum around it, its neighbours; `candidates.py`) goes through one hidden layer of tanh
units. Their weights, `weights/onsets.npz`, were learned from loops rendered with our own kits
(`scripts/train_onsets.py`; `benchmarks/onsets.py` says how good it is). What it is surest of goes first; nothing else
begins within CLOSE of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepsteps_live import places
from deepsteps_live.listening.candidates import candidates
from deepsteps_live.listening.onset import Onset
from deepsteps_live.listening.spectrum import FRAME, HOP, RATE, Floats, centres, envelopes, flux, mono, spectra

WEIGHTS = places.WEIGHTS / "onsets.npz"
SURE = 0.2  # probability from which a candidate is an onset: real loops are cleaner than those it learned from
CLOSE = 0.028  # seconds within which two onsets are one
SILENCE = 1e-5  # of full scale: a recording that is never louder has no onsets
REACH = 0.006  # seconds around a candidate in which the waveform is looked at
RISE = 0.003  # seconds before and after an instant that are compared there
EVERY = 4  # samples between these instants
PAD = RATE // 20  # samples before and after: a hit at sample 0 rises from silence
LAST = 200  # samples at the end in which nothing begins that could be heard
AFTER = 4  # spectra after an onset, in which it is loudest

LOW, HIGH = 140.0, 3000.0  # Hz that part kicks from snares, and snares from hats


@dataclass(frozen=True, slots=True)
class Judge:
    """Features are standardised, go through a layer of tanh units and a logistic one."""

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    hidden: NDArray[np.float64]  # (features, units)
    bias: NDArray[np.float64]
    out: NDArray[np.float64]
    out_bias: NDArray[np.float64]

    def __call__(self, features: Floats) -> NDArray[np.float64]:
        """The probability of each row of features to be an onset."""
        units = np.tanh((features - self.mean) / self.deviation @ self.hidden + self.bias)
        odds: NDArray[np.float64] = 1 / (1 + np.exp(-(units @ self.out + self.out_bias)))
        return odds


def onsets(samples: NDArray[np.floating], rate: float, judge: Judge | None = None) -> tuple[Onset, ...]:
    """The onsets of samples (n,) or (n, channels) at `rate` Hz, in order; loudness does not matter.

    Times are where a hit begins, not where it is loudest; one at sample 0 is seen. What is no number is silence.
    """
    x = mono(samples, rate)
    peak = float(np.abs(x).max(initial=0.0))
    if peak < SILENCE:
        return ()
    x, length = framed(x / peak), len(x)
    spectrum = spectra(x)
    places, features = candidates(envelopes(x), flux(spectrum))
    if not len(places):
        return ()
    sure = (judge or shipped())(features)
    kept = np.flatnonzero(sure > SURE)
    times = begins(x, places[kept] * FRAME)
    inside = times < PAD + length - LAST
    times, kept = times[inside], kept[inside]
    chosen = apart(times / RATE, sure[kept])
    strengths = _strengths(spectrum, times[chosen]) * peak
    return tuple(
        Onset(max(0.0, float((time - PAD) / RATE)), *map(float, strength))
        for time, strength in zip(times[chosen], strengths, strict=True)
    )


def framed(x: Floats) -> Floats:
    """Samples with silence before them, and behind them their last ones backwards: their end is no onset."""
    end = x[::-1][:PAD]
    return np.concatenate([np.zeros(PAD, np.float32), x, end, np.zeros(PAD - len(end), np.float32)])


def begins(x: Floats, samples: NDArray[np.int64]) -> NDArray[np.int64]:
    """The sample within REACH of each at which the energy of high frequencies rises most steeply."""
    steep = np.diff(x, prepend=x[:1])
    sums = np.concatenate([[0.0], np.cumsum(np.square(steep, dtype=np.float64))])
    floor = sums[-1] / len(x) * 1e-5
    span = int(RISE * RATE)
    reach = int(REACH * RATE)
    at = np.clip(samples[:, None] + np.arange(-reach, reach, EVERY), span, len(x) - span - 1)
    rise = np.log((sums[at + span] - sums[at] + span * floor) / (sums[at] - sums[at - span] + span * floor))
    return np.take_along_axis(at, rise.argmax(axis=1)[:, None], axis=1)[:, 0]


def apart(seconds: NDArray[np.floating], sure: NDArray[np.floating]) -> NDArray[np.int64]:
    """Indices, in order of time, of those that are surest within CLOSE of themselves."""
    order = np.argsort(seconds, kind="stable")
    ordered = seconds[order]
    first = np.searchsorted(ordered, ordered - CLOSE, "right")
    last = np.searchsorted(ordered, ordered + CLOSE, "left")
    kept = np.zeros(len(order), bool)
    for index in np.argsort(-sure[order], kind="stable"):
        kept[index] = not kept[first[index] : last[index]].any()
    return order[kept]


def _strengths(spectrum: Floats, samples: NDArray[np.int64]) -> Floats:
    """How much the magnitudes rise at each sample: (n, 4) of all bands together, and of low, mid and high ones."""
    row = samples // HOP
    before = spectrum[np.maximum(0, row - 2)]
    later = np.minimum(row[:, None] + np.arange(AFTER + 1), len(spectrum) - 1)
    rise = np.maximum(spectrum[later].max(axis=1) - before, 0)
    middle = centres()
    bands = [rise[:, inside] for inside in (middle < LOW, (middle >= LOW) & (middle < HIGH), middle >= HIGH)]
    parts = [np.sqrt(np.square(band).mean(axis=1)) for band in bands]
    return np.stack([np.sqrt(np.square(rise).mean(axis=1)), *parts], axis=1)


@lru_cache(maxsize=1)
def shipped() -> Judge:
    """The judge whose weights ship."""
    return read(WEIGHTS)


def read(path: Path) -> Judge:
    """A judge from its file."""
    with np.load(path, allow_pickle=False) as file:
        return Judge(*(file[name].astype(np.float64) for name in Judge.__dataclass_fields__))
