"""What is typed is not heard: `python -m benchmarks.typed [--bars N]` measures onsets while the prompt misbehaves.

Straight sixteenths at 120 bpm are recorded while a prompt on the same engine computes, loops, prints, takes 2 GB and
is killed with kill -9, so many bars each. All errors are against one grid fitted through the whole take.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from deepsteps_live.session.grid import spread
from deepsteps_live.session.measure import TEMPO, click_set, onsets
from deepsteps_live.session.models import Models
from deepsteps_live.session.session import Session
from deepsteps_live.session.stage import Stage

BEAT = 60 / TEMPO
TYPED = {
    "idle": "",
    "3**20_000_000": "while True: 3**20_000_000",
    "while True: pass": "while True: pass",
    "prints in a loop": "while True: print('\\x1b[7m' + 'x' * 4000)",
    "takes 2 GB": "while True: bytearray(b'x') * 2_000_000_000",
    "killed with kill -9": None,
}


def main() -> int:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.typed", description=__doc__)
    parser.add_argument("--bars", type=int, default=8, help="bars of each (8)")
    bars = parser.parse_args().bars
    with tempfile.TemporaryDirectory(prefix="ds-") as folder:
        os.environ["DEEPSTEPS_RUNTIME"] = folder
        print(json.dumps(measured(Path(folder) / "take.wav", bars), indent=2))
    return 0


def measured(take: Path, bars: int) -> dict[str, object]:
    """The figures of every kind of misbehaviour."""
    stage = Stage()
    stage.tell = print_aside
    session = Session(click_set(), Models(), tell=print_aside)
    stage.join(session)
    session.ask("play", record=str(take))
    began = time.monotonic()
    while not stage.engine.state.get("playing") or stage.engine.state.get("beat", 0) <= 0:
        time.sleep(0.01)
    spans = {}
    for name, text in TYPED.items():
        prompt = attached(text or "")
        time.sleep(1.0)  # the prompt is up
        if text is None:
            prompt.kill()
        from_beat = session.beat() or 0.0
        time.sleep(bars * 4 * BEAT)
        spans[name] = (from_beat, session.beat() or 0.0)
        prompt.kill()
        prompt.wait()
    state = session.ask("state")
    session.ask("stop_recording")
    session.ask("stop")
    same = attached("print(tempo, focus)", ends=True)
    answer = same.communicate(timeout=20)[0].decode().strip()
    stage.leave()
    samples, rate = soundfile.read(take, always_2d=True)
    times = onsets(samples.sum(axis=1), rate)
    steps = np.round((times - times[0]) / (BEAT / 4))
    slope, start = np.polyfit(steps, times, 1)
    errors = times - (slope * steps + start)
    return {
        "onsets": len(times),
        "missing": int(steps[-1]) + 1 - len(times),
        "late_bundles": state["late_bundles"],
        "dropped": state["dropped"],
        "seconds": round(time.monotonic() - began, 1),
        "attached_again_reads": answer,
        "error_ms": {name: spread(errors[(steps >= a * 4) & (steps < b * 4)]) for name, (a, b) in spans.items()},
    }


def attached(text: str, *, ends: bool = False) -> subprocess.Popen[bytes]:
    """A prompt on the playing engine, with something typed into it."""
    prompt = subprocess.Popen(
        [sys.executable, "-m", "deepsteps_live.repl.command_line", "attach"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if ends else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert prompt.stdin is not None
    prompt.stdin.write((text + "\n\n").encode())
    prompt.stdin.flush()
    return prompt


def print_aside(text: str) -> None:
    """A line that is not part of the document."""
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
