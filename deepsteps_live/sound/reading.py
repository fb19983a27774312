"""Values in Microtonic's files: numbers, words and switches, each read, or refused with its file and line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from deepsteps_live.errors import BadInput
from deepsteps_live.sound.numbstrict import Array, Node, Struct, Text

_NUMBER = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d{1,4})?|\.\d+(?:[eE][+-]?\d{1,4})?|inf))(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Whose value is read, for errors."""

    file: str
    key: str

    def at(self, key: str) -> Place:
        """Another key of the same file."""
        return Place(self.file, key)

    def fail(self, node: Node, expected: str) -> BadInput:
        """The error for a wrong value: file, line, key, what was expected and what stands there."""
        return BadInput(f"{self.file}, line {node.line}: {self.key} is {expected}, not {_brief(node)}")


def struct(node: Node, place: Place, expected: str) -> Struct:
    """Named values."""
    if not isinstance(node, Struct):
        raise place.fail(node, expected)
    return node


def amount(node: Node, place: Place) -> float:
    """The first number of a text, which may be infinite; units are not checked, as in Microtonic."""
    return float(digits(node, place))


def digits(node: Node, place: Place) -> str:
    """The first number of a text as it stands there."""
    found = _NUMBER.match(node.text) if isinstance(node, Text) else None
    if found is None or (found[2] and found[2].lstrip()[:1].isdigit()):
        raise place.fail(node, "a number")
    return found[1]


def within(node: Node, place: Place, low: float, high: float) -> float:
    """The first number of a text, from `low` to `high`."""
    found = amount(node, place)
    if not low <= found <= high:
        raise place.fail(node, f"{low:g} to {high:g}")
    return found


def word(node: Node, place: Place, words: Sequence[str]) -> str:
    """One of `words`, in any case."""
    text = node.text.casefold() if isinstance(node, Text) else ""
    for choice in words:
        if text == choice.casefold():
            return choice
    raise place.fail(node, f"one of {', '.join(words)}")


def switches(node: Node, place: Place, count: int) -> tuple[bool, ...]:
    """`count` of Off and On."""
    if not isinstance(node, Array) or len(node.values) != count:
        raise place.fail(node, f"{count} of Off, On")
    return tuple(word(value, place, ("Off", "On")) == "On" for value in node.values)


def brief(text: object) -> str:
    """A text in quotes, short and on one line."""
    shown = ascii(str(text))[1:-1]
    return f'"{shown if len(shown) <= 40 else shown[:37] + "..."}"'


def _brief(node: Node) -> str:
    return brief(node.text) if isinstance(node, Text) else "{...}"
