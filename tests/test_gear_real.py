"""Gear over real MIDI ports on JACK: notes arrive, and every one of them ends, whatever happens."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import statistics
import time
from collections.abc import Iterator

import psutil
import pytest
from pythonosc.osc_packet import OscPacket

from deepsteps_live.gear import system
from deepsteps_live.music import MidiIn, MidiOut, Pattern
from deepsteps_live.outputs.audio import jack_answers
from deepsteps_live.outputs.osc_door import packed
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.models import Models
from deepsteps_live.session.session import Session
from deepsteps_live.session.stage import Stage
from deepsteps_live.timing import Follower
from tests.gear_helpers import OFF, ON, Synth, gear_set, storm
from tests.stage_helpers import gone, own_folders, wait_for

pytestmark = pytest.mark.real

CLOCK, START, RESUME, STOP = 0xF8, 0xFA, 0xFB, 0xFC


class Rig:
    """A session on an engine of its own, and a synth at the other end of a MIDI port."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.stage = Stage(own="gear")
        self.stage.tell = self.told.append
        self.session = Session(gear_set("synth"), Models(), tell=self.told.append)
        self.stage.join(self.session)
        wait_for(lambda: self.midi()["jack"])
        self.synth = Synth("synth", self.midi()["jack"])
        self.children = psutil.Process().children(recursive=True)
        wait_for(lambda: self.midi()["outs"].get("synth"))

    def midi(self) -> dict[str, object]:
        return dict(self.session.ask("state")["midi"])

    def engine(self) -> psutil.Process:
        return next(each for each in self.children if "deepsteps_live.engine" in each.cmdline())

    def play(self, seconds: float = 1.0) -> None:
        self.session.ask("play")
        wait_for(lambda: self.synth.began > 0)
        time.sleep(seconds)

    def ports(self) -> list[psutil.Process]:
        """The processes of the ports that run."""
        found = []
        for each in self.children:
            with contextlib.suppress(psutil.Error):
                if "deepsteps_live.gear" in each.cmdline():
                    found.append(each)
        return found


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.delenv("JACK_DEFAULT_SERVER", raising=False)
    with own_folders() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        made = Rig()
        everyone = psutil.Process().children(recursive=True)
        yield made
        made.synth.close()
        made.stage.leave()
        wait_for(lambda: gone(everyone))


def test_notes_arrive_with_channel_velocity_and_end(rig: Rig) -> None:
    rig.play(0.5)
    rig.session.ask("stop")
    wait_for(lambda: not rig.synth.sounding)
    ons = rig.synth.of(ON)
    assert {message[0] & 0x0F for _, message in ons} == {0, 1, 2}
    assert {message[1] for _, message in ons} <= set(range(48, 72))
    assert rig.synth.twice == 0


def test_gear_is_set_by_control_changes_and_a_program(rig: Rig) -> None:
    rig.session.edit(lambda live_set: live_set.but_track("t0", cc=((74, 33),), program=5, bend=0.5))
    wait_for(lambda: rig.synth.of(0xE0))
    assert rig.synth.of(0xB0)[0][1] == (0xB0, 74, 33)
    assert rig.synth.of(0xC0)[0][1] == (0xC0, 5)


def test_our_clock_starts_runs_and_stops_gear(rig: Rig) -> None:
    rig.session.edit(lambda live_set: live_set.but(clock_out=("synth",), tempo=120))
    rig.session.ask("play")
    wait_for(lambda: len(rig.synth.of(CLOCK)) > 60)
    rig.session.ask("stop")
    wait_for(lambda: rig.synth.of(STOP))
    assert len(rig.synth.of(START)) == 1
    times = [at for at, _ in rig.synth.of(CLOCK)][:49]
    assert times[48] - times[0] == pytest.approx(1.0, abs=0.02)


def test_a_port_that_vanishes_and_returns_is_taken_up_again(rig: Rig) -> None:
    rig.play(0.2)
    rig.synth.close()
    wait_for(lambda: any("is gone" in line for line in rig.told))
    rig.synth.open()
    before = rig.synth.began
    wait_for(lambda: rig.synth.began > before)
    rig.session.ask("stop")
    wait_for(lambda: not rig.synth.sounding)


def test_with_our_ports_open_jack_still_takes_clients(rig: Rig) -> None:
    assert jack_answers(str(rig.midi()["jack"]))


