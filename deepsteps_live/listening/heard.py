"""What is heard of a file: a value that holds all of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deepsteps_live.listening.onset import Onset
from deepsteps_live.music import Pattern


@dataclass(frozen=True, slots=True)
class Beats:
    """Where the beats of a recording lie.

    bpm         its tempo
    start       seconds at which its first bar begins
    bars        how many it has
    confidence  0 to 1, how sure that is
    how         "told", "file name", "metadata", "heard", or "MIDI"
    looped      whether it goes round: its end is its beginning
    """

    bpm: float
    start: float
    bars: int
    confidence: float
    how: str
    looped: bool = False

    @property
    def step(self) -> float:
        """Seconds of a sixteenth."""
        return 15 / self.bpm


@dataclass(frozen=True, slots=True)
class HeardRow:
    """A bar of 16 steps, which one it is (from 1), and its lane: "low", "mid", "high", a drum, or "" for all."""

    pattern: Pattern
    bar: int
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A file as it was heard: its onsets, its beats, the rows that they make, and what a picture of it needs.

    seconds  its length
    peaks    the loudest sample, 0 to 1, of equal stretches of it
    note     what else there is to say, or ""
    """

    path: Path
    onsets: tuple[Onset, ...]
    beats: Beats
    rows: tuple[HeardRow, ...]
    seconds: float
    peaks: tuple[float, ...] = ()
    note: str = ""
