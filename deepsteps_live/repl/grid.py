"""The tracks' steps as lines of text: velocity, probability, early and late, rolls, playhead. Values in, lines out.

A line is pieces of (style, text). Styles are named in `panel_styles`; every glyph says the same without colour.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from deepsteps_live.music import Decode, Groove, LiveSet, Pattern, Track, leader, pattern_at

Line = list[tuple[str, str]]

HEIGHTS = "▁▂▃▄▅▆▇█"  # velocity
SHADES = ((0.75, ""), (0.6, "▓"), (0.0, "▒"))  # how sure a hit is: from this probability on
NEARLY = ((0.35, "▒"), (0.15, "░"))  # a rest that a model nearly played
REST, BY_HAND, BY_HAND_REST = "·", "◆", "◇"
STRONG, PLAIN = 0.75, 0.35  # velocities from which on a hit is bright, and not soft
FELT = 0.04  # steps a hit must be early or late to be marked
PAGES = (8, 16, 32, 64)  # steps that may stand side by side
WIDEST = 6  # columns of a step
NARROW = 60  # columns below which names are cut short


@dataclass(frozen=True, slots=True)
class Row:
    """One track as it is drawn: its rhythm, where it is in it, and which of its steps are shown.

    `step` is the one that sounds, None when nothing plays; steps from `first` on are shown.
    """

    track: Track
    rhythm: Track
    pattern: Pattern
    length: int
    step: int | None
    first: int


@dataclass(frozen=True, slots=True)
class Shape:
    """Columns: `left` of the steps, `page` steps side by side, `cell` columns each."""

    left: int
    page: int
    cell: int

    @property
    def right(self) -> int:
        """The first column right of the steps."""
        return self.left + self.page * self.cell

    def step_at(self, row: Row, x: int) -> int | None:
        """The step of a row that stands in a column."""
        place = (x - self.left) // self.cell
        step = row.first + place
        return step if 0 <= place < self.page and step < row.length else None


def length_of(rhythm: Track, pattern: Pattern) -> int:
    """Steps before a track starts again."""
    return rhythm.length or len(pattern)


def shape_of(longest: int, width: int) -> Shape:
    """As many steps as there are, two columns each at least, on pages where they do not fit."""
    left = 8 if width < NARROW else 11
    room = max(1, width - left)
    wanted = next((page for page in PAGES if page >= longest), PAGES[-1])
    fitting = [page for page in PAGES if page * 2 <= room and page <= max(wanted, 16)]
    page = fitting[-1] if fitting else min(wanted, room)
    return Shape(left, page, max(1, min(WIDEST, 4 if width < 120 else WIDEST, room // page)))


def row_of(
    live_set: LiveSet, track: Track, beat: float | None, decode: Decode, page: int, cursor: int | None = None
) -> Row:
    """A track's row at a beat; the page that is shown is the cursor's step's, or the one that plays."""
    rhythm = leader(live_set, track)
    pattern = pattern_at(live_set, track, beat or 0.0, decode)
    length = length_of(rhythm, pattern)
    step = None if beat is None or beat < 0 else math.floor(beat * rhythm.rate) % length
    shown = cursor if cursor is not None else step or 0
    return Row(track, rhythm, pattern, length, step, shown // page * page)


def longest(live_set: LiveSet, decode: Decode, beat: float | None) -> int:
    """Steps of the longest track."""
    found = (length_of(leader(live_set, track), pattern_at(live_set, track, beat or 0.0, decode)) for track in live_set)
    return max(found, default=16)


def ruler(shape: Shape) -> Line:
    """The line above the tracks: the number of every fourth step."""
    cells = [f"{step + 1 if step % 4 == 0 else '':<{shape.cell}}"[: shape.cell] for step in range(shape.page)]
    if shape.cell == 1:
        cells = ["╵" if step % 4 == 0 else " " for step in range(shape.page)]
    elif shape.cell > 2:
        cells = [f"{' ' + str(step + 1) if step % 4 == 0 else '':<{shape.cell}}" for step in range(shape.page)]
    return [("class:soft", " " * shape.left + "".join(cells))]


def row_line(row: Row, shape: Shape, soloed: bool, focused: bool, cursor: int | None) -> Line:
    """A track: its name, whether it is muted, its steps. `cursor` is a step, or None."""
    heard = not row.track.mute and (row.track.solo or not soloed)
    cells = cells_of(row.pattern, row.length, row.first, shape, set_by_hand(row.rhythm), _felt(row))
    line: Line = [*label(row.track, shape.left, heard=heard, focused=focused)]
    for place, (style, text) in enumerate(cells):
        step = row.first + place
        if not heard:
            style = "class:soft"
        if step == cursor:
            style += " class:cursor"
        elif step == row.step:
            style += " class:playhead"
        _join(line, style, text)
    return line


def label(track: Track, left: int, *, heard: bool, focused: bool) -> Line:
    """The name of a track, with what silences it: M mute, S solo, and ← for one that follows another."""
    flag = "M" if track.mute else "S" if track.solo else "←" if track.follows else " "
    name = track.name if len(track.name) <= left - 3 else track.name[: left - 4] + "…"
    style = "class:focus" if focused else "" if heard else "class:soft"
    return [(style, f"{'▸' if focused else ' '}{name:<{left - 3}}"), ("class:flag", flag), ("", " ")]


def set_by_hand(rhythm: Track) -> frozenset[int]:
    """The steps of what a model makes that were set by hand."""
    return frozenset(step for step, _ in rhythm.overrides) if rhythm.latents is not None else frozenset()


def _felt(row: Row) -> tuple[float, ...]:
    """Every step's offset as its groove lets it sound."""
    groove = row.rhythm.groove
    if isinstance(groove, Groove):
        return tuple(groove.placed(step, offset) for step, offset in enumerate(row.pattern.offsets))
    return tuple(groove * offset for offset in row.pattern.offsets)


@lru_cache(maxsize=2048)
def cells_of(
    pattern: Pattern, length: int, first: int, shape: Shape, by_hand: frozenset[int], offsets: tuple[float, ...]
) -> tuple[tuple[str, str], ...]:
    """The cells of a page: a style and a text of `shape.cell` columns for each step that there is."""
    found = []
    for step in range(first, min(first + shape.page, length)):
        index = step % len(pattern)
        found.append(cell(pattern, index, shape.cell, offsets[index], by_hand=index in by_hand))
    return tuple(found)


def cell(pattern: Pattern, step: int, width: int, offset: float, *, by_hand: bool) -> tuple[str, str]:
    """One step in `width` columns: early mark, velocity, a roll's count or how sure it is, late mark."""
    if not pattern.hits[step]:
        return _rest(pattern.probabilities[step], width, beat=step % 4 == 0, by_hand=by_hand)
    velocity, sure, rolls = pattern.velocities[step], pattern.probabilities[step], pattern.ratchets[step]
    height = HEIGHTS[min(7, max(0, math.ceil(velocity * 8) - 1))]
    glyph = BY_HAND if by_hand else height
    style = "class:strong" if velocity >= STRONG else "class:plain" if velocity >= PLAIN else "class:weak"
    early = "‹" if offset < -FELT else ""
    late = "›" if offset > FELT else ""
    shade = next(shade for least, shade in SHADES if sure >= least)
    second = f"{min(9, round(rolls))}" if rolls > 1 else "" if by_hand else shade
    if width == 1:
        return style, glyph
    if width == 2:
        return style, f"{glyph}{second if rolls > 1 else early or late or shade or ' '}"
    if width == 3:
        return style, f"{early or ' '}{glyph}{second if rolls > 1 else late or shade or ' '}"
    rest = second if rolls > 1 else (second or height) * (width - 3)
    return style, f"{early or ' '}{glyph}{rest:<{width - 3}}{late or ' '}"


def _rest(probability: float, width: int, *, beat: bool, by_hand: bool) -> tuple[str, str]:
    glyph = next((shade for least, shade in NEARLY if probability >= least), REST)
    if by_hand:
        glyph = BY_HAND_REST
    if width <= 2:
        return "class:soft", f"{glyph:<{width}}"
    filled = glyph if glyph in (REST, BY_HAND_REST) else glyph * (width - 2)
    return ("class:beat" if beat and glyph == REST else "class:soft"), f" {filled:<{width - 1}}"


def _join(line: Line, style: str, text: str) -> None:
    """Add a piece, to the last one when it is of the same style."""
    if line and line[-1][0] == style:
        line[-1] = (style, line[-1][1] + text)
    else:
        line.append((style, text))


def meter(level: float) -> str:
    """A linear peak as one glyph, 36 dB of it."""
    if level <= 0:
        return " "
    return HEIGHTS[min(7, max(0, round((20 * math.log10(level) + 36) / 36 * 7)))]


def details(row: Row, room: int, shape: Shape, meters: Mapping[str, float]) -> Line:
    """What stands right of the steps as far as there is room: page, meter, what drives it, its sound."""
    pages = -(-row.length // shape.page)
    line: Line = [("class:soft", f" {row.first // shape.page + 1}/{pages}" if pages > 1 else "    ")]
    line.append(("class:meter", meter(meters.get(row.track.name, 0.0))))
    if room >= 5 + 12:
        driven = f"← {row.rhythm.name}" if row.track.follows else "latents" if row.rhythm.latents else "pattern"
        line.append(("class:soft", f"  {driven:<10.10}"))
    if room >= 5 + 12 + 18 and row.track.sound is not None:
        line.append(("class:soft", f"  {row.track.sound.name:<16.16}"))
    return line


def window(count: int, rows: int, focus: int) -> range:
    """Which of `count` tracks are shown in `rows` lines, so that the one of number `focus` is among them."""
    if count <= rows:
        return range(count)
    first = min(max(0, focus - rows // 2), count - rows)
    return range(first, first + rows)


def solo(tracks: Sequence[Track]) -> bool:
    """Whether any of them is solo."""
    return any(track.solo for track in tracks)
