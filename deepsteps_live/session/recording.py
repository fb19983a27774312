"""Notes that are played in become a pattern, with their timing."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deepsteps_live.errors import BadInput, DeepstepsError, number, whole
from deepsteps_live.music import BEATS_PER_BAR, Pattern
from deepsteps_live.music.live_set import STEPS_PER_BEAT
from deepsteps_live.session.running import Waiting

if TYPE_CHECKING:
    from deepsteps_live.session.midi_in import Note
    from deepsteps_live.session.tracks import TrackHandle

MOST_BARS = 4
EARLY = 0.5 / STEPS_PER_BEAT  # beats before the bar line that still belong to its first step
Notes = tuple[int | None, ...]  # of every step, None where nothing is played

LOOK_EVERY = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Played:
    """A note as it was played: its beat, its MIDI note, its velocity 0 to 1."""

    beat: float
    note: int
    velocity: float


def recorded(
    played: Iterable[Played], start: float, bars: int, quantise: float
) -> tuple[Pattern, tuple[int | None, ...]]:
    """The pattern of notes played from beat `start` on, and the note of each step (None: none).

    Each note goes to the sixteenth nearest to it with its velocity and its offset, of which `quantise`, 0 to 1, is
    taken away; of two on one step the first stays. Notes outside do not count.
    """
    steps = bars * BEATS_PER_BAR * STEPS_PER_BEAT
    found: list[Played | None] = [None] * steps
    offsets = [0.0] * steps
    for note in sorted(played, key=lambda each: each.beat):
        place = (note.beat - start) * STEPS_PER_BEAT
        step = math.floor(place + 0.5)
        if 0 <= step < steps and found[step] is None:
            found[step], offsets[step] = note, (place - step) * (1 - quantise)
    pattern = Pattern(
        tuple(each is not None for each in found),
        tuple(0.0 if each is None else each.velocity for each in found),
        tuple(offsets),
    )
    return pattern, tuple(None if each is None else each.note for each in found)


def record(
    handle: TrackHandle, bars: int = 1, quantise: float = 0.0, port: str = "", channel: int | None = None
) -> str:
    """Record notes that are played in, from the next bar line on: seq.record(bars=2, quantise=0.5)."""
    instrument, session = handle._instrument, handle._instrument.session
    count, tight = whole("bars", bars, 1, MOST_BARS), number("quantise", quantise, 0, 1)
    now = session.beat()
    if now is None:
        raise BadInput("record() records along with the music; play() starts it")
    start = BEATS_PER_BAR * math.ceil((now + EARLY) / BEATS_PER_BAR)
    played: list[Played] = []
    name, cancelled = f"{handle.name}.record", threading.Event()
    if (earlier := instrument.waiting.get(name)) is not None:
        earlier.end()
    said = f"{count} bar{'s' * (count > 1)}"
    here = Waiting(f"records {said} from bar {start // BEATS_PER_BAR + 1} on", cancelled.set)

    def note(heard: Note) -> None:
        at, pitch, velocity, source, its_channel = heard
        beat = session.beat_at(at)
        if beat is not None and port.lower() in source.lower() and channel in (None, its_channel):
            played.append(Played(beat, pitch, velocity))

    instrument.midi_in.recorders.append(note)
    instrument.waiting[name] = here

    def wait() -> None:
        while (beat := session.beat()) is not None and beat < start + count * BEATS_PER_BAR - EARLY:
            if cancelled.wait(LOOK_EVERY):
                break
        instrument.midi_in.recorders.remove(note)
        if instrument.waiting.get(name) is here:
            del instrument.waiting[name]
        if cancelled.is_set():
            return
        try:
            session.tell(_take(handle, *recorded(played, start, count, tight)))
        except DeepstepsError as error:
            session.tell(str(error))

    threading.Thread(target=wait, name=name, daemon=True).start()
    return f'play from bar {start // BEATS_PER_BAR + 1} on, {said}; cancel("{name}") lets it be'


def _take(handle: TrackHandle, pattern: Pattern, notes: Notes) -> str:
    if not any(pattern.hits):
        return f"nothing was played in; {handle.name} plays on as it was"
    with handle._instrument.session.block():
        handle.pattern = pattern
        if handle.track.pitches is not None:
            handle.pitches = _filled(notes)
    return f"{handle.name} plays what was played in: {pattern}"


def _filled(notes: Notes) -> tuple[int, ...]:
    """A note for every step: a step that has none goes on with the one before it."""
    found = [note for note in notes if note is not None]
    last, filled = found[-1], []
    for note in notes:
        last = last if note is None else note
        filled.append(last)
    return tuple(filled)
