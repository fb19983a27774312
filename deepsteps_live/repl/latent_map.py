"""The map of two latents: training rows as dots, their density, the point that plays, and what each latent does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from deepsteps_live.music import Decode, Pattern, Track, value_at
from deepsteps_live.repl.grid import HEIGHTS, NEARLY, REST, Line
from deepsteps_live.repl.map_points import Cloud
from deepsteps_live.repl.panel_view import Part, Scene, Spot

NAMES = "abcd"
REACH = 3.0  # data units that a map and a bar show at least, to both sides of the mean
FAR = 6.0  # and at most, when rows lie farther out
DENSE = ((1.0, "░"), (2.0, "·"))  # within so many standard deviations
HERE = "◉"
STRIP = 22  # columns of a strip: a value, 16 steps
SIDE = 2 * STRIP
BRAILLE = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # bits by column and row of a cell


@dataclass(frozen=True, slots=True)
class Plot:
    """A map's place: columns, lines, and the values at its edges."""

    width: int
    height: int
    reach: float

    def cell(self, across: float, up: float) -> tuple[float, float]:
        """The column and the line of a point, with what is between; outside the map as well."""
        x = (across + self.reach) / (2 * self.reach) * self.width
        return x, (self.reach - up) / (2 * self.reach) * self.height

    def values(self, x: int, y: int) -> tuple[float, float]:
        """The values in the middle of a cell."""
        across = (x + 0.5) / self.width * 2 * self.reach - self.reach
        return round(across, 2), round(self.reach - (y + 0.5) / self.height * 2 * self.reach, 2)


def map_part(scene: Scene, width: int, height: int) -> Part:
    """A map of so many columns and lines; where there is room, right of it a strip for each latent."""
    track = scene.focus
    if track is None or height < 3:
        return Part([])
    latents = latents_at(track, scene.beat)
    side = SIDE if width >= 2 * SIDE - 10 else 0
    plot = Plot(max(4, width - side - 3), height - 1, reach_of(scene.cloud, latents))
    across, up = scene.view.across, scene.view.up
    lines = _marked(picture(scene.cloud, plot, across, up), plot, latents[across], latents[up])
    lines.append([("class:soft", _axis(plot, across, up, scene.cloud)[: plot.width])])
    if side:
        strips = strips_of(track, latents, value_at(track.tolerance, scene.beat or 0.0), scene.decode, height)
        lines = [[*left, ("", "   "), *right] for left, right in zip(lines, strips, strict=True)]

    def find(x: int, y: int) -> Spot | None:
        return Spot("point", track.name, 0, plot.values(x, y)) if x < plot.width and y < plot.height else None

    return Part(lines, find)


def latents_at(track: Track, beat: float | None) -> tuple[float, ...]:
    """A track's latents at a beat; those of a track without any are 0."""
    return tuple(value_at(value, beat or 0.0) for value in track.latents or (0.0,) * 4)


def reach_of(cloud: Cloud, latents: tuple[float, ...]) -> float:
    """How far the map goes to both sides: as far as nearly all rows and the point do."""
    values = sorted(abs(value) for point in cloud.points for value in point)
    rows = values[int(len(values) * 0.99)] if values else 0.0
    return max(min(FAR, max(REACH, math.ceil(rows * 2) / 2)), math.ceil(max(abs(value) for value in latents)))


