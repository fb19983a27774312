"""Playing along: an external clock, by MIDI or Ableton Link, moves the player."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence

from deepsteps_live.engine.clock_out import CLOCK, POSITION, RESUME, START, STOP
from deepsteps_live.engine.link import LinkClock
from deepsteps_live.engine.player import Player
from deepsteps_live.errors import Fault
from deepsteps_live.music import BEATS_PER_BAR, tempo_at
from deepsteps_live.timing import Follower, Tempo

INTERNAL, LINK = "internal", "link"
LOOK_EVERY = 0.02  # seconds
SILENT = 1.0  # seconds without a pulse after which the performer is told


class Sync:
    """Follows the clock that the set names: `heard` is given all MIDI, `look` is called again and again."""

    def __init__(
        self,
        player: Player,
        *,
        now: Callable[[], float] = time.monotonic,
        latency: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._player, self._now, self._latency = player, now, latency
        self._source = INTERNAL
        self._follower = Follower()
        self._link: LinkClock | None = None
        self._starts = False  # start or continue has come, and its first pulse has not
        self._last_pulse = -math.inf
        self._said_silent = True
        threading.Thread(target=self._run, name="sync", daemon=True).start()

    def start(self) -> None:
        """What `play` does: at once, or where the external clock has its next bar."""
        with self._player.guard:
            self._choose()
            if self._link is not None:
                self._player.play(beat=0.0, at=self._link.start(self._now()))
            elif (tempo := self._tempo()) is not None:
                beat = _next_bar(tempo.beat(self._now())) if self._follower.running else 0.0
                self._player.play(beat=beat, at=tempo.seconds(beat) if self._follower.running else None)
            else:
                self._player.play()

    def stopped(self) -> None:
        """Tell the others that we stopped."""
        if self._link is not None:
            self._link.stop()

    def heard(self, port: str, at: float, message: Sequence[int]) -> None:
        """A message that came in; clock messages of the port that is followed count."""
        status = message[0]
        if status < POSITION or self._source in (INTERNAL, LINK) or self._source.lower() not in port.lower():
            return
        if status == CLOCK:
            self._pulse(at)
        elif status == START:
            self._follower.start()
            self._starts = True
        elif status == RESUME:
            self._follower.resume()
            self._starts = True
        elif status == STOP:
            self._follower.stop()
            with self._player.guard:
                self._player.stop()
        elif status == POSITION and len(message) == 3:
            self._follower.position(message[1] | message[2] << 7)

    def state(self) -> dict[str, object]:
        """clock: what is followed, whether it is there, and for Link how many peers there are."""
        if self._link is not None:
            return {"clock": {"source": LINK, "locked": True, "peers": self._link.peers}}
        locked = self._source == INTERNAL or self._follower.locked
        return {"clock": {"source": self._source, "locked": locked}}

    def _pulse(self, at: float) -> None:
        self._follower.pulse(at)
        self._last_pulse, self._said_silent = at, False
        tempo = self._tempo()
        if self._starts and self._follower.running:
            self._starts = False
            tempo = tempo or Tempo.start(tempo_at(self._player.wanted, 0.0), 0.0, at)
            self._begin(tempo, at)
        elif tempo is not None:
            self._player.follow(tempo)

    def _begin(self, tempo: Tempo, at: float) -> None:
        """Start has come: its first pulse is now, so nothing can be sent ahead of it."""
        beat = round(tempo.beat(at) * 24) / 24
        with self._player.guard:
            self._player.stop()
            self._player.follow(tempo)
            self._player.play(beat=beat, at=tempo.seconds(beat))
            self._player.follow(tempo)

    def _tempo(self) -> Tempo | None:
        return None if self._source in (INTERNAL, LINK) else self._follower.tempo

    def _run(self) -> None:
        while True:
            time.sleep(LOOK_EVERY)
            with self._player.guard:
                self.look()

    def look(self) -> None:
        """Take up another source when the set names one; follow Link; notice when a clock falls silent."""
        self._choose()
        now = self._now()
        if self._link is not None:
            self._follow_link(self._link, now)
        elif self._source != INTERNAL:
            self._follower.look(now)
            if not self._said_silent and now - self._last_pulse > SILENT:
                self._said_silent = True
                self._player.notify(f'no clock from "{self._source}"; the beat goes on without it')

    def _choose(self) -> None:
        wanted = self._player.wanted.clock
        if wanted == self._source:
            return
        self._source = wanted
        if self._link is not None:
            self._link.close()
            self._link = None
        self._follower, self._said_silent = Follower(), True
        if wanted == LINK:
            try:
                self._link = LinkClock(tempo_at(self._player.wanted, 0.0), self._latency)
                self._link.join(self._player.place(), self._now())
            except Fault as fault:
                self._player.notify(str(fault))
        if self._link is None:
            self._player.follow(None)

    def _follow_link(self, link: LinkClock, now: float) -> None:
        heard = link.look(now, tempo_at(self._player.wanted, 0.0))
        self._player.follow(heard.tempo)
        if heard.bpm is not None:
            self._player.retempo(heard.bpm)
        if heard.playing is True and not self._player.playing:
            self._player.play(beat=0.0, at=link.start(now))
        elif heard.playing is False and self._player.playing:
            self._player.stop()


def _next_bar(beat: float) -> float:
    return BEATS_PER_BAR * math.ceil((beat + 0.1) / BEATS_PER_BAR)
