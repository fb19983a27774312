"""Tapping in: what keys pressed in time become."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.tapping import tapped
from tests.fakes import FakeEngine
from tests.typing_in import shown, wrong


def test_a_tap_goes_to_the_nearest_step_with_its_offset() -> None:
    found = tapped([8.0, 8.5, 9.05, 11.2], start=8, bars=1)
    assert str(found) == "x-x-x--------x--"
    assert found.offsets[4] == pytest.approx(0.2)
    assert found.offsets[13] == pytest.approx(-0.2)


def test_a_tap_just_before_the_bar_line_is_an_early_first_step() -> None:
    found = tapped([7.9], start=8, bars=1)
    assert found.hits[0]
    assert found.offsets[0] == pytest.approx(-0.4)


def test_taps_outside_the_bars_do_not_count_and_of_two_on_a_step_the_first_stays() -> None:
    found = tapped([7.5, 9.02, 9.04, 12.0], start=8, bars=1)
    assert str(found) == "----x-----------"
    assert found.offsets[4] == pytest.approx(0.08)


@pytest.fixture
def playing(instrument: Instrument) -> Instrument:
    """An instrument whose engine says that beat 2 sounds."""
    engine = FakeEngine()
    engine.state = {"playing": True, "beat": 2.0, "at": time.monotonic(), "tempo": 120.0}
    instrument.session.link = engine
    instrument.session.tell = lambda text: None
    return instrument


def pressed(instrument: Instrument, *beats: float) -> Callable[[Callable[[], bool]], Iterator[float]]:
    at = instrument.session.link.state["at"]  # type: ignore[union-attr]
    return lambda over: iter([at + (beat - 2) / 2 for beat in beats])


def test_what_is_tapped_plays_and_is_a_row(playing: Instrument) -> None:
    playing.session.keys = pressed(playing, 4.0, 5.0, 6.5)
    text = shown(playing, "tap(kick)")
    assert str(playing.session.live_set.track("kick").pattern) == "x---x-----x-----"
    assert text == "x---x-----x-----  kick: 1 row; the dataset has 1"
    assert [row.source for row in playing.session.dataset.rows] == ["kick"]


def test_nothing_tapped_changes_nothing(playing: Instrument) -> None:
    playing.session.keys = pressed(playing)
    assert "nothing was tapped" in wrong(playing, "tap(kick)")


def test_without_a_keyboard_or_without_music_it_says_so(instrument: Instrument, playing: Instrument) -> None:
    assert "needs a terminal" in wrong(playing, "tap()")
    instrument.session.link = None
    assert "play() starts it" in wrong(instrument, "tap()")
