"""A real scsynth on JACK's dummy driver, under a server name of its own."""

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from deepsteps_live import outputs, places, sound
from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.music import Event, LiveSet, Mix, Strip, Track
from deepsteps_live.outputs import ScsynthOutput
from deepsteps_live.outputs.osc import message

LINUX = sys.platform.startswith("linux") and shutil.which("jackd") and shutil.which("scsynth")
pytestmark = [pytest.mark.real, pytest.mark.skipif(not LINUX, reason="scsynth or jackd is not installed")]

HAT = sound.read_kit(places.DEFAULT_KIT).patches[2]
LIVE_SET = LiveSet((Track("hat", sound=HAT),))
OFFSET = time.time() - time.monotonic()
DEATH_SEEN_WITHIN = 5.0
RESTING = 2  # the master and one strip
SHORT = {"osc_attack": 0.2, "osc_decay": 0.3, "noise_attack": 0.2, "noise_decay": 0.3}  # normalised
NAMES = [row.name for row in sound.PARAMETERS["drum"] if row.name not in (*SHORT, "choke")]


def wall(at: float) -> float:
    return at + OFFSET


def until(true: Callable[[], bool], within: float = DEATH_SEEN_WITHIN) -> bool:
    ends = time.monotonic() + within
    while not true() and time.monotonic() < ends:
        time.sleep(0.02)
    return true()


def below(name: str) -> list[psutil.Process]:
    return [each for each in psutil.Process().children(recursive=True) if each.name() == name]


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def hits(start: float, number: int, apart: float) -> list[tuple[Event, float]]:
    return [(Event(0.0, 0.0, "hat", step, 0.6, None, 0.1, HAT), start + step * apart) for step in range(number)]


@pytest.fixture
def died() -> threading.Event:
    return threading.Event()


@pytest.fixture
def jack(monkeypatch: pytest.MonkeyPatch) -> None:
    """A JACK of the test's own, whatever name the environment has."""
    monkeypatch.delenv("JACK_DEFAULT_SERVER", raising=False)


@pytest.fixture
def audio() -> Iterator[outputs.AudioSystem]:
    made = outputs.AudioSystem()
    yield made
    made.close()


@pytest.fixture
def output(jack: None, audio: outputs.AudioSystem, died: threading.Event) -> Iterator[ScsynthOutput]:
    made = ScsynthOutput(wall_time=wall, audio=audio, died=died.set, notice=lambda text: None)
    try:
        made.prepare(LIVE_SET)
        made.mix(Mix((Strip("hat"),)))
        yield made
    finally:
        made.close()


def test_every_stamped_hit_is_in_the_recording(output: ScsynthOutput, tmp_path: Path) -> None:
    start = time.monotonic() + 0.3
    output.record(tmp_path / "take.wav", start)
    output.play(hits(start + 0.1, 20, 0.1))
    time.sleep(start + 2.3 - time.monotonic())
    seconds = output.stop_recording()
    audio, rate = soundfile.read(tmp_path / "take.wav", always_2d=True)
    assert len(audio) / rate == pytest.approx(seconds, abs=0.1)
    loud = np.abs(audio).max(axis=1)
    places_due = [round((0.11 + step * 0.1) * rate) for step in range(20)]
    spans = [loud[place - 2000 : place + 2000] > loud.max() / 20 for place in places_due]
    found = np.array([place + np.argmax(span) for place, span in zip(places_due, spans, strict=True)]) / rate
    even = np.polyval(np.polyfit(range(20), found, 1), range(20))
    print(f"onsets: standard deviation {np.std(found - even) * 1000:.3f} ms")
    assert all(span.any() for span in spans)


def test_a_take_leaves_one_file(output: ScsynthOutput, tmp_path: Path) -> None:
    output.record(tmp_path / "take.wav")
    output.stop_recording()
    assert [each.name for each in tmp_path.iterdir()] == ["take.wav"]


def test_outputs_recorded_apart_are_two_files_sample_for_sample(output: ScsynthOutput, tmp_path: Path) -> None:
    on_a = HAT.but(choke=0.0)
    on_b = on_a.but(output=1.0)
    output.prepare(LiveSet((Track("hat", sound=on_a), Track("other", sound=on_b))))
    output.mix(Mix((Strip("hat"), Strip("other", output="B"))))
    time.sleep(0.1)  # the strip is over on the other side
    start = time.monotonic() + 0.3
    output.record(tmp_path / "take.wav", start, apart=True)
    for track, patch in (("hat", on_a), ("other", on_b)):
        output.play([(Event(0.0, 0.0, track, 0, 0.6, None, 0.1, patch), start + 0.1)])
    time.sleep(start + 0.4 - time.monotonic())
    output.stop_recording()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["take-a.wav", "take-b.wav"]
    a, b = (np.abs(soundfile.read(tmp_path / f"take-{side}.wav")[0]).max(axis=1) for side in "ab")
    assert a.max() > 0.01
    assert b.max() > 0.01
    assert np.argmax(a > 1e-6) == np.argmax(b > 1e-6)
    assert len(a) == len(b)


