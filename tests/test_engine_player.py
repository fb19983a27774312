"""The player, on a pretend clock: changes at the bar and at once, every step once, whatever is edited in flight."""

import random
from itertools import pairwise
from typing import Any

import pytest

from deepsteps_live.engine.player import Player
from deepsteps_live.errors import BadInput
from deepsteps_live.music import LiveSet, Pattern, Track, lfo, pattern
from deepsteps_live.timing import PretendClock
from tests.fakes import MidiNotebook, Notebook


class Stage:
    """A player whose time passes only when the test says so."""

    def __init__(self, live_set: LiveSet) -> None:
        self.clock = PretendClock()
        self.notebook = Notebook()
        self.told: list[str] = []
        self.midi = MidiNotebook()
        self.player = Player(self.notebook, self.midi, self.clock, notify=self.told.append)
        self.scheduler = self.player._scheduler
        self.scheduler.start = self.scheduler.begin  # type: ignore[method-assign]
        self.player.change(live_set, {})
        self.player.play()
        self.start = self.scheduler.tempo.seconds(0.0)

    def to_beat(self, beat: float) -> None:
        """Let time pass until that beat is heard."""
        while self.scheduler.position() < beat - 1e-9:
            left = self.scheduler.tempo.seconds(beat) - self.clock.now()
            self.scheduler.run(self.clock.now() + min(left, 0.05))

    def grids(self, track: str = "kick") -> list[float]:
        return sorted(event.grid for event, _ in self.notebook.events if event.track == track)

    def beats(self) -> list[float]:
        return [round(event.beat, 6) for event, _ in self.notebook.events]


def kick(steps: str | Pattern, **fields: Any) -> LiveSet:
    return LiveSet((Track("kick", pattern(steps)),), tempo=120, **fields)


def test_events_are_due_on_their_beats() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(8)
    dues = [due - stage.start for _, due in stage.notebook.events][:8]
    assert dues == pytest.approx([beat * 0.5 for beat in range(8)])


def test_an_early_first_step_sounds_before_beat_0() -> None:
    stage = Stage(kick(Pattern((True,) + (False,) * 15, offsets=(-0.5,) + (0.0,) * 15)))
    stage.to_beat(1)
    assert stage.beats()[0] == -0.125


def test_a_pattern_lands_on_the_bar() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(1.1)
    stage.player.change(kick("--x-"), {})
    stage.to_beat(8)
    assert [beat for beat in stage.grids() if beat < 8] == [0, 1, 2, 3, 4.5, 5.5, 6.5, 7.5]


def test_with_quant_0_it_lands_now() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(1.1)
    stage.player.change(kick("--x-", quant=0), {})
    stage.to_beat(3)
    assert stage.grids()[:3] == [0, 1, 1.5]


def test_quant_2_waits_for_every_second_bar() -> None:
    stage = Stage(kick("x---", quant=2))
    stage.to_beat(1)
    stage.player.change(kick("----", quant=2), {})
    stage.to_beat(12)
    assert stage.grids() == [0, 1, 2, 3, 4, 5, 6, 7]


def test_a_change_just_before_the_bar_waits_for_the_next_one() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(3.95)
    stage.player.change(kick("--x-"), {})
    stage.to_beat(8.6)
    assert stage.grids()[4:9] == [4, 5, 6, 7, 8.5]


def test_a_new_patterns_early_first_step_is_not_lost() -> None:
    early = Pattern((True,) + (False,) * 15, offsets=(-0.5,) + (0.0,) * 15)
    late = Pattern((True,) + (False,) * 15, offsets=(0.5,) + (0.0,) * 15)
    stage = Stage(kick(late))
    stage.to_beat(1)
    stage.player.change(kick(early), {})
    stage.to_beat(9)
    assert stage.beats()[:3] == [0.125, 3.875, 7.875]


def test_a_gate_acts_at_once_while_a_pattern_waits() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(0.5)
    wanted = kick("--x-").but_track("kick", gate=500)
    stage.player.change(wanted, {})
    stage.to_beat(4)
    assert [(event.grid, event.gate) for event, _ in stage.notebook.events][:4] == [
        (0, 0.1),
        (1, 0.5),
        (2, 0.5),
        (3, 0.5),
    ]


