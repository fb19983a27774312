"""Grooves: the timing and the accents of one rhythm, worn by another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from deepsteps_live.errors import BadInput, number
from deepsteps_live.music.pattern import MOST_STEPS, Pattern


@dataclass(frozen=True, slots=True)
class Groove:
    """What each step of a bar feels like, round and round under any pattern.

    offsets  in steps, -0.5 (early) to 0.5 (late), one a step
    accents  what a hit's velocity is multiplied by, 0 to 4, one a step; 1 changes nothing
    amount   0 to 1: how much of it is worn
    """

    offsets: tuple[float, ...]
    accents: tuple[float, ...]
    amount: float = 1.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.offsets) <= MOST_STEPS or len(self.offsets) != len(self.accents):
            raise BadInput(f"a groove has 1 to {MOST_STEPS} steps, each with an offset and an accent")
        object.__setattr__(self, "offsets", tuple(number("an offset", each, -0.5, 0.5) for each in self.offsets))
        object.__setattr__(self, "accents", tuple(number("an accent", each, 0, 4) for each in self.accents))
        object.__setattr__(self, "amount", number("how much of a groove", self.amount, 0, 1))

    def __mul__(self, amount: float) -> Groove:
        """Less of it: `groove * 0.7`."""
        return replace(self, amount=self.amount * number("how much of a groove", amount, 0, 1))

    __rmul__ = __mul__

    def blend(self, other: Groove, x: float) -> Groove:
        """This groove at x = 0, the other at 1, between them between."""
        x = number("x", x, 0, 1)
        steps = range(max(len(self.offsets), len(other.offsets)))
        return Groove(
            tuple(_between(self.offset(step), other.offset(step), x) for step in steps),
            tuple(_between(self.accent(step), other.accent(step), x) for step in steps),
        )

    def offset(self, step: int) -> float:
        """Steps that a hit here is late, as much of it as is worn."""
        return self.offsets[step % len(self.offsets)] * self.amount

    def accent(self, step: int) -> float:
        """What the velocity of a hit here is multiplied by, as much of it as is worn."""
        return 1 + (self.accents[step % len(self.accents)] - 1) * self.amount

    def placed(self, step: int, offset: float) -> float:
        """The offset that a hit with one of its own gets: this groove's takes its place."""
        return offset * (1 - self.amount) + self.offset(step)

    def accented(self, step: int, velocity: float) -> float:
        """The velocity, 0 to 1, that a hit gets."""
        return min(1.0, velocity * self.accent(step))

    def __repr__(self) -> str:
        late = " ".join(f"{self.offset(step):+.2f}" for step in range(len(self.offsets)))
        accents = " ".join(f"x{self.accent(step):.2f}" for step in range(len(self.accents)))
        return f"groove of {len(self.offsets)} steps\n  late  {late}\n  loud  {accents}"


def groove_of(rows: Iterable[Pattern]) -> Groove:
    """The groove that bars of one length share.

    Each step has the mean offset and the mean relative velocity of the bars' hits there; a step without a hit is as
    late as its like (the even, or the odd ones) and as loud as the mean. BadInput when nothing is played.
    """
    bars = list(rows)
    steps = min((len(bar) for bar in bars), default=0)
    hits = [(step, bar.offsets[step], bar.velocities[step]) for bar in bars for step in range(steps) if bar.hits[step]]
    if not hits or any(len(bar) != steps for bar in bars):
        raise BadInput("a groove is taken from bars of one length in which something is played")
    loud = _mean([velocity for _, _, velocity in hits]) or 1.0
    offsets, accents = [], []
    for step in range(steps):
        here = [hit for hit in hits if hit[0] == step]
        like = here or [hit for hit in hits if hit[0] % 2 == step % 2]
        offsets.append(_mean([offset for _, offset, _ in like]))
        accents.append(min(4.0, _mean([velocity for _, _, velocity in here]) / loud) if here else 1.0)
    return Groove(tuple(offsets), tuple(accents))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _between(start: float, end: float, x: float) -> float:
    return start + (end - start) * x
