"""The output to a running scsynth: bundles stamped with the time they are due, the mixer, recording."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deepsteps_live import sound
from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.music import Event, LiveSet, Mix
from deepsteps_live.outputs.audio import AudioSystem
from deepsteps_live.outputs.mixer import FADED, MASTER_GROUP, MIX_BUS, OUTPUTS, RECORDERS, Mixer, definitions
from deepsteps_live.outputs.osc import ADD_TO_TAIL, Datagram, message
from deepsteps_live.outputs.scsynth import Scsynth
from deepsteps_live.outputs.takes import apart as files_apart
from deepsteps_live.outputs.takes import beside, check_writable

RECORDER = 120  # and 121; their buffers are 0 and 1
BUFFER_FRAMES = 131_072  # 2.7 s: a disk may be that slow
FLUSH = 0.15  # seconds for the last half buffer to be on its way to the disk
TOGETHER = 1e-6  # seconds within which events are one bundle


@dataclass(frozen=True, slots=True)
class _Reel:
    """One file of a take: where it is to be, the recorder that writes it, its buffer, the first bus that it hears."""

    path: Path
    recorder: int
    buffer: int
    bus: int

    @property
    def part(self) -> Path:
        """Where it lies until it is whole."""
        return beside(self.path)


class ScsynthOutput:
    """Plays events through one scsynth. `wall_time` turns seconds of the clock into wall-clock seconds."""

    def __init__(
        self,
        *,
        wall_time: Callable[[float], float],
        audio: AudioSystem,
        died: Callable[[], None],
        notice: Callable[[str], None],
        late: Callable[[float], None] = lambda seconds: None,
        server: str | None = None,
        opened: Callable[[Mapping[str, str]], None] = lambda variables: None,
    ) -> None:
        self._wall_time = wall_time
        self._take: list[_Reel] = []
        self._take_began = 0.0
        self._mixer = Mixer()
        self._leaving: list[Datagram] = []
        self._held: dict[tuple[str, int | None], int] = {}  # nodes of notes that are held, by track and pitch
        self._sending = threading.Lock()  # prepare() and play() share the mixer's book
        self._scsynth = Scsynth(audio=audio, died=died, notice=notice, server=server, opened=opened)
        self._scsynth.on_late = late
        try:
            self._scsynth.send(self._mixer.end())  # what a crash left in a shared one goes
            self._scsynth.load_all(self._mixer.first())
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
            self._scsynth.load_all(definitions(missing))
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

    def hold(self, event: Event) -> None:
        """Begin a note at once, without lookahead; `release` ends it."""
        with self._sending:
            messages = self._mixer.hit(event, time.monotonic())
            if messages:
                self._held[event.track, event.pitch] = self._mixer.newest
                self._scsynth.send(messages)

    def release(self, event: Event) -> None:
        """End a note that is held; a drum rings out by itself."""
        with self._sending:
            node = self._held.pop((event.track, event.pitch), None)
            if node is not None and event.sound is not None and event.sound.synth in sound.MELODIC:
                self._scsynth.send([message("/n_set", node, "hold", 0.0)])

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
            "recording": max(0.0, time.monotonic() - self._take_began) if self._take else None,
        }

    def record(self, path: Path, due: float | None = None, *, apart: bool = False) -> None:
        """Record what is heard to a float WAV, from now or from `due` on; the file is there whole when it has ended.

        `apart` records outputs A and B before the master, sample for sample side by side, to two files.
        """
        if self._take:
            raise BadInput(f"{self._take[0].path.name} is being recorded; rec() ends it")
        found = zip(files_apart(path), (MIX_BUS, MIX_BUS + 2), strict=True) if apart else [(path, 0)]
        reels = [_Reel(file, RECORDER + number, number, bus) for number, (file, bus) in enumerate(found)]
        for reel in reels:
            check_writable(reel.path)
        for reel in reels:
            self._thread(reel)
        self._take, self._take_began = reels, time.monotonic() if due is None else due
        self._scsynth.send([_start(reel) for reel in reels], None if due is None else self._stamp(due))

    def stop_recording(self, due: float | None = None) -> float:
        """End the recording, now or at `due`; its length in seconds. Returns when every file is whole in its place."""
        if not self._take:
            raise BadInput('nothing is being recorded; rec("take.wav") begins')
        reels, self._take = self._take, []
        ends = time.monotonic() if due is None else due
        recorders = [message("/n_free", reel.recorder) for reel in reels]
        self._scsynth.send(recorders, None if due is None else self._stamp(due))
        time.sleep(max(0.0, ends - time.monotonic()) + FLUSH)
        for reel in reels:
            self._scsynth.ask(message("/b_close", reel.buffer), "/done", "/b_close", reel.buffer)
            self._scsynth.ask(message("/b_free", reel.buffer), "/done", "/b_free", reel.buffer)
            reel.part.replace(reel.path)
        return ends - self._take_began

    def _thread(self, reel: _Reel) -> None:
        """Have the file open for its recorder."""
        buffer, ask = reel.buffer, self._scsynth.ask
        ask(message("/b_alloc", buffer, BUFFER_FRAMES, OUTPUTS), "/done", "/b_alloc", buffer)
        ask(message("/b_write", buffer, str(reel.part), "wav", "float", 0, 0, 1), "/done", "/b_write", buffer)

    def _free(self, later: list[Datagram]) -> None:
        if later:
            self._scsynth.send(later, self._stamp(time.monotonic() + FADED))

    def close(self) -> None:
        """End the recording if one runs, fade, and end scsynth."""
        if self._take:
            with contextlib.suppress(Fault, OSError):
                self.stop_recording()
        with self._sending:
            self._scsynth.send([message("/clearSched"), *self._mixer.silence()])
        self._scsynth.send([message("/n_set", MASTER_GROUP, "level", 0.0)])
        time.sleep(FADED)
        self._scsynth.send(self._mixer.end())
        self._scsynth.close()


def _start(reel: _Reel) -> Datagram:
    start = ("/s_new", f"ds-recorder-{OUTPUTS}", reel.recorder, ADD_TO_TAIL, RECORDERS)
    return message(*start, "in_", float(reel.bus), "buffer", float(reel.buffer))
