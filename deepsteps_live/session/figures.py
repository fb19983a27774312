"""What a sound measures: length, level, spectrum. Arrays in, numbers out; audio is (samples, channels)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepsteps_live.music import KEYS

LOWEST, HIGHEST = 20.0, 20_000.0  # Hz
FRAME = 65_536  # samples of one spectrum; longer sounds are the mean of several
SILENT = -200.0  # dB
GONE = 10 ** (-60 / 20)  # of its peak; a sound that stays below it is over
LOUD = 0.4  # seconds whose level counts, as in a momentary loudness

Audio = NDArray[np.floating[Any]]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """A sound in numbers.

    seconds    until it stays 60 dB below its peak
    peak       dBFS
    rms        dBFS, of its loudest 0.4 s, over all channels
    frequency  Hz, the strongest; 0 when it is silent
    """

    seconds: float
    peak: float
    rms: float
    frequency: float


def figures(audio: Audio, rate: int) -> Figures:
    """The figures of a sound."""
    loudness = np.abs(audio).max(axis=1, initial=0.0)
    peak = float(loudness.max(initial=0.0))
    if peak == 0:
        return Figures(0.0, SILENT, SILENT, 0.0)
    ends = int(np.flatnonzero(loudness > peak * GONE)[-1]) + 1
    return Figures(ends / rate, decibels(peak), decibels(_loudest(audio, rate)), strongest(audio, rate))


def decibels(ratio: float) -> float:
    """A factor in dB, -200 for nothing."""
    return max(SILENT, 20 * math.log10(ratio)) if ratio > 0 else SILENT


def strongest(audio: Audio, rate: int) -> float:
    """Hz of the highest peak of the spectrum, between bins by a parabola through the logarithms; 0 for silence."""
    power = spectrum(audio, rate)
    power[: math.ceil(LOWEST * FRAME / rate)] = 0  # a distorted sound has an offset, which nobody hears
    at = int(power.argmax())
    if power[at] <= 0:
        return 0.0
    if at + 1 >= len(power) or power[at - 1] <= 0 or power[at + 1] <= 0:
        return at * rate / FRAME
    before, here, after = np.log(power[at - 1 : at + 2])
    return float(at + (before - after) / (2 * (before - 2 * here + after))) * rate / FRAME


def spectrum(audio: Audio, rate: int) -> Values:
    """Power at 0, rate / FRAME, 2 rate / FRAME ... Hz, all channels together: (FRAME / 2 + 1,)."""
    frames = max(1, math.ceil(len(audio) / FRAME))
    padded = np.zeros((frames * FRAME, audio.shape[1]))
    padded[: len(audio)] = audio
    window = np.hanning(FRAME)[:, None] if frames > 1 else 1.0  # one hit begins and ends by itself
    power = np.zeros(FRAME // 2 + 1)
    for frame in padded.reshape(frames, FRAME, -1):
        power += (np.abs(np.fft.rfft(frame * window, axis=0)) ** 2).sum(axis=1)
    return power / frames


def bands(audio: Audio, rate: int, count: int) -> Values:
    """dB in so many bands of equal musical width from 20 Hz to 20 kHz, the strongest at 0: (count,)."""
    edges = np.geomspace(LOWEST, HIGHEST, count + 1)
    borders = (np.arange(FRAME // 2 + 2) - 0.5) * rate / FRAME
    below = np.concatenate([[0.0], np.cumsum(spectrum(audio, rate))])
    power = np.maximum(np.diff(np.interp(edges, borders, below)), 0)
    loudest = power.max()
    if loudest == 0:
        return np.full(count, SILENT)
    levels: Values = 10 * np.log10(np.maximum(power / loudest, 10 ** (SILENT / 10)))
    return levels


def outline(audio: Audio, count: int) -> tuple[Values, Values]:
    """The lowest and the highest sample of any channel in each of `count` equal spans: (count,), (count,)."""
    edges = np.linspace(0, len(audio), count + 1).astype(int)
    spans = [audio[start : max(end, start + 1)] for start, end in pairwise(edges)]
    low = np.array([span.min(initial=0.0) for span in spans])
    return low, np.array([span.max(initial=0.0) for span in spans])


def note_name(frequency: float) -> str:
    """The nearest note, and how far off it is: "A4", "A4 +12 cents". MIDI note 60 is C4."""
    exact = 69 + 12 * math.log2(frequency / 440)
    cents = round(100 * (exact - round(exact)))
    return midi_name(round(exact)) + (f" {cents:+d} cents" if cents else "")


def midi_name(note: int) -> str:
    """The name of a MIDI note: 60 is C4."""
    return f"{KEYS[note % 12]}{note // 12 - 1}"


def _loudest(audio: Audio, rate: int) -> float:
    """RMS of the loudest LOUD seconds; a shorter sound counts as if silence followed."""
    length = round(LOUD * rate)
    below = np.concatenate([[0.0], np.cumsum((audio.astype(np.float64) ** 2).mean(axis=1))])
    if len(below) <= length:
        return math.sqrt(below[-1] / length)
    return math.sqrt(max(0.0, (below[length:] - below[:-length]).max()) / length)
