"""The recorder: writes buses to a file, sample for sample; offline, where outputs are the file, a tap does.

in_     the first of the buses
buffer  of the recorder: one that was opened for writing and left open, with as many channels
out     of the tap: the first of as many outputs
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

from supriya import SynthDef, SynthDefBuilder
from supriya.ugens import DiskOut, In, Out


def recorder(channels: int = 2) -> SynthDef:
    """The SynthDef of a recorder of so many channels, `ds-recorder-2`."""
    builder = SynthDefBuilder(in_=0.0, buffer=0.0)
    with builder:
        sound = In.ar(bus=builder["in_"], channel_count=channels)
        DiskOut.ar(buffer_id=builder["buffer"], source=[*sound] if channels > 1 else [sound])
    return builder.build(name=f"ds-recorder-{channels}")


def tap(channels: int) -> SynthDef:
    """The SynthDef that plays so many buses to outputs, `ds-tap-4`."""
    builder = SynthDefBuilder(in_=0.0, out=0.0)
    with builder:
        Out.ar(bus=builder["out"], source=[*In.ar(bus=builder["in_"], channel_count=channels)])
    return builder.build(name=f"ds-tap-{channels}")
