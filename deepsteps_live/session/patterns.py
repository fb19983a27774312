"""Patterns as they are typed: steps, lists, and MIDI files, which are read only when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from deepsteps_live.errors import BadInput, no_such
from deepsteps_live.music import RATES, Pattern, Track
from deepsteps_live.music import pattern as typed


def is_midi_file(value: Any) -> bool:
    """Whether a value names a MIDI file, by its ending."""
    if not isinstance(value, str | Path) or not Path(value).suffix:
        return False
    from deepsteps_live.listening.midi import ENDINGS  # heavy, and needed by few

    return Path(value).suffix.lower() in ENDINGS


def pattern(
    steps: Pattern | str | Path | Iterable[float],
    track: Any = None,
    note: int | None = None,
    bar: int = 1,
    bars: int | None = None,
    rate: Any = None,
) -> Pattern:
    """A pattern from "x---X---", from a list, or from a MIDI file: pattern("beat.mid", track="kick", bars=2).

    Of a file all notes count, or those of a `track` (one of the file's, or a drum), or those of one `note`; from `bar`
    on, as many `bars` as 64 steps hold; on sixteenths, or on the steps of a `rate` such as "1/16T".
    """
    if not is_midi_file(steps):
        if (track, note, bar, bars, rate) != (None, None, 1, None, None):
            raise BadInput('track, note, bar, bars and rate go with a MIDI file: pattern("beat.mid", track="kick")')
        return typed(steps)  # type: ignore[arg-type]
    if track is not None and note is not None:
        raise BadInput('a track or a note, not both: pattern("beat.mid", note=36)')
    from deepsteps_live.session import midi_pattern

    file = midi_pattern.read(Path(steps).expanduser())  # type: ignore[arg-type]
    notes = file.notes
    if track is not None:
        notes = midi_pattern.notes_of(file, str(getattr(track, "name", track)))
    elif note is not None:
        notes = midi_pattern.notes_at(file, note)
    return midi_pattern.pattern_of(file, notes, bar=bar, bars=bars, rate=_rate(rate))


def pattern_for(track: Track, value: Any) -> Pattern:
    """What is assigned to a track as its pattern; of a MIDI file with drums its own notes, on its own steps."""
    if not is_midi_file(value):
        return typed(value)
    from deepsteps_live.session import midi_pattern

    file = midi_pattern.read(Path(value).expanduser())
    return midi_pattern.pattern_of(file, midi_pattern.fitting(file, track.name), rate=track.rate)


def _rate(rate: Any) -> float | None:
    """Steps a beat from "1/16T" or from that number."""
    if rate is None:
        return None
    found = RATES.get(rate) if isinstance(rate, str) else rate
    if found is None or found not in RATES.values():
        raise no_such("rate", rate, RATES)
    return float(found)
