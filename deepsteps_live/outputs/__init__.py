"""The outside: outputs that play events when they are due. They never ask what comes next.

To add an output: a class with the methods of `Output`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from deepsteps_live.music import Event, LiveSet, Mix
from deepsteps_live.outputs.audio import AudioSystem, latency
from deepsteps_live.outputs.live import ScsynthOutput
from deepsteps_live.outputs.midi import Midi
from deepsteps_live.outputs.offline import render
from deepsteps_live.outputs.osc_door import OscDoor


class Output(Protocol):
    """What plays events. Times are seconds of the engine's clock."""

    def ready(self, timeout: float) -> bool:
        """Whether it can play, waiting at most so long."""

    def prepare(self, live_set: LiveSet) -> None:
        """Have everything there that the set needs; may take time, is never called on the scheduler's path."""

    def play(self, events: Sequence[tuple[Event, float]]) -> None:
        """Events of one frame and when each is due; returns at once."""

    def hold(self, event: Event) -> None:
        """Begin a note at once, without lookahead."""

    def release(self, event: Event) -> None:
        """End a note that was begun by `hold`."""

    def mix(self, mix: Mix) -> None:
        """The mix as it should be now."""

    def silence(self) -> None:
        """Everything off at once, what is scheduled included."""

    def status(self) -> dict[str, Any]:
        """Figures for the performer."""

    def record(self, path: Path, due: float | None = None, *, apart: bool = False) -> None:
        """Record what is heard to a WAV, from now or from `due` on; `apart` outputs A and B before the master,
        to two WAVs whose names end in -a and -b.
        """

    def stop_recording(self, due: float | None = None) -> float:
        """End the recording; its length in seconds."""

    def close(self) -> None:
        """End."""


def boot(
    *,
    wall_time: Callable[[float], float],
    audio: AudioSystem,
    died: Callable[[], None],
    notice: Callable[[str], None],
    late: Callable[[float], None] = lambda seconds: None,
    server: str | None = None,
    opened: Callable[[Mapping[str, str]], None] = lambda variables: None,
) -> Output:
    """The output to scsynth, running; Fault with the line that mends it when it cannot run.

    `audio` is what it plays on. `opened` is told the environment variables that say which audio system it plays on.
    """
    return ScsynthOutput(
        wall_time=wall_time, audio=audio, died=died, notice=notice, late=late, server=server, opened=opened
    )


__all__ = ["AudioSystem", "Midi", "OscDoor", "Output", "ScsynthOutput", "boot", "latency", "render"]
