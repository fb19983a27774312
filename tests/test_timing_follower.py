"""Following an external clock: steadier than the clock that is followed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from deepsteps_live.timing import Follower

PULSES = 24
AHEAD = 0.15  # seconds: as far ahead as the scheduler asks

Jitter = Callable[[random.Random, float], float]  # (rng, true time) -> when the pulse comes


def white(milliseconds: float) -> Jitter:
    return lambda rng, at: at + rng.gauss(0, milliseconds / 1000)


def in_periods(rng: random.Random, at: float) -> float:
    period = 256 / 48_000
    return math.ceil(at / period) * period


def with_bursts(rng: random.Random, at: float) -> float:
    return at + rng.gauss(0, 0.001) + (rng.uniform(0.02, 0.05) if rng.random() < 0.03 else 0.0)


class Stalls:
    """Now and then nothing comes for 30 to 250 ms, and then all that was held up at once."""

    def __init__(self) -> None:
        self._until = -math.inf

    def __call__(self, rng: random.Random, at: float) -> float:
        if rng.random() < 0.004:
            self._until = at + rng.uniform(0.03, 0.25)
        return max(at + rng.gauss(0, 0.001), self._until)


class Master:
    """A clock with steady pulses that come with jitter, and a follower that hears them from start on."""

    def __init__(self, bpm: float, jitter: Jitter = lambda rng, at: at, seed: int = 0) -> None:
        self.follower = Follower()
        self.follower.start()
        self.bpm, self.jitter = bpm, jitter
        self.rng = random.Random(seed)
        self.at, self.pulses = 100.0, 0  # of the next pulse
        self.last = -math.inf  # no pulse overtakes another

    @property
    def period(self) -> float:
        return 60 / self.bpm / PULSES

    def run(self, beats: float, *, heard: bool = True, each: Callable[[], None] = lambda: None) -> None:
        for _ in range(round(beats * PULSES)):
            if heard:
                self.last = max(self.last, self.jitter(self.rng, self.at))
                self.follower.pulse(self.last)
            self.at += self.period
            self.pulses += 1
            each()

    def error(self) -> float:
        """Seconds by which the beat that comes in AHEAD is expected too late."""
        beat = math.ceil((self.pulses + AHEAD / self.period) / PULSES)
        truly = self.at + (beat * PULSES - self.pulses) * self.period
        tempo = self.follower.tempo
        assert tempo is not None
        return tempo.seconds(beat) - truly


def errors(master: Master, beats: int) -> list[float]:
    found: list[float] = []
    for _ in range(beats):
        master.run(1)
        found.append(master.error())
    return found


def rms(values: list[float]) -> float:
    return math.sqrt(sum(value * value for value in values) / len(values))


@pytest.mark.parametrize("bpm", [40, 120, 240])
def test_three_ms_of_jitter_become_less_than_a_third_of_one(bpm: float) -> None:
    found = []
    for seed in range(6):
        master = Master(bpm, white(3), seed)
        master.run(8)
        found.append(rms(errors(master, 88)))
    assert sorted(found)[3] < 0.0003


@pytest.mark.parametrize("bpm", [40, 120, 125.1, 240])
def test_a_computers_own_grid_is_not_heard(bpm: float) -> None:
    master = Master(bpm, in_periods)
    master.run(8)
    found = errors(master, 64)
    mean = sum(found) / len(found)
    assert rms([error - mean for error in found]) < 0.0001


@pytest.mark.parametrize("bpm", [40, 97.37, 120])
def test_the_tempo_is_known_after_eight_beats(bpm: float) -> None:
    for seed in range(8):
        master = Master(bpm, white(3), seed)
        master.run(8)
        tempo = master.follower.tempo
        assert tempo is not None
        assert abs(tempo.bpm_at(0) / bpm - 1) < 0.0005


def test_the_tempo_of_240_is_known_after_eight_beats_in_most_runs() -> None:
    found = []
    for seed in range(10):
        master = Master(240, white(3), seed)
        master.run(8)
        tempo = master.follower.tempo
        assert tempo is not None
        found.append(abs(tempo.bpm_at(0) / 240 - 1))
    assert sorted(found)[8] < 0.0005  # least squares alone has a standard error of 0.000375


@pytest.mark.parametrize("milliseconds", [0, 1, 3])
@pytest.mark.parametrize("bpm", [20, 40, 120, 240, 300])
def test_it_locks_within_two_beats(bpm: float, milliseconds: float) -> None:
    master = Master(bpm, white(milliseconds))
    master.run(2)
    assert master.follower.locked


@pytest.mark.parametrize("bpm", [40, 120, 240])
def test_pulses_far_off_are_not_followed(bpm: float) -> None:
    master = Master(bpm, with_bursts)
    master.run(8)
    assert rms(errors(master, 64)) < 0.0003


@pytest.mark.parametrize("bpm", [40, 120, 240, 300])
def test_a_computer_that_stalls_and_catches_up_is_not_heard(bpm: float) -> None:
    for seed in range(4):
        master = Master(bpm, Stalls(), seed)
        master.run(8)
        assert rms(errors(master, 40)) < 0.0003


def test_a_tempo_that_is_not_a_whole_number_is_not_taken_for_one() -> None:
    master = Master(120.04, white(1))
    master.run(64)
    tempo = master.follower.tempo
    assert tempo is not None
    assert tempo.bpm_at(0) == pytest.approx(120.04, rel=1e-5)


@pytest.mark.parametrize(("before", "after"), [(120, 140), (120, 125), (120, 121), (90, 60), (60, 160), (240, 180)])
def test_a_new_tempo_is_followed_within_two_beats_and_no_pulse_is_lost(before: float, after: float) -> None:
    master = Master(before, white(1))
    master.run(16)
    master.bpm = after
    master.run(2)
    assert max(map(abs, errors(master, 16))) < 0.003


@pytest.mark.parametrize(("before", "after"), [(120, 140), (120, 100), (240, 190), (200, 240), (60, 110)])
def test_a_new_tempo_is_no_lost_pulse_with_much_jitter_either(before: float, after: float) -> None:
    for seed in range(5):
        master = Master(before, white(3), seed)
        master.run(12)
        master.bpm = after
        master.run(12)
        assert abs(master.error()) < 0.004


@pytest.mark.parametrize(("bpm", "beat"), [(100, 2.0), (100, 5.0), (200, -2.0), (200, -5.0)])
def test_a_steep_ramp_slips_no_pulse(bpm: float, beat: float) -> None:
    master = Master(bpm, white(3))
    master.run(8)
    for _ in range(16 * PULSES):
        master.bpm += beat / PULSES
        master.run(1 / PULSES)
    master.run(6)
    assert abs(master.error()) < 0.004


def test_a_ramp_is_followed() -> None:
    master = Master(100, white(1))
    master.run(8)
    worst = 0.0
    for _ in range(64):
        master.bpm += 0.5
        master.run(1)
        worst = max(worst, abs(master.error()))
    assert worst < 0.02
    master.run(4)
    assert abs(master.error()) < 0.002


@pytest.mark.parametrize("bpm", [40, 120, 240])
@pytest.mark.parametrize("seconds", [0.3, 1.0, 3.0, 6.0])
def test_a_clock_that_drops_out_is_coasted_and_comes_back_without_a_step(bpm: float, seconds: float) -> None:
    master = Master(bpm, white(1))
    master.run(32)
    master.run(seconds * bpm / 60, heard=False)
    assert abs(master.error()) < 0.002
    assert max(map(abs, errors(master, 16))) < 0.002


@pytest.mark.parametrize("jitter", [lambda: with_bursts, Stalls])
@pytest.mark.parametrize("bpm", [97.37, 240])
def test_a_second_may_be_lost_among_late_pulses(bpm: float, jitter: Callable[[], Jitter]) -> None:
    for seed in range(8):
        master = Master(bpm, jitter(), seed)
        master.run(12)
        master.run(bpm / 60, heard=False)
        assert max(map(abs, errors(master, 4))) < 0.002


@pytest.mark.parametrize("bpm", [40, 120, 240, 300])
@pytest.mark.parametrize("lost", [1, 2, 5])
def test_lost_pulses_do_not_shift_the_beat(bpm: float, lost: int) -> None:
    master = Master(bpm, white(1))
    master.run(16)
    master.run(lost / PULSES, heard=False)
    assert max(map(abs, errors(master, 8))) < 0.002


@pytest.mark.parametrize("bpm", [40, 120, 240, 300])
def test_a_doubled_pulse_does_not_shift_the_beat(bpm: float) -> None:
    for jitter in (white(0), white(1)):
        master = Master(bpm, jitter)
        master.run(16)
        master.follower.pulse(master.last + 0.0005)
        assert max(map(abs, errors(master, 8))) < 0.002


def test_pulses_lost_before_start_do_not_shift_it() -> None:
    master = Master(120, white(1))
    master.run(8)
    master.follower.stop()
    master.run(5 / PULSES, heard=False)
    master.run(3 / PULSES)
    master.follower.start()
    began = master.at
    master.run(4)
    assert master.follower.tempo is not None
    assert master.follower.tempo.seconds(0.0) == pytest.approx(began, abs=0.001)


def test_continue_while_it_runs_changes_nothing() -> None:
    master = Master(120)
    master.run(4)
    master.follower.resume()
    assert max(map(abs, errors(master, 4))) < 1e-6


def test_the_map_moves_smoothly() -> None:
    master = Master(120, white(3))
    master.run(8)
    steps: list[float] = []
    for _ in range(32 * PULSES):
        before = master.follower.tempo
        master.run(1 / PULSES)
        after = master.follower.tempo
        assert before is not None
        assert after is not None
        beat = after.beat(master.at + AHEAD)
        steps.append(after.seconds(beat) - before.seconds(beat))
    assert max(map(abs, steps)) < 0.0005


def test_after_start_the_next_pulse_is_beat_0() -> None:
    follower = Follower()
    for number in range(48):
        follower.pulse(number * 0.02)
    follower.start()
    follower.pulse(48 * 0.02)
    assert follower.tempo is not None
    assert follower.tempo.seconds(0.0) == pytest.approx(0.96)
    assert follower.running


def test_it_goes_on_where_it_stopped() -> None:
    master = Master(120)
    master.run(6.5)
    master.follower.stop()
    assert not master.follower.running
    master.run(1)
    master.follower.resume()
    began = master.at
    master.run(1)
    assert master.follower.tempo is not None
    assert master.follower.tempo.seconds(6.5) == pytest.approx(began)


def test_it_goes_on_at_the_song_position() -> None:
    master = Master(120)
    master.run(4)
    master.follower.stop()
    master.follower.position(32)
    master.follower.resume()
    began = master.at
    master.run(1)
    assert master.follower.tempo is not None
    assert master.follower.tempo.seconds(8.0) == pytest.approx(began)


def test_a_clock_that_is_silent_for_long_is_not_locked() -> None:
    master = Master(120)
    master.run(8)
    master.follower.look(master.at + 10)
    assert not master.follower.locked
    assert abs(master.error()) < 1e-6  # the beat goes on


def test_before_the_first_pulses_there_is_no_tempo() -> None:
    follower = Follower()
    follower.pulse(1.0)
    assert follower.tempo is None
    assert not follower.locked


def test_nothing_that_comes_breaks_it() -> None:
    rng, follower, at = random.Random(3), Follower(), 0.0
    for _ in range(20_000):
        at += rng.choice([0.0, 1e-9, 0.001, 0.02, 0.02, 0.02, 0.5, 7.0, 400.0])
        what = rng.random()
        if what < 0.9:
            follower.pulse(at)
        else:
            rng.choice([follower.start, follower.resume, follower.stop])()
            follower.position(rng.randrange(2**14))
        follower.look(at)
        tempo = follower.tempo
        assert tempo is None or 1 <= tempo.bpm_at(0) <= 999
