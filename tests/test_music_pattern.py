"""Patterns."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepsteps_live.errors import BadInput
from deepsteps_live.music import ACCENT, NORMAL, Pattern, euclid, pattern
from tests.strategies import patterns


def test_letters_are_accents_hits_and_rests() -> None:
    assert pattern("X-x-").velocities == (ACCENT, 0.0, NORMAL, 0.0)


def test_spaces_and_bars_only_help_the_eye() -> None:
    assert pattern("x--- | x---") == pattern("x---x---")


@given(st.text("xX-", min_size=1, max_size=64))
def test_a_pattern_prints_as_it_was_typed(text: str) -> None:
    assert str(pattern(text)) == text


def test_a_list_of_zeros_and_ones_is_plain_hits() -> None:
    assert pattern([1, 0, 1, 0]) == pattern("x-x-")


def test_a_list_of_fractions_is_velocities() -> None:
    assert pattern([1.0, 0, 0.25]).velocities == (1.0, 0.0, 0.25)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("x-y-", '"y" at step 3'),
        ("", "1 to 64 steps, not 0"),
        ("x" * 65, "1 to 64 steps, not 65"),
        ([2], "a step is a number from 0 to 1, not 2"),
        ([math.nan], "a step is a number from 0 to 1, not nan"),
        (7, "a pattern is a string"),
    ],
)
def test_a_wrong_pattern_says_what_would_be_right(typed: object, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        pattern(typed)  # type: ignore[arg-type]


def test_lanes_have_one_value_a_step() -> None:
    with pytest.raises(BadInput, match="2 offsets for 3 steps"):
        Pattern((True, True, True), offsets=(0.0, 0.1))


def test_rests_carry_neither_velocity_nor_offset() -> None:
    rest = Pattern((False,), (0.9,), (0.4,), (0.3,))
    assert (rest.velocities, rest.offsets, rest.probabilities) == ((0.0,), (0.0,), (0.3,))


@pytest.mark.parametrize(
    ("hits", "steps", "written"),
    [(3, 8, "x--x--x-"), (5, 8, "x-xx-xx-"), (4, 16, "x---x---x---x---"), (0, 4, "----"), (4, 4, "xxxx")],
)
def test_euclid_spreads_hits_evenly(hits: int, steps: int, written: str) -> None:
    spread = str(euclid(hits, steps))
    assert spread.count("x") == hits
    assert spread == written or spread in str(pattern(written) + pattern(written) if hits else written)


@given(st.integers(1, 64), st.data())
def test_euclid_gaps_differ_by_one_step_at_most(steps: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(1, steps))
    places = [i for i, hit in enumerate(euclid(hits, steps).hits) if hit]
    gaps = [b - a for a, b in zip(places, [*places[1:], places[0] + steps], strict=True)]
    assert len(places) == hits
    assert places[0] == 0
    assert max(gaps) - min(gaps) <= 1


@given(patterns(), st.integers(-70, 70))
def test_rotating_there_and_back_changes_nothing(one: Pattern, steps: int) -> None:
    assert one.rotate(steps).rotate(-steps) == one


def test_rotating_goes_later() -> None:
    assert pattern("x---").rotate(1) == pattern("-x--")


@given(patterns())
def test_reversing_twice_changes_nothing(one: Pattern) -> None:
    assert one.reverse().reverse() == one


@given(patterns(), st.integers(1, 63))
def test_slices_join_to_the_whole(one: Pattern, cut: int) -> None:
    if 0 < cut < len(one):
        assert one[:cut] + one[cut:] == one


def test_joining_past_64_steps_is_refused() -> None:
    with pytest.raises(BadInput, match="1 to 64 steps, not 80"):
        _ = pattern("x" * 40) + pattern("x" * 40)


def test_chance_is_for_hits() -> None:
    assert pattern("x-x-").chance(0.5).probabilities == (0.5, 0.0, 0.5, 0.0)


def test_hits_and_rests_are_put_where_they_are_wanted() -> None:
    assert str(pattern("x---").hit(2, velocity=1.0).rest(0)) == "--X-"


@given(patterns(), st.data())
def test_a_hit_that_is_put_lies_on_the_grid_and_always_sounds(one: Pattern, data: st.DataObject) -> None:
    step = data.draw(st.integers(0, len(one) - 1))
    put = one.hit(step)
    assert (put.hits[step], put.velocities[step], put.offsets[step], put.probabilities[step]) == (
        True,
        NORMAL,
        0.0,
        1.0,
    )
    assert put[:step] == one[:step] if step else True


@pytest.mark.parametrize("step", [4, -5, 1.5, "a"])
def test_a_step_that_is_not_there_is_named(step: object) -> None:
    with pytest.raises(BadInput, match=r"a step of this pattern \(of 4\) is a"):
        pattern("x---").hit(step)  # type: ignore[arg-type]


def test_assigning_to_a_step_says_what_to_type() -> None:
    with pytest.raises(BadInput, match="assign a new one"):
        pattern("x---")[3] = 1  # type: ignore[call-arg]
