"""Kits: eight patches, twelve patterns and the rest of a `.mtpreset` file, and single patches of `.mtdrum` files.

Read here, written by `writing`. The grammar and the keys are in facts/supertonic.md, section 2. Keys that are none of
ours, Morph and Path among them, are passed over at every level.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from deepsteps_live import places
from deepsteps_live.errors import BadInput
from deepsteps_live.music import RATES, Patch
from deepsteps_live.sound.machine_patterns import LETTERS, NO_PATTERNS, MachinePattern, read_patterns
from deepsteps_live.sound.numbstrict import Node, Struct, parse
from deepsteps_live.sound.patch_text import KEYS, read_patch_struct
from deepsteps_live.sound.reading import Place, brief, digits, struct, switches, within, word

# The first is what we write; Microtonic's older versions and other programs write the others.
KIT_HEADERS = ("MicrotonicPresetV3", "MicrotonicPresetV2", "MicrotonicPresetV1", "PresetV3")
DRUM_HEADERS = ("MicrotonicDrumPatchV3", "MicrotonicDrumPatchV2", "MicrotonicDrumPatchV1", "DrumPatchV3")

SLOTS = 8
STEP_RATES = tuple(RATES)
_BARE = re.compile(rf"[\s\ufeff]*(?:Name|{'|'.join(key for key, *_ in KEYS)})\s*[:=]")  # a patch without its header
MOST_FILLS = 16  # hits in a filled step


@dataclass(frozen=True, slots=True)
class Kit:
    """Eight patches in the order of their keys, twelve patterns, and what the file says about all of them.

    Two kits are equal when they say the same, whatever their files are called.

    patches    None where a slot is empty
    level      of the master, dB, -inf to 10
    tempo      bpm, 1 to 999, None where the file has none
    swing      0 to 1
    step_rate  "1/8" "1/8T" "1/16" "1/16T" or "1/32"
    fill_rate  hits in a filled step, 1 to 16
    mutes      True where a channel is muted
    patterns   a to l
    pattern    the letter of the one that is chosen
    """

    name: str = field(compare=False)
    patches: tuple[Patch | None, ...]
    level: float = 0.0
    tempo: float | None = None
    swing: float = 0.0
    step_rate: str = "1/16"
    fill_rate: float = 2.0
    mutes: tuple[bool, ...] = (False,) * SLOTS
    patterns: tuple[MachinePattern, ...] = NO_PATTERNS
    pattern: str = "a"


def read_patch(where: str) -> Patch:
    """The patch of a kit's slot, `kits/mine.mtpreset:1`, or of a file of its own, `mine.mtdrum`."""
    if is_drum_file(where):
        return read_drum(where)
    path, colon, slot = str(where).rpartition(":")
    if not colon or slot not in tuple("12345678"):
        raise BadInput(f"a patch goes by its kit's file and a slot 1 to 8, kits/mine.mtpreset:1, not {brief(where)}")
    found = read_kit(path).patches[int(slot) - 1]
    if found is None:
        raise BadInput(f"{path} has no patch in slot {slot}")
    return found


def is_drum_file(where: str | Path) -> bool:
    """Whether a patch goes by a file of its own."""
    return str(where).lower().endswith(".mtdrum")


def read_kit(path: str | Path) -> Kit:
    """The kit of a file. A path that starts with kits/ and is not there means one that ships with the instrument."""
    return parse_kit(_text(path, "kit"), _found(path).name)


def read_drum(path: str | Path) -> Patch:
    """The patch of a `.mtdrum` file, of any version; BadInput when there is none."""
    return parse_drum(_text(path, "patch"), _found(path).name)


def parse_drum(text: str, name: str) -> Patch:
    """The patch in a text; `name` is the file's, for errors and for a patch that has no name of its own."""
    whole = f"{DRUM_HEADERS[0]}: {{{text}\n}}" if _BARE.match(text) else text
    return read_patch_struct(parse(whole, name, DRUM_HEADERS), Path(name).stem, name)


def parse_kit(text: str, name: str) -> Kit:
    """The kit in a text; `name` is the file's, for errors and for the kit."""
    tree, place = parse(text, name, KIT_HEADERS), Place(name, "")

    def value(key: str, read: Callable[[Node, Place], Any], start: Any) -> Any:
        node = tree.values.get(key)
        return start if node is None else read(node, place.at(key))

    return Kit(
        name=name.removesuffix(".mtpreset"),
        patches=_patches(tree, name),
        level=value("MastVol", lambda node, at: within(node, at, -math.inf, 10), 0.0),
        tempo=value("Tempo", lambda node, at: within(node, at, 1, 999), None),
        swing=value("Swing", _share, 0.0),
        step_rate=value("StepRate", lambda node, at: word(node, at, STEP_RATES), "1/16"),
        fill_rate=value("FillRate", lambda node, at: within(node, at, 1, MOST_FILLS), 2.0),
        mutes=value("Mutes", lambda node, at: switches(node, at, SLOTS), (False,) * SLOTS),
        patterns=value("Patterns", read_patterns, NO_PATTERNS),
        pattern=value("Pattern", lambda node, at: word(node, at, LETTERS), "a"),
    )


def _patches(tree: Struct, name: str) -> tuple[Patch | None, ...]:
    drums = tree.values.get("DrumPatches")
    if not isinstance(drums, Struct):
        line = (drums or tree).line
        raise BadInput(f"{name}, line {line}: DrumPatches, named patches in braces, was expected")
    patches: list[Patch | None] = [None] * SLOTS
    for key, node in drums.values.items():
        if key not in tuple("12345678"):
            raise BadInput(f"{name}, line {node.line}: a slot of DrumPatches is 1 to 8, not {brief(key)}")
        label = f"patch {key}"
        values = struct(node, Place(name, label), "a struct of parameters in braces")
        patches[int(key) - 1] = read_patch_struct(values, label, name)
    return tuple(patches)


def _share(node: Node, place: Place) -> float:
    """A percentage as 0 to 1. The point moves in decimal, so that what was written reads back to the last bit."""
    within(node, place, 0, 100)
    return float(Decimal(digits(node, place)).scaleb(-2))


def _text(path: str | Path, what: str) -> str:
    try:
        data = _found(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no path"
        raise BadInput(f"cannot read the {what} {brief(path)}: {reason}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:  # older files carry Latin-1 names
        return data.decode("latin-1")


def _found(path: str | Path) -> Path:
    file = Path(path).expanduser()
    shipped = places.SYNTHDEFS / file
    return shipped if file.parts[:1] == ("kits",) and not file.exists() and shipped.exists() else file
