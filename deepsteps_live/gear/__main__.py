"""A port's process: `python -m deepsteps_live.gear out NAME LINE`, `in SYSTEM PORT LINE` or `look LINE`."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys

from deepsteps_live.gear.line import handed, lives
from deepsteps_live.timing import priority

SWITCH = 0.00002  # seconds that the MIDI system's thread, and the sound with it, may wait for Python's lock


def main() -> None:
    """Serve one port until the engine hangs up."""
    kind, *rest, handle = sys.argv[1:]
    line = handed(handle)
    lives()
    for number in (signal.SIGINT, signal.SIGTERM):  # the engine's end is ours: it hangs up
        signal.signal(number, signal.SIG_IGN)
    priority.ask_for_process()
    try:
        if kind == "out":
            from deepsteps_live.gear.out import OutPort

            ready()
            OutPort(line, *rest).run()
        elif kind == "in":
            from deepsteps_live.gear.source import InPort

            ready()
            InPort(line).run(*rest)
        else:
            from deepsteps_live.gear.look import Look

            Look(line).run()
    finally:
        with contextlib.suppress(OSError):
            line.close()
        os._exit(0)  # RtMidi's own farewells may wait for a server that is gone


def ready() -> None:
    """Nothing more is loaded from here on, and time is kept."""
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()
    priority.ask_for_thread()


if __name__ == "__main__":
    main()
