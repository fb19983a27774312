"""Which knob moves what: rows that are kept for this machine."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from deepsteps_live import places
from deepsteps_live.files import write_whole


@dataclass(frozen=True, slots=True)
class Knob:
    """A knob and what it moves.

    port, channel, controller  where its control changes come from: channel 1 to 16, controller 0 to 119
    place                      what is moved, as it is typed: "a", "kick.level"
    low, high                  the values at its ends, in the units of the place
    """

    port: str
    channel: int
    controller: int
    place: str
    low: float
    high: float

    def sends(self, port: str, channel: int, controller: int) -> bool:
        """Whether a control change is this knob's."""
        return (self.port, self.channel, self.controller) == (port, channel, controller)

    def __str__(self) -> str:
        return (
            f"{self.place:<16} {self.low:g} to {self.high:g}  cc {self.controller} channel {self.channel}  {self.port}"
        )


Knobs = tuple[Knob, ...]


def read() -> Knobs:
    """The knobs that are kept; none when nothing is, or what is kept cannot be read."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        return tuple(Knob(**row) for row in json.loads(_file().read_text()))
    return ()


def write(knobs: Iterable[Knob]) -> None:
    """Keep knobs. OSError leaves what was there."""
    write_whole(_file(), json.dumps([asdict(knob) for knob in knobs]).encode())


def without(knobs: Knobs, place: str) -> Knobs:
    """The knobs but those that move this place."""
    return tuple(knob for knob in knobs if knob.place != place)


def _file() -> Path:
    return places.data_folder() / "knobs.json"
