"""The score: which LiveSet plays from which beat on. Edits in flight lose no step and double none."""

from __future__ import annotations

import math
from dataclasses import dataclass

from deepsteps_live.music.events import LATEST, Decode, Event, events, no_model
from deepsteps_live.music.gear import Control, controls
from deepsteps_live.music.live_set import BEATS_PER_BAR, TEMPO_STEPS, LiveSet, at_once, carried, tempo_at
from deepsteps_live.music.signals import Signal

_FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class Score:
    """LiveSets in the order they come in: `parts[i]` is (beat, set), the steps on the grid from that beat on.

    A step belongs to the set that holds its place on the grid, wherever its groove moves its sound;
    so at every change each step sounds exactly once, even the early one before the bar line.
    """

    parts: tuple[tuple[float, LiveSet], ...]

    @classmethod
    def of(cls, live_set: LiveSet) -> Score:
        """The score that plays one set from the start."""
        return cls(((-_FOREVER, live_set),))

    def at(self, beat: float) -> LiveSet:
        """The set that holds the grid at a beat."""
        return next(live_set for begins, live_set in reversed(self.parts) if begins <= beat)

    @property
    def last(self) -> LiveSet:
        """The set that plays when all changes have come in."""
        return self.parts[-1][1]

    def changed(self, live_set: LiveSet, beat: float) -> Score:
        """The score with `live_set` from `beat` on; what was to come in later is dropped."""
        return self.joined(Score.of(live_set), beat)

    def joined(self, other: Score, beat: float) -> Score:
        """This score up to `beat`, the other one from there on."""
        later = ((beat, other.at(beat)), *(part for part in other.parts if part[0] > beat))
        parts = [part for part in self.parts if part[0] < beat]
        for begins, live_set in later:
            if _unheard(parts, begins):
                parts.pop()
            if not parts or parts[-1][1] != live_set:
                parts.append((begins, live_set))
        return Score(tuple(parts))

    def moved(self, live_set: LiveSet, beat: float) -> Score:
        """The score with what of `live_set` may act at once, in the set that plays at `beat` and in all that wait."""
        first = max((begins for begins, _ in self.parts if begins <= beat), default=beat)
        return Score(
            tuple((begins, at_once(part, live_set) if begins >= first else part) for begins, part in self.parts)
        )

    def carried(self, before: LiveSet, wanted: LiveSet, beat: float) -> Score:
        """The score with what changed from `before`, its last set, to `wanted`: that in place of it, and of the
        change what may act at once in the set that plays at `beat` and in all that wait.
        """
        first = max((begins for begins, _ in self.parts if begins <= beat), default=beat)
        *parts, (last, _) = self.parts
        now = [(begins, carried(part, before, wanted) if begins >= first else part) for begins, part in parts]
        return Score((*now, (last, wanted)))

    def trimmed(self, beat: float) -> Score:
        """The score without the sets whose last late step sounded before `beat`."""
        ends = [begins for begins, _ in self.parts[1:]]
        spent = sum(end + LATEST / 2 <= beat for end in ends)  # 2 steps a beat is the slowest rate
        return Score(self.parts[spent:]) if spent else self

    def events(self, start: float, end: float, decode: Decode = no_model) -> list[Event]:
        """All events that sound in the beats [start, end), each from the set that holds its place on the grid."""
        ends = [begins for begins, _ in self.parts[1:]] + [_FOREVER]
        found = [
            event
            for (begins, live_set), ends_at in zip(self.parts, ends, strict=True)
            for event in events(live_set, start, end, decode, grid=(begins, ends_at))
        ]
        found.sort(key=lambda event: event.beat)
        return found

    def controls(self, start: float, end: float) -> list[Control]:
        """What gear is to be set to in the beats [start, end)."""
        return [
            control
            for begins, ends, live_set in self._spans(start, end)
            for control in controls(live_set, begins, ends)
        ]

    def tempo_at(self, beat: float) -> float:
        """The tempo at a beat, in bpm."""
        return tempo_at(self.at(beat), beat)

    def tempi(self, start: float, end: float) -> list[tuple[float, float]]:
        """Beats in [start, end) from which a tempo holds, the first of them `start`, and the tempo in bpm."""
        found: list[tuple[float, float]] = []
        for begins, ends, live_set in self._spans(start, end):
            places = [begins]
            if isinstance(live_set.tempo, Signal):
                steps = range(math.floor(begins * TEMPO_STEPS + 1e-9) + 1, math.ceil(ends * TEMPO_STEPS - 1e-9))
                places += [step / TEMPO_STEPS for step in steps]
            for place in places:
                bpm = tempo_at(live_set, place)
                if not found or found[-1][1] != bpm:
                    found.append((place, bpm))
        return found

    @property
    def tempo_moves(self) -> bool:
        """Whether the tempo of any of its sets moves by itself."""
        return any(isinstance(live_set.tempo, Signal) for _, live_set in self.parts)

    def _spans(self, start: float, end: float) -> list[tuple[float, float, LiveSet]]:
        """The sets that hold the beats [start, end), and from where to where."""
        ends = [begins for begins, _ in self.parts[1:]] + [_FOREVER]
        found = [
            (max(start, begins), min(end, until), live_set)
            for (begins, live_set), until in zip(self.parts, ends, strict=True)
        ]
        return [(begins, until, live_set) for begins, until, live_set in found if begins < until]


