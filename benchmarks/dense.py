"""32nds at 300 bpm on eight tracks, live: `python -m benchmarks.dense [--seconds N] [--kit KIT]`.

Through the real engine, on whatever JACK there is (a named server of its own where none runs): counts JACK's xruns,
late bundles, dropped and unprepared events, and reads voices and scsynth's load ten times a second. One JSON document.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.typed import print_aside
from deepsteps_live import places, sound
from deepsteps_live.music import LiveSet, Pattern, Track
from deepsteps_live.session.models import Models
from deepsteps_live.session.session import Session
from deepsteps_live.session.sounds import kit_file
from deepsteps_live.session.stage import Stage

TEMPO, RATE = 300.0, 8.0  # bpm, steps a beat
FULL = Pattern((True,) * 16)


def main() -> int:
    """Play, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dense", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120, help="how long (120)")
    parser.add_argument("--kit", default="default", help="a shipped kit's name or a .mtpreset file (default)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ds-") as folder:
        os.environ["DEEPSTEPS_RUNTIME"] = folder
        print(json.dumps(measured(kit_file(options.kit), options.seconds), indent=2))
    return 0


def dense_set(kit: Path) -> LiveSet:
    """A hit on every 32nd of eight tracks."""
    patches = [patch for patch in sound.read_kit(kit).patches if patch is not None]
    tracks = (Track(f"drum{place}", FULL, rate=RATE, sound=patch) for place, patch in enumerate(patches, start=1))
    return LiveSet(tuple(tracks), tempo=TEMPO, focus="drum1")


def measured(kit: Path, seconds: float) -> dict[str, Any]:
    """The figures of one run."""
    stage = Stage()
    stage.tell = print_aside
    session = Session(dense_set(kit), Models(), tell=print_aside)
    stage.join(session)
    while not session.ask("state").get("sound"):
        time.sleep(0.05)
    log = places.log_folder() / "jack.log"
    before = _xruns(log)
    time.sleep(0.5)  # scsynth has said how it fares
    resting = session.ask("state")["synths"]
    session.ask("play")
    time.sleep(2.0)
    states = []
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        states.append(session.ask("state"))
        time.sleep(0.1)
    session.ask("stop")
    time.sleep(1.0)
    after = session.ask("state")
    stage.leave()
    return {
        "kit": kit.stem,
        "seconds": seconds,
        "hits": round(seconds * TEMPO / 60 * RATE * len(session.live_set.tracks)),
        "xruns": _xruns(log) - before,
        "late_bundles": after["late_bundles"],
        "dropped": after["dropped"],
        "unprepared": after["unprepared"],
        "voices": {"most": max(state["synths"] for state in states) - resting, "left": after["synths"] - resting},
        "cpu_percent": {
            "mean": round(float(np.mean([state["cpu"] for state in states])), 2),
            "peak": round(max(state["peak_cpu"] for state in states), 2),
        },
    }


def _xruns(log: Path) -> int:
    return log.read_text(errors="replace").count("JackEngine::XRun") if log.exists() else 0


if __name__ == "__main__":
    sys.exit(main())
