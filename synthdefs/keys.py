"""The keys: an electric piano's tine and tone bar, a sine that bends itself and barks when it is struck hard.

freq             Hz
bark             how far the tone is bent by a sine of its own frequency, in radians, at the strike
fade             seconds in which the bending falls to -60 dB
tine, tine_freq  gain at the strike, and Hz, of the tine's second mode
tremolo          0 to 1, how deep the sound sways from side to side
attack, decay, release  seconds; decay to -60 dB
gate             seconds until the release
gain             of this hit
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

from supriya import SynthDef
from supriya.ugens import SinOsc

from deepsteps_live.sound import Structure

from .voice import end, falling, gated, voice

LEVEL = 0.3  # at which it stands beside the drums
RING = 0.25  # seconds in which the tine falls to -60 dB
SWAY = 5.2  # Hz

CONTROLS = ("freq", "bark", "fade", "tine", "tine_freq", "tremolo", "attack", "decay", "release", "gate", "gain")


def build(structure: Structure) -> SynthDef:
    """The SynthDef of the keys."""
    builder = voice(CONTROLS)
    with builder:
        bend = SinOsc.ar(frequency=builder["freq"]) * (falling(builder["fade"]) * builder["bark"])
        tone = SinOsc.ar(frequency=builder["freq"], phase=bend)
        tine = SinOsc.ar(frequency=builder["tine_freq"]) * (falling(RING) * builder["tine"])

        sound = (tone + tine) * gated(builder) * (builder["gain"] * LEVEL)
        sway = SinOsc.kr(frequency=SWAY) * (builder["tremolo"] * 0.5)
        middle = 1 - builder["tremolo"] * 0.5
        end(builder, sound * (middle + sway), sound * (middle - sway))
    return builder.build(name=structure.name)
