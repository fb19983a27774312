"""The bass: a round wave that drops onto its note, through a filter that closes, into a saturation.

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
from supriya.ugens import BLowPass, Delay1, LFSaw, SampleRate, Saw, UGenOperable, XLine

from deepsteps_live.sound import Structure

from .voice import end, followed, gated, voice

LEVEL = 0.36  # at which it stands beside the drums
FLOOR = 1e-6
HIGHEST = 18_000.0
DROP_TIME = 0.06  # seconds to -60 dB
STEEP = 0.01  # between two samples; below it a slope is not taken from a difference

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
        source = _triangle(frequency) * (1 - builder["wave"]) + Saw.ar(frequency=frequency) * builder["wave"]

        fall = XLine.kr(start=1, stop=FLOOR, duration=builder["sweep_decay"] * 2)
        cutoff = ((fall * builder["sweep"]).exponential() * followed(builder, "cutoff")).min(HIGHEST)
        filtered = BLowPass.ar(source=source, frequency=cutoff, reciprocal_of_q=followed(builder, "rq"))
        pushed = _saturated(filtered * builder["drive"])

        sound = pushed * gated(builder) * (builder["gain"] * LEVEL)
        end(builder, sound, sound)
    return builder.build(name=structure.name)


def _triangle(frequency: UGenOperable) -> UGenOperable:
    """A triangle whose corners are rounded by the integral of a polynomial band-limited step."""
    away = abs(LFSaw.ar(frequency=frequency, initial_phase=-0.5))  # 0 at the peak, 1 at the trough
    step = frequency * 2 / SampleRate.ir()
    peak, trough = ((1 - distance / step).max(0) for distance in (away, 1 - away))
    return 1 - away * 2 + (trough.cubed() - peak.cubed()) * (step * (2 / 3))


def _saturated(sound: UGenOperable) -> UGenOperable:
    """tanh, as the slope of its integral log(cosh) from sample to sample: what would fold over stays low."""
    step = sound - Delay1.ar(source=sound)
    size = abs(sound)
    area = size + ((size * -2).exponential() + 1).log()
    flat = abs(step) < STEEP
    slope = (area - Delay1.ar(source=area)) / (step + flat)
    return slope + flat * ((sound - step * 0.5).tanh() - slope)
