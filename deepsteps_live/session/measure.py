"""`deepsteps timing`: play straight sixteenths, record them, and say how far every onset was from where it was due."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from deepsteps_live import places, sound
from deepsteps_live.errors import Fault
from deepsteps_live.music import LiveSet, Patch, Pattern, Track, lfo
from deepsteps_live.session.dataset import Dataset, Row
from deepsteps_live.session.grid import grid_errors, spread
from deepsteps_live.session.measured_midi import PORT, Receiver, figures
from deepsteps_live.session.modelling import packed_rows, put_model
from deepsteps_live.session.session import Session
from deepsteps_live.session.stage import Stage
from deepsteps_live.session.training import Trainer

STEPS_A_BAR = 16
TEMPO = 120.0
LOUD = 0.25  # of the loudest sample: an onset
QUIET_FOR = 0.03  # seconds below that before another onset can begin
OTHERS = 8  # tracks that play unheard while a training is measured
UP_WITHIN = 8.0  # seconds
PAUSE = 0.2  # seconds between two trainings

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


def crowded(live_set: LiveSet, model: str) -> LiveSet:
    """The same with eight tracks more that nobody hears: sixteenths, and every other of them decoded at every step.

    Where MIDI is measured they go there too, on channels of their own.
    """
    gear = live_set.track("click").midi
    tracks = [
        Track(
            f"other{place}",
            Pattern((True,) * 16),
            sound=click(),
            level=-100.0,
            midi=tuple(replace(out, channel=place + 2) for out in gear),
        )
        for place in range(OTHERS)
    ]
    moving = tuple(lfo(beats, -1, 1) for beats in (3, 5, 7, 11))
    driven = [replace(track, latents=moving, model=model, tolerance=0.0) for track in tracks[::2]]
    return live_set.but(tracks=(*live_set.tracks, *tracks[1::2], *driven))


def onsets(samples: Floats, rate: float) -> Floats:
    """Seconds at which clicks begin in mono samples that are otherwise silent."""
    loud = np.flatnonzero(np.abs(samples) > LOUD * np.max(np.abs(samples), initial=1e-9))
    if len(loud) == 0:
        return np.zeros(0)
    first = np.diff(loud, prepend=-rate) > QUIET_FOR * rate
    return np.asarray(loud[first] / rate, dtype=np.float64)


def measure(stage: Stage, session: Session, bars: int, *, train: bool = False) -> dict[str, Any]:
    """Play, record and read so many bars; the session's engine must not be playing.

    `train` plays nine tracks and trains on 256 rows meanwhile, one model after the other, each of which comes in.
    """
    _until_sound(stage)
    receiver = Receiver(session.ask("state")["midi"]["jack"])
    if receiver.system:
        session.edit(lambda live_set: live_set.but_track("click", midi=(receiver.out,), gate=20.0))
        receiver.wait(session)
    trainings = _Trainings(session) if train else None
    session.ask("sent", port=PORT)
    xruns = _xruns()
    sleeper = _Sleeper(bars * STEPS_A_BAR, 60 / TEMPO / 4)
    found, state = heard(stage, session, bars)
    sent = session.ask("sent", port=PORT)
    session.edit(lambda live_set: live_set.but(tracks=[replace(track, midi=()) for track in live_set]))
    receiver.close()
    errors, gaps = grid_errors(found, 60 / TEMPO / 4)
    seconds = {} if trainings is None else {"train_s": trainings.seconds()}
    return {
        "bars": bars,
        "onsets": len(found),
        "missing": gaps + max(0, bars * STEPS_A_BAR - len(found) - gaps),
        "error_ms": spread(errors),
        "xruns": _xruns() - xruns,
        "late_bundles": state["late_bundles"],
        "dropped": state["dropped"],
        "lookahead_ms": round(state["lookahead"] * 1000, 1),
        "empty_thread_ms": spread(sleeper.errors()),
        "midi": figures(receiver, sent, found, 60 / TEMPO / 4),
        **seconds,
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
        _until_stopped(stage)
        samples, rate = soundfile.read(take, always_2d=True)
    found = onsets(samples.sum(axis=1), rate)
    if len(found) == 0:
        raise Fault("nothing was heard; `deepsteps doctor` says what is missing")
    return found, state


def _xruns() -> int:
    """Blocks that the JACK which we started could not fill in time, so far; each moves what is recorded after it."""
    with contextlib.suppress(OSError):
        said = (places.log_folder() / "jack.log").read_text(errors="replace")
        return said.count("Process error") + said.count("Process XRun")
    return 0


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


class _Trainings:
    """Trainings at default settings, one after the other, each new model taken into the set that plays."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._playing = session.models.default
        session.edit(lambda live_set: crowded(live_set, self._playing))
        self._trainer = Trainer()
        self._trainer.warm_up()
        self._spent: list[float] = []
        self._failed = ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._train, daemon=True)
        self._thread.start()

    def seconds(self) -> dict[str, float]:
        """Seconds from the order to the engine's having the new model: how many, the middle one, the longest."""
        self._ended.set()
        self._thread.join()
        self._trainer.close()
        if self._failed or not self._spent:
            raise Fault(self._failed or "no training ended; let it play more bars")
        return {
            "count": len(self._spent),
            "p50": round(float(np.percentile(self._spent, 50)), 3),
            "max": round(max(self._spent), 3),
        }

    def _train(self) -> None:
        rows = packed_rows(some_rows())
        while not self._ended.wait(PAUSE) and not self._failed:
            began = time.monotonic()
            self._trainer.train({"seed": len(self._spent)}, rows, done=self._done, failed=self._fail)
            self._trainer.wait()
            self._spent.append(time.monotonic() - began)

    def _done(self, content: bytes) -> None:
        found = self._session.models.take(content)
        put_model(self._session, (self._playing,), found.hash)
        self._playing = found.hash

    def _fail(self, why: str) -> None:
        self._failed = why


def some_rows(count: int = 256) -> Dataset:
    """Bars of hits with the odds of a beat, a quaver and a semiquaver; the same ones every time."""
    rng = np.random.default_rng(1)
    odds = np.array([0.9, 0.2, 0.5, 0.2] * 4)
    rows = []
    for place in range(count):
        hits = rng.random(16) < odds
        hits[0] |= not hits.any()
        offsets, velocities = rng.normal(0, 0.1, 16).clip(-0.5, 0.5), rng.uniform(0.3, 1, 16)
        rows.append(Row(Pattern(tuple(hits.tolist()), tuple(velocities.tolist()), tuple(offsets.tolist())), f"{place}"))
    return Dataset(tuple(rows))


def _until_sound(stage: Stage) -> None:
    """Wait for the sound server, which MIDI may need, but not for ever: where there is none, playing says so."""
    deadline = time.monotonic() + UP_WITHIN
    while not stage.engine.state.get("sound") and time.monotonic() < deadline:
        time.sleep(0.02)


def _until_stopped(stage: Stage) -> None:
    while stage.engine.connected and stage.engine.state.get("playing"):
        time.sleep(0.02)


def _until(stage: Stage, beat: float) -> None:
    while stage.engine.state.get("beat", 0.0) < beat or not stage.engine.state.get("playing"):
        if not stage.engine.connected:
            raise Fault("the engine died while it was measured")
        time.sleep(0.05)
