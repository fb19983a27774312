"""What the effects share: how they begin, rest when nothing is left of their tail, and end.

in_   the first of the two buses of the send
out   the first of the two buses it plays to
open  1 while anything may be sent; at 0 the effect plays its tail and then pauses itself until it is run again
hold  1; when it is set to 0 the effect fades in 20 ms and frees itself
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

from collections.abc import Sequence

from supriya import SynthDefBuilder
from supriya.ugens import HPF, Amplitude, ControlDur, Envelope, EnvGen, In, Line, LocalIn, Out, Sanitize, UGenOperable

FADE = 0.02  # seconds
SILENCE = 1e-5  # -100 dBFS
LOUDEST = 1e3  # what comes round in a loop stays finite


def effect(**controls: float) -> SynthDefBuilder:
    """A builder with the common controls and an effect's own."""
    return SynthDefBuilder(in_=0.0, out=0.0, open=1.0, hold=1.0, **controls)


def sent(builder: SynthDefBuilder, lowest: float) -> list[UGenOperable]:
    """What is sent, left and right, without what is below `lowest` Hz; nothing in it can stay in a loop for ever."""
    sound = In.ar(bus=builder["in_"], channel_count=2)
    return [HPF.ar(source=Sanitize.ar(source=channel).clip2(LOUDEST), frequency=lowest) for channel in sound]


def come_round(channels: int) -> list[UGenOperable]:
    """What LocalOut sent a block ago; nothing in the first blocks, when an offline scsynth's memory is not clean."""
    begun = Line.kr(start=0, stop=1, duration=ControlDur.ir() * 4) >= 1
    return [channel * begun for channel in LocalIn.ar(channel_count=channels)]


def returned(builder: SynthDefBuilder, sound: Sequence[UGenOperable], longest: float) -> None:
    """To the output. Pauses when closed and silent for `longest` seconds, so long that no line holds anything more."""
    loud = Amplitude.kr(source=abs(sound[0]) + abs(sound[1]), attack_time=0, release_time=0.01)
    busy = builder["open"].max(loud > SILENCE)
    EnvGen.kr(envelope=Envelope([1, 1, 1], [0, longest], ["linear"], release_node=1), gate=busy, done_action=1)

    fade = Envelope([1, 1, 0], [0, FADE], ["linear"], release_node=1)
    held = EnvGen.kr(envelope=fade, gate=builder["hold"], done_action=2)
    Out.ar(bus=builder["out"], source=[channel * held for channel in sound])
