"""`deepsteps --pipe`: statements on standard input, block by block, as an editor sends them.

Lines between `:{` and `:}` are one block, whatever stands in them. Without these marks a block is a statement: a line,
or a compound statement up to the blank line (or the next statement) after it.
"""

from __future__ import annotations

import codeop
import os
import sys
import textwrap
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

from deepsteps_live.repl.prompt import run_block
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.mistakes import PROMPT

OPEN, CLOSE = ":{", ":}"


@dataclass(frozen=True, slots=True)
class Wrong:
    """Marks that do not fit together: what is said instead of running a block."""

    why: str


def run_pipe(instrument: Instrument, lines: Iterable[str], *, echo: bool = False) -> None:
    """Run each block as soon as it is whole. The set goes on after an error, and ends with the input.

    `echo` prints a line after each block: `:ok`, or `:error` and what was wrong.
    """
    for block in blocks(lines):
        errors: list[str] = []
        if isinstance(block, Wrong):
            errors.append(block.why)
        else:
            run_block(instrument, block, errors.append)
        sys.stdout.flush()
        _answer(errors, echo=echo)


def standard_input() -> TextIO:
    """What comes in, under a handle of our own: `exit()` closes Python's.

    A letter that is no UTF-8 is wrong in its block alone.
    """
    return os.fdopen(os.dup(sys.stdin.fileno()), encoding="utf-8", errors="replace")


def _answer(errors: list[str], *, echo: bool) -> None:
    if echo:
        print(f":error {errors[0]}" if errors else ":ok", flush=True)
    elif errors:
        print(errors[0], file=sys.stderr, flush=True)


def blocks(lines: Iterable[str]) -> Iterator[str | Wrong]:
    """Blocks of statements, those of blank lines alone left out, and what is wrong with their marks."""
    waiting: list[str] = []
    marked = False
    for line in _clean(lines):
        mark = line.strip()
        if mark == OPEN:
            if marked:
                yield Wrong(f"a {OPEN} before the {CLOSE} of the one above; that block was not run")
            elif _text(waiting):
                yield _text(waiting)
            waiting, marked = [], True
        elif mark == CLOSE:
            yield textwrap.dedent("\n".join(waiting)) if marked else Wrong(f"a {CLOSE} without its {OPEN}")
            waiting, marked = [], False
        elif marked:
            waiting.append(line)
        else:
            if _begins_another(waiting, line):
                yield _text(waiting)
                waiting = []
            waiting.append(line)
            if _whole("\n".join(waiting)):
                if _text(waiting):
                    yield _text(waiting)
                waiting = []
    if marked:
        yield Wrong(f"a {OPEN} without its {CLOSE}; that block was not run")
    elif _text(waiting):
        yield _text(waiting)


def _clean(lines: Iterable[str]) -> Iterator[str]:
    """Lines without their ends, Windows' and others, and without the mark with which some programs begin a text."""
    for number, line in enumerate(lines):
        yield (line.removeprefix("\ufeff") if number == 0 else line).rstrip("\r\n")


def _text(waiting: list[str]) -> str:
    text = "\n".join(waiting)
    return text if text.strip() else ""


def _begins_another(waiting: list[str], line: str) -> bool:
    """Whether a line at the margin begins a statement of its own, after a compound one that is whole."""
    at_margin = line != "" and not line[0].isspace()
    return bool(waiting) and at_margin and not _goes_on(line) and _whole("\n".join(waiting) + "\n")


def _goes_on(line: str) -> bool:
    """Whether a line at the margin belongs to the compound statement above it."""
    return line.split(":")[0].split(" ")[0] in ("else", "elif", "except", "finally", "case") or line[0] in ")]}"


def _whole(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the compiler; running it says them
        try:
            return codeop.compile_command(text, PROMPT, "single") is not None
        except (SyntaxError, ValueError, OverflowError):
            return True  # running it says what is wrong
