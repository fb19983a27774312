"""Grooves: taken from bars, worn by tracks."""

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.music import Groove, LiveSet, Pattern, Track, events, groove_of, pattern

LATE = Groove((0.0, 0.3), (1.5, 0.5))


def played(groove: object, steps: Pattern) -> list[tuple[float, float]]:
    live_set = LiveSet((Track("kick", steps, groove=groove),))  # type: ignore[arg-type]
    return [(event.beat * 4, event.velocity) for event in events(live_set, 0, 1)]


def test_a_groove_moves_and_accents_a_straight_pattern() -> None:
    found = played(LATE, Pattern((True,) * 4, (0.4,) * 4))
    assert found == [pytest.approx(hit) for hit in [(0, 0.6), (1.3, 0.2), (2, 0.6), (3.3, 0.2)]]


def test_some_of_a_groove_leaves_some_of_the_patterns_own() -> None:
    found = played(LATE * 0.5, Pattern((True, True), (0.4, 0.4), (0.0, -0.2)))
    assert found[1] == pytest.approx((1 + 0.05, 0.3))


def test_a_groove_never_plays_louder_than_all() -> None:
    assert played(LATE, pattern("X---"))[0][1] == 1.0


def test_two_grooves_blend() -> None:
    mixed = LATE.blend(Groove((0.2, 0.1), (1.0, 1.0)), 0.5)
    assert mixed.offsets == pytest.approx((0.1, 0.2))
    assert mixed.accents == pytest.approx((1.25, 0.75))


def test_bars_give_the_mean_of_what_is_played_on_each_step() -> None:
    bars = [
        Pattern((True, True, False, False), (1.0, 0.5, 0, 0), (0.0, 0.2, 0, 0)),
        Pattern((True, False, False, False), (0.9, 0, 0, 0), (0.1, 0, 0, 0)),
    ]
    found = groove_of(bars)
    assert found.offsets == pytest.approx((0.05, 0.2, 0.05, 0.2))
    assert found.accents == pytest.approx((0.95 / 0.8, 0.5 / 0.8, 1, 1))


@pytest.mark.parametrize("bars", [[], [pattern("----")], [pattern("x---"), pattern("x--")]])
def test_nothing_played_has_no_groove(bars: list[Pattern]) -> None:
    with pytest.raises(BadInput, match="bars of one length in which something is played"):
        groove_of(bars)


@pytest.mark.parametrize("wrong", [1.5, -0.1, float("nan"), "much"])
def test_how_much_is_0_to_1(wrong: object) -> None:
    with pytest.raises(BadInput, match="how much of a groove is a number from 0 to 1"):
        LATE * wrong  # type: ignore[operator]
