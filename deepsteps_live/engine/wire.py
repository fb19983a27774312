"""How prompt and engine talk: one JSON object a line, over a socket that is this user's alone.

A Unix socket where there is one; elsewhere (Windows) loopback TCP, with the port and a key in a file
that only this user can read.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deepsteps_live.errors import Fault

Message = dict[str, Any]

HAS_UNIX_SOCKETS = hasattr(socket, "AF_UNIX")
LONGEST_LINE = 64 * 1024 * 1024  # bytes: a set with a large model stays far below
MOST_WAITING = 2000  # messages for a reader that has stopped reading


class Listener:
    """The engine's end: `accept()` gives a Link to each prompt that comes."""

    def __init__(self, path: Path, *, unix: bool = HAS_UNIX_SOCKETS) -> None:
        self.path = path
        self._key = "" if unix else secrets.token_hex(16)
        path.unlink(missing_ok=True)
        if unix:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._socket.bind(str(path))
            path.chmod(0o600)
        else:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self._socket.bind(("127.0.0.1", 0))
            path.touch(mode=0o600)
            path.write_text(f"{self._socket.getsockname()[1]} {self._key}")
        self._socket.listen(8)

    def accept(self) -> Link:
        """The next prompt that comes with the key; OSError once closed."""
        while True:
            connection, _ = self._socket.accept()
            link = Link(connection)
            if not self._key or next(link.messages(), {}).get("key") == self._key:
                return link
            link.close()

    def close(self) -> None:
        """No more prompts; the path is free again."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.path.unlink(missing_ok=True)


def connect(path: Path, *, unix: bool = HAS_UNIX_SOCKETS) -> Link:
    """A Link to the engine at `path`, or Fault when none answers there."""
    try:
        if unix:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.connect(str(path))
            except OSError:
                connection.close()
                raise
            return Link(connection)
        port, key = path.read_text().split()
        link = Link(socket.create_connection(("127.0.0.1", int(port)), timeout=2))
        link.send({"key": key})
        return link
    except (OSError, ValueError):
        raise Fault("no engine is playing; `deepsteps` starts one") from None


class Link:
    """One connection. Sending never waits: a thread of its own writes, and of states only the newest is kept."""

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(None)
        self._socket = connection
        self._waiting: deque[bytes] = deque()
        self._newest_state: bytes | None = None
        self._more = threading.Condition()
        self.open = True
        threading.Thread(target=self._write, name="link-writer", daemon=True).start()

    def send(self, message: Message) -> None:
        """Send, in order."""
        line = _line(message)
        with self._more:
            if len(self._waiting) > MOST_WAITING:
                self.open = False
            self._waiting.append(line)
            self._more.notify()

    def send_state(self, message: Message) -> None:
        """Send when there is time; a newer state takes the place of one that still waits."""
        line = _line(message)
        with self._more:
            self._newest_state = line
            self._more.notify()

    def messages(self) -> Iterator[Message]:
        """What comes in, until the other side is gone."""
        with self._socket.makefile("rb") as lines:
            while True:
                try:
                    line = lines.readline(LONGEST_LINE)
                    message = json.loads(line) if line.endswith(b"\n") else None
                except (OSError, ValueError, RecursionError):
                    return
                if not isinstance(message, dict):
                    return
                yield message

    def flush(self, seconds: float = 1.0) -> None:
        """Wait until all that was sent is written, at most so long."""
        with self._more:
            self._more.wait_for(lambda: not (self._waiting and self.open), seconds)

    def close(self) -> None:
        """Hang up."""
        with self._more:
            self.open = False
            self._more.notify_all()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _write(self) -> None:
        while True:
            with self._more:
                self._more.wait_for(lambda: self._waiting or self._newest_state or not self.open)
                if not self.open:
                    break
                line = self._waiting[0] if self._waiting else self._newest_state or b""
                from_queue = bool(self._waiting)
                if not from_queue:
                    self._newest_state = None
            try:
                self._socket.sendall(line)
            except OSError:
                break
            if from_queue:
                with self._more:
                    self._waiting.popleft()
                    self._more.notify_all()
        with self._more:
            self.open = False
            self._more.notify_all()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


def _line(message: Message) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"
