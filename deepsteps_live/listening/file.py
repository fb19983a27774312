"""One file, listened to."""

from __future__ import annotations

import difflib
from pathlib import Path

from deepsteps_live.errors import BadInput, no_such
from deepsteps_live.listening import audio, midi
from deepsteps_live.listening.chunks import onsets_in_chunks
from deepsteps_live.listening.heard import Heard
from deepsteps_live.listening.rows import rows
from deepsteps_live.listening.tempo import beats_of, in_range

COLUMNS = 400  # of a picture's waveform, at most
ALIKE = 0.6  # of names: an ending in common is not enough


def listen_file(path: Path, *, bpm: float | None = None, bars: int | None = None, split: bool = False) -> Heard:
    """A recording or a MIDI file as it is heard; `bpm` and `bars` say what is known of it.

    `split` hears low, mid and high apart. BadInput, in a line that names the file, for what cannot be read, for a
    recording in which nothing is heard, and for a tempo out of range.
    """
    in_range(bpm, bars)
    if path.is_dir():
        raise BadInput(f"{path} is a folder; listen to the files in it")
    if not path.exists():
        raise missing(path)
    if path.suffix.lower() in midi.ENDINGS:
        return midi.read(path)
    samples, rate, metadata = audio.read(path)
    heard, seconds = onsets_in_chunks(samples, rate), len(samples) / rate
    if not heard:
        raise BadInput(f"{path}: no hits heard in {seconds:.1f} s; give a recording with drums")
    beats = beats_of(heard, seconds, bpm=bpm, bars=bars, name=path.stem, metadata=metadata)
    return Heard(path, heard, beats, rows(heard, beats, split=split), seconds, audio.peaks(samples, COLUMNS))


def missing(path: Path) -> BadInput:
    """The error for a file that is not there; it names the nearest one beside it."""
    try:
        beside = sorted(each.name for each in path.parent.iterdir())
    except OSError:
        beside = []
    near = difflib.get_close_matches(path.name, beside, n=1, cutoff=ALIKE)
    return no_such(f"file in {path.parent}", path.name, near) if near else BadInput(f"there is no file {path}")
