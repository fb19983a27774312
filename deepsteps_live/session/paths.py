"""Where a file that a performer names is to go."""

from __future__ import annotations

from pathlib import Path

from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.files import write_whole


def new_file(name: str, ending: str, kept: str) -> Path:
    """The path of a file to be written, or BadInput when it cannot go there.

    `ending` is its suffix, ".wav"; `kept` begins the error about another one: "a take is".
    """
    path = Path(str(name)).expanduser().absolute()
    if path.suffix.lower() != ending:
        raise BadInput(f'{kept} a {ending} file: "{path.stem}{ending}"')
    if not path.parent.is_dir():
        raise BadInput(f"there is no folder {path.parent}")
    if path.is_dir():
        raise BadInput(f'{path} is a folder; give the name of a file, such as "kick{ending}"')
    return path


def take_file(name: str) -> Path:
    """Where a take or a render goes."""
    return new_file(name, ".wav", "a take is")


def midi_file(name: str) -> Path:
    """Where an export goes."""
    return new_file(name, ".mid", "an export is")


def save(path: Path, content: bytes) -> str:
    """Write a file whole; where it went. Fault when it cannot be written; then what was there is intact."""
    try:
        write_whole(path, content)
    except OSError as error:
        raise Fault(f"{path} was not saved: {error.strerror}") from None
    return str(path)
