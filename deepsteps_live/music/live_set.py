"""The LiveSet: all that plays, as one frozen value."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

from deepsteps_live.errors import BadInput, no_such, number, whole
from deepsteps_live.music.gear import MidiIn, MidiOut, checked_cc
from deepsteps_live.music.groove import Groove
from deepsteps_live.music.pattern import MOST_STEPS, Pattern
from deepsteps_live.music.scales import scale_named
from deepsteps_live.music.signals import Signal, Value, checked, value_at

BEATS_PER_BAR = 4
STEPS_PER_BEAT = 4
LATENTS = 4
MOST_TRACKS = 64
MOST_VOICES = 16  # of one track
LATENT_LIMIT = 100.0  # far outside any trained data, near enough to stay finite

SILENCE = Pattern((False,) * 16)

RATES = {"1/8": 2.0, "1/8T": 3.0, "1/16": 4.0, "1/16T": 6.0, "1/32": 8.0}  # steps per beat


@dataclass(frozen=True, slots=True)
class Patch:
    """A sound as data: which synth, and its parameters in normalised values, 0 to 1.

    What each parameter means, its range and its unit stand in `deepsteps_live.sound`.
    """

    synth: str
    name: str
    values: tuple[tuple[str, float], ...] = ()  # sorted by parameter

    def __post_init__(self) -> None:
        values = self.values.items() if isinstance(self.values, Mapping) else self.values
        kept = tuple(sorted((str(key), number(str(key), value, 0, 1)) for key, value in values))
        if len({key for key, _ in kept}) != len(kept):
            raise BadInput(f'a parameter of the patch "{self.name}" stands twice; give each once')
        object.__setattr__(self, "values", kept)

    def get(self, parameter: str, default: float) -> float:
        """The normalised value of a parameter."""
        return dict(self.values).get(parameter, default)

    def but(self, **values: float) -> Patch:
        """This patch with some normalised values changed."""
        return replace(self, values=tuple({**dict(self.values), **values}.items()))


@dataclass(frozen=True, slots=True)
class Track:
    """One lane: its rhythm (a pattern, or four latents of a model), its pitches, its sound, its strip.

    name       what it is called at the prompt
    pattern    what it plays when `latents` is None
    follows    the track whose rhythm it takes instead: pattern or latents, length, rate, groove and swing; "" for none
    latents    four numbers or signals in units of the data (0 mean, 1 standard deviation), or None
    model      content hash of the weights that the latents go through
    overrides  steps of what the model makes, set by hand: pairs of a step, from 0, and its velocity, 0 for a rest;
               new latents, another model and a new pattern take them away
    tolerance  0 to 1, or a signal: a decoded step sounds when its probability is above it
    pitches    MIDI notes, one a step and round again, or None for a drum at its own pitch
    scale, key of this track, or None for the set's
    length     steps before it starts again, 1 to 64, or None for the pattern's own
    rate       steps per beat: 4 is sixteenths
    gate       how long a note is held, in ms, 1 to 10000
    groove     0 to 1: how much of the offsets is played; or a Groove that is worn instead
    swing      0 to 1, or None for the set's
    level      dB, -100 to 10, or a signal
    pan        -1 (left) to 1 (right), or a signal
    reverb, delay  0 to 1, how much of it goes to the reverb and to the delay, or signals
    mute, solo silence this track; silence the others
    sound      the patch that plays it, or None
    toward     the patch that its sound is moved towards, or None
    morph      0 to 1, how far, or a signal
    voices     how many of its hits may ring at once, 1 to 16, or None for its synth's own: a drum 1, a melody 8
    synth      whether its sound plays it; False leaves it to gear
    midi       where else its notes go
    keys       the MIDI notes that play it
    cc         pairs of a control number and its value, 0 to 127 or a signal, for that gear
    program    0 to 127, the program that gear plays it with, or None
    bend       -1 to 1, the gear's pitch bend, or a signal
    """

    name: str
    pattern: Pattern = SILENCE
    follows: str = ""
    latents: tuple[Value, ...] | None = None
    model: str = ""
    overrides: tuple[tuple[int, float], ...] = ()
    tolerance: Value = 0.5
    pitches: tuple[int, ...] | None = None
    scale: str | None = None
    key: int | None = None
    length: int | None = None
    rate: float = float(STEPS_PER_BEAT)
    gate: float = 100.0
    groove: float | Groove = 1.0
    swing: float | None = None
    level: Value = 0.0
    pan: Value = 0.0
    reverb: Value = 0.0
    delay: Value = 0.0
    mute: bool = False
    solo: bool = False
    sound: Patch | None = None
    toward: Patch | None = None
    morph: Value = 0.0
    voices: int | None = None
    synth: bool = True
    midi: tuple[MidiOut, ...] = ()
    keys: tuple[MidiIn, ...] = ()
    cc: tuple[tuple[int, Value], ...] = ()
    program: int | None = None
    bend: Value = 0.0

    def __post_init__(self) -> None:
        put = partial(object.__setattr__, self)
        if not isinstance(self.name, str) or not self.name.isidentifier():
            raise BadInput(f'a track\'s name is a word such as "bass", not "{self.name}"')
        if not isinstance(self.pattern, Pattern):
            raise BadInput(f"the pattern of {self.name} is a Pattern, not {type(self.pattern).__name__}")
        if self.latents is not None:
            put("latents", checked_latents(self.latents))
        if not isinstance(self.model, str):
            raise BadInput(f"a model goes by its hash, not by {type(self.model).__name__}")
        put("overrides", checked_overrides(self.overrides))
        for patch in (self.sound, self.toward):
            if patch is not None and not isinstance(patch, Patch):
                raise BadInput(f"the sound of {self.name} is a Patch, not {type(patch).__name__}")
        if not isinstance(self.follows, str):
            raise BadInput(f"{self.name} follows a track's name, not {type(self.follows).__name__}")
        put("tolerance", checked("tolerance", self.tolerance, 0, 1))
        if self.pitches is not None:
            if not 1 <= len(self.pitches) <= MOST_STEPS:
                raise BadInput(f"pitches are 1 to {MOST_STEPS} MIDI notes, not {len(self.pitches)}")
            put("pitches", tuple(whole("a pitch", pitch, 0, 127) for pitch in self.pitches))
        if self.scale is not None:
            put("scale", scale_named(self.scale))
        if self.key is not None:
            put("key", whole("key", self.key, 0, 11))
        if self.length is not None:
            put("length", whole("length", self.length, 1, MOST_STEPS))
        if self.rate not in RATES.values():
            raise BadInput(
                f"a rate is {', '.join(f'{steps:g} ({name})' for name, steps in RATES.items())} steps a beat"
            )
        put("gate", number("gate (ms)", self.gate, 1, 10_000))
        if not isinstance(self.groove, Groove):
            put("groove", number("groove", self.groove, 0, 1))
        if self.swing is not None:
            put("swing", number("swing", self.swing, 0, 1))
        put("level", checked("level (dB)", self.level, -100, 10))
        put("pan", checked("pan", self.pan, -1, 1))
        put("reverb", checked("reverb", self.reverb, 0, 1))
        put("delay", checked("delay", self.delay, 0, 1))
        put("morph", checked("morph", self.morph, 0, 1))
        if self.voices is not None:
            put("voices", whole("voices", self.voices, 1, MOST_VOICES))
        put("mute", bool(self.mute))
        put("solo", bool(self.solo))
        put("synth", bool(self.synth))
        self._check_gear()

    def _check_gear(self) -> None:
        put = partial(object.__setattr__, self)
        for name, kind in (("midi", MidiOut), ("keys", MidiIn)):
            places = getattr(self, name)
            if not isinstance(places, tuple | list) or not all(isinstance(place, kind) for place in places):
                raise BadInput(f"{self.name}.{name} is a tuple of {kind.__name__}s; {self.name}.{name}() changes it")
            put(name, tuple(places))
        put("cc", checked_cc(self.cc))
        put("bend", checked("bend", self.bend, -1, 1))
        if self.program is not None:
            put("program", whole("program", self.program, 0, 127))


@dataclass(frozen=True, slots=True)
class LiveSet:
    """Everything that plays: what is saved, sent to the engine, undone and rendered.

    tempo  bpm, 1 to 999, or a signal      swing  0 to 1        scale, key  of tracks that have none of their own
    quant  bars: changes land on the next multiple; 0 is now
    focus  the track whose latents a b c d are     seed  of all randomness
    level  of the master, dB, or a signal

    lowpass, resonance           the master's low-pass: Hz, 20 to 20000, and its Q, 0.5 to 20; or signals
    reverb_time, reverb_tone     seconds to -60 dB, 0.1 to 20; Hz above which it is darker, 200 to 20000
    delay_time, delay_feedback   beats between echoes, 1/16 to 4; 0 to 0.95 of each comes again

    clock      what tells the time: "internal", "link", or the name of a MIDI port whose clock is followed
    clock_out  MIDI ports that get our clock
    """

    tracks: tuple[Track, ...] = ()
    tempo: Value = 120.0
    swing: float = 0.0
    scale: str = "pentmin"
    key: int = 0
    quant: float = 1.0
    focus: str = "seq"
    seed: int = 0
    level: Value = 0.0
    lowpass: Value = 20_000.0
    resonance: Value = 0.7071
    reverb_time: float = 1.8
    reverb_tone: float = 6_000.0
    delay_time: float = 0.75
    delay_feedback: float = 0.4
    clock: str = "internal"
    clock_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        put = partial(object.__setattr__, self)
        put("tempo", checked("tempo (bpm)", self.tempo, 1, 999))
        put("swing", number("swing", self.swing, 0, 1))
        put("scale", scale_named(self.scale))
        put("key", whole("key", self.key, 0, 11))
        put("quant", number("quant (bars)", self.quant, 0, 64))
        put("seed", whole("seed", self.seed, 0, 2**31))
        put("level", checked("level (dB)", self.level, -100, 10))
        put("lowpass", checked("lowpass (Hz)", self.lowpass, 20, 20_000))
        put("resonance", checked("resonance (Q)", self.resonance, 0.5, 20))
        put("reverb_time", number("reverb_time (seconds)", self.reverb_time, 0.1, 20))
        put("reverb_tone", number("reverb_tone (Hz)", self.reverb_tone, 200, 20_000))
        put("delay_time", number("delay_time (beats)", self.delay_time, 1 / 16, 4))
        put("delay_feedback", number("delay_feedback", self.delay_feedback, 0, 0.95))
        if not isinstance(self.clock, str) or not self.clock:
            raise BadInput('clock is "internal", "link" or the name of a MIDI port')
        if not all(isinstance(port, str) and port for port in self.clock_out):
            raise BadInput("clock_out is the names of MIDI ports")
        put("clock_out", tuple(self.clock_out))
        if len(self.tracks) > MOST_TRACKS:
            raise BadInput(f"a set has at most {MOST_TRACKS} tracks, not {len(self.tracks)}")
        if not isinstance(self.focus, str):
            raise BadInput(f"the focus is a track's name, not {type(self.focus).__name__}")
        names = [track.name for track in self.tracks]
        for name in names:
            if names.count(name) > 1:
                raise BadInput(f'there are two tracks named "{name}"; give each a name of its own')

    def __iter__(self) -> Iterator[Track]:
        return iter(self.tracks)

    def track(self, name: str) -> Track:
        """The track of that name, or BadInput with the nearest one."""
        for track in self.tracks:
            if track.name == name:
                return track
        raise no_such("track", name, (track.name for track in self.tracks))

    def but(self, **changes: Any) -> LiveSet:
        """This set with some of its own fields changed."""
        return replace(self, **changes)

    def but_track(self, name: str, **changes: Any) -> LiveSet:
        """This set with some fields of one track changed; what makes its pattern anew takes its overrides away."""
        self.track(name)
        if "overrides" not in changes and not REGENERATES.isdisjoint(changes):
            changes["overrides"] = ()
        return replace(
            self,
            tracks=tuple(replace(track, **changes) if track.name == name else track for track in self.tracks),
        )


def checked_latents(latents: object) -> tuple[Value, ...]:
    """Four finite numbers or signals, or BadInput."""
    if not isinstance(latents, (tuple, list)) or len(latents) != LATENTS:
        raise BadInput("latents are four numbers or signals: seq.latents = 0.4, -1.2, 0, 0.7")
    return tuple(checked("a latent", value, -LATENT_LIMIT, LATENT_LIMIT) for value in latents)


def checked_overrides(overrides: object) -> tuple[tuple[int, float], ...]:
    """Pairs of a step, from 0, and a velocity, 0 to 1, sorted by step, or BadInput."""
    try:
        pairs = [(step, velocity) for step, velocity in overrides]  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise BadInput("overrides are pairs of a step and its velocity") from None
    kept = {whole("a step", step, 0, MOST_STEPS - 1): number("a velocity", velocity, 0, 1) for step, velocity in pairs}
    return tuple(sorted(kept.items()))


REGENERATES = frozenset(("pattern", "latents", "model"))  # what takes the overrides of a track away

TEMPO_STEPS = 8  # a beat: a tempo that moves is held for an eighth of one


def tempo_at(live_set: LiveSet, beat: float) -> float:
    """The tempo of a set at a beat, in bpm; one that moves goes in steps of an eighth of a beat."""
    if not isinstance(live_set.tempo, Signal):
        return live_set.tempo
    return min(999.0, max(1.0, value_at(live_set.tempo, math.floor(beat * TEMPO_STEPS + 1e-9) / TEMPO_STEPS)))


# What waits for the bar line when quant is not 0. All else acts at once.
QUANTISED = ("pattern", "follows", "model", "length", "rate")


def at_once(playing: LiveSet, wanted: LiveSet) -> LiveSet:
    """What of `wanted` may be heard now, while its patterns wait for the bar.

    Tracks keep the QUANTISED fields that they play, and whether a model drives them; tracks that
    are new wait, tracks that are gone play on.
    """
    new = {track.name: track for track in wanted.tracks}
    return replace(wanted, tracks=tuple(_track_at_once(old, new.get(old.name, old)) for old in playing.tracks))


def carried(playing: LiveSet, before: LiveSet, wanted: LiveSet) -> LiveSet:
    """`playing` with what differs between `before` and `wanted`, as far as it may be heard now.

    For a set that waits whole for its bar: what is turned meanwhile is heard, what else the set will bring is not.
    """
    changes = {
        field.name: getattr(wanted, field.name)
        for field in fields(LiveSet)
        if field.name != "tracks" and getattr(before, field.name) != getattr(wanted, field.name)
    }
    old, new = ({track.name: track for track in each} for each in (before, wanted))
    tracks = tuple(_track_carried(track, old.get(track.name), new.get(track.name)) for track in playing)
    return replace(playing, tracks=tracks, **changes)


def _track_carried(playing: Track, before: Track | None, wanted: Track | None) -> Track:
    if before is None or wanted is None:
        return playing
    changes = {
        field.name: getattr(wanted, field.name)
        for field in fields(Track)
        if field.name not in QUANTISED and getattr(before, field.name) != getattr(wanted, field.name)
    }
    if "latents" in changes and (playing.latents is None) != (wanted.latents is None):
        del changes["latents"]
    return replace(playing, **changes) if changes else playing


def _track_at_once(playing: Track, wanted: Track) -> Track:
    waiting = {
        field: getattr(playing, field) for field in QUANTISED if getattr(playing, field) != getattr(wanted, field)
    }
    if (playing.latents is None) != (wanted.latents is None):
        waiting["latents"] = playing.latents
    return replace(wanted, **waiting) if waiting else wanted
