"""The engine as a process: real scsynth on JACK's dummy driver, and every way in which things die."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from deepsteps_live.engine.client import Engine, socket_path, start_engine, wait_for_engine
from deepsteps_live.music import LiveSet, codec
from deepsteps_live.session.measure import click_set, heard
from deepsteps_live.session.models import Models
from deepsteps_live.session.session import Session
from deepsteps_live.session.stage import Stage
from tests.stage_helpers import family, gone, named, own_folders, prompt, type_in, wait_for

pytestmark = pytest.mark.real


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    with own_folders() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield variables


@pytest.fixture
def stage(folders: dict[str, str]) -> Iterator[tuple[Stage, Session]]:
    """A session on an engine of its own, playing clicks."""
    entered = Stage(own="test")
    session = Session(click_set(), Models(), tell=lambda text: None)
    entered.tell = lambda text: None
    entered.join(session)
    children = psutil.Process().children(recursive=True)
    yield entered, session
    entered.leave()
    wait_for(lambda: gone(children))


@pytest.fixture
def playing(folders: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A prompt that plays, and all of its processes ended afterwards."""
    process = prompt(folders, "--pipe")
    type_in(process, "play()\nprint('playing')")
    assert process.stdout is not None
    assert process.stdout.readline() == "playing\n"
    everyone = family(process)
    yield process
    for each in [process, *everyone]:
        if each.is_running() if isinstance(each, psutil.Process) else each.poll() is None:
            each.kill()
    process.communicate()
    wait_for(lambda: gone(everyone))


def test_every_click_is_heard_where_it_was_due(stage: tuple[Stage, Session]) -> None:
    times, _ = heard(*stage, 2)
    assert len(times) == 32
    # The middle of all gaps: an audio dropout of a busy machine moves one of them, a broken stamp moves most.
    assert sorted(abs(gap - 0.125) for gap in np.diff(times))[len(times) // 2] < 0.0005


def test_scsynth_comes_back_after_its_death(stage: tuple[Stage, Session]) -> None:
    entered, session = stage
    session.ask("play")
    wait_for(lambda: entered.engine.state.get("synths", 0) >= 2)
    named(psutil.Process().children(recursive=True), "scsynth").kill()
    wait_for(lambda: entered.engine.state.get("restarts") == 1)
    beat = entered.engine.state["beat"]
    wait_for(lambda: entered.engine.state["beat"] > beat + 1 and entered.engine.state.get("synths", 0) >= 2)
    session.ask("stop")


def test_jack_comes_back_after_its_death(stage: tuple[Stage, Session]) -> None:
    entered, session = stage
    session.ask("play")
    wait_for(lambda: entered.engine.state.get("synths", 0) >= 2)
    named(psutil.Process().children(recursive=True), "jackd").kill()
    wait_for(lambda: entered.engine.state.get("restarts", 0) >= 1 and entered.engine.state.get("synths", 0) >= 2)
    session.ask("stop")


def test_a_dead_engine_is_replaced_and_plays_on_with_the_same_set(stage: tuple[Stage, Session]) -> None:
    entered, session = stage
    session.ask("play")
    wait_for(lambda: entered.engine.state.get("beat", 0) > 1)
    first, beat = entered.engine, entered.engine.state["beat"]
    named(psutil.Process().children(), "python").kill()
    wait_for(lambda: entered.engine is not first and entered.engine.state.get("playing"))
    wait_for(lambda: entered.engine.state["beat"] > beat + 2)
    document = entered.engine.ask("hello")["document"]
    assert codec.loads(document)[0] == session.live_set
    session.ask("stop")


def test_a_killed_prompt_leaves_the_music_playing_and_attach_takes_it_up(
    playing: subprocess.Popen[str], folders: dict[str, str]
) -> None:
    type_in(playing, "tempo = 133\nprint(tempo)")
    assert playing.stdout is not None
    playing.stdout.readline()
    everyone = family(playing)
    playing.kill()
    playing.wait()
    assert not gone(everyone)
    second = prompt(folders, "attach")
    found, _ = second.communicate("print(tempo)\n", timeout=20)
    assert found == "133.0\n"
    wait_for(lambda: gone(everyone))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_prompt_told_to_end_leaves_nothing_running(playing: subprocess.Popen[str], number: int) -> None:
    type_in(playing, "while True: pass")
    everyone = family(playing)
    assert {"scsynth", "jackd"} <= {each.name() for each in everyone}
    playing.send_signal(number)
    wait_for(lambda: gone(everyone))


def test_the_end_of_input_ends_everything(playing: subprocess.Popen[str]) -> None:
    everyone = family(playing)
    playing.communicate(timeout=20)
    assert playing.returncode == 0
    wait_for(lambda: gone(everyone))


def test_a_killed_engine_leaves_neither_scsynth_nor_jack(playing: subprocess.Popen[str]) -> None:
    everyone = family(playing)
    playing.kill()
    engine = next(each for each in everyone if "deepsteps_live.engine" in each.cmdline())
    engine.kill()
    wait_for(lambda: gone(everyone))


def test_an_engine_left_alone_ends_by_itself(folders: dict[str, str]) -> None:
    process = start_engine(socket_path("alone"), ["--alone", "1"])
    link = wait_for_engine(socket_path("alone"), process)
    Engine(link).ask("hello")
    link.close()
    wait_for(lambda: process.poll() is not None, 20)


def test_the_last_set_is_saved_when_the_engine_ends(folders: dict[str, str]) -> None:
    process = start_engine(socket_path("saved"))
    engine = Engine(wait_for_engine(socket_path("saved"), process))
    engine.ask("change", document=codec.dumps(LiveSet(tempo=77)))
    engine.ask("keep", scenes={"1": codec.dumps(LiveSet(tempo=78)), "2": codec.dumps(LiveSet())})
    engine.ask("keep", scenes={"2": None})
    os.kill(process.pid, signal.SIGTERM)
    wait_for(lambda: process.poll() is not None)
    saved = Path(folders["XDG_DATA_HOME"]) / "deepsteps_live" / "sets" / "autosave.json"
    live_set, _, scenes = codec.loads_with_scenes(saved.read_bytes())
    assert live_set == LiveSet(tempo=77)
    assert scenes == {"1": LiveSet(tempo=78)}
