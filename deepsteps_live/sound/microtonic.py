"""Microtonic's signal laws as numbers: velocity, mix, bursts, distortion, pan (facts/supertonic.md, 1B.3 and 1B.3b)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

SECTION = {"sine": math.sqrt(2 / 3), "triangle": 1.0, "saw": 1.0}  # peak at which every wave has RMS 1 / sqrt(3)
SCALE = 0.5  # of the output stage
BURST_FALL = 22.0  # dB that a clap's burst falls before the next one

# Milliseconds of attack, and how many bursts of the clap envelope fill it.
BURSTS = (
    (0, 1), (15, 2), (19, 2), (25, 3), (30, 3), (68, 4), (151, 5), (200, 6), (263, 7), (411, 9), (449, 10),
    (635, 12), (1056, 16), (2043, 28), (3061, 38), (10_000, 103),
)  # fmt: skip

# Distortion in percent, and the share of the clean signal that leaks through.
LEAK = ((25, 0.0), (40, 0.007), (50, 0.031), (70, 0.061), (85, 0.166), (100, 0.291))

# log10 of Q, and the RMS of the filtered noise against that at Q 1 and above.
THIN_NOISE = ((-1.0, 0.39 / 0.577), (math.log10(0.5), 0.507 / 0.577), (0.0, 1.0))


def softness(velocity: float, percent: float) -> float:
    """How much a sensitivity of 0 to 200 % leaves of a hit of velocity 0 to 1: 1 at full velocity."""
    return max(0.0, 1 - percent / 200 * (127 - 127 * velocity) / 63)


def loudness(velocity: float, percent: float) -> float:
    """The gain of a section for a hit of velocity 0 to 1."""
    left = softness(velocity, percent)
    return float(left * 10 ** (1.85 * (left - 1)))


def shares(mix: float) -> tuple[float, float]:
    """Gains of oscillator and noise for the normalised mix: both 1 in the middle."""
    turned = 2 * mix - 1
    return _share(turned), _share(-turned)


def _share(turned: float) -> float:
    return 1.0 if turned <= 0 else float((1 - turned) * 10 ** (-1.25 * turned))


def bursts(attack: float) -> int:
    """How many bursts the clap envelope has in an attack of so many ms."""
    return max(1, round(_along(BURSTS, attack)))


def noise_weight(resonance: float) -> float:
    """The RMS of filtered noise at this Q against Q 1."""
    return _along(THIN_NOISE, math.log10(resonance))


def pan_gains(percent: float) -> tuple[float, float]:
    """Left and right for a pan of -100 to 100: 0.75 each in the middle."""
    left, right = (100 - percent) / 200, (100 + percent) / 200
    return left * (2 - left), right * (2 - right)


@dataclass(frozen=True, slots=True)
class Curve:
    """The distortion y = makeup * (c * (bend * (|c| - c^2) + 1) + offset) + leak * x, c = clip(drive * x - 1/3)."""

    drive: float
    bend: float
    ceiling: float  # of c, to both sides
    offset: float
    makeup: float
    leak: float

    @property
    def slope(self) -> float:
        """The gain of a small signal."""
        return self.makeup * self.drive * (self.bend / 3 + 1) + self.leak


def curve(percent: float) -> Curve:
    """The distortion at 0 to 100 %."""
    amount = 200 * (percent / 100) ** 3
    leak = _along(LEAK, percent)
    if amount >= 1:
        makeup = 0.58 + 0.2 / (amount - 0.4827586)
        return Curve(amount, 1.0, 1.0, 11 / 27, makeup, leak)
    ceiling = (1 + math.sqrt((amount + 3) / amount)) / 3 if amount > 1e-9 else 1e6
    return Curve(1.0, amount, ceiling, 2 * amount / 27 + 1 / 3, 1 - amount / 30, leak)


def _along(points: tuple[tuple[float, float], ...], place: float) -> float:
    """Straight lines between the points, level beyond both ends."""
    if place <= points[0][0]:
        return points[0][1]
    for (start, low), (end, high) in pairwise(points):
        if place <= end:
            return low + (high - low) * (place - start) / (end - start)
    return points[-1][1]
