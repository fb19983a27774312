"""How far MIDI is from where it was due: at the call into the port, and at a port that receives it."""

from __future__ import annotations

import contextlib
import select
import threading
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepsteps_live.gear.line import spawn
from deepsteps_live.music import MidiOut
from deepsteps_live.session.grid import grid_errors, spread
from deepsteps_live.session.session import Session

PORT = "timing"
NOTE = 60
LAST_CALL = 0.1  # seconds in which what is on its way arrives
OPEN_WITHIN = 5.0  # seconds
RATE = 48_000
PERIOD = 256 / RATE  # seconds; JACK hands MIDI on once a period

Floats = NDArray[np.float64]


class Receiver:
    """A port in a process of its own that notes when notes come in; `out` is where to send them."""

    out = MidiOut(PORT)

    def __init__(self, server: str | None) -> None:
        self.times: list[float] = []
        self.offs = 0
        self.system = ""
        self._opened = threading.Event()
        self._process, self._line = spawn(("in", "", PORT), {"JACK_DEFAULT_SERVER": server} if server else {})
        threading.Thread(target=self._listen, name="receiver", daemon=True).start()
        self._opened.wait(OPEN_WITHIN)

    def wait(self, session: Session) -> bool:
        """Whether the engine has found the port."""
        deadline = time.monotonic() + OPEN_WITHIN
        while time.monotonic() < deadline:
            if session.ask("state")["midi"]["outs"].get(PORT):
                return True
            time.sleep(0.05)
        return False

    def close(self) -> None:
        """Close the port, when all that was sent has come."""
        time.sleep(LAST_CALL)
        self._line.close()
        self._process.wait()

    def _listen(self) -> None:
        while self._line.open:
            with contextlib.suppress(OSError, ValueError):  # it was closed meanwhile
                select.select([self._line], [], [])
                for word, *rest in self._line.heard():
                    self._take(word, rest)

    def _take(self, word: str, rest: list[Any]) -> None:
        if word == "open":
            self.system = rest[0]
            self._opened.set()
        elif word == "in":
            at, message = rest
            if message[0] == 0x90:  # channel 1; the others only make it harder
                self.times.append(at)
            self.offs += message[0] == 0x80


def figures(receiver: Receiver, sent: Sequence[float], audio: Floats, step: float) -> dict[str, Any]:
    """What was measured, in ms: how late it was `sent`, the grid that was received, audio against MIDI, step by step.

    `audio` is the seconds of the onsets that were heard, `step` the seconds of a step.
    """
    received = np.asarray(receiver.times)
    if len(received) < 2 or not sent:
        return {"notes": len(received)}
    errors, missing = grid_errors(received, step)
    period = PERIOD if receiver.system == "jack" else 0.0
    beyond = np.maximum(0.0, np.abs(errors) - period / 2)
    found: dict[str, Any] = {
        "system": receiver.system,
        "notes": len(received),
        "ends": int(receiver.offs),
        "missing": missing,
        "sent_ms": spread(np.asarray(sent)),
        "received_ms": spread(errors),
        "jack_period_ms": round(period * 1000, 3),
        "beyond_period_ms": spread(beyond),
    }
    if len(audio) == len(received):
        apart = received - received[0] - (audio - audio[0])
        found["audio_to_midi_ms"] = {
            "spread": round(float(np.ptp(apart)) * 1000, 3),
            "sd": round(float(np.std(apart)) * 1000, 3),
        }
    return found
