"""The words of learning at the prompt."""

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.music import Groove, Pattern, pattern
from deepsteps_live.session.dataset import Dataset
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.learning import bars_of


def test_what_plays_becomes_a_row(instrument: Instrument) -> None:
    instrument.run("kick.pattern = 'X---x---X--xx---'; capture(kick); capture()")
    rows = instrument.session.dataset.rows
    assert [row.source for row in rows] == ["kick", "seq"]
    assert rows[0].pattern == pattern("X---x---X--xx---")
    assert rows[1].pattern == instrument.pattern("seq")


def test_a_row_is_taken_back_by_undo_and_a_failing_line_adds_none(instrument: Instrument) -> None:
    with pytest.raises(BadInput):
        instrument.run("capture(kick); tempo = 5000")
    assert len(instrument.session.dataset) == 0
    instrument.run("capture(kick)")
    instrument.run("undo()")
    assert len(instrument.session.dataset) == 0
    instrument.run("redo()")
    assert len(instrument.session.dataset) == 1


def test_two_bars_are_two_rows_and_a_short_pattern_goes_round() -> None:
    assert [str(bar) for bar in bars_of(pattern("x-" * 16))] == ["x-" * 8] * 2
    assert [str(bar) for bar in bars_of(pattern("x--"))] == ["x--x--x--x--x--x"]
    assert [len(bar) for bar in bars_of(pattern("x" * 20))] == [16, 16]


def test_a_dataset_is_saved_and_loaded_by_a_word(instrument: Instrument) -> None:
    instrument.run("capture(kick); save_dataset('friday'); capture(hat); drop(1)")
    assert [row.source for row in instrument.session.dataset.rows] == ["hat"]
    instrument.run("load_dataset('friday')")
    assert [row.source for row in instrument.session.dataset.rows] == ["kick"]
    instrument.run("clear_dataset()")
    assert instrument.session.dataset == Dataset()


def test_the_dataset_prints_as_music(instrument: Instrument) -> None:
    shown: list[object] = []
    instrument.run("capture('x---x---x---x---')")
    instrument.run("dataset", show=shown.append)
    assert repr(shown[0]) == "1  x---x---x---x---  typed\n1 row, 1 different"


def test_a_groove_is_taken_from_one_track_and_worn_by_another(instrument: Instrument) -> None:
    instrument.run("snare.groove = groove_from(hat) * 0.7")
    worn = instrument.session.live_set.track("snare").groove
    assert isinstance(worn, Groove)
    assert worn.amount == 0.7
    hat = instrument.pattern("hat")
    step = hat.hits.index(True)
    assert worn.offsets[step] == pytest.approx(hat.offsets[step])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("capture('----')", "typed plays nothing; a row needs a hit"),
        ("drop(1)", "the dataset is empty; listen() or capture() fills it"),
        ("capture(kick); drop(2)", "a row is a number from 1 to 1, not 2"),
        ("load_dataset('none')", 'no dataset "none"; saved are none yet'),
        ("save_dataset('a/b')", "a dataset goes by a word"),
        ("dataset = 3", "dataset is what a model learns from"),
        ("groove_from('----')", "a groove is taken from bars"),
    ],
)
def test_what_cannot_be_is_said(typed: str, said: str, instrument: Instrument) -> None:
    with pytest.raises(BadInput) as error:
        instrument.run(typed)
    assert str(error.value).startswith(said)


def test_a_row_keeps_its_rolls() -> None:
    (bar,) = bars_of(Pattern((True,) * 16).ratchet(3, times=4))
    assert bar.ratchets[3] == 4
