"""What went wrong in a block of statements: in one line, with the place where it happened."""

from __future__ import annotations

import difflib
import traceback
from typing import TYPE_CHECKING

from deepsteps_live.errors import BadInput, Fault, in_words

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

PROMPT = "<prompt>"  # the file name of what is typed


def explained(error: BaseException, instrument: Instrument) -> str:
    """An error of a typed block in one line, with the line where it happened when that is not the first."""
    line = line_of(error, PROMPT)
    return _said(error, instrument) + (f" (line {line})" if line > 1 else "")


def run_file(instrument: Instrument, text: str, file: str) -> None:
    """Run the statements of a file; an error names the file and the line."""
    try:
        instrument.run(text, file)
    except (Exception, SystemExit) as error:
        line = line_of(error, file)
        kind = Fault if isinstance(error, Fault) else BadInput
        raise kind(f"{file}{f', line {line}' if line else ''}: {_said(error, instrument)}") from error


def line_of(error: BaseException, file: str) -> int:
    """The line of `file` at which an error happened, or 0."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return error.lineno or 0
    walked = traceback.walk_tb(error.__traceback__)
    return next((line for frame, line in reversed(list(walked)) if frame.f_code.co_filename == file), 0)


def _said(error: BaseException, instrument: Instrument) -> str:
    if isinstance(error, NameError) and error.name:
        return _no_name(error.name, instrument.namespace.known())
    if isinstance(error, SyntaxError) and error.msg:
        return f"{type(error).__name__}: {error.msg}"
    return in_words(error)


def _no_name(name: str, known: list[str]) -> str:
    if name in known:
        return f"{name} belongs to the instrument and cannot be deleted"
    near = difflib.get_close_matches(name, known, n=1)
    return f'no name "{name}"; ' + (f'did you mean "{near[0]}"?' if near else "help() lists the words")
