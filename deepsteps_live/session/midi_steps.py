"""Notes at any time, put on the steps of a grid: hits with their offsets, and rolls where hits do not fit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deepsteps_live.music.events import SWING_TRAVEL
from deepsteps_live.music.pattern import MOST_RATCHETS

FARTHEST = 0.5  # steps that a hit may be early or late
WHOLE_ROLL = 0.4  # what a roll costs, in steps of offset a step: it is heard where hits would lie far from their steps
BROKEN_ROLL = 0.6  # one whose last hit is nearer to the next step: dearer than any two hits
CROWDED = 0.01  # steps between notes that count, when there are more than any pattern plays
LOST = 10.0  # what it costs to leave a note out: more than any offset


@dataclass(frozen=True, slots=True)
class Struck:
    """A note: its place in steps, and its velocity, 1 to 127."""

    place: float
    velocity: int


@dataclass(frozen=True, slots=True)
class Hit:
    """What a step plays: steps late, its velocity 1 to 127 and a ratchet 1 to 16."""

    offset: float
    velocity: int
    ratchet: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the steps stand.

    swings  0 to 1, how late every second step is, and from which step on
    tick    the smallest difference in time, in steps
    """

    swings: tuple[tuple[float, float], ...]
    tick: float

    def place(self, step: int) -> float:
        """Where a step stands, in steps: on a tick, as what is written there does."""
        swing = next((swing for begins, swing in reversed(self.swings) if begins <= step), 0.0)
        return round((step + (SWING_TRAVEL * swing if step % 2 else 0.0)) / self.tick) * self.tick

    def near(self, place: float) -> list[int]:
        """The steps whose hits may sound at a place."""
        first = math.floor(place) - 2
        return [step for step in range(first, first + 5) if abs(place - self.place(step)) <= FARTHEST + self.tick]


_Way = tuple[float, "_Way | None", tuple[int, Hit] | None]  # its cost, the way before its last step, and that


def on_steps(struck: Sequence[Struck], grid: Grid, first: int, last: int) -> dict[int, Hit]:
    """The hits of the steps from `first` up to `last`, by their steps.

    Each note goes to a step at most half a step away, no two to one but as a roll, in order of time, all together as
    near as they can; where there are too many the softest are left out. Of notes in one tick the loudest counts.
    """
    many = len(struck) > MOST_RATCHETS * (last - first)
    notes = _loudest(struck, CROWDED if many else grid.tick / 2)
    ways: list[dict[int, _Way]] = [{} for _ in range(len(notes) + 1)]  # by how many are placed, then by the last step
    ways[0][first - 1] = (0.0, None, None)
    for number, note in enumerate(notes):
        steps = [step for step in grid.near(note.place) if first <= step < last]
        passed = math.floor(note.place) - 3  # no later note is near to this step
        for used, way in ways[number].items():
            _keep(ways[number + 1], max(used, passed), (way[0] + LOST + note.velocity / 128, way[1], way[2]))
            for step in steps:
                if step > used:
                    for count, cost, hit in _hits(notes, number, grid, step):
                        _keep(ways[number + count], step, (way[0] + cost, way, (step, hit)))
        ways[number] = {}
    return dict(_walked(min(ways[-1].values(), key=lambda way: way[0])))


def _keep(ways: dict[int, _Way], step: int, way: _Way) -> None:
    if step not in ways or way[0] < ways[step][0]:
        ways[step] = way


def _walked(way: _Way | None) -> Iterator[tuple[int, Hit]]:
    while way is not None:
        if way[2] is not None:
            yield way[2]
        way = way[1]


def _loudest(struck: Sequence[Struck], apart: float) -> list[Struck]:
    """The notes in order of time; of those that begin together the loudest."""
    kept: list[Struck] = []
    for note in sorted(struck, key=lambda each: (each.place, -each.velocity)):
        if not kept or note.place - kept[-1].place > apart:
            kept.append(note)
    return kept


def _hits(notes: Sequence[Struck], number: int, grid: Grid, step: int) -> Iterator[tuple[int, float, Hit]]:
    """What a step can play that begins with a note: how many notes it takes, what it costs, and the hit."""
    note = notes[number]
    offset = max(-FARTHEST, min(FARTHEST, note.place - grid.place(step)))
    yield 1, abs(offset), Hit(offset, note.velocity, 1.0)
    room = grid.place(step + 1) - grid.place(step)
    for count in range(2, MOST_RATCHETS + 1):
        roll = notes[number : number + count]
        if len(roll) < count or roll[-1].place - note.place >= room or roll[-1].velocity != note.velocity:
            return
        ratchet = _ratchet([each.place for each in roll], room, grid.tick)
        if ratchet is not None:
            cost = abs(offset) + room * (WHOLE_ROLL if ratchet == count else BROKEN_ROLL)
            yield count, cost, Hit(offset, note.velocity, ratchet)


def _ratchet(places: Sequence[float], room: float, tick: float) -> float | None:
    """The ratchet that sounds at evenly spaced places, or None."""
    count = len(places)
    apart = (places[-1] - places[0]) / (count - 1)
    if any(abs(place - places[0] - number * apart) > 1.01 * tick for number, place in enumerate(places)):
        return None
    if abs(apart - room / count) * (count - 1) <= 1.01 * tick:
        return float(count)
    found = room / apart
    return found if math.ceil(found) == count else None
