"""`deepsteps --pipe`: statements on standard input, block by block, as an editor sends them."""

from __future__ import annotations

import codeop
import sys
from collections.abc import Iterable, Iterator

from deepsteps_live.repl.prompt import run_block
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.mistakes import PROMPT


def run_pipe(instrument: Instrument, lines: Iterable[str]) -> None:
    """Run each block as soon as it is whole. The set goes on after an error, and ends with the input."""
    for block in blocks(lines):
        run_block(instrument, block)
        sys.stdout.flush()


def blocks(lines: Iterable[str]) -> Iterator[str]:
    """Blocks of statements: a line, or a compound statement up to the blank line (or the next statement) after it."""
    waiting = ""
    for raw in lines:
        line = raw.rstrip("\r\n")
        if waiting and line and not line[0].isspace() and not _goes_on(line) and _whole(waiting + "\n"):
            yield waiting
            waiting = ""
        waiting = f"{waiting}\n{line}" if waiting else line
        if _whole(waiting):
            yield waiting
            waiting = ""
    if waiting.strip():
        yield waiting


def _goes_on(line: str) -> bool:
    """Whether a line at the margin belongs to the compound statement above it."""
    return line.split(":")[0].split(" ")[0] in ("else", "elif", "except", "finally", "case") or line[0] in ")]}"


def _whole(text: str) -> bool:
    try:
        return codeop.compile_command(text, PROMPT, "single") is not None
    except (SyntaxError, ValueError, OverflowError):
        return True  # running it says what is wrong
