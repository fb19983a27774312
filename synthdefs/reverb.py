"""The reverb: a room of eight lines that feed one another through a Hadamard matrix.

time  seconds to -60 dB
tone  Hz at which the tail falls twice as fast; the higher, the faster

Short allpasses blur what comes in before it meets the lines; the lines' lengths have no common measure and sway a
little, so that no ring stands out. Left and right take lines of their own: their sum loses nothing.
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

import math
from collections.abc import Sequence

from supriya import SynthDef
from supriya.ugens import (
    AllpassN,
    ControlDur,
    DelayC,
    Lag,
    LocalOut,
    OnePole,
    SampleRate,
    SinOsc,
    UGenOperable,
)

from .effect import come_round, effect, returned, sent

NAME = "ds-reverb"
LINES = (0.04159, 0.04722, 0.05265, 0.05907, 0.06584, 0.07332, 0.08233, 0.0925)  # seconds
BLUR = ((0.00211, 0.00347, 0.00523, 0.00757), (0.00227, 0.00331, 0.00541, 0.00719))  # seconds, left and right
BLUR_GAIN = 0.6
SWAY = 0.0003  # seconds to either side; with these rates at most 5 cents
SWAY_RATES = (0.62, 0.74, 0.86, 1.06, 1.22, 1.34, 1.46, 1.66)  # Hz
LOWEST = 90.0  # Hz; what is below would only blur the kick
LEVEL = 0.5
SMOOTH = 0.1  # seconds in which time and tone are followed
LONGEST = 0.3  # seconds; three times the longest line


def reverb() -> SynthDef:
    """The SynthDef of the reverb."""
    builder = effect(time=1.8, tone=6000.0)
    with builder:
        time = Lag.kr(source=builder["time"], lag_time=SMOOTH)
        tone = Lag.kr(source=builder["tone"], lag_time=SMOOTH)
        a_second = (-3 * math.log(10) / time).exponential()  # what is left after one second
        mean = a_second**MEAN
        level = (1 - mean.squared()).sqrt() * LEVEL  # a hit's tail has the same energy whatever the time

        blurred = [_blurred(channel, times) for channel, times in zip(sent(builder, LOWEST), BLUR, strict=True)]
        fed = [each * level for each in blurred]
        coefficient = _damping(mean.squared(), (tone * 2 * math.pi / SampleRate.ir()).cos())
        back = come_round(len(LINES))
        lines = [
            OnePole.ar(source=_line(back[n] + fed[n % 2], n), coefficient=coefficient) * a_second ** LINES[n]
            for n in range(len(LINES))
        ]
        LocalOut.ar(source=[each * len(LINES) ** -0.5 for each in _hadamard(lines)])

        left, right = ([lines[n] for n in side] for side in ((0, 2, 4, 6), (1, 3, 5, 7)))
        returned(builder, [side[0] - side[1] + side[2] - side[3] for side in (left, right)], LONGEST)
    return builder.build(name=NAME)


def _blurred(channel: UGenOperable, times: Sequence[float]) -> UGenOperable:
    for time in times:
        decay = time * math.log(0.001) / math.log(BLUR_GAIN)
        channel = AllpassN.ar(source=channel, maximum_delay_time=time, delay_time=time, decay_time=decay)
    return channel


def _line(channel: UGenOperable, number: int) -> UGenOperable:
    """A swaying delay; the way through the matrix takes one block of it."""
    sway = SinOsc.kr(frequency=SWAY_RATES[number], phase=number * math.pi / 4) * SWAY
    return DelayC.ar(
        source=channel,
        maximum_delay_time=LINES[number] + SWAY,
        delay_time=sway + (LINES[number] - ControlDur.ir()),
    )


def _damping(power: UGenOperable, cosine: UGenOperable) -> UGenOperable:
    """The one-pole's coefficient p that leaves `power` at the angle of that cosine.

    From (1 - p)^2 = power * (1 - 2 p cosine + p^2): the share lost at each pass is that of the pass itself once more.
    """
    middle, ends = 1 - power * cosine, 1 - power
    return (middle - (middle.squared() - ends.squared()).max(0).sqrt()) / ends


def _hadamard(lines: Sequence[UGenOperable]) -> list[UGenOperable]:
    """Every line into every other, equally loud; it grows by the square root of their number."""
    if len(lines) == 1:
        return list(lines)
    half = len(lines) // 2
    first, second = _hadamard(lines[:half]), _hadamard(lines[half:])
    return [a + b for a, b in zip(first, second, strict=True)] + [a - b for a, b in zip(first, second, strict=True)]


MEAN = sum(LINES) / len(LINES)
