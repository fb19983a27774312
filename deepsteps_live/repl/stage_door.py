"""In and out: what happens between the command line and the music, and how it ends whoever ends it."""

from __future__ import annotations

import builtins
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any

from deepsteps_live.session.stage import Stage

if TYPE_CHECKING:
    from deepsteps_live.session.checks import Check

LAST_WORD = 8.0  # seconds until a process that was told to end is ended


class Leave(BaseException):
    """Raised in the main thread when the process is told to end. Nothing that is typed should catch it."""


def perform(
    *, pipe: bool = False, echo: bool = False, attach: bool = False, options: Sequence[str] = (), first: str = ""
) -> int:
    """Boot (or attach), then statements, `first` ahead, from the prompt or standard input until they end."""
    for name in ("exit", "quit"):
        setattr(builtins, name, sys.exit)  # Python's own close the standard input before they are caught
    with _on_stage(Stage(attach=attach, options=options)) as stage:
        from deepsteps_live.session.opening import instrument_at_prompt

        instrument = instrument_at_prompt(stage, _tell)
        if stage.found:
            print("attached to the engine that is already here", file=sys.stderr)
        if first:
            from deepsteps_live.repl.prompt import run_block

            run_block(instrument, first)
        if pipe or not sys.stdin.isatty():
            from deepsteps_live.repl.pipe import run_pipe, standard_input

            with standard_input() as lines:
                run_pipe(instrument, lines, echo=echo)
        else:
            from deepsteps_live.repl.prompt import run_prompt

            run_prompt(instrument)
    return 0


def run_file(file: str, bars: int | None, record: str | None) -> int:
    """Play a file in real time on an engine of its own."""
    from deepsteps_live.session.paths import take_file
    from deepsteps_live.session.performance import Performance
    from deepsteps_live.session.piece import read_file

    text = read_file(file)
    take = take_file(record) if record else None
    with _on_stage(Stage(own=f"run-{os.getpid()}")) as stage:
        from deepsteps_live.session.opening import instrument_on

        instrument = instrument_on(stage, _tell)
        with contextlib.suppress(KeyboardInterrupt):
            Performance(instrument, bars, take).run(text, file)
    return 0


def measure(bars: int, *, train: bool) -> dict[str, Any]:
    """The figures of `deepsteps timing`, from an engine of its own."""
    with _on_stage(Stage(own=f"timing-{os.getpid()}")) as stage:
        from deepsteps_live.session import measure as figures
        from deepsteps_live.session.models import Models
        from deepsteps_live.session.session import Session

        session = Session(figures.click_set(), Models(), tell=_tell)
        stage.tell = _tell
        for notice in stage.join(session):
            _tell(notice)
        return figures.measure(stage, session, bars, train=train)


def hear_click() -> Check:
    """The last row of `deepsteps doctor`: a click through an engine of its own, and whether it was heard."""
    from deepsteps_live.session import mending
    from deepsteps_live.session.models import Models
    from deepsteps_live.session.session import Session

    notices: list[str] = []
    with _on_stage(Stage(own=f"doctor-{os.getpid()}")) as stage:
        session = Session(mending.click_set(), Models(), tell=notices.append)
        stage.tell = notices.append
        notices += stage.join(session)
        return mending.heard_click(stage, session, notices)


@contextlib.contextmanager
def _on_stage(stage: Stage) -> Iterator[Stage]:
    """Whatever ends the block, the engine is told; SIGTERM and a closed terminal end it as Ctrl-D does."""

    def told_to_end(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=_end_for_sure, args=(stage, 128 + number), daemon=True).start()
        raise Leave

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), told_to_end)
    try:
        yield stage
    except Leave:
        pass
    finally:
        stage.leave()


def _end_for_sure(stage: Stage, status: int) -> None:
    """Say goodbye to the engine even when the main thread is lost in something that was typed."""
    with contextlib.suppress(Exception):
        stage.leave()
    time.sleep(1.0)
    os._exit(status)


def _tell(text: str) -> None:
    print(f"* {text}", file=sys.stderr, flush=True)
