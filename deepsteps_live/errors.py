"""The errors a player may meet.

    DeepstepsError
    ├── BadInput   what was typed or read is wrong; says what would be right    (exit status 2)
    └── Fault      something outside failed: no scsynth, no engine, a full disk (exit status 1)

Every message is one line.
"""

import difflib
import math
from collections.abc import Iterable


class DeepstepsError(Exception):
    """Base of all errors that are shown as one line."""


class BadInput(DeepstepsError, ValueError):
    """What was typed or read is wrong."""


class Fault(DeepstepsError, RuntimeError):
    """Something outside the instrument failed."""


def no_such(kind: str, word: object, choices: Iterable[str]) -> BadInput:
    """The error for an unknown name: `no scale "majr"; did you mean "major"?`"""
    known = list(choices)
    word = " ".join(str(word)[:60].split())
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    hint = f'did you mean "{near[0]}"?' if near else f"there is {', '.join(known)}"
    return BadInput(f'no {kind} "{word}"; {hint}')


def in_words(error: BaseException) -> str:
    """What an error says, in one line: ours as they are, others with their kind, even those that cannot say."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # a performer's own exception may fail even here
        text = ""
    if isinstance(error, DeepstepsError) and text:
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def number(what: str, value: object, low: float, high: float) -> float:
    """`value` as a float between `low` and `high`, or BadInput naming `what`."""
    if isinstance(value, bool) or (not isinstance(value, (int, float)) and not hasattr(value, "__float__")):
        raise BadInput(f"{what} is a number from {low:g} to {high:g}, not {_shown(value)}")
    try:
        found = float(value)
    except (OverflowError, TypeError, ValueError):
        raise BadInput(f"{what} is a number from {low:g} to {high:g}, not {_shown(value)}") from None
    if not math.isfinite(found) or not low <= found <= high:
        raise BadInput(f"{what} is a number from {low:g} to {high:g}, not {_shown(value)}")
    return found


def whole(what: str, value: object, low: int, high: int) -> int:
    """`value` as an int between `low` and `high`, or BadInput naming `what`."""
    found = number(what, value, low, high)
    if found != int(found):
        raise BadInput(f"{what} is a whole number from {low} to {high}, not {_shown(value)}")
    return int(found)


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # an int with too many digits to print
        text = f"a {type(value).__name__} too large to show"
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:37] + "..."
