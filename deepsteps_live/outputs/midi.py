"""MIDI as an output: which ports are open, what goes to each, what comes in. Each port is a process of its own."""

from __future__ import annotations

import contextlib
import select
import socket
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deepsteps_live.gear.line import Line, spawn
from deepsteps_live.gear.names import VIRTUAL, Port, is_ours, matching
from deepsteps_live.music import Control, Event, LiveSet, Mix, general_midi

END_WITHIN = 1.0  # seconds for a port's process to end what sounds
ASK_WITHIN = 2.0
TRY_EVERY = 0.5  # seconds between tries to open a port that is there
AGAIN_AFTER = 0.2  # seconds before a process that died is started again
REMEMBERED = 2000  # notes; those of a port whose process was killed are ended by the next one

Ending = tuple[float, int, int]  # when a note ends, its channel and its number
Heard = Callable[[str, float, Sequence[int]], None]  # (port, seconds of the clock, message)


@dataclass(eq=False)
class _Process:
    """A port's process, and what is known of it."""

    words: tuple[str, ...]
    process: subprocess.Popen[bytes]
    line: Line
    connected: Port | None = None
    open: bool = False
    notes: deque[Ending] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    owed: list[tuple[int, int]] = field(default_factory=list)  # notes that a killed one before it left sounding
    figures: list[float] | None = None


