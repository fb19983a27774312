"""What `deepsteps doctor` looks at: a row a check, each with what was found and the line that mends it.

To add a check: a function that gives a `Check`, and its place in CHECKS.
"""

from __future__ import annotations

from collections.abc import Callable

from deepsteps_live.session.checks import machine, ours, sounding
from deepsteps_live.session.checks.check import Check

__all__ = ["CHECKS", "Check", "checks"]

CHECKS: tuple[Callable[[], Check], ...] = (
    machine.python,
    machine.packages,
    sounding.scsynth,
    sounding.audio,
    sounding.block,
    sounding.devices,
    sounding.real_time,
    sounding.midi,
    sounding.ports,
    ours.kit,
    ours.weights,
    ours.folders,
    ours.settings,
    machine.terminal,
    machine.disk,
)


def checks() -> list[Check]:
    """All rows, in the order in which sound needs them."""
    return [check() for check in CHECKS]
