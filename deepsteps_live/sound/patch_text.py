"""One drum patch in the words of Microtonic's files, read and written.

A row of KEYS: the file's key, our parameter, and what stands behind the number. To read and write one more, add a row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal

from deepsteps_live.music import Patch
from deepsteps_live.sound.laws import Law
from deepsteps_live.sound.numbstrict import Node, Struct, Text
from deepsteps_live.sound.parameters import parameters
from deepsteps_live.sound.patches import fresh, law_in, whole
from deepsteps_live.sound.reading import Place, amount

# In the file's order, in which a parameter that picks another's law comes before it. "" has no unit of its own,
# None takes the law's.
KEYS: tuple[tuple[str, str, str | None], ...] = (
    ("OscWave", "osc_wave", ""),
    ("OscFreq", "osc_freq", " Hz"),
    ("OscAtk", "osc_attack", " ms"),
    ("OscDcy", "osc_decay", " ms"),
    ("ModMode", "mod_mode", ""),
    ("ModRate", "mod_rate", None),
    ("ModAmt", "mod_amount", " sm"),
    ("NFilMod", "noise_filter", ""),
    ("NFilFrq", "noise_freq", " Hz"),
    ("NFilQ", "noise_q", ""),
    ("NStereo", "noise_stereo", ""),
    ("NEnvMod", "noise_env", ""),
    ("NEnvAtk", "noise_attack", " ms"),
    ("NEnvDcy", "noise_decay", " ms"),
    ("Mix", "mix", ""),
    ("DistAmt", "distortion", ""),
    ("EQFreq", "eq_freq", " Hz"),
    ("EQGain", "eq_gain", " dB"),
    ("Level", "level", " dB"),
    ("Pan", "pan", ""),
    ("Output", "output", ""),
    ("Choke", "choke", ""),
    ("OscVel", "osc_velocity", "%"),
    ("NVel", "noise_velocity", "%"),
    ("ModVel", "mod_velocity", "%"),
)

_WORD = re.compile(r"[A-Za-z][\w /+()-]*")
_ROWS = parameters("drum")
_NEIGHBOURS = 64  # floats on each side that may read back better than the first


def read_patch_struct(node: Struct, name: str, file: str) -> Patch:
    """The patch of named values; `name` is what it is called where it has no Name, `file` is for errors.

    Values that it does not have are a fresh patch's; keys that are none of ours are passed over.
    """
    label = node.values.get("Name")
    if label is not None and not isinstance(label, Text):
        raise Place(file, "Name").fail(label, "a text")
    values = dict(fresh("drum").values)
    for key, parameter, _ in KEYS:
        if key in node.values:
            values[parameter] = _normal(values, parameter, node.values[key], Place(file, key))
    return Patch("drum", label.text if label else name, tuple(values.items()))


def patch_lines(patch: Patch) -> Iterator[str]:
    """A patch as lines of a file, in the file's order, without its braces. It reads back equal, to the last bit,
    when it was read from a file; another one is off by less than a display shows."""
    values = whole(patch)
    yield f"Name: {quoted(patch.name)}"
    yield "Modified: true"
    for key, parameter, unit in KEYS:
        yield f'{key}: "{_said(values, parameter, unit)}"'


def quoted(text: str) -> str:
    """A text in double quotes, with escapes for all but plain letters: any program reads those."""
    return f'"{"".join(_letter(letter) for letter in text)}"'


def plain_number(value: float) -> str:
    """A number with all its digits and no exponent, which not every reader knows; "inf" and "-inf" as they are."""
    return format(Decimal(repr(float(value))), "f") if math.isfinite(value) else str(value)


def _normal(values: dict[str, float], parameter: str, node: Node, place: Place) -> float:
    row = _ROWS[parameter]
    if row.choices:
        return _choice(row.choices, node, place)
    return law_in(values, row).normal(amount(node, place))  # clipped to its range, as in Microtonic


def _choice(choices: tuple[str, ...], node: Node, place: Place) -> float:
    """The place among the choices of the one that a word begins with, such as "HP (hi-pass)"; as in Microtonic, a word
    that is none of them means the first."""
    if not isinstance(node, Text) or not _WORD.fullmatch(node.text):
        raise place.fail(node, f"one of {', '.join(choices)}")
    begins = [node.text.casefold().startswith(choice.casefold()) for choice in choices]
    return begins.index(True) / (len(choices) - 1) if any(begins) else 0.0


def _said(values: dict[str, float], parameter: str, unit: str | None) -> str:
    row = _ROWS[parameter]
    if row.choices:
        return row.choices[row.chosen(values[parameter])]
    rule = law_in(values, row)
    number = _written(rule, values[parameter])
    if parameter == "mix":
        return f"{plain_number(number)} / {plain_number(100 - number)}"
    return plain_number(number) + (f" {rule.unit}" if unit is None else unit)


def _written(rule: Law, normal: float) -> float:
    """The number that reads back as `normal`: the one that the law shows, or a neighbour where rounding asks for it."""
    shown = rule.show(normal)
    if not math.isfinite(shown):
        return shown
    for number in _near(shown):
        if rule.low <= number <= rule.high and rule.normal(number) == normal:
            return number
    return min(max(shown, rule.low), rule.high)


def _near(number: float) -> Iterator[float]:
    yield from (round(number, 9), float(f"{number:.10g}"), number)  # 480.0 rather than 479.99999999999994
    below = above = number
    for _ in range(_NEIGHBOURS):
        below, above = math.nextafter(below, -math.inf), math.nextafter(above, math.inf)
        yield below
        yield above


def _letter(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if " " <= letter <= "~":
        return letter
    code = ord(letter)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
