"""Rows of 16 steps from onsets and beats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from deepsteps_live.listening.heard import Beats, HeardRow
from deepsteps_live.listening.onset import Onset
from deepsteps_live.music import Pattern

STEPS = 16
CURVE = 0.6  # velocity is strength to this power: a drum's amplitude grows faster than what its player means
SOFTEST = 0.05
LANES: dict[str, Callable[[Onset], float]] = {
    "low": lambda onset: onset.low,
    "mid": lambda onset: onset.mid,
    "high": lambda onset: onset.high,
}
HEARD = 0.25  # of a lane's strongest onset: weaker ones are the shadow of another drum
OWN = 0.6  # of the share that an onset has in the lane where it is strongest

Note = tuple[float, float]  # a place in steps from the first bar's beginning, and a velocity 0 to 1


def rows(onsets: Sequence[Onset], beats: Beats, *, split: bool = False) -> tuple[HeardRow, ...]:
    """The bars in which something is played, all drums in one row, or with `split` a row each of low, mid and high."""
    if not split:
        return tuple(in_bars(_notes(onsets, beats, lambda onset: onset.strength), beats))
    lanes = ((name, _notes(apart(onsets, name), beats, strength)) for name, strength in LANES.items())
    return tuple(row for name, notes in lanes for row in in_bars(notes, beats, name))


def in_bars(notes: Sequence[Note], beats: Beats, lane: str = "") -> Iterator[HeardRow]:
    """Notes on the steps nearest to them, with their offsets; of several on a step the loudest stays.

    A note just before a bar line belongs to the first step of the bar behind it; in a loop the last bar's goes to the
    first bar.
    """
    steps: dict[int, tuple[float, float]] = {}
    for place, velocity in notes:
        step = math.floor(place + 0.5)
        offset = place - step
        if beats.looped:
            step %= beats.bars * STEPS
        if step not in steps or steps[step][1] < velocity:
            steps[step] = offset, velocity
    for bar in range(beats.bars):
        found = [steps.get(bar * STEPS + step) for step in range(STEPS)]
        if any(found):
            hits = tuple(each is not None for each in found)
            offsets, velocities = zip(*((0.0, 0.0) if each is None else each for each in found), strict=True)
            yield HeardRow(Pattern(hits, velocities, offsets), bar + 1, lane)


def apart(onsets: Sequence[Onset], lane: str) -> list[Onset]:
    """The onsets of one lane: strong among that lane's, and as strong there as in any other."""
    most = {name: max((strength(onset) for onset in onsets), default=0.0) or 1.0 for name, strength in LANES.items()}
    found = []
    for onset in onsets:
        shares = {name: strength(onset) / most[name] for name, strength in LANES.items()}
        if shares[lane] >= max(HEARD, OWN * max(shares.values())):
            found.append(onset)
    return found


def _notes(onsets: Sequence[Onset], beats: Beats, strength: Callable[[Onset], float]) -> list[Note]:
    most = max(map(strength, onsets), default=0.0) or 1.0
    return [
        ((onset.seconds - beats.start) / beats.step, max(SOFTEST, min(1.0, (strength(onset) / most) ** CURVE)))
        for onset in onsets
    ]
