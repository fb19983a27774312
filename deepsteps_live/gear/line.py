"""The line between the engine and a port's process: JSON arrays over a socket that only the two hold."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

Said = list[Any]  # a word, and what belongs to it

MOST_WAITING = 1 << 22  # bytes for one that has stopped reading
LOOKS_UP = 1.0  # seconds between two signs of life of a port's process
HANGS = 5.0  # seconds without one, after which it is ended


class Line:
    """One end. Nothing here waits but `wait`."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._socket = connection
        self._unread = b""
        self._unsent = b""
        self._saying = threading.Lock()
        self.open = True

    def fileno(self) -> int:
        """For select."""
        return self._socket.fileno()

    def say(self, *words: Any) -> None:
        """Send, from any thread; what cannot go at once goes with the next thing said, or by `flush`."""
        with self._saying:
            self._unsent += json.dumps(words, separators=(",", ":")).encode() + b"\n"
            self._send()

    @property
    def unsent(self) -> bool:
        """Whether something could not go yet."""
        return bool(self._unsent)

    def flush(self) -> None:
        """Send what could not go yet, as far as it goes now."""
        with self._saying:
            self._send()

    def _send(self) -> None:
        try:
            self._unsent = self._unsent[self._socket.send(self._unsent) :]
        except BlockingIOError:
            self.open = self.open and len(self._unsent) < MOST_WAITING
        except OSError:
            self.open = False

    def heard(self) -> list[Said]:
        """What has come in; `open` is False once the other end is gone."""
        with contextlib.suppress(BlockingIOError):
            try:
                while chunk := self._socket.recv(1 << 16):
                    self._unread += chunk
                self.open = False
            except ConnectionError:
                self.open = False
        *lines, self._unread = self._unread.split(b"\n")
        return [json.loads(line) for line in lines]

    def wait(self, *others: Any, seconds: float = LOOKS_UP) -> None:
        """Sleep until something has come in, here or on the others, or for so long."""
        lives()
        _, writable, _ = select.select([self._socket, *others], [self._socket] if self._unsent else [], [], seconds)
        if writable:
            self.flush()
        lives()

    def close(self) -> None:
        """Hang up: the other end hears it at once, whatever thread of ours waits here."""
        self.open = False
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def lives() -> None:
    """A sign of life; a process that gives one and then none for `HANGS` seconds is ended by the system.

    JACK cancels its threads when its server dies, and one that is cancelled while it waits for Python's lock keeps
    that lock for good: nothing written in Python would ever run again, a watching thread included.
    """
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, HANGS)


def spawn(words: Sequence[str], variables: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], Line]:
    """Start `python -m deepsteps_live.gear WORDS` and the line to it."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "deepsteps_live.gear", *words]
    environment = {**os.environ, **variables}
    if sys.platform == "win32":
        process = subprocess.Popen([*command, "shared"], stdin=subprocess.PIPE, env=environment)
        assert process.stdin is not None
        process.stdin.write(theirs.share(process.pid))
        process.stdin.close()
    else:
        process = subprocess.Popen(
            [*command, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
    theirs.close()
    return process, Line(ours)


def handed(word: str) -> Line:
    """The line that a spawned process was handed, by the last word of its command."""
    if sys.platform == "win32":
        return Line(socket.fromshare(sys.stdin.buffer.read()))
    return Line(socket.socket(fileno=int(word)))
