"""The delay: echoes that change sides and grow duller and thinner, so that they sit behind what made them.

time      seconds between echoes, at most LONGEST
feedback  0 to 0.95 of each echo comes again

A new time fades in over the old one: nothing clicks and no pitch glides.
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

from collections.abc import Sequence

from supriya import SynthDef
from supriya.ugens import (
    HPF,
    HPZ1,
    LPF,
    ControlDur,
    DelayN,
    Impulse,
    Lag,
    Latch,
    LocalOut,
    Slew,
    ToggleFF,
    UGenOperable,
)

from .effect import come_round, effect, returned, sent

NAME = "ds-delay"
LONGEST = 8.0  # seconds
LOWEST, HIGHEST = 120.0, 5_500.0  # Hz; the band that comes again
FADE = 0.05  # seconds from the old time to the new one
LOOK = 0.06  # seconds between looks at the time: a fade is over before the next one begins
SMOOTH = 0.02  # seconds in which the feedback is followed


def delay() -> SynthDef:
    """The SynthDef of the delay."""
    builder = effect(time=0.375, feedback=0.4)
    with builder:
        left, right = sent(builder, LOWEST)
        echoes = come_round(2)  # the way back takes one block of the time

        seen = Latch.kr(source=builder["time"], trigger=Impulse.kr(frequency=1 / LOOK))
        second = ToggleFF.kr(trigger=abs(HPZ1.kr(source=seen)) > 1e-6)
        times = [Latch.kr(source=seen, trigger=chosen) for chosen in (second <= 0, second)]
        share = Slew.kr(source=second, up=1 / FADE, down=1 / FADE)

        feedback = Lag.kr(source=builder["feedback"], lag_time=SMOOTH)
        fed = (left + echoes[1] * feedback, right + echoes[0] * feedback)
        LocalOut.ar(source=[_echo(channel, times, share) for channel in fed])
        returned(builder, echoes, LONGEST)
    return builder.build(name=NAME)


def _echo(channel: UGenOperable, times: Sequence[UGenOperable], share: UGenOperable) -> UGenOperable:
    """The channel later, from the first time over to the second, within its band."""
    taps = [DelayN.ar(source=channel, maximum_delay_time=LONGEST, delay_time=time - ControlDur.ir()) for time in times]
    band = LPF.ar(source=taps[0] + (taps[1] - taps[0]) * share, frequency=HIGHEST)
    return HPF.ar(source=band, frequency=LOWEST)
