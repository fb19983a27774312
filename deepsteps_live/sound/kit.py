"""Kits: eight patches read from a `.mtpreset` file (facts/supertonic.md, section 2).

A row of KEYS: the file's key, our parameter. To read one more key, add a row.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from deepsteps_live import places
from deepsteps_live.errors import BadInput
from deepsteps_live.music import Patch
from deepsteps_live.sound.numbstrict import Array, Node, Struct, Text, parse
from deepsteps_live.sound.parameters import parameter
from deepsteps_live.sound.patches import fresh, law

HEADER = "MicrotonicPresetV3"
SLOTS = 8

# In the order in which they are read: a parameter that picks another's law comes before it.
KEYS = (
    ("OscWave", "osc_wave"),
    ("OscFreq", "osc_freq"),
    ("OscAtk", "osc_attack"),
    ("OscDcy", "osc_decay"),
    ("ModMode", "mod_mode"),
    ("ModRate", "mod_rate"),
    ("ModAmt", "mod_amount"),
    ("NFilMod", "noise_filter"),
    ("NFilFrq", "noise_freq"),
    ("NFilQ", "noise_q"),
    ("NStereo", "noise_stereo"),
    ("NEnvMod", "noise_env"),
    ("NEnvAtk", "noise_attack"),
    ("NEnvDcy", "noise_decay"),
    ("Mix", "mix"),
    ("DistAmt", "distortion"),
    ("EQFreq", "eq_freq"),
    ("EQGain", "eq_gain"),
    ("Level", "level"),
    ("Pan", "pan"),
    ("Output", "output"),
    ("Choke", "choke"),
    ("OscVel", "osc_velocity"),
    ("NVel", "noise_velocity"),
    ("ModVel", "mod_velocity"),
)

STEP_RATES = ("1/8", "1/8T", "1/16", "1/16T", "1/32")

_NUMBER = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d{1,4})?|\.\d+(?:[eE][+-]?\d{1,4})?|inf))(.*)", re.DOTALL)
_WORD = re.compile(r"[A-Za-z][\w /+-]*")


@dataclass(frozen=True, slots=True)
class Kit:
    """Eight patches in the order of their keys, and the rest that the file says about all of them.

    level      of the master, dB
    tempo      bpm, None where the file has none
    swing      0 to 1
    step_rate  "1/8" "1/8T" "1/16" "1/16T" or "1/32"
    fill_rate  hits in a filled step
    mutes      True where a channel is muted
    """

    name: str
    patches: tuple[Patch | None, ...]
    level: float = 0.0
    tempo: float | None = None
    swing: float = 0.0
    step_rate: str = "1/16"
    fill_rate: float = 2.0
    mutes: tuple[bool, ...] = (False,) * SLOTS


@dataclass(frozen=True, slots=True)
class _Place:
    """Whose value is read, for errors."""

    file: str
    key: str

    def fail(self, node: Node, expected: str) -> BadInput:
        return BadInput(f"{self.file}, line {node.line}: {self.key} is {expected}, not {_brief(node)}")


def read_patch(where: str) -> Patch:
    """The patch of a kit's slot: `kits/mine.mtpreset:1`."""
    path, colon, slot = str(where).rpartition(":")
    if not colon or slot not in tuple("12345678"):
        raise BadInput(f"a patch goes by its kit's file and a slot 1 to 8, kits/mine.mtpreset:1, not {_short(where)}")
    found = read_kit(path).patches[int(slot) - 1]
    if found is None:
        raise BadInput(f"{path} has no patch in slot {slot}")
    return found


def read_kit(path: str | Path) -> Kit:
    """The kit of a file. A path that starts with kits/ and is not there means one that ships with the instrument."""
    file = _found(path)
    try:
        text = file.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no path"
        raise BadInput(f"cannot read the kit {_short(path)}: {reason}") from None
    return parse_kit(_decoded(text), file.name)


