"""The words of what runs beside the music: functions now and then, once, at their places, and how each is stopped.

To add a word: a function that takes the instrument first, with a docstring whose first line is its help, and its row
in RUNNING.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deepsteps_live.errors import BadInput, no_such, whole
from deepsteps_live.music import BEATS_PER_BAR
from deepsteps_live.session.functions import ASSIGNED, Job

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

TRAINING, TAKE, KNOB, CHANGE = NAMES = ("training", "rec", "learn", "change")  # of what is no function
LONGEST = 40  # characters of a name
MOST_BARS = 1_000_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that ends by itself: what it is, in words, and how to end it now."""

    says: str
    end: Callable[[], Any]


class Running(list[str]):
    """The names of what runs; it prints with what each is, how often it is called, and when next."""

    def __init__(self, rows: dict[str, str]) -> None:
        super().__init__(rows)
        self.rows = rows

    def __repr__(self) -> str:
        width = max([8, *map(len, self.rows)]) + 2
        return "\n".join(f"{name:<{width}}{row}" for name, row in self.rows.items()) or "nothing runs"


def every(instrument: Instrument, bars: float, function: Callable[[], Any], name: str = "") -> str:
    """Call a function every so many bars: every(4, lambda: ...). Its name, for cancel()."""
    return instrument.functions.every(bars, function, _free(name))


def at(instrument: Instrument, bar: int, function: Callable[[], Any], name: str = "") -> str:
    """Call a function once, so that what it changes lands on that bar: at(33, lambda: go("drop")). Its name."""
    functions, beat = instrument.functions, instrument.session.beat()
    if not callable(function):
        raise BadInput('at() calls a function: at(33, lambda: go("drop"))')
    wanted = whole("a bar", bar, 1, MOST_BARS) - 1
    if beat is not None and wanted <= (here := math.floor(beat / BEATS_PER_BAR)):
        raise BadInput(f"bar {wanted + 1} has begun, bar {here + 1} plays; give one that comes")
    chosen = _free(name) or functions.free_name("at")
    if wanted == 0:  # the music begins with it
        function()
    else:
        functions.once(chosen, function, wanted)
    return chosen


def cancel(instrument: Instrument, name: str = TRAINING) -> None:
    """Stop what runs: cancel() the training, cancel("every1") or cancel("kick.pattern") a function; see jobs()."""
    word, waiting = str(name), _waiting(instrument)
    if word in waiting:
        waiting[word].end()
    elif word == TRAINING:
        instrument.trainer.cancel()  # which says that none runs
    elif waiting and word not in instrument.functions.names():
        raise no_such("running thing", word, [*instrument.functions.names(), *waiting])
    else:
        instrument.functions.cancel(word)


def jobs(instrument: Instrument) -> Running:
    """All that runs or waits, by name: functions and when next, training, recordings, a knob awaited, a change."""
    functions = instrument.functions
    rows = {name: _row(job, functions.next_bar(job)) for name, job in functions.jobs.items()}
    return Running({**rows, **{name: each.says for name, each in _waiting(instrument).items()}})


def _waiting(instrument: Instrument) -> dict[str, Waiting]:
    """What runs and is no function."""
    session, midi_in = instrument.session, instrument.midi_in
    state = session.link.state if session.link is not None else {}
    found = dict(instrument.waiting)
    if (progress := instrument.trainer.progress) is not None:
        says = f"epoch {progress.epoch} of {progress.epochs}" if progress.epochs else "begins"
        found[TRAINING] = Waiting(says, instrument.trainer.cancel)
    if (seconds := state.get("recording")) is not None:
        found[TAKE] = Waiting(f"a take of {seconds:.0f} s so far; rec() ends it", lambda: session.ask("stop_recording"))
    if midi_in.awaited is not None:
        found[KNOB] = Waiting(f"waits for a knob to move {midi_in.awaited}", midi_in.forget_awaited)
    if state.get("playing") and not state.get("landed", True):
        found[CHANGE] = Waiting("waits for its bar; undo() takes it back", _cannot_cancel)
    return found


def _cannot_cancel() -> None:
    raise BadInput("undo() takes back what waits for its bar")


def _row(job: Job, coming: int | None) -> str:
    often = "" if job.due is not None else " bar" if job.bars == 1 else f" {job.bars:g} bars"
    kind = f"{job.kind}, each{often}" if job.kind in ASSIGNED else f"{job.kind}{often}"
    return f"{kind}, {'when playing' if coming is None else f'next in bar {coming + 1}'}"


def _free(name: str) -> str:
    word = str(name)
    if word in NAMES or word.endswith(".record"):
        raise BadInput(f'"{word}" is the name of something else that runs; choose another')
    if len(word) > LONGEST or not word.isprintable():
        raise BadInput(f"a name is one line of at most {LONGEST} characters")
    return word


RUNNING: dict[str, Callable[..., Any]] = {"every": every, "at": at, "cancel": cancel, "jobs": jobs}
