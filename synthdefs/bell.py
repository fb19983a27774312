"""The bell: two pairs of sines, one bending the other at an inharmonic ratio, and a hammer's strike.

freq             Hz
ratio            of the bending sine's frequency to the note's
index            how far it bends, in radians, at the strike; `sound.controls` keeps it where no side band folds over
fade             seconds in which the bending falls to -60 dB
apart            natural logarithm of the ratio between the two pairs
strike           gain of the hammer's noise
attack, decay, release  seconds; decay to -60 dB
gate             seconds until the release
gain             of this hit
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

from supriya import SynthDef
from supriya.ugens import BBandPass, SinOsc, UGenOperable, WhiteNoise

from deepsteps_live.sound import Structure

from .voice import end, falling, gated, voice

LEVEL = 0.18  # at which it stands beside the drums
ASIDE = 0.55  # of the right pair that is heard on the left, and the other way round
HAMMER = 5.0  # the noise's frequency against the note's
HARDEST = 9000.0  # Hz
KNOCK = 0.03  # seconds to -60 dB

CONTROLS = ("freq", "ratio", "index", "fade", "apart", "strike", "attack", "decay", "release", "gate", "gain")


def build(structure: Structure) -> SynthDef:
    """The SynthDef of the bell."""
    builder = voice(CONTROLS)
    with builder:
        apart = (builder["apart"] * 0.5).exponential()
        bend = falling(builder["fade"]) * builder["index"]
        low, high = (_pair(frequency, builder["ratio"], bend) for frequency in _beside(builder["freq"], apart))

        hammer = BBandPass.ar(source=WhiteNoise.ar(), frequency=(builder["freq"] * HAMMER).min(HARDEST), bandwidth=1.5)
        knock = hammer * falling(KNOCK) * builder["strike"]

        shape = gated(builder) * (builder["gain"] * LEVEL)
        end(builder, (low + high * ASIDE + knock) * shape, (high + low * ASIDE + knock) * shape)
    return builder.build(name=structure.name)


def _beside(frequency: UGenOperable, apart: UGenOperable) -> tuple[UGenOperable, UGenOperable]:
    return frequency / apart, frequency * apart


def _pair(frequency: UGenOperable, ratio: UGenOperable, bend: UGenOperable) -> UGenOperable:
    return SinOsc.ar(frequency=frequency, phase=SinOsc.ar(frequency=frequency * ratio) * bend)
