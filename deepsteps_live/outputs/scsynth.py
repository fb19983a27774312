"""One running scsynth: its process, its OSC, what it prints, and its death."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

from supriya.osc import OscMessage
from supriya.scsynth import Options, find

from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.outputs.audio import AudioSystem, ended, watched
from deepsteps_live.outputs.drift import Drift
from deepsteps_live.outputs.osc import Datagram, bundle, message

SILENT_FOR = 3.0  # seconds after which a server of somebody else counts as dead
BOOT_WITHIN = 10.0  # seconds
ANSWER_WITHIN = 5.0
LOOK_EVERY = 0.1  # seconds between looks at its load and its sample rate
LOOPS = sys.platform.startswith("linux")  # JACK's driver tells time by a loop, see drift.py
MOST_BYTES = 8000  # in one datagram of messages sent together
UNANSWERED = 64  # messages that answer, sent at a time: a socket holds some 250 answers, and drops the next

_LATE = re.compile(r"^late (\d+\.?\d*)")


def options(port: int, inputs: int = 0) -> Options:
    """How scsynth is started: without inputs unless they are asked for, with room for every voice and strip."""
    return Options(
        port=port,
        input_bus_channel_count=inputs,
        output_bus_channel_count=2,
        load_synthdefs=False,  # Debian's refuses to start without the user's own folder
        maximum_node_count=8192,
        maximum_synthdef_count=2048,
        memory_size=262_144,
        wire_buffer_count=512,
        maximum_logins=8,
    )


class Scsynth:
    """A scsynth of our own, or with `server` one that runs already.

    audio   what it plays on
    died    called once when it ends without having been told to
    inputs  channels that it hears, of the system's own inputs
    opened  told the environment variables that say which audio system it plays on
    """

    def __init__(
        self,
        *,
        audio: AudioSystem,
        died: Callable[[], None],
        notice: Callable[[str], None],
        server: str | None = None,
        inputs: int = 0,
        opened: Callable[[Mapping[str, str]], None] = lambda variables: None,
    ) -> None:
        self._inputs = inputs
        self._died = died
        self._closed = False
        self._booted = False
        self._closing = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._answers: deque[list[Any]] = deque(maxlen=256)
        self._answered = threading.Condition()
        self._said: deque[str] = deque(maxlen=200)
        self._ready = threading.Event()
        self.peaks: dict[int, float] = {}  # of nodes that are metered, linear
        self._heard_at = time.monotonic()
        self.drift = Drift(time.monotonic())
        self.late = 0
        self.worst_late = 0.0
        self.on_late: Callable[[float], None] = lambda seconds: None
        self.load: dict[str, Any] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._address = self._start(audio, notice, opened) if server is None else _address(server)
            if server is not None:
                opened({})
            self._socket.connect(self._address)
            threading.Thread(target=self._listen, name="scsynth-osc", daemon=True).start()
            self.send([message("/error", 0), message("/notify", 1)])
            self.sync()
        except BaseException:
            self.close()
            raise
        self._booted = True
        threading.Thread(target=self._look, name="scsynth-load", daemon=True).start()

    def send(self, messages: Sequence[Datagram], seconds: float | None = None) -> None:
        """Have messages done together: at a wall-clock time, or at once. Never waits for an answer."""
        for part in _parts(messages):
            with contextlib.suppress(OSError):  # it is gone; its death is seen elsewhere
                self._socket.send(bundle(part, seconds))

    def ask(self, request: Datagram, *answer: Any) -> list[Any]:
        """Send and wait for the answer that begins with `answer`; Fault when none comes."""
        with self._answered:
            self._answers.clear()
            self._socket.send(request)
            begins = list(answer)
            if not self._answered.wait_for(lambda: self._found(begins) is not None, ANSWER_WITHIN):
                raise Fault(f"scsynth did not answer {begins[0]}")
            return self._found(begins) or []

    def sync(self) -> None:
        """Wait until everything asked for has been done."""
        number = int(time.monotonic() * 1e6) % 2**30
        self.ask(message("/sync", number), "/synced", number)

    def load_all(self, messages: Sequence[Datagram]) -> None:
        """Have messages done that each answer, such as SynthDefs and buffers; returns when they all are."""
        for start in range(0, len(messages), UNANSWERED):
            self.send(messages[start : start + UNANSWERED])
            self.sync()

    def close(self) -> None:
        """End it and what was started for it."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._socket.send(message("/quit"))
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)
            ended(self._process, self._watcher)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _start(
        self, audio: AudioSystem, notice: Callable[[str], None], opened: Callable[[Mapping[str, str]], None]
    ) -> tuple[str, int]:
        try:
            find()
        except RuntimeError:
            raise Fault("there is no scsynth; install it: sudo apt-get install supercollider-server") from None
        found = audio.up(notice)
        opened(found.variables)
        port = _free_port()
        self._process = subprocess.Popen(
            [*found.command, *options(port, self._inputs).serialize(), "-B", "127.0.0.1"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **found.variables, **({"SC_JACK_DEFAULT_INPUTS": "system"} if self._inputs else {})},
        )
        self._watcher = watched(self._process)
        assert self._process.stdout is not None
        threading.Thread(target=self._hear, args=(self._process.stdout,), name="scsynth-says", daemon=True).start()
        if not self._ready.wait(BOOT_WITHIN) or self._process.poll() is not None:
            raise Fault(f"scsynth did not start: {self._why()}")
        return "127.0.0.1", port

    def _hear(self, lines: IO[bytes]) -> None:
        """Read what it prints until it ends."""
        with lines:
            for raw in lines:
                self._said_so(raw.decode(errors="replace").strip())
        ended_by_itself = self._booted and not self._closed
        self._ready.set()
        if ended_by_itself:
            self.close()
            self._died()

    def _said_so(self, line: str) -> None:
        self._said.append(line)
        if found := _LATE.match(line):
            self._was_late(float(found[1]))
        elif "server ready" in line:
            self._ready.set()

    def _was_late(self, seconds: float) -> None:
        self.late += 1
        self.worst_late = max(self.worst_late, seconds)
        self.on_late(seconds)

    def _listen(self) -> None:
        while not self._closed:
            try:
                raw = self._socket.recv(65_536)
                if raw.startswith(b"/n_"):  # nodes come and go with every hit; nobody asked
                    continue
                answer = OscMessage.from_datagram(raw)
                parts: list[Any] = [answer.address, *answer.contents]
            except ConnectionRefusedError:
                time.sleep(0.05)
                continue
            except OSError:
                return
            except Exception:  # not OSC: whatever sent it, the music goes on
                continue
            self._take(parts)

    def _take(self, parts: list[Any]) -> None:
        if parts[0] == "/status.reply":
            self._heard_at = time.monotonic()
            if LOOPS:
                self.drift.report(self._heard_at, parts[8], parts[9])
            self.load = {"cpu": parts[6], "peak_cpu": parts[7], "synths": parts[3], "groups": parts[4]}
        elif parts[0] == "/meter":
            self.peaks[parts[1]] = max(parts[3::2])
        else:
            with self._answered:
                self._answers.append(parts)
                self._answered.notify_all()

    def _look(self) -> None:
        while not self._closed:
            self.send([message("/status")])
            time.sleep(LOOK_EVERY)
            if self._process is None and time.monotonic() - self._heard_at > SILENT_FOR and not self._closed:
                self.close()
                self._died()

    def _found(self, begins: list[Any]) -> list[Any] | None:
        return next((answer for answer in self._answers if answer[: len(begins)] == begins), None)

    def _why(self) -> str:
        wrong = [line for line in self._said if "ERROR" in line or "error" in line or "could not" in line.lower()]
        return (wrong or list(self._said) or ["it said nothing"])[-1]


def _parts(messages: Sequence[Datagram]) -> list[list[Datagram]]:
    """Messages in order, cut so that none of the datagrams is too long."""
    parts: list[list[Datagram]] = []
    size = MOST_BYTES
    for each in messages:
        if size + len(each) > MOST_BYTES:
            parts.append([])
            size = 0
        parts[-1].append(each)
        size += len(each) + 4
    return parts


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _address(server: str) -> tuple[str, int]:
    host, colon, port = server.rpartition(":")
    if not colon or not port.isdigit() or not 0 < int(port) < 65_536:
        raise BadInput(f'a server is HOST:PORT, such as 127.0.0.1:57110, not "{server}"')
    return host or "127.0.0.1", int(port)
