"""The recorder: writes buses to a file, sample for sample.

in_     the first of the buses
buffer  a buffer that was opened for writing and left open, with as many channels
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

from supriya import SynthDef, SynthDefBuilder
from supriya.ugens import DiskOut, In


def recorder(channels: int = 2) -> SynthDef:
    """The SynthDef of a recorder of so many channels, `ds-recorder-2`."""
    builder = SynthDefBuilder(in_=0.0, buffer=0.0)
    with builder:
        sound = In.ar(bus=builder["in_"], channel_count=channels)
        DiskOut.ar(buffer_id=builder["buffer"], source=[*sound] if channels > 1 else [sound])
    return builder.build(name=f"ds-recorder-{channels}")
