"""Sounds as values: patches and their parameters, kits, and what a hit tells its SynthDef. No scsynth here."""

from deepsteps_live.sound.controls import LIVE, controls, live
from deepsteps_live.sound.kit import Kit, is_drum_file, parse_drum, parse_kit, read_drum, read_kit, read_patch
from deepsteps_live.sound.laws import Law
from deepsteps_live.sound.machine_patterns import Lane, MachinePattern, chain
from deepsteps_live.sound.parameters import MELODIC, PARAMETERS, Parameter
from deepsteps_live.sound.patches import ALIASES, fresh, law, morph, randomize, shown, turn
from deepsteps_live.sound.structure import Structure, structure
from deepsteps_live.sound.writing import drum_text, kit_text, write_drum, write_kit

__all__ = [
    "ALIASES",
    "LIVE",
    "MELODIC",
    "PARAMETERS",
    "Kit",
    "Lane",
    "Law",
    "MachinePattern",
    "Parameter",
    "Structure",
    "chain",
    "controls",
    "drum_text",
    "fresh",
    "is_drum_file",
    "kit_text",
    "law",
    "live",
    "morph",
    "parse_drum",
    "parse_kit",
    "randomize",
    "read_drum",
    "read_kit",
    "read_patch",
    "shown",
    "structure",
    "turn",
    "write_drum",
    "write_kit",
]
