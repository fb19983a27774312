"""Lateness: what still goes out when its time has come or gone, and the count of what was late."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

FRAME = 0.010  # seconds between the scheduler's turns

Item = TypeVar("Item")


@dataclass
class Lateness:
    """What came late: sent all the same, dropped, and by how many seconds at worst."""

    sent: int = 0
    dropped: int = 0
    worst: float = 0.0

    def add(self, other: Lateness) -> None:
        """Count what another has counted."""
        self.sent += other.sent
        self.dropped += other.dropped
        self.worst = max(self.worst, other.worst)

    def __bool__(self) -> bool:
        return self.worst > 0


def in_time(
    found: Sequence[tuple[Item, float]], now: float, keep: Callable[[Item], bool]
) -> tuple[list[tuple[Item, float]], Lateness]:
    """What is still to be sent: all that is due less than a frame ago, and what is kept; and what was late."""
    sent = [(item, due) for item, due in found if now - due < FRAME or keep(item)]
    late = [now - due for _, due in found if due < now]
    dropped = len(found) - len(sent)
    return sent, Lateness(len(late) - dropped, dropped, max(late, default=0.0))
