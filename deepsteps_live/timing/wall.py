"""The one conversion from monotonic to wall-clock (OSC) seconds, so that a stepped system clock is not heard."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

BANDWIDTH = 0.012 * 2 * math.pi  # per second; see WallClock
GRAIN = 0.05  # seconds; the longest stride of the loop
FORGET = 300.0  # seconds without a question, after which scsynth too has settled on the new time
READINGS = 3
PROMPT = 0.0002  # seconds; a reading of both clocks that took longer was interrupted


class WallClock:
    """Called with monotonic seconds, gives wall-clock seconds.

    scsynth's JACK driver learns the wall time through a delay-locked loop of 0.012 Hz bandwidth (F. Adriaensen,
    "Using a DLL to filter time"), so when the system clock is stepped, scsynth's own time glides to the new one
    over about two minutes. Stamps that stepped at once would be seconds early or late until then; stamps that never
    moved, for ever. So the offset goes through the same loop: both glide alike, and the music keeps its place among
    the samples. A steady drift is followed without error. Measured on Debian's scsynth 3.13 with a clock stepped by a
    second, the two were less than a JACK period apart. An xrun makes scsynth take the system time at once; of that
    nothing is known here.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._guard = threading.Lock()
        self._read_at, self._offset = self._reading()
        self._rate = 0.0

    def __call__(self, seconds: float) -> float:
        """Wall-clock seconds of a moment near now, given in monotonic seconds."""
        with self._guard:
            self._follow()
            return seconds + self._offset

    def _follow(self) -> None:
        now, measured = self._reading()
        passed = now - self._read_at
        self._read_at = now
        if passed > FORGET:
            self._offset, self._rate = measured, 0.0
            return
        strides = max(1, math.ceil(passed / GRAIN))
        for _ in range(strides):
            self._step(measured, passed / strides)

    def _step(self, measured: float, passed: float) -> None:
        error = measured - self._offset
        self._offset += (BANDWIDTH * error + self._rate) * passed
        self._rate += BANDWIDTH**2 / 2 * error * passed

    def _reading(self) -> tuple[float, float]:
        """When, and wall minus monotonic seconds then; the least interrupted of a few readings."""
        best = self._both()
        for _ in range(READINGS - 1):
            if best[0] < PROMPT:
                break
            best = min(best, self._both())
        return best[1], best[2]

    def _both(self) -> tuple[float, float, float]:
        before, wall, after = self._monotonic(), self._wall(), self._monotonic()
        middle = (before + after) / 2
        return after - before, middle, wall - middle
