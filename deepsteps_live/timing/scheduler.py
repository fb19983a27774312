"""The scheduler: one thread that asks for the span that is a lookahead away and hands it on with due times."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from deepsteps_live.errors import number
from deepsteps_live.timing.clock import Clock
from deepsteps_live.timing.lateness import FRAME, Lateness, in_time
from deepsteps_live.timing.lookahead import BASE, Lookahead
from deepsteps_live.timing.tempo import FASTEST, SLOWEST, Tempo

START_AFTER = 0.05  # seconds from `start` to its first beat: time to send the first bundles ahead
LONGEST_GAP = 10.0  # seconds; after a longer stall nothing in between is even asked for
REPORT_EVERY = 1.0  # seconds
SAME_FAILURE = 10.0  # seconds in which an error that comes again is not told again

Item = TypeVar("Item")
Pull = Callable[[float, float], Sequence[tuple[float, Item]]]  # beats [start, end) -> (beat, item)
Push = Callable[[list[tuple[Item, float]]], None]  # (item, due in seconds of the clock)


class Scheduler(Generic[Item]):
    """Commits one span of beats after another, each once, up to the frontier.

    Tempo, frontier and lookahead are changed by its own thread alone; what others ask for is queued and taken
    up at the next turn. So nothing is locked, and `set_tempo` may be called from within `pull`.

    pull    what sounds in the beats [start, end); an error in it loses that span and goes to `failed`
    push    takes what is due, in order of time
    failed  told of an error, once while the same one comes again and again
    report  told of late things in one line, at most once a second
    keep    whether an item goes out however late it is, as the end of a note must
    """

    def __init__(
        self,
        clock: Clock,
        pull: Pull[Item],
        push: Push[Item],
        *,
        failed: Callable[[Exception], None],
        report: Callable[[str], None] = lambda line: None,
        keep: Callable[[Item], bool] = lambda item: False,
        base: float = BASE,
    ) -> None:
        self._clock, self._pull, self._push = clock, pull, push
        self._failed, self._report, self._keep = failed, report, keep
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._going = False
        self._tempo_changes: deque[tuple[float, float | None] | Tempo] = deque()
        self._late_outside: deque[float] = deque()
        self._lookahead = Lookahead(base, base, before=base)
        self._tempo = Tempo.start(120.0)
        self._frontier = self._stopped_at = 0.0
        self._began = self._next_frame = 0.0
        self._frame_error = 0.0
        self._lateness, self._untold = Lateness(), Lateness()
        self._told_at = -math.inf
        self._failure = ("", -math.inf)

    # Any thread.

    def start(self, bpm: float, beat: float = 0.0, at: float | None = None) -> None:
        """Play on from `beat`, which falls on `at` (seconds of the clock; 50 ms from now), in a thread."""
        self.stop()
        self.begin(bpm, beat, at)
        self._thread = threading.Thread(target=self.run, name="scheduler", daemon=True)
        self._thread.start()

    def begin(self, bpm: float, beat: float = 0.0, at: float | None = None) -> None:
        """As `start`, but without a thread: whoever calls this calls `run`. Beats past by a frame are not played."""
        now = self._clock.now()
        self._tempo = Tempo.start(bpm, beat, now + START_AFTER if at is None else at)
        self._frontier = max(beat, self._tempo.beat(now - FRAME))
        self._tempo_changes.clear()
        self._late_outside.clear()
        self._wake.clear()
        self._began = self._next_frame = now
        self._lateness, self._untold = Lateness(), Lateness()
        self._frame_error = 0.0
        self._going = True

    def run(self, until: float = math.inf) -> None:
        """Turn after turn until `stop`, or until the clock shows `until`."""
        while self._going and self._clock.now() < until:
            self.turn()
            self._clock.wait_until(min(self._next_frame, until), self._wake)

    def stop(self) -> None:
        """Commit nothing more; when this returns, nothing more is pushed."""
        if not self._going:
            return
        self._stopped_at = self.position()
        self._going = False
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._thread = None

    def wake(self) -> None:
        """Take the next turn now, not at the next frame."""
        self._wake.set()

    def set_tempo(self, bpm: float, beat: float | None = None) -> None:
        """A new tempo from `beat` on, at the frontier when None or already committed. BadInput outside 1 to 999."""
        self._tempo_changes.append((number("tempo (bpm)", bpm, SLOWEST, FASTEST), beat))
        self._wake.set()

    def follow(self, tempo: Tempo) -> None:
        """Another map from beats to seconds, as an external clock has it. What is committed stays."""
        self._tempo_changes.append(tempo)

    def report_late(self, seconds: float) -> None:
        """Something came out late further on, as scsynth prints: look further ahead."""
        self._late_outside.append(seconds)

    @property
    def frontier(self) -> float:
        """The beat up to which everything is committed."""
        return self._frontier

    @property
    def tempo(self) -> Tempo:
        """The map from beats to seconds, for whoever must know when a beat falls."""
        return self._tempo

    def position(self) -> float:
        """The beat now heard; where it stopped when it has stopped."""
        return self._tempo.beat(self._clock.now()) if self._going else self._stopped_at

    def status(self) -> dict[str, Any]:
        """Since the start: lookahead (s), late (count), worst (s), dropped (count), frame_error (worst wake-up, s)."""
        return {
            "lookahead": self._lookahead.total(self._clock.now(), self._tempo.bpm_at(self._frontier)),
            "late": self._lateness.sent,
            "worst": self._lateness.worst,
            "dropped": self._lateness.dropped,
            "frame_error": self._frame_error,
        }

    # The scheduler's own thread.

    def turn(self) -> None:
        """Commit the span from the frontier to the lookahead."""
        now = self._clock.now()
        self._keep_frames(now)
        try:
            self._take_up(now)
            self._commit(now)
            self._tell(now)
        except Exception as error:  # a track's turn: it speaks, and the music goes on
            self._fail(error, now)

    def _keep_frames(self, now: float) -> None:
        if now >= self._next_frame:
            self._frame_error = max(self._frame_error, now - self._next_frame)
            self._next_frame = self._began + FRAME * (math.floor((now - self._began) / FRAME + 1e-6) + 1)

    def _take_up(self, now: float) -> None:
        while self._tempo_changes:
            change = self._tempo_changes.popleft()
            if isinstance(change, Tempo):
                self._tempo = change
                continue
            bpm, beat = change
            self._tempo = self._tempo.changed(bpm, self._frontier if beat is None else max(beat, self._frontier))
        self._tempo = self._tempo.trimmed(min(self._frontier, self._tempo.beat(now)))
        while self._late_outside:
            self._was_late(Lateness(worst=self._late_outside.popleft()), now)

    def _commit(self, now: float) -> None:
        if now - self._tempo.seconds(self._frontier) > LONGEST_GAP:
            self._frontier = self._tempo.beat(now)
        start, tempo = self._frontier, self._tempo
        end = tempo.beat(now + self._lookahead.total(now, tempo.bpm_at(start)))
        if end <= start:
            return
        self._frontier = end  # first: an error loses this span and no other
        found = [(item, tempo.seconds(beat)) for beat, item in self._pull(start, end)]
        now = self._clock.now()
        sent, late = in_time(found, now, self._keep)
        if late and now - self._began > FRAME:  # no lookahead could have bridged a start asked for late
            self._was_late(late, now)
        if sent and self._going:
            self._push(sent)

    def _was_late(self, late: Lateness, now: float) -> None:
        self._lookahead = self._lookahead.raised(late.worst, now)
        self._lateness.add(late)
        self._untold.add(late)

    def _tell(self, now: float) -> None:
        if self._untold and now - self._told_at >= REPORT_EVERY:
            told, self._untold, self._told_at = self._untold, Lateness(), now
            dropped = f", {told.dropped} dropped" if told.dropped else ""
            ahead = self.status()["lookahead"]
            self._report(f"late by {told.worst * 1000:.1f} ms{dropped}; now looking {ahead * 1000:.0f} ms ahead")

    def _fail(self, error: Exception, now: float) -> None:
        text, at = self._failure
        self._failure = (repr(error), now)
        if text != repr(error) or now - at > SAME_FAILURE:
            self._failed(error)
