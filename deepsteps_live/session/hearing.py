"""A bar of whatever a performer names: a track, a pattern, a recording, a MIDI file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepsteps_live.music import Pattern, pattern
from deepsteps_live.session.dataset import Row

if TYPE_CHECKING:
    from deepsteps_live.listening import Heard
    from deepsteps_live.session.instrument import Instrument


def is_file(what: Any) -> bool:
    """Whether a word names a recording or a MIDI file, by its ending."""
    return isinstance(what, str | Path) and bool(Path(what).suffix) and Path(what).suffix.lower() in _room().ENDINGS


def bars_of(instrument: Instrument, what: Any) -> list[Pattern]:
    """The bars of a track, a pattern or a file; BadInput when it is none of them."""
    if is_file(what):
        return [row.pattern for row in _room().listen_file(Path(what).expanduser()).rows]
    name = getattr(what, "name", None)
    return [pattern(what) if name is None else instrument.pattern(str(name))]


def bar_of(instrument: Instrument, what: Any) -> Pattern:
    """The first of them."""
    return bars_of(instrument, what)[0]


def rows_of(heard: Heard) -> list[Row]:
    """What was heard as rows of the dataset, each with its file, bar and lane."""
    return [Row(row.pattern, " ".join(f"{heard.path.name} bar {row.bar} {row.lane}".split())) for row in heard.rows]


def _room() -> Any:
    """The room `listening`: read when first needed, so that the prompt is there sooner."""
    from deepsteps_live import listening

    return listening
