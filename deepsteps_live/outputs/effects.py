"""The effects on the sends as OSC: made when somebody first sends, resting when nobody does and their tail is over.

To add one: a file in `synthdefs/` built on `synthdefs.effect`, a send in `synthdefs.strip`, and a row in EFFECTS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import deepsteps_live.synthdefs as synthdefs
from deepsteps_live.music import Master, Mix, Strip
from deepsteps_live.outputs.osc import ADD_TO_TAIL, Datagram, message

Values = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An effect: its SynthDef, the first of its two buses after the mix's, how much is sent, and its controls."""

    synthdef: str
    bus: int
    share: Callable[[Strip], float]
    values: Callable[[Master], Values]


def in_reach(seconds: float) -> float:
    """An echo's time, halved until the delay can hold it: it stays in time."""
    while seconds > synthdefs.LONGEST_DELAY:
        seconds /= 2
    return seconds


EFFECTS = (
    Row(
        "ds-reverb",
        4,
        lambda strip: strip.reverb,
        lambda master: (("time", master.reverb_time), ("tone", master.reverb_tone)),
    ),
    Row(
        "ds-delay",
        6,
        lambda strip: strip.delay,
        lambda master: (("time", in_reach(master.delay_time)), ("feedback", master.delay_feedback)),
    ),
)


class Effect:
    """What scsynth has of one effect. It plays to the first of the mix's buses, output A."""

    def __init__(self, row: Row, group: int, mix_bus: int, ids: Iterator[int]) -> None:
        self._row = row
        self._group = group
        self._mix_bus = mix_bus
        self._ids = ids
        self._node: int | None = None
        self._open = False
        self._values: Values = ()

    def mix(self, mix: Mix) -> list[Datagram]:
        """What is to change so that it is as wanted."""
        sends = any(self._row.share(strip) > 0 for strip in mix.strips)
        values = self._row.values(mix.master)
        turned, switched = values != self._values, sends != self._open
        self._values, self._open = values, sends
        if self._node is None:
            return self.awake()
        found = [message("/n_set", self._node, *_flat(values))] if turned else []
        if switched:
            found += [message("/n_run", self._node, 1), message("/n_set", self._node, "open", float(sends))]
        return found

    def awake(self) -> list[Datagram]:
        """Its node, when somebody sends and there is none."""
        if self._node is not None or not self._open:
            return []
        self._node = next(self._ids)
        where = ("in_", float(self._mix_bus + self._row.bus), "out", float(self._mix_bus))
        start = ("/s_new", self._row.synthdef, self._node, ADD_TO_TAIL, self._group)
        return [message(*start, *where, *_flat(self._values))]

    def silence(self) -> list[Datagram]:
        """Its tail faded; `awake` makes it anew."""
        if self._node is None:
            return []
        node, self._node = self._node, None
        return [message("/n_run", node, 1), message("/n_set", node, "hold", 0.0)]  # at rest it could not end


def _flat(values: Values) -> list[str | float]:
    return [part for pair in values for part in pair]
