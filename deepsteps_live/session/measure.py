"""`deepsteps timing`: play straight sixteenths, record them, and say how far every onset was from where it was due."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from deepsteps_live import sound
from deepsteps_live.errors import Fault
from deepsteps_live.music import LiveSet, Patch, Pattern, Track
from deepsteps_live.session.session import Session
from deepsteps_live.session.stage import Stage

STEPS_A_BAR = 16
TEMPO = 120.0
LOUD = 0.25  # of the loudest sample: an onset
QUIET_FOR = 0.03  # seconds below that before another onset can begin

Floats = NDArray[np.float64]


def click() -> Patch:
    """A tone of 10 ms that begins at full height, so that its first sample is seen."""
    patch = sound.fresh("drum", "click")
    for name, value in (("mix", 100.0), ("osc_freq", 2000.0), ("osc_decay", 10.0), ("osc_velocity", 0.0)):
        patch = sound.turn(patch, name, value)
    return patch


def click_set() -> LiveSet:
    """One track of straight sixteenths at 120 bpm."""
    return LiveSet((Track("click", Pattern((True,) * 16), sound=click()),), tempo=TEMPO, focus="click")


def onsets(samples: Floats, rate: float) -> Floats:
    """Seconds at which clicks begin in mono samples that are otherwise silent."""
    loud = np.flatnonzero(np.abs(samples) > LOUD * np.max(np.abs(samples), initial=1e-9))
    if len(loud) == 0:
        return np.zeros(0)
    first = np.diff(loud, prepend=-rate) > QUIET_FOR * rate
    return np.asarray(loud[first] / rate, dtype=np.float64)


def grid_errors(times: Floats, step: float) -> tuple[Floats, int]:
    """Each onset's distance in seconds from the grid fitted through all of them, and how many steps have none."""
    steps = np.round((times - times[0]) / step)
    slope, start = np.polyfit(steps, times, 1) if len(times) > 1 else (step, times[0])
    return times - (slope * steps + start), int(steps[-1]) + 1 - len(times)


def measure(stage: Stage, session: Session, bars: int) -> dict[str, Any]:
    """Play, record and read so many bars; the session's engine must not be playing."""
    sleeper = _Sleeper(bars * STEPS_A_BAR, 60 / TEMPO / 4)
    found, state = heard(stage, session, bars)
    errors, gaps = grid_errors(found, 60 / TEMPO / 4)
    return {
        "bars": bars,
        "onsets": len(found),
        "missing": gaps + max(0, bars * STEPS_A_BAR - len(found) - gaps),
        "error_ms": spread(errors),
        "late_bundles": state["late_bundles"],
        "dropped": state["dropped"],
        "lookahead_ms": round(state["lookahead"] * 1000, 1),
        "empty_thread_ms": spread(sleeper.errors()),
    }


def heard(stage: Stage, session: Session, bars: int) -> tuple[Floats, dict[str, Any]]:
    """Seconds of every onset in a recording of so many bars, and the engine's state at its end."""
    with tempfile.TemporaryDirectory() as folder:
        take = Path(folder) / "timing.wav"
        session.ask("play", record=str(take), until=bars * 4)
        _until(stage, bars * 4 + 1)
        state = session.ask("state")
        session.ask("stop_recording")
        session.ask("stop")
        samples, rate = soundfile.read(take, always_2d=True)
    found = onsets(samples.sum(axis=1), rate)
    if len(found) == 0:
        raise Fault("nothing was heard; `deepsteps doctor` says what is missing")
    return found, state


class _Sleeper:
    """An empty thread that sleeps to the same deadlines: what the machine itself does to time."""

    def __init__(self, count: int, period: float) -> None:
        self._errors: list[float] = []
        self._thread = threading.Thread(target=self._sleep, args=(count, period), daemon=True)
        self._thread.start()

    def errors(self) -> Floats:
        """Seconds that it woke after each deadline."""
        self._thread.join()
        return np.asarray(self._errors)

    def _sleep(self, count: int, period: float) -> None:
        began = time.monotonic()
        for number in range(1, count + 1):
            deadline = began + number * period
            time.sleep(max(0.0, deadline - time.monotonic()))
            self._errors.append(time.monotonic() - deadline)


def _until(stage: Stage, beat: float) -> None:
    while stage.engine.state.get("beat", 0.0) < beat or not stage.engine.state.get("playing"):
        if not stage.engine.connected:
            raise Fault("the engine died while it was measured")
        time.sleep(0.05)


def spread(errors: Floats) -> dict[str, float]:
    """p50, p99, max of the size of errors, and their standard deviation, in ms."""
    sizes = np.abs(errors) * 1000
    return {
        "p50": round(float(np.percentile(sizes, 50)), 4),
        "p99": round(float(np.percentile(sizes, 99)), 4),
        "max": round(float(np.max(sizes)), 4),
        "sd": round(float(np.std(errors) * 1000), 4),
    }
