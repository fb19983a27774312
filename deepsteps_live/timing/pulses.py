"""Pulses of a clock: straight lines through them, and what happened when they are not where they were expected."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from itertools import combinations
from statistics import median
from typing import NamedTuple

from deepsteps_live.timing.tempo import FASTEST, SLOWEST

PULSES = 24  # a beat
WINDOW = 1536  # pulses that are fitted while the tempo is steady: 64 beats
FEWEST = 6  # pulses of which a tempo is told
FAR = 0.008  # seconds; nearer than this nothing is an outlier
COUNTED = 16.0  # variances: what a pulse far off counts at most against an explanation
CLEAR = 8.0  # variances by which one explanation must be better than the others
FITS = 3.0  # variances that an explanation may leave over of each of the latest pulses
SEEN = 4  # pulses before, by which a lag is told from lost pulses
DOUBLED = 2  # pulses that may come again at once
ROUND = 50e-6  # of the tempo: two quartz clocks are as far apart


class Pulse(NamedTuple):
    """The pulse of a number, from the first that came, and when it came in seconds."""

    number: int
    at: float


class Line(NamedTuple):
    """Least squares through `size` pulses: the mean number fell on the mean time; a pulse takes `slope` seconds."""

    size: int
    number: float
    seconds: float
    slope: float

    def at(self, number: float) -> float:
        """When a pulse is expected."""
        return self.seconds + (number - self.number) * self.slope

    def doubt(self, number: float) -> float:
        """The variance of that, in variances of a pulse: 1 / N + d**2 * 12 / N**3."""
        return 1 / self.size + 12 * (number - self.number) ** 2 / self.size**3


NO_LINE = Line(0, 0.0, 0.0, 0.0)


class Sums:
    """The last pulses, with running sums, whole numbers of nanoseconds and so exact for ever: any line in one step."""

    def __init__(self, pulses: Sequence[Pulse] = ()) -> None:
        self._rows: deque[tuple[int, ...]] = deque([(0, 0, 0, 0, 0, 0)], WINDOW + 1)
        for pulse in pulses:
            self.add(pulse)

    def add(self, pulse: Pulse) -> None:
        """One pulse more."""
        x, y = pulse.number, round(pulse.at * 1e9)
        _, count, xs, ys, xxs, xys = self._rows[-1]
        self._rows.append((x, count + 1, xs + x, ys + y, xxs + x * x, xys + x * y))

    def line(self, count: int, skipped: int = 0) -> Line:
        """Through the last `count` before the last `skipped`."""
        if count < 1:
            return NO_LINE
        _, n1, x1, y1, xx1, xy1 = self._rows[-1 - skipped]
        _, n0, x0, y0, xx0, xy0 = self._rows[-1 - skipped - count]
        n, x, y = n1 - n0, x1 - x0, y1 - y0
        width = n * (xx1 - xx0) - x * x
        slope = (n * (xy1 - xy0) - x * y) / width if width else 0.0
        return Line(n, x / n, y / n / 1e9, slope / 1e9)

    def since(self, number: int) -> int:
        """How many are of this number or a later one."""
        found = 0
        while found < len(self._rows) - 1 and self._rows[-1 - found][0] >= number:
            found += 1
        return found

    def drop(self, number: int) -> int:
        """Forget those of this number or a later one; how many they were."""
        dropped = self.since(number)
        for _ in range(dropped):
            self._rows.pop()
        return dropped


class Explanation(NamedTuple):
    """What happened before the pulse at `begins`: pulses were lost, or the tempo bends, or it is not clear yet."""

    begins: int = 0
    lost: int = 0
    bends: bool = False
    waits: bool = False


def explanation(errors: list[float], pulse: float, variance: float) -> Explanation:
    """Which explains these errors best: chance and outliers, whole pulses lost (or doubled), or another tempo.

    Each is a least-squares fit whose cost, in variances, is bounded for every pulse, so that outliers do not decide.
    """
    spread = math.sqrt(variance)
    scaled, pulse = [error / spread for error in errors], pulse / spread
    chance, before = cost(scaled), cost(scaled[:SEEN])
    lost, bent = (math.inf, 0, 0, math.inf), (math.inf, 0, math.inf)
    for begins in range(SEEN, len(scaled)):
        after = scaled[begins:]
        size = len(after)
        count = round(median(after) / pulse)
        if count and count >= -DOUBLED:
            left = [error - count * pulse for error in after]
            lost = min(lost, (before + cost(left), begins, count, cost(left[-FEWEST:])))
        bend = sum([step * error for step, error in enumerate(after, 1)]) * 6 / (size * (size + 1) * (2 * size + 1))
        left = [error - bend * step for step, error in enumerate(after, 1)]
        bent = min(bent, (before + cost(left), begins, cost(left[-FEWEST:])))
        before += cost([after[0]])
    latest = len(errors) - FEWEST
    drift = cost(straightened(scaled)) + CLEAR / 2  # a line that lags behind a ramp
    if lost[0] + CLEAR < min(chance, bent[0], drift) and lost[1] <= latest and lost[3] < FITS * FEWEST:
        return Explanation(lost[1], lost=lost[2])
    if bent[0] + CLEAR < min(chance, lost[0]) and bent[1] <= latest and bent[2] < FITS * FEWEST:
        return Explanation(bent[1], bends=True)
    return Explanation(waits=lost[0] + CLEAR < chance)


def cost(errors: list[float]) -> float:
    """The sum of their squares, each no more than COUNTED."""
    squares = [error * error for error in errors]
    return sum([square if square < COUNTED else COUNTED for square in squares])


def straightened(errors: list[float]) -> list[float]:
    """What is left of the errors when the straight line through them is taken away."""
    mean, middle = sum(errors) / len(errors), (len(errors) - 1) / 2
    steps = [place - middle for place in range(len(errors))]
    slope = sum(step * error for step, error in zip(steps, errors, strict=True)) / sum(step * step for step in steps)
    return [error - mean - slope * step for step, error in zip(steps, errors, strict=True)]


def near_a_line(pulses: list[Pulse]) -> list[Pulse]:
    """The pulses that lie near the line of the median slope and the median place (Theil and Sen)."""
    if len(pulses) < 4:
        return list(pulses)
    slope = median((b.at - a.at) / (b.number - a.number) for a, b in combinations(pulses, 2) if a.number != b.number)
    place = median(at - slope * number for number, at in pulses)
    return [pulse for pulse in pulses if abs(pulse.at - slope * pulse.number - place) < FAR]


def plausible(line: Line) -> bool:
    """Whether a clock may be as quick or slow as this."""
    return line.slope > 0 and SLOWEST <= 60 / PULSES / line.slope <= FASTEST


def rounded(slope: float, error: float) -> float:
    """A pulse's length, known to a standard error, drawn to that of the nearest whole bpm as far as that is likely.

    Most clocks are set to a whole number. The odds are those of the measured length given that one, to given any other.
    """
    bpm = round(60 / PULSES / slope)
    if not bpm or not error:
        return slope
    whole = 60 / PULSES / bpm
    spread = math.hypot(error, ROUND * whole)
    odds = whole / bpm / spread / math.sqrt(2 * math.pi) * math.exp(-(((slope - whole) / spread) ** 2) / 2)
    return slope + odds / (1 + odds) * (error / spread) ** 2 * (whole - slope)
