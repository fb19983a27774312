"""A follower of an external MIDI clock: from pulses that come when they come to a steady map of beats to seconds."""

from __future__ import annotations

import math
from collections import deque
from itertools import combinations, islice
from statistics import median

from deepsteps_live.timing.tempo import FASTEST, SLOWEST, Tempo

PULSES = 24  # a beat
WINDOW = 1536  # pulses that are fitted while the tempo is steady: 64 beats
FEWEST = 6  # pulses of which a tempo is told
FIRST = 16  # pulses of which single ones far off are sorted out by medians, before there is anything to expect
SURE = 0.005  # of the tempo: its standard error when it counts as locked
RECENT = 8  # pulses whose mean error tells whether the tempo has changed
CHANGED = 4.5  # standard errors of that mean
AT_LEAST = 0.003  # seconds: what a computer's own clock grid may do to the mean of a few pulses
OUTLIER = 5.0  # standard deviations
FAR = 0.008  # seconds; nearer than this nothing is an outlier
SHORTEST = 60 / FASTEST / PULSES / 2  # seconds; pulses nearer to each other are no clock
AGREE = 5  # pulses in a row that say the same of how many were lost
TREND = 2.5  # standard errors of what they say together of another tempo
NEARLY = 0.3  # of a pulse
FORGETTING = 0.03  # of the variance, a pulse
COASTS = 4.0  # seconds without a pulse in which the beat goes on
SIXTEENTHS = 4  # a beat: song position counts them


class Follower:
    """Fits a straight line through the last pulses, as many as agree with it, and tells the beat from that.

    With white jitter of standard deviation s on N pulses the line's end is known to 2 s / sqrt(N) and its slope to
    s sqrt(12 / N**3), which is what can be known (least squares). So the window grows while pulses come where they are
    expected; when the last ones together are off by more than chance, the line starts anew with them. A pulse far
    from its place is counted but not fitted. Times are seconds of any one clock.
    """

    def __init__(self) -> None:
        self._line = _Line()
        self._first: list[tuple[int, float]] = []
        self._variance = 1e-6  # seconds squared
        self._recent: deque[float] = deque(maxlen=RECENT)  # errors of the last pulses, in seconds
        self._far: list[tuple[int, float, float]] = []  # pulses in a row that were far off, and their errors
        self._told: Tempo | None = None
        self._number = -1  # of the last pulse, from the first that came
        self._last = -math.inf  # when it came
        self._zero = (0, 0.0)  # the number of a pulse, and its beat
        self._position = 0.0  # the beat of the next pulse when it starts
        self._starts = False
        self.running = False

    def pulse(self, at: float) -> None:
        """A pulse that came at `at`."""
        if at - self._last > (COASTS if self.running else COASTS / 8):
            self._acquire(at)
        self._number += 1
        self._last = at
        if self._starts:
            self._starts, self.running = False, True
            self._zero = (self._number, self._position)
        if len(self._first) < FIRST:
            self._first.append((self._number, at))
            self._line = _Line(_near(self._first))
        else:
            self._fit(at)

    def start(self) -> None:
        """Start: the next pulse is beat 0."""
        self._position, self._starts = 0.0, True

    def resume(self) -> None:
        """Continue: the next pulse is where it stopped, or at the song position."""
        self._starts = True

    def stop(self) -> None:
        """Stop: `resume` goes on from here."""
        if self.running:
            self._position = self._beat(self._number + 1)
        self.running = self._starts = False

    def position(self, sixteenths: int) -> None:
        """Where `resume` goes on, in sixteenths from the start."""
        self._position = sixteenths / SIXTEENTHS

    def look(self, now: float) -> None:
        """Notice that no pulse has come for long: it is not locked any more."""
        if now - self._last > COASTS:
            self._begin([])

    @property
    def locked(self) -> bool:
        """Whether the tempo is known to half a percent."""
        count, slope = self._line.count, self._line.slope
        if count < PULSES or slope <= 0:
            return False
        return math.sqrt(12 * self._variance / count**3) < SURE * slope

    @property
    def tempo(self) -> Tempo | None:
        """The map from beats to seconds as it is known; None before the first few pulses have come."""
        if self._line.count >= FEWEST and self._line.slope > 0:
            bpm = 60 / (PULSES * self._line.slope)
            if SLOWEST <= bpm <= FASTEST:
                self._told = Tempo.start(bpm, self._beat(self._number), self._line.at(self._number))
        return self._told

    def _beat(self, number: int) -> float:
        zero, beat = self._zero
        return beat + (number - zero) / PULSES

    def _fit(self, at: float) -> None:
        if self._line.slope < SHORTEST:
            self._begin([])
            return
        error = at - self._line.at(self._number)
        spread = math.sqrt(self._variance)
        if abs(error) > max(OUTLIER * spread, FAR):
            self._far.append((self._number, at, error))
            self._look_far()
            return
        self._far.clear()
        if self._recent:  # neighbours tell the jitter apart from a tempo that has changed
            step = error - self._recent[-1]
            self._variance += FORGETTING * (step * step / 2 - self._variance)
        self._recent.append(error)
        self._line.add(self._number, at)
        if len(self._recent) == RECENT:
            mean = sum(self._recent) / RECENT
            if abs(mean) > max(CHANGED * spread / math.sqrt(RECENT), AT_LEAST):
                self._change()

    def _look_far(self) -> None:
        """Several pulses in a row are far off: by whole pulses, then some were lost; else the tempo is another."""
        errors, pulse = [error for _, _, error in self._far], self._line.slope
        mean = sum(errors) / len(errors)
        lost = round(mean / pulse)
        still = _trend(errors) < TREND * math.sqrt(12 * self._variance / len(errors) ** 3)
        if len(errors) >= AGREE and lost and still and abs(mean - lost * pulse) < NEARLY * pulse:
            self._number += lost
            self._far.clear()
        elif len(errors) >= RECENT:
            pulses = [(number, at) for number, at, _ in self._far]
            self._begin(pulses)

    def _change(self) -> None:
        """The last pulses are not where the line has them: a pulse was lost unseen, or the tempo is another."""
        errors = list(self._recent)
        lost = _lost(errors, self._line.slope)
        if lost:
            self._line = self._line.shifted(lost, len(errors))
            self._number += lost
        else:
            self._line = self._line.end(RECENT)
        self._recent.clear()

    def _acquire(self, at: float) -> None:
        """Begin anew after a silence; the beat goes on where it is expected."""
        if self.running and self._line.count >= FEWEST and self._line.slope > SHORTEST:
            self._number += max(0, round((at - self._last) / self._line.slope) - 1)
        self._begin([])

    def _begin(self, pulses: list[tuple[int, float]]) -> None:
        self._told = self.tempo  # until there is a better one
        self._first = pulses
        self._line = _Line(_near(pulses))
        self._recent.clear()
        self._far.clear()


