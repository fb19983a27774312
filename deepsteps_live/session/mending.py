"""`deepsteps doctor --fix` runs the lines that mend, each after a question; a click at the end shows if sound comes."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from deepsteps_live import places
from deepsteps_live.errors import DeepstepsError
from deepsteps_live.music import LiveSet, Pattern, Track
from deepsteps_live.session.checks import CHECKS, Check
from deepsteps_live.session.measure import click
from deepsteps_live.session.session import Session
from deepsteps_live.session.stage import Stage

UP_WITHIN = 12.0  # seconds for scsynth to boot, a second try included
HEARD_WITHIN = 2.0  # seconds from play to the meter
LOUD = 0.01  # linear, of the meter: the click was seen
NEEDED = ("scsynth", "audio")  # without these there is nothing to hear

GREEN, RED, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[0m"

Ask = Callable[[str], bool]
Run = Callable[[str], int]


def mend(found: Sequence[Check], *, ask: Ask | None, run: Run, say: Callable[[str], None]) -> list[Check]:
    """The rows again after what can be done about them was done; with nobody to `ask` it is only said.

    A line is run only after its question was answered with yes, and its row is looked at again.
    """
    return [row if row.ok else _mended(row, ask, run, say) for row in found]


def _mended(row: Check, ask: Ask | None, run: Run, say: Callable[[str], None]) -> Check:
    if not row.runs:
        say(f"{row.name}: this needs you: {row.cure}")
        return row
    if ask is None:
        say(f"{row.name}: --fix on a terminal would run: {row.cure}")
        return row
    if not ask(f"{row.name}: {row.found}. Run: {row.cure} ?"):
        return row
    status = run(row.cure)
    again = _again(row)
    if status or not again.ok:
        say(f"{row.name}: still {again.found}" + (f"; the command ended with status {status}" if status else ""))
    return again


def _again(row: Check) -> Check:
    """The same check, made again."""
    return next((again for check in CHECKS if (again := check()).name == row.name), row)


def run(command: str) -> int:
    """Run a line as the shell does; its exit status."""
    return subprocess.run(command, shell=True, check=False).returncode


def click_set() -> LiveSet:
    """One click a bar, loud enough to be seen and no louder."""
    return LiveSet((Track("click", Pattern((True,) + (False,) * 15), sound=click(), level=-12.0),), tempo=120.0)


def heard_click(stage: Stage, session: Session, notices: Sequence[str] = ()) -> Check:
    """Play the click on an engine of its own that plays nothing; whether scsynth's meter saw it."""
    look = f"tail -n 20 {places.log_folder()}/*.log"
    try:
        _until(lambda: stage.engine.state.get("sound"), UP_WITHIN)
        session.ask("play", until=1.0)
        _until(lambda: _loudest(stage) >= LOUD, HEARD_WITHIN)
        loudest = _loudest(stage)
        session.ask("stop")
    except DeepstepsError as error:
        return Check("click", False, str(error), look)
    if loudest >= LOUD:
        return Check("click", True, f"played, and seen by scsynth's meter: peak {loudest:.2f}")
    sound = [notice for notice in notices if notice.startswith("no sound:")]
    return Check("click", False, (sound or ["played, and not seen by scsynth's meter"])[-1], look)


def not_tried(found: Iterable[Check]) -> Check | None:
    """The row of the click where it cannot be played, or None."""
    missing = [row for row in found if row.name in NEEDED and not row.ok]
    return Check("click", False, f"not tried: no {missing[0].name}", missing[0].cure) if missing else None


def _loudest(stage: Stage) -> float:
    """The highest that the meters show; a peak takes a second to fall."""
    meters: dict[str, float] = stage.engine.state.get("meters", {})
    return max([0.0, *meters.values()])


def _until(so: Callable[[], Any], seconds: float) -> None:
    """Wait until something is so, or for so many seconds."""
    deadline = time.monotonic() + seconds
    while not so() and time.monotonic() < deadline:
        time.sleep(0.01)


def written(row: Check, *, colours: bool) -> str:
    """A row as a line, green or red where there are colours, with the line that mends it beneath."""
    mark = "ok " if row.ok else "NOT"
    if colours:
        mark = f"{GREEN if row.ok else RED}{mark}{PLAIN}"
    return f"{mark}  {row.name:<16}{row.found}" + ("" if row.ok or not row.cure else f"\n     {row.cure}")
