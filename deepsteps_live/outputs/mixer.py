"""The mixer as OSC: which groups, strips and voices scsynth has, and what to tell it. Live and offline share it.

0  the root, all that a fresh scsynth has
├── 100  sources: a group of voices for each track
├── 101  strips: one for each track
├── 102  the master
└── 103  the recorder
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

import deepsteps_live.synthdefs as synthdefs
from deepsteps_live import sound
from deepsteps_live.music import Event, LiveSet, Mix, Patch, Strip
from deepsteps_live.outputs.osc import ADD_TO_TAIL, Datagram, message, new_voice

ROOT, SOURCES, STRIPS, MASTER_GROUP, RECORDERS = 0, 100, 101, 102, 103
MASTER = 110
FIRST_NODE = 2000
OUTPUTS = 2
MIX_BUS = 16  # of the strips, into the master; above the hardware's
FIRST_TRACK_BUS = 18
MELODIC_VOICES = 8
FADED = 0.05  # seconds after which a strip or a voice that was let go of is gone


@dataclass
class _Channel:
    """What scsynth has for one track: bus, group of voices, strip, and the voices that may still sound."""

    bus: int
    group: int
    strip: int
    choke: bool = False
    voices: deque[tuple[int, float]] = field(default_factory=deque)  # (node, when it is over)


class Mixer:
    """Turns sets, mixes and events into messages, and remembers what scsynth has been told."""

    def __init__(self) -> None:
        self._channels: dict[str, _Channel] = {}
        self._structures: set[sound.Structure] = set()
        self._mixed: dict[str, Strip] = {}
        self._level: float | None = None
        self._ids = count(FIRST_NODE)  # at a thousand hits a second, the last one comes after 24 days
        self._free_buses = deque(range(FIRST_TRACK_BUS, FIRST_TRACK_BUS + 2 * 128, 2))
        self.unprepared = 0

    def first(self) -> list[Datagram]:
        """The SynthDefs that an empty scsynth has to know before `begin`."""
        definitions = (synthdefs.strip(), synthdefs.master(), synthdefs.recorder(OUTPUTS))
        return [message("/d_recv", definition.compile()) for definition in definitions]

    def begin(self) -> list[Datagram]:
        """The groups and the master."""
        return [
            message("/g_new", SOURCES, ADD_TO_TAIL, ROOT),
            message("/g_new", STRIPS, ADD_TO_TAIL, ROOT),
            message("/g_new", MASTER_GROUP, ADD_TO_TAIL, ROOT),
            message("/g_new", RECORDERS, ADD_TO_TAIL, ROOT),
            message("/s_new", "ds-master", MASTER, ADD_TO_TAIL, MASTER_GROUP, "in_", float(MIX_BUS), "out", 0.0),
        ]

    def end(self) -> list[Datagram]:
        """All that was made, gone."""
        return [message("/n_free", SOURCES, STRIPS, MASTER_GROUP, RECORDERS)]

    def missing(self, live_set: LiveSet) -> set[sound.Structure]:
        """The structures that a set needs and whose SynthDefs scsynth has not."""
        return {sound.structure(track.sound) for track in live_set if track.sound is not None} - self._structures

    def know(self, structures: set[sound.Structure]) -> None:
        """scsynth has the SynthDefs of these: their events may play."""
        self._structures |= structures

    def channels(self, live_set: LiveSet) -> tuple[list[Datagram], list[Datagram]]:
        """Channels for new tracks, farewell to those that are gone: what to do now, and what once they have faded."""
        wanted = {track.name for track in live_set}
        now = [each for track in live_set if track.name not in self._channels for each in self._open(track.name)]
        later = []
        for name in [name for name in self._channels if name not in wanted]:
            channel = self._channels.pop(name)
            self._mixed.pop(name, None)
            self._free_buses.append(channel.bus)
            now += [message("/n_set", channel.group, "hold", 0.0), message("/n_set", channel.strip, "hold", 0.0)]
            later.append(message("/n_free", channel.group))
        return now, later

    def mix(self, mix: Mix) -> list[Datagram]:
        """What is to change so that the mix is as wanted."""
        changed = [
            strip for strip in mix.strips if self._mixed.get(strip.track) != strip and strip.track in self._channels
        ]
        found = [self._strip(strip) for strip in changed]
        self._mixed.update({strip.track: strip for strip in changed})
        if mix.master.level != self._level:
            self._level = mix.master.level
            found.append(message("/n_set", MASTER, "level", amplitude(mix.master.level)))
        return found

    def hit(self, event: Event, due: float) -> list[Datagram]:
        """One event: what it cuts off, then its voice. Nothing when its sound was not prepared."""
        channel = self._channels.get(event.track)
        if channel is None or event.sound is None or (shape := sound.structure(event.sound)) not in self._structures:
            self.unprepared += 1
            return []
        channel.choke = event.sound.get("choke", 0.0) >= 0.5
        controls = sound.controls(event.sound, event.velocity, event.pitch, event.gate)
        node = next(self._ids)
        cut = self._cut(channel, event.sound, node, due, due + controls["life"])
        return [*cut, new_voice(shape.name, node, channel.group, channel.bus, controls)]

    def in_order(self, events: Sequence[tuple[Event, float]]) -> list[tuple[Event, float]]:
        """By time; of those at one time the first track last, so that a lower channel chokes a higher one."""
        place = {name: number for number, name in enumerate(self._channels)}
        return sorted(events, key=lambda pair: (pair[1], -place.get(pair[0].track, 0)))

    def meters(self) -> list[tuple[str, int]]:
        """Each track's name, and "master", with the node that meters it."""
        return [*((name, channel.strip) for name, channel in self._channels.copy().items()), ("master", MASTER)]

    def silence(self) -> list[Datagram]:
        """All voices faded."""
        for channel in self._channels.values():
            channel.voices.clear()
        return [message("/n_set", SOURCES, "hold", 0.0)]

    def _open(self, name: str) -> list[Datagram]:
        channel = _Channel(self._free_buses.popleft(), next(self._ids), next(self._ids))
        self._channels[name] = channel
        strip = message(
            "/s_new", "ds-strip", channel.strip, ADD_TO_TAIL, STRIPS, "in_", float(channel.bus), "out", float(MIX_BUS)
        )
        return [message("/g_new", channel.group, ADD_TO_TAIL, SOURCES), strip]

    def _strip(self, strip: Strip) -> Datagram:
        values = ("level", amplitude(strip.level), "pan", float(strip.pan), "heard", float(strip.heard))
        return message("/n_set", self._channels[strip.track].strip, *values)

    def _cut(self, channel: _Channel, patch: Patch, node: int, due: float, over: float) -> list[Datagram]:
        """A drum cuts its last voice and, when it chokes, those of its group; a melodic voice the oldest of many."""
        if patch.synth in sound.MELODIC:
            return self._oldest(channel, node, due, over)
        cut = [channel]
        if channel.choke:
            cut += [other for other in self._channels.values() if other.choke and other is not channel]
        return [message("/n_set", each.group, "hold", 0.0) for each in cut]

    def _oldest(self, channel: _Channel, node: int, due: float, over: float) -> list[Datagram]:
        voices = channel.voices
        while voices and voices[0][1] <= due:
            voices.popleft()
        found = []
        while len(voices) >= MELODIC_VOICES:
            found.append(message("/n_set", voices.popleft()[0], "hold", 0.0))
        voices.append((node, over))
        return found


def definitions(structures: Iterable[sound.Structure]) -> list[Datagram]:
    """The SynthDefs of structures, built: some milliseconds each."""
    return [message("/d_recv", synthdefs.build(shape).compile()) for shape in structures]


def amplitude(decibels: float) -> float:
    """A gain in dB as a factor; -100 and below is silence."""
    return 0.0 if decibels <= -100 else float(10 ** (decibels / 20))
