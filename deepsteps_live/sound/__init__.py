"""Sounds as values: patches and their parameters, kits, and what a hit tells its SynthDef. No scsynth here."""

from deepsteps_live.sound.controls import controls
from deepsteps_live.sound.kit import Kit, parse_kit, read_kit, read_patch
from deepsteps_live.sound.laws import Law
from deepsteps_live.sound.parameters import MELODIC, PARAMETERS, Parameter
from deepsteps_live.sound.patches import ALIASES, fresh, law, morph, shown, turn
from deepsteps_live.sound.structure import Structure, structure

__all__ = [
    "ALIASES",
    "MELODIC",
    "PARAMETERS",
    "Kit",
    "Law",
    "Parameter",
    "Structure",
    "controls",
    "fresh",
    "law",
    "morph",
    "parse_kit",
    "read_kit",
    "read_patch",
    "shown",
    "structure",
    "turn",
]
