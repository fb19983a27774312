"""Drawing a sound into a PNG: waveform above, spectrum below, with axes and numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from deepsteps_live.errors import BadInput
from deepsteps_live.listening import Heard, first_line
from deepsteps_live.session.figures import Audio, Values, bands, figures, outline
from deepsteps_live.session.pictures import DEPTH, frequencies, round_step, spectrum_line, times, wave_line

SIZE = (1200, 800)  # pixels
MOST_ROWS = 8  # of a recording, that are drawn
ROW_GAP = 8  # pixels between two
HIT = 20  # pixels of a hit's width
ROWS_TITLE = "bars of 16 steps: how loud, and how early or late"
PAPER, INK, GRID, BLUE, ORANGE = "#ffffff", "#222222", "#d8d8d8", "#2f6db5", "#d9822b"


@dataclass(frozen=True, slots=True)
class Box:
    """Where a plot stands, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def across(self, place: float) -> float:
        """The pixel at a place from the left, 0 to 1."""
        return self.left + place * (self.right - self.left)

    def up(self, place: float) -> float:
        """The pixel at a place from the bottom, 0 to 1."""
        return self.bottom - place * (self.bottom - self.top)


WAVE = Box(90, 60, SIZE[0] - 40, 350)
SPECTRUM = Box(90, 440, SIZE[0] - 40, 740)


def draw(audio: Audio, rate: int, name: str, path: Path) -> None:
    """Write the picture of a sound, 1200 by 800 pixels. BadInput when it is silent or the file cannot be written."""
    found = figures(audio, rate)
    if not found.frequency:
        raise BadInput(f"{name} is silent; there is nothing to draw")
    heard = audio[: math.ceil(found.seconds * rate)]
    peak = float(np.abs(heard).max())
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    _frame(pen, WAVE, wave_line(name, found), times(found.seconds), _amplitudes(peak))
    _waveform(pen, heard, peak)
    _frame(pen, SPECTRUM, spectrum_line(found), frequencies(), _levels())
    _spectrum(pen, bands(audio, rate, int(SPECTRUM.right - SPECTRUM.left)))
    _save(image, path)


def draw_heard(audio: Audio, rate: int, heard: Heard, path: Path) -> None:
    """Write the picture of a recording as it was heard: its onsets on the waveform, its rows as steps beneath."""
    peak = float(np.abs(audio).max())
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    seconds = len(audio) / rate
    _frame(pen, WAVE, first_line(heard), times(seconds), _amplitudes(peak))
    _waveform(pen, audio, peak)
    for onset in heard.onsets:
        x = WAVE.across(min(1.0, onset.seconds / seconds))
        pen.line([(x, WAVE.top), (x, WAVE.bottom)], fill=ORANGE, width=2)
    _rows(pen, heard)
    _save(image, path)


def _rows(pen: ImageDraw.ImageDraw, heard: Heard) -> None:
    """A line a row: hits as bars as high as they are loud, moved by their offsets, on the grid of the steps."""
    shown = heard.rows[:MOST_ROWS]
    small = ImageFont.load_default(16)
    pen.text((SPECTRUM.left, SPECTRUM.top - 12), ROWS_TITLE, fill=INK, font=ImageFont.load_default(20), anchor="ls")
    for place, row in enumerate(shown):
        steps = len(row.pattern)
        box = Box(SPECTRUM.left, _line(place), SPECTRUM.right, _line(place + 1) - ROW_GAP)
        pen.text((box.left - 10, box.up(0.5)), f"{row.bar} {row.lane}", fill=INK, font=small, anchor="rm")
        for step in range(steps + 1):
            x = box.across(step / steps)
            pen.line([(x, box.top), (x, box.bottom)], fill=INK if step % 4 == 0 else GRID)
        for step in range(steps):
            if row.pattern.hits[step]:
                left = box.across((step + row.pattern.offsets[step]) / steps)
                pen.rectangle([(left, box.up(row.pattern.velocities[step])), (left + HIT, box.bottom)], fill=BLUE)


def _line(place: int) -> float:
    """The top of a row, in pixels."""
    return SPECTRUM.top + place * (SPECTRUM.bottom - SPECTRUM.top) / MOST_ROWS


def _frame(
    pen: ImageDraw.ImageDraw, box: Box, title: str, below: list[tuple[float, str]], beside: list[tuple[float, str]]
) -> None:
    """Title, grid, and the numbers of both axes."""
    small = ImageFont.load_default(16)
    pen.text((box.left, box.top - 12), title, fill=INK, font=ImageFont.load_default(20), anchor="ls")
    for place, label in below:
        x = box.across(place)
        pen.line([(x, box.top), (x, box.bottom)], fill=GRID)
        pen.text((x, box.bottom + 8), label, fill=INK, font=small, anchor="mt")
    for place, label in beside:
        y = box.up(place)
        pen.line([(box.left, y), (box.right, y)], fill=GRID)
        pen.text((box.left - 10, y), label, fill=INK, font=small, anchor="rm")
    pen.rectangle([(box.left, box.top), (box.right, box.bottom)], outline=INK)


def _amplitudes(peak: float) -> list[tuple[float, str]]:
    step = round_step(peak / 2)
    count = math.floor(peak / step + 1e-9)
    return [(0.5 + n * step / peak / 2, f"{n * step:+g}" if n else "0") for n in range(-count, count + 1)]


def _levels() -> list[tuple[float, str]]:
    return [(1 - n * 10 / DEPTH, f"{-10 * n} dB" if n else "0 dB") for n in range(round(DEPTH / 10) + 1)]


def _waveform(pen: ImageDraw.ImageDraw, audio: Audio, peak: float) -> None:
    low, high = outline(audio, int(WAVE.right - WAVE.left))
    for x, (bottom, top) in enumerate(zip(low, high, strict=True), start=int(WAVE.left)):
        pen.line([(x, WAVE.up(0.5 + bottom / peak / 2)), (x, WAVE.up(0.5 + top / peak / 2))], fill=BLUE)


def _spectrum(pen: ImageDraw.ImageDraw, levels: Values) -> None:
    heights = np.clip(levels / DEPTH + 1, 0, 1)
    line = [(float(x), SPECTRUM.up(height)) for x, height in enumerate(heights.tolist(), start=int(SPECTRUM.left))]
    pen.line(line, fill=ORANGE, width=2)


def _save(image: Image.Image, path: Path) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        image.save(part, "PNG")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadInput(f"{path} cannot be written: {error.strerror}") from None
