"""Undo and redo."""

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.music import LiveSet
from deepsteps_live.session.history import History

ONE, TWO, THREE = (LiveSet(tempo=tempo) for tempo in (100, 110, 120))


def history() -> History:
    made = History(ONE)
    made.add(TWO)
    made.add(THREE)
    return made


def test_undo_goes_back_one_edit_at_a_time() -> None:
    states = history()
    assert [states.undo(), states.undo()] == [TWO, ONE]


def test_redo_comes_back() -> None:
    states = history()
    states.undo(2)
    assert [states.redo(), states.redo()] == [TWO, THREE]


def test_a_new_edit_forgets_what_was_undone() -> None:
    states = history()
    states.undo()
    states.add(LiveSet(tempo=99))
    with pytest.raises(BadInput, match="nothing to redo"):
        states.redo()


def test_an_edit_that_changes_nothing_is_no_state() -> None:
    states = history()
    states.add(THREE)
    assert states.undo() == TWO


def test_undoing_too_far_says_how_far_it_goes() -> None:
    with pytest.raises(BadInput, match="only 2 edits to undo"):
        history().undo(3)