class _Line:
    """Seconds of a pulse by its number: least squares through the last WINDOW pulses, kept as sums."""

    def __init__(self, pulses: tuple[tuple[int, float], ...] = ()) -> None:
        self._pulses: deque[tuple[int, float]] = deque(pulses)
        self._rebase()

    def add(self, number: int, at: float) -> None:
        """One pulse more; the oldest goes when there are too many."""
        self._pulses.append((number, at))
        self._sum(number, at, 1)
        if len(self._pulses) > WINDOW:
            self._sum(*self._pulses.popleft(), -1)
        self._added += 1
        if self._added >= WINDOW:
            self._rebase()  # sums of small numbers stay exact
        self._solve()

    def at(self, number: int) -> float:
        """When a pulse is expected, in seconds."""
        return self._middle[1] + (number - self._middle[0]) * self.slope

    def end(self, count: int) -> _Line:
        """The line through the last pulses alone."""
        return _Line(tuple(islice(self._pulses, max(0, self.count - count), None)))

    def shifted(self, lost: int, count: int) -> _Line:
        """The same line, with so many pulses lost somewhere in the last `count`: those are left out."""
        return _Line(tuple(islice(self._pulses, max(0, self.count - count))))

    @property
    def count(self) -> int:
        """How many pulses it goes through."""
        return len(self._pulses)

    def _rebase(self) -> None:
        self._origin = self._pulses[0] if self._pulses else (0, 0.0)
        self._x = self._y = self._xx = self._xy = 0.0
        self._added = 0
        self.slope, self._middle = 0.0, (0.0, 0.0)
        for number, at in self._pulses:
            self._sum(number, at, 1)
        self._solve()

    def _sum(self, number: int, at: float, sign: int) -> None:
        if len(self._pulses) == 1 and sign > 0:
            self._origin = (number, at)
        x, y = number - self._origin[0], at - self._origin[1]
        self._x += sign * x
        self._y += sign * y
        self._xx += sign * x * x
        self._xy += sign * x * y

    def _solve(self) -> None:
        count = self.count
        width = count * self._xx - self._x * self._x
        if count < 2 or width <= 0:
            return
        self.slope = (count * self._xy - self._x * self._y) / width
        self._middle = (self._origin[0] + self._x / count, self._origin[1] + self._y / count)


def _near(pulses: list[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
    """The pulses that lie near the line of the median slope and the median place (Theil and Sen)."""
    if len(pulses) < 4:
        return tuple(pulses)
    slope = median((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(pulses, 2))
    place = median(at - slope * number for number, at in pulses)
    return tuple((number, at) for number, at in pulses if abs(at - slope * number - place) < FAR)


def _trend(errors: list[float]) -> float:
    """By how much a pulse the errors grow or shrink, in seconds."""
    middle = (len(errors) - 1) / 2
    width = sum((place - middle) ** 2 for place in range(len(errors)))
    return abs(sum((place - middle) * error for place, error in enumerate(errors)) / width) if width else 0.0


def _lost(errors: list[float], pulse: float) -> int:
    """How many pulses were lost within these errors, when that explains them better than another tempo does."""
    best = (_squares(errors, [0.0] * len(errors)), 0)
    bent = math.inf
    for begins in range(1, len(errors) - 2):
        after = len(errors) - begins
        count = round(sum(errors[begins:]) / after / pulse)
        if count > 0:
            best = min(best, (_squares(errors, [0.0] * begins + [count * pulse] * after), count))
        steps = range(1, after + 1)
        bend = sum(step * error for step, error in zip(steps, errors[begins:], strict=True)) / sum(s * s for s in steps)
        bent = min(bent, _squares(errors, [0.0] * begins + [bend * step for step in steps]))
    return best[1] if best[0] < bent else 0


def _squares(errors: list[float], model: list[float]) -> float:
    return sum((error - expected) ** 2 for error, expected in zip(errors, model, strict=True))
