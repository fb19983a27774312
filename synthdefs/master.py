"""The master: outputs A and B, without DC, through a low-pass, at a level, and never above -0.1 dBFS.

in_        the first of the four buses of outputs A and B
out        the first of the two outputs
level      linear gain
lowpass    Hz where it falls by 12 dB an octave; from 20000 on nothing is filtered
resonance  its Q

The limiter looks ahead, so all that passes is LATENCY seconds late.
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

import math

from supriya import SynthDef, SynthDefBuilder
from supriya.ugens import SOS, Delay1, In, Lag, LeakDC, Limiter, Out, SampleRate, Sanitize, UGenOperable

from .meter import metered

NAME = "ds-master"
SMOOTH = 0.02  # seconds in which a turned level is followed
SWEEP = 0.05  # seconds in which the low-pass comes in and follows
AHEAD = 0.005  # seconds; the limiter takes twice that
LATENCY = 2 * AHEAD
CEILING = 10 ** (-0.3 / 20)
WALL = 10 ** (-0.15 / 20)  # what the limiter lets slip is cut here
LOUDEST = 1e8  # far above all that is music, and still finite after every gain
DC = 0.9995  # a corner of 4 Hz
OPEN = 20_000.0  # Hz


def master() -> SynthDef:
    """The SynthDef of the master."""
    builder = SynthDefBuilder(in_=0.0, out=0.0, level=1.0, lowpass=OPEN, resonance=0.7071)
    with builder:
        mix = In.ar(bus=builder["in_"], channel_count=4)

        # One value that is no number would silence the limiter for good.
        sane = [Sanitize.ar(source=a + b).clip2(LOUDEST) for a, b in ((mix[0], mix[2]), (mix[1], mix[3]))]
        level = Lag.kr(source=builder["level"], lag_time=SMOOTH)
        sound = [LeakDC.ar(source=channel, coefficient=DC) * level for channel in sane]

        # Its poles turn it by some degrees even at 20 kHz, so the open filter is not heard at all.
        closed = Lag.kr(source=builder["lowpass"] < OPEN, lag_time=SWEEP)
        frequency = Lag.kr(source=builder["lowpass"].log(), lag_time=SWEEP).exponential()
        resonance = Lag.kr(source=builder["resonance"], lag_time=SWEEP)
        poles = _poles(frequency, resonance)
        sound = [channel + (_lowpassed(channel, *poles) - channel) * closed for channel in sound]

        limited = [Limiter.ar(source=channel, level=CEILING, duration=AHEAD).clip2(WALL) for channel in sound]

        metered(limited)
        Out.ar(bus=builder["out"], source=limited)
    return builder.build(name=NAME)


def _poles(frequency: UGenOperable, resonance: UGenOperable) -> tuple[UGenOperable, UGenOperable, UGenOperable]:
    """Gain and feedback of a two-pole low-pass, bilinear (Bristow-Johnson, Cookbook formulae for audio EQ)."""
    angle = frequency * 2 * math.pi / SampleRate.ir()
    alpha = angle.sin() / (resonance * 2)
    gain = (angle * 0.5).sin().squared() / (1 + alpha)
    return gain, angle.cos() * 2 / (1 + alpha), (alpha - 1) / (1 + alpha)


def _lowpassed(channel: UGenOperable, gain: UGenOperable, once: UGenOperable, twice: UGenOperable) -> UGenOperable:
    """Its state is what it gave, so that it stays calm however fast it is moved; BLowPass and RLPF do not."""
    before = Delay1.ar(source=channel)
    zeros = (channel + before * 2 + Delay1.ar(source=before)) * gain
    return SOS.ar(source=zeros, a_0=1.0, a_1=0.0, a_2=0.0, b_1=once, b_2=twice)
