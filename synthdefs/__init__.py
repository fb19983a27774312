"""The sounds: one SynthDef for each structure, and the mixer. Core unit generators only.

To add a synth: a file with a `build(structure)` function, and a row in VOICES.
"""

from collections.abc import Callable

from supriya import SynthDef

from deepsteps_live.sound import Structure

from . import bass, bell, drum, keys, pluck
from .delay import LONGEST as LONGEST_DELAY
from .delay import delay
from .master import LATENCY, master
from .recorder import recorder, tap
from .reverb import reverb
from .strip import strip

VOICES: dict[str, Callable[[Structure], SynthDef]] = {
    "drum": drum.build,
    "pluck": pluck.build,
    "bass": bass.build,
    "bell": bell.build,
    "keys": keys.build,
}


def name(structure: Structure) -> str:
    """What the SynthDef of a structure is called."""
    return structure.name


def build(structure: Structure) -> SynthDef:
    """The SynthDef of a structure, named `name(structure)`. Every voice has the controls

    out    the first of the two buses it plays to
    hold   1; when it is set to 0 the voice fades in 5 ms and frees itself
    life   seconds until it is over and frees itself

    and those that `sound.controls` gives for a patch of that structure.
    """
    return VOICES[structure.synth](structure)


__all__ = [
    "LATENCY",
    "LONGEST_DELAY",
    "VOICES",
    "build",
    "delay",
    "master",
    "name",
    "recorder",
    "reverb",
    "strip",
    "tap",
]
