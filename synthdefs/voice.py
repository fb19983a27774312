"""What all voices share: their controls, and the way they end."""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

from collections.abc import Iterable

from supriya import SynthDefBuilder
from supriya.ugens import Envelope, EnvGen, Lag, Line, OffsetOut, UGenOperable

from deepsteps_live.sound import LIVE

FADE = 0.005  # seconds in which a voice that is choked or stolen goes
SMOOTH = 0.02  # seconds in which a turned level is followed

# Followed by the ringing voice; all else is read when it starts.
FOLLOWED = {"out", "hold", *(name for names in LIVE.values() for name in names)}


def voice(controls: Iterable[str]) -> SynthDefBuilder:
    """A builder with the common controls and a synth's own."""
    builder = SynthDefBuilder()
    for control in ("life", "out", "hold", "left", "right", *controls):
        rate = "control" if control in FOLLOWED else "scalar"
        builder.add_parameter(name=control, value=1.0 if control == "hold" else 0.0, rate=rate)
    return builder


def followed(builder: SynthDefBuilder, control: str) -> UGenOperable:
    """A control that may be turned while the voice rings: where it stands from the start, then on its way."""
    return Lag.kr(source=builder[control], lag_time=SMOOTH)


def end(builder: SynthDefBuilder, left: UGenOperable, right: UGenOperable) -> None:
    """To the output, from the very sample it is due, until its life is over or `hold` is let go."""
    # A voice let go of in the very block it starts in never rises.
    fade = Envelope([builder["hold"], 1, 0], [0, FADE], ["linear"], release_node=1)
    held = EnvGen.kr(envelope=fade, gate=builder["hold"], done_action=2)
    Line.kr(start=0, stop=0, duration=builder["life"], done_action=2)

    left = left * (followed(builder, "left") * held)
    right = right * (followed(builder, "right") * held)
    OffsetOut.ar(bus=builder["out"], source=[left, right])


def falling(seconds: UGenOperable | float) -> UGenOperable:
    """From 1 down to -60 dB in so many seconds, and on."""
    return EnvGen.ar(envelope=Envelope([1, 1e-6], [seconds * 2], ["exponential"]))


def gated(builder: SynthDefBuilder) -> UGenOperable:
    """A melodic voice's envelope: up in `attack`, down in `decay` to -60 dB, and away in `release` after its `gate`."""
    start, length = builder["attack"], builder["gate"].max(builder["attack"])
    fall = Envelope([0, 1, 1e-6], [start, builder["decay"] * 2], ["linear", "exponential"])
    release = Envelope([1, 1, 0], [length, builder["release"]], ["linear", -5.0])
    return EnvGen.ar(envelope=fall) * EnvGen.ar(envelope=release)
