"""What the panel draws from: the music as it is, and what the performer looks at. Values only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deepsteps_live.music import Decode, LiveSet, Track, no_model
from deepsteps_live.repl.grid import Line
from deepsteps_live.repl.map_points import NOWHERE, Cloud
from deepsteps_live.session.training import Progress

PLAY, EDIT, MAP, KEYS = "play", "edit", "map", "keys"


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: a mode, and in it a cursor (a track by its number, a step) or two latents of a map.

    `erasing` says that steps are erased as the cursor moves over them.
    """

    mode: str = PLAY
    row: int = 0
    step: int = 0
    erasing: bool = False
    across: int = 0
    up: int = 1


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a frame shows.

    beat      that is heard, None when nothing plays          tempo  in bpm, as it is heard
    state     what the engine publishes (see `engine.player`)  progress  of a training, or None
    cloud     training rows in the latents of the focused track's model, and their density
    """

    live_set: LiveSet
    beat: float | None = None
    tempo: float = 120.0
    state: Mapping[str, Any] = field(default_factory=dict)
    progress: Progress | None = None
    decode: Decode = no_model
    cloud: Cloud = NOWHERE
    view: View = field(default_factory=View)

    @property
    def focus(self) -> Track | None:
        """The track in focus."""
        return next((track for track in self.live_set if track.name == self.live_set.focus), None)


@dataclass(frozen=True, slots=True)
class Spot:
    """What stands at a place of the panel: "step" of a track, its "name", a "latent", or a "point" of the map.

    value  the number of the step or the latent      point  the values of the map's two latents there
    """

    kind: str
    track: str = ""
    value: int = 0
    point: tuple[float, float] = (0.0, 0.0)


Find = Callable[[int, int], Spot | None]  # column, line of its area -> what stands there


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a panel, and what of them can be touched."""

    lines: list[Line]
    find: Find = lambda x, y: None


def stacked(parts: list[Part], height: int) -> Part:
    """Parts one below the other, cut off at `height` lines."""
    lines = [line for part in parts for line in part.lines][:height]

    def find(x: int, y: int) -> Spot | None:
        for part in parts:
            if y < len(part.lines):
                return part.find(x, y)
            y -= len(part.lines)
        return None

    return Part(lines, find)
