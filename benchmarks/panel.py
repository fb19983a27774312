"""What the panel costs: `python -m benchmarks.panel [--seconds N] [--columns C] [--rows R] [--hidden] [--train]`.

Nine tracks of sixteenths at 180 bpm play. A prompt of its own runs in a pseudo-terminal; measured are the share of a
core that its process takes, and the time from a key's being written to its being shown.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time

import numpy as np
import psutil

SET = "for t in (kick, snare, hat, openhat, clap, tom, perc, cymbal, seq): t.pattern = 'xxxxxxxxxxxxxxxx'\r\r"
TRAIN = "for _ in range(20): capture(kick); capture(hat); capture(snare)\r\rtrain(epochs=100_000)\r"
KEYS = "QZJW"  # letters that stand nowhere else on the screen
EVERY = 0.15  # seconds between keys
ASKS_WHERE, IS_THERE = b"\x1b[6n", b"\x1b[1;1R"


def main() -> int:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.panel", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measurement (20)")
    parser.add_argument("--columns", type=int, default=80)
    parser.add_argument("--rows", type=int, default=24)
    parser.add_argument("--hidden", action="store_true", help="without the panel, to compare")
    parser.add_argument("--train", action="store_true", help="while a training runs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ds-") as folder:
        terminal = Terminal(folder, options.columns, options.rows)
        try:
            print(json.dumps(measured(terminal, options), indent=2))
        finally:
            terminal.close()
    return 0


class Terminal:
    """A pseudo-terminal with a prompt in it; all that it shows is read and kept."""

    def __init__(self, folder: str, columns: int, rows: int) -> None:
        self._keys, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        places = dict.fromkeys(("DEEPSTEPS_RUNTIME", "XDG_DATA_HOME", "XDG_STATE_HOME", "DEEPSTEPS_CONFIG"), folder)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "deepsteps_live.repl.command_line"],
            stdin=its,
            stdout=its,
            stderr=its,
            env={**os.environ, **places, "TERM": "xterm-256color"},
            start_new_session=True,
        )
        os.close(its)
        self.process = psutil.Process(self._process.pid)
        self.read = 0  # bytes

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._keys, text.encode())

    def shows(self, text: str, seconds: float) -> float | None:
        """Seconds until a text is written; None when it is not."""
        began, seen = time.perf_counter(), b""
        while (left := began + seconds - time.perf_counter()) > 0:
            if not select.select([self._keys], [], [], left)[0]:
                return None
            found = os.read(self._keys, 65536)
            self.read += len(found)
            if ASKS_WHERE in found:
                os.write(self._keys, IS_THERE)
            seen += found
            if text and text.encode() in seen:
                return time.perf_counter() - began
        return None

    def close(self) -> None:
        """Leave as Ctrl-D does."""
        self._process.terminate()
        self._process.wait(20)
        os.close(self._keys)


def measured(terminal: Terminal, options: argparse.Namespace) -> dict[str, object]:
    """The figures."""
    terminal.shows("Ctrl-D leaves", 30)
    for text in ("play()\r", "tempo = 180\r", SET, *([TRAIN] if options.train else [])):
        terminal.shows("", 1.0)
        terminal.type(text)
    if options.hidden:
        terminal.type("\x1bOS")  # F4
    terminal.shows("", 3.0)
    terminal.process.cpu_percent()
    before = terminal.read
    terminal.shows("", options.seconds)
    share = terminal.process.cpu_percent()
    written = (terminal.read - before) / options.seconds
    echoes: list[float] = []
    lost = 0
    for place in range(int(options.seconds / EVERY)):
        key = KEYS[place % len(KEYS)]
        terminal.type(key)
        echo = terminal.shows(key, 1.0)
        echoes += [] if echo is None else [echo * 1000]
        lost += echo is None
        terminal.shows("", EVERY * (0.5 + place % 7 / 7))  # at all places of a frame
        terminal.type("\x7f")
        terminal.shows("", 0.05)
    p50, p99 = np.percentile(echoes, (50, 99))
    return {
        "columns": options.columns,
        "rows": options.rows,
        "panel": not options.hidden,
        "training": options.train,
        "cpu_percent": share,
        "bytes_a_second": round(written),
        "echo_ms": {"p50": round(float(p50), 2), "p99": round(float(p99), 2), "max": round(max(echoes), 2)},
        "keys": len(echoes),
        "lost": lost,
    }


if __name__ == "__main__":
    raise SystemExit(main())
