"""How far scsynth's own time is from the system's, learned from the sample rate that it reports.

Under JACK, scsynth tells time by a delay-locked loop (F. Adriaensen, "Using a DLL to filter time") of bandwidth
0.012 Hz. It starts off by the milliseconds that its first callback came late or early, and forgets them over more than
a minute: a groove stamped with the true time would glide as long, by more than any ear forgives in a recording laid
against another. The loop's law is known, so its error follows from two numbers, the error at its start and how much
the sound card's clock is off; both show in the "actual sample rate" of /status.reply.

With w = 2 pi 0.012 and k = w / 2, t seconds after the start, an error e0 then and a card whose period is D too long:
    error(t)  = exp(-kt) (e0 (cos kt - sin kt) + D sin(kt) / k)
    period(t) = 1 + D + w e0 exp(-kt) cos kt + D exp(-kt) (sin kt - cos kt)     in nominal periods
"""

from __future__ import annotations

import math

BANDWIDTH = 2 * math.pi * 0.012  # per second
HALF = BANDWIDTH / 2
NOISE = 6e-6  # of a reported period; double precision leaves steps of 11e-6
CARDS = 20e-6  # how much clocks of sound cards are off, as a deviation
JUMP = 60e-6  # a period so far from the law means that the loop began anew, as it does after an xrun
JUMPS = 3  # of them in a row


class Drift:
    """The error of scsynth's time, by least squares over all reports since its loop began. Times are of the clock."""

    def __init__(self, began: float) -> None:
        self._card = self._start = 0.0  # D and e0 above
        self._reports = self._strays = 0
        self._begin(began)

    def report(self, seconds: float, nominal: float, actual: float) -> None:
        """Take in one /status.reply: nominal and actual sample rate, and when it came."""
        if actual <= 0 or not math.isfinite(actual):
            return
        excess = nominal / actual - 1
        start, card = _weights(seconds - self._began)
        expected = start * self._start + card * self._card
        if self._reports >= JUMPS and abs(excess - expected) > JUMP:
            self._strays += 1
            if self._strays >= JUMPS:
                self._begin(seconds)
            return
        self._strays = 0
        self._reports += 1
        for place, value in enumerate((start * start, start * card, card * card, start * excess, card * excess)):
            self._sums[place] += value / NOISE**2
        self._solve()

    def error(self, seconds: float) -> float:
        """Seconds that scsynth is late: what it is told to do at a time it does so much later. Negative: earlier."""
        since = max(0.0, seconds - self._began) * HALF
        swing = self._start * (math.cos(since) - math.sin(since)) + self._card * math.sin(since) / HALF
        return math.exp(-since) * swing

    def _begin(self, seconds: float) -> None:
        """A loop that begins now; what was learned of the card stays likely."""
        self._began = seconds
        self._start = 0.0
        self._sums = [0.0, 0.0, 1 / CARDS**2, 0.0, self._card / CARDS**2]
        self._reports = self._strays = 0

    def _solve(self) -> None:
        starts, both, cards, start, card = self._sums
        size = starts * cards - both * both
        if size > 0:
            self._start = (start * cards - card * both) / size
            self._card = (card * starts - start * both) / size


def _weights(since: float) -> tuple[float, float]:
    """How much of a period's excess an error at the start and a card's own excess make after so many seconds."""
    turned = HALF * since
    fade = math.exp(-turned)
    start = BANDWIDTH * fade * math.cos(turned)
    return start, 1 + fade * (math.sin(turned) - math.cos(turned))
