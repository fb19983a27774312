"""What a set says to gear outside: where a track's notes go, what plays it, and its control changes at a beat."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deepsteps_live.errors import BadInput, whole
from deepsteps_live.music.signals import Signal, Value, checked, value_at

if TYPE_CHECKING:
    from deepsteps_live.music.live_set import LiveSet, Track

CONTROLS_PER_BEAT = 32  # looks at what moves; equal values are sent once
MOST_CONTROLLERS = 120  # 120 and above are channel mode messages
BEND_RANGE = 8192


@dataclass(frozen=True, slots=True)
class MidiOut:
    """A place for a track's notes.

    port     name of a MIDI port, or a part of it; "virtual:NAME" makes one
    channel  1 to 16
    note     0 to 127 for a drum without pitches, or None for General MIDI's
    """

    port: str
    channel: int = 1
    note: int | None = None

    def __post_init__(self) -> None:
        _check(self.port, self.channel, self.note)


@dataclass(frozen=True, slots=True)
class MidiIn:
    """What plays a track: notes of a port (part of its name, "" for all), a channel and a note (None for all)."""

    port: str = ""
    channel: int | None = None
    note: int | None = None

    def __post_init__(self) -> None:
        _check(self.port, self.channel, self.note)

    def takes(self, port: str, channel: int, note: int) -> bool:
        """Whether a note that came in is meant."""
        return self.port.lower() in port.lower() and self.channel in (None, channel) and self.note in (None, note)


@dataclass(frozen=True, slots=True)
class Control:
    """A message for gear at a beat: `message` is its status byte without the channel and its data bytes."""

    beat: float
    out: MidiOut
    message: tuple[int, ...]


def controls(live_set: LiveSet, start: float, end: float) -> list[Control]:
    """What the gear of every track is to be set to in the beats [start, end), looked at CONTROLS_PER_BEAT times a beat.

    Pure and half-open, as `events`. Program first, then bend, then control changes.
    """
    driven = [track for track in live_set if track.midi and (track.cc or track.bend != 0 or track.program is not None)]
    first, last = math.ceil(start * CONTROLS_PER_BEAT), math.ceil(end * CONTROLS_PER_BEAT)
    if not driven:
        return []
    beats = [place / CONTROLS_PER_BEAT for place in range(first, last)]
    return [
        Control(beat, out, said)
        for beat in beats
        for track in driven
        for out in track.midi
        for said in _said(track, beat)
    ]


def controls_move(live_set: LiveSet) -> bool:
    """Whether any of a set's controls moves by itself."""
    return any(isinstance(value, Signal) for track in live_set for value in (track.bend, *dict(track.cc).values()))


def checked_cc(pairs: object) -> tuple[tuple[int, Value], ...]:
    """Control numbers, 0 to 119, and their values, 0 to 127 or signals, sorted; or BadInput."""
    if not isinstance(pairs, tuple | list) or not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
        raise BadInput("cc is a control number and its value: seq.cc[74] = lfo(8, 0, 127)")
    found = {whole("a control number", number, 0, MOST_CONTROLLERS - 1): value for number, value in pairs}
    return tuple(sorted((number, checked(f"cc {number}", value, 0, 127)) for number, value in found.items()))


def _said(track: Track, beat: float) -> Iterator[tuple[int, ...]]:
    if track.program is not None:
        yield (0xC0, track.program)
    if track.bend != 0:
        bent = max(0, min(2 * BEND_RANGE - 1, round((value_at(track.bend, beat) + 1) * BEND_RANGE)))
        yield (0xE0, bent & 0x7F, bent >> 7)
    for number, value in track.cc:
        yield (0xB0, number, max(0, min(127, round(value_at(value, beat)))))


def _check(port: object, channel: object, note: object) -> None:
    if not isinstance(port, str):
        raise BadInput(f"a MIDI port goes by its name, not by {type(port).__name__}")
    if channel is not None:
        whole("a MIDI channel", channel, 1, 16)
    if note is not None:
        whole("a MIDI note", note, 0, 127)
