"""What sounds when: the one function that the engine, the renderer and the exporter all ask."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from deepsteps_live.music.live_set import SILENCE, LiveSet, Patch, Track
from deepsteps_live.music.pattern import Pattern
from deepsteps_live.music.scales import snap
from deepsteps_live.music.signals import chance, value_at

EARLIEST = 0.5  # steps a hit may sound before its place on the grid
SWING_TRAVEL = (
    0.8  # steps that the second step of a pair is late at swing 1; Microtonic's law, facts/supertonic.md 1B.4
)
LATEST = 0.5 + SWING_TRAVEL  # steps a hit may sound after its place on the grid

Decode = Callable[[str, tuple[float, ...], float], Pattern]  # (model, latents, tolerance) -> Pattern


@dataclass(frozen=True, slots=True)
class Event:
    """One note.

    beat      when it sounds, swing and groove included
    grid      the beat its step stands on
    track     whose it is
    step      its place on the track's grid, counted from beat 0
    velocity  0 to 1
    pitch     MIDI note in scale and key, or None for a drum at its own pitch
    gate      seconds it is held
    sound     the patch that plays it
    """

    beat: float
    grid: float
    track: str
    step: int
    velocity: float
    pitch: int | None
    gate: float
    sound: Patch | None


@dataclass(frozen=True, slots=True)
class Strip:
    """A track's place in the mix at one moment: level in dB, pan -1 to 1, and whether it is heard."""

    track: str
    level: float
    pan: float
    heard: bool


def no_model(model: str, latents: tuple[float, ...], tolerance: float) -> Pattern:
    """The decode of a set without models: silence."""
    return SILENCE


def events(
    live_set: LiveSet,
    start: float,
    end: float,
    decode: Decode = no_model,
    *,
    grid: tuple[float, float] = (-math.inf, math.inf),
) -> list[Event]:
    """All events that sound in the beats [start, end), in order of time, of steps that stand in the beats `grid`.

    Pure: cutting a span anywhere gives the same events as asking once. Steps count from beat 0;
    an early first step may sound before it, so playing starts `lead_in` beats before 0.
    """
    found: list[Event] = []
    soloed = any(track.solo for track in live_set)
    for track in live_set:
        if not _heard(track, soloed):
            continue
        first = max(0.0, start * track.rate - LATEST, grid[0] * track.rate)
        last = min(end * track.rate + EARLIEST, grid[1] * track.rate)
        for step in range(math.floor(first), math.ceil(last) + 1):
            event = _event(live_set, track, step, decode)
            if event is not None and start <= event.beat < end and grid[0] <= event.grid < grid[1]:
                found.append(event)
    found.sort(key=lambda event: event.beat)
    return found


def lead_in(live_set: LiveSet) -> float:
    """Beats before beat 0 in which an early first step may sound."""
    return max((EARLIEST / track.rate for track in live_set), default=0.0)


def strips(live_set: LiveSet, beat: float) -> list[Strip]:
    """The mix at one beat, a strip a track."""
    soloed = any(track.solo for track in live_set)
    return [
        Strip(
            track.name,
            min(10.0, max(-100.0, value_at(track.level, beat))),
            min(1.0, max(-1.0, value_at(track.pan, beat))),
            _heard(track, soloed),
        )
        for track in live_set
    ]


def pattern_at(live_set: LiveSet, track: Track, beat: float, decode: Decode) -> Pattern:
    """What a track plays around a beat: its own pattern, or what its model makes of its latents there."""
    if track.latents is None:
        return track.pattern
    return decode(track.model, tuple(value_at(latent, beat) for latent in track.latents), track.tolerance)


def _event(live_set: LiveSet, track: Track, step: int, decode: Decode) -> Event | None:
    grid = step / track.rate
    pattern = pattern_at(live_set, track, grid, decode)
    index = step % (track.length or len(pattern)) % len(pattern)
    if not pattern.hits[index] or not _drawn(live_set, track, step, pattern.probabilities[index]):
        return None
    swing = live_set.swing if track.swing is None else track.swing
    late = SWING_TRAVEL * swing if step % 2 else 0.0
    return Event(
        beat=(step + late + track.groove * pattern.offsets[index]) / track.rate,
        grid=grid,
        track=track.name,
        step=step,
        velocity=pattern.velocities[index],
        pitch=_pitch(live_set, track, index),
        gate=track.gate / 1000,
        sound=track.sound,
    )


def _drawn(live_set: LiveSet, track: Track, step: int, probability: float) -> bool:
    # A decoded hit is decided by its track's tolerance: its probability is for the eye.
    decided = track.latents is not None or probability == 1
    return decided or chance(live_set.seed, track.name, step) < probability


def _pitch(live_set: LiveSet, track: Track, index: int) -> int | None:
    if track.pitches is None:
        return None
    scale = live_set.scale if track.scale is None else track.scale
    key = live_set.key if track.key is None else track.key
    return snap(track.pitches[index % len(track.pitches)], scale, key)


def _heard(track: Track, soloed: bool) -> bool:
    return not track.mute and (track.solo or not soloed)
