"""Clocks: monotonic, pretended and on the wall."""

import threading
import time

import pytest

from deepsteps_live.timing import PretendClock, RealClock, WallClock


class Twins:
    """A monotonic clock and a wall clock that may be stepped and may drift."""

    def __init__(self) -> None:
        self.seconds, self.ahead, self.drift = 50.0, 1e9, 0.0

    def monotonic(self) -> float:
        return self.seconds

    def wall(self) -> float:
        return self.seconds * (1 + self.drift) + self.ahead

    def wall_clock(self) -> WallClock:
        return WallClock(self.monotonic, self.wall)


def offsets(twins: Twins, wall: WallClock, seconds: float, every: float = 0.01) -> list[float]:
    found = []
    for _ in range(round(seconds / every)):
        twins.seconds += every
        found.append(wall(twins.seconds) - twins.seconds)
    return found


def scsynths(errors: list[float], period: float = 256 / 48000, seconds: float = 40.0) -> list[float]:
    """What a delay-locked loop of 0.012 Hz makes of a step, period by period: Adriaensen's own form of the filter."""
    b = 2 * 3.141592653589793 * 0.012 * period
    t1, e2, true, found = period, period, 0.0, []
    for _ in range(round(seconds / period)):
        true += period
        error = true + errors[0] - t1
        found.append(t1 - true)
        t1, e2 = t1 + b * error + e2, e2 + b * b / 2 * error
    return found


def test_a_real_clock_sleeps_to_its_deadline_and_no_less() -> None:
    clock = RealClock()
    deadline = clock.now() + 0.01
    assert not clock.wait_until(deadline, threading.Event())
    assert clock.now() >= deadline


def test_a_real_clock_wakes_when_it_is_woken() -> None:
    clock, wake = RealClock(), threading.Event()
    began = time.monotonic()
    threading.Timer(0.01, wake.set).start()
    assert clock.wait_until(began + 30, wake)
    assert time.monotonic() - began < 20
    assert not wake.is_set()


def test_a_deadline_that_is_past_does_not_sleep() -> None:
    clock = RealClock()
    assert not clock.wait_until(clock.now() - 5, threading.Event())


def test_a_pretended_clock_is_at_its_deadline_at_once_and_never_goes_back() -> None:
    clock = PretendClock(10)
    clock.wait_until(3600, threading.Event())
    clock.wait_until(5, threading.Event())
    assert clock.now() == 3600


def test_wall_time_is_the_system_clock_when_nothing_moves() -> None:
    twins = Twins()
    assert offsets(twins, twins.wall_clock(), 5) == pytest.approx([1e9] * 500, abs=1e-6)


def test_a_stepped_system_clock_moves_no_stamp_at_once() -> None:
    twins = Twins()
    wall = twins.wall_clock()
    twins.ahead += 5
    assert offsets(twins, wall, 0.01)[0] - 1e9 < 0.005


@pytest.mark.parametrize("step", [1.0, -3.0])
def test_after_a_step_stamps_glide_as_scsynths_own_time_does(step: float) -> None:
    twins = Twins()
    wall = twins.wall_clock()
    twins.ahead += step
    ours = offsets(twins, wall, 40)
    theirs = scsynths([step])
    ratio = len(theirs) / len(ours)
    apart = [abs(ours[i] - 1e9 - theirs[min(len(theirs) - 1, int((i + 1) * ratio))]) for i in range(len(ours))]
    assert max(apart) < abs(step) * 0.002


def test_after_five_minutes_stamps_are_on_the_new_time() -> None:
    twins = Twins()
    wall = twins.wall_clock()
    twins.ahead += 2
    assert offsets(twins, wall, 300)[-1] == pytest.approx(1e9 + 2, abs=0.002)


def test_a_drifting_clock_is_followed_without_error() -> None:
    twins = Twins()
    wall = twins.wall_clock()
    twins.drift = 1e-4
    twins.ahead -= twins.seconds * twins.drift
    last = offsets(twins, wall, 300)[-1]
    assert last == pytest.approx(1e9 + 300 * 1e-4, abs=1e-4)


def test_after_a_long_silence_the_new_time_is_taken_at_once() -> None:
    twins = Twins()
    wall = twins.wall_clock()
    twins.ahead += 7
    twins.seconds += 3600
    assert wall(twins.seconds) - twins.seconds == pytest.approx(1e9 + 7, abs=1e-6)


def test_rare_questions_give_what_frequent_ones_do() -> None:
    often, rarely = Twins(), Twins()
    walls = often.wall_clock(), rarely.wall_clock()
    often.ahead += 1
    rarely.ahead += 1
    assert offsets(often, walls[0], 20, 0.01)[-1] == pytest.approx(offsets(rarely, walls[1], 20, 5.0)[-1], abs=0.002)
