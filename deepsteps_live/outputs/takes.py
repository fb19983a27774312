"""Files that are written beside their place and put there whole."""

from __future__ import annotations

import os
from pathlib import Path

from deepsteps_live.errors import BadInput


def beside(path: Path) -> Path:
    """Where a WAV is written until it is whole."""
    return path.with_name(f".{path.stem}.part{os.getpid()}.wav")


def apart(path: Path) -> tuple[Path, Path]:
    """The files of outputs A and B: `take-a.wav` and `take-b.wav` of `take.wav`."""
    return path.with_name(f"{path.stem}-a{path.suffix}"), path.with_name(f"{path.stem}-b{path.suffix}")


def check_writable(path: Path) -> None:
    """BadInput unless `path` can become a file here."""
    if path.is_dir():
        raise BadInput(f"{path} is a folder; give the name of a file, such as take.wav")
    part = beside(path)
    try:
        part.touch()
    except OSError as error:
        raise BadInput(f"{path.parent} cannot be written: {error.strerror}") from None
    part.unlink()
