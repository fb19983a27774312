"""What sounds when: the one function that the engine, the renderer and the exporter all ask."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from deepsteps_live.music.gear import MidiOut
from deepsteps_live.music.groove import Groove
from deepsteps_live.music.live_set import SILENCE, LiveSet, Patch, Track
from deepsteps_live.music.pattern import Pattern
from deepsteps_live.music.scales import snap
from deepsteps_live.music.signals import chance, value_at

EARLIEST = 0.5  # steps a hit may sound before its place on the grid
SWING_TRAVEL = (
    0.8  # steps that the second step of a pair is late at swing 1; Microtonic's law, facts/supertonic.md 1B.4
)
LATEST = 0.5 + SWING_TRAVEL + 1  # steps a hit may sound after its place on the grid; a roll fills its step

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
    sound     the patch that plays it, or None
    toward    the patch that it is moved towards, or None; `morph`, 0 to 1, says how far
    voices    how many hits of this track may ring at once, or None
    midi      where else it goes
    """

    beat: float
    grid: float
    track: str
    step: int
    velocity: float
    pitch: int | None
    gate: float
    sound: Patch | None
    toward: Patch | None = None
    morph: float = 0.0
    voices: int | None = None
    midi: tuple[MidiOut, ...] = ()


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
        if not heard(track, soloed):
            continue
        rhythm = leader(live_set, track)
        first = max(0.0, start * rhythm.rate - LATEST, grid[0] * rhythm.rate)
        last = min(end * rhythm.rate + EARLIEST, grid[1] * rhythm.rate)
        for step in range(math.floor(first), math.ceil(last) + 1):
            if grid[0] <= step / rhythm.rate < grid[1]:
                hits = _events(live_set, track, rhythm, step, decode)
                found += [event for event in hits if start <= event.beat < end]
    found.sort(key=lambda event: event.beat)
    return found


def lead_in(live_set: LiveSet) -> float:
    """Beats before beat 0 in which an early first step may sound."""
    return max((EARLIEST / track.rate for track in live_set), default=0.0)


def leader(live_set: LiveSet, track: Track) -> Track:
    """The track whose rhythm a track plays: its own, or at the end of those that it follows."""
    tracks = {each.name: each for each in live_set}
    for _ in tracks:
        if track.follows not in tracks:
            return track
        track = tracks[track.follows]
    return track  # they follow each other in a ring


def heard(track: Track, soloed: bool) -> bool:
    """Whether a track sounds; `soloed` says whether any track of its set is solo."""
    return not track.mute and (track.solo or not soloed)


def pattern_at(live_set: LiveSet, track: Track, beat: float, decode: Decode) -> Pattern:
    """What a track plays around a beat: its own pattern, or what its model makes of its latents there."""
    rhythm = leader(live_set, track)
    if rhythm.latents is None:
        return rhythm.pattern
    latents = tuple(value_at(latent, beat) for latent in rhythm.latents)
    made = decode(rhythm.model, latents, value_at(rhythm.tolerance, beat))
    return overridden(made, rhythm.overrides) if rhythm.overrides else made


@lru_cache(maxsize=256)
def overridden(made: Pattern, overrides: tuple[tuple[int, float], ...]) -> Pattern:
    """A pattern with the steps that were set by hand; those that it has not are left out."""
    for step, velocity in overrides:
        if step < len(made):
            made = made.hit(step, velocity=velocity)
    return made


def _events(live_set: LiveSet, track: Track, rhythm: Track, step: int, decode: Decode) -> list[Event]:
    """The hits of one step: none, one, or a roll."""
    grid = step / rhythm.rate
    pattern = pattern_at(live_set, rhythm, grid, decode)
    index = step % (rhythm.length or len(pattern)) % len(pattern)
    if not pattern.hits[index] or not _drawn(live_set, rhythm, step, pattern.probabilities[index]):
        return []
    swung = SWING_TRAVEL * (live_set.swing if rhythm.swing is None else rhythm.swing)
    offset, velocity = _felt(rhythm, step, pattern.offsets[index], pattern.velocities[index])
    place = step + (swung if step % 2 else 0.0) + offset
    room = 1 - swung if step % 2 else 1 + swung  # steps until the next one
    ratchet = pattern.ratchets[index]
    return [
        Event(
            beat=(place + room * number / ratchet) / rhythm.rate,
            grid=grid,
            track=track.name,
            step=step,
            velocity=velocity,
            pitch=_pitch(live_set, track, index),
            gate=track.gate / 1000,
            sound=track.sound if track.synth else None,
            toward=track.toward if track.synth else None,
            morph=min(1.0, max(0.0, value_at(track.morph, grid))) if track.toward else 0.0,
            voices=track.voices,
            midi=track.midi,
        )
        for number in range(math.ceil(ratchet))
    ]


def _felt(rhythm: Track, step: int, offset: float, velocity: float) -> tuple[float, float]:
    """The offset and the velocity of a hit in its track's groove."""
    if isinstance(rhythm.groove, Groove):
        return rhythm.groove.placed(step, offset), rhythm.groove.accented(step, velocity)
    return rhythm.groove * offset, velocity


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
