"""The pluck: two detuned saws or pulses and a sub through a filter that closes.

freq             Hz
wave             0 saws to 1 pulses
detune           natural logarithm of the ratio between the two
sub              0 to 1, a sine an octave below
attack, decay, release  seconds; decay to -60 dB
gate             seconds until the release
gain             of this hit
cutoff, rq       Hz where the filter rests, and the reciprocal of its Q
sweep            natural logarithm of the ratio from which the filter falls, in `sweep_decay` seconds to -60 dB
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

from supriya import SynthDef
from supriya.ugens import BLowPass, Pulse, Saw, SinOsc, XLine

from deepsteps_live.sound import Structure

from .voice import end, followed, gated, voice

LEVEL = 0.46  # at which it stands beside the drums
FLOOR = 1e-6
HIGHEST = 18_000.0

CONTROLS = (
    "freq",
    "wave",
    "detune",
    "sub",
    "attack",
    "decay",
    "release",
    "gate",
    "gain",
    "cutoff",
    "rq",
    "sweep",
    "sweep_decay",
)


def build(structure: Structure) -> SynthDef:
    """The SynthDef of the pluck."""
    builder = voice(CONTROLS)
    with builder:
        apart = (builder["detune"] * 0.5).exponential()
        low, high = builder["freq"] / apart, builder["freq"] * apart
        saws = Saw.ar(frequency=low) + Saw.ar(frequency=high)
        pulses = Pulse.ar(frequency=low, width=0.5) + Pulse.ar(frequency=high, width=0.35)
        sub = SinOsc.ar(frequency=builder["freq"] * 0.5) * builder["sub"]
        source = saws * (1 - builder["wave"]) + pulses * (builder["wave"] * 0.7) + sub

        fall = XLine.kr(start=1, stop=FLOOR, duration=builder["sweep_decay"] * 2)
        cutoff = ((fall * builder["sweep"]).exponential() * followed(builder, "cutoff")).min(HIGHEST)
        shaped = BLowPass.ar(source=source, frequency=cutoff, reciprocal_of_q=followed(builder, "rq"))

        sound = shaped * gated(builder) * (builder["gain"] * LEVEL)
        end(builder, sound, sound)
    return builder.build(name=structure.name)