def test_a_later_edit_does_not_bring_a_waiting_pattern_in_early() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(0.5)
    stage.player.change(kick("--x-"), {})
    stage.player.change(kick("--x-", swing=0.5), {})
    stage.to_beat(6)
    assert stage.grids()[:6] == [0, 1, 2, 3, 4.5, 5.5]


def test_a_pattern_keeps_its_bar_however_often_the_rest_is_moved() -> None:
    early = Pattern((True,) * 16, offsets=(-0.5,) * 16)
    playing = LiveSet((Track("kick", pattern("x---")), Track("hat", early)), tempo=120)
    stage = Stage(playing)
    stage.to_beat(1)
    wanted = playing.but_track("kick", pattern=pattern("--x-"))
    for step in range(60):
        stage.player.change(wanted.but_track("hat", gate=100 + step), {})
        stage.to_beat(1 + step / 10)
    assert [grid for grid in stage.grids() if grid < 6.5] == [0, 1, 2, 3, 4.5, 5.5]


def test_edits_before_the_first_beat_are_taken() -> None:
    stage = Stage(kick("x---"))
    for swing in (0.1, 0.2, 0.3):
        stage.player.change(kick("x---", quant=0, swing=swing), {})
        stage.scheduler.turn()
    stage.to_beat(2.5)
    assert stage.grids()[:3] == [0, 1, 2]
    assert stage.told == []


def test_a_set_without_tracks_is_silent_until_the_next_comes_in() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(0.5)
    stage.player.change(LiveSet(tempo=120), {})
    stage.to_beat(6)
    stage.player.change(kick("x---"), {})
    stage.to_beat(9)
    assert [grid for grid in stage.grids() if grid < 9] == [0, 1, 2, 3, 8]


def test_a_stream_of_edits_keeps_the_score_short() -> None:
    stage = Stage(kick("x---"))
    for step in range(300):
        stage.player.change(kick("x---", swing=step / 300), {})
        stage.to_beat(step / 50)
    assert len(stage.player._score.parts) < 12


def test_a_tempo_change_does_not_jump() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(2.2)
    stage.player.change(kick("x---").but(tempo=60), {})
    stage.to_beat(8)
    dues = [due for _, due in stage.notebook.events][:7]
    gaps = [b - a for a, b in pairwise(dues)]
    assert gaps[:2] == pytest.approx([0.5, 0.5])
    assert 0.5 <= gaps[2] <= 1.0
    assert gaps[3:] == pytest.approx([1.0] * 3)


def test_a_tempo_that_is_taken_back_before_it_came_in_never_comes() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(1.2)
    stage.player.change(kick("x---").but(tempo=60), {}, whole=True)
    stage.to_beat(1.4)
    stage.player.change(kick("x---"), {})
    stage.to_beat(8)
    dues = [due for _, due in stage.notebook.events]
    assert [b - a for a, b in pairwise(dues)] == pytest.approx([0.5] * (len(dues) - 1))


def test_a_whole_set_waits_for_the_bar_with_its_tempo() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(1.2)
    stage.player.change(kick("x---").but(tempo=60), {}, whole=True)
    stage.to_beat(7)
    dues = [due for _, due in stage.notebook.events][:7]
    assert [b - a for a, b in pairwise(dues)] == pytest.approx([0.5, 0.5, 0.5, 0.5, 1.0, 1.0])


def test_what_is_turned_while_a_scene_waits_is_heard_and_the_scene_keeps_its_bar() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(1.2)
    scene = kick("xx--").but(tempo=60).but_track("kick", level=-30.0, gate=50.0)
    stage.player.change(scene, {}, whole=1)
    stage.to_beat(1.6)
    stage.player.change(scene.but_track("kick", gate=700.0), {})
    stage.to_beat(5.5)
    gates = {event.grid: event.gate for event, _ in stage.notebook.events}
    assert gates[1.0] == pytest.approx(0.1)
    assert gates[3.0] == pytest.approx(0.7)  # what was turned
    assert gates[4.0] == pytest.approx(0.7)
    dues = {event.grid: due for event, due in stage.notebook.events}
    assert dues[3.0] - dues[2.0] == pytest.approx(0.5)  # the scene's tempo waits
    assert 3.25 not in dues
    assert 4.25 in dues
    levels = [strip.level for mixed in stage.notebook.mixed for strip in mixed.strips]
    assert levels[-1] == -30