def parse_kit(text: str, name: str) -> Kit:
    """The kit in a text; `name` is the file's, for errors and for the kit."""
    tree = parse(text, name, HEADER)
    drums = tree.values.get("DrumPatches")
    if not isinstance(drums, Struct):
        line = (drums or tree).line
        raise BadInput(f"{name}, line {line}: DrumPatches, named patches in braces, was expected")
    patches: list[Patch | None] = [None] * SLOTS
    for key, node in drums.values.items():
        if key not in tuple("12345678"):
            raise BadInput(f'{name}, line {node.line}: a slot of DrumPatches is 1 to 8, not "{_short(key)}"')
        patches[int(key) - 1] = _patch(node, _Place(name, f"patch {key}"))
    tempo = _optional(tree, name, "Tempo", 1, 999, math.nan)
    return Kit(
        name=name.removesuffix(".mtpreset"),
        patches=tuple(patches),
        level=_optional(tree, name, "MastVol", -math.inf, 10, 0.0),
        tempo=None if math.isnan(tempo) else tempo,
        swing=_optional(tree, name, "Swing", 0, 100, 0.0) / 100,
        step_rate=_step_rate(tree, name),
        fill_rate=_optional(tree, name, "FillRate", 1, 16, 2.0),
        mutes=_mutes(tree, name),
    )


def _patch(node: Node, place: _Place) -> Patch:
    if not isinstance(node, Struct):
        raise place.fail(node, "a struct of parameters in braces")
    label = node.values.get("Name")
    if label is not None and not isinstance(label, Text):
        raise _Place(place.file, "Name").fail(label, "a text")
    patch = fresh("drum", label.text if label else place.key)
    for key, name in KEYS:
        if key in node.values:
            patch = patch.but(**{name: _normal(patch, name, node.values[key], _Place(place.file, key))})
    return patch


def _normal(patch: Patch, name: str, node: Node, place: _Place) -> float:
    row = parameter("drum", name)
    if row.choices:
        return _choice(row.choices, node, place)
    rule = law(patch, name)
    amount = _number(node, place)
    if name == "mod_amount":  # Microtonic clips this one
        amount = min(max(amount, rule.low), rule.high)
    try:
        return rule.normal(rule.checked(place.key, amount))
    except BadInput:
        raise place.fail(node, rule.range()) from None


def _choice(choices: tuple[str, ...], node: Node, place: _Place) -> float:
    """A word's place among the choices; like Microtonic, a word that is none of them means the first."""
    if not isinstance(node, Text) or not _WORD.fullmatch(node.text):
        raise place.fail(node, f"one of {', '.join(choices)}")
    words = [word.casefold() for word in choices]
    word = node.text.casefold()
    return words.index(word) / (len(words) - 1) if word in words else 0.0


def _number(node: Node, place: _Place) -> float:
    """The first number of a text; units are not checked, as in Microtonic."""
    found = _NUMBER.match(node.text) if isinstance(node, Text) else None
    if found is None or (found[2] and found[2].lstrip()[:1].isdigit()):
        raise place.fail(node, "a number")
    return float(found[1])


def _optional(tree: Struct, name: str, key: str, low: float, high: float, start: float) -> float:
    node = tree.values.get(key)
    if node is None:
        return start
    amount = _number(node, _Place(name, key))
    if not low <= amount <= high:
        raise _Place(name, key).fail(node, f"{low:g} to {high:g}")
    return amount


def _step_rate(tree: Struct, name: str) -> str:
    node = tree.values.get("StepRate")
    if node is None:
        return "1/16"
    if not isinstance(node, Text) or node.text not in STEP_RATES:
        raise _Place(name, "StepRate").fail(node, f"one of {', '.join(STEP_RATES)}")
    return node.text


def _mutes(tree: Struct, name: str) -> tuple[bool, ...]:
    node = tree.values.get("Mutes")
    if node is None:
        return (False,) * SLOTS
    place = _Place(name, "Mutes")
    if not isinstance(node, Array) or len(node.values) != SLOTS:
        raise place.fail(node, "eight of Off, On")
    return tuple(_choice(("Off", "On"), value, place) == 1 for value in node.values)


def _found(path: str | Path) -> Path:
    file = Path(path).expanduser()
    shipped = places.SYNTHDEFS / file
    return shipped if file.parts[:1] == ("kits",) and not file.exists() and shipped.exists() else file


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:  # older files carry Latin-1 names
        return data.decode("latin-1")


def _brief(node: Node) -> str:
    return _short(node.text) if isinstance(node, Text) else "{...}"


def _short(text: object) -> str:
    shown = ascii(str(text))[1:-1]
    return f'"{shown if len(shown) <= 40 else shown[:37] + "..."}"'
