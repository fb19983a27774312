"""MIDI that comes in and changes the set: knobs, program changes to scenes, start and stop, notes being recorded."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from deepsteps_live.errors import BadInput, DeepstepsError, number
from deepsteps_live.session import learned
from deepsteps_live.session.controls import control
from deepsteps_live.session.learned import Knob, Knobs

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

NOTE_ON, CONTROL, PROGRAM = 0x90, 0xB0, 0xC0
START, RESUME, STOP = 0xFA, 0xFB, 0xFC
CHANNEL_MODE = 120  # controllers from here on are not knobs

Message = tuple[str, float, Sequence[int]]  # port, seconds of the clock, bytes
Note = tuple[float, int, float, str, int]  # seconds of the clock, note, velocity 0 to 1, port, channel


class MidiIn:
    """Acts on what came in, on a thread of its own; a knob that is turned quickly is heard at its last place."""

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        self._waiting: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._wanted: tuple[str, float, float] | None = None  # what the next knob that is turned will move
        self._thread: threading.Thread | None = None
        self.learned: Knobs = learned.read()
        self.recorders: list[Callable[[Note], None]] = []

    def heard(self, port: str, at: float, message: Sequence[int]) -> None:
        """A message that the engine passed on. Returns at once."""
        self._waiting.put((port, at, message))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="midi-in", daemon=True)
            self._thread.start()

    def learn(self, place: str, low: float | None, high: float | None) -> str:
        """Let the next knob that is turned move a place. BadInput when there is no such place or range."""
        found = control(self._instrument, place)
        ends = [
            given if end is None else number(f"the end of {place}", end, found.least, found.most)
            for end, given in ((low, found.low), (high, found.high))
        ]
        if ends[0] == ends[1]:
            raise BadInput(f"a knob goes from one value to another: learn({place}, {found.low:g}, {found.high:g})")
        self._wanted = (place, ends[0], ends[1])
        return f"turn a knob: it will move {place} from {ends[0]:g} to {ends[1]:g}"

    @property
    def awaited(self) -> str | None:
        """The place that the next knob that is turned will move, or None."""
        return None if self._wanted is None else self._wanted[0]

    def forget_awaited(self) -> None:
        """The next knob that is turned is not learned."""
        self._wanted = None

    def keep(self, knobs: Knobs) -> None:
        """These are the knobs from now on, on this machine."""
        self.learned = knobs
        with contextlib.suppress(OSError):
            learned.write(knobs)

    def take(self, messages: Sequence[Message]) -> None:
        """Act on messages in order, on each knob's last place only."""
        turned: dict[Knob, int] = {}
        for port, at, message in messages:
            kind, channel = message[0] & 0xF0, (message[0] & 0x0F) + 1
            if kind == CONTROL and len(message) == 3 and message[1] < CHANNEL_MODE:
                self._learn_from(port, channel, message[1])
                turned |= {knob: message[2] for knob in self.learned if knob.sends(port, channel, message[1])}
            elif kind == NOTE_ON and len(message) == 3 and message[2]:
                for record in list(self.recorders):
                    record((at, message[1], message[2] / 127, port, channel))
            elif kind == PROGRAM and len(message) == 2:
                self._scene(message[1])
            elif message[0] in (START, RESUME, STOP) and self._instrument.session.live_set.clock == "internal":
                self._transport(message[0])
        for knob, value in turned.items():
            self._turn(knob, value)

    def _run(self) -> None:
        while True:
            messages = [self._waiting.get()]
            while not self._waiting.empty():
                messages.append(self._waiting.get())
            try:
                self.take(messages)
            except DeepstepsError as error:
                self._instrument.session.tell(str(error))

    def _learn_from(self, port: str, channel: int, controller: int) -> None:
        if self._wanted is None:
            return
        place, low, high = self._wanted
        self._wanted = None
        others = tuple(
            knob for knob in learned.without(self.learned, place) if not knob.sends(port, channel, controller)
        )
        knob = Knob(port, channel, controller, place, low, high)
        self.keep((*others, knob))
        self._instrument.session.tell(str(knob))

    def _turn(self, knob: Knob, value: int) -> None:
        with self._instrument.session.block(remembered=False):
            control(self._instrument, knob.place).put_scaled(value / 127, knob.low, knob.high)

    def _scene(self, number: int) -> None:
        """Program 0 is scene 1; one that is not stored is nobody's."""
        from deepsteps_live.session.commands import COMMANDS

        if str(number + 1) in self._instrument.session.scenes:
            COMMANDS["go"](self._instrument, number + 1)

    def _transport(self, status: int) -> None:
        if status == STOP:
            self._instrument.session.ask("stop")
        else:
            self._instrument.session.start()
