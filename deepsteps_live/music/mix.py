"""The mix: where every fader stands at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from deepsteps_live.music.events import heard
from deepsteps_live.music.live_set import LiveSet, Track, tempo_at
from deepsteps_live.music.signals import Signal, Value, value_at


@dataclass(frozen=True, slots=True)
class Strip:
    """A track's place in the mix.

    level          dB, -100 to 10
    pan            -1 (left) to 1 (right)
    heard          whether it sounds
    reverb, delay  0 to 1 of it, behind its fader, into each
    output         "A", or "B", the second pair of buses
    """

    track: str
    level: float = 0.0
    pan: float = 0.0
    heard: bool = True
    reverb: float = 0.0
    delay: float = 0.0
    output: str = "A"


@dataclass(frozen=True, slots=True)
class Master:
    """What all tracks go through.

    level                     dB, -100 to 10
    lowpass, resonance        Hz, 20 to 20000, and Q, 0.5 to 20; at 20000 Hz it is open
    reverb_time, reverb_tone  seconds to -60 dB; Hz above which the tail is darker
    delay_time                seconds between echoes
    delay_feedback            0 to 0.95 of each echo comes again
    """

    level: float = 0.0
    lowpass: float = 20_000.0
    resonance: float = 0.7071
    reverb_time: float = 1.8
    reverb_tone: float = 6_000.0
    delay_time: float = 0.375
    delay_feedback: float = 0.4


@dataclass(frozen=True, slots=True)
class Mix:
    """Every strip, in the order of the tracks, and the master."""

    strips: tuple[Strip, ...] = ()
    master: Master = Master()


def mix(live_set: LiveSet, beat: float) -> Mix:
    """The mix of a set at a beat."""
    soloed = any(track.solo for track in live_set)
    return Mix(tuple(_strip(track, soloed, beat) for track in live_set), _master(live_set, beat))


def mix_moves(live_set: LiveSet) -> bool:
    """Whether any of the mix moves by itself."""
    faders = [value for track in live_set for value in (track.level, track.pan, track.reverb, track.delay)]
    masters = (live_set.level, live_set.lowpass, live_set.resonance, live_set.tempo)
    return any(isinstance(value, Signal) for value in (*faders, *masters))


def _strip(track: Track, soloed: bool, beat: float) -> Strip:
    return Strip(
        track.name,
        _within(-100.0, track.level, 10.0, beat),
        _within(-1.0, track.pan, 1.0, beat),
        heard(track, soloed),
        _within(0.0, track.reverb, 1.0, beat),
        _within(0.0, track.delay, 1.0, beat),
        "B" if track.sound is not None and track.sound.get("output", 0.0) >= 0.5 else "A",
    )


def _master(live_set: LiveSet, beat: float) -> Master:
    return Master(
        _within(-100.0, live_set.level, 10.0, beat),
        _within(20.0, live_set.lowpass, 20_000.0, beat),
        _within(0.5, live_set.resonance, 20.0, beat),
        live_set.reverb_time,
        live_set.reverb_tone,
        live_set.delay_time * 60 / tempo_at(live_set, beat),
        live_set.delay_feedback,
    )


def _within(low: float, value: Value, high: float, beat: float) -> float:
    return min(high, max(low, value_at(value, beat)))
