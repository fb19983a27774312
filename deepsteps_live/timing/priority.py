"""Priority over what is typed: asked for where the system permits it, done without where it does not."""

from __future__ import annotations

import contextlib
import os

NICENESS = -11  # of the whole engine: before the prompt, behind scsynth and JACK
REAL_TIME = 20  # of the scheduler's thread; JACK has 70


def ask_for_process() -> None:
    """Let this process go before ordinary ones."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICENESS)


def ask_for_thread() -> None:
    """Let the calling thread go before all that is not real-time; what it starts does not inherit that."""
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(REAL_TIME))
