"""Our own MIDI clock."""

from __future__ import annotations

from typing import Any

from deepsteps_live.engine.clock_out import CLOCK, POSITION, RESUME, START, START_AHEAD, STOP, ClockOut, Pulse


class Gear:
    def __init__(self) -> None:
        self.said: list[tuple[str, float | None, int]] = []
        self.clock = ClockOut(self.say)

    def say(self, ports: Any, due: float | None, *messages: Any) -> None:
        self.said += [(port, due, message[0]) for port in ports for message in messages]


def test_there_are_24_pulses_a_beat() -> None:
    pulses = Gear().clock.pulses(["a"], 0.0, 1.0)
    assert [beat for beat, _ in pulses] == [n / 24 for n in range(24)]


def test_cutting_a_span_anywhere_gives_the_same_pulses() -> None:
    clock = Gear().clock
    assert [*clock.pulses(["a"], 0, 0.777), *clock.pulses(["a"], 0.777, 2)] == clock.pulses(["a"], 0, 2)


def test_before_the_first_beat_there_is_none() -> None:
    assert Gear().clock.pulses(["a"], -0.5, 0.0) == []


def test_start_comes_right_before_the_first_pulse() -> None:
    gear = Gear()
    gear.clock.send(Pulse(0, ("a",)), 5.0)
    assert gear.said == [("a", 5.0 - START_AHEAD, START), ("a", 5.0, CLOCK)]


def test_gear_that_comes_later_is_started_on_the_next_beat_at_its_position() -> None:
    gear = Gear()
    gear.clock.send(Pulse(0, ("a",)), 1.0)
    gear.clock.send(Pulse(30, ("a", "b")), 2.0)
    assert ("b", 2.0, CLOCK) not in gear.said
    gear.clock.send(Pulse(48, ("a", "b")), 3.0)
    assert [(due, status) for port, due, status in gear.said if port == "b"] == [
        (3.0 - START_AHEAD, POSITION),
        (3.0 - START_AHEAD, RESUME),
        (3.0, CLOCK),
    ]


def test_the_position_is_counted_in_sixteenths() -> None:
    told: list[Any] = []
    clock = ClockOut(lambda ports, due, *messages: told.extend(messages))
    clock.send(Pulse(24 * 40, ("a",)), 1.0)
    assert told[0] == (POSITION, 160 & 0x7F, 160 >> 7)


def test_stop_is_told_once() -> None:
    gear = Gear()
    gear.clock.send(Pulse(0, ("a",)), 1.0)
    gear.clock.stop()
    gear.clock.stop()
    assert [status for _, _, status in gear.said].count(STOP) == 1


def test_gear_that_is_let_go_of_is_stopped() -> None:
    gear = Gear()
    gear.clock.send(Pulse(0, ("a", "b")), 1.0)
    gear.clock.keep(["b"])
    assert gear.said[-1] == ("a", None, STOP)
