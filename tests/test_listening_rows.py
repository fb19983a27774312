"""Rows of 16 steps from onsets and beats."""

from __future__ import annotations

import pytest

from deepsteps_live.listening.heard import Beats
from deepsteps_live.listening.onset import Onset
from deepsteps_live.listening.rows import in_bars, rows

STEP = 0.125  # seconds at 120 bpm


def beats(bars: int = 1, *, looped: bool = True, start: float = 0.0) -> Beats:
    return Beats(120.0, start, bars, 1.0, "told", looped)


def heard(*places: float, strength: float = 1.0) -> list[Onset]:
    return [Onset(place * STEP, strength) for place in places]


def test_on_grid_hits_have_no_offset_the_downbeat_included() -> None:
    (row,) = rows(heard(0, 4, 8, 12), beats())
    assert str(row.pattern).replace("X", "x") == "x---x---x---x---"
    assert row.pattern.offsets == (0.0,) * 16


def test_swing_and_triplets_keep_their_offsets() -> None:
    (row,) = rows(heard(0, 4 / 3, 8 / 3, 6.3), beats())
    assert [place for place, hit in enumerate(row.pattern.hits) if hit] == [0, 1, 3, 6]
    assert row.pattern.offsets[1] == pytest.approx(1 / 3)
    assert row.pattern.offsets[3] == pytest.approx(-1 / 3)
    assert row.pattern.offsets[6] == pytest.approx(0.3)


def test_a_hit_just_before_a_bar_line_is_the_next_bars_first() -> None:
    first, second = rows(heard(2, 15.7, 20), beats(2))
    assert [first.bar, second.bar] == [1, 2]
    assert not first.pattern.hits[15]
    assert second.pattern.hits[0]
    assert second.pattern.offsets[0] == pytest.approx(-0.3)


def test_the_end_of_a_loop_is_its_beginning() -> None:
    (row,) = rows(heard(4, 15.8), beats())
    assert row.pattern.hits[0]
    assert row.pattern.offsets[0] == pytest.approx(-0.2)
    assert not any(each.pattern.hits[0] for each in rows(heard(4, 15.8), beats(looped=False)))


def test_of_several_on_a_step_the_loudest_stays() -> None:
    (row,) = rows([Onset(0.0, 0.2), Onset(0.02, 1.0), Onset(0.5, 0.5)], beats())
    assert row.pattern.offsets[0] == pytest.approx(0.02 / STEP)


def test_velocities_rise_with_strength_and_the_loudest_is_1() -> None:
    (row,) = rows([Onset(0.0, 0.05), Onset(0.5, 0.4), Onset(1.0, 2.0)], beats())
    soft, middle, loud = (row.pattern.velocities[place] for place in (0, 4, 8))
    assert 0 < soft < 0.25 < middle < 0.6
    assert loud == 1


def test_bars_without_a_hit_give_no_row() -> None:
    assert [row.bar for row in rows(heard(0, 40), beats(4))] == [1, 3]


def test_a_bar_that_begins_later_is_counted_from_there() -> None:
    (row,) = rows(heard(8, 12), beats(start=8 * STEP, looped=False))
    assert [place for place, hit in enumerate(row.pattern.hits) if hit] == [0, 4]


def test_lanes_part_kick_snare_and_hat() -> None:
    kick, snare, hat = (1.0, 1.0, 0.3, 0.1), (0.9, 0.1, 1.0, 0.6), (0.3, 0.0, 0.1, 0.8)
    beat = [Onset(0.0, *kick), Onset(2 * STEP, *hat), Onset(4 * STEP, *snare), Onset(6 * STEP, *hat)]
    found = {row.lane: str(row.pattern).lower() for row in rows(beat, beats(), split=True)}
    assert found["low"].startswith("x-------")
    assert found["mid"].startswith("----x---")
    assert found["high"].startswith("--x-x-x-")


def test_notes_become_bars_with_the_name_of_their_lane() -> None:
    (row,) = in_bars([(0.0, 0.8), (3.9, 0.4)], beats(), "kick")
    assert row.lane == "kick"
    assert row.pattern.velocities[:5] == (0.8, 0, 0, 0, 0.4)
