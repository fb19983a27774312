"""The words of what runs beside the music: functions now and then, once, at their places, and how each is stopped.

To add a word: a function that takes the instrument first, with a docstring whose first line is its help, and its row
in RUNNING.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deepsteps_live.errors import BadInput, whole
from deepsteps_live.music import BEATS_PER_BAR
from deepsteps_live.session.functions import ASSIGNED, Job

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

TRAINING = "training"  # the name under which it runs
MOST_BARS = 1_000_000


class Running(list[str]):
    """The names of what runs; it prints with what each is, how often it is called, and when next."""

    def __init__(self, rows: dict[str, str]) -> None:
        super().__init__(rows)
        self._rows = rows

    def __repr__(self) -> str:
        width = max([8, *map(len, self._rows)]) + 2
        return "\n".join(f"{name:<{width}}{row}" for name, row in self._rows.items()) or "nothing runs"


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
    if name == TRAINING:
        instrument.trainer.cancel()
    else:
        instrument.functions.cancel(str(name))


def jobs(instrument: Instrument) -> Running:
    """What runs beside the music, by name: functions with how often and when next, and the training."""
    functions = instrument.functions
    rows = {name: _row(job, functions.next_bar(job)) for name, job in functions.jobs.items()}
    if (progress := instrument.trainer.progress) is not None:
        rows[TRAINING] = f"epoch {progress.epoch} of {progress.epochs}" if progress.epochs else "begins"
    return Running(rows)


def _row(job: Job, coming: int | None) -> str:
    often = "" if job.due is not None else " bar" if job.bars == 1 else f" {job.bars:g} bars"
    kind = f"{job.kind}, each{often}" if job.kind in ASSIGNED else f"{job.kind}{often}"
    return f"{kind}, {'when playing' if coming is None else f'next in bar {coming + 1}'}"


def _free(name: str) -> str:
    if name == TRAINING:
        raise BadInput(f'"{TRAINING}" is the training\'s own name; choose another')
    return str(name)


RUNNING: dict[str, Callable[..., Any]] = {"every": every, "at": at, "cancel": cancel, "jobs": jobs}
