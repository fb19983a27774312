"""The output to a running scsynth: bundles stamped with the time they are due, the mixer, recording."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.music import Event, LiveSet, Strip
from deepsteps_live.outputs.mixer import FADED, MASTER_GROUP, OUTPUTS, RECORDERS, Mixer
from deepsteps_live.outputs.osc import ADD_TO_TAIL, message
from deepsteps_live.outputs.scsynth import Scsynth

RECORDER = 120
BUFFER = 0
BUFFER_FRAMES = 131_072  # 2.7 s: a disk may be that slow
FLUSH = 0.15  # seconds for the last half buffer to be on its way to the disk
TOGETHER = 1e-6  # seconds within which events are one bundle


class ScsynthOutput:
    """Plays events through one scsynth. `wall_time` turns seconds of the clock into wall-clock seconds."""

    def __init__(
        self,
        *,
        wall_time: Callable[[float], float],
        died: Callable[[], None],
        notice: Callable[[str], None],
        late: Callable[[float], None] = lambda seconds: None,
        server: str | None = None,
    ) -> None:
        self._wall_time = wall_time
        self._take: tuple[Path, Path] | None = None
        self._take_began = 0.0
        self._mixer = Mixer()
        self._sending = threading.Lock()  # prepare() and play() share the mixer's book
        self._scsynth = Scsynth(died=died, notice=notice, server=server)
        self._scsynth.on_late = late
        self._scsynth.send(self._mixer.begin())
        self._scsynth.sync()

    def ready(self, timeout: float) -> bool:
        """It is: it was booted when it was made."""
        return True

    def prepare(self, live_set: LiveSet) -> None:
        """Have scsynth know every SynthDef and strip that the set needs; returns when it does."""
        definitions = self._mixer.definitions(live_set)
        with self._sending:
            now, later = self._mixer.channels(live_set)
        if definitions or now:
            self._scsynth.send([*definitions, *now])
        if later:
            self._scsynth.send(later, self._wall_time(time.monotonic() + FADED))
        if definitions:
            self._scsynth.sync()

    def play(self, events: Sequence[tuple[Event, float]]) -> None:
        """Send events ahead, stamped with when they are due in seconds of the clock."""
        with self._sending:
            messages: list[bytes] = []
            stamp = None
            for event, due in self._mixer.in_order(events):
                if stamp is not None and due - stamp > TOGETHER:
                    self._scsynth.send(messages, self._wall_time(stamp))
                    messages, stamp = [], None
                messages += self._mixer.hit(event, due)
                stamp = due if stamp is None else stamp
            if stamp is not None:
                self._scsynth.send(messages, self._wall_time(stamp))

    def mix(self, strips: Sequence[Strip], level: float) -> None:
        """Bring the mixer to where it is wanted; only what changed is sent."""
        with self._sending:
            if messages := self._mixer.strips(strips, level):
                self._scsynth.send(messages)

    def silence(self) -> None:
        """Drop what is scheduled, fade what sounds."""
        with self._sending:
            self._scsynth.send([message("/clearSched"), *self._mixer.silence()])

    def status(self) -> dict[str, Any]:
        """cpu, peak_cpu (percent), synths, late_bundles, worst_late_bundle (s), unprepared, recording (s or None)."""
        return {
            **self._scsynth.load,
            "late_bundles": self._scsynth.late,
            "worst_late_bundle": self._scsynth.worst_late,
            "unprepared": self._mixer.unprepared,
            "recording": None if self._take is None else max(0.0, time.monotonic() - self._take_began),
        }

    def record(self, path: Path, due: float | None = None) -> None:
        """Record what is heard to a float WAV, from now or from `due` on; the file is there whole when it has ended."""
        if self._take is not None:
            raise BadInput(f"{self._take[0].name} is being recorded; rec() ends it")
        part = path.with_name(f".{path.stem}.part{os.getpid()}.wav")
        _check_writable(part)
        scsynth = self._scsynth
        scsynth.ask(message("/b_alloc", BUFFER, BUFFER_FRAMES, OUTPUTS), "/done", "/b_alloc", BUFFER)
        scsynth.ask(message("/b_write", BUFFER, str(part), "wav", "float", 0, 0, 1), "/done", "/b_write", BUFFER)
        start = message(
            "/s_new", f"ds-recorder-{OUTPUTS}", RECORDER, ADD_TO_TAIL, RECORDERS, "in_", 0.0, "buffer", float(BUFFER)
        )
        self._take, self._take_began = (path, part), time.monotonic() if due is None else due
        scsynth.send([start], None if due is None else self._wall_time(due))

    def stop_recording(self, due: float | None = None) -> float:
        """End the recording, now or at `due`; its length in seconds. Returns when the file is whole in its place."""
        if self._take is None:
            raise BadInput('nothing is being recorded; rec("take.wav") begins')
        path, part = self._take
        ends = time.monotonic() if due is None else due
        self._scsynth.send([message("/n_free", RECORDER)], None if due is None else self._wall_time(due))
        time.sleep(max(0.0, ends - time.monotonic()) + FLUSH)
        self._take = None
        self._scsynth.ask(message("/b_close", BUFFER), "/done", "/b_close", BUFFER)
        self._scsynth.ask(message("/b_free", BUFFER), "/done", "/b_free", BUFFER)
        part.replace(path)
        return ends - self._take_began

    def close(self) -> None:
        """End the recording if one runs, fade, and end scsynth."""
        if self._take is not None:
            with contextlib.suppress(Fault, OSError):
                self.stop_recording()
        with self._sending:
            self._scsynth.send([message("/clearSched"), *self._mixer.silence()])
        self._scsynth.send([message("/n_set", MASTER_GROUP, "level", 0.0)])
        time.sleep(FADED)
        self._scsynth.close()


def _check_writable(part: Path) -> None:
    try:
        part.touch()
    except OSError as error:
        raise BadInput(f"{part.parent} cannot be written: {error.strerror}") from None
