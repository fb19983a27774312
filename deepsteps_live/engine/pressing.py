"""Keys and pads: a MIDI note that comes in, as the events that it begins and ends, without lookahead."""

from __future__ import annotations

from collections.abc import Sequence

from deepsteps_live.music import Event, LiveSet, Track

NOTE_ON, NOTE_OFF = 0x90, 0x80
LONGEST_HELD = 60.0  # seconds


def pressed(live_set: LiveSet, port: str, message: Sequence[int]) -> tuple[list[Event], bool]:
    """The events of the tracks that a message from a port plays, and whether it begins them or ends them."""
    kind, channel = message[0] & 0xF0, (message[0] & 0x0F) + 1
    if kind not in (NOTE_ON, NOTE_OFF) or len(message) != 3:
        return [], False
    note, velocity = message[1], message[2]
    meant = [track for track in live_set if any(keys.takes(port, channel, note) for keys in track.keys)]
    return [_event(track, note, velocity) for track in meant], kind == NOTE_ON and velocity > 0


def _event(track: Track, note: int, velocity: int) -> Event:
    """The drum itself, or of a melodic track that very note, held until the key is let go."""
    drum = track.pitches is None
    return Event(
        beat=0.0,
        grid=0.0,
        track=track.name,
        step=0,
        velocity=velocity / 127,
        pitch=None if drum else note,
        gate=track.gate / 1000 if drum else LONGEST_HELD,
        sound=track.sound if track.synth else None,
        voices=track.voices,
        midi=track.midi,
    )
