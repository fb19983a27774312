"""Our own MIDI clock: 24 pulses a beat for the gear that is to follow, started where a beat falls."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

PULSES = 24  # in a beat
CLOCK, START, RESUME, STOP, POSITION = 0xF8, 0xFA, 0xFB, 0xFC, 0xF2
SIXTEENTHS = 4  # a beat: song position counts them
START_AHEAD = 0.001  # seconds between start and its first pulse: gear wants a moment

Say = Callable[..., None]  # (ports, due or None for now, *messages)


@dataclass(frozen=True, slots=True)
class Pulse:
    """The `number`th pulse from beat 0, for these ports."""

    number: int
    ports: tuple[str, ...]


class ClockOut:
    """Which ports' gear runs with our clock."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._running: set[str] = set()

    def pulses(self, ports: Sequence[str], start: float, end: float) -> list[tuple[float, Pulse]]:
        """The pulses of the beats [start, end), each with its beat; none before beat 0."""
        if not ports:
            return []
        numbers = range(max(0, math.ceil(start * PULSES)), math.ceil(end * PULSES))
        return [(number / PULSES, Pulse(number, tuple(ports))) for number in numbers]

    def send(self, pulse: Pulse, due: float) -> None:
        """Send a pulse when it is due; gear that does not run yet is started on a beat, at its song position."""
        beat, rest = divmod(pulse.number, PULSES)
        for port in pulse.ports:
            if port not in self._running and rest == 0:
                self._running.add(port)
                self._say((port,), due - START_AHEAD, *_start(beat * SIXTEENTHS))
        self._say([port for port in pulse.ports if port in self._running], due, (CLOCK,))

    def stop(self) -> None:
        """Stop all gear that runs."""
        self._say(sorted(self._running), None, (STOP,))
        self._running.clear()

    def forget(self, ports: Iterable[str]) -> None:
        """Gear that has to be started anew."""
        self._running -= set(ports)

    def keep(self, ports: Iterable[str]) -> None:
        """Stop all other gear."""
        gone = self._running - set(ports)
        self._say(sorted(gone), None, (STOP,))
        self._running -= gone


def _start(sixteenths: int) -> Sequence[Sequence[int]]:
    if sixteenths == 0:
        return [(START,)]
    place = sixteenths & 0x3FFF
    return [(POSITION, place & 0x7F, place >> 7), (RESUME,)]
