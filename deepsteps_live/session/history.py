"""What was: the sets that undo and redo go through."""

from __future__ import annotations

from deepsteps_live.errors import BadInput, whole
from deepsteps_live.music import LiveSet

MOST_STATES = 1000


class History:
    """The states of a set, one an edit, and where in them the player is."""

    def __init__(self, live_set: LiveSet) -> None:
        self._states = [live_set]
        self._here = 0

    def add(self, live_set: LiveSet) -> None:
        """A new state after this one; what had been undone is forgotten."""
        if live_set != self._states[self._here]:
            self._states = [*self._states[: self._here + 1], live_set][-MOST_STATES:]
            self._here = len(self._states) - 1

    def undo(self, times: int = 1) -> LiveSet:
        """The state `times` edits ago, or BadInput when there are fewer."""
        return self._move(-whole("undo", times, 1, MOST_STATES), "undo")

    def redo(self, times: int = 1) -> LiveSet:
        """The state `times` undone edits ahead, or BadInput when there are fewer."""
        return self._move(whole("redo", times, 1, MOST_STATES), "redo")

    def _move(self, by: int, word: str) -> LiveSet:
        left = self._here if by < 0 else len(self._states) - 1 - self._here
        if abs(by) > left:
            raise BadInput(
                f"there is {left or 'nothing'} to {word}" if left < 1 else f"there are only {left} edits to {word}"
            )
        self._here += by
        return self._states[self._here]