def test_random_patches_all_free_their_voices(output: ScsynthOutput) -> None:
    rng = np.random.default_rng(1)
    patches = [
        sound.fresh("drum").but(**dict(zip(NAMES, rng.random(len(NAMES)), strict=True)), **SHORT) for _ in range(60)
    ]
    output.prepare(LiveSet(tuple(Track(f"t{number}", sound=patch) for number, patch in enumerate(patches))))
    start = time.monotonic() + 0.1
    tracks = [Event(0.0, 0.0, f"t{number}", 0, 0.9, None, 0.1, patch) for number, patch in enumerate(patches)]
    output.play([(event, start + 0.002 * number) for number, event in enumerate(tracks)])
    resting = len(patches) + 1  # a strip each, and the master
    assert until(lambda: output.status()["synths"] > resting)
    assert until(lambda: output.status()["synths"] == resting)


def test_effects_come_with_the_first_send_and_go_with_silence(output: ScsynthOutput) -> None:
    output.mix(Mix((Strip("hat", reverb=0.5, delay=0.5),)))
    assert until(lambda: output.status().get("synths") == RESTING + 2)
    output.silence()
    assert until(lambda: output.status().get("synths") == RESTING)


def test_a_thousand_answers_are_not_too_many_for_the_socket(output: ScsynthOutput) -> None:
    output._scsynth.load_all([message("/b_alloc", 100 + number, 16, 1) for number in range(900)])
    assert output._scsynth.ask(message("/b_query", 999), "/b_info", 999)[2] == 16


def test_a_take_that_cannot_be_written_is_refused_at_once(output: ScsynthOutput, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        output.record(tmp_path / "missing" / "take.wav")
    assert output.status()["recording"] is None


def test_all_voices_are_gone_when_they_are_over(output: ScsynthOutput) -> None:
    output.play(hits(time.monotonic() + 0.1, 50, 0.01))
    time.sleep(0.4)
    assert until(lambda: output.status().get("synths") == RESTING)


def test_silence_drops_what_is_scheduled(output: ScsynthOutput, tmp_path: Path) -> None:
    output.play(hits(time.monotonic() + 0.3, 10, 0.05))
    output.silence()
    output.record(tmp_path / "take.wav")
    time.sleep(0.9)
    output.stop_recording()
    assert not soundfile.read(tmp_path / "take.wav")[0].any()


def test_late_bundles_are_counted(output: ScsynthOutput) -> None:
    output.play(hits(time.monotonic() - 0.5, 1, 0.0))
    assert until(lambda: output.status()["late_bundles"] == 1)
    assert output.status()["worst_late_bundle"] > 0.4


def test_the_death_of_scsynth_is_noticed(output: ScsynthOutput, died: threading.Event) -> None:
    below("scsynth")[0].kill()
    assert died.wait(DEATH_SEEN_WITHIN)
    assert below("jackd")  # gear plays on through it


def test_the_death_of_jack_is_noticed(output: ScsynthOutput, died: threading.Event) -> None:
    below("jackd")[0].kill()
    assert died.wait(DEATH_SEEN_WITHIN)


def test_close_ends_what_was_started(jack: None, audio: outputs.AudioSystem, died: threading.Event) -> None:
    before = {each.pid for each in psutil.Process().children(recursive=True)}
    made = outputs.boot(wall_time=wall, audio=audio, died=died.set, notice=lambda text: None)
    pids = [each.pid for each in psutil.Process().children(recursive=True) if each.pid not in before]
    assert pids
    made.close()
    audio.close()
    assert [pid for pid in pids if not gone(pid)] == []
    assert not died.is_set()


def test_a_shared_jack_and_scsynth_are_left_alone(
    output: ScsynthOutput, died: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    scsynth, jackd = below("scsynth")[0], below("jackd")[0]
    command = jackd.cmdline()
    monkeypatch.setenv("JACK_DEFAULT_SERVER", command[command.index("-n") + 1])
    port = next(each.laddr.port for each in scsynth.net_connections("udp") if each.laddr.ip == "127.0.0.1")
    other = outputs.AudioSystem()
    where = f"127.0.0.1:{port}"
    outputs.boot(wall_time=wall, audio=other, died=died.set, notice=lambda text: None, server=where).close()
    outputs.boot(wall_time=wall, audio=other, died=died.set, notice=lambda text: None).close()
    other.close()
    assert len(below("jackd")) == 1
    assert scsynth.is_running()
    assert jackd.is_running()


def test_nothing_is_left_when_the_owner_is_killed(jack: None) -> None:
    with subprocess.Popen([sys.executable, "-m", "tests.outputs_owner"], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pids = [int(pid) for pid in owner.stdout.readline().split()]
        owner.send_signal(signal.SIGKILL)
    assert len(pids) == 2
    assert until(lambda: all(gone(pid) for pid in pids))


def test_no_scsynth_is_a_fault_with_its_cure(jack: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Failed to locate executable")

    monkeypatch.setattr("deepsteps_live.outputs.scsynth.find", nowhere)
    with pytest.raises(Fault, match="apt-get install supercollider-server"):
        outputs.boot(wall_time=wall, audio=outputs.AudioSystem(), died=lambda: None, notice=lambda text: None)


def test_jack_is_kept_when_scsynth_dies_and_started_again_when_it_dies_itself(
    jack: None, audio: outputs.AudioSystem
) -> None:
    first = audio.up(lambda text: None)
    assert audio.up(lambda text: None) is first
    assert first.started is not None
    first.started.kill()
    first.started.wait()
    assert audio.up(lambda text: None) is not first
