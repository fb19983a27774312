"""Hands on the steps and the latents: edits of a set, and the thread that does them so that no key waits."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from deepsteps_live.errors import DeepstepsError
from deepsteps_live.music import NORMAL, Decode, LiveSet, Pattern, Track, leader, pattern_at
from deepsteps_live.repl.latent_map import NAMES, latents_at

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

GESTURE = 0.6  # seconds without a move after which a gesture has ended: one step of undo

Do = Callable[["Instrument"], None]


def put_step(
    live_set: LiveSet, name: str, step: int, velocity: float | None, decode: Decode, beat: float = 0.0
) -> LiveSet:
    """A set in which a track's step (from 0) has a velocity, 0 to 1: 0 is a rest, None leaves a hit as it is.

    On a track with latents it is an override, or, where the model makes the same, none. A track that follows
    another edits the one whose rhythm it takes.
    """
    track = leader(live_set, live_set.track(name))
    if velocity is None and is_hit(live_set, name, step, decode, beat):
        return live_set
    if track.latents is None:
        index = step % len(track.pattern)
        return live_set.but_track(track.name, pattern=_with(track.pattern, index, velocity))
    made = _made(live_set, track, decode, beat)
    index = step % len(made)
    kept = {place: value for place, value in track.overrides if place != index}
    if (made.hits[index] and velocity is not None) or (not made.hits[index] and velocity != 0):
        kept[index] = NORMAL if velocity is None else velocity
    return live_set.but_track(track.name, overrides=tuple(kept.items()))


def cleared(live_set: LiveSet, name: str, decode: Decode, beat: float = 0.0) -> LiveSet:
    """A set in which a track's row has no hits."""
    track = leader(live_set, live_set.track(name))
    for step in range(len(pattern_at(live_set, track, beat, decode))):
        live_set = put_step(live_set, name, step, 0.0, decode, beat)
    return live_set


def is_hit(live_set: LiveSet, name: str, step: int, decode: Decode, beat: float = 0.0) -> bool:
    """Whether a step of a track sounds."""
    pattern = pattern_at(live_set, live_set.track(name), beat, decode)
    return pattern.hits[step % len(pattern)]


def _with(pattern: Pattern, index: int, velocity: float | None) -> Pattern:
    """A pattern with one step changed; a hit that only gets another velocity keeps its timing and its roll."""
    if velocity is None or not velocity or not pattern.hits[index]:
        return pattern.hit(index, velocity=NORMAL if velocity is None else velocity)
    lane = tuple(velocity if step == index else old for step, old in enumerate(pattern.velocities))
    return replace(pattern, velocities=lane)


def _made(live_set: LiveSet, track: Track, decode: Decode, beat: float) -> Pattern:
    """What a model makes of a track's latents, nothing set by hand."""
    return pattern_at(live_set, replace(track, overrides=(), follows=""), beat, decode)


class Hands:
    """Edits in the order in which they were made, in a thread of their own.

    Moves of one gesture (a drag, a wheel, an arrow held down) are one step of undo together.
    """

    def __init__(self, instrument: Instrument, say: Callable[[str], None], done: Callable[[], None]) -> None:
        self._instrument = instrument
        self._say = say
        self._done = done
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._moved: float | None = None  # when the gesture that goes on moved last

    def do(self, what: Do) -> None:
        """An edit of its own."""
        self.end()
        self._put(lambda: what(self._instrument))

    def move(self, what: Do) -> None:
        """An edit that belongs to a gesture."""
        self._moved = time.monotonic()
        self._put(lambda: self._unremembered(what))

    def end(self) -> None:
        """The gesture that goes on has ended."""
        if self._moved is not None:
            self._moved = None
            self._put(lambda: self._instrument.session.edit(lambda live_set: live_set))

    def tick(self) -> None:
        """End a gesture that has stopped moving. Call it now and then."""
        if self._moved is not None and time.monotonic() - self._moved > GESTURE:
            self.end()

    def settle(self) -> None:
        """Wait until everything is done."""
        self.end()
        if self._thread is not None:
            settled = threading.Event()
            self._put(settled.set)
            settled.wait()

    def step(self, name: str, step: int, velocity: float | None, *, gesture: bool = False) -> None:
        """Give a step a velocity (see `put_step`)."""

        def change(instrument: Instrument) -> None:
            session = instrument.session
            beat = session.beat() or 0.0
            session.edit(lambda live_set: put_step(live_set, name, step, velocity, session.models.decode, beat))

        (self.move if gesture else self.do)(change)

    def toggle(self, name: str, step: int) -> None:
        """Make a rest of a hit, and a hit of a rest."""

        def change(instrument: Instrument) -> None:
            session = instrument.session
            beat, decode = session.beat() or 0.0, session.models.decode

            def turned(live_set: LiveSet) -> LiveSet:
                velocity = 0.0 if is_hit(live_set, name, step, decode, beat) else None
                return put_step(live_set, name, step, velocity, decode, beat)

            session.edit(turned)

        self.do(change)

    def clear(self, name: str) -> None:
        """Clear a row."""

        def change(instrument: Instrument) -> None:
            session = instrument.session
            beat = session.beat() or 0.0
            session.edit(lambda live_set: cleared(live_set, name, session.models.decode, beat))

        self.do(change)

    def latents(self, name: str, change: Callable[[tuple[float, ...]], dict[int, float]]) -> None:
        """Move latents of a track: `change` gives new values by their numbers for the four that it has now."""

        def move(instrument: Instrument) -> None:
            handle = instrument.track(name)
            beat = instrument.session.beat() or 0.0
            for index, value in change(latents_at(handle.track, beat)).items():
                setattr(handle, NAMES[index], round(value, 2))

        self.move(move)

    def switch(self, name: str, setting: str) -> None:
        """Turn a track's mute or solo over."""

        def change(instrument: Instrument) -> None:
            handle = instrument.track(name)
            setattr(handle, setting, not getattr(handle.track, setting))

        self.do(change)

    def focus(self, name: str) -> None:
        """Put a track into focus."""
        self.do(lambda instrument: instrument.session.edit(lambda live_set: live_set.but(focus=name)))

    def undo(self) -> None:
        """Take back the last edit."""
        self.do(lambda instrument: instrument.session.undo())

    def _unremembered(self, what: Do) -> None:
        with self._instrument.session.block(remembered=False):
            what(self._instrument)

    def _put(self, work: Callable[[], None]) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="hands", daemon=True)
            self._thread.start()
        self._work.put(work)

    def _run(self) -> None:
        while True:
            work = self._work.get()
            try:
                work()
            except DeepstepsError as error:
                self._say(str(error))
            except Exception as error:  # the thread goes on, whatever an edit met
                self._say(f"{type(error).__name__}: {error}")
            self._done()
