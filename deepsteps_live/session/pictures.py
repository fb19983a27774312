"""Pictures of sounds in text: waveform and spectrum in braille dots. Arrays in, lines out; no colour needed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from deepsteps_live.session.figures import (
    HIGHEST,
    LOUD,
    LOWEST,
    Audio,
    Figures,
    Values,
    bands,
    figures,
    note_name,
    outline,
)

MARGIN = 8  # columns left of a plot: what its rows mean
WAVE_ROWS = 6
SPECTRUM_ROWS = 8
DEPTH = 60.0  # dB that a spectrum shows
TICKS = (20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)  # Hz
NARROWEST, WIDEST = 40, 200  # columns

_BRAILLE = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])  # the bit of each dot of a cell

Dots = NDArray[np.bool_]  # (4 rows, 2 columns) to a letter


def sound_picture(audio: Audio, rate: int, name: str, width: int = 80) -> list[str]:
    """A sound's figures, waveform and spectrum; (samples, channels) at `rate` Hz, lines of at most `width` columns."""
    found = figures(audio, rate)
    if not found.frequency:
        return [f"{name}: silence"]
    across = min(max(width, NARROWEST), WIDEST) - MARGIN
    heard = audio[: math.ceil(found.seconds * rate)]
    lines = [*_wave(heard, found, name, across), *_spectrum(bands(audio, rate, across * 2), found, across)]
    return [line[: MARGIN + across] for line in lines]


def wave_line(name: str, found: Figures) -> str:
    """What stands above a waveform."""
    return f"{name}: {found.seconds:.3f} s, peak {found.peak:.1f} dBFS, RMS {found.rms:.1f} dBFS in {LOUD} s"


def spectrum_line(found: Figures) -> str:
    """What stands above a spectrum."""
    return f"strongest at {found.frequency:.1f} Hz, {note_name(found.frequency)}"


def braille(dots: Dots) -> list[str]:
    """Dots as letters, four high and two wide each: (4 n, 2 m) gives n lines of m letters."""
    rows, columns = dots.shape[0] // 4, dots.shape[1] // 2
    cells = dots.reshape(rows, 4, columns, 2)
    codes = 0x2800 + (cells * _BRAILLE[None, :, None, :]).sum(axis=(1, 3))
    return ["".join(map(chr, row)) for row in codes]


def axis(width: int, marks: Iterable[tuple[float, str]]) -> str:
    """Labels below a plot, each centred at its place (0 to 1); those that would touch the one before are left out."""
    line = [" "] * width
    free = 0
    for place, label in marks:
        start = min(max(round(place * (width - 1)) - len(label) // 2, 0), width - len(label))
        if start >= free:
            line[start : start + len(label)] = label
            free = start + len(label) + 1
    return "".join(line).rstrip()


def times(seconds: float, most: int = 8) -> list[tuple[float, str]]:
    """Round times of a sound so long, as places (0 to 1) with their labels."""
    scale, unit = (1000, "ms") if seconds < 2 else (1, "s")
    step = round_step(seconds * scale / most)
    count = math.floor(seconds * scale / step)
    return [(n * step / scale / seconds, f"{n * step:g}" + (f" {unit}" if n == 0 else "")) for n in range(count + 1)]


def frequencies() -> list[tuple[float, str]]:
    """Round frequencies, as places (0 to 1) with their labels."""
    octaves = math.log(HIGHEST / LOWEST)
    return [
        (math.log(hz / LOWEST) / octaves, (f"{hz // 1000}k" if hz >= 1000 else f"{hz}") + " Hz" * (hz == TICKS[0]))
        for hz in TICKS
    ]


def round_step(least: float) -> float:
    """The next of ... 0.1, 0.2, 0.5, 1, 2, 5, 10 ... that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9))


def _wave(audio: Audio, found: Figures, name: str, across: int) -> list[str]:
    peak = float(np.abs(audio).max())
    low, high = outline(audio, across * 2)
    last = WAVE_ROWS * 4 - 1
    top, bottom = (np.round((1 - each / peak) / 2 * last).astype(int) for each in (high, low))
    rows = np.arange(last + 1)[:, None]
    lines = braille((rows >= top) & (rows <= bottom))
    labels = {0: f"{peak:+.2f}", WAVE_ROWS // 2: "0", WAVE_ROWS - 1: f"{-peak:+.2f}"}
    return [
        wave_line(name, found),
        *_labelled(lines, labels),
        " " * MARGIN + axis(across, times(found.seconds)),
    ]


def _spectrum(levels: Values, found: Figures, across: int) -> list[str]:
    height = np.round((levels + DEPTH) / DEPTH * SPECTRUM_ROWS * 4)
    rows = np.arange(SPECTRUM_ROWS * 4)[:, None]
    lines = braille(rows >= SPECTRUM_ROWS * 4 - height)
    labels = {0: "0 dB", SPECTRUM_ROWS // 2: f"{-DEPTH / 2:.0f}", SPECTRUM_ROWS - 1: f"{-DEPTH:.0f}"}
    return [
        spectrum_line(found),
        *_labelled(lines, labels),
        " " * MARGIN + axis(across, frequencies()),
    ]


def _labelled(lines: Sequence[str], labels: dict[int, str]) -> list[str]:
    return [f"{labels.get(row, ''):>{MARGIN - 2}} │{line}" for row, line in enumerate(lines)]
