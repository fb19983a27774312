"""The engine's door: takes commands from prompts, tells them where the music is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from deepsteps_live.engine import offsets
from deepsteps_live.engine.clock_out import RESUME, START, STOP
from deepsteps_live.engine.feedback import Feedback
from deepsteps_live.engine.player import Player
from deepsteps_live.engine.sync import Sync
from deepsteps_live.engine.wire import Link, Listener, Message
from deepsteps_live.errors import BadInput, DeepstepsError, no_such
from deepsteps_live.music import codec
from deepsteps_live.outputs import OscDoor

STATES_A_SECOND = 30
TRANSPORT = (START, RESUME, STOP)
ALONE = 600.0  # seconds an engine plays on when nobody is at a prompt


class Server:
    """Serves one Player to any number of prompts until the last one leaves, or until it was long alone."""

    def __init__(
        self, path: Path, player: Player, sync: Sync, *, alone: float = ALONE, notices: list[str] | None = None
    ) -> None:
        self._listener = Listener(path)
        self._player = player
        self._alone = alone
        self._links: list[Link] = []
        self._unread = notices if notices is not None else []  # said before anybody was there to read it
        self._last_seen = time.monotonic()
        self._commands = player.guard
        self._sync = sync
        self.door: OscDoor | None = None
        self.feedback: Feedback | None = None
        self.ended = threading.Event()
        self.scenes: dict[str, str] = {}  # documents of sets that prompts have put by, unread
        player.notify = self._notice
        player.changed = self._changed
        for target in (self._accept, self._publish):
            threading.Thread(target=target, name=target.__name__, daemon=True).start()

    def wait(self) -> None:
        """Until the engine is to end."""
        while not self.ended.wait(1.0):
            if self._links:
                self._last_seen = time.monotonic()
            elif time.monotonic() - self._last_seen > self._alone:
                self.ended.set()

    def close(self) -> None:
        """Hang up on every prompt."""
        self._listener.close()
        for link in list(self._links):
            link.flush(0.2)
            link.close()

    def _accept(self) -> None:
        while True:
            try:
                link = self._listener.accept()
            except OSError:
                return
            self._links.append(link)
            threading.Thread(target=self._serve, args=(link,), name="prompt", daemon=True).start()

    def _serve(self, link: Link) -> None:
        for message in link.messages():
            with self._commands:
                link.send({"re": message.get("id"), **self._answer(link, message)})
        self._links.remove(link)
        self._last_seen = time.monotonic()
        link.close()

    def _answer(self, link: Link, message: Message) -> Message:
        try:
            name = message.get("do")
            if name not in COMMANDS:
                raise no_such("engine command", name, COMMANDS)
            return {"ok": COMMANDS[name](self, link, message)}
        except DeepstepsError as error:
            return {"error": str(error), "bad_input": isinstance(error, BadInput)}
        except (OSError, KeyError, TypeError, ValueError) as error:  # a message that no prompt of ours sends
            return {"error": f"{message.get('do')}: {type(error).__name__}: {error}", "bad_input": False}

    # Commands: what a prompt may ask for. Each takes the link and the message and gives what is answered.

    def _hello(self, link: Link, message: Message) -> Any:
        live_set, arrays = self._player.wanted, self._player.arrays()
        notices, self._unread = self._unread, []
        state = self._state()
        return {
            "document": codec.dumps(live_set, arrays),
            "state": state,
            "serial": state["serial"],
            "notices": notices,
            "scenes": self.scenes,
        }

    def _change(self, link: Link, message: Message) -> Any:
        base, serial = message.get("base"), self._player.state()["serial"]
        if base is not None and base != serial:  # made on a set that is the newest no more
            return {"newer": codec.dumps(self._player.wanted, self._player.arrays()), "serial": serial}
        live_set, arrays = codec.loads(message["document"])
        self._player.change(live_set, arrays, whole=float(message.get("whole") or 0))
        serial = self._player.state()["serial"]
        for other in self._links:
            if other is not link:
                other.send({"changed": message["document"], "serial": serial})
        return {"serial": serial}

    def _keep(self, link: Link, message: Message) -> Any:
        news = dict(message["scenes"])
        kept = {**self.scenes, **news}
        self.scenes = {str(name): str(document) for name, document in kept.items() if document is not None}
        for other in self._links:
            if other is not link:
                other.send({"scenes": news})

    def heard(self, port: str, at: float, message: Sequence[int]) -> None:
        """MIDI that came in: tracks that it plays sound at once, a clock moves us, the prompt is told the rest."""
        self._player.heard(port, at, message)
        self._sync.heard(port, at, message)
        if message[0] < 0xF0 or message[0] in TRANSPORT:
            for lead in self._links[:1]:  # one prompt acts on it, the first that came
                lead.send({"midi": {"port": port, "at": at, "message": list(message)}})

    def heard_osc(self, address: str, arguments: list[Any], due: float, sender: tuple[str, int]) -> None:
        """OSC that came in: who follows is noted here, everything else is the prompt's."""
        if self.feedback is None:
            return
        self.feedback.heard_from(sender[0])
        if address in ("/subscribe", "/unsubscribe"):
            port = arguments[0] if arguments and isinstance(arguments[0], int) else sender[1]
            change = self.feedback.subscribe if address == "/subscribe" else self.feedback.unsubscribe
            change((sender[0], port if 0 < port < 65_536 else sender[1]))
            return
        for lead in self._links[:1]:
            lead.send({"osc": {"address": address, "arguments": arguments, "at": due, "from": list(sender)}})

    def _reply(self, link: Link, message: Message) -> Any:
        if self.door is not None:
            host, port = message["to"]
            self.door.send((str(host), int(port)), "/error", str(message["text"]))

    def _play(self, link: Link, message: Message) -> Any:
        if not any(message.get(name) is not None for name in ("beat", "at", "until", "record")):
            return self._sync.start()
        self._player.play(
            beat=message.get("beat"),
            at=message.get("at"),
            until=message.get("until"),
            record=message.get("record"),
            apart=bool(message.get("apart")),
        )
        return None

    def _stop(self, link: Link, message: Message) -> Any:
        self._player.stop()
        self._sync.stopped()

    def _offset(self, link: Link, message: Message) -> Any:
        midi = self._player.midi
        midi.offset(str(message["port"]), float(message["seconds"]))
        offsets.write(midi.offsets)

    def _sent(self, link: Link, message: Message) -> Any:
        return self._player.midi.figures(str(message["port"]))

    def _panic(self, link: Link, message: Message) -> Any:
        self._player.panic()

    def _record(self, link: Link, message: Message) -> Any:
        self._player.record(message["path"], apart=bool(message.get("apart")))

    def _stop_recording(self, link: Link, message: Message) -> Any:
        return self._player.stop_recording()

    def _timing(self, link: Link, message: Message) -> Any:
        return self._state()

    def _state(self) -> Message:
        osc = (
            None
            if self.door is None or self.feedback is None
            else {
                "port": self.door.address[1],
                "malformed": self.door.malformed,
                "subscribers": self.feedback.subscribers,
            }
        )
        return {**self._player.state(), **self._sync.state(), "osc": osc}

    def _bye(self, link: Link, message: Message) -> Any:
        others = [other for other in self._links if other is not link]
        if not others:
            self.ended.set()
        return {"ending": self.ended.is_set()}

    def _publish(self) -> None:
        period = 1 / STATES_A_SECOND
        while not self.ended.wait(period):
            with self._commands:
                self._player.tidy()
            if self._links:
                state = self._state()
                for link in list(self._links):
                    link.send_state({"state": state})

    def _changed(self) -> None:
        document = codec.dumps(self._player.wanted)
        for link in list(self._links):
            link.send({"changed": document, "serial": self._player.state()["serial"]})

    def _notice(self, text: str) -> None:
        print(text, flush=True)
        if not self._links:
            self._unread.append(text)
        for link in list(self._links):
            link.send({"notice": text})


COMMANDS: dict[Any, Callable[[Server, Link, Message], Any]] = {
    "hello": Server._hello,
    "change": Server._change,
    "keep": Server._keep,
    "play": Server._play,
    "stop": Server._stop,
    "panic": Server._panic,
    "record": Server._record,
    "stop_recording": Server._stop_recording,
    "state": Server._timing,
    "offset": Server._offset,
    "sent": Server._sent,
    "reply": Server._reply,
    "bye": Server._bye,
}
