"""The seed: makes noise the same in every offline run, and frees itself at once."""

# mypy: disable-error-code="attr-defined"

from supriya import SynthDef, SynthDefBuilder
from supriya.ugens import FreeSelf, RandSeed

NAME = "ds-seed"


def seed() -> SynthDef:
    """The SynthDef that seeds scsynth's random numbers."""
    builder = SynthDefBuilder()
    with builder:
        RandSeed.ir(trigger=1, seed=1)
        FreeSelf.kr(trigger=1)
    return builder.build(name=NAME)
