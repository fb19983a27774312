"""How much later everything goes to each MIDI port: kept for this machine, whatever set is played."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path

from deepsteps_live import places
from deepsteps_live.files import write_whole

MOST = 1.0  # seconds, either way


def read() -> dict[str, float]:
    """Seconds by the name of a port; empty when nothing is kept, or what is kept cannot be read."""
    with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
        kept = json.loads(_file().read_text()).items()
        return {str(name): float(seconds) for name, seconds in kept if abs(float(seconds)) <= MOST}
    return {}


def write(offsets: Mapping[str, float]) -> None:
    """Keep them. OSError leaves what was there."""
    write_whole(_file(), json.dumps(dict(offsets)).encode())


def _file() -> Path:
    return places.data_folder() / "midi_offsets.json"
