"""Sounds on the way from one patch to another, in 128 steps that are made ahead of the first hit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from deepsteps_live import sound
from deepsteps_live.music import Event, Patch, Track

STEPS = 128


@dataclass(frozen=True, slots=True)
class Voice:
    """What a hit plays: a patch, its structure, and whether it chokes others and is choked by them."""

    patch: Patch
    structure: sound.Structure
    choke: bool

    @classmethod
    def of(cls, patch: Patch) -> Voice:
        """The voice of a patch."""
        return cls(patch, sound.structure(patch), patch.get("choke", 0.0) >= 0.5)


@lru_cache(maxsize=256)
def voice(patch: Patch) -> Voice:
    """The voice of a patch that stays as it is."""
    return Voice.of(patch)


@lru_cache(maxsize=64)
def way(patch: Patch, toward: Patch) -> tuple[Voice, ...]:
    """The voices at all STEPS + 1 amounts of a morph, the patch itself first. BadInput when the synths differ."""
    return tuple(Voice.of(sound.morph(patch, toward, step / STEPS)) for step in range(STEPS + 1))


def structures(track: Track) -> set[sound.Structure]:
    """Every structure that a track's hits may need."""
    if track.sound is None:
        return set()
    if track.toward is None:
        return {voice(track.sound).structure}
    return {each.structure for each in way(track.sound, track.toward)}


def chosen(event: Event, known: set[sound.Structure]) -> tuple[Voice | None, bool]:
    """The voice of an event's sound, and whether it is the right one.

    Where its structure is not known, the nearest of its morph that is; None when there is none.
    """
    if event.sound is None:
        return None, False
    if event.toward is None:
        wanted = voice(event.sound)
        return (wanted, True) if wanted.structure in known else (None, False)
    place, voices = round(event.morph * STEPS), way(event.sound, event.toward)
    if voices[place].structure in known:
        return voices[place], True
    near = [step for step in range(STEPS + 1) if voices[step].structure in known]
    return (voices[min(near, key=lambda step: abs(step - place))], False) if near else (None, False)
