"""One file, listened to."""

from __future__ import annotations

from pathlib import Path

from deepsteps_live.errors import BadInput
from deepsteps_live.listening import audio, midi
from deepsteps_live.listening.heard import Heard
from deepsteps_live.listening.onsets import onsets
from deepsteps_live.listening.rows import rows
from deepsteps_live.listening.tempo import beats_of

COLUMNS = 400  # of a picture's waveform, at most


def listen_file(path: Path, *, bpm: float | None = None, bars: int | None = None, split: bool = False) -> Heard:
    """A recording or a MIDI file as it is heard; `bpm` and `bars` say what is known of it.

    `split` hears low, mid and high apart. BadInput, in a line that names the file, for what cannot be read, for a
    recording in which nothing is heard, and for a tempo out of range.
    """
    if path.is_dir():
        raise BadInput(f"{path} is a folder; listen to the files in it")
    if not path.exists():
        raise BadInput(f"there is no file {path}")
    if path.suffix.lower() in midi.ENDINGS:
        return midi.read(path)
    samples, rate, metadata = audio.read(path)
    heard, seconds = onsets(samples, rate), len(samples) / rate
    if not heard:
        raise BadInput(f"{path}: no hits heard in {seconds:.1f} s; give a recording with drums")
    beats = beats_of(heard, seconds, bpm=bpm, bars=bars, name=path.stem, metadata=metadata)
    return Heard(path, heard, beats, rows(heard, beats, split=split), seconds, audio.peaks(samples, COLUMNS))
