"""The process that looks which ports there are, twice a second, so that nothing else has to."""

from __future__ import annotations

import contextlib
from typing import Any

from deepsteps_live.gear import system
from deepsteps_live.gear.line import Line
from deepsteps_live.gear.names import Port

LOOK_EVERY = 0.5  # seconds


class Look:
    """Says what ports there are, whenever that changes."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._clients: dict[str, tuple[Any, Any]] = {}

    def run(self) -> None:
        """Until the engine hangs up."""
        told = None
        while self._line.open:
            found = self._ports()
            if found != told:
                told = found
                self._line.say("ports", *found)
            self._line.wait(seconds=LOOK_EVERY)
            self._line.heard()

    def _ports(self) -> tuple[list[Port], list[Port]]:
        """Outputs and inputs, as (system, port)."""
        outs: list[Port] = []
        ins: list[Port] = []
        self._open()
        for name, (client, listener) in list(self._clients.items()):
            try:
                outs += [(name, port) for port in client.get_ports()]
                ins += [(name, port) for port in listener.get_ports()]
            except Exception:  # the system went away, and RtMidi raises what it likes
                self._clients.pop(name)
        return outs, ins

    def _open(self) -> None:
        running = system.systems()
        for name in [name for name in self._clients if name not in running]:
            self._clients.pop(name)
        for name in running:
            if name not in self._clients:
                with contextlib.suppress(Exception):
                    self._clients[name] = (system.output(name), system.source(name))