def test_a_scene_that_is_taken_back_before_its_bar_never_comes() -> None:
    before = kick("x---")
    stage = Stage(before)
    stage.to_beat(1.2)
    stage.player.change(kick("xx--").but(tempo=60), {}, whole=1)
    stage.to_beat(1.6)
    stage.player.change(before, {})
    stage.to_beat(9)
    assert stage.grids() == list(range(10))


def test_playing_ends_where_it_was_told_to() -> None:
    stage = Stage(kick("x---"))
    stage.player.stop()
    stage.notebook.events.clear()
    stage.player.play(until=4)
    stage.to_beat(9)
    assert stage.grids() == [0, 1, 2, 3]


def test_stop_silences_and_play_starts_over() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(2)
    stage.player.stop()
    assert stage.notebook.calls[-1] == "silence"
    stage.notebook.events.clear()
    stage.player.play()
    stage.to_beat(1.5)
    assert stage.grids()[:2] == [0, 1]


def test_a_track_that_is_gone_keeps_its_channel_to_its_last_bar() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(1)
    stage.player.change(LiveSet((Track("hat", pattern("x---")),)), {})
    assert stage.notebook.prepared[-1] == ["hat", "kick"]
    stage.player.tidy()
    assert stage.notebook.prepared[-1] == ["hat", "kick"]
    stage.to_beat(5)
    stage.player.tidy()
    assert stage.notebook.prepared[-1] == ["hat"]
    assert stage.grids("kick") == [0, 1, 2, 3]


def test_a_set_with_a_model_that_is_not_there_is_refused_and_changes_nothing() -> None:
    stage = Stage(kick("x---"))
    with pytest.raises(BadInput, match="no model abc"):
        stage.player.change(LiveSet((Track("kick", latents=(0.0,) * 4, model="abc"),)), {})
    assert stage.player.wanted == kick("x---")


def test_moving_levels_are_mixed_while_they_move() -> None:
    stage = Stage(LiveSet((Track("kick", level=lfo(4, -20, 0)),)))
    stage.to_beat(2)
    levels = {mix.strips[0].level for mix in stage.notebook.mixed}
    assert len(levels) > 50


def test_the_engine_goes_on_when_an_output_fails() -> None:
    stage = Stage(kick("x---"))
    stage.to_beat(1.1)
    working = stage.notebook.play
    stage.notebook.play = _raise  # type: ignore[method-assign]
    stage.to_beat(2.2)
    stage.notebook.play = working  # type: ignore[method-assign]
    stage.to_beat(5)
    assert stage.grids()[-1] >= 4
    assert len(stage.told) == 1
    assert "the music goes on" in stage.told[0]


def _raise(events: object) -> None:
    raise OSError("no room")


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_edited_in_flight_every_step_sounds_exactly_once(seed: int) -> None:
    rng = random.Random(seed)

    def any_set() -> LiveSet:
        offsets = tuple(rng.uniform(-0.5, 0.5) for _ in range(16))
        return LiveSet(
            (Track("kick", Pattern((True,) * 16, offsets=offsets), groove=rng.random()),),
            tempo=rng.choice([60, 120, 126.7, 200]),
            swing=rng.random(),
            quant=rng.choice([0, 0.25, 1, 2]),
        )

    stage = Stage(any_set())
    beat = 0.0
    for _ in range(60):
        beat += rng.uniform(0.01, 0.9)
        stage.to_beat(beat)
        stage.player.change(any_set(), {})
    stage.to_beat(beat + 4)
    grids = stage.grids()
    assert grids[: int(beat * 4)] == [step / 4 for step in range(int(beat * 4))]
    assert stage.told == []
