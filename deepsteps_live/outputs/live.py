"""The output to a running scsynth: bundles stamped with the time they are due, the mixer, recording."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.music import Event, LiveSet, Mix
from deepsteps_live.outputs.mixer import FADED, MASTER_GROUP, OUTPUTS, RECORDERS, Mixer, definitions
from deepsteps_live.outputs.osc import ADD_TO_TAIL, Datagram, message
from deepsteps_live.outputs.scsynth import Scsynth
from deepsteps_live.outputs.takes import beside, check_writable

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
        self._leaving: list[Datagram] = []
        self._sending = threading.Lock()  # prepare() and play() share the mixer's book
        self._scsynth = Scsynth(died=died, notice=notice, server=server)
        self._scsynth.on_late = late
        try:
            self._scsynth.send([*self._mixer.end(), *self._mixer.first()])  # what a crash left in a shared one goes
            self._scsynth.sync()
        except BaseException:
            self._scsynth.close()
            raise
        self._scsynth.send(self._mixer.begin())

    def _stamp(self, seconds: float) -> float:
        """The time to tell scsynth, so that it does something at `seconds` of the clock."""
        return self._wall_time(seconds) - self._scsynth.drift.error(seconds)

    def ready(self, timeout: float) -> bool:
        """It is: it was booted when it was made."""
        return True

    def prepare(self, live_set: LiveSet) -> None:
        """Have scsynth know every SynthDef and strip that the set needs; returns when it does."""
        if missing := self._mixer.missing(live_set):
            self._scsynth.send(definitions(missing))
            self._scsynth.sync()
        with self._sending:
            self._mixer.know(missing)
            now, later = self._mixer.channels(live_set)
            self._scsynth.send(now)
            self._leaving += later
            self._free(later)

    def play(self, events: Sequence[tuple[Event, float]]) -> None:
        """Send events ahead, stamped with when they are due in seconds of the clock."""
        with self._sending:
            messages: list[bytes] = []
            stamp = None
            for event, due in self._mixer.in_order(events):
                if stamp is not None and due - stamp > TOGETHER:
                    self._scsynth.send(messages, self._stamp(stamp))
                    messages, stamp = [], None
                messages += self._mixer.hit(event, due)
                stamp = due if stamp is None else stamp
            if stamp is not None:
                self._scsynth.send(messages, self._stamp(stamp))

    def mix(self, mix: Mix) -> None:
        """Bring the mixer to where it is wanted; only what changed is sent."""
        with self._sending:
            if messages := self._mixer.mix(mix):
                self._scsynth.send(messages)

    def silence(self) -> None:
        """Drop what is scheduled, fade what sounds."""
        with self._sending:
            self._scsynth.send([message("/clearSched"), *self._mixer.silence()])
            self._free(self._leaving)  # what was to be freed was scheduled too
            self._leaving = []

    def status(self) -> dict[str, Any]:
        """cpu, peak_cpu (percent), synths, meters (linear peaks by track), late_bundles,
        worst_late_bundle (s), unprepared (events), recording (s or None).
        """
        return {
            **self._scsynth.load,
            "meters": {name: round(self._scsynth.peaks.get(node, 0.0), 4) for name, node in self._mixer.meters()},
            "late_bundles": self._scsynth.late,
            "worst_late_bundle": self._scsynth.worst_late,
            "unprepared": self._mixer.unprepared,
            "recording": None if self._take is None else max(0.0, time.monotonic() - self._take_began),
        }

    def record(self, path: Path, due: float | None = None) -> None:
        """Record what is heard to a float WAV, from now or from `due` on; the file is there whole when it has ended."""
        if self._take is not None:
            raise BadInput(f"{self._take[0].name} is being recorded; rec() ends it")
        check_writable(path)
        part = beside(path)
        scsynth = self._scsynth
        scsynth.ask(message("/b_alloc", BUFFER, BUFFER_FRAMES, OUTPUTS), "/done", "/b_alloc", BUFFER)
        scsynth.ask(message("/b_write", BUFFER, str(part), "wav", "float", 0, 0, 1), "/done", "/b_write", BUFFER)
        start = message(
            "/s_new", f"ds-recorder-{OUTPUTS}", RECORDER, ADD_TO_TAIL, RECORDERS, "in_", 0.0, "buffer", float(BUFFER)
        )
        self._take, self._take_began = (path, part), time.monotonic() if due is None else due
        scsynth.send([start], None if due is None else self._stamp(due))

    def stop_recording(self, due: float | None = None) -> float:
        """End the recording, now or at `due`; its length in seconds. Returns when the file is whole in its place."""
        if self._take is None:
            raise BadInput('nothing is being recorded; rec("take.wav") begins')
        path, part = self._take
        ends = time.monotonic() if due is None else due
        self._scsynth.send([message("/n_free", RECORDER)], None if due is None else self._stamp(due))
        time.sleep(max(0.0, ends - time.monotonic()) + FLUSH)
        self._take = None
        self._scsynth.ask(message("/b_close", BUFFER), "/done", "/b_close", BUFFER)
        self._scsynth.ask(message("/b_free", BUFFER), "/done", "/b_free", BUFFER)
        part.replace(path)
        return ends - self._take_began

    def _free(self, later: list[Datagram]) -> None:
        if later:
            self._scsynth.send(later, self._stamp(time.monotonic() + FADED))

    def close(self) -> None:
        """End the recording if one runs, fade, and end scsynth."""
        if self._take is not None:
            with contextlib.suppress(Fault, OSError):
                self.stop_recording()
        with self._sending:
            self._scsynth.send([message("/clearSched"), *self._mixer.silence()])
        self._scsynth.send([message("/n_set", MASTER_GROUP, "level", 0.0)])
        time.sleep(FADED)
        self._scsynth.send(self._mixer.end())
        self._scsynth.close()
