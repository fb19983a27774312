"""Microtonic's twelve patterns, a to l, as values: what each of eight channels triggers, accents and fills."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deepsteps_live.sound.numbstrict import Node, Struct, Text
from deepsteps_live.sound.reading import Place, struct, within, word

CHANNELS = 8
STEPS = 16
LETTERS = "abcdefghijkl"

Steps = tuple[bool, ...]  # 16 of them, whatever the pattern's length

_NONE = (False,) * STEPS


@dataclass(frozen=True, slots=True)
class Lane:
    """What one channel plays. Accents and fills stand for themselves, also where nothing is triggered."""

    triggers: Steps = _NONE
    accents: Steps = _NONE
    fills: Steps = _NONE


@dataclass(frozen=True, slots=True)
class MachinePattern:
    """length   steps that are played, 1 to 16
    chained  whether the next pattern follows
    lanes    one a channel, in their order
    """

    length: int = STEPS
    chained: bool = False
    lanes: tuple[Lane, ...] = (Lane(),) * CHANNELS


NO_PATTERNS = (MachinePattern(),) * len(LETTERS)


def chain(patterns: tuple[MachinePattern, ...], first: str) -> str:
    """The letters that play from `first` on while each is chained to the next: "abc"."""
    start = end = LETTERS.index(first)
    while patterns[end].chained and end < len(LETTERS) - 1:
        end += 1
    return LETTERS[start : end + 1]


def read_patterns(node: Node, place: Place) -> tuple[MachinePattern, ...]:
    """All twelve patterns of a file; those that it does not have are empty."""
    tree = struct(node, place, "named patterns in braces")
    found = {key.casefold(): value for key, value in tree.values.items()}
    return tuple(
        _pattern(found[letter], place.at(f"pattern {letter}")) if letter in found else MachinePattern()
        for letter in LETTERS
    )


def pattern_lines(patterns: tuple[MachinePattern, ...]) -> Iterator[str]:
    """The lines of all twelve patterns, in the file's order, tabs included."""
    yield "\tPatterns: {"
    for letter, pattern in zip(LETTERS, patterns, strict=True):
        yield f"\t\t{letter}: {{"
        yield f"\t\t\tLength: {pattern.length}"
        if letter != LETTERS[-1] or pattern.chained:  # the last one has no next
            yield f"\t\t\tChained: {str(pattern.chained).lower()}"
        for channel, lane in enumerate(pattern.lanes, start=1):
            yield f'\t\t\t"{channel}": {{'
            yield f'\t\t\t\tTriggers: "{_marks(lane.triggers)}"'
            yield f'\t\t\t\tAccents:  "{_marks(lane.accents)}"'
            yield f'\t\t\t\tFills:    "{_marks(lane.fills)}"'
            yield "\t\t\t}"
        yield "\t\t}"
    yield "\t}"


def _pattern(node: Node, place: Place) -> MachinePattern:
    values = struct(node, place, "a pattern in braces").values
    length = float(STEPS)
    if "Length" in values:
        length = within(values["Length"], place.at("Length"), 1, STEPS)
        if length != int(length):
            raise place.at("Length").fail(values["Length"], f"a whole number from 1 to {STEPS}")
    chained = "Chained" in values and word(values["Chained"], place.at("Chained"), ("false", "true")) == "true"
    lanes = tuple(_lane(values.get(str(channel)), place.at(f"channel {channel}")) for channel in range(1, CHANNELS + 1))
    return MachinePattern(int(length), chained, lanes)


def _lane(node: Node | None, place: Place) -> Lane:
    if node is None:
        return Lane()
    tree = struct(node, place, "Triggers, Accents and Fills in braces")
    return Lane(*(_steps(tree, key, place.at(key)) for key in ("Triggers", "Accents", "Fills")))


def _steps(tree: Struct, key: str, place: Place) -> Steps:
    node = tree.values.get(key)
    if node is None:
        return _NONE
    if not isinstance(node, Text) or len(node.text) != STEPS or set(node.text) - {"#", "-"}:
        raise place.fail(node, f"{STEPS} of # and -")
    return tuple(letter == "#" for letter in node.text)


def _marks(steps: Steps) -> str:
    return "".join("#" if step else "-" for step in steps)
