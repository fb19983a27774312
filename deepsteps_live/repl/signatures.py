"""What the call under the cursor takes: its parameters in a line, the one that is being typed marked, and its help.

Nothing of the performer's is run for it: of functions of her own only the names of their parameters are read.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from prompt_toolkit.application import get_app
from prompt_toolkit.formatted_text import FormattedText

from deepsteps_live.music import Pattern
from deepsteps_live.session.commands import COMMANDS, VALUES
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.tracks import TRACK_METHODS

MOST_READ = 1000  # characters before the cursor
HIDDEN = ("instrument", "self", "handle")  # first parameters that nobody types
LONGEST = 16  # characters of a default that are shown

_TOKENS = re.compile(
    r"#[^\n]*|\"\"\"|'''|[\"']|[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*|[()\[\]{},;\n]|[=!<>:+*/%&|^-]=|=|\\\n|\s+|.",
    re.DOTALL,
)


@dataclass(slots=True)
class Call:
    """A call whose bracket is open: its name as typed ("" for a bracket of another kind), and where in it we are.

    place    of the argument, from 0
    keyword  its name, where it was typed
    """

    name: str
    place: int = 0
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the end of a text stands.

    call      the innermost call that is open, or None
    quote     what has been typed of an open string, or None
    assigned  the name that is assigned to in this statement, "" for none
    """

    call: Call | None
    quote: str | None
    assigned: str


def cursor_at(text: str) -> Cursor:
    """Where the end of a text stands. Never raises, whatever the text is."""
    open_brackets: list[Call] = []
    assigned = word = ""
    for token, quote in _tokens(_near(text)):
        if quote is not None:
            return Cursor(_innermost(open_brackets), quote, assigned)
        if token in "([{":
            open_brackets.append(Call(word if token == "(" else ""))
        elif token in ")]}":
            del open_brackets[-1:]
        elif token == "," and open_brackets:
            open_brackets[-1].place += 1
            open_brackets[-1].keyword = ""
        elif token == "=" and open_brackets:
            open_brackets[-1].keyword = word
        elif token == "=":
            assigned = word
        elif token in ("\n", ";") and not open_brackets:
            assigned = ""
        word = re.sub(r"\s", "", token) if token[0].isalpha() or token[0] == "_" else ""
    return Cursor(_innermost(open_brackets), None, assigned)


def _near(text: str) -> str:
    """The last lines of a text, whole where there are several."""
    if len(text) <= MOST_READ:
        return text
    near = text[-MOST_READ:]
    return near.partition("\n")[2] or near


def _tokens(text: str) -> Iterator[tuple[str, str | None]]:
    """Tokens that matter, and None; of a string that is still open what it holds so far."""
    at = 0
    while (found := _TOKENS.match(text, at)) is not None:
        token, at = found[0], found.end()
        if token[0] in "\"'":
            end = _end_of_string(text, at, token)
            if end is None:
                yield token, text[at:]
                return
            at = end
            yield "''", None
        elif not token.isspace() or "\n" in token:
            yield "\n" if token.isspace() else token, None


def _end_of_string(text: str, at: int, mark: str) -> int | None:
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text.startswith(mark, at):
            return at + len(mark)
        elif text[at] == "\n" and len(mark) == 1:
            return at
        else:
            at += 1
    return None


def _innermost(open_brackets: list[Call]) -> Call | None:
    return next((call for call in reversed(open_brackets) if call.name), None)


def signature(instrument: Instrument, text: str, cursor: int) -> str | None:
    """The call under the cursor in a line: `every(bars, «function», name="")  Call a function ...`; None outside."""
    call = cursor_at(text[:cursor]).call
    if call is None:
        return None
    rows = parameters(instrument, call.name)
    if rows is None:
        return None
    here = _here(rows, call)
    shown = ", ".join(f"«{text}»" if name == here else text for name, text in rows.items())
    return f"{call.name}({shown})  {help_of(instrument, call.name)}".rstrip()


def parameters(instrument: Instrument, name: str) -> dict[str, str] | None:
    """The parameters of what goes by a name, as they are shown: {"name": 'name=""'}; None when unknown."""
    function = _function(instrument, name)
    if function is None:
        return None
    if isinstance(function, FunctionType) and function is _own(instrument, name):
        return {each: each for each in _own_parameters(function)}
    found = list(inspect.signature(function).parameters.values())
    return {each.name: _shown(each) for each in found if each.name not in HIDDEN}


def help_of(instrument: Instrument, name: str) -> str:
    """The first line of what goes by a name says, or ""."""
    text = getattr(_function(instrument, name), "__doc__", None)
    return text.strip().split("\n", 1)[0] if isinstance(text, str) else ""


def with_signature(instrument: Instrument, toolbar: Callable[[], list[tuple[str, str]]]) -> Callable[[], FormattedText]:
    """A toolbar that has the signature of the call under the cursor above it, while there is one."""

    def pieces() -> FormattedText:
        application = get_app()
        document = application.current_buffer.document
        found = signature(instrument, document.text, document.cursor_position)
        line = [("italic", f" {found[: application.output.get_size().columns - 2]}\n")] if found else []
        return FormattedText([*line, *toolbar()])

    return pieces


def _function(instrument: Instrument, name: str) -> Callable[..., Any] | None:
    """What is called by a name as typed: a word, what a track does, what a pattern does, a function of one's own."""
    owner, _, last = name.rpartition(".")
    if not owner:
        found: Callable[..., Any] | None = COMMANDS.get(name) or VALUES.get(name) or _own(instrument, name)
        return found
    if owner == "Pattern" or owner.endswith(".pattern"):
        of_pattern = inspect.getattr_static(Pattern, last, None)
        return of_pattern if isinstance(of_pattern, FunctionType) else None
    is_track = any(track.name == owner for track in instrument.session.live_set)
    does: Any = TRACK_METHODS.get(last) if is_track else None
    return does if callable(does) else None


def _own(instrument: Instrument, name: str) -> FunctionType | None:
    found = dict.get(instrument.namespace, name)
    return found if isinstance(found, FunctionType) else None


def _own_parameters(function: FunctionType) -> list[str]:
    code = function.__code__
    return list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


def _shown(parameter: inspect.Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return f"*{parameter.name}" if parameter.kind is inspect.Parameter.VAR_POSITIONAL else parameter.name
    default = parameter.default
    said = f'"{default}"' if isinstance(default, str) else repr(default)
    return f"{parameter.name}={said[:LONGEST]}"


def _here(rows: dict[str, str], call: Call) -> str:
    names = list(rows)
    last = next((place for place, name in enumerate(names) if rows[name].startswith("*")), len(names) - 1)
    if call.keyword:
        return call.keyword
    return names[min(call.place, last)] if names else ""
