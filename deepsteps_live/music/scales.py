"""Scales and keys. To add a scale, add a row to SCALES: ascending pitch classes in C, from 0."""

from deepsteps_live.errors import BadInput, no_such, whole

SCALES: dict[str, tuple[int, ...]] = {
    "chromatic": (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    "pentmaj": (0, 2, 4, 7, 9),
    "pentmin": (0, 3, 5, 7, 10),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "natmin": (0, 2, 3, 5, 7, 8, 10),
    "harmmin": (0, 2, 3, 5, 7, 8, 11),
    "melmin": (0, 2, 3, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "wholetone": (0, 2, 4, 6, 8, 10),
}

KEYS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}


def scale_named(name: object) -> str:
    """The name of a scale that exists, or BadInput with the nearest one."""
    found = str(name).strip().lower()
    if found not in SCALES:
        raise no_such("scale", name, SCALES)
    return found


def key_named(name: object) -> int:
    """0 (C) to 11 (B) from a name such as "D", "f#" or "Bb", or from the number itself."""
    if isinstance(name, str):
        written = name.strip().capitalize()
        written = _FLATS.get(written, written)
        if written not in KEYS:
            raise BadInput(f'no key "{name}"; keys are {", ".join(KEYS)}, flats as Bb')
        return KEYS.index(written)
    return whole("a key", name, 0, 11)


def snap(note: int, scale: str, key: int) -> int:
    """A MIDI note in scale and key, by the Deep Steps rule (facts/deepsteps.md 4.4).

    In C, the note goes down to the nearest scale tone; then it is transposed up by `key`
    (0..11). So a note that already lies in the key may still move. Result within 0..127.
    """
    octave, pitch_class = divmod(note, 12)
    tone = max(t for t in SCALES[scale] if t <= pitch_class)
    return max(0, min(127, octave * 12 + tone + key))
