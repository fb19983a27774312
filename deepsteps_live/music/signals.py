"""Signals: values that move by themselves. Pure functions of the beat, frozen, known to the codec.

To add a signal: a frozen dataclass with an `at(beat)` method, and its row in SIGNALS.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from typing import ClassVar

from deepsteps_live.errors import BadInput, no_such, number, whole

_BIG = 1e6
_SHAPES = ("sine", "triangle", "square")


@dataclass(frozen=True, slots=True)
class Lfo:
    """From `low` to `high` and back, once every `beats`; at its middle and rising on beat 0."""

    name: ClassVar[str] = "lfo"
    beats: float
    low: float = -1.0
    high: float = 1.0
    shape: str = "sine"

    def __repr__(self) -> str:
        return _call("lfo", self.beats, self.low, self.high, *([] if self.shape == "sine" else [self.shape]))

    def __post_init__(self) -> None:
        _check(self.beats, self.low, self.high)
        if self.shape not in _SHAPES:
            raise no_such("shape", self.shape, _SHAPES)

    def at(self, beat: float) -> float:
        """The value at a beat, `low` to `high`."""
        phase = beat / self.beats % 1.0
        if self.shape == "sine":
            height = 0.5 + 0.5 * math.sin(2 * math.pi * phase)
        elif self.shape == "triangle":
            height = 1.0 - abs((phase + 0.25) % 1.0 * 2 - 1.0)
        else:
            height = 1.0 if phase < 0.5 else 0.0
        return self.low + (self.high - self.low) * height


@dataclass(frozen=True, slots=True)
class Ramp:
    """Straight from `low` to `high` every `beats`, then from `low` again."""

    name: ClassVar[str] = "ramp"
    beats: float
    low: float = 0.0
    high: float = 1.0

    def __repr__(self) -> str:
        return _call("ramp", self.beats, self.low, self.high)

    def __post_init__(self) -> None:
        _check(self.beats, self.low, self.high)

    def at(self, beat: float) -> float:
        """The value at a beat, `low` to `high`."""
        return self.low + (self.high - self.low) * (beat / self.beats % 1.0)


@dataclass(frozen=True, slots=True)
class Walk:
    """Smoothly to a new random place between `low` and `high` every `beats`."""

    name: ClassVar[str] = "walk"
    beats: float
    low: float = -1.0
    high: float = 1.0
    seed: int = 0

    def __repr__(self) -> str:
        return _call("walk", self.beats, self.low, self.high, seed=self.seed)

    def __post_init__(self) -> None:
        _check(self.beats, self.low, self.high)
        whole("a seed", self.seed, 0, 2**31)

    def at(self, beat: float) -> float:
        """The value at a beat, `low` to `high`."""
        place, along = divmod(beat / self.beats, 1.0)
        smooth = along * along * (3 - 2 * along)
        here, there = (chance(self.seed, "walk", int(place) + step) for step in (0, 1))
        return self.low + (self.high - self.low) * (here + (there - here) * smooth)


@dataclass(frozen=True, slots=True)
class Choose:
    """One of `values`, drawn anew every `beats`."""

    name: ClassVar[str] = "choose"
    beats: float
    values: tuple[float, ...]
    seed: int = 0

    def __repr__(self) -> str:
        return _call("choose", self.beats, *self.values, seed=self.seed)

    def __post_init__(self) -> None:
        _check(self.beats)
        if not self.values:
            raise BadInput("choose() wants values: choose(4, -1, 0, 1)")
        object.__setattr__(self, "values", tuple(number("a value", value, -_BIG, _BIG) for value in self.values))
        whole("a seed", self.seed, 0, 2**31)

    def at(self, beat: float) -> float:
        """The value at a beat, one of `values`."""
        return self.values[int(chance(self.seed, "choose", math.floor(beat / self.beats)) * len(self.values))]


@dataclass(frozen=True, slots=True)
class Table:
    """`values` in turn, one every `beats`, from beat `start` on and round again: what a function gave for a bar."""

    name: ClassVar[str] = "table"
    beats: float
    values: tuple[float, ...]
    start: float = 0.0

    def __post_init__(self) -> None:
        _check(self.beats)
        if not self.values:
            raise BadInput("a table wants values")
        object.__setattr__(self, "values", tuple(number("a value", value, -_BIG, _BIG) for value in self.values))
        number("a start", self.start, -_BIG, 1e9)

    def __repr__(self) -> str:
        return f"table({self.beats:g}, {len(self.values)} values from {min(self.values):g} to {max(self.values):g})"

    def at(self, beat: float) -> float:
        """The value at a beat, one of `values`."""
        return self.values[math.floor((beat - self.start) / self.beats + 1e-9) % len(self.values)]


Signal = Lfo | Ramp | Walk | Choose | Table
Value = float | Signal  # a number, or a signal that gives one at every beat

SIGNALS: dict[str, type[Signal]] = {kind.name: kind for kind in (Lfo, Ramp, Walk, Choose, Table)}


def lfo(beats: float, low: float = -1.0, high: float = 1.0, shape: str = "sine") -> Lfo:
    """Swings between `low` and `high` once every `beats`; `shape` is sine, triangle or square."""
    return Lfo(beats, low, high, shape)


def ramp(beats: float, low: float = 0.0, high: float = 1.0) -> Ramp:
    """Climbs from `low` to `high` every `beats`, then starts again."""
    return Ramp(beats, low, high)


def walk(beats: float, low: float = -1.0, high: float = 1.0, seed: int = 0) -> Walk:
    """Wanders between `low` and `high`, to a new place every `beats`."""
    return Walk(beats, low, high, seed)


def choose(beats: float, *values: float, seed: int = 0) -> Choose:
    """Draws one of `values` every `beats`."""
    return Choose(beats, values, seed)


def value_at(value: Value, beat: float) -> float:
    """A number as it is; a signal at that beat."""
    return value.at(beat) if isinstance(value, Signal) else value


def mapped(value: Value, low: float, high: float) -> Value:
    """What a number or a signal becomes when 0 goes to `low` and 1 to `high`, in a straight line."""

    def put(x: float) -> float:
        return low + (high - low) * x

    if isinstance(value, Choose | Table):
        return replace(value, values=tuple(map(put, value.values)))
    if isinstance(value, Signal):
        return replace(value, low=put(value.low), high=put(value.high))
    return put(value)


def checked(what: str, value: object, low: float, high: float) -> Value:
    """A signal as it is, or a number between `low` and `high`; else BadInput. Signals are limited when read."""
    return value if isinstance(value, Signal) else number(what, value, low, high)


def chance(seed: int, what: str, place: int) -> float:
    """A number from 0 up to 1 that depends on nothing but its arguments."""
    return random.Random(f"{seed}/{what}/{place}").random()


def _call(name: str, *values: float | str, seed: int = 0) -> str:
    """A signal as one types it."""
    words = [repr(value) if isinstance(value, str) else f"{value:.10g}" for value in values]
    return f"{name}({', '.join(words + ([f'seed={seed}'] if seed else []))})"


def _check(beats: float, *ends: float) -> None:
    number("beats", beats, 1 / 64, 4096)
    for end in ends:
        number("the end of a signal", end, -_BIG, _BIG)
