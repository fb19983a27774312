"""What was: the states that undo and redo go through."""

from __future__ import annotations

from typing import Generic, TypeVar

from deepsteps_live.errors import BadInput, whole

State = TypeVar("State")

MOST_STATES = 1000


class History(Generic[State]):
    """The states of a set, one an edit, and where in them the player is."""

    def __init__(self, state: State) -> None:
        self._states = [state]
        self._here = 0

    def add(self, state: State) -> None:
        """A new state after this one; what had been undone is forgotten."""
        if state != self._states[self._here]:
            self._states = [*self._states[: self._here + 1], state][-MOST_STATES:]
            self._here = len(self._states) - 1

    def undo(self, times: int = 1) -> State:
        """The state `times` edits ago, or BadInput when there are fewer."""
        return self._move(-whole("undo", times, 1, MOST_STATES), "undo")

    def redo(self, times: int = 1) -> State:
        """The state `times` undone edits ahead, or BadInput when there are fewer."""
        return self._move(whole("redo", times, 1, MOST_STATES), "redo")

    @property
    def undone(self) -> int:
        """How many undone edits lie ahead."""
        return len(self._states) - 1 - self._here

    def _move(self, by: int, word: str) -> State:
        left = self._here if by < 0 else self.undone
        if abs(by) > left:
            raise BadInput(f"there is nothing to {word}" if left == 0 else f"only {left} edits to {word}")
        self._here += by
        return self._states[self._here]
