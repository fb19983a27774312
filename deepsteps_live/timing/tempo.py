"""Tempo: the map from beats to seconds and back, each computed from the last change."""

from __future__ import annotations

from dataclasses import dataclass

from deepsteps_live.errors import number

SLOWEST, FASTEST = 1.0, 999.0  # bpm


@dataclass(frozen=True, slots=True)
class Anchor:
    """From `beat`, which falls on `seconds`, the tempo is `bpm`."""

    beat: float
    seconds: float
    bpm: float

    def at_beat(self, beat: float) -> float:
        """seconds = anchor + (beat - anchor's beat) * 60 / bpm"""
        return self.seconds + (beat - self.beat) * 60.0 / self.bpm

    def at_seconds(self, seconds: float) -> float:
        """beat = anchor + (seconds - anchor's seconds) * bpm / 60"""
        return self.beat + (seconds - self.seconds) * self.bpm / 60.0


@dataclass(frozen=True, slots=True)
class Tempo:
    """Anchors in order of time. Before the first its own tempo holds; after the last, the last one's."""

    anchors: tuple[Anchor, ...]

    @classmethod
    def start(cls, bpm: float, beat: float = 0.0, seconds: float = 0.0) -> Tempo:
        """One tempo throughout, with `beat` on `seconds`. BadInput outside 1 to 999 bpm."""
        return cls((Anchor(beat, seconds, number("tempo (bpm)", bpm, SLOWEST, FASTEST)),))

    def seconds(self, beat: float) -> float:
        """When a beat falls."""
        return self._holding(beat).at_beat(beat)

    def beat(self, seconds: float) -> float:
        """The beat that falls on a moment."""
        held = [anchor for anchor in self.anchors if anchor.seconds <= seconds]
        return (held[-1] if held else self.anchors[0]).at_seconds(seconds)

    def bpm_at(self, beat: float) -> float:
        """The tempo at a beat."""
        return self._holding(beat).bpm

    def changed(self, bpm: float, beat: float) -> Tempo:
        """A new tempo from `beat` on: that beat falls when it did, and changes that were to come later are dropped."""
        checked = number("tempo (bpm)", bpm, SLOWEST, FASTEST)
        kept = tuple(anchor for anchor in self.anchors if anchor.beat < beat)
        return Tempo((*kept, Anchor(beat, self.seconds(beat), checked)))

    def trimmed(self, beat: float) -> Tempo:
        """The same map from `beat` on, without the anchors that only hold before it."""
        spent = sum(anchor.beat <= beat for anchor in self.anchors) - 1
        return Tempo(self.anchors[spent:]) if spent > 0 else self

    def _holding(self, beat: float) -> Anchor:
        held = [anchor for anchor in self.anchors if anchor.beat <= beat]
        return held[-1] if held else self.anchors[0]
