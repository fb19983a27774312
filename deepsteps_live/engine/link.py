"""Ableton Link: a beat that several programs share. An extra: `pip install "deepsteps-live[link]"`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deepsteps_live.errors import Fault
from deepsteps_live.timing import Tempo
from deepsteps_live.timing.tempo import FASTEST, SLOWEST

QUANTUM = 4.0  # beats: peers agree on where bars begin
SETTLED = 0.3  # seconds that a peer's tempo has stayed before the set takes it up
SAME = 1e-3  # bpm; Link counts whole microseconds a beat


@dataclass(frozen=True, slots=True)
class Heard:
    """What Link says: the map from beats to seconds, and what peers have changed (None: nothing): tempo, transport."""

    tempo: Tempo
    bpm: float | None = None
    playing: bool | None = None


class LinkClock:
    """One participant. Times are seconds of the monotonic clock; `latency` seconds pass until sound leaves a speaker.

    Fault when the library is not there.
    """

    def __init__(self, bpm: float, latency: Callable[[], float] = lambda: 0.0) -> None:
        try:
            import link
        except ModuleNotFoundError:
            raise Fault('Ableton Link is an extra; install it: pip install "deepsteps-live[link]"') from None
        except ImportError as error:  # the library is there, and something of the system's that it needs is not
            raise Fault(f"Ableton Link does not load: {error}; sudo apt-get install libatomic1") from None
        self._link: Any = link.Link(bpm)
        self._latency = latency
        self._ours = bpm  # the tempo that the set has, as far as Link knows
        self._theirs, self._since = bpm, 0.0
        self._playing = False
        self._link.startStopSyncEnabled = True
        self._link.enabled = True

    @property
    def peers(self) -> int:
        """How many others there are."""
        return int(self._link.numPeers())

    def join(self, beat: float | None, now: float) -> None:
        """Bring along a beat that plays already: alone it stays where it is, with peers it waits for their bar."""
        if beat is not None:
            state = self._link.captureSessionState()
            state.requestBeatAtTime(beat, self._micros(now), QUANTUM)
            self._link.commitSessionState(state)

    def start(self, now: float) -> float:
        """Start with the next bar that all share; when beat 0 falls."""
        state = self._link.captureSessionState()
        state.setIsPlayingAndRequestBeatAtTime(True, self._micros(now), 0.0, QUANTUM)
        self._link.commitSessionState(state)
        self._playing = True
        return now + (float(state.timeAtBeat(0.0, QUANTUM)) - self._micros(now)) / 1e6

    def stop(self) -> None:
        """Tell the peers that we stopped."""
        state = self._link.captureSessionState()
        state.setIsPlaying(False, self._link.clock().micros())
        self._link.commitSessionState(state)
        self._playing = False

    def look(self, now: float, bpm: float) -> Heard:
        """Where the beat is, at `bpm` when that is new; what peers have changed since the last look."""
        state = self._link.captureSessionState()
        if bpm != self._ours:
            state.setTempo(bpm, self._micros(now))
            self._link.commitSessionState(state)
            self._ours = bpm
        beat = float(state.beatAtTime(self._micros(now), QUANTUM))
        shared = float(state.tempo())
        tempo = Tempo.start(min(FASTEST, max(SLOWEST, shared)), beat, now)
        return Heard(tempo, self._their_tempo(shared, now), self._their_transport(bool(state.isPlaying())))

    def close(self) -> None:
        """Leave."""
        self._link.enabled = False

    def _micros(self, seconds: float) -> int:
        """A time on Link's own clock, which runs a little apart from ours, when it leaves the speaker."""
        apart = float(self._link.clock().micros()) - time.monotonic() * 1e6
        return round((seconds + self._latency()) * 1e6 + apart)

    def _their_tempo(self, bpm: float, now: float) -> float | None:
        if abs(bpm - self._theirs) > SAME:
            self._theirs, self._since = bpm, now
        if abs(bpm - self._ours) < SAME or now - self._since < SETTLED:
            return None
        self._ours = round(bpm, 3)
        return self._ours

    def _their_transport(self, playing: bool) -> bool | None:
        changed, self._playing = playing != self._playing, playing
        return playing if changed else None
