"""Two prompts on one engine: both see every change, no edit is lost, neither holds up the other."""

from __future__ import annotations

import subprocess
import threading
import time
from typing import Any

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.music import LiveSet, Track, codec, pattern
from deepsteps_live.session.models import Models
from deepsteps_live.session.session import Session
from deepsteps_live.session.shared_scenes import Scene
from tests.stage_helpers import own_folders, prompt, type_in

MODELS = Models()
START = LiveSet((Track("kick", pattern("x---")),))


class SharedEngine:
    """An engine that keeps one set and its serial, as the real one does."""

    def __init__(self) -> None:
        self.document = codec.dumps(START)
        self.serial = 0
        self.scenes: dict[str, str] = {}
        self.refused = 0
        self.prompts: list[Prompt] = []
        self.lock = threading.Lock()

    @property
    def live_set(self) -> LiveSet:
        return codec.loads(self.document)[0]


class Prompt:
    """One prompt's link to it. What others changed comes when `hear` is called, as late as one likes."""

    def __init__(self, engine: SharedEngine) -> None:
        self.state: dict[str, Any] = {"playing": False}
        self.engine = engine
        self.waiting: list[tuple[str, int]] = []
        self.session = Session(START, MODELS, tell=lambda text: None)
        engine.prompts.append(self)
        self.session.attach(self, take_its_set=True)

    def ask(self, do: str, **fields: Any) -> Any:
        engine = self.engine
        with engine.lock:
            if do == "hello":
                hello = {"document": engine.document, "serial": engine.serial, "scenes": engine.scenes}
                return {**hello, "state": self.state, "notices": []}
            if do == "keep":
                kept = {**engine.scenes, **fields["scenes"]}
                engine.scenes = {name: document for name, document in kept.items() if document is not None}
                for other in engine.prompts:
                    if other is not self:
                        other.session.scenes_elsewhere(fields["scenes"])
                return None
            if fields["base"] is not None and fields["base"] != engine.serial:
                engine.refused += 1
                return {"newer": engine.document, "serial": engine.serial}
            engine.document, engine.serial = fields["document"], engine.serial + 1
            for other in engine.prompts:
                if other is not self:
                    other.waiting.append((engine.document, engine.serial))
            return {"serial": engine.serial}

    def hear(self) -> None:
        while self.waiting:
            self.session.changed_elsewhere(*self.waiting.pop(0))


def tempo(value: float) -> Any:
    return lambda live_set: live_set.but(tempo=value)


def swing(value: float) -> Any:
    return lambda live_set: live_set.but(swing=value)


def two() -> tuple[SharedEngine, Prompt, Prompt]:
    engine = SharedEngine()
    return engine, Prompt(engine), Prompt(engine)


def test_an_edit_on_an_old_set_is_made_again_on_the_newest() -> None:
    engine, one, other = two()
    one.session.edit(tempo(90))
    other.session.edit(swing(0.5))  # which has not heard of it
    assert engine.refused == 1
    assert engine.live_set == other.session.live_set == START.but(tempo=90, swing=0.5)


def test_both_see_the_same_in_the_end() -> None:
    _, one, other = two()
    one.session.edit(tempo(90))
    other.session.edit(swing(0.5))
    one.hear()
    other.hear()  # of what it knows already
    assert one.session.live_set == other.session.live_set


def test_old_news_changes_nothing() -> None:
    _, one, other = two()
    one.session.edit(tempo(90))
    other.session.edit(tempo(100))
    other.hear()
    assert other.session.live_set.tempo == 100


def test_a_long_block_reads_what_the_other_prompt_changes_meanwhile() -> None:
    _, one, other = two()
    with other.session.block():
        one.session.edit(tempo(90))
        other.hear()
        assert other.session.live_set.tempo == 90


def test_undo_takes_back_ones_own_edit_and_keeps_the_others_before_it() -> None:
    engine, one, other = two()
    one.session.edit(tempo(90))
    other.session.edit(swing(0.5))
    other.session.undo()
    assert engine.live_set == START.but(tempo=90)


