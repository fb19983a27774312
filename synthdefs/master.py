"""The master: all strips, without DC, at a level, and never above -0.1 dBFS.

in_    the first of the two buses of the mix
out    the first of the two outputs
level  linear gain

The limiter looks ahead, so all that passes is LATENCY seconds late.
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

from supriya import SynthDef, SynthDefBuilder
from supriya.ugens import In, Lag, LeakDC, Limiter, Out, Sanitize

from .meter import metered

NAME = "ds-master"
SMOOTH = 0.02  # seconds in which a turned level is followed
AHEAD = 0.005  # seconds; the limiter takes twice that
LATENCY = 2 * AHEAD
CEILING = 10 ** (-0.3 / 20)
WALL = 10 ** (-0.15 / 20)  # what the limiter lets slip is cut here
DC = 0.9995  # a corner of 4 Hz


def master() -> SynthDef:
    """The SynthDef of the master."""
    builder = SynthDefBuilder(in_=0.0, out=0.0, level=1.0)
    with builder:
        mix = In.ar(bus=builder["in_"], channel_count=2)

        level = Lag.kr(source=builder["level"], lag_time=SMOOTH)
        # One value that is no number would silence the limiter for good.
        sound = [LeakDC.ar(source=Sanitize.ar(source=channel), coefficient=DC) * level for channel in mix]

        limited = [Limiter.ar(source=channel, level=CEILING, duration=AHEAD).clip2(WALL) for channel in sound]

        metered(limited)
        Out.ar(bus=builder["out"], source=limited)
    return builder.build(name=NAME)
