"""The scheduler on a pretend clock: whole lists of (item, due)."""

import threading
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.timing import FRAME, PretendClock, RealClock, Scheduler

HALF_SECOND_STALL = 0.5


class Rig:
    """A scheduler that plays a grid of steps, and what came of it."""

    def __init__(self, step: float = 0.25, keep: Callable[[float], bool] = lambda item: False) -> None:
        self.clock = PretendClock(100.0)
        self.step = step
        self.sent: list[tuple[float, float]] = []
        self.sent_at: list[float] = []
        self.spans: list[tuple[float, float]] = []
        self.errors: list[Exception] = []
        self.lines: list[str] = []
        self.stalls: dict[float, float] = {}
        self.scheduler: Scheduler[float] = Scheduler(
            self.clock, self.pull, self.push, failed=self.errors.append, report=self.lines.append, keep=keep
        )

    def pull(self, start: float, end: float) -> Sequence[tuple[float, float]]:
        self.spans.append((start, end))
        for beat in [beat for beat in self.stalls if beat <= start]:
            self.clock.advance(self.stalls.pop(beat))
        first = -int(-start // self.step)
        found = []
        while first * self.step < end:
            found.append((first * self.step, first * self.step))
            first += 1
        return found

    def push(self, items: list[tuple[float, float]]) -> None:
        self.sent += items
        self.sent_at += [self.clock.now()] * len(items)

    def play(self, seconds: float) -> None:
        self.scheduler.run(self.clock.now() + seconds)

    @property
    def beats(self) -> list[float]:
        return [beat for beat, _ in self.sent]

    def begun(self, bpm: float = 120.0, beat: float = 0.0, at: float = 100.05) -> "Rig":
        self.scheduler.begin(bpm, beat, at)
        return self


def grid(end: float, step: float = 0.25, start: float = 0.0) -> list[float]:
    return [start + place * step for place in range(round((end - start) / step))]


def test_steps_are_due_where_the_tempo_puts_them() -> None:
    rig = Rig().begun()
    rig.play(2.0)
    assert rig.beats[:4] == [0, 0.25, 0.5, 0.75]
    assert [due for _, due in rig.sent[:4]] == pytest.approx([100.05, 100.175, 100.3, 100.425])


def test_an_hour_at_126_7_bpm_has_every_step_once_and_no_drift() -> None:
    rig = Rig(step=1.0).begun(126.7, 0.0, 100.0)
    rig.play(3600)
    steps = int(126.7 * 60)
    assert rig.beats[:steps] == [float(beat) for beat in range(steps)]
    exact = [100 + Fraction(beat) * 60 / Fraction(126.7) for beat in range(steps)]
    assert max(abs(due - when) for (_, due), when in zip(rig.sent, exact, strict=False)) < 1e-9


def test_spans_follow_each_other_without_gap_or_overlap() -> None:
    rig = Rig().begun(126.7)
    rig.play(10)
    assert all(before[1] == after[0] for before, after in pairwise(rig.spans))


def test_everything_is_sent_a_lookahead_before_it_is_due() -> None:
    rig = Rig().begun()
    rig.play(10)
    ahead = [due - at for (_, due), at in zip(rig.sent, rig.sent_at, strict=True)][4:]
    assert min(ahead) > 0.1625 - FRAME - 1e-6
    assert max(ahead) <= 0.1625 + 1e-6


def test_the_first_event_sounds_within_a_quarter_of_a_second() -> None:
    rig = Rig()
    rig.scheduler.begin(120.0, -0.125)
    rig.play(0.1)
    assert rig.sent[0][0] == 0
    assert rig.sent[0][1] - 100 < 0.25


def test_a_step_before_beat_0_sounds_before_it() -> None:
    rig = Rig(step=0.125).begun(beat=-0.125)
    rig.play(1)
    assert rig.beats[:2] == [-0.125, 0]


def test_beats_that_are_past_at_the_start_are_not_played() -> None:
    rig = Rig().begun(at=99.0)
    rig.play(1)
    assert rig.beats[0] == 2
    assert rig.scheduler.status()["dropped"] == 0


@pytest.mark.parametrize("bpm", [40.0, 60.0, 119.9, 240.0, 999.0])
def test_a_tempo_change_loses_and_doubles_no_step(bpm: float) -> None:
    rig = Rig().begun()
    rig.play(3.003)
    rig.scheduler.set_tempo(bpm)
    rig.play(10)
    assert rig.beats == grid(len(rig.beats) / 4)
    dues = [due for _, due in rig.sent]
    assert dues == sorted(dues)


def test_a_tempo_change_starts_at_the_frontier_and_makes_no_jump() -> None:
    rig = Rig().begun()
    rig.play(3.003)
    frontier, falls = rig.scheduler.frontier, rig.scheduler.tempo.seconds(rig.scheduler.frontier)
    rig.scheduler.set_tempo(60)
    rig.play(5)
    after = {beat: due for beat, due in rig.sent if beat >= frontier}
    assert after == pytest.approx({beat: falls + (beat - frontier) for beat in after})


def test_a_tempo_change_on_a_later_beat_holds_from_there() -> None:
    rig = Rig().begun()
    rig.scheduler.set_tempo(60, 8.0)
    rig.play(10)
    due = dict(rig.sent)
    assert [due[7.75], due[8.0], due[8.25], due[9.0]] == pytest.approx([103.925, 104.05, 104.3, 105.05])


def test_a_tempo_change_on_a_committed_beat_holds_from_the_frontier() -> None:
    rig = Rig().begun()
    rig.play(3)
    committed = list(rig.sent)
    rig.scheduler.set_tempo(240, 0.0)
    rig.play(3)
    assert rig.sent[: len(committed)] == committed
    assert rig.beats == grid(len(rig.beats) / 4)


def test_a_tempo_may_be_set_from_within_a_pull() -> None:
    rig = Rig().begun()
    plain = rig.pull

    def pull(start: float, end: float) -> Sequence[tuple[float, float]]:
        if start > 1 and rig.scheduler.tempo.bpm_at(end) == 120:
            rig.scheduler.set_tempo(60, end)
        return plain(start, end)

    rig.scheduler._pull = pull
    rig.play(6)
    assert rig.beats == grid(len(rig.beats) / 4)
    assert rig.sent[-1][1] - rig.sent[-2][1] == pytest.approx(0.25)


def test_a_hundred_tempo_changes_a_second_leave_every_step_in_its_place_in_the_order() -> None:
    rig = Rig().begun()
    for place in range(500):
        rig.scheduler.set_tempo(60 + place * 7 % 120)
        rig.play(0.01)
    assert rig.beats == grid(len(rig.beats) / 4)
    dues = [due for _, due in rig.sent]
    assert all(0.05 < b - a < 0.26 for a, b in pairwise(dues))


def test_a_tempo_of_0_is_refused_and_the_music_keeps_its_own() -> None:
    rig = Rig().begun()
    with pytest.raises(BadInput):
        rig.scheduler.set_tempo(0)
    rig.play(1)
    assert rig.scheduler.tempo.bpm_at(0) == 120


def stalled(seconds: float, keep: Callable[[float], bool] = lambda item: False) -> Rig:
    rig = Rig(keep=keep).begun()
    rig.stalls[8.0] = seconds
    rig.play(8)
    return rig


def test_a_stall_within_the_lookahead_costs_nothing() -> None:
    rig = stalled(0.1)
    assert rig.beats == grid(len(rig.beats) / 4)
    assert rig.scheduler.status()["late"] == rig.scheduler.status()["dropped"] == 0


def test_after_a_stall_nothing_goes_out_that_is_a_frame_late() -> None:
    rig = stalled(HALF_SECOND_STALL)
    assert max(at - due for (_, due), at in zip(rig.sent, rig.sent_at, strict=True)) < FRAME


def test_after_a_stall_there_is_no_burst_and_every_later_step_sounds() -> None:
    rig = stalled(HALF_SECOND_STALL)
    missing = [beat for beat in grid(rig.beats[-1]) if beat not in rig.beats]
    assert missing == [8.25, 8.5]
    assert rig.scheduler.status()["dropped"] == 2


def test_after_a_stall_one_line_says_so() -> None:
    rig = stalled(HALF_SECOND_STALL)
    assert len(rig.lines) == 1
    assert "2 dropped" in rig.lines[0]


def test_what_must_be_kept_goes_out_however_late() -> None:
    rig = stalled(HALF_SECOND_STALL, keep=lambda beat: beat == 8.25)
    assert [beat for beat in grid(rig.beats[-1]) if beat not in rig.beats] == [8.5]


def test_after_a_very_long_stall_nothing_in_between_is_asked_for() -> None:
    rig = Rig().begun()
    rig.play(1)
    rig.clock.advance(3600)
    rig.play(1)
    assert max(end - start for start, end in rig.spans) < 1
    assert max(at - due for (_, due), at in zip(rig.sent, rig.sent_at, strict=True)) < FRAME


def test_late_lines_come_at_most_once_a_second() -> None:
    rig = Rig().begun()
    for _ in range(500):
        rig.scheduler.report_late(0.004)
        rig.play(0.01)
    assert 1 <= len(rig.lines) <= 6


def test_things_late_further_on_raise_the_lookahead_within_a_frame() -> None:
    rig = Rig().begun()
    rig.play(5)
    before = rig.scheduler.status()["lookahead"]
    rig.scheduler.report_late(0.05)
    rig.play(0.02)
    assert rig.scheduler.status()["lookahead"] == pytest.approx(before + 0.06)


def test_a_raised_lookahead_doubles_and_loses_no_step_and_comes_down_again() -> None:
    rig = Rig().begun()
    rig.play(5)
    before = rig.scheduler.status()["lookahead"]
    rig.scheduler.report_late(0.3)
    rig.play(200)
    assert rig.beats == grid(len(rig.beats) / 4)
    assert rig.scheduler.status()["lookahead"] == pytest.approx(before)


def test_repeated_stalls_are_bridged_after_the_first() -> None:
    rig = Rig().begun()
    rig.stalls = dict.fromkeys((8.0, 12.0, 16.0, 20.0), 0.3)
    rig.play(14)
    missing = [beat for beat in grid(rig.beats[-1]) if beat not in rig.beats]
    assert missing == [8.25]


def test_a_pull_that_raises_is_told_once_and_the_music_goes_on() -> None:
    rig = Rig().begun()
    plain = rig.pull

    def pull(start: float, end: float) -> Sequence[tuple[float, float]]:
        if 4 <= start < 6:
            raise ZeroDivisionError("a bar of it")
        return plain(start, end)

    rig.scheduler._pull = pull
    rig.play(6)
    assert [str(error) for error in rig.errors] == ["a bar of it"]
    missing = [beat for beat in grid(rig.beats[-1]) if beat not in rig.beats]
    assert missing
    assert all(4 <= beat <= 6.25 for beat in missing)


def test_a_push_that_raises_is_told_and_the_music_goes_on() -> None:
    rig = Rig().begun()
    rig.scheduler._push = lambda items: rig.sent.append(items[0]) or 1 / 0  # type: ignore[func-returns-value]
    rig.play(3)
    assert [type(error) for error in rig.errors] == [ZeroDivisionError]
    assert len(rig.sent) > 10


def test_the_position_is_the_beat_now_heard() -> None:
    rig = Rig().begun()
    rig.play(2.05)
    assert rig.scheduler.position() == pytest.approx(4.0)


def test_a_stopped_scheduler_stays_where_it_stopped_and_pushes_nothing_more() -> None:
    rig = Rig().begun()
    rig.play(2.05)
    rig.scheduler.stop()
    sent = list(rig.sent)
    rig.play(5)
    assert rig.scheduler.position() == pytest.approx(4.0)
    assert rig.sent == sent


def test_a_wake_takes_the_next_turn_before_the_next_frame() -> None:
    rig = Rig().begun()
    rig.play(1)
    spans, now = len(rig.spans), rig.clock.now()
    rig.clock.advance(0.001)
    rig.scheduler.wake()
    rig.clock.wait_until(now + FRAME, rig.scheduler._wake)
    rig.scheduler.turn()
    assert rig.clock.now() == pytest.approx(now + 0.001)
    assert len(rig.spans) == spans + 1


def test_frames_keep_to_their_grid_after_a_late_one() -> None:
    rig = Rig().begun()
    rig.stalls[1.0] = 0.0137
    rig.play(2)
    assert (rig.scheduler._next_frame - 100) / FRAME == pytest.approx(round((rig.scheduler._next_frame - 100) / FRAME))
    assert rig.scheduler.status()["frame_error"] == pytest.approx(0.0037, abs=1e-6)


def test_a_real_thread_plays_every_step_in_order_and_ends_when_stopped() -> None:
    sent: list[float] = []
    enough = threading.Event()

    def push(items: list[tuple[float, float]]) -> None:
        sent.extend(beat for beat, _ in items)
        if len(sent) >= 10:
            enough.set()

    rig = Rig(step=1.0)
    scheduler: Scheduler[float] = Scheduler(RealClock(), rig.pull, push, failed=rig.errors.append)
    scheduler.start(999.0)
    assert enough.wait(60)
    scheduler.stop()
    assert sent == sorted(set(sent))
    assert not any(thread.name == "scheduler" for thread in threading.enumerate())
    assert not rig.errors
