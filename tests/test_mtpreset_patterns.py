"""The twelve patterns of a `.mtpreset` file, and what stands above them."""

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.sound import Kit, Lane, MachinePattern, chain, parse_kit

REST = (False,) * 16


def steps(text: str) -> tuple[bool, ...]:
    return tuple(letter == "#" for letter in text)


def kit(*lines: str) -> Kit:
    return parse_kit("\n".join(["MicrotonicPresetV3: { DrumPatches: {:}", *lines, "}"]), "my.mtpreset")


@pytest.mark.parametrize("quote", ['"', ""])
def test_triggers_accents_and_fills_are_read_quoted_or_not(quote: str) -> None:
    marks = ("#---#---#---#--#", "#---------------", "---------------#")
    triggers, accents, fills = (f"{quote}{text}{quote}" for text in marks)
    found = kit(f'Patterns: {{ b: {{ "2": {{\nTriggers: {triggers}\nAccents:  {accents}\nFills: {fills}\n}} }} }}')
    assert found.patterns[1].lanes[1] == Lane(*(steps(text) for text in marks))
    assert found.patterns[1].lanes[0] == Lane()
    assert found.patterns[0] == MachinePattern()


def test_accents_and_fills_are_kept_where_nothing_is_triggered() -> None:
    found = kit('Patterns: { a: { "1": { Accents: "################" } } }').patterns[0].lanes[0]
    assert found == Lane(REST, (True,) * 16, REST)


def test_length_and_chaining_are_read_in_both_spellings() -> None:
    found = kit('Patterns: { a: { Length: 12, Chained: true }, "b": { Length: "7.00000000"\nChained: "False" } }')
    assert [(p.length, p.chained) for p in found.patterns[:3]] == [(12, True), (7, False), (16, False)]


def test_what_is_said_of_all_patterns_is_read() -> None:
    found = kit('Pattern: "c"', "StepRate: 1/16T", 'Swing: "63.35%"', "FillRate: 4.00000000x")
    assert (found.pattern, found.step_rate, found.swing, found.fill_rate) == ("c", "1/16T", 0.6335, 4.0)


def test_unknown_keys_are_passed_over_at_every_level() -> None:
    found = kit(
        "Morph: { Time: 0.5, Left: { a: b } }",
        "Patterns: { z: 3, a: { Colour: red, Length: 5, 9: {:}, 1: { Triggers: ################, Rolls: 3 } } }",
    )
    assert found.patterns[0].length == 5
    assert found.patterns[0].lanes[0].triggers == (True,) * 16


def test_a_chain_goes_on_while_patterns_are_chained_and_ends_at_l() -> None:
    on, off = MachinePattern(chained=True), MachinePattern()
    patterns = (on, on, off, on, off, off, off, off, off, on, on, on)
    assert [chain(patterns, first) for first in "abcdl"] == ["abc", "bc", "c", "de", "l"]
    assert chain(patterns, "j") == "jkl"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("Pattern: m",), 'line 2: Pattern is one of a, b, c, d, e, f, g, h, i, j, k, l, not "m"'),
        (("FillRate: 17x",), 'line 2: FillRate is 1 to 16, not "17x"'),
        (("Swing: 101%",), 'line 2: Swing is 0 to 100, not "101%"'),
        (("StepRate: 1/64",), 'line 2: StepRate is one of 1/8, 1/8T, 1/16, 1/16T, 1/32, not "1/64"'),
        (("Tempo: 0 bpm",), 'line 2: Tempo is 1 to 999, not "0 bpm"'),
        (("Mutes: { Off, On }",), "line 2: Mutes is 8 of Off, On, not {...}"),
        (("Patterns: none",), 'line 2: Patterns is named patterns in braces, not "none"'),
        (("Patterns: {", "a: 3 }"), 'line 3: pattern a is a pattern in braces, not "3"'),
        (("Patterns: { a: {", "Length: 17 } }"), 'line 3: Length is 1 to 16, not "17"'),
        (("Patterns: { a: {", "Length: 1.5 } }"), 'line 3: Length is a whole number from 1 to 16, not "1.5"'),
        (("Patterns: { a: {", "Chained: maybe } }"), 'line 3: Chained is one of false, true, not "maybe"'),
        (("Patterns: { a: { 1: {", "Fills: #-# } } }"), 'line 3: Fills is 16 of # and -, not "#-#"'),
        (("Patterns: { a: {", "1: loud } }"), "line 3: channel 1 is Triggers, Accents and Fills in braces"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(lines: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadInput) as error:
        kit(*lines)
    assert str(error.value).startswith(f"my.mtpreset, {said}")
