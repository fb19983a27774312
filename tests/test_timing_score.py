"""Edits in flight: whatever changes while it plays, every step of the grid sounds exactly once."""

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from deepsteps_live.music import RATES, Event, LiveSet, Pattern, Score, Track, lead_in, take_in
from deepsteps_live.timing import PretendClock, Scheduler

OFFSETS = st.floats(-0.5, 0.5, allow_nan=False)
UNITS = st.floats(0, 1, allow_nan=False)


@st.composite
def full_tracks(draw: st.DrawFn, name: str, rate: float) -> Track:
    """A track with a hit on every step, each somewhere near its place."""
    offsets = draw(st.lists(OFFSETS, min_size=1, max_size=8))
    pattern = Pattern((True,) * len(offsets), offsets=tuple(offsets))
    return Track(name, pattern, rate=rate, groove=draw(UNITS), swing=draw(st.none() | UNITS))


@st.composite
def full_sets(draw: st.DrawFn, rates: tuple[float, float], quants: st.SearchStrategy[float]) -> LiveSet:
    tracks = (draw(full_tracks("kick", rates[0])), draw(full_tracks("hat", rates[1])))
    return LiveSet(tracks, tempo=draw(st.floats(60, 240)), swing=draw(UNITS), quant=draw(quants))


@st.composite
def performances(draw: st.DrawFn) -> list[tuple[float, LiveSet, bool]]:
    """A set to start with, then edits: seconds to wait, what is wanted, whether it waits whole."""
    rates = (draw(st.sampled_from(sorted(RATES.values()))), draw(st.sampled_from(sorted(RATES.values()))))
    sets = full_sets(rates, st.sampled_from([0.0, 0.0, 0.25, 1.0, 2.0]))
    return draw(st.lists(st.tuples(st.floats(0, 1.5), sets, st.booleans()), min_size=1, max_size=6))


class Band:
    """A score on a scheduler, edited as the engine edits it: on the scheduler's turn, at the frontier."""

    def __init__(self, first: LiveSet) -> None:
        self.clock = PretendClock()
        self.score = Score.of(first)
        self.heard: list[tuple[Event, float]] = []
        self.edits: list[tuple[LiveSet, bool]] = []
        self.errors: list[Exception] = []
        self.scheduler: Scheduler[Event] = Scheduler(
            self.clock, self.pull, self.heard.extend, failed=self.errors.append
        )
        self.scheduler.begin(first.tempo, -lead_in(first))

    def pull(self, start: float, end: float) -> list[tuple[float, Event]]:
        while self.edits:
            wanted, whole = self.edits.pop(0)
            self.score = take_in(self.score, wanted, start, whole=whole)
            self.scheduler.set_tempo(wanted.tempo, end)
        self.score = self.score.trimmed(start)
        return [(event.beat, event) for event in self.score.events(start, end)]

    def play(self, seconds: float) -> None:
        self.scheduler.run(self.clock.now() + seconds)

    def steps(self, track: str) -> Counter[int]:
        return Counter(event.step for event, _ in self.heard if event.track == track)


def played(performance: list[tuple[float, LiveSet, bool]]) -> Band:
    band = Band(performance[0][1])
    for wait, wanted, whole in performance:
        band.play(wait)
        band.edits.append((wanted, whole))
    band.play(2.0)
    assert not band.errors
    return band


@given(performances())
@settings(max_examples=150, deadline=None)
def test_every_step_sounds_exactly_once_whatever_is_edited(performance: list[tuple[float, LiveSet, bool]]) -> None:
    band = played(performance)
    for track in performance[0][1]:
        certain = int((band.scheduler.frontier - 1.5) * track.rate)  # later ones may still be to come
        steps = band.steps(track.name)
        assert max(steps.values(), default=1) == 1
        assert [step for step in range(certain) if step not in steps] == []


@given(performances())
@settings(max_examples=50, deadline=None)
def test_nothing_goes_out_late_or_out_of_its_beat_whatever_is_edited(
    performance: list[tuple[float, LiveSet, bool]],
) -> None:
    band = played(performance)
    assert band.scheduler.status()["dropped"] == band.scheduler.status()["late"] == 0
    ordered = sorted(band.heard, key=lambda heard: heard[0].beat)
    assert all(a[1] <= b[1] for a, b in pairwise(ordered))


def test_an_early_step_1_of_a_new_pattern_sounds_before_its_bar_line() -> None:
    band = Band(one_track("x---" * 4))
    band.play(0.5)
    band.edits.append((one_track("x---" * 4, early=-0.4), False))
    band.play(4)
    assert 3.9 in [round(event.beat, 6) for event, _ in band.heard]
    assert band.steps("kick")[16] == 1


def test_a_new_pattern_that_comes_just_before_its_bar_line_loses_not_even_its_early_step_1() -> None:
    for hundredths in range(100):
        band = Band(one_track("x---" * 4))
        band.play(1.3 + hundredths / 100)
        band.edits.append((one_track("x---" * 4, early=-0.5), False))
        band.play(3)
        assert band.steps("kick")[16] == 1


def test_an_early_step_that_has_sounded_does_not_sound_again_on_its_place_in_the_new_pattern() -> None:
    for hundredths in range(100):
        band = Band(one_track("x---" * 4, early=-0.5))
        band.play(1.3 + hundredths / 100)
        band.edits.append((one_track("x---" * 4).but(quant=0), False))
        band.play(3)
        assert band.steps("kick")[16] == 1


def test_what_was_wanted_last_is_what_plays_when_all_has_come_in() -> None:
    band = Band(one_track("x---" * 4))
    last = one_track("xx-x" * 4)
    for wanted in (one_track("xxxx" * 4), one_track("x" * 16), last):
        band.play(0.3)
        band.edits.append((wanted, False))
    band.play(4)
    assert band.score.at(band.scheduler.frontier) == last


def one_track(steps: str, early: float = 0.0) -> LiveSet:
    hits = tuple(letter == "x" for letter in steps)
    offsets = (early if hits[0] else 0.0, *[0.0] * (len(hits) - 1))
    return LiveSet((Track("kick", Pattern(hits, offsets=offsets)),), tempo=120)