def test_a_virtual_port_is_made(rig: Rig) -> None:
    rig.session.edit(lambda live_set: live_set.but_track("t0", midi=(MidiOut("virtual:mine"),)))
    wait_for(lambda: rig.midi()["outs"].get("virtual:mine"))  # type: ignore[attr-defined]


def test_after_a_storm_of_edits_every_note_has_ended(rig: Rig) -> None:
    rig.play(0.1)
    edits = 0
    while edits < 300 or rig.synth.began < 100:
        edits += storm(rig.session, [rig.synth], 100, seed=edits, pause=0.005)
        assert edits < 5000, "nothing is played"
    rig.session.ask("stop")
    wait_for(lambda: rig.midi()["outs"].get("synth", True))  # type: ignore[attr-defined]
    wait_for(lambda: not rig.synth.sounding)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_when_the_engine_is_killed_every_note_ends(rig: Rig, number: int) -> None:
    rig.session.edit(lambda live_set: live_set.but_track("t0", gate=9000.0, pattern=Pattern((True,))))
    rig.play(0.6)
    assert rig.synth.sounding
    rig.stage._leaving = True  # nobody restarts it here
    os.kill(rig.engine().pid, number)
    assert wait_for(lambda: not rig.synth.sounding) < 2.0
    wait_for(lambda: gone(rig.ports()))


def test_when_a_ports_process_is_killed_its_notes_end_and_it_plays_on(rig: Rig) -> None:
    rig.session.edit(lambda live_set: live_set.but_track("t0", gate=9000.0))
    rig.play(0.6)
    port = next(each for each in rig.ports() if "out" in each.cmdline())
    os.kill(port.pid, signal.SIGKILL)
    before = rig.synth.began
    wait_for(lambda: rig.synth.began > before + 20)
    rig.session.ask("stop")
    wait_for(lambda: not rig.synth.sounding)


def test_when_scsynth_dies_gear_plays_on(rig: Rig) -> None:
    rig.play(0.3)
    scsynth = next(each for each in rig.children if each.name() == "scsynth")
    os.kill(scsynth.pid, signal.SIGKILL)
    died = time.monotonic()
    time.sleep(1.0)
    times = [at for at, _ in rig.synth.of(ON) if at > died]
    assert len(times) > 50
    assert max(after - before for before, after in itertools.pairwise(times)) < 0.15
    rig.session.ask("stop")
    wait_for(lambda: not rig.synth.sounding)


def test_when_jack_dies_gear_plays_again(rig: Rig) -> None:
    rig.play(0.2)
    os.kill(next(each for each in rig.children if each.name() == "jackd").pid, signal.SIGKILL)
    rig.synth.close()
    wait_for(lambda: any("died" in line for line in rig.told))
    wait_for(lambda: rig.session.ask("state").get("sound"))
    again = Synth("synth", str(rig.midi()["jack"]))
    try:
        wait_for(lambda: again.began > 20)
        rig.session.ask("stop")
        wait_for(lambda: not again.sounding)
    finally:
        again.close()


def test_a_key_plays_a_track_at_once_and_is_passed_on(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, list[int]]] = []
    rig.session.on_midi = lambda port, at, message: heard.append((port, list(message)))
    rig.session.edit(lambda live_set: live_set.but_track("t0", keys=(MidiIn("keystep"),)))
    monkeypatch.setenv("JACK_DEFAULT_SERVER", str(rig.midi()["jack"]))
    keys = system.supriya_midi.MidiOut(system.supriya_midi.RtMidiAPI.UNIX_JACK, "keystep")
    keys.open_virtual_port("out")
    wait_for(lambda: "keystep:out" in rig.midi()["sources"])  # type: ignore[operator]
    time.sleep(0.3)
    began = time.monotonic()
    keys.send_message([0x90, 72, 101])
    wait_for(lambda: rig.synth.of(ON))
    at, message = rig.synth.of(ON)[0]
    assert message == (0x90, 72, 101)
    assert at - began < 0.1
    keys.send_message([0x80, 72, 0])
    wait_for(lambda: rig.synth.of(OFF))
    assert ("keystep:out", [0x90, 72, 101]) in heard
    keys.delete()


