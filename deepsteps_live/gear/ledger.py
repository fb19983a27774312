"""The ledger of one MIDI port: what is to be sent when, which notes sound, and how to end them all."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import count

LATEST = 0.010  # seconds after which a note that is late is dropped, as the scheduler drops it
SHORTEST = 0.001  # seconds that a note is held at least
CHANNELS = range(16)
REAL_TIME, OFF, SETTING, ON = range(4)  # the order of what is due together: the end of a note before its next beginning

Bytes = tuple[int, ...]
Key = tuple[int, int]  # channel from 0, note


@dataclass(order=True, slots=True)
class _Entry:
    due: float
    rank: int
    serial: int
    message: Bytes = field(compare=False)
    track: str = field(compare=False, default="")
    ends: float = field(compare=False, default=0.0)  # of an ON: when its OFF is due
    note: int = field(compare=False, default=0)  # of an OFF: the serial of its ON


class Ledger:
    """Notes and messages with the times at which they are due, in seconds of any clock.

    A note is begun once, and ended once: by its time, by the same note beginning anew, by its track being muted, or by
    `quiet`. An end that comes after another end of the same note sends nothing.
    """

    def __init__(self) -> None:
        self._heap: list[_Entry] = []
        self._serials = count(1)
        self._sounding: dict[Key, tuple[int, str]] = {}  # the serial of the note-on that began it, and its track
        self._muted: frozenset[str] = frozenset()
        self.dropped = 0

    def note(self, due: float, ends: float, channel: int, note: int, velocity: int, track: str) -> None:
        """A note from `due` to `ends`. `channel` 0 to 15, `note` 0 to 127, `velocity` 1 to 127."""
        message = (0x90 | channel, note, velocity)
        heapq.heappush(self._heap, _Entry(due, ON, next(self._serials), message, track, ends))

    def say(self, due: float, message: Bytes) -> None:
        """Any other message."""
        rank = REAL_TIME if message[0] >= 0xF8 else SETTING
        heapq.heappush(self._heap, _Entry(due, rank, next(self._serials), message))

    @property
    def due(self) -> float | None:
        """When the next thing is due."""
        return self._heap[0].due if self._heap else None

    @property
    def sounding(self) -> list[Key]:
        """The notes that sound."""
        return list(self._sounding)

    def take(self, now: float) -> list[tuple[float, Bytes]]:
        """What is to be sent now: (due, message), in order."""
        found: list[tuple[float, Bytes]] = []
        while self._heap and self._heap[0].due <= now:
            entry = heapq.heappop(self._heap)
            if entry.rank == ON:
                found += self._begin(entry, now)
            elif entry.rank == OFF:
                found += [(entry.due, message) for message in self._end(entry.message, entry.note)]
            else:
                found.append((entry.due, entry.message))
        return found

    def release(self, channel: int, note: int) -> list[Bytes]:
        """The end of a note, now, if it sounds."""
        return [_off((channel, note))] if self._drop((channel, note)) else []

    def mute(self, tracks: frozenset[str]) -> list[Bytes]:
        """From now on nothing of these tracks begins; the ends of what sounds of them."""
        fresh, self._muted = tracks - self._muted, tracks
        return [_off(key) for key, (_, track) in list(self._sounding.items()) if track in fresh and self._drop(key)]

    def quiet(self) -> list[Bytes]:
        """Nothing that waits is sent any more; the ends of all that sounds."""
        self._heap.clear()
        found = [_off(key) for key in self._sounding]
        self._sounding.clear()
        return found

    def forget(self) -> None:
        """The port is gone, and with it the notes that sounded there."""
        self._sounding.clear()

    def _begin(self, entry: _Entry, now: float) -> list[tuple[float, Bytes]]:
        if entry.track in self._muted:
            return []
        if now - entry.due > LATEST:
            self.dropped += 1
            return []
        key = (entry.message[0] & 0x0F, entry.message[1])
        before = [(entry.due, _off(key))] if key in self._sounding else []
        self._sounding[key] = (entry.serial, entry.track)
        ends = max(entry.ends, now + SHORTEST)
        heapq.heappush(self._heap, _Entry(ends, OFF, next(self._serials), _off(key), note=entry.serial))
        return [*before, (entry.due, entry.message)]

    def _end(self, message: Bytes, serial: int) -> list[Bytes]:
        key = (message[0] & 0x0F, message[1])
        if self._sounding.get(key, (0, ""))[0] != serial:
            return []
        del self._sounding[key]
        return [message]

    def _drop(self, key: Key) -> bool:
        return self._sounding.pop(key, None) is not None


def panic() -> list[Bytes]:
    """All sound off, controllers reset, all notes off, the bend in the middle, on every channel."""
    said = ((0xB0, 120, 0), (0xB0, 121, 0), (0xB0, 123, 0), (0xE0, 0, 64))
    return [(status | channel, *data) for channel in CHANNELS for status, *data in said]


def _off(key: Key) -> Bytes:
    return (0x80 | key[0], key[1], 0)
