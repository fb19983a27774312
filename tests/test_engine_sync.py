"""Playing along with an external MIDI clock, on a clock that pretends."""

from __future__ import annotations

import random
import threading

import pytest

from deepsteps_live.engine import sync as syncing
from deepsteps_live.engine.clock_out import CLOCK, POSITION, RESUME, START, STOP
from deepsteps_live.engine.player import Player
from deepsteps_live.engine.sync import Sync
from deepsteps_live.music import LiveSet, MidiIn, Pattern, Track
from deepsteps_live.timing import PretendClock, Scheduler
from tests.fakes import MidiNotebook, Notebook

PERIOD = 60 / 120 / 24


class Stage:
    """A player that follows the port "master", its scheduler turned by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(threading.Thread, "start", lambda thread: None)  # turns are taken here
        self.clock = PretendClock(50.0)
        self.told: list[str] = []
        self.sound, self.midi = Notebook(), MidiNotebook()
        self.player = Player(self.sound, self.midi, self.clock, notify=self.told.append)  # type: ignore[arg-type]
        live_set = LiveSet((Track("kick", Pattern((True, False, False, False))),), tempo=90, clock="master")
        self.player.change(live_set, {})
        self.sync = Sync(self.player, now=self.clock.now)
        self.sync.look()

    @property
    def scheduler(self) -> Scheduler[object]:
        return self.player._scheduler  # type: ignore[return-value]

    def say(self, *message: int, port: str = "the master:out") -> None:
        self.sync.heard(port, self.clock.now(), message)

    def pulses(self, count: int, period: float = PERIOD, *, heard: bool = True) -> list[float]:
        """So many pulses, and turns of the scheduler between them; the times of those on a beat."""
        found = []
        for number in range(count):
            if heard:
                self.say(CLOCK)
            if number % 24 == 0:
                found.append(self.clock.now())
            for _ in range(4):
                if self.player.playing:
                    self.scheduler.turn()
                self.clock.advance(period / 4)
        return found

    def heard(self) -> list[float]:
        """When the kick was due."""
        return [due for _, due in self.sound.events]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(Scheduler, "start", Scheduler.begin)
    return Stage(monkeypatch)


def test_start_lands_on_the_right_step(stage: Stage) -> None:
    stage.pulses(48)
    stage.say(START)
    beats = stage.pulses(96)
    assert stage.heard()[:4] == pytest.approx(beats[:4], abs=1e-6)
    assert [event.grid for event, _ in stage.sound.events[:4]] == [0, 1, 2, 3]


def test_a_master_that_sends_pulses_only_while_it_plays_is_followed_too(stage: Stage) -> None:
    stage.say(START)
    beats = stage.pulses(96)
    assert stage.heard()[1:4] == pytest.approx(beats[1:4], abs=1e-6)


def test_stop_stops_and_continue_goes_on(stage: Stage) -> None:
    stage.pulses(48)
    stage.say(START)
    stage.pulses(60)  # two beats and a half
    stage.say(STOP)
    assert not stage.player.playing
    stage.pulses(24)
    stage.sound.events.clear()
    stage.say(RESUME)
    stage.pulses(48)
    assert stage.sound.events[0][0].grid == 3


def test_the_song_position_is_taken_up(stage: Stage) -> None:
    stage.pulses(48)
    stage.say(POSITION, 16, 1)  # 144 sixteenths
    stage.say(RESUME)
    beats = stage.pulses(48)
    assert stage.sound.events[0][0].grid == 36
    assert stage.heard()[0] == pytest.approx(beats[0], abs=1e-6)


def test_a_clock_that_drops_out_does_not_stop_the_music(stage: Stage) -> None:
    stage.pulses(48)
    stage.say(START)
    stage.pulses(96)
    stage.pulses(48, heard=False)
    beats = stage.pulses(48)
    assert stage.heard()[6:8] == pytest.approx(beats, abs=1e-4)


def test_one_line_says_that_no_clock_comes(stage: Stage) -> None:
    stage.pulses(48)
    for _ in range(3):
        stage.clock.advance(1.5)
        stage.sync.look()
    assert stage.told == ['no clock from "master"; the beat goes on without it']


def test_another_ports_clock_is_not_followed(stage: Stage) -> None:
    for _ in range(48):
        stage.say(CLOCK, port="somebody")
        stage.clock.advance(PERIOD)
    stage.say(START, port="somebody")
    assert not stage.player.playing
    assert not stage.sync.state()["clock"]["locked"]  # type: ignore[index]


def test_play_joins_a_clock_that_runs_on_its_next_bar(stage: Stage) -> None:
    stage.pulses(48)
    stage.say(START)
    beats = stage.pulses(24 * 5)
    stage.player.stop()
    stage.sound.events.clear()
    stage.sync.start()
    beats = stage.pulses(24 * 6)
    assert stage.sound.events[0][0].grid == 8
    assert stage.heard()[0] == pytest.approx(beats[3], abs=1e-6)


def test_our_own_tempo_comes_back_with_our_own_clock(stage: Stage) -> None:
    stage.pulses(48)
    stage.say(START)
    stage.pulses(48)
    assert stage.player.state()["tempo"] == pytest.approx(120)
    stage.player.change(stage.player.wanted.but(clock="internal"), {})
    stage.sync.look()
    for _ in range(40):
        stage.scheduler.turn()
        stage.clock.advance(0.01)
    assert stage.player.state()["tempo"] == 90


def test_without_the_library_one_line_says_how_to_get_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "link", None)
    stage.player.change(stage.player.wanted.but(clock=syncing.LINK), {})
    stage.sync.look()
    stage.sync.look()
    assert stage.told == ['Ableton Link is an extra; install it: pip install "deepsteps-live[link]"']


@pytest.mark.parametrize("message", [(0xF2,), (0xF2, 1), (0xF0, 1, 2), (0xFF,), (0x90, 1), (0xF8, 1, 2, 3)])
def test_a_malformed_message_is_nothing(message: tuple[int, ...], stage: Stage) -> None:
    stage.say(*message)
    stage.player.heard("x", 0.0, message)


def test_a_hundred_thousand_messages_do_no_harm(stage: Stage) -> None:
    rng = random.Random(4)
    live_set = stage.player.wanted
    stage.player.change(live_set.but_track("kick", keys=(MidiIn(),)), {})
    stage.player.play()
    for _ in range(100_000):
        message = [rng.randrange(128, 256), *(rng.randrange(256) for _ in range(rng.randrange(4)))]
        stage.say(*message)
        stage.player.heard("x", stage.clock.now(), message)
        stage.clock.advance(rng.choice([0.0, 0.001, 0.02, 2.0]))
    holds = sum(call.startswith("hold") for call in stage.sound.calls)
    releases = sum(call.startswith("release") for call in stage.sound.calls)
    assert holds > 500
    assert releases > 500
