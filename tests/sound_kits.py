"""Hypothesis strategies and mutations for Microtonic's files: any kit, and what may befall one."""

import random
import re

from hypothesis import strategies as st

from deepsteps_live.music import Patch
from deepsteps_live.sound import PARAMETERS, Kit, Lane, MachinePattern

units = st.floats(0, 1, allow_nan=False)
steps = st.integers(0, 2**16 - 1).map(lambda bits: tuple(bool(bits >> step & 1) for step in range(16)))
lanes = st.builds(Lane, steps, steps, steps)
machine_patterns = st.builds(
    MachinePattern,
    length=st.integers(1, 16),
    chained=st.booleans(),
    lanes=st.tuples(lanes, lanes).map(lambda some: some + (Lane(),) * 6),
)


@st.composite
def patches(draw: st.DrawFn) -> Patch:
    """Any drum patch that a panel can show: its choices are choices."""
    values = {
        row.name: draw(st.integers(0, len(row.choices) - 1)) / (len(row.choices) - 1) if row.choices else draw(units)
        for row in PARAMETERS["drum"]
    }
    return Patch("drum", draw(st.text(max_size=12)), tuple(values.items()))


@st.composite
def kits(draw: st.DrawFn) -> Kit:
    """Any kit with a few patches and patterns."""
    first, other = draw(machine_patterns), draw(machine_patterns)
    return Kit(
        "any",
        (draw(patches()), None, draw(st.none() | patches()), *[None] * 5),
        level=draw(st.floats(-200, 10) | st.just(float("-inf"))),
        tempo=draw(st.none() | st.floats(1, 999)),
        swing=draw(units),
        step_rate=draw(st.sampled_from(["1/8", "1/8T", "1/16", "1/16T", "1/32"])),
        fill_rate=draw(st.floats(1, 16)),
        mutes=draw(st.tuples(*[st.booleans()] * 8)),
        patterns=(first, *[MachinePattern()] * 9, other, MachinePattern(other.length, False, first.lanes)),
        pattern=draw(st.sampled_from("abcdefghijkl")),
    )


PIECES = (
    *(
        "{",
        "}",
        '"',
        "'",
        ":",
        "=",
        ",",
        "\n",
        "\r",
        "/*",
        "*/",
        "//",
        "\\",
        "\\u12",
        "\\U0011ffff",
        "\0",
        "é",
        "\ufeff",
    ),
    *("-inf", "nan", "1e999", "-1e-999", "0", "-1", "16.5", "99999999999999999999", "0x10", "#" * 16, "x" * 99, ""),
    *('"1": {', "a: {", "{:}", "Off", "true", "Patterns: 3", "DrumPatches: {", "Length: 0", 'Triggers: "##"', "{" * 40),
)


def mutated(text: str, rng: random.Random) -> str:
    """A text with one to four things done to it, of bytes, lines, tokens, braces, numbers, or cut off."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        text = rng.choice((_bytes, _piece, _lines, _swapped, _number, _cut))(text, rng) or "{"
    return text


def _bytes(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text))
    return text[:place] + chr(rng.choice((rng.randrange(128), rng.randrange(0x3000)))) + text[place + 1 :]


def _piece(text: str, rng: random.Random) -> str:
    place, cut = rng.randrange(len(text)), rng.choice((0, 0, 1, 5, 300))
    return text[:place] + rng.choice(PIECES) * rng.choice((1, 1, 1, 50)) + text[place + cut :]


def _lines(text: str, rng: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    first, last = sorted((rng.randrange(len(lines)), rng.randrange(len(lines))))
    kept = lines[:first] + lines[last:]
    return "".join(rng.choice((kept, lines[:last] + lines[first : first + 30] + lines[last:], lines[first:])))


def _swapped(text: str, rng: random.Random) -> str:
    tokens = re.split(r"(\W+)", text)
    one, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    tokens[one], tokens[other] = tokens[other], tokens[one]
    return "".join(tokens)


def _number(text: str, rng: random.Random) -> str:
    found = list(re.finditer(r"-?\d+(\.\d+)?", text))
    if not found:
        return text
    at = rng.choice(found)
    return (
        text[: at.start()]
        + rng.choice(("-1", "1e9", "inf", "nan", "", "7,5", "1e-400", "0", "1" * 400))
        + text[at.end() :]
    )


def _cut(text: str, rng: random.Random) -> str:
    return text[: rng.randrange(len(text))]
