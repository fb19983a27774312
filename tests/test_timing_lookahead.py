"""The adaptive lookahead: up at once, down slowly."""

import pytest

from deepsteps_live.timing import Lookahead
from deepsteps_live.timing.lookahead import HOLD, LOWERING, MARGIN, MOST

BARS = [second * 2.0 for second in range(120)]


def test_it_is_the_base_and_half_a_step_of_the_tempo() -> None:
    assert [Lookahead().total(0, bpm) for bpm in (60, 120, 240)] == pytest.approx([0.225, 0.1625, 0.13125])


def test_at_the_slowest_tempo_it_is_still_bounded() -> None:
    assert Lookahead().total(0, 1) == MOST


def test_what_was_late_would_not_be_late_again() -> None:
    assert Lookahead().raised(0.05, 10).base(10) == pytest.approx(0.1 + 0.05 + MARGIN)


def test_ten_late_things_in_one_hitch_raise_it_once() -> None:
    ahead = Lookahead()
    for place in range(10):
        ahead = ahead.raised(0.05, 10 + place * 0.01)
    assert ahead.base(11) == pytest.approx(0.1 + 0.05 + MARGIN)


def test_things_late_again_when_it_has_settled_raise_it_further() -> None:
    ahead = Lookahead().raised(0.05, 10).raised(0.05, 12)
    assert ahead.base(12) == pytest.approx(0.1 + 2 * (0.05 + MARGIN))


def test_however_much_is_late_it_stays_between_its_floor_and_the_most() -> None:
    ahead = Lookahead()
    for now in BARS:
        ahead = ahead.raised(0.3, now)
        assert 0.1 <= ahead.base(now) <= MOST


def test_a_stall_that_no_lookahead_could_bridge_raises_nothing() -> None:
    assert Lookahead().raised(3.0, 10).base(10) == 0.1


def test_it_stays_raised_and_then_comes_down_slowly_to_its_floor() -> None:
    ahead = Lookahead().raised(0.05, 10)
    assert ahead.base(10 + HOLD) == ahead.base(10)
    assert ahead.base(10 + HOLD + 4) == pytest.approx(ahead.base(10) - 4 * LOWERING)
    assert ahead.base(10 + HOLD + 60) == 0.1


def test_it_never_comes_down_faster_than_time_goes_on() -> None:
    ahead = Lookahead().raised(0.4, 0)
    ends = [now + ahead.base(now) for now in BARS]
    assert ends == sorted(ends)
