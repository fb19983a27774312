"""The prompt's end of the wire: start an engine or find one that plays, ask it things, hear where it is."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from deepsteps_live import places
from deepsteps_live.engine.wire import Link, Message, connect
from deepsteps_live.errors import BadInput, Fault

ANSWER_WITHIN = 20.0  # seconds; booting a sound server is the slowest thing asked for
START_WITHIN = 10.0  # seconds


def socket_path(name: str = "engine") -> Path:
    """Where the engine of that name listens."""
    return places.runtime_folder() / f"{name}.sock"


def start_engine(path: Path, options: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start an engine of its own that outlives this process; `Engine(path)` then talks to it."""
    log = places.log_folder() / f"{path.stem}.log"
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "deepsteps_live.engine", str(path), *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C at the prompt is not for the engine
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )


def wait_for_engine(path: Path, process: subprocess.Popen[bytes] | None) -> Link:
    """The link to an engine just started, or Fault when it does not come up."""
    deadline = time.monotonic() + START_WITHIN
    while True:
        try:
            return connect(path)
        except Fault:
            if process is None or process.poll() is not None or time.monotonic() > deadline:
                log = places.log_folder() / f"{path.stem}.log"
                raise Fault(f"the engine did not start; {log} says why") from None
            time.sleep(0.01)


class Engine:
    """A connection to a playing engine: requests, and the newest state.

    state       the newest state, a dict (see Player.state)
    on_notice   called with a line for the performer
    on_changed  called with a document and its serial when another prompt changed the set
    on_scenes   called with documents by their names (None: forgotten) when another prompt put scenes by
    on_midi     called with the port, the time and the message of MIDI that came in
    on_osc      called with the address, the values, the time and the sender of an OSC message
    on_lost     called once when the engine is gone without a goodbye
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._numbers = itertools.count(1)
        self._answers: dict[int, Message] = {}
        self._answered = threading.Condition()
        self._leaving = False
        self.state: dict[str, Any] = {}
        self.on_notice: Callable[[str], None] = lambda text: None
        self.on_changed: Callable[[str, int | None], None] = lambda document, serial: None
        self.on_scenes: Callable[[dict[str, str | None]], None] = lambda documents: None
        self.on_midi: Callable[[str, float, list[int]], None] = lambda port, at, message: None
        self.on_osc: Callable[[str, list[Any], float, tuple[str, int]], None] = lambda address, arguments, at, sender: (
            None
        )
        self.on_lost: Callable[[], None] = lambda: None
        threading.Thread(target=self._read, name="engine-reader", daemon=True).start()

    def ask(self, do: str, **fields: Any) -> Any:
        """What the engine answers; BadInput or Fault when it says no, Fault when it is gone."""
        number = next(self._numbers)
        self._link.send({"do": do, "id": number, **fields})
        with self._answered:
            self._answered.wait_for(lambda: number in self._answers or not self._link.open, ANSWER_WITHIN)
            answer = self._answers.pop(number, None)
        if answer is None:
            raise Fault("the engine does not answer")
        if "error" in answer:
            raise (BadInput if answer.get("bad_input") else Fault)(answer["error"])
        return answer.get("ok")

    def bye(self) -> bool:
        """Leave; True when the engine ends because this was the last prompt."""
        self._leaving = True
        try:
            return bool(self.ask("bye")["ending"])
        except Fault:
            return True
        finally:
            self._link.close()

    @property
    def connected(self) -> bool:
        """Whether the engine is there."""
        return self._link.open

    def _read(self) -> None:
        for message in self._link.messages():
            self._take(message)
        self._link.close()
        with self._answered:
            self._answered.notify_all()
        if not self._leaving:
            self.on_lost()

    def _take(self, message: Message) -> None:
        if "re" in message:
            with self._answered:
                self._answers[message["re"]] = message
                self._answered.notify_all()
        elif "state" in message:
            self.state = message["state"]
        elif "notice" in message:
            self.on_notice(str(message["notice"]))
        elif "midi" in message:
            found = message["midi"]
            self.on_midi(str(found["port"]), float(found["at"]), list(found["message"]))
        elif "osc" in message:
            found = message["osc"]
            host, port = found["from"]
            self.on_osc(str(found["address"]), list(found["arguments"]), float(found["at"]), (str(host), int(port)))
        elif "changed" in message:
            self.on_changed(str(message["changed"]), message.get("serial"))
        elif "scenes" in message:
            self.on_scenes(dict(message["scenes"]))