def test_many_edits_at_once_are_all_there() -> None:
    engine, one, other = two()

    def type_in(prompt: Prompt, edit: Any) -> None:
        for number in range(1, 51):
            prompt.session.edit(edit(number / 100 + 1 if edit is tempo else number / 100))
            prompt.hear()

    threads = [threading.Thread(target=type_in, args=each) for each in ((one, tempo), (other, swing))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert engine.live_set == START.but(tempo=1.5, swing=0.5)


def answered(process: subprocess.Popen[str]) -> list[str]:
    """What a prompt prints up to its answer."""
    assert process.stdout is not None
    lines = [next(process.stdout).rstrip()]
    while not lines[-1].startswith(":"):
        lines.append(next(process.stdout).rstrip())
    return lines


@pytest.mark.real
def test_two_real_prompts_that_type_at_once_agree() -> None:
    with own_folders() as folders, prompt(folders, "--pipe", "--echo") as one:
        type_in(one, "play()")
        assert answered(one)[-1] == ":ok"
        with prompt(folders, "--pipe", "--echo") as other:
            type_in(other, "play()")
            answered(other)
            for number in range(100):
                type_in(one, f"kick.level = {-number / 100}")
                type_in(other, f"snare.level = {-number / 100}")
            for process in (one, other):
                assert [answered(process)[-1] for _ in range(100)] == [":ok"] * 100
            type_in(one, "print(scene('drop'))")
            answered(one)
            time.sleep(0.3)  # for the news
            for process in (one, other):
                type_in(process, "kick.level, snare.level")
                assert answered(process)[0] == "(-0.99, -0.99)"
                type_in(process, "forget_scene('drop')" if process is other else "go('drop')")
                assert answered(process)[-1] == ":ok"
                assert process.stdin is not None
                process.stdin.close()
            assert (other.wait(10), one.wait(10)) == (0, 0)


def test_a_scene_of_one_prompt_is_there_for_the_other_and_for_who_comes_later() -> None:
    engine, one, other = two()
    one.session.edit(tempo(133))
    one.session.keep_scenes({"1": Scene(one.session.live_set)})
    assert other.session.scenes["1"].live_set.tempo == 133
    assert Prompt(engine).session.scenes["1"].live_set.tempo == 133
    other.session.keep_scenes({})
    assert not one.session.scenes
    assert not engine.scenes


def test_scenes_of_two_that_put_by_at_once_are_all_there() -> None:
    engine, one, other = two()
    with one.session.block():
        one.session.keep_scenes({**one.session.scenes, "1": Scene(START)})
        other.session.keep_scenes({"2": Scene(START)})
    assert set(engine.scenes) == {"1", "2"} == set(one.session.scenes) == set(other.session.scenes)


def test_undo_takes_a_scene_back_everywhere_and_a_block_that_fails_leaves_those_of_others() -> None:
    _, one, other = two()
    one.session.keep_scenes({"1": Scene(START)})
    one.session.undo()
    assert not other.session.scenes

    def fail() -> None:
        with one.session.block():
            other.session.keep_scenes({"2": Scene(START)})
            raise BadInput("no")

    with pytest.raises(BadInput):
        fail()
    assert set(one.session.scenes) == {"2"}


def test_functions_of_a_scene_stay_with_who_put_it_by() -> None:
    _, one, other = two()
    one.session.keep_scenes({"1": Scene(START, {"seq.a": len})})
    other.session.keep_scenes({**other.session.scenes, "2": Scene(START)})
    assert one.session.scenes["1"].jobs == {"seq.a": len}
    assert other.session.scenes["1"].jobs == {}


def test_a_new_engine_is_told_the_scenes() -> None:
    _, one, _ = two()
    one.session.keep_scenes({"1": Scene(START)})
    later = SharedEngine()
    one.engine = later
    one.session.attach(one, take_its_set=False)
    assert set(later.scenes) == {"1"}
