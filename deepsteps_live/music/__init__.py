"""Music as values: patterns, tracks, the LiveSet, and what of it sounds when. No files, no time, no sound."""

from deepsteps_live.music.drums import general_midi
from deepsteps_live.music.events import Decode, Event, events, lead_in, leader, no_model, pattern_at
from deepsteps_live.music.gear import Control, MidiIn, MidiOut, controls, controls_move
from deepsteps_live.music.groove import Groove, groove_of
from deepsteps_live.music.live_set import (
    BEATS_PER_BAR,
    LATENTS,
    RATES,
    LiveSet,
    Patch,
    Track,
    at_once,
    tempo_at,
)
from deepsteps_live.music.mix import Master, Mix, Strip, mix, mix_moves
from deepsteps_live.music.pattern import ACCENT, NORMAL, Pattern, euclid, pattern
from deepsteps_live.music.scales import KEYS, SCALES, key_named, scale_named, snap
from deepsteps_live.music.score import Score, next_bar, take_in
from deepsteps_live.music.signals import SIGNALS, Signal, Table, Value, choose, lfo, mapped, ramp, value_at, walk

__all__ = [
    "ACCENT",
    "BEATS_PER_BAR",
    "KEYS",
    "LATENTS",
    "NORMAL",
    "RATES",
    "SCALES",
    "SIGNALS",
    "Control",
    "Decode",
    "Event",
    "Groove",
    "LiveSet",
    "Master",
    "MidiIn",
    "MidiOut",
    "Mix",
    "Patch",
    "Pattern",
    "Score",
    "Signal",
    "Strip",
    "Table",
    "Track",
    "Value",
    "at_once",
    "choose",
    "controls",
    "controls_move",
    "euclid",
    "events",
    "general_midi",
    "groove_of",
    "key_named",
    "lead_in",
    "leader",
    "lfo",
    "mapped",
    "mix",
    "mix_moves",
    "next_bar",
    "no_model",
    "pattern",
    "pattern_at",
    "ramp",
    "scale_named",
    "snap",
    "take_in",
    "tempo_at",
    "value_at",
    "walk",
]
