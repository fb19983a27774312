"""The bass: a round wave that drops onto its note, pushed into a filter that closes.

freq             Hz
wave             0 triangle to 1 saw
drop             natural logarithm of the ratio from which the pitch falls onto the note
attack, decay, release  seconds; decay to -60 dB
gate             seconds until the release
gain             of this hit
cutoff, rq       Hz where the filter rests, and the reciprocal of its Q
sweep            natural logarithm of the ratio from which the filter falls, in `sweep_decay` seconds to -60 dB
drive            gain into the saturation
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

from supriya import SynthDef
from supriya.ugens import RLPF, LFTri, Saw, XLine

from deepsteps_live.sound import Structure

from .voice import end, gated, voice

LEVEL = 0.36  # at which it stands beside the drums
FLOOR = 1e-6
HIGHEST = 18_000.0
DROP_TIME = 0.06  # seconds to -60 dB

CONTROLS = (
    "freq",
    "wave",
    "drop",
    "attack",
    "decay",
    "release",
    "gate",
    "gain",
    "cutoff",
    "rq",
    "sweep",
    "sweep_decay",
    "drive",
)


def build(structure: Structure) -> SynthDef:
    """The SynthDef of the bass."""
    builder = voice(CONTROLS)
    with builder:
        drop = XLine.ar(start=1, stop=FLOOR, duration=DROP_TIME * 2) * builder["drop"]
        frequency = (drop.exponential() * builder["freq"]).min(HIGHEST)
        source = LFTri.ar(frequency=frequency) * (1 - builder["wave"]) + Saw.ar(frequency=frequency) * builder["wave"]

        fall = XLine.kr(start=1, stop=FLOOR, duration=builder["sweep_decay"] * 2)
        cutoff = ((fall * builder["sweep"]).exponential() * builder["cutoff"]).min(HIGHEST)
        pushed = (source * builder["drive"]).tanh()
        shaped = RLPF.ar(source=pushed, frequency=cutoff, reciprocal_of_q=builder["rq"])

        sound = shaped * gated(builder) * (builder["gain"] * LEVEL)
        end(builder, sound, sound)
    return builder.build(name=structure.name)
