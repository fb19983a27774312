"""`deepsteps doctor`: the rows as lines or as JSON, the questions of --fix, and the click at the end."""

from __future__ import annotations

import os
import sys
from typing import Any

from deepsteps_live.session.checks import Check, checks
from deepsteps_live.session.mending import mend, not_tried, run, written


def examine(*, fix: bool, plain: bool) -> list[Check]:
    """All rows. `plain` prints them as they are found; `fix` asks what may be done, and does it."""
    found = checks()
    if plain:
        _print(found)
    if fix and not all(row.ok for row in found):
        before, found = found, mend(found, ask=_ask if _is_answered() else None, run=run, say=_say)
        if plain:
            _print([row for row, was in zip(found, before, strict=True) if row != was])
    last = not_tried(found) or _click()
    if plain:
        _print([last])
    return [*found, last]


def as_data(found: list[Check]) -> dict[str, Any]:
    """The rows as JSON values."""
    rows = [(row.name, row.ok, row.found, "" if row.ok else row.cure) for row in found]
    return {"checks": [dict(zip(("name", "ok", "found", "cure"), row, strict=True)) for row in rows]}


def _click() -> Check:
    from deepsteps_live.repl import stage_door

    return stage_door.hear_click()


def _print(found: list[Check]) -> None:
    colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    for row in found:
        print(written(row, colours=colours), flush=True)


def _is_answered() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _ask(question: str) -> bool:
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
