"""The session: blocks are one change, what fails changes nothing, and the engine hears of it once."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest

from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.music import LiveSet, Track, codec, pattern
from deepsteps_live.session import session as session_module
from deepsteps_live.session.models import Models
from deepsteps_live.session.session import Session
from tests.fakes import FakeEngine

MODELS = Models()
START = LiveSet((Track("kick", pattern("x---")),))


def session_on(engine: FakeEngine | None = None) -> Session:
    made = Session(START, MODELS, tell=lambda text: None)
    if engine is not None:
        made.attach(engine, take_its_set=False)
        engine.asked.clear()
    return made


def tempo(value: float) -> Any:
    return lambda live_set: live_set.but(tempo=value)


def sent(engine: FakeEngine) -> list[float]:
    """The tempos that the engine was sent."""
    return [codec.loads(fields["document"])[0].tempo for fields in engine.of("change")]


def test_attaching_sends_the_set_and_passes_on_what_was_said() -> None:
    engine, session = FakeEngine(), session_on()
    assert session.attach(engine, take_its_set=False) == ["hello there"]
    assert codec.loads(engine.of("change")[0]["document"])[0] == START


def test_attaching_to_a_playing_engine_takes_up_its_set() -> None:
    engine, session = FakeEngine(), session_on()
    engine.document = codec.dumps(START.but(tempo=77))
    session.attach(engine, take_its_set=True)
    assert session.live_set.tempo == 77
    assert engine.of("change") == []


def test_an_edit_is_sent_at_once() -> None:
    engine = FakeEngine()
    session_on(engine).edit(tempo(90))
    assert sent(engine) == [90]


def test_the_edits_of_a_block_are_one_change() -> None:
    engine = FakeEngine()
    session = session_on(engine)
    with session.block():
        session.edit(tempo(90))
        session.edit(tempo(91))
        assert session.live_set.tempo == 91
        assert sent(engine) == []
    assert sent(engine) == [91]


def test_a_block_that_raises_changes_nothing() -> None:
    engine = FakeEngine()
    session = session_on(engine)

    def failing() -> None:
        with session.block():
            session.edit(tempo(90))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert session.live_set == START
    assert sent(engine) == []


def test_a_long_block_is_heard_while_it_runs_and_taken_back_when_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "SEND_AFTER", 0.0)
    engine = FakeEngine()
    session = session_on(engine)

    def long_block() -> None:
        with session.block():
            session.edit(tempo(90))
            time.sleep(0.001)
            session.edit(tempo(91))
            assert sent(engine)[-1] == 91
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        long_block()
    assert sent(engine)[-1] == START.tempo
    assert session.live_set == START


def test_a_block_is_one_step_of_undo() -> None:
    session = session_on(FakeEngine())
    with session.block():
        session.edit(tempo(90))
        session.edit(lambda live_set: live_set.but(swing=0.5))
    session.undo()
    assert session.live_set == START
    session.redo()
    assert (session.live_set.tempo, session.live_set.swing) == (90, 0.5)


def test_undo_is_sent() -> None:
    engine = FakeEngine()
    session = session_on(engine)
    session.edit(tempo(90))
    session.undo()
    assert sent(engine) == [90, START.tempo]


def test_undo_inside_a_block_is_not_undone_by_its_end() -> None:
    session = session_on(FakeEngine())
    session.edit(tempo(90))
    with session.block():
        session.undo()
    assert session.live_set == START
    session.redo()
    assert session.live_set.tempo == 90


def test_a_functions_block_is_no_step_of_undo() -> None:
    session = session_on(FakeEngine())
    session.edit(tempo(90))
    with session.block(remembered=False):
        session.edit(tempo(91))
    session.undo()
    assert session.live_set == START


def test_what_another_thread_changed_meanwhile_is_kept() -> None:
    session = session_on(FakeEngine())
    with session.block():
        session.edit(tempo(90))
        other = threading.Thread(target=lambda: session.edit(lambda live_set: live_set.but(swing=0.5)))
        other.start()
        other.join()
    assert (session.live_set.tempo, session.live_set.swing) == (90, 0.5)


def test_two_threads_editing_lose_nothing() -> None:
    session = session_on(FakeEngine())

    def count(field: str) -> None:
        for _ in range(100):
            session.edit(
                lambda live_set: live_set.but_track("kick", **{field: getattr(live_set.track("kick"), field) + 1})
            )

    threads = [threading.Thread(target=count, args=(field,)) for field in ("gate", "gate", "gate")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert session.live_set.track("kick").gate == 400


def test_a_model_is_sent_once() -> None:
    engine = FakeEngine()
    session = session_on(engine)
    for step in range(3):
        session.edit(lambda live_set, z=step: live_set.but_track("kick", latents=(z, 0, 0, 0), model=MODELS.default))
    arrays = [json.loads(fields["document"]).get("arrays", {}) for fields in engine.of("change")]
    assert [list(each) for each in arrays] == [[MODELS.default], [], []]


def test_an_edit_that_changes_nothing_is_not_sent() -> None:
    engine = FakeEngine()
    session_on(engine).edit(lambda live_set: live_set.but())
    assert sent(engine) == []


def test_a_change_that_the_engine_refuses_changes_nothing() -> None:
    engine = FakeEngine()
    session = session_on(engine)
    engine.ask = _refuse  # type: ignore[method-assign]
    with pytest.raises(BadInput, match="no room"):
        session.edit(tempo(90))
    assert session.live_set == START


def test_a_set_is_kept_when_the_engine_is_gone() -> None:
    told: list[str] = []
    engine = FakeEngine()
    session = session_on(engine)
    session.tell = told.append
    engine.ask = _gone  # type: ignore[method-assign]
    session.edit(tempo(90))
    assert session.live_set.tempo == 90
    assert told == ["the engine does not answer"]


def test_what_another_prompt_changes_is_taken_up_and_can_be_undone() -> None:
    session = session_on(FakeEngine())
    session.changed_elsewhere(codec.dumps(START.but(tempo=55)))
    assert session.live_set.tempo == 55
    session.undo()
    assert session.live_set == START


def test_asking_sends_what_the_block_has_changed_first() -> None:
    engine = FakeEngine()
    session = session_on(engine)
    with session.block():
        session.edit(tempo(90))
        session.ask("play")
    assert [do for do, _ in engine.asked] == ["change", "play"]


def test_the_beat_goes_on_between_states() -> None:
    engine = FakeEngine()
    session = session_on(engine)
    engine.state = {"playing": True, "beat": 8.0, "at": time.monotonic() - 1.0, "tempo": 120.0}
    assert session.beat() == pytest.approx(10.0, abs=0.1)


def test_nothing_playing_has_no_beat() -> None:
    assert session_on(FakeEngine()).beat() is None


def _refuse(do: str, **fields: Any) -> Any:
    raise BadInput("no room")


def _gone(do: str, **fields: Any) -> Any:
    raise Fault("the engine does not answer")
