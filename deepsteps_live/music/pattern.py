"""Patterns: what a track plays, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import overload

from deepsteps_live.errors import BadInput, number, whole

MOST_STEPS = 64
MOST_RATCHETS = 16
NORMAL = 64 / 127  # velocity of a plain step; Microtonic's 64
ACCENT = 1.0  # velocity of an accent; Microtonic's 127

_LETTERS = {"x": NORMAL, "X": ACCENT, "-": 0.0}
_ROLLS = "23456789"
_SPACERS = " |"


@dataclass(frozen=True, slots=True)
class Pattern:
    """1 to 64 steps.

    hits           True where a step sounds
    velocities     0 to 1 on hits, 0 on rests
    offsets        in steps, -0.5 (early) to 0.5 (late) on hits, 0 on rests
    probabilities  0 to 1: how often a hit sounds; on a rest, how nearly a model played it
    ratchets       1 to 16 on hits, 1 on rests: a hit of 4 is a roll, at 0, 1/4, 2/4 and 3/4 of its step
    """

    hits: tuple[bool, ...]
    velocities: tuple[float, ...] = ()
    offsets: tuple[float, ...] = ()
    probabilities: tuple[float, ...] = ()
    ratchets: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        hits = tuple(bool(hit) for hit in self.hits)
        if not 1 <= len(hits) <= MOST_STEPS:
            raise BadInput(f"a pattern has 1 to {MOST_STEPS} steps, not {len(hits)}")
        velocities = _lane("velocities", self.velocities, hits, [NORMAL] * len(hits), 0.0, 1.0)
        offsets = _lane("offsets", self.offsets, hits, [0.0] * len(hits), -0.5, 0.5)
        sure = [float(hit) for hit in hits]
        probabilities = _lane("probabilities", self.probabilities, (True,) * len(hits), sure, 0.0, 1.0)
        single = [1.0] * len(hits)
        ratchets = _lane("ratchets", self.ratchets, hits, single, 1.0, MOST_RATCHETS, rest=1.0)
        for field, values in (
            ("hits", hits),
            ("velocities", velocities),
            ("offsets", offsets),
            ("probabilities", probabilities),
            ("ratchets", ratchets),
        ):
            object.__setattr__(self, field, values)

    def __len__(self) -> int:
        return len(self.hits)

    def __str__(self) -> str:
        lanes = zip(self.hits, self.velocities, self.ratchets, strict=True)
        return "".join(_letter(velocity, ratchet) if hit else "-" for hit, velocity, ratchet in lanes)

    def __repr__(self) -> str:
        return f'pattern("{self}")'

    @overload
    def __getitem__(self, steps: slice) -> Pattern: ...
    @overload
    def __getitem__(self, steps: int) -> float: ...
    def __getitem__(self, steps: slice | int) -> Pattern | float:
        """A slice is a pattern; a single step is its velocity, 0 for a rest."""
        if isinstance(steps, int):
            return self.velocities[self._index(steps)]
        return self.take(range(len(self))[steps])

    def __setitem__(self, step: int, velocity: float) -> None:
        raise BadInput("a pattern does not change; assign a new one: kick.pattern = kick.pattern.hit(3)")

    def __add__(self, other: Pattern | str | Sequence[float]) -> Pattern:
        """Both patterns, one after the other."""
        second = pattern(other)
        return Pattern(
            self.hits + second.hits,
            self.velocities + second.velocities,
            self.offsets + second.offsets,
            self.probabilities + second.probabilities,
            self.ratchets + second.ratchets,
        )

    def __mul__(self, times: int) -> Pattern:
        """The pattern, `times` times over."""
        return self.take(list(range(len(self))) * whole("repeats", times, 1, MOST_STEPS))

    def hit(self, *steps: int, velocity: float = NORMAL) -> Pattern:
        """With hits on these steps, counted from 0, on the grid, at this velocity (0 to 1; 0 is a rest)."""
        strength = number("a velocity", velocity, 0, 1)
        put = {self._index(step) for step in steps}

        def lane(old: Sequence[float], new: float) -> tuple[float, ...]:
            return tuple(new if step in put else value for step, value in enumerate(old))

        hits = tuple(strength > 0 if step in put else hit for step, hit in enumerate(self.hits))
        sure = float(strength > 0)
        return Pattern(
            hits,
            lane(self.velocities, strength),
            lane(self.offsets, 0.0),
            lane(self.probabilities, sure),
            lane(self.ratchets, 1.0),
        )

    def rest(self, *steps: int) -> Pattern:
        """With rests on these steps, counted from 0."""
        return self.hit(*steps, velocity=0.0)

    def ratchet(self, *steps: int, times: float = 2) -> Pattern:
        """With rolls on these steps, counted from 0: `times` hits in each, 1 to 16; a rest among them becomes a hit."""
        count = number("the hits of a roll", times, 1, MOST_RATCHETS)
        put = {self._index(step) for step in steps}
        played = self.hit(*(step for step in put if not self.hits[step]))
        return replace(
            played, ratchets=tuple(count if step in put else old for step, old in enumerate(played.ratchets))
        )

    def rotate(self, steps: int) -> Pattern:
        """Later by `steps`; what falls off the end comes in at the start."""
        steps = whole("steps to rotate by", steps, -(10**6), 10**6)
        return self.take([(i - steps) % len(self) for i in range(len(self))])

    def reverse(self) -> Pattern:
        """Last step first."""
        return self.take(range(len(self) - 1, -1, -1))

    def chance(self, probability: float) -> Pattern:
        """Every hit sounds with this probability."""
        p = number("a probability", probability, 0, 1)
        return replace(self, probabilities=tuple(p if hit else 0.0 for hit in self.hits))

    def straight(self) -> Pattern:
        """Every hit on the grid."""
        return replace(self, offsets=())

    def _index(self, step: int) -> int:
        count = len(self)
        return whole(f"a step of this pattern (of {count})", step, -count, count - 1) % count

    def take(self, steps: Iterable[int]) -> Pattern:
        """The steps of these numbers, counted from 0, in this order."""
        order = list(steps)
        return Pattern(
            tuple(self.hits[i] for i in order),
            tuple(self.velocities[i] for i in order),
            tuple(self.offsets[i] for i in order),
            tuple(self.probabilities[i] for i in order),
            tuple(self.ratchets[i] for i in order),
        )


def pattern(steps: Pattern | str | Iterable[float]) -> Pattern:
    """A pattern from `"x---X---"`, from a list of hits (0 and 1), or from a list of velocities (0.0 to 1.0).

    In a string `X` is an accent, `x` a hit, `2` to `9` a roll of so many, `-` a rest; spaces and `|` only help the eye.
    """
    if isinstance(steps, Pattern):
        return steps
    if isinstance(steps, str):
        return _from_string(steps)
    if isinstance(steps, Iterable):
        return _from_list(list(steps))
    raise BadInput(f'a pattern is a string such as "x---X---", a list, or euclid(5, 16), not {type(steps).__name__}')


def euclid(hits: int, steps: int, rotation: int = 0) -> Pattern:
    """`hits` spread as evenly as they go over `steps` (Toussaint's Euclidean rhythm), the first on step 1."""
    n = whole("steps", steps, 1, MOST_STEPS)
    k = whole("hits", hits, 0, n)
    return Pattern(tuple(i * k % n < k for i in range(n))).rotate(whole("rotation", rotation, -MOST_STEPS, MOST_STEPS))


def _from_string(text: str) -> Pattern:
    letters = [letter for letter in text if letter not in _SPACERS]
    for place, letter in enumerate(letters, start=1):
        if letter not in _LETTERS and letter not in _ROLLS:
            raise BadInput(f'"{letter}" at step {place} of a pattern; X is an accent, x a hit, 2 to 9 a roll, - a rest')
    velocities = tuple(_LETTERS.get(letter, NORMAL) for letter in letters)
    ratchets = tuple(float(letter) if letter in _ROLLS else 1.0 for letter in letters)
    return Pattern(tuple(velocity > 0 for velocity in velocities), velocities, ratchets=ratchets)


def _from_list(values: list[float]) -> Pattern:
    checked = [float(value) if isinstance(value, bool) else number("a step", value, 0, 1) for value in values]
    hits = tuple(value > 0 for value in checked)
    plain = all(isinstance(value, int) for value in values)
    return Pattern(hits, () if plain else tuple(checked))


def _lane(
    what: str,
    values: Sequence[float],
    where: Sequence[bool],
    default: Sequence[float],
    low: float,
    high: float,
    rest: float = 0.0,
) -> tuple[float, ...]:
    """One number a step, checked; `rest` where there is nothing to say."""
    if not len(values):
        return tuple([value if here else rest for value, here in zip(default, where, strict=True)])
    if len(values) != len(where):
        raise BadInput(f"{len(values)} {what} for {len(where)} steps; give one a step")

    def checked(value: float) -> float:  # most are floats in range: patterns are made at every step of a moving latent
        return value if type(value) is float and low <= value <= high else number(what, value, low, high)

    return tuple([checked(value) if here else rest for value, here in zip(values, where, strict=True)])


def _letter(velocity: float, ratchet: float) -> str:
    if ratchet > 1:
        return _ROLLS[min(round(ratchet), 9) - 2]
    return "X" if velocity > 0.75 else "x"
