"""The process of an input port: stamps what comes in and passes it on."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections import deque
from typing import Any

from deepsteps_live.gear import system
from deepsteps_live.gear.line import Line

MOST_WAITING = 4096  # messages
SETTLES = 0.0003  # seconds in which what comes together has come, without waiting for us between one and the next


class InPort:
    """One input: what arrives is stamped in the system's own thread, which then has nothing to wait for."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._arrived: deque[tuple[float, list[int]]] = deque(maxlen=MOST_WAITING)
        self._wakes, self._wake = socket.socketpair()
        self._wake.setblocking(False)
        self._wakes.setblocking(False)

    def run(self, name: str, port: str) -> None:
        """Pass on what `port` of a MIDI system sends (with no system: what is sent to a port of our own)."""
        played_on = name or next(iter(system.systems()), "")
        client = self._opened(played_on, port, virtual=not name)
        self._line.say("open", "" if client is None else played_on)
        while self._line.open and client is not None:
            self._line.wait(self._wakes)
            self._line.heard()
            time.sleep(SETTLES)
            with contextlib.suppress(BlockingIOError):
                self._wakes.recv(4096)
            while self._arrived:
                at, message = self._arrived.popleft()
                self._line.say("in", at, message)

    def _opened(self, name: str, port: str, *, virtual: bool) -> Any:
        try:
            client = system.source(name)
            client.set_callback(self._take)
            if virtual:
                client.open_virtual_port(port)
            else:
                client.open_port(client.get_ports().index(port), "in")
        except Exception:  # RtMidi raises what it likes
            return None
        return client

    def _take(self, message: list[int], delta: float, data: object) -> None:
        self._arrived.append((time.monotonic(), list(message)))
        with contextlib.suppress(OSError):
            os.write(self._wake.fileno(), b".")
