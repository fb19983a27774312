"""Every control that a knob, a fader or a message can move, by its place as it is typed: "tempo", "kick.level".

Which settings are controls stands in RANGES; a sound's are its numbers. To add one: its row in RANGES.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deepsteps_live import sound
from deepsteps_live.errors import no_such
from deepsteps_live.music.live_set import LATENT_LIMIT
from deepsteps_live.session.settings import LATENT_NAMES, SET_SETTINGS, TRACK_SETTINGS

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument
    from deepsteps_live.session.tracks import TrackHandle


@dataclass(frozen=True, slots=True)
class Range:
    """What a setting may be: the least and the most of it, where a knob's travel ends when that is less, its kind
    ("number", "whole" or "switch"), and whether a knob goes through it by factors, as through frequencies and times.
    """

    least: float
    most: float
    knob: tuple[float, float] | None = None
    kind: str = "number"
    geometric: bool = False


SWITCH = Range(0, 1, kind="switch")
SHARE = Range(0, 1)

RANGES: dict[str, Range] = {  # of the set's settings and of a track's, which mean the same where they share a name
    "tempo": Range(1, 999, knob=(60, 180)),
    "swing": SHARE,
    "quant": Range(0, 64, knob=(0, 8)),
    "level": Range(-100, 10, knob=(-60, 6)),
    "lowpass": Range(20, 20_000, geometric=True),
    "resonance": Range(0.5, 20, geometric=True),
    "reverb_time": Range(0.1, 20, geometric=True),
    "reverb_tone": Range(200, 20_000, geometric=True),
    "delay_time": Range(1 / 16, 4, geometric=True),
    "delay_feedback": Range(0, 0.95),
    "tolerance": SHARE,
    "length": Range(1, 64, kind="whole"),
    "gate": Range(1, 10_000, knob=(10, 2000), geometric=True),
    "groove": SHARE,
    "pan": Range(-1, 1),
    "reverb": SHARE,
    "delay": SHARE,
    "voices": Range(1, 16, kind="whole"),
    "mute": SWITCH,
    "solo": SWITCH,
    "synth": SWITCH,
    "program": Range(0, 127, kind="whole"),
    "bend": Range(-1, 1),
}

KNOB_OF_ENDLESS = 0.98  # of the normalised way of a parameter that goes to infinity
KNOB_LATENT = 3.0  # standard deviations: what a knob travels of a latent, either way
LATENT_HELP = "a latent, in units of the data: 0 is the mean, 1 a standard deviation"


def _straight(x: float, low: float, high: float) -> float:
    return low + (high - low) * x


def _geometric(x: float, low: float, high: float) -> float:
    return math.exp(math.log(low) + (math.log(high) - math.log(low)) * x)


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that can be moved.

    place        as it is typed
    help         one line, with range and unit
    low, high    where a knob's travel ends
    least, most  what is allowed at all
    get, put     read it, set it
    kind         "number", "whole" or "switch" (0 and 1)
    bend         from 0 to 1, the way of a knob, to a value between two others
    """

    place: str
    help: str
    low: float
    high: float
    least: float
    most: float
    get: Callable[[], Any]
    put: Callable[[Any], None]
    kind: str = "number"
    bend: Callable[[float, float, float], float] = _straight

    def put_scaled(self, x: float, low: float | None = None, high: float | None = None) -> None:
        """Put it where a knob stands, 0 to 1 of its travel, or of the travel from `low` to `high`."""
        value = self.bend(min(1.0, max(0.0, x)), self.low if low is None else low, self.high if high is None else high)
        if self.kind == "number":
            self.put(round(value, 9))
        else:
            self.put(value >= 0.5 if self.kind == "switch" else round(value))


def control(instrument: Instrument, place: str) -> Control:
    """The control of that place, or BadInput with the nearest one."""
    found = find(instrument, place)
    if found is None:
        raise no_such("control", place, places(instrument))
    return found


def places(instrument: Instrument) -> Iterator[str]:
    """The places of all controls."""
    yield from (name for name in SET_SETTINGS if name in RANGES)
    yield from LATENT_NAMES
    yield "tolerance"
    for track in instrument.session.live_set:
        yield from (f"{track.name}.{name}" for name in TRACK_SETTINGS if name in RANGES)
        yield from (f"{track.name}.{name}" for name in LATENT_NAMES)
        if track.sound is not None:
            rows = sound.PARAMETERS[track.sound.synth]
            yield from (f"{track.name}.sound.{row.name}" for row in rows if row.laws)


def find(instrument: Instrument, place: str) -> Control | None:
    """The control of that place, or None."""
    owner, _, name = place.rpartition(".")
    track, _, is_sound = owner.partition(".")
    if not owner and (name in LATENT_NAMES or name == "tolerance"):
        return _of_track(instrument.track(instrument.session.live_set.focus), name, place)
    if not owner:
        return _of_set(instrument, name)
    if track not in {each.name for each in instrument.session.live_set}:
        return None
    if is_sound:
        return _of_sound(instrument.track(track), name, place) if is_sound == "sound" else None
    return _of_track(instrument.track(track), name, place)


def _of_set(instrument: Instrument, name: str) -> Control | None:
    bound = instrument.find(name)
    if name not in SET_SETTINGS or name not in RANGES or bound is None or bound.set is None:
        return None
    return _setting(name, SET_SETTINGS[name].help, RANGES[name], bound.get, bound.set)


def _of_track(handle: TrackHandle, name: str, place: str) -> Control | None:
    def get() -> Any:
        return getattr(handle, name)

    def put(value: Any) -> None:
        setattr(handle, name, value)

    if name in LATENT_NAMES:
        return Control(place, LATENT_HELP, -KNOB_LATENT, KNOB_LATENT, -LATENT_LIMIT, LATENT_LIMIT, get, put)
    if name not in TRACK_SETTINGS or name not in RANGES:
        return None
    return _setting(place, TRACK_SETTINGS[name].help, RANGES[name], get, put)


def _setting(place: str, text: str, may: Range, get: Callable[[], Any], put: Callable[[Any], None]) -> Control:
    low, high = may.knob or (may.least, may.most)
    bend = _geometric if may.geometric else _straight
    return Control(place, text, low, high, may.least, may.most, get, put, may.kind, bend)


def _of_sound(handle: TrackHandle, name: str, place: str) -> Control | None:
    patch = handle.track.sound
    if patch is None:
        return None
    if not any(row.name == name and row.laws for row in sound.PARAMETERS[patch.synth]):
        return None
    rule = sound.law(patch, name)

    def bend(x: float, low: float, high: float) -> float:
        first, last = rule.normal(low), rule.normal(high)
        return rule.show(first + (last - first) * x)

    low, high = rule.low, rule.high
    text = f"{name} of {handle.name}'s sound, {rule.range()}"
    return Control(
        place,
        text,
        low if math.isfinite(low) else rule.show(1 - KNOB_OF_ENDLESS),
        high if math.isfinite(high) else rule.show(KNOB_OF_ENDLESS),
        low,
        high,
        lambda: getattr(handle.sound, name),
        lambda value: setattr(handle.sound, name, value),
        bend=bend,
    )
