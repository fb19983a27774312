"""Tempo: beats to seconds and back."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepsteps_live.errors import BadInput
from deepsteps_live.timing import Tempo

tempos = st.floats(20, 300)
changes = st.lists(st.tuples(st.floats(0.01, 16), tempos), max_size=6)


def tempo_of(bpm: float, steps: list[tuple[float, float]]) -> Tempo:
    tempo, beat = Tempo.start(bpm, 0.0, 100.0), 0.0
    for wait, new in steps:
        beat += wait
        tempo = tempo.changed(new, beat)
    return tempo


def test_an_hour_of_steps_at_126_7_bpm_falls_where_exact_arithmetic_says() -> None:
    tempo = Tempo.start(126.7, 0.0, 0.0)
    steps = int(126.7 * 60 * 4)
    worst = max(abs(tempo.seconds(step / 4) - Fraction(step, 4) * 60 / Fraction(126.7)) for step in range(steps + 1))
    assert worst < 1e-9


@given(tempos, changes, st.floats(-8, 120))
def test_beat_and_seconds_undo_each_other(bpm: float, steps: list[tuple[float, float]], beat: float) -> None:
    tempo = tempo_of(bpm, steps)
    assert tempo.beat(tempo.seconds(beat)) == pytest.approx(beat, abs=1e-6)


@given(tempos, changes, st.floats(0, 100), tempos)
def test_a_change_leaves_all_before_it_where_it_was(
    bpm: float, steps: list[tuple[float, float]], at: float, new: float
) -> None:
    before, after = tempo_of(bpm, steps), tempo_of(bpm, steps).changed(new, at)
    assert [after.seconds(at * part / 8) for part in range(9)] == pytest.approx(
        [before.seconds(at * part / 8) for part in range(9)], abs=1e-9
    )


@given(tempos, changes, st.floats(0, 100))
def test_trimming_keeps_all_that_comes_after(bpm: float, steps: list[tuple[float, float]], at: float) -> None:
    tempo = tempo_of(bpm, steps)
    assert all(tempo.trimmed(at).seconds(at + more) == tempo.seconds(at + more) for more in (0, 0.5, 3, 50))


def test_a_beat_lasts_as_long_as_the_tempo_says_after_a_change() -> None:
    tempo = Tempo.start(120, 0, 10).changed(60, 4)
    assert [tempo.seconds(beat) for beat in (0, 4, 5, 6)] == [10, 12, 13, 14]


def test_a_change_drops_the_changes_that_were_to_come_later() -> None:
    tempo = Tempo.start(120).changed(60, 8).changed(240, 4)
    assert tempo.bpm_at(9) == 240


def test_the_tempo_of_a_beat_is_that_of_the_last_change() -> None:
    tempo = Tempo.start(120).changed(60, 4)
    assert [tempo.bpm_at(beat) for beat in (-1, 3.9, 4)] == [120, 120, 60]


@pytest.mark.parametrize("bpm", [0, -1, 1000, float("nan"), float("inf")])
def test_a_tempo_outside_1_to_999_is_refused(bpm: float) -> None:
    with pytest.raises(BadInput, match="tempo"):
        Tempo.start(120).changed(bpm, 4)
