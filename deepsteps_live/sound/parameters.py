"""The parameters of every synth, in the order of its panel.

A row: name, its law (or one law for each choice of another parameter, `by`), what a fresh patch has, in the law's
unit. A discrete parameter has choices instead of a law. A new synth is a new table here, a row in CONTROLS
(controls.py), and a file and a row in synthdefs/.
"""

from __future__ import annotations

from dataclasses import dataclass

from deepsteps_live.errors import no_such
from deepsteps_live.sound.laws import (
    ATTACK,
    DECAY,
    DETUNE,
    FREQUENCY,
    GAIN,
    LEVEL,
    LINEAR_ATTACK,
    LINEAR_DECAY,
    MODULATION_DEPTH,
    NOISE_RATE,
    OCTAVES,
    PAN,
    PERCENT,
    RATIO,
    RESONANCE,
    RINGING,
    SEMITONES,
    SENSITIVITY,
    SHARE,
    SHORT,
    SINE_RATE,
    SWEEP_DEPTH,
    SWEEP_TIME,
    Law,
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that a player turns: with `laws` it is a number, with `choices` a word."""

    name: str
    laws: tuple[Law, ...] = ()
    start: float | str = 0.0
    choices: tuple[str, ...] = ()
    by: str = ""  # the parameter whose choice picks the law

    def chosen(self, normal: float) -> int:
        """Which choice a normalised value stands for."""
        return min(int(normal * (len(self.choices) - 1) + 0.5), len(self.choices) - 1)


DRUM = (
    Parameter("osc_wave", choices=("Sine", "Triangle", "Saw"), start="Sine"),
    Parameter("osc_freq", (FREQUENCY,), 120.0),
    Parameter("osc_attack", (ATTACK,), 0.0),
    Parameter("osc_decay", (DECAY,), 316.0),
    Parameter("mod_mode", choices=("Decay", "Sine", "Noise"), start="Decay"),
    Parameter("mod_rate", (SWEEP_TIME, SINE_RATE, NOISE_RATE), 100.0, by="mod_mode"),
    Parameter("mod_amount", (SWEEP_DEPTH, MODULATION_DEPTH, MODULATION_DEPTH), 0.0, by="mod_mode"),
    Parameter("noise_filter", choices=("LP", "BP", "HP"), start="LP"),
    Parameter("noise_freq", (FREQUENCY,), 20_000.0),
    Parameter("noise_q", (RESONANCE,), 0.7071),
    Parameter("noise_stereo", choices=("Off", "On"), start="Off"),
    Parameter("noise_env", choices=("Exp", "Linear", "Mod"), start="Exp"),
    Parameter("noise_attack", (ATTACK, LINEAR_ATTACK, ATTACK), 0.0, by="noise_env"),
    Parameter("noise_decay", (DECAY, LINEAR_DECAY, DECAY), 316.0, by="noise_env"),
    Parameter("mix", (SHARE,), 50.0),
    Parameter("distortion", (PERCENT,), 0.0),
    Parameter("eq_freq", (FREQUENCY,), 632.0),
    Parameter("eq_gain", (GAIN,), 0.0),
    Parameter("level", (LEVEL,), 0.0),
    Parameter("pan", (PAN,), 0.0),
    Parameter("output", choices=("A", "B"), start="A"),
    Parameter("choke", choices=("Off", "On"), start="Off"),
    Parameter("osc_velocity", (SENSITIVITY,), 50.0),
    Parameter("noise_velocity", (SENSITIVITY,), 50.0),
    Parameter("mod_velocity", (SENSITIVITY,), 0.0),
)

PLUCK = (
    Parameter("wave", (PERCENT,), 35.0),
    Parameter("detune", (DETUNE,), 9.0),
    Parameter("sub", (PERCENT,), 40.0),
    Parameter("attack", (SHORT,), 2.0),
    Parameter("decay", (DECAY,), 900.0),
    Parameter("release", (DECAY,), 220.0),
    Parameter("cutoff", (FREQUENCY,), 750.0),
    Parameter("resonance", (RINGING,), 1.6),
    Parameter("sweep", (OCTAVES,), 3.6),
    Parameter("sweep_decay", (DECAY,), 260.0),
    Parameter("velocity", (SENSITIVITY,), 25.0),
    Parameter("level", (LEVEL,), 0.0),
    Parameter("pan", (PAN,), 0.0),
)

BASS = (
    Parameter("wave", (PERCENT,), 55.0),
    Parameter("drop", (SEMITONES,), 7.0),
    Parameter("attack", (SHORT,), 1.5),
    Parameter("decay", (DECAY,), 1500.0),
    Parameter("release", (DECAY,), 90.0),
    Parameter("cutoff", (FREQUENCY,), 380.0),
    Parameter("resonance", (RINGING,), 2.2),
    Parameter("sweep", (OCTAVES,), 3.6),
    Parameter("sweep_decay", (DECAY,), 200.0),
    Parameter("drive", (PERCENT,), 30.0),
    Parameter("velocity", (SENSITIVITY,), 25.0),
    Parameter("level", (LEVEL,), 0.0),
    Parameter("pan", (PAN,), 0.0),
)

BELL = (
    Parameter("ratio", (RATIO,), 3.5),
    Parameter("brightness", (PERCENT,), 40.0),
    Parameter("fade", (DECAY,), 1200.0),
    Parameter("shimmer", (DETUNE,), 4.0),
    Parameter("strike", (PERCENT,), 25.0),
    Parameter("attack", (SHORT,), 1.0),
    Parameter("decay", (DECAY,), 2600.0),
    Parameter("release", (DECAY,), 700.0),
    Parameter("velocity", (SENSITIVITY,), 25.0),
    Parameter("level", (LEVEL,), 0.0),
    Parameter("pan", (PAN,), 0.0),
)

KEYS = (
    Parameter("bark", (PERCENT,), 50.0),
    Parameter("fade", (DECAY,), 1600.0),
    Parameter("tine", (PERCENT,), 30.0),
    Parameter("tremolo", (PERCENT,), 25.0),
    Parameter("attack", (SHORT,), 1.5),
    Parameter("decay", (DECAY,), 3200.0),
    Parameter("release", (DECAY,), 160.0),
    Parameter("velocity", (SENSITIVITY,), 25.0),
    Parameter("level", (LEVEL,), 0.0),
    Parameter("pan", (PAN,), 0.0),
)

PARAMETERS: dict[str, tuple[Parameter, ...]] = {"drum": DRUM, "pluck": PLUCK, "bass": BASS, "bell": BELL, "keys": KEYS}

MELODIC = ("pluck", "bass", "bell", "keys")  # synths that play the pitch they are given, for the length of their gate

_ROWS = {synth: {row.name: row for row in rows} for synth, rows in PARAMETERS.items()}


def parameters(synth: str) -> dict[str, Parameter]:
    """The rows of a synth by name, or BadInput with the nearest synth."""
    if synth not in _ROWS:
        raise no_such("synth", synth, _ROWS)
    return _ROWS[synth]


def parameter(synth: str, name: str) -> Parameter:
    """One row of a synth, or BadInput with the nearest name."""
    rows = parameters(synth)
    if name not in rows:
        raise no_such(f"{synth} parameter", name, rows)
    return rows[name]
