"""The performer's own functions: a bar ahead, as data, and let go of when they fail."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.music import Table
from deepsteps_live.session.commands import COMMANDS
from deepsteps_live.session.functions import POLL, Functions
from deepsteps_live.session.help import help_text
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.opening import offline_instrument
from deepsteps_live.session.running import jobs
from tests.fakes import FakeEngine


class Desk:
    """Functions at a beat that the test sets; what they put and tell is kept."""

    def __init__(self) -> None:
        self.now: float | None = None
        self.put: list[Any] = []
        self.told: list[str] = []
        self.functions = Functions(contextlib.nullcontext, self.told.append, lambda: self.now)

    def wait(self, until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 3
        while not until():
            assert time.monotonic() < deadline, "nothing came"
            time.sleep(0.005)


def test_a_value_is_put_as_it_is() -> None:
    desk = Desk()
    desk.functions.assign("kick.level", -6, "beat", desk.put.append)
    assert desk.put == [-6]


def test_a_function_of_the_bar_is_called_for_the_first_bar_where_it_is_typed() -> None:
    desk = Desk()
    desk.functions.assign("kick.pattern", lambda bar: f"bar {bar}", "bar", desk.put.append)
    assert desk.put == ["bar 0"]


def test_while_playing_it_is_called_a_bar_ahead() -> None:
    desk = Desk()
    desk.now = 5.0
    desk.functions.assign("kick.pattern", lambda bar: bar, "bar", desk.put.append)
    assert desk.put == [2]
    desk.now = 8.1
    desk.wait(lambda: desk.put == [2, 3])


def test_a_function_of_the_beat_travels_as_a_table_of_two_bars() -> None:
    desk = Desk()
    desk.now = 4.5
    desk.functions.assign("kick.level", lambda beat: beat, "beat", desk.put.append)
    table = desk.put[0]
    assert isinstance(table, Table)
    assert [table.at(beat) for beat in (4, 5.25, 8, 11.75)] == [4, 5.25, 8, 11.75]


def test_every_calls_for_each_bar_that_divides() -> None:
    desk = Desk()
    called: list[float] = []
    desk.functions.every(2, lambda: called.append(1))
    for bar in range(1, 9):
        desk.functions.bar(bar)
    assert len(called) == 4


def test_a_function_that_raises_is_let_go_of_and_said_once() -> None:
    desk = Desk()

    def wrong(bar: int) -> str:
        if bar > 1:
            raise ValueError("oh\nno")
        return "good"

    desk.functions.assign("kick.pattern", wrong, "bar", desk.put.append)
    for bar in range(1, 6):
        desk.functions.bar(bar)
    assert desk.put == ["good", "good"]
    assert len(desk.told) == 1
    assert "kick.pattern raised ValueError: oh no" in desk.told[0]


def test_a_function_of_the_beat_that_raises_leaves_its_last_good_bar() -> None:
    desk = Desk()

    def wrong(beat: float) -> float:
        if beat >= 8:
            raise ValueError
        return beat

    desk.functions.assign("kick.level", wrong, "beat", desk.put.append)
    desk.functions.bar(1)
    desk.functions.bar(2)
    assert [desk.put[-1].at(beat) for beat in (8, 9, 100)] == [4, 5, 4]


def test_a_function_that_hangs_is_let_go_of_and_the_others_go_on() -> None:
    desk = Desk()
    released = threading.Event()
    desk.now = 0.0
    desk.functions.assign("hang", lambda bar: released.wait(10) if bar > 1 else None, "bar", desk.put.append)
    desk.functions.assign("good", lambda bar: bar, "bar", desk.put.append)
    for beat in (4.1, 8.1, 12.1):
        desk.now = beat
        desk.wait(lambda bar=int(beat / 4) + 1: bar in desk.put)  # type: ignore[misc]
    assert "hang has not answered" in desk.told[0]
    assert desk.functions.names() == ["good"]
    released.set()


def test_a_mistake_is_seen_where_it_is_typed() -> None:
    desk = Desk()
    with pytest.raises(ZeroDivisionError):
        desk.functions.assign("kick.pattern", lambda bar: 1 // 0, "bar", desk.put.append)
    assert desk.functions.names() == []


def test_a_value_takes_the_place_of_a_function() -> None:
    desk = Desk()
    desk.functions.assign("kick.pattern", lambda bar: bar, "bar", desk.put.append)
    desk.functions.assign("kick.pattern", "x---", "bar", desk.put.append)
    desk.functions.bar(1)
    assert desk.put == [0, "x---"]


def test_what_cannot_move_says_so() -> None:
    with pytest.raises(BadInput, match="gate cannot be a function"):
        Desk().functions.assign("kick.gate", lambda beat: 1, "", [].append)


def test_cancel_stops_by_name() -> None:
    desk = Desk()
    name = desk.functions.every(1, lambda: desk.put.append(1))
    desk.functions.cancel(name)
    desk.functions.bar(1)
    assert desk.put == []


def test_cancelling_an_unknown_name_says_what_runs() -> None:
    desk = Desk()
    desk.functions.every(1, lambda: None)
    with pytest.raises(BadInput, match='no running function "evry1"; did you mean "every1"'):
        desk.functions.cancel("evry1")


def test_a_free_name_is_never_one_that_runs() -> None:
    desk = Desk()
    first, second = (desk.functions.every(1, lambda: None) for _ in range(2))
    desk.functions.cancel(first)
    assert desk.functions.every(1, lambda: None) != second


def test_what_runs_prints_with_how_often_and_when_next() -> None:
    instrument = offline_instrument()
    instrument.run("every(4, lambda: None); at(33, lambda: None); kick.pattern = lambda bar: 'x---'")
    instrument.functions._beat = lambda: 17.0  # bar 5
    assert repr(COMMANDS["jobs"](instrument)).split("\n") == [
        "every1        every 4 bars, next in bar 9",
        "at1           once, next in bar 33",
        "kick.pattern  function of the bar, each bar, next in bar 6",
    ]


def test_at_calls_once_for_its_bar() -> None:
    instrument = offline_instrument()
    instrument.run("at(3, lambda: setattr(kick, 'mute', not kick.mute))")
    muted = []
    for bar in (1, 2, 3):
        instrument.functions.bar(bar)
        muted.append(instrument.session.live_set.track("kick").mute)
    assert muted == [False, True, True]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("at(0, lambda: None)", "a bar is a number from 1"),
        ("at(3, 4)", "at\\(\\) calls a function"),
        ("every(4, lambda: None, 'training')", "the name of something else that runs"),
        ("at(9, lambda: None, 'a' * 50)", "at most 40 characters"),
        ("cancel('evry1')", "no function is running"),
    ],
)
def test_what_cannot_run_is_said(typed: str, wrong: str) -> None:
    with pytest.raises(BadInput, match=wrong):
        offline_instrument().run(typed)


@pytest.mark.parametrize("text", ["seq?", "?seq", " seq ? \n", 'help("seq")'])
def test_a_name_with_a_question_mark_asks_for_help(text: str) -> None:
    shown: list[str] = []
    offline_instrument().run(text, show=shown.append)
    assert "seq.latents" in shown[0]


@pytest.mark.parametrize(("text", "found"), [("kick.level?", "in dB"), ("kick.sound?", "osc_decay"), ("go?", "Recall")])
def test_what_hangs_on_a_track_can_be_asked_for(text: str, found: str) -> None:
    shown: list[str] = []
    offline_instrument().run(text, show=shown.append)
    assert found in shown[0]


def test_what_is_typed_in_the_bar_before_is_in_time() -> None:
    desk = Desk()
    desk.now = 5.0  # bar 2
    called: list[str] = []
    desk.functions.every(1, lambda: called.append("before"))
    desk.wait(lambda: called == ["before"])
    desk.functions.once("at1", lambda: called.append("at"), 2)
    desk.functions.every(2, lambda: called.append("every"))
    desk.wait(lambda: sorted(called) == ["at", "before", "every"])
    assert desk.functions.names() == ["every1", "every2"]


def test_in_one_bar_it_is_called_once() -> None:
    desk = Desk()
    desk.now = 5.0
    called: list[int] = []
    desk.functions.every(1, lambda: called.append(1))
    desk.wait(lambda: bool(called))
    time.sleep(3 * POLL)
    assert called == [1]


def playing(instrument: Instrument, **state: object) -> FakeEngine:
    engine = FakeEngine()
    engine.state = {"playing": True, "beat": 5.0, "at": time.monotonic(), "tempo": 0.01, **state}
    instrument.session.link = engine
    return engine


def waits(instrument: Instrument) -> dict[str, str]:
    return jobs(instrument).rows


def test_a_recording_is_a_job_that_cancel_ends(instrument: Instrument) -> None:
    playing(instrument)
    instrument.run("seq.record(bars=2)")
    assert waits(instrument) == {"seq.record": "records 2 bars from bar 3 on"}
    before = instrument.session.live_set
    instrument.run("cancel('seq.record')")
    deadline = time.monotonic() + 3
    while instrument.midi_in.recorders and time.monotonic() < deadline:
        time.sleep(0.005)
    assert (instrument.midi_in.recorders, waits(instrument), instrument.session.live_set) == ([], {}, before)


def test_a_second_recording_takes_the_place_of_the_first(instrument: Instrument) -> None:
    playing(instrument)
    instrument.run("seq.record(bars=2); seq.record(bars=1)")
    deadline = time.monotonic() + 3
    while len(instrument.midi_in.recorders) > 1 and time.monotonic() < deadline:
        time.sleep(0.005)
    assert len(instrument.midi_in.recorders) == 1
    assert waits(instrument) == {"seq.record": "records 1 bar from bar 3 on"}
    instrument.run("cancel('seq.record')")


def test_a_knob_that_is_awaited_is_a_job_that_cancel_ends(instrument: Instrument) -> None:
    instrument.run("learn(kick.level)")
    assert waits(instrument) == {"learn": "waits for a knob to move kick.level"}
    instrument.run("cancel('learn')")
    assert waits(instrument) == {}


def test_a_take_is_a_job_that_cancel_ends(instrument: Instrument) -> None:
    engine = playing(instrument, recording=12.3)
    assert waits(instrument) == {"rec": "a take of 12 s so far; rec() ends it"}
    instrument.run("cancel('rec')")
    assert len(engine.of("stop_recording")) == 1


def test_what_waits_for_its_bar_is_shown_and_taken_back_by_undo(instrument: Instrument) -> None:
    playing(instrument, landed=False)
    assert waits(instrument) == {"change": "waits for its bar; undo() takes it back"}
    with pytest.raises(BadInput, match="undo\\(\\) takes back"):
        instrument.run("cancel('change')")


def test_a_name_that_runs_nowhere_is_said_with_what_does(instrument: Instrument) -> None:
    instrument.run("learn(kick.level); every(4, lambda: None)")
    with pytest.raises(BadInput, match='did you mean "learn"'):
        instrument.run("cancel('learm')")


def test_a_setting_of_a_track_is_not_that_of_the_master() -> None:
    assert "master" not in help_text(offline_instrument(), "kick.level")
