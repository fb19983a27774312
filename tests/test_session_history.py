"""Undo, redo, and states by number."""

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.music import LiveSet
from deepsteps_live.session.commands import COMMANDS
from deepsteps_live.session.history import MOST_STATES, History
from deepsteps_live.session.instrument import Instrument

ONE, TWO, THREE = (LiveSet(tempo=tempo) for tempo in (100, 110, 120))


def history() -> History[LiveSet]:
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


def test_states_have_numbers_that_stay() -> None:
    states = history()
    states.undo()
    states.add(LiveSet(tempo=99))
    assert [(step.number, step.state.tempo) for step in states.steps] == [(1, 100), (2, 110), (3, 120), (4, 99)]


def test_back_reaches_what_was_undone_and_left() -> None:
    states = history()
    states.undo()
    states.add(LiveSet(tempo=99))
    assert states.back(3) == THREE


def test_going_back_is_undone_like_an_edit() -> None:
    states = history()
    states.back(1)
    assert states.undo() == THREE
    assert states.redo() == ONE


def test_an_edit_after_going_back_is_made_of_that_state() -> None:
    states = history()
    states.back(1)
    states.add(LiveSet(tempo=101))
    assert states.current.since == 1


def test_a_number_that_is_not_there_is_said() -> None:
    with pytest.raises(BadInput, match="no state 12; history\\(\\) shows 1 to 3"):
        history().back(12)


def test_the_oldest_states_are_forgotten() -> None:
    states = History(LiveSet(tempo=1))
    for seed in range(1, MOST_STATES + 10):
        states.add(LiveSet(seed=seed))
    assert len(states.steps) == MOST_STATES
    assert states.undo(MOST_STATES - 1).seed == 10


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("tempo = 126", "tempo 112 -> 126"),
        ('kick.pattern = "x---"', "kick.pattern"),
        ("hat.level = -6", "hat.level 0 -> -6"),
        ("kick.sound.osc_decay = 400", "kick.sound.osc_decay"),
        ('key = "E"', "key D -> E"),
        ("kick.mute = True", "kick.mute"),
        ('add("bass")', "added bass"),
        ("remove(tom)", "removed tom"),
        ("scene(1)", "scene 1"),
        ("capture(kick)", "dataset 0 -> 1 rows"),
        ('kit("noise")', "sound of 8 tracks"),
        ("seq.pan = lfo(8)", "seq.pan lfo()"),
        ("every(4, lambda: None)", "function every1"),
        ("hat.level = lambda beat: -6", "hat.level by a function, function hat.level"),
    ],
)
def test_what_changed_is_said_in_words(typed: str, words: str, instrument: Instrument) -> None:
    instrument.run(typed)
    assert COMMANDS["history"](instrument, 1) == f"*   2  {words}"


def test_a_training_is_named_by_its_model(instrument: Instrument) -> None:
    instrument.run("capture(kick); capture(hat); capture(snare)")
    instrument.run("train(epochs=2)")
    instrument.trainer.wait()
    assert COMMANDS["history"](instrument, 1).endswith("trained m1")


def test_the_state_that_plays_has_a_star_and_is_always_shown(instrument: Instrument) -> None:
    for tempo in (100, 101, 102):
        instrument.run(f"tempo = {tempo}")
    instrument.run("back(2)")
    assert COMMANDS["history"](instrument, 1).split("\n") == ["*   2  tempo 112 -> 100", "    4  tempo 101 -> 102"]


@pytest.mark.parametrize("typed", ["undo()", "back(1)", "undo(2); redo()", "tempo = 90; undo()", "undo(); scene(1)"])
def test_a_block_that_fails_after_going_through_history_leaves_it_where_it_was(
    typed: str, instrument: Instrument
) -> None:
    for tempo in (100, 101, 102):
        instrument.run(f"tempo = {tempo}; scene({tempo})")
    instrument.run("undo()")
    states, session = instrument.session.history, instrument.session
    before = (session.live_set, dict(session.scenes), states.current.number, states.undone)
    with pytest.raises(ZeroDivisionError):
        instrument.run(f"{typed}; 1 / 0")
    assert (session.live_set, dict(session.scenes), states.current.number, states.undone) == before
    instrument.run("redo()")
    assert session.live_set.tempo == 102