@lru_cache(maxsize=16)
def picture(cloud: Cloud, plot: Plot, across: int, up: int) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The map without its point, a piece for each cell."""
    bits: dict[tuple[int, int], int] = {}
    for point in cloud.points:
        x, y = plot.cell(point[across], point[up])
        if 0 <= x < plot.width and 0 <= y < plot.height:
            place = (int(x), int(y))
            bits[place] = bits.get(place, 0) | BRAILLE[int(x * 2) % 2][int(y * 4) % 4]
    return tuple(
        tuple(_cell(bits.get((x, y), 0), _deviations(cloud, across, up, plot.values(x, y))) for x in range(plot.width))
        for y in range(plot.height)
    )


def _cell(bits: int, deviations: float) -> tuple[str, str]:
    if bits:
        return "class:dot", chr(0x2800 + bits)
    return "class:soft", next((shade for within, shade in DENSE if deviations <= within), " ")


def _deviations(cloud: Cloud, across: int, up: int, values: tuple[float, float]) -> float:
    """How many standard deviations a place is from the mean, along its own direction; infinite on a flat density."""
    one, two, both = cloud.covariance[across][across], cloud.covariance[up][up], cloud.covariance[across][up]
    if across == up:
        both = 0.0
    x, y = values[0] - cloud.mean[across], values[1] - cloud.mean[up]
    area = one * two - both * both
    return math.sqrt(max(0.0, (two * x * x - 2 * both * x * y + one * y * y) / area)) if area > 1e-12 else math.inf


def _marked(cells: tuple[tuple[tuple[str, str], ...], ...], plot: Plot, across: float, up: float) -> list[Line]:
    """The map's lines with the point that plays."""
    x, y = plot.cell(across, up)
    here = (min(plot.width - 1, max(0, int(x))), min(plot.height - 1, max(0, int(y))))
    lines: list[Line] = []
    for row, pieces in enumerate(cells):
        line: Line = []
        for column, (style, text) in enumerate(pieces):
            if (column, row) == here:
                style, text = "class:cursor", HERE
            if line and line[-1][0] == style:
                line[-1] = (style, line[-1][1] + text)
            else:
                line.append((style, text))
        lines.append(line)
    return lines


def _axis(plot: Plot, across: int, up: int, cloud: Cloud) -> str:
    text = f"{NAMES[across]} → {NAMES[up]} ↑ ±{plot.reach:g}  {len(cloud.points)} rows"
    return f"{text:<{plot.width}}"


def strips_of(track: Track, latents: tuple[float, ...], tolerance: float, decode: Decode, height: int) -> list[Line]:
    """For each latent a strip, two beside two: the bar at values from low to high while the other latents stay."""
    rows = (height // 2 - 1) | 1 if height % 4 else height // 2 - 1
    rows = max(1, rows if 2 * (rows + 1) <= height else rows - 1)
    lines: list[Line] = []
    for pair in ((0, 1), (2, 3)):
        left, right = (strip(track.model, latents, index, tolerance, decode, rows) for index in pair)
        lines += [[*one, *two] for one, two in zip(left, right, strict=True)]
    return [*lines, *([[("", "")] for _ in range(height - len(lines))])][:height]


def strip(
    model: str, latents: tuple[float, ...], index: int, tolerance: float, decode: Decode, rows: int
) -> list[Line]:
    """One latent: its value, then `rows` bars, the highest value on top; the one nearest to where it is stands out."""
    values = [2.5 - 5 * row / (rows - 1) if rows > 1 else latents[index] for row in range(rows)]
    nearest = min(range(rows), key=lambda row: abs(values[row] - latents[index]))
    lines: list[Line] = [[("class:focus", f"{f'{NAMES[index]} {latents[index]:+.2f}':<{STRIP}}")]]
    for row, value in enumerate(values):
        point = tuple(value if place == index else round(z, 2) for place, z in enumerate(latents))
        style = "class:strong" if row == nearest else "class:soft"
        lines.append([(style, f"{value:+4.1f} {bar_text(decode(model, point, tolerance)):<{STRIP - 5}}")])
    return lines


@lru_cache(maxsize=4096)
def bar_text(pattern: Pattern) -> str:
    """A bar, a glyph a step: velocity, or how nearly a rest was played."""
    glyphs = []
    for hit, velocity, probability in zip(pattern.hits, pattern.velocities, pattern.probabilities, strict=True):
        if hit:
            glyphs.append(HEIGHTS[min(7, max(0, math.ceil(velocity * 8) - 1))])
        else:
            glyphs.append(next((shade for least, shade in NEARLY if probability >= least), REST))
    return "".join(glyphs)[:16]
