"""Sounds alone: one hit of a patch as an event, and a kit as a folder of WAV files."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepsteps_live import engine, sound
from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.music import NORMAL, Event, Patch
from deepsteps_live.session.figures import decibels
from deepsteps_live.session.sounds import kit_file

RATE = 44_100  # of what `engine.hits` gives


@dataclass(frozen=True, slots=True)
class Rendered:
    """One file of a rendered kit: its slot, its patch's name, its length in seconds, its peak in dBFS."""

    file: str
    slot: int
    name: str
    seconds: float
    peak: float

    def __str__(self) -> str:
        return f"{self.file}: {self.name}, {self.seconds:.2f} s, peak {self.peak:.1f} dBFS"


def read_sounds(name: str) -> sound.Kit:
    """The kit of a `.mtpreset` file or of one that ships; a `.mtdrum` file is a kit with one patch."""
    if not name.lower().endswith(".mtdrum"):
        return sound.read_kit(kit_file(name))
    return sound.Kit(Path(name).stem, (sound.read_drum(name),))


def hit(patch: Patch, velocity: float = NORMAL, pitch: int | None = None, gate: float = 0.1) -> Event:
    """One hit of a patch at beat 0. `velocity` 0 to 1, `pitch` a MIDI note, `gate` in seconds."""
    return Event(0.0, 0.0, patch.name, 0, velocity, pitch, gate, patch)


def render_kit(kit: sound.Kit, folder: Path, velocity: float = NORMAL) -> list[Rendered]:
    """One float WAV a patch in `folder`, `1.wav` for slot 1: dry, 44.1 kHz stereo, the hit at sample 0.

    BadInput when the folder cannot be one, Fault when a file cannot be written or scsynth fails.
    """
    _make(folder)
    slots = [(slot, patch) for slot, patch in enumerate(kit.patches, start=1) if patch is not None]
    audio = engine.hits([hit(patch, velocity) for _, patch in slots])
    return [_written(folder, slot, patch, each) for (slot, patch), each in zip(slots, audio, strict=True)]


def _written(folder: Path, slot: int, patch: Patch, audio: NDArray[np.float32]) -> Rendered:
    import soundfile  # heavy, and needed by few who come here

    path = folder / f"{slot}.wav"
    content = io.BytesIO()
    soundfile.write(content, audio, RATE, subtype="FLOAT", format="WAV")
    part = path.with_name(f".{path.stem}.part{os.getpid()}.wav")
    try:
        part.write_bytes(content.getvalue())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Fault(f"{path} was not written: {error.strerror}") from None
    return Rendered(str(path), slot, patch.name, len(audio) / RATE, round(decibels(float(np.abs(audio).max())), 2))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise BadInput(f"{folder} is a file; give a folder for the WAV files") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BadInput(f"the folder {folder} cannot be made: {reason}") from None
