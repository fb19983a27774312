"""What can be assigned: one table for the set (`tempo = 126`), one for a track (`kick.level = -6`).

To add a setting: a row with its help, and the function that makes of a value the fields that change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from deepsteps_live.errors import BadInput, no_such
from deepsteps_live.music import LATENTS, RATES, LiveSet, Signal, Track, key_named
from deepsteps_live.session.patterns import pattern_for

LATENT_NAMES = ("a", "b", "c", "d")
FOCUS_NAMES = (*LATENT_NAMES, "tolerance")  # typed alone, they are those of the track in focus

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """A field that can be assigned.

    help     one line, with range and unit
    fields   from a typed value (and the set or track as it is) to the fields that change
    moves    "beat" or "bar" when it may be a function of the performer's own, called with that
    """

    help: str
    fields: Callable[[Any, Any], Fields]
    moves: str = ""


def plain(name: str) -> Callable[[Any, Any], Fields]:
    """The value as it is; the LiveSet or the Track checks it."""
    return lambda value, here: {name: value}


def _scale(value: Any, here: Any) -> Fields:
    return {"scale": value}


def _key(value: Any, here: Any) -> Fields:
    return {"key": value if value is None else key_named(value)}


def _focus(value: Any, here: LiveSet) -> Fields:
    return {"focus": here.track(str(getattr(value, "name", value))).name}


def _pattern(value: Any, here: Track) -> Fields:
    return {"pattern": pattern_for(here, value), "latents": None, "follows": ""}


def _latents(value: Any, here: Track) -> Fields:
    return {"latents": tuple(value) if isinstance(value, Iterable) else value, "follows": ""}


def _pitches(value: Any, here: Track) -> Fields:
    if value is None:
        return {"pitches": None}
    return {"pitches": tuple(value) if isinstance(value, Iterable) else (value,)}


def _switch(name: str) -> Callable[[Any, Any], Fields]:
    def fields(value: Any, here: Any) -> Fields:
        if value not in (True, False):
            raise BadInput(f"{name} is True or False, not {value!r:.40}")
        return {name: bool(value)}

    return fields


def _clock_out(value: Any, here: LiveSet) -> Fields:
    ports = () if value is None else (value,) if isinstance(value, str) else value
    if not isinstance(ports, tuple | list) or (value is not None and not ports):
        raise BadInput('clock_out is the name of a MIDI port, several of them, or None: clock_out = "Digitakt"')
    return {"clock_out": tuple(ports)}


def _rate(value: Any, here: Track) -> Fields:
    if isinstance(value, str):
        if value not in RATES:
            raise no_such("rate", value, RATES)
        return {"rate": RATES[value]}
    return {"rate": value}


SET_SETTINGS: dict[str, Setting] = {
    "tempo": Setting("tempo in bpm, 1 to 999; may move", plain("tempo"), "beat"),
    "swing": Setting("swing, 0 (straight) to 1; 0.42 is triplets", plain("swing")),
    "quant": Setting("bars: patterns land on the next multiple; 0 is now", plain("quant")),
    "scale": Setting("scale of all tracks that have none of their own", _scale),
    "key": Setting('key of all tracks that have none of their own: "D", "F#", "Bb"', _key),
    "seed": Setting("seed of all randomness, a whole number", plain("seed")),
    "level": Setting("level of the master in dB, -100 to 10; may move", plain("level"), "beat"),
    "lowpass": Setting("the master's low-pass in Hz, 20 to 20000 (open); may move", plain("lowpass"), "beat"),
    "resonance": Setting("its Q, 0.5 to 20; may move", plain("resonance"), "beat"),
    "reverb_time": Setting("seconds until the reverb is 60 dB down, 0.1 to 20", plain("reverb_time")),
    "reverb_tone": Setting("Hz above which the reverb is darker, 200 to 20000", plain("reverb_tone")),
    "delay_time": Setting("beats between echoes, 1/16 to 4: 0.75 is a dotted eighth", plain("delay_time")),
    "delay_feedback": Setting("0 to 0.95: how much of each echo comes again", plain("delay_feedback")),
    "clock": Setting('what tells the time: "internal", "link", or a MIDI port whose clock is followed', plain("clock")),
    "clock_out": Setting('MIDI ports that get our clock: "Digitakt", or several; None for none', _clock_out),
    "focus": Setting("the track whose latents a b c d are", _focus),
}

TRACK_SETTINGS: dict[str, Setting] = {
    "pattern": Setting(
        'what it plays: "x---X---", a list, euclid(5, 16), "beat.mid", or a function of the bar', _pattern, "bar"
    ),
    "latents": Setting(
        "four numbers or signals that its model turns into a pattern; None for its own pattern", _latents
    ),
    "model": Setting("the model its latents go through: a file, .npz or the plug-in's decoder.json", plain("model")),
    "tolerance": Setting("0 to 1: decoded steps more probable than this sound; may move", plain("tolerance"), "beat"),
    "pitches": Setting("MIDI notes, one a step and round again; None for a drum at its own pitch", _pitches),
    "scale": Setting("its scale; None for the set's", _scale),
    "key": Setting("its key; None for the set's", _key),
    "length": Setting("steps before it starts again, 1 to 64; None for the whole pattern", plain("length")),
    "rate": Setting('steps: "1/8", "1/8T", "1/16", "1/16T" or "1/32"', _rate),
    "gate": Setting("how long a note is held, in ms, 1 to 10000", plain("gate")),
    "groove": Setting("0 (straight) to 1: how much of its offsets is played; or a groove it wears", plain("groove")),
    "swing": Setting("its swing, 0 to 1; None for the set's", plain("swing")),
    "level": Setting("level in dB, -100 to 10; may move", plain("level"), "beat"),
    "pan": Setting("-1 (left) to 1 (right); may move", plain("pan"), "beat"),
    "reverb": Setting("0 to 1: how much of it goes to the reverb; may move", plain("reverb"), "beat"),
    "delay": Setting("0 to 1: how much of it goes to the delay; may move", plain("delay"), "beat"),
    "voices": Setting("how many of its hits may ring at once, 1 to 16; None for its synth's own", plain("voices")),
    "mute": Setting("True silences it", _switch("mute")),
    "solo": Setting("True silences the others", _switch("solo")),
    "synth": Setting("False leaves it to its MIDI gear alone", _switch("synth")),
    "program": Setting("the program of its MIDI gear, 0 to 127; None says nothing", plain("program")),
    "bend": Setting("the pitch bend of its MIDI gear, -1 to 1; may move", plain("bend"), "beat"),
}


def latents_but(track: Track, index: int, value: Any) -> tuple[Any, ...]:
    """A track's latents with one of them changed; those it had not are 0."""
    now = list(track.latents or (0.0,) * LATENTS)
    now[index] = value
    return tuple(now)


def track_fields(name: str, value: Any, track: Track) -> Fields:
    """The fields of a track that an assignment changes, or BadInput with the nearest name."""
    if name not in TRACK_SETTINGS:
        raise no_such("track setting", name, [*TRACK_SETTINGS, "sound", *LATENT_NAMES])
    return TRACK_SETTINGS[name].fields(value, track)


def set_fields(name: str, value: Any, live_set: LiveSet) -> Fields:
    """The fields of the set that an assignment changes."""
    if isinstance(value, Signal) and not SET_SETTINGS[name].moves:
        moving = ", ".join(word for word, setting in SET_SETTINGS.items() if setting.moves)
        raise BadInput(f"{name} does not move by itself; of the set's words {moving} do")
    return SET_SETTINGS[name].fields(value, live_set)
