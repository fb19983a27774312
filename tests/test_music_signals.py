"""Signals."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepsteps_live.errors import BadInput
from deepsteps_live.music import SIGNALS, Signal, Table, choose, lfo, ramp, walk
from tests.strategies import signals


@given(signals, st.floats(-64, 1e5))
def test_a_signal_is_a_function_of_the_beat(signal: Signal, beat: float) -> None:
    assert signal.at(beat) == signal.at(beat)


@given(st.floats(0.5, 64), st.floats(-9, 9), st.floats(-9, 9), st.floats(0, 1e5))
def test_signals_stay_between_their_ends(beats: float, one: float, other: float, beat: float) -> None:
    low, high = sorted((one, other))
    for signal in (
        lfo(beats, low, high),
        lfo(beats, low, high, "triangle"),
        ramp(beats, low, high),
        walk(beats, low, high),
    ):
        assert low - 1e-9 <= signal.at(beat) <= high + 1e-9


def test_an_lfo_is_in_its_middle_on_the_beat_and_rises() -> None:
    wave = lfo(8, -1, 1)
    assert [round(wave.at(beat), 9) for beat in (0, 2, 4, 6)] == [0, 1, 0, -1]


def test_a_triangle_goes_straight() -> None:
    wave = lfo(8, -1, 1, "triangle")
    assert [wave.at(beat) for beat in (0, 1, 2, 3, 4, 6)] == [0, 0.5, 1, 0.5, 0, -1]


def test_a_ramp_climbs_and_starts_again() -> None:
    assert [ramp(4, 0, 1).at(beat) for beat in (0, 1, 3, 4)] == [0, 0.25, 0.75, 0]


def test_a_walk_does_not_jump() -> None:
    wander = walk(4, -1, 1)
    places = [wander.at(beat / 16) for beat in range(640)]
    assert max(abs(b - a) for a, b in pairwise(places)) < 0.06
    assert max(places) - min(places) > 1


def test_choose_holds_its_value_for_its_beats() -> None:
    drawn = choose(4, 1, 2, 3)
    assert len({drawn.at(beat / 8) for beat in range(32)}) == 1
    assert {drawn.at(beat) for beat in range(0, 400, 4)} == {1, 2, 3}


def test_a_table_gives_its_values_in_turn() -> None:
    bar = Table(0.25, (1.0, 2.0, 3.0), 8.0)
    assert [bar.at(8 + step / 4) for step in range(4)] == [1, 2, 3, 1]


def test_another_seed_is_another_walk() -> None:
    assert walk(1, seed=1).at(0.5) != walk(1, seed=2).at(0.5)


@pytest.mark.parametrize("name", SIGNALS)
def test_every_signal_refuses_a_cycle_of_no_beats(name: str) -> None:
    values = {"values": (1.0,)} if name in ("choose", "table") else {}
    with pytest.raises(BadInput, match="beats is a number"):
        SIGNALS[name](0, **values)  # type: ignore[arg-type]


def test_a_signal_prints_as_it_is_typed() -> None:
    for typed in ("lfo(8, -1, 1)", "lfo(0.5, 0, 127, 'square')", "ramp(3, 0, 1)", "walk(4, -1, 1, seed=3)"):
        assert repr(eval(typed)) == typed
    assert repr(choose(4, -1, 0.25, seed=2)) == "choose(4, -1, 0.25, seed=2)"
