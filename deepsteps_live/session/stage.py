"""The engine under a session: started or found, brought back when it dies, left in good order."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from deepsteps_live.engine.client import Engine, socket_path, start_engine, wait_for_engine
from deepsteps_live.engine.wire import Link, connect
from deepsteps_live.errors import DeepstepsError, Fault
from deepsteps_live.session.session import Session

END_WITHIN = 5.0  # seconds an engine has to end in order


class Stage:
    """Where the music is made. `enter()` first of all, so that the engine boots while the prompt still loads.

    own      an engine for this process alone, whatever else plays
    attach   only an engine that is already there
    """

    def __init__(self, *, own: str = "", attach: bool = False, options: Sequence[str] = ()) -> None:
        self.path: Path = socket_path(own or "engine")
        self.tell: Callable[[str], None] = print
        self.found = False
        self._options = tuple(options)
        self._process: subprocess.Popen[bytes] | None = None
        self._engine: Engine | None = None
        self._link: Link | None = None
        self._leaving = False
        self._heard: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()  # what others made
        self._enter(attach)

    def join(self, session: Session) -> list[str]:
        """Play the session's set through the engine; what the engine had to say."""
        self._session = session
        threading.Thread(target=self._listen, name="changes", daemon=True).start()
        link = self._link or wait_for_engine(self.path, self._process)
        return self._take_up(link, take_its_set=self.found)

    def leave(self) -> None:
        """Say goodbye; when nobody is left the engine ends, and this returns when it has."""
        self._leaving = True
        if self._engine is not None and self._engine.bye():
            self._wait_for_end()
        elif self._engine is None and self._process is not None:
            self._process.terminate()
            self._wait_for_end()

    @property
    def engine(self) -> Engine:
        """The engine, or Fault when there is none."""
        if self._engine is None:
            raise Fault("there is no engine")
        return self._engine

    def _enter(self, attach: bool) -> None:
        with contextlib.suppress(Fault):
            self._link = connect(self.path)
            self.found = True
            return
        if attach:
            raise Fault("no engine is playing; `deepsteps` starts one")
        self._process = start_engine(self.path, self._options)

    def _take_up(self, link: Link, *, take_its_set: bool) -> list[str]:
        engine = Engine(link)
        engine.on_notice = lambda text: self.tell(text)
        engine.on_changed = lambda document, serial: self._heard.put(
            lambda: self._session.changed_elsewhere(document, serial)
        )
        engine.on_scenes = lambda documents: self._heard.put(lambda: self._session.scenes_elsewhere(documents))
        engine.on_midi = lambda port, at, message: self._session.on_midi(port, at, message)
        engine.on_osc = lambda *message: self._session.on_osc(*message)
        engine.on_lost = self._lost
        notices = self._session.attach(engine, take_its_set=take_its_set)
        self._engine = engine
        return notices

    def _listen(self) -> None:
        """Tell the session of changes, on a thread of its own: waiting for an answer must not hold up answers."""
        while True:
            take_up = self._heard.get()
            with contextlib.suppress(DeepstepsError):
                take_up()

    def _lost(self) -> None:
        if not self._leaving:
            threading.Thread(target=self._revive, name="engine-revive", daemon=True).start()

    def _revive(self) -> None:
        """A new engine with the set that was last sent, on the beat where the old one would be."""
        died_at, state = time.monotonic(), dict(self.engine.state)
        self.tell("the engine died; starting it again")
        if self._process is not None:
            self._process.wait()
        try:
            self._process = start_engine(self.path, self._options)
            self._take_up(wait_for_engine(self.path, self._process), take_its_set=False)
            if state.get("playing"):
                self.engine.ask("play", **_where(state))
        except DeepstepsError as error:
            self.tell(f"the engine did not come back: {error}")
        else:
            self.tell(f"the engine plays again after {time.monotonic() - died_at:.1f} s")

    def _wait_for_end(self) -> None:
        deadline = time.monotonic() + END_WITHIN
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(END_WITHIN)
            return
        while time.monotonic() < deadline and self.path.exists():
            time.sleep(0.02)


def _where(state: dict[str, float]) -> dict[str, float | None]:
    """The next step at which a new engine can take over the beat of an old one."""
    tempo = state["tempo"]
    soon = time.monotonic() + 0.6  # the sound server of the new engine is up by then, mostly
    beat = state["beat"] + (soon - state["at"]) * tempo / 60
    whole = float(int(beat) + 1)
    return {"beat": whole, "at": soon + (whole - beat) * 60 / tempo, "until": state.get("until")}
