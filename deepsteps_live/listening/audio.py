"""Recordings as samples, with what their files say of their tempo."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from deepsteps_live.errors import BadInput
from deepsteps_live.listening.tempo import tempo_in

ENDINGS = (".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".caf", ".w64")
LONGEST = 30 * 60  # seconds that are listened to
ONE_SHOT = 1  # of an acid chunk's flags: it is no loop
TAGS = ("title", "comment", "genre")
MOST_CHUNKS = 100
BLOCK = 1 << 20  # frames that are read at once


def read(path: Path) -> tuple[NDArray[np.float32], int, float | None]:
    """Samples (n,), the mean of all channels, their rate, and the tempo that the file gives, or None.

    BadInput naming the file when it is none that can be read, has no sound in it, or is longer than LONGEST.
    """
    try:
        with soundfile.SoundFile(path) as file:
            if file.frames <= 0:
                raise BadInput(f"{path} has no sound in it; give a recording with drums")
            seconds = file.frames / file.samplerate
            if seconds > LONGEST:
                raise BadInput(
                    f"{path} is {seconds / 60:.0f} minutes long; {LONGEST // 60} are listened to: cut out the loops"
                )
            samples = _mono(file)
            words = " ".join(str(file.copy_metadata().get(tag, "")) for tag in TAGS)
            rate = int(file.samplerate)
    except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError, OSError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(f"{path} is no recording that can be read: {_reason(error)}") from None
    if not len(samples):
        raise BadInput(f"{path} has no sound in it; give a recording with drums")
    return samples, rate, _chunk_tempo(path, len(samples) / rate) or tempo_in(words)


def peaks(samples: NDArray[np.floating], count: int) -> tuple[float, ...]:
    """The loudest sample of each of `count` equal stretches, 1 the loudest of all."""
    loud = np.abs(samples)
    count = min(count, len(loud))
    most = loud.max() or 1.0
    starts = np.linspace(0, len(loud), count, endpoint=False).astype(int)
    return tuple(float(each) for each in np.maximum.reduceat(loud, starts) / most)


def _mono(file: soundfile.SoundFile) -> NDArray[np.float32]:
    """The mean of the channels, read block by block: many channels at once would fill the memory."""
    blocks = []
    while len(block := file.read(BLOCK, dtype="float32", always_2d=True)):
        blocks.append(np.nan_to_num(block, copy=False, nan=0.0, posinf=0.0, neginf=0.0).mean(axis=1))
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def _chunk_tempo(path: Path, seconds: float) -> float | None:
    """The tempo of a WAV's `acid` chunk, or of the beats in an AIFF's `basc` chunk."""
    try:
        with path.open("rb") as file:
            kind = file.read(12)
            for name, content in _chunks(file, ">" if kind[:4] == b"FORM" else "<"):
                if name == b"acid" and len(content) >= 24:
                    flags, beats, tempo = struct.unpack("<I8xI4xf", content[:24])
                    if not flags & ONE_SHOT:
                        return _sane(tempo) or _sane(beats * 60 / seconds)
                if name == b"basc" and len(content) >= 8:
                    return _sane(struct.unpack(">4xI", content[:8])[0] * 60 / seconds)
    except (OSError, struct.error):
        pass
    return None


def _chunks(file, order: str) -> Iterator[tuple[bytes, bytes]]:  # type: ignore[no-untyped-def]
    for _ in range(MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            return
        size = struct.unpack(f"{order}I", head[4:])[0]
        if head[:4] in (b"acid", b"basc"):
            yield head[:4], file.read(min(size, 256))
            return
        file.seek(size + size % 2, 1)


def _sane(bpm: float) -> float | None:
    return bpm if 40 <= bpm <= 300 else None


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split()).rstrip(".")
    return text.rsplit(": ", 1)[-1][:120] or type(error).__name__