def test_our_own_follower_locks_to_our_clock(rig: Rig) -> None:
    rig.session.edit(lambda live_set: live_set.but(clock_out=("synth",), tempo=126))
    rig.session.ask("play")
    wait_for(lambda: len(rig.synth.of(CLOCK)) > 24 * 10)
    follower = Follower()
    for at, _ in rig.synth.of(CLOCK):
        follower.pulse(at)
    assert follower.locked
    assert follower.tempo is not None
    assert follower.tempo.bpm_at(0) == pytest.approx(126, rel=0.002)


def test_an_engine_follows_a_clock_and_lands_on_its_beats(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", str(rig.midi()["jack"]))
    master = system.supriya_midi.MidiOut(system.supriya_midi.RtMidiAPI.UNIX_JACK, "master")
    master.open_virtual_port("out")
    beat = Pattern((True, False, False, False))
    rig.session.edit(lambda live_set: live_set.but(clock="master", tracks=live_set.tracks[:1]))
    rig.session.edit(lambda live_set: live_set.but_track("t0", pattern=beat, gate=20.0))
    wait_for(lambda: "master:out" in rig.midi()["sources"])  # type: ignore[operator]
    time.sleep(0.3)
    period, began = 60 / 120 / 24, time.monotonic()
    for number in range(24 * 12):
        time.sleep(max(0.0, began + number * period - time.monotonic()))
        if number == 48:
            master.send_message([START])
        master.send_message([CLOCK])
    wait_for(lambda: len(rig.synth.of(ON)) >= 10)
    late = [at - (began + (48 + 24 * n) * period) for n, (at, _) in enumerate(rig.synth.of(ON)[:10])]
    assert max(late) - min(late[1:]) < 0.05
    assert abs(statistics.median(late)) < 0.03
    master.delete()


def test_osc_moves_the_set_and_tells_who_follows(rig: Rig) -> None:
    instrument = Instrument(rig.session)
    port = rig.session.ask("state")["osc"]["port"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as remote:
        remote.settimeout(5.0)
        remote.sendto(packed("/subscribe", []), ("127.0.0.1", port))
        remote.sendto(packed("/tempo", [133]), ("127.0.0.1", port))
        wait_for(lambda: rig.session.live_set.tempo == 133)
        remote.sendto(packed("/play", []), ("127.0.0.1", port))
        heard: set[str] = set()
        while not {"/playhead", "/tempo", "/track/t0/step", "/track/t0/pattern", "/latents", "/load"} <= heard:
            heard |= {timed.message.address for timed in OscPacket(remote.recv(4096)).messages}
        remote.sendto(packed("/tempo", [5000]), ("127.0.0.1", port))
        while "/error" not in heard:
            heard |= {timed.message.address for timed in OscPacket(remote.recv(4096)).messages}
        for _ in range(2000):
            remote.sendto(os.urandom(40), ("127.0.0.1", port))
        time.sleep(0.5)  # the socket holds only so much
        remote.sendto(packed("/stop", []), ("127.0.0.1", port))
        wait_for(lambda: not rig.session.ask("state")["playing"])
    instrument.trainer.close()
    assert rig.session.ask("state")["osc"]["malformed"] > 100


def test_two_that_share_a_link_share_the_beat(rig: Rig) -> None:
    link = pytest.importorskip("link")
    peer = link.Link(100.0)
    peer.startStopSyncEnabled = peer.enabled = True
    rig.session.edit(lambda live_set: live_set.but(clock="link"))
    wait_for(lambda: rig.session.ask("state")["clock"].get("peers"))
    wait_for(lambda: peer.captureSessionState().tempo() == pytest.approx(rig.session.ask("state")["tempo"], abs=0.1))
    rig.session.ask("play")
    wait_for(lambda: peer.captureSessionState().isPlaying())
    time.sleep(3.0)

    def apart() -> float:
        state, shared = rig.session.ask("state"), peer.captureSessionState()
        micros = peer.clock().micros() + (state["at"] - time.monotonic()) * 1e6
        beats = (state["beat"] - shared.beatAtTime(round(micros), 4) + 2) % 4 - 2
        return float(beats * 60 / shared.tempo())

    found = [apart() for _ in range(20)]
    assert max(found) - min(found) < 0.005
    assert abs(statistics.median(found)) < 0.05  # no more than the way to the speaker
    rig.session.ask("stop")
    wait_for(lambda: not peer.captureSessionState().isPlaying())
    peer.enabled = False
