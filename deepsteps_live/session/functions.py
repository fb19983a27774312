"""The performer's own functions: run here, a bar ahead, and sent to the engine as data.

A function that raises, or that has not answered within a bar, is let go of: its track repeats the last good bar,
the error is shown once, and assigning a function again tries again.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deepsteps_live.errors import BadInput, in_words, no_such, number
from deepsteps_live.music import BEATS_PER_BAR, Table

SAMPLES = 16  # values a bar of a function of the beat: one a step
LAST_BAR = 2**62
POLL = 0.02  # seconds between looks at where the music is

OF_BAR, OF_BEAT = ASSIGNED = ("function of the bar", "function of the beat")  # kinds of those that were assigned

Put = Callable[[Any], None]


@dataclass(eq=False)
class Job:
    """One running function.

    ahead   called with the number of the bar that comes next; edits the set
    bars    how often, in bars
    kind    what it is, in a word or two
    due     the one bar that it waits for, or None
    repeat  leaves the last good bar in place for good
    """

    name: str
    ahead: Callable[[int], None]
    bars: float = 1
    repeat: Callable[[], None] = lambda: None
    kind: str = "every"
    due: int | None = None
    busy: threading.Event = field(default_factory=threading.Event)
    called: int | None = None


class Functions:
    """All functions that run, by the name under which they can be stopped.

    `block` opens a block of edits that is not remembered by undo; `tell` shows a line.
    """

    def __init__(self, block: Callable[[], Any], tell: Callable[[str], None], beat: Callable[[], float | None]) -> None:
        self._block = block
        self._tell = tell
        self._beat = beat
        self._jobs: dict[str, Job] = {}
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def assign(self, place: str, value: Any, moves: str, put: Put) -> None:
        """Put a value in its place; a function is called for every bar ahead instead, when `moves` allows it."""
        if not callable(value):
            put(value)
            self._jobs.pop(place, None)
        elif moves == "bar":
            self._start(Job(place, lambda bar: put(value(bar)), kind=OF_BAR))
        elif moves == "beat":
            self._start(_sampled(place, value, put))
        else:
            raise BadInput(f"{place} cannot be a function; functions move pattern, latents, morph and the faders")

    def every(self, bars: float, function: Callable[[], Any], name: str = "") -> str:
        """Call a function every so many bars, in time for what it changes to land on that bar. Its name."""
        if not callable(function):
            raise BadInput("every() calls a function: every(4, lambda: setattr(kick, 'mute', not kick.mute))")
        count = number("bars", bars, 1, 1024)
        if count != int(count):
            raise BadInput(f"every() counts whole bars, not {bars:g}")
        chosen = name or self.free_name("every")
        self._start(Job(chosen, lambda bar: function(), count), at_once=False)
        return chosen

    def once(self, name: str, function: Callable[[], Any], bar: int) -> None:
        """Call a function one time, for the first bar from `bar` on that comes; `finish(name)` calls it at once."""

        def ahead(coming: int) -> None:
            if coming >= bar:
                self._jobs.pop(name, None)
                function()

        self._start(Job(name, ahead, kind="once", due=bar), at_once=False)

    def free_name(self, word: str) -> str:
        """A name that nothing runs under: the word with a number."""
        return next(name for number in range(1, 2**31) if (name := f"{word}{number}") not in self._jobs)

    def next_bar(self, job: Job) -> int | None:
        """The bar, from 0, that a job is called for next, or None while nothing plays."""
        if (beat := self._beat()) is None:
            return job.due
        coming = max(math.floor(beat / BEATS_PER_BAR) + 1, job.due or 0)
        return math.ceil(coming / job.bars) * int(job.bars)

    def end_assigned(self, put_back: Mapping[str, Job] | None = None) -> None:
        """Stop the functions that were assigned to places; run others in their stead."""
        kept = {name: job for name, job in self._jobs.items() if job.kind not in ASSIGNED}
        self.jobs = {**kept, **(put_back or {})}

    def assigned(self) -> dict[str, Job]:
        """The functions that were assigned to places."""
        return {name: job for name, job in self._jobs.items() if job.kind in ASSIGNED}

    def finish(self, name: str) -> None:
        """Do now what `once` would do later, if it still would."""
        if (job := self._jobs.get(name)) is not None:
            job.ahead(LAST_BAR)

    def cancel(self, name: str) -> None:
        """Stop a function by its name."""
        if name not in self._jobs:
            raise no_such("running function", name, self._jobs) if self._jobs else BadInput("no function is running")
        del self._jobs[name]

    def leave(self, track: str) -> None:
        """Stop all functions of a track."""
        self.jobs = {place: job for place, job in self._jobs.items() if not place.startswith(f"{track}.")}

    def names(self) -> list[str]:
        """The functions that run."""
        return list(self._jobs)

    @property
    def jobs(self) -> dict[str, Job]:
        """What runs, by name; put back what was read here and nothing started since runs any more."""
        return dict(self._jobs)

    @jobs.setter
    def jobs(self, jobs: dict[str, Job]) -> None:
        self._jobs = dict(jobs)

    def bar(self, bar: int) -> None:
        """Run, here and now, what is due for a bar: for rendering, where nobody waits for the clock."""
        for job in list(self._jobs.values()):
            if bar % job.bars == 0 and job.called != bar:
                self._call(job, bar)

    def _start(self, job: Job, *, at_once: bool = True) -> None:
        if at_once:
            beat = self._beat()
            job.called = 0 if beat is None else math.floor(beat / BEATS_PER_BAR) + 1
            job.ahead(job.called)  # a first call where it was typed, so that a mistake is seen there
        self._jobs[job.name] = job
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="functions", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        seen: list[Job] = []  # at the look before: what a block that failed at once had started is not called
        while not self._wake.wait(POLL):
            jobs, beat = list(self._jobs.values()), self._beat()
            if beat is not None:
                ahead = math.floor(beat / BEATS_PER_BAR) + 1
                for job in jobs:
                    if job in seen and ahead >= (job.due or 0) and ahead % job.bars == 0 and job.called != ahead:
                        self._call_beside(job, ahead)
            seen = jobs

    def _call_beside(self, job: Job, bar: int) -> None:
        if job.busy.is_set():
            self._let_go(job, "has not answered within a bar")
        else:
            job.busy.set()
            job.called = bar
            threading.Thread(target=self._call, args=(job, bar), name=job.name, daemon=True).start()

    def _call(self, job: Job, bar: int) -> None:
        job.called = bar
        try:
            with self._block():
                job.ahead(bar)
        except Exception as error:  # a performer's function may raise anything; the music goes on
            self._let_go(job, f"raised {in_words(error)}")
        finally:
            job.busy.clear()

    def _let_go(self, job: Job, why: str) -> None:
        if self._jobs.get(job.name) is job:
            del self._jobs[job.name]
            with self._block():
                job.repeat()
            self._tell(f"{job.name} {why}; its last good bar is repeated until you assign it again")


def _sampled(place: str, function: Callable[[float], Any], put: Put) -> Job:
    """Of a function of the beat, a Table of the bar that plays and the one that comes."""
    last: list[tuple[float, ...]] = []

    def ahead(bar: int) -> None:
        coming = tuple(_samples(function, bar))
        playing = last[-1] if last else tuple(_samples(function, max(0, bar - 1)))
        last[:] = [coming]
        put(Table(BEATS_PER_BAR / SAMPLES, playing + coming, (bar - 1) * BEATS_PER_BAR))

    def repeat() -> None:
        put(Table(BEATS_PER_BAR / SAMPLES, last[-1]))

    return Job(place, ahead, repeat=repeat, kind=OF_BEAT)


def _samples(function: Callable[[float], Any], bar: int) -> Iterator[float]:
    for sample in range(SAMPLES):
        yield number("what the function gave", function((bar + sample / SAMPLES) * BEATS_PER_BAR), -1e6, 1e6)
