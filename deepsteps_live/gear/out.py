"""The process of an output port: sends everything at its time, and ends what sounds whatever happens."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

from deepsteps_live.gear import ledger, system
from deepsteps_live.gear.ledger import Bytes, Ledger
from deepsteps_live.gear.line import LOOKS_UP, Line
from deepsteps_live.gear.names import OURS, VIRTUAL

DRAIN = 0.05  # seconds for the system to send what it was given, before the port closes
CONNECTS = 0.03  # seconds until a new connection carries everything: JACK makes it some blocks later
RETRY = 0.5  # seconds between tries to make a virtual port
MOST_ERRORS = 200_000  # kept between two questions for them


class OutPort:
    """One port, by the words that the engine says (see `WORDS`)."""

    def __init__(self, line: Line, name: str) -> None:
        self._line = line
        self._name = name
        self._ledger = Ledger()
        self._client: Any = None
        self._offset = 0.0
        self._said: dict[tuple[int, ...], Bytes] = {}  # settings that the gear has been told
        self._errors: list[float] = []
        self._retry_at = 0.0

    def run(self) -> None:
        """Until the engine hangs up."""
        while self._line.open:
            self._make_virtual()
            self._line.wait(seconds=self._patience())
            for word, *rest in self._line.heard():
                WORDS[word](self, *rest)
            now = time.monotonic()
            for due, message in self._ledger.take(now):
                self._send(message, due)
        self._send_all(self._ledger.quiet())
        time.sleep(DRAIN)

    def _patience(self) -> float:
        waits = [time.monotonic() + LOOKS_UP]
        waits += [self._retry_at] if self._client is None and self._is_virtual() else []
        waits += [] if self._ledger.due is None else [self._ledger.due]
        return max(0.0, min(waits) - time.monotonic())

    # What the engine says.

    def note(self, due: float, ends: float, channel: int, note: int, velocity: int, track: str) -> None:
        """A note, its times in seconds of the clock."""
        self._ledger.note(due + self._offset, ends + self._offset, channel, note, velocity, track)

    def hold(self, channel: int, note: int, velocity: int, track: str) -> None:
        """A note, now, until `release`."""
        self._ledger.note(time.monotonic(), float("inf"), channel, note, velocity, track)

    def release(self, channel: int, note: int) -> None:
        """The end of a note that is held."""
        self._send_all(self._ledger.release(channel, note))

    def say(self, due: float | None, *messages: list[int]) -> None:
        """Messages at a time, or now."""
        for message in messages:
            self._ledger.say(time.monotonic() if due is None else due + self._offset, tuple(message))

    def mute(self, *tracks: str) -> None:
        """These tracks are muted, all others are not."""
        self._send_all(self._ledger.mute(frozenset(tracks)))

    def quiet(self) -> None:
        """Drop what waits, end what sounds."""
        self._send_all(self._ledger.quiet())

    def panic(self) -> None:
        """End what sounds, and tell the gear to forget everything; what waits is sent as it was to be."""
        self._send_all([(0x80 | channel, note, 0) for channel, note in self._ledger.sounding])
        self._ledger.forget()
        self._send_all(ledger.panic())
        self._said.clear()

    def connect(self, name: str, port: str) -> None:
        """Open the port of that name in a MIDI system."""
        self._close()
        with contextlib.suppress(Exception):  # RtMidi raises what it likes; the engine is told that it is not open
            client = system.output(name)
            client.open_port(client.get_ports().index(port), OURS)
            time.sleep(CONNECTS)
            self._client = client
        self._line.say("open", self._client is not None)

    def disconnect(self) -> None:
        """The port is gone."""
        self._close()
        self._line.say("open", False)

    def offset(self, seconds: float) -> None:
        """From now on everything so much later, or earlier."""
        self._offset = seconds

    def figures(self) -> None:
        """How late each thing was sent since the last time this was asked, in seconds."""
        errors, self._errors = self._errors, []
        self._line.say("figures", [round(error, 6) for error in errors], self._ledger.dropped)

    # The port.

    def _send_all(self, messages: list[Bytes]) -> None:
        now = time.monotonic()
        for message in messages:
            self._send(message, now)

    def _send(self, message: Bytes, due: float) -> None:
        if self._client is None or self._knows(message):
            return
        try:
            self._client.send_message(message)
        except Exception:  # RtMidi raises what it likes when a port is gone
            self._lost()
        else:
            if len(self._errors) < MOST_ERRORS:
                self._errors.append(time.monotonic() - due)

    def _knows(self, message: Bytes) -> bool:
        """Whether a setting is as the gear has it already; else it will."""
        kind = message[0] & 0xF0
        if kind not in (0xB0, 0xC0, 0xE0):
            return False
        place = message[:2] if kind == 0xB0 else message[:1]
        known = self._said.get(place) == message
        self._said[place] = message
        return known

    def _lost(self) -> None:
        self._close()
        self._line.say("lost")

    def _close(self) -> None:
        self._ledger.forget()
        self._said.clear()
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.delete()

    def _is_virtual(self) -> bool:
        return self._name.startswith(VIRTUAL)

    def _make_virtual(self) -> None:
        if self._client is not None or not self._is_virtual() or time.monotonic() < self._retry_at:
            return
        self._retry_at = time.monotonic() + RETRY
        with contextlib.suppress(Exception):
            client = system.output(next(iter(system.systems())))
            client.open_virtual_port(self._name.removeprefix(VIRTUAL))
            self._client = client
            self._line.say("open", True)


WORDS: dict[str, Callable[..., None]] = {
    "note": OutPort.note,
    "hold": OutPort.hold,
    "release": OutPort.release,
    "say": OutPort.say,
    "mute": OutPort.mute,
    "quiet": OutPort.quiet,
    "panic": OutPort.panic,
    "connect": OutPort.connect,
    "disconnect": OutPort.disconnect,
    "offset": OutPort.offset,
    "figures": OutPort.figures,
}
