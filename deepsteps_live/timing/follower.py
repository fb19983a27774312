"""A follower of an external MIDI clock: from pulses that come when they come to a steady map of beats to seconds."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from deepsteps_live.timing.pulses import (
    FAR,
    FEWEST,
    NO_LINE,
    PULSES,
    WINDOW,
    Pulse,
    Sums,
    explanation,
    near_a_line,
    plausible,
    rounded,
)
from deepsteps_live.timing.tempo import Tempo

SIXTEENTHS = 4  # a beat: song position counts them
FIRST = 16  # pulses before there is a line to expect others by
SURE = 0.01  # of the tempo: its standard error when it counts as locked
COASTS = 4.0  # seconds without a pulse in which it stays locked
RESTS = 0.5  # the same while stopped: gear that plays no more may start with another phase
LATEST = (8, 32, 128)  # pulses whose mean tells whether the tempo is still the same
CHANGED = 5.0  # standard errors of that mean
AT_LEAST = 0.003  # seconds: what a computer's own clock grid may do to the mean of a few pulses
CLOSELY = (3.0, 0.001)  # the same two of the pulses that are kept when the tempo has changed
OUTLIER = 5.0  # standard deviations
DOUBTFUL = 3  # pulses far off in a row, from which on an explanation is looked for
RECENT = 24  # pulses that are explained
CALMEST = 0.0007  # seconds, of JACK's periods: no clock counts as steadier when pulses are explained
FORGETTING = 0.01  # of the variance, a pulse


class Follower:
    """Fits a straight line through the last pulses, as many as agree with it, and tells the beat from that.

    With white jitter of standard deviation s on N pulses the line's end is known to 2 s / sqrt(N) and its slope to
    s sqrt(12 / N**3), which is what can be known (least squares). So the window grows while pulses come where they are
    expected, and is halved until it agrees with the latest ones. Pulses far from their place are counted but not
    fitted, until it is clear what happened: pulses were lost, or doubled, or the tempo is another; late ones explain
    nothing and pass. Times are seconds of any one clock.
    """

    def __init__(self) -> None:
        self._pulses = Sums()
        self._window = 0
        self._line = NO_LINE
        self._first: list[Pulse] = []
        self._recent: deque[Pulse] = deque(maxlen=RECENT)
        self._heard = 0  # pulses since a silence
        self._far = 0  # pulses in a row that were far off
        self._variance = 1e-6  # seconds squared
        self._judged = 4  # pulses that told so
        self._told: Tempo | None = None
        self._number = -1  # of the last pulse
        self._last = -math.inf  # when it came
        self._zero = (0, 0.0)  # the number of a pulse, and its beat
        self._position: float | None = None  # the beat of the next pulse when it starts, if it was moved or stopped
        self._starts = False
        self.running = False
        self.locked = False  # whether the tempo is known to one percent, and pulses come

    def pulse(self, at: float) -> None:
        """A pulse that came at `at`."""
        if at - self._last > (COASTS if self.running else RESTS):
            self._return(at)
        if len(self._first) == FIRST and not plausible(self._line):
            self._begin([])
        self._number += 1
        self._heard += 1
        self._last = at
        if self._starts:
            self._starts, self.running = False, True
            self._zero, self._position = (self._number, self._position or 0.0), None
        self._recent.append(Pulse(self._number, at))
        if len(self._first) < FIRST:
            self._meet()
        else:
            self._expect(at)
        self._line = self._pulses.line(self._window)
        self._tell()

    def start(self) -> None:
        """Start: the next pulse is beat 0."""
        self._position, self._starts = 0.0, True

    def resume(self) -> None:
        """Continue: the next pulse is where it stopped, or at the song position. While it runs it just goes on."""
        self._starts = self._starts or not self.running or self._position is not None

    def stop(self) -> None:
        """Stop: `resume` goes on from here."""
        if self.running:
            self._position = self._beat(self._number + 1)
        self.running = self._starts = False

    def position(self, sixteenths: int) -> None:
        """Where `resume` goes on, in sixteenths from the start."""
        self._position = sixteenths / SIXTEENTHS

    def look(self, now: float) -> None:
        """Notice that no pulse has come for long: it is not locked any more; the map stays as it is."""
        if now - self._last > COASTS:
            self.locked = False

    @property
    def tempo(self) -> Tempo | None:
        """The map from beats to seconds as it is known; None before the first few pulses have come."""
        return self._told

    def _beat(self, number: float) -> float:
        zero, beat = self._zero
        return beat + (number - zero) / PULSES

    def _return(self, at: float) -> None:
        """Begin anew after a silence; while it runs the beat goes on where it is expected."""
        if self.running and self._told is not None:
            pulses = (self._told.beat(at) - self._beat(self._number)) * PULSES
            self._number += max(0, round(pulses) - 1)
        else:
            self._begin([])
        self._heard, self.locked = 0, False

    def _begin(self, pulses: list[Pulse]) -> None:
        self._first, self._far, self.locked = pulses, 0, False
        self._recent = deque(pulses, RECENT)
        self._take(near_a_line(pulses))

    def _take(self, pulses: Sequence[Pulse]) -> None:
        self._pulses = Sums(pulses)
        self._window = len(pulses)

    def _meet(self) -> None:
        self._first.append(self._recent[-1])
        self._take(near_a_line(self._first))

    def _expect(self, at: float) -> None:
        line, spread = self._line, math.sqrt(self._variance)
        error = at - line.at(self._number)
        if abs(error) > max(OUTLIER * spread * math.sqrt(1 + line.doubt(self._number)), FAR):
            self._far += 1
            if self._far >= DOUBTFUL:
                self._explain()
            return
        before = self._recent[-2]
        if not self._far and before.number == self._number - 1:  # neighbours tell jitter from another tempo
            self._judged = min(self._judged + 1, round(1 / FORGETTING))
            self._variance += ((at - before.at - line.slope) ** 2 / 2 - self._variance) / self._judged
        self._far = 0
        self._pulses.add(self._recent[-1])
        self._window = min(self._window + 1, WINDOW)
        if not self._agrees():
            self._explain(shrinks=True)

    def _agrees(self, *, closely: bool = False) -> bool:
        """Whether the latest pulses lie on the line through those before them."""
        changed, at_least = CLOSELY if closely else (CHANGED, AT_LEAST)
        for latest in LATEST:
            count = min(latest, self._window // 2)
            before, after = self._pulses.line(self._window - count, count), self._pulses.line(count)
            doubt = self._variance * (1 / count + before.doubt(after.number))
            limit = max(changed * math.sqrt(doubt), at_least * (1 + count / before.size))
            if abs(after.seconds - before.at(after.number)) > limit:
                return False
            if count < latest:
                break
        return True

    def _explain(self, *, shrinks: bool = False) -> None:
        """The last pulses are not where they were expected: find what happened, if that is clear already."""
        began = self._recent[0].number
        fitted = self._pulses.since(began)
        if self._window - fitted >= RECENT / 2 and len(self._recent) == RECENT:
            line = self._pulses.line(self._window - fitted, fitted)
            errors = [pulse.at - line.at(pulse.number) for pulse in self._recent]
            variance = max(self._variance, CALMEST**2)
            found = explanation(errors, line.slope, variance)
            if found.lost:
                self._renumber(began + found.begins, found.lost)
                return
            if found.bends and self._far:
                self._restart([pulse for pulse in self._recent if pulse.number >= began + found.begins])
                return
            if found.waits and self._far < RECENT:
                return
        if shrinks:
            while self._window > FEWEST and not self._agrees(closely=True):
                self._window = max(FEWEST, self._window * 2 // 3)
        elif self._far >= RECENT:
            self._restart(list(self._recent))

    def _renumber(self, began: int, lost: int) -> None:
        """So many pulses were lost (or, below 0, doubled) before the one of the number `began`."""
        self._number += lost
        if self._zero[0] >= began:
            self._zero = (self._zero[0] + lost, self._zero[1])
        dropped = self._pulses.drop(began)
        self._window = max(0, self._window - dropped)
        moved = [Pulse(n + lost, at) if n >= began else Pulse(n, at) for n, at in self._recent]
        self._recent = deque(moved, RECENT)
        line = self._pulses.line(self._window)
        for pulse in moved:
            if pulse.number >= began + lost and abs(pulse.at - line.at(pulse.number)) < self._limit():
                self._pulses.add(pulse)
                self._window = min(self._window + 1, WINDOW)
        self._far = 0

    def _limit(self) -> float:
        return max(OUTLIER * math.sqrt(self._variance), FAR)

    def _restart(self, pulses: list[Pulse]) -> None:
        """The tempo is another since these pulses, if they are a clock's."""
        kept = near_a_line(pulses)
        if len(kept) < max(FEWEST - 1, len(pulses) * 3 / 4) or not plausible(Sums(kept).line(len(kept))):
            return
        self._take(kept)
        self._far = 0

    def _tell(self) -> None:
        line = self._line
        if line.size < FEWEST - 1 or not plausible(line):
            return
        slope = rounded(line.slope, math.sqrt(12 * self._variance / line.size**3))
        self._told = Tempo.start(60 / PULSES / slope, self._beat(line.number), line.seconds)
        if min(line.size, self._heard) >= PULSES and 12 * self._variance < line.size**3 * (SURE * line.slope) ** 2:
            self.locked = True
