"""OSC from and to other programs: a UDP socket that hears messages and sends to whoever asked for them."""

from __future__ import annotations

import contextlib
import logging
import math
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket

from deepsteps_live.errors import Fault

PORT = 57_130
TRIES = 20  # ports after it, when it is taken
LOCAL = "127.0.0.1"
MOST_BYTES = 65_536
FARTHEST = 3600.0  # seconds ahead that a time tag may be
REPORT_EVERY = 1.0  # seconds

logging.getLogger().addFilter(lambda record: "pythonosc" not in record.pathname)  # broken packets are told of here

Address = tuple[str, int]
Heard = Callable[[str, list[Any], float, Address], None]  # (address, arguments, due in monotonic seconds, sender)


class OscDoor:
    """Listens at `where` ("HOST:PORT"; on this machine alone, at the next free port, when empty).

    `heard` is called in a thread of its own; what is no OSC is counted and told of in one line a second at most.
    Fault when a place that was asked for cannot be had.
    """

    def __init__(self, heard: Heard, notify: Callable[[str], None], where: str = "") -> None:
        self._heard, self._notify = heard, notify
        self._socket = _bound(where)
        self.address: Address = self._socket.getsockname()[:2]
        self.malformed = 0
        self._untold, self._told_at = 0, -math.inf
        threading.Thread(target=self._listen, name="osc", daemon=True).start()

    def send(self, to: Address, address: str, *arguments: Any) -> None:
        """Send a message; whether anybody hears it is not known."""
        with contextlib.suppress(OSError):
            self._socket.sendto(packed(address, arguments), to)

    def take(self, datagram: bytes, sender: Address) -> None:
        """Hear a datagram."""
        try:
            messages = [(timed.time, timed.message) for timed in OscPacket(datagram).messages]
            found = [(message.address, _plain(message.params), at) for at, message in messages]
        except Exception:  # the library raises what it likes at what is no OSC
            self._malformed()
            return
        now, wall = time.monotonic(), time.time()
        for address, arguments, at in found:
            ahead = min(FARTHEST, max(0.0, at - wall))
            self._heard(address, arguments, now + ahead, sender)

    def close(self) -> None:
        """Listen no more."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _listen(self) -> None:
        while True:
            try:
                datagram, sender = self._socket.recvfrom(MOST_BYTES)
            except ConnectionError:  # somebody whom we sent to is not there
                continue
            except OSError:
                return
            if not datagram:  # closed, or nothing to hear
                if self._socket.fileno() < 0:
                    return
                continue
            self.take(datagram, sender[:2])

    def _malformed(self) -> None:
        self.malformed += 1
        self._untold += 1
        now = time.monotonic()
        if now - self._told_at >= REPORT_EVERY:
            count, self._untold, self._told_at = self._untold, 0, now
            self._notify(f"{count} packet{'s' * (count > 1)} at the OSC port {'were' if count > 1 else 'was'} no OSC")


def packed(address: str, arguments: Sequence[Any]) -> bytes:
    """An OSC message: numbers as int or float, True and False as themselves, all else as text."""
    builder = OscMessageBuilder(address=address)
    for argument in arguments:
        builder.add_arg(argument if isinstance(argument, bool | int | float) else str(argument))
    return builder.build().dgram


def _plain(arguments: Sequence[Any]) -> list[Any]:
    """Arguments as JSON knows them; a number that is none, or a blob, is text that no control takes."""
    return [
        each
        if isinstance(each, bool | int | str) or (isinstance(each, float) and math.isfinite(each))
        else repr(each)[:40]
        for each in arguments
    ]


def _bound(where: str) -> socket.socket:
    host, _, port = where.rpartition(":")
    ports = [int(port)] if port else range(PORT, PORT + TRIES)
    for each in ports:
        found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            found.bind((host or LOCAL, each))
        except OSError:
            found.close()
        else:
            return found
    raise Fault(
        f"OSC cannot listen at {where or f'{LOCAL}:{PORT}'}; it is taken, or not ours: --osc HOST:PORT names another"
    )
