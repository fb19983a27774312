"""The drums of a kit in MIDI files and on MIDI gear: which notes play which."""

from __future__ import annotations

NOTES: dict[str, tuple[int, ...]] = {  # first General MIDI's note, then others that drum kits send, as Magenta has them
    "kick": (36, 35),
    "snare": (38, 37, 39, 40),
    "hat": (42, 22, 44),
    "openhat": (46, 26),
    "lowtom": (43, 58, 41),
    "midtom": (47, 45),
    "hightom": (50, 48),
    "crash": (49, 52, 55, 57),
    "ride": (51, 53, 59),
}

DRUM_OF: dict[int, str] = {note: name for name, notes in NOTES.items() for note in notes}

GENERAL_MIDI: dict[str, int] = {  # of a track by its name, as far as it is one of these drums
    **{name: notes[0] for name, notes in NOTES.items()},
    "clap": 39,
    "tom": 45,
    "perc": 75,
    "cymbal": 49,
}
MIDDLE_C = 60  # of any other


def general_midi(track: str) -> int:
    """The note that plays the drum of a track's name on gear."""
    return GENERAL_MIDI.get(track, MIDDLE_C)
