"""How far MIDI is from where it was due: at the call into the port, and at a port that receives it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepsteps_live.music import MidiOut
from deepsteps_live.session.grid import grid_errors, spread
from deepsteps_live.session.session import Session

PORT = "timing"
NOTE = 60
LAST_CALL = 0.1  # seconds in which a call that is on its way ends
OPEN_WITHIN = 5.0  # seconds
RATE = 48_000
PERIOD = 256 / RATE  # seconds; JACK hands MIDI on once a period

Floats = NDArray[np.float64]


class Receiver:
    """A port of this process that notes when notes come in; `out` is where to send them."""

    out = MidiOut(PORT)

    def __init__(self, server: str | None) -> None:
        if server:
            os.environ["JACK_DEFAULT_SERVER"] = server  # before the library looks
        from deepsteps_live.gear import system

        self.times: list[float] = []
        self.offs = 0
        self.system = next(iter(system.systems()), "")
        self._client: Any = None
        if self.system:
            self._client = system.source(self.system)
            self._client.set_callback(self._take)
            self._client.open_virtual_port(PORT)

    def wait(self, session: Session) -> bool:
        """Whether the engine has found the port."""
        deadline = time.monotonic() + OPEN_WITHIN
        while time.monotonic() < deadline:
            if session.ask("state")["midi"]["outs"].get(PORT):
                return True
            time.sleep(0.05)
        return False

    def close(self) -> None:
        """Close the port."""
        if self._client is not None:
            self._client.cancel_callback()
            time.sleep(LAST_CALL)
            self._client.delete()
            self._client = None

    def _take(self, message: Sequence[int], delta: float, data: object) -> None:
        if message[0] == 0x90:  # channel 1; the others only make it harder
            self.times.append(time.monotonic())
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