class Midi:
    """Every MIDI port of the engine.

    notify  told in one line when a port goes or comes back
    heard   given every message that comes in, with its time; called in a thread of its own
    begun   called with the name of an output that has just opened: gear that knows nothing yet
    """

    def __init__(
        self,
        *,
        notify: Callable[[str], None],
        heard: Heard,
        begun: Callable[[str], None] = lambda name: None,
        offsets: Mapping[str, float] | None = None,
    ) -> None:
        self._notify, self._heard, self._begun = notify, heard, begun
        self._offsets = dict(offsets or {})  # seconds, by the name of an output as it was typed
        self._variables: dict[str, str] = {}
        self._outs: dict[str, _Process] = {}
        self._ins: dict[Port, _Process] = {}
        self._wanted: set[str] = set()
        self._there: tuple[list[Port], list[Port]] = ([], [])
        self._muted: tuple[str, ...] = ()
        self._looks: _Process | None = None
        self._guard = threading.RLock()
        self._closed = False
        self._tried_at = 0.0
        self._wakes, self._wake = socket.socketpair()
        self._wakes.setblocking(False)
        self._wake.setblocking(False)
        threading.Thread(target=self._listen, name="midi", daemon=True).start()

    # Any thread.

    def use(self, variables: Mapping[str, str]) -> None:
        """Look for ports where these environment variables say: which JACK server is ours. Ports elsewhere close."""
        with self._guard:
            if self._closed or (self._looks is not None and dict(variables) == self._variables):
                return
            self._variables = dict(variables)
            for process in [*self._outs.values(), *self._ins.values(), *([self._looks] if self._looks else [])]:
                _end(process)
            self._outs.clear()
            self._ins.clear()
            self._looks = self._spawn("look")
            self._ins[("", OWN_INPUT)] = self._spawn("in", "", OWN_INPUT)
            for name in self._wanted:
                self._open(name)

    def begin(self) -> None:
        """Look for ports where our own environment says, if nobody has said better."""
        if self._looks is None:
            self.use({})

    def prepare(self, live_set: LiveSet) -> None:
        """Have the ports open that a set plays to or gives its clock; others are quiet."""
        with self._guard:
            wanted = {out.port for track in live_set for out in track.midi} | set(live_set.clock_out)
            for name in self._wanted - wanted:
                if (process := self._outs.get(name)) is not None:
                    process.line.say("quiet")  # it stays open: another process there could begin before it has ended
            self._wanted = wanted
            if self._looks is not None:
                for name in wanted - self._outs.keys():
                    self._open(name)

    def play(self, events: Iterable[tuple[Event, float]]) -> None:
        """Send notes ahead, each with the time it is due."""
        for event, due in events:
            for out in event.midi:
                if (process := self._outs.get(out.port)) is not None:
                    channel, note = out.channel - 1, _note(event, out.note)
                    process.notes.append((due + event.gate, channel, note))
                    process.line.say("note", due, due + event.gate, channel, note, _velocity(event), event.track)

    def hold(self, event: Event) -> None:
        """Begin a note now, until `release`."""
        for out in event.midi:
            if (process := self._outs.get(out.port)) is not None:
                channel, note = out.channel - 1, _note(event, out.note)
                process.notes.append((float("inf"), channel, note))
                process.line.say("hold", channel, note, _velocity(event), event.track)

    def release(self, event: Event) -> None:
        """End a note that is held."""
        for out in event.midi:
            if (process := self._outs.get(out.port)) is not None:
                process.line.say("release", out.channel - 1, _note(event, out.note))

    def control(self, controls: Iterable[tuple[Control, float | None]]) -> None:
        """Set gear, at a time or now (None); what it has been told already is not told again."""
        for control, due in controls:
            if (process := self._outs.get(control.out.port)) is not None:
                status, *data = control.message
                process.line.say("say", due, [status | control.out.channel - 1, *data])

    def say(self, names: Iterable[str], due: float | None, *messages: Sequence[int]) -> None:
        """Send messages to ports, at a time or now."""
        for name in names:
            if (process := self._outs.get(name)) is not None:
                process.line.say("say", due, *map(list, messages))

    def mix(self, mix: Mix) -> None:
        """Tracks that are not heard are not played on gear either, and what sounds of them ends."""
        muted = tuple(strip.track for strip in mix.strips if not strip.heard)
        if muted != self._muted:
            self._muted = muted
            for process in self._all_outs():
                process.line.say("mute", *muted)

    def silence(self) -> None:
        """What sounds ends, what waits is dropped."""
        for process in self._all_outs():
            process.line.say("quiet")

    def panic(self) -> None:
        """What sounds ends, and gear is told to forget everything."""
        for process in self._all_outs():
            process.line.say("panic")

    def offset(self, name: str, seconds: float) -> None:
        """From now on everything to this port so much later."""
        self._offsets[name] = seconds
        if (process := self._outs.get(name)) is not None:
            process.line.say("offset", seconds)

    def status(self) -> dict[str, Any]:
        """midi: outs (whether each wanted port is open), ports and sources (names of all outputs and inputs but ours),
        jack (the JACK server where they are, or None), offsets (ms, of ports that have one).
        """
        outs, ins = self._there
        return {
            "midi": {
                "outs": {name: process.open for name, process in list(self._outs.items()) if name in self._wanted},
                "ports": [name for _, name in outs if not is_ours(name)],
                "sources": [name for _, name in ins if not is_ours(name)],
                "jack": self._variables.get("JACK_DEFAULT_SERVER"),
                "offsets": {name: seconds * 1000 for name, seconds in self._offsets.items()},
            }
        }

    def offset_of(self, name: str) -> float:
        """Seconds; 0 for a port that has none."""
        return self._offsets.get(name, 0.0)

    @property
    def offsets(self) -> dict[str, float]:
        """Seconds, by the names of ports that have one."""
        return dict(self._offsets)

    def figures(self, name: str) -> list[float]:
        """How late each thing was sent to a port since this was last asked, in seconds."""
        process = self._outs.get(name)
        if process is None:
            return []
        process.figures = None
        process.line.say("figures")
        deadline = time.monotonic() + ASK_WITHIN
        while process.figures is None and time.monotonic() < deadline:
            time.sleep(0.01)
        return process.figures or []

    def close(self) -> None:
        """End what sounds, then every port."""
        with self._guard:
            self._closed = True
            ending = [*self._outs.values(), *self._ins.values(), *([self._looks] if self._looks else [])]
            self._outs.clear()
            self._ins.clear()
            self._looks = None
        for process in ending:
            process.line.close()
        for process in ending:
            _waited(process)

    def _all_outs(self) -> list[_Process]:
        return list(self._outs.values())

    def _spawn(self, *words: str) -> _Process:
        process = _Process(words, *spawn(words, self._variables))
        with contextlib.suppress(OSError):
            self._wake.send(b".")
        return process

    def _open(self, name: str) -> _Process:
        process = self._outs[name] = self._spawn("out", name)
        if offset := self._offsets.get(name):
            process.line.say("offset", offset)
        if self._muted:
            process.line.say("mute", *self._muted)
        self._connect(name, process)
        return process

    def _connect(self, name: str, process: _Process) -> None:
        """Have the process at the port that its name means, if that is there."""
        if name.startswith(VIRTUAL):
            return
        outs, _ = self._there
        found = process.connected if process.connected in outs else matching(name, outs)
        if found != process.connected:
            process.connected = found
            process.line.say("connect", *found) if found else process.line.say("disconnect")

    # The thread that listens to the ports' processes.

    def _listen(self) -> None:
        while not self._closed:
            processes = [process for process in self._processes() if process.line.open]
            with contextlib.suppress(OSError, ValueError):  # one that was closed meanwhile
                unsent = [process.line for process in processes if process.line.unsent]
                lines = [process.line.fileno() for process in processes]
                select.select([self._wakes.fileno(), *lines], unsent, [], 1.0)
                for line in unsent:
                    line.flush()
                for process in processes:
                    for said in process.line.heard():
                        self._take(process, said)
            with contextlib.suppress(BlockingIOError):
                self._wakes.recv(4096)
            self._bring_back()
            self._connect_all()

    def _connect_all(self) -> None:
        """Try ports again that were lost while their names stayed."""
        if time.monotonic() - self._tried_at < TRY_EVERY:
            return
        self._tried_at = time.monotonic()
        with self._guard:
            for name, process in self._outs.items():
                if process.connected is None and process.line.open:
                    self._connect(name, process)

    def _processes(self) -> list[_Process]:
        with self._guard:
            return [*self._outs.values(), *self._ins.values(), *([self._looks] if self._looks else [])]

    def _take(self, process: _Process, said: list[Any]) -> None:
        word, *rest = said
        if word == "in":
            self._heard(process.words[2], rest[0], rest[1])
        elif word == "ports":
            self._see(*rest)
        elif word == "open":
            self._opened(process, bool(rest[0]))
        elif word == "lost":
            process.open, process.connected = False, None
        elif word == "figures":
            process.figures = rest[0]

    def _see(self, outs: list[list[str]], ins: list[list[str]]) -> None:
        """Which ports there are has changed."""
        with self._guard:
            self._there = ([(system, name) for system, name in outs], [(system, name) for system, name in ins])
            for name, process in self._outs.items():
                if process.connected is not None and process.connected not in self._there[0]:
                    if name in self._wanted:
                        gone = process.connected[1]
                        self._notify(f'the MIDI port "{gone}" is gone; it is taken up again when it is back')
                    process.open = False
                self._connect(name, process)
            wanted = {port for port in self._there[1] if not is_ours(port[1])}
            for port in wanted - self._ins.keys():
                self._ins[port] = self._spawn("in", *port)
            for port in [port for port in self._ins if port not in wanted and port[0]]:
                _end(self._ins.pop(port))

    def _opened(self, process: _Process, is_open: bool) -> None:
        if process.words[0] != "out":
            return
        process.open = is_open
        if not is_open:
            process.connected = None
        else:
            process.line.say("say", None, *([0x80 | channel, note, 0] for channel, note in process.owed))
            process.owed = []
            self._begun(process.words[1])

    def _bring_back(self) -> None:
        """A process that was killed is started again."""
        for process in self._processes():
            if process.line.open or self._closed:
                continue
            time.sleep(AGAIN_AFTER)
            with self._guard:
                _waited(process)
                self._replace(process)

    def _replace(self, process: _Process) -> None:
        if process is self._looks:
            self._looks = self._spawn("look")
        for name in [name for name, each in self._outs.items() if each is process]:
            now = time.monotonic() - AGAIN_AFTER
            self._open(name).owed = [(channel, note) for ends, channel, note in process.notes if ends > now]
        for port in [port for port, each in self._ins.items() if each is process]:
            self._ins[port] = self._spawn("in", *port)


OWN_INPUT = "in"  # the port of our own to which others can send


def _note(event: Event, note: int | None) -> int:
    if event.pitch is not None:
        return event.pitch
    return general_midi(event.track) if note is None else note


def _velocity(event: Event) -> int:
    return max(1, min(127, round(event.velocity * 127)))


def _end(process: _Process) -> None:
    process.line.close()
    threading.Thread(target=_waited, args=(process,), daemon=True).start()


def _waited(process: _Process) -> None:
    process.line.close()
    try:
        process.process.wait(END_WITHIN)
    except subprocess.TimeoutExpired:
        process.process.kill()
        process.process.wait()
