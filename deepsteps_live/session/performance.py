"""A file of prompt statements, played in real time: what `deepsteps run` does."""

from __future__ import annotations

import time
from pathlib import Path

from deepsteps_live.errors import Fault
from deepsteps_live.music import BEATS_PER_BAR
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.mistakes import run_file

RING_OUT = 1.0  # seconds after the last bar
POLL = 0.02


class Over(BaseException):
    """The bars asked for have been played; raised out of whatever statement the file is at."""


class Performance:
    """Plays a file: from its first `play()` or `wait()`, or from its end, for so many bars (None: for ever)."""

    def __init__(self, instrument: Instrument, bars: int | None, take: Path | None) -> None:
        self._instrument = instrument
        self._session = instrument.session
        self._last_beat = None if bars is None else float(bars * BEATS_PER_BAR)
        self._take = take
        self._started = False
        self._session.wait = self._wait
        self._session.start = self._start

    def run(self, text: str, name: str) -> None:
        """Run and play the file; returns when the bars are over and have rung out."""
        try:
            run_file(self._instrument, text, name)
            self._start()
            self._wait(float("inf"))
        except Over:
            tempo = self._session.tempo()
            time.sleep(RING_OUT + 60 / tempo / 8)
        finally:
            if self._take is not None and self._started:
                self._session.ask("stop_recording")
            self._session.ask("stop")

    def _start(self) -> None:
        if not self._started:
            self._session.flush()
            self._session.ask("play", until=self._last_beat, record=None if self._take is None else str(self._take))
            self._started = True

    def _wait(self, beats: float) -> None:
        self._start()
        began = self._heard()
        while (now := self._heard()) < began + beats:
            if self._last_beat is not None and now >= self._last_beat:
                raise Over
            time.sleep(POLL)

    def _heard(self) -> float:
        """The beat that is heard now; before the first one, 0."""
        if self._session.link is not None and not getattr(self._session.link, "connected", True):
            raise Fault("the engine is gone")
        return self._session.beat() or 0.0