def take_in(
    score: Score,
    wanted: LiveSet,
    frontier: float,
    decode: Decode = no_model,
    *,
    whole: float = 0,
    before: LiveSet | None = None,
) -> Score:
    """The score in which `wanted` comes in: its patterns at the bar that its `quant` says, all else at once.

    `frontier` is the beat up to which events are committed: nothing before it changes. With `whole` all of
    `wanted` comes in on the next multiple of so many bars, whatever its `quant`. `before` is the set that waits whole
    when this is changed: it keeps its bar, and of `wanted` only what differs from it acts at once.
    """
    if before is not None and score.last == before and score.parts[-1][0] > frontier:
        moved = score.carried(before, wanted, frontier)
        return score.joined(moved, safe_beat(score, moved, frontier, decode))
    if whole:
        return score.changed(wanted, next_bar(safe_beat(score, Score.of(wanted), frontier, decode), float(whole)))
    if wanted.quant == 0:
        return score.changed(wanted, safe_beat(score, Score.of(wanted), frontier, decode))
    # Patterns that wait for their bar already keep it, however often the rest is moved meanwhile.
    moved = score.moved(wanted, frontier)
    begins = safe_beat(score, moved, frontier, decode)
    joined = score.joined(moved, begins)
    if joined.last == wanted:
        return joined
    safe = max(begins, safe_beat(score, Score.of(wanted), frontier, decode))
    return joined.changed(wanted, next_bar(safe, wanted.quant))


def safe_beat(score: Score, other: Score, frontier: float, decode: Decode = no_model) -> float:
    """The first beat at or after `frontier` from which the other score can take over the grid.

    Two kinds of step that stand after the frontier are the old score's: those that have sounded early already, and
    those that the other score would have played before it.
    """
    before = (frontier - EARLY_BEATS, frontier)
    events_before = [*score.events(*before, decode), *other.events(*before, decode)]
    taken = [event.grid for event in events_before if event.grid >= frontier]
    return max(taken) + 1e-9 if taken else frontier


def next_bar(frontier: float, quant: float) -> float:
    """The next multiple of `quant` bars that stands at or after `frontier`, in beats; now when quant is 0."""
    if quant == 0:
        return frontier
    span = quant * BEATS_PER_BAR
    return -(-frontier // span) * span


EARLY_BEATS = 0.25  # half a step at the slowest rate, 2 steps a beat


def _unheard(parts: list[tuple[float, LiveSet]], until: float) -> bool:
    """Whether the last part can go: neither it nor the one that would take its place has a step in its beats."""
    return len(parts) > 1 and not any(_stands_in(live_set, parts[-1][0], until) for _, live_set in parts[-2:])


def _stands_in(live_set: LiveSet, start: float, end: float) -> bool:
    """Whether any track has a step on the grid in the beats [start, end)."""
    return any(math.ceil(max(start, 0.0) * track.rate) < end * track.rate for track in live_set)
