"""Signature help: the call under the cursor in a line; it runs nothing and never raises."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deepsteps_live.repl.signatures import cursor_at, parameters, signature
from deepsteps_live.session.commands import COMMANDS, VALUES
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.opening import offline_instrument
from deepsteps_live.session.tracks import TRACK_METHODS


def at_end(instrument: Instrument, text: str) -> str:
    return (signature(instrument, text, len(text)) or "").partition("  ")[0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("every(", 'every(«bars», function, name="")'),
        ("every(4, ", 'every(bars, «function», name="")'),
        ("every(4, lambda: go(", "go(«first», second=None, x=0.5)"),
        ("every(4, lambda: go(1), na", 'every(bars, function, «name=""»)'),
        ('every(4, f, name="', 'every(bars, function, «name=""»)'),
        ("x = 3; undo(", "undo(«times=1»)"),
        ("lfo(8, shape=", 'lfo(beats, low=-1.0, high=1.0, «shape="sine"»)'),
        ('load("fri(day, ', "load(«name»)"),
        ("panic(", "panic()"),
        ("kick.pattern.rotate(", "kick.pattern.rotate(«steps»)"),
        ("kick.vary", ""),
        ("undo(2)", ""),
        ("nothing(", ""),
        ("# undo(", ""),
        ("(1, ", ""),
    ],
)
def test_the_current_parameter_is_marked(text: str, shown: str, instrument: Instrument) -> None:
    assert at_end(instrument, text) == shown


def test_what_a_track_does_is_known_with_its_keywords(instrument: Instrument) -> None:
    assert "*bases, «temperature=1.0»," in at_end(instrument, "snare.like(kick, temperature=")


def test_arguments_without_an_end_are_one_parameter(instrument: Instrument) -> None:
    assert at_end(instrument, "choose(4, 1, 2, 3") == "choose(beats, «*values», seed=0)"


def test_the_help_comes_after_the_parameters(instrument: Instrument) -> None:
    assert (signature(instrument, "undo(", 5) or "").endswith("  Take back the last edits.")


def test_only_what_stands_before_the_cursor_counts(instrument: Instrument) -> None:
    assert (signature(instrument, "every(4, f)", 6) or "").startswith("every(«bars»")


def test_a_function_of_ones_own_is_known_by_its_parameters() -> None:
    instrument = offline_instrument()
    instrument.run("def fall(bars, amount=3): 'Falls.'")
    assert signature(instrument, "fall(4, ", 8) == "fall(bars, «amount»)  Falls."


def test_asking_runs_nothing_of_the_performers() -> None:
    instrument = offline_instrument()
    instrument.run(
        "ran = []\nclass Trap:\n"
        "    def __repr__(self): ran.append(1); raise SystemExit\n"
        "    def __call__(self): ran.append(2)\n"
        "trap = Trap()\ndef f(x=trap): pass\nf.__signature__ = trap; f.__wrapped__ = trap; f.__doc__ = trap"
    )
    assert (signature(instrument, "f(", 2), signature(instrument, "trap(", 5)) == ("f(«x»)", None)
    assert instrument.namespace["ran"] == []


@pytest.mark.parametrize("name", [*COMMANDS, *VALUES, *(f"kick.{name}" for name in TRACK_METHODS)])
def test_everything_that_can_be_called_is_known(name: str, instrument: Instrument) -> None:
    assert parameters(instrument, name) is not None


@pytest.mark.parametrize(
    ("text", "quote", "assigned", "call"),
    [
        ('kick.sound = "def', "def", "kick.sound", None),
        ("scale = 'do", "do", "scale", None),
        ('load("a b', "a b", "", "load"),
        ('print("""one\n"two', 'one\n"two', "", "print"),
        ('x = "done"\ny', None, "", None),
        ('say = "it\\"s', 'it\\"s', "say", None),
        ('kick . pattern = "', "", "kick.pattern", None),
        ('x == "', "", "", None),
    ],
)
def test_quotes_and_assignments_are_found(text: str, quote: str | None, assigned: str, call: str | None) -> None:
    found = cursor_at(text)
    assert (found.quote, found.assigned, found.call and found.call.name) == (quote, assigned, call)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet="kick.like(,)[]{}='\"#\\\n: x0é", max_size=40))
def test_no_text_makes_it_raise(instrument: Instrument, text: str) -> None:
    signature(instrument, text, len(text))
