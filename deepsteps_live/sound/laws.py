"""The laws between a parameter's normalised value, 0 to 1, and the number that a performer reads.

To add one: a `Law` with its unit, its range, and `show`, which must rise or fall all the way from 0 to 1.
The formulas of the drum are Microtonic's (facts/supertonic.md, 1B.2).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from deepsteps_live.errors import BadInput

_HALVINGS = 60  # leaves an error below the last bit of a float between 0 and 1
_FAINT = 1e-12  # nearer to 0 than this, levels and sweep times are infinite
_SLACK = 1e-4  # files round their numbers; so near outside the range still counts as the end of it


@dataclass(frozen=True, slots=True)
class Law:
    """How a normalised value is shown: `unit`, the range `low` to `high`, and `show`; `solved` is the inverse of
    `show` where it has a formula, else it is found by halving."""

    unit: str
    low: float
    high: float
    show: Callable[[float], float]
    solved: Callable[[float], float] | None = None

    def normal(self, shown: float) -> float:
        """The normalised value that shows as `shown`, which lies in the range."""
        shown = min(max(shown, self.low), self.high)
        found = self.solved(shown) if self.solved else _halved(self.show, shown)
        return min(max(found, 0.0), 1.0)

    def checked(self, what: str, value: object) -> float:
        """`value` as a number in the range, or BadInput naming `what`, the range and the unit."""
        try:
            found = float(value)  # type: ignore[arg-type]
        except (OverflowError, TypeError, ValueError):
            found = math.nan
        low, high = self.low - _SLACK * abs(self.low), self.high + _SLACK * abs(self.high)
        if isinstance(value, (bool, str)) or not low <= found <= high:
            raise BadInput(f"{what} is a number from {self.range()}, not {_brief(value)}")
        return min(max(found, self.low), self.high)

    def range(self) -> str:
        """The range in words: `10 to 10000 ms`."""
        return f"{self.low:g} to {self.high:g} {self.unit}".strip()


def _halved(show: Callable[[float], float], wanted: float) -> float:
    low, high = 0.0, 1.0
    if wanted <= show(low):
        return low
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if show(middle) < wanted else (low, middle)
    return (low + high) / 2


def _brief(value: object) -> str:
    if isinstance(value, int) and abs(value) > 10**30:
        return "a number that large"
    text = f"{value:g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _level(normal: float) -> float:
    return 60 * normal - 49 - 1 / normal if normal > _FAINT else -math.inf


def _level_normal(decibels: float) -> float:
    if decibels == -math.inf:
        return 0.0
    raised = 49 + decibels
    root = math.hypot(raised, math.sqrt(240))
    # Far below -49 dB the sum cancels; the other form of the same root does not.
    return (raised + root) / 120 if raised > 0 else 2 / (root - raised)


def _sweep(normal: float) -> float:
    return (1030 - 1000 * normal) / (3 * normal) if normal > _FAINT else math.inf


def _bend(most: float) -> Law:
    def show(normal: float) -> float:
        return math.copysign(most * (2 * normal - 1) ** 2, normal - 0.5)

    def solved(semitones: float) -> float:
        return 0.5 + math.copysign(math.sqrt(abs(semitones) / most) / 2, semitones)

    return Law("sm", -most, most, show, solved)


def _straight(unit: str, low: float, high: float) -> Law:
    span = high - low
    return Law(unit, low, high, lambda n: low + span * n, lambda shown: (shown - low) / span)


def _rising(unit: str, low: float, high: float) -> Law:
    ratio = high / low
    return Law(unit, low, high, lambda n: low * ratio**n, lambda shown: math.log(shown / low) / math.log(ratio))


def _attack(scale: float) -> Law:
    return Law("ms", 0, 10_000 * scale, lambda n: 1000 * scale * n * 10 ** ((12 * n - 7) / 5))


FREQUENCY = _rising("Hz", 20, 20_000)
ATTACK = _attack(1)
DECAY = _rising("ms", 10, 10_000)
LINEAR_ATTACK = _attack(2 / 3)
LINEAR_DECAY = _rising("ms", 10 * 2 / 3, 10_000 * 2 / 3)
RESONANCE = _rising("", 0.1, 10_000)
LEVEL = Law("dB", -math.inf, 10, _level, _level_normal)
GAIN = _straight("dB", -40, 40)
SENSITIVITY = _straight("%", 0, 200)
PERCENT = _straight("%", 0, 100)
PAN = _straight("%", -100, 100)
SHARE = Law("% oscillator", 0, 100, lambda n: 100 * (1 - n), lambda shown: 1 - shown / 100)
SWEEP_TIME = Law("ms", 10, math.inf, _sweep, lambda shown: 1030 / (1000 + 3 * shown) if shown < math.inf else 0.0)
SINE_RATE = Law("Hz", 0, 2000, lambda n: 2000 * n * 10 ** (3.5 * (n - 1)))
NOISE_RATE = Law("Hz", 0, 20_000, lambda n: 20_000 * n * 10 ** (4 * (n - 1)))
SWEEP_DEPTH = _bend(96)
MODULATION_DEPTH = _bend(48)

# Of the melodic voices.
SHORT = _rising("ms", 1, 1000)
DETUNE = _straight("cents", 0, 50)
OCTAVES = _straight("octaves", 0, 6)
RATIO = _rising("", 0.25, 16)
RINGING = _rising("", 0.5, 20)
SEMITONES = _straight("sm", 0, 24)
