"""Whether drawing disturbs the music: `python -m benchmarks.answers [--bars 32]` draws 100 answers a second meanwhile.

Sixteenths are played and recorded twice on an engine of their own: at rest, and while the prompt's process draws an
answer every hundredth of a second and sends it to the engine. The error of every onset is printed for both, and how
long a draw took (its own thread's clock, and the wall's).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time

import numpy as np

from deepsteps_live.music import Pattern, Track, pattern
from deepsteps_live.session.answering import shipped
from deepsteps_live.session.grid import grid_errors, spread
from deepsteps_live.session.measure import TEMPO, click_set, heard
from deepsteps_live.session.models import Models
from deepsteps_live.session.session import Session
from deepsteps_live.session.stage import Stage

EVERY = 0.01  # seconds
BURST = 2000  # draws at first, one right after the other: caches are warm then


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers", description=__doc__)
    parser.add_argument("--bars", type=int, default=32)
    options = parser.parse_args()
    stage = Stage(own=f"answers-{os.getpid()}")
    try:
        live_set = click_set()
        drum = Track("snare", pattern("----x-------x---"), sound=live_set.tracks[0].sound, level=-100.0)
        session = Session(live_set.but(tracks=(*live_set.tracks, drum)), Models(), tell=print)
        stage.join(session)
        found = {"at rest": _errors(stage, session, options.bars)}
        drawing = _Drawing(session)
        found["drawing"] = {**_errors(stage, session, options.bars), **drawing.figures()}
    finally:
        stage.leave()
    print(json.dumps(found, indent=2))
    return 0


def _errors(stage: Stage, session: Session, bars: int) -> dict[str, object]:
    times, state = heard(stage, session, bars)
    errors, gaps = grid_errors(times, 60 / TEMPO / 4)
    return {"onsets": len(times), "gaps": gaps, "error_ms": spread(errors), "late_bundles": state["late_bundles"]}


class _Drawing:
    """Answers to a kick, one after the other, each put on the snare."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._own: list[float] = []
        self._wall: list[float] = []
        self._burst: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._draw, daemon=True)
        self._thread.start()

    def figures(self) -> dict[str, object]:
        """How many were drawn, and milliseconds of one."""
        self._ended.set()
        self._thread.join()
        paced = {"own_ms": _quantiles(self._own), "wall_ms": _quantiles(self._wall)}
        return {"draws": len(self._own), **paced, "back_to_back_wall_ms": _quantiles(self._burst)}

    def _draw(self) -> None:
        kick = pattern("x---x---x--xx---")
        for seed in range(BURST):
            wall = time.perf_counter()
            shipped().like("snare", {"kick": kick}, seed=seed)
            self._burst.append(time.perf_counter() - wall)
        while not self._ended.wait(EVERY):
            wall, own = time.perf_counter(), time.thread_time()
            drawn = shipped().like("snare", {"kick": kick}, seed=len(self._own))
            self._own.append(time.thread_time() - own)
            self._wall.append(time.perf_counter() - wall)
            self._put(drawn)

    def _put(self, drawn: Pattern) -> None:
        self._session.edit(lambda live_set: live_set.but_track("snare", pattern=drawn))


def _quantiles(seconds: list[float]) -> dict[str, float]:
    middle, late = np.percentile(np.array(seconds) * 1000, (50, 99))
    return {"p50": round(float(middle), 3), "p99": round(float(late), 3)}


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(main())
