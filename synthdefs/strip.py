"""A track's strip: level, pan and mute between its voices and where they go.

in_            the first of the track's two buses
out            the first of eight buses: output A, output B, the reverb and the delay, two each
level          linear gain
pan            -1 to 1; in the middle both sides pass unchanged
b              0 plays to output A, 1 to output B
reverb, delay  0 to 1 of what the fader lets through
heard          1, or 0 when it is muted; faded in 10 ms
hold           1; when it is set to 0 the strip fades in 10 ms and frees itself
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

from supriya import SynthDef, SynthDefBuilder
from supriya.ugens import Envelope, EnvGen, In, Lag, Out

from .meter import metered

NAME = "ds-strip"
SMOOTH = 0.02  # seconds in which a turned control is followed
FADE = 0.01  # seconds


def strip() -> SynthDef:
    """The SynthDef of a strip."""
    builder = SynthDefBuilder(in_=0.0, out=0.0, level=1.0, pan=0.0, b=0.0, reverb=0.0, delay=0.0, heard=1.0, hold=1.0)
    with builder:
        sound = In.ar(bus=builder["in_"], channel_count=2)

        held = EnvGen.kr(
            envelope=Envelope([1, 1, 0], [0, FADE], ["linear"], release_node=1), gate=builder["hold"], done_action=2
        )
        mute = Envelope([builder["heard"], 1, 0], [FADE, FADE], ["linear"], release_node=1)
        heard = EnvGen.kr(envelope=mute, gate=builder["heard"])
        gain = Lag.kr(source=builder["level"], lag_time=SMOOTH) * heard * held
        pan, b, reverb, delay = (
            Lag.kr(source=builder[name], lag_time=SMOOTH) for name in ("pan", "b", "reverb", "delay")
        )

        left, right = (1 - pan).min(1) * gain, (1 + pan).min(1) * gain
        mixed = [sound[0] * left, sound[1] * right]

        metered(mixed)
        Out.ar(bus=builder["out"], source=[side * share for share in (1 - b, b, reverb, delay) for side in mixed])
    return builder.build(name=NAME)
