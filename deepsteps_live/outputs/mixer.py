"""The mixer as OSC: which groups, strips and voices scsynth has, and what to tell it. Live and offline share it.

0  the root, all that a fresh scsynth has
├── 100  sources: a group of voices for each track
├── 101  strips: one for each track, into outputs A and B and the sends
├── 104  effects: reverb and delay, from the sends into output A
├── 102  the master: outputs A and B
└── 103  the recorders
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

import deepsteps_live.synthdefs as synthdefs
from deepsteps_live import sound
from deepsteps_live.music import Event, LiveSet, Master, Mix, Patch, Strip, Track
from deepsteps_live.outputs.effects import EFFECTS, Effect
from deepsteps_live.outputs.morphs import Voice, chosen, structures
from deepsteps_live.outputs.osc import ADD_TO_TAIL, Datagram, message, new_voice

ROOT, SOURCES, STRIPS, MASTER_GROUP, RECORDERS, EFFECT_GROUP = 0, 100, 101, 102, 103, 104
MASTER = 110
FIRST_NODE = 2000
OUTPUTS = 2
MIX_BUS = 16  # outputs A and B, then the sends, two buses each; above the hardware's
FIRST_TRACK_BUS = MIX_BUS + 2 * (2 + len(EFFECTS))
DRUM_VOICES, MELODIC_VOICES = 1, 8  # of a track that does not say
AT_ONE_TIME = 6  # decimals of a second
FADED = 0.05  # seconds after which a strip or a voice that was let go of is gone


@dataclass
class _Channel:
    """What scsynth has for one track: bus, group of voices, strip, and the voices that may still sound."""

    bus: int
    group: int
    strip: int
    patch: Patch | None = None
    choke: bool = False
    voices: deque[tuple[int, float]] = field(default_factory=deque)  # (node, when it is over)


class Mixer:
    """Turns sets, mixes and events into messages, and remembers what scsynth has been told."""

    def __init__(self) -> None:
        self._channels: dict[str, _Channel] = {}
        self._structures: set[sound.Structure] = set()
        self._mixed: dict[str, Strip] = {}
        self._master = Master()
        self._choked: tuple[float, str] = (-1.0, "")  # when the last choking hit was due, and whose it was
        self._ids = count(FIRST_NODE)  # at a thousand hits a second, the last one comes after 24 days
        self._effects = [Effect(row, EFFECT_GROUP, MIX_BUS, self._ids) for row in EFFECTS]
        self._free_buses = deque(range(FIRST_TRACK_BUS, FIRST_TRACK_BUS + 2 * 128, 2))
        self.unprepared = 0
        self.newest = 0  # the node of the last voice

    def first(self) -> list[Datagram]:
        """The wave tables and the SynthDefs that an empty scsynth has to have before `begin`."""
        tables = [message(*each) for each in synthdefs.waves.messages()]
        effects = (synthdefs.reverb(), synthdefs.delay())
        definitions = (synthdefs.strip(), *effects, synthdefs.master(), synthdefs.recorder(OUTPUTS))
        return [*tables, *(message("/d_recv", definition.compile()) for definition in definitions)]

    def begin(self) -> list[Datagram]:
        """The groups and the master."""
        return [
            message("/g_new", SOURCES, ADD_TO_TAIL, ROOT),
            message("/g_new", STRIPS, ADD_TO_TAIL, ROOT),
            message("/g_new", EFFECT_GROUP, ADD_TO_TAIL, ROOT),
            message("/g_new", MASTER_GROUP, ADD_TO_TAIL, ROOT),
            message("/g_new", RECORDERS, ADD_TO_TAIL, ROOT),
            message("/s_new", "ds-master", MASTER, ADD_TO_TAIL, MASTER_GROUP, "in_", float(MIX_BUS), "out", 0.0),
        ]

    def apart(self) -> list[Datagram]:
        """Offline, after `begin`: outputs A and B each to two channels of the file, the master to none."""
        return [
            message("/d_recv", synthdefs.tap(2 * OUTPUTS).compile()),
            message("/n_free", MASTER),
            message("/s_new", f"ds-tap-{2 * OUTPUTS}", MASTER, ADD_TO_TAIL, MASTER_GROUP, "in_", float(MIX_BUS)),
        ]

    def end(self) -> list[Datagram]:
        """All that was made, gone."""
        return [message("/n_free", SOURCES, STRIPS, EFFECT_GROUP, MASTER_GROUP, RECORDERS)]

    def missing(self, live_set: LiveSet) -> set[sound.Structure]:
        """The structures that a set needs, all that a morph can meet included, and whose SynthDefs scsynth has not."""
        return {shape for track in live_set for shape in structures(track)} - self._structures

    def know(self, structures: set[sound.Structure]) -> None:
        """scsynth has the SynthDefs of these: their events may play."""
        self._structures |= structures

    def channels(self, live_set: LiveSet) -> tuple[list[Datagram], list[Datagram]]:
        """Channels for new tracks, farewell to those that are gone: what to do now, and what once they have faded."""
        wanted = {track.name for track in live_set}
        now = [each for track in live_set if track.name not in self._channels for each in self._open(track.name)]
        now += self.retuned(live_set)
        later = []
        for name in [name for name in self._channels if name not in wanted]:
            channel = self._channels.pop(name)
            self._mixed.pop(name, None)
            self._free_buses.append(channel.bus)
            now += [message("/n_set", channel.group, "hold", 0.0), message("/n_set", channel.strip, "hold", 0.0)]
            later.append(message("/n_free", channel.group))
        return now, later

    def retuned(self, live_set: LiveSet) -> list[Datagram]:
        """What the voices that ring now are to follow of the sounds that were turned since they were last asked."""
        return [each for track in live_set for each in self._retuned(self._channels[track.name], track)]

    def mix(self, mix: Mix) -> list[Datagram]:
        """What is to change so that the mix is as wanted."""
        changed = [
            strip for strip in mix.strips if self._mixed.get(strip.track) != strip and strip.track in self._channels
        ]
        found = [each for effect in self._effects for each in effect.mix(mix)]
        found += [self._strip(strip) for strip in changed]
        self._mixed.update({strip.track: strip for strip in changed})
        before, self._master = self._master, mix.master
        turned = [pair for pair in _master(mix.master) if pair not in _master(before)]
        if turned:
            found.append(message("/n_set", MASTER, *(part for pair in turned for part in pair)))
        return found

    def hit(self, event: Event, due: float) -> list[Datagram]:
        """One event: what it cuts off, then its voice; nothing when its sound was not prepared or is choked at once."""
        channel = self._channels.get(event.track)
        voice, right = chosen(event, self._structures)
        if channel is None or not right:
            self.unprepared += 1
        if channel is None or voice is None:
            return []
        channel.choke = voice.choke
        if voice.choke and not self._chokes(event.track, due):
            return []
        controls = sound.controls(voice.patch, event.velocity, event.pitch, event.gate)
        node = self.newest = next(self._ids)
        found = [each for effect in self._effects for each in effect.awake()]
        found += self._cut(channel, voice, event.voices, due)
        channel.voices.append((node, due + controls["life"]))
        return [*found, new_voice(voice.structure.name, node, channel.group, channel.bus, controls)]

    def in_order(self, events: Sequence[tuple[Event, float]]) -> list[tuple[Event, float]]:
        """By time; of those at one time the first track first: a lower channel chokes a higher one."""
        place = {name: number for number, name in enumerate(self._channels)}
        return sorted(events, key=lambda pair: (round(pair[1], AT_ONE_TIME), place.get(pair[0].track, 0)))

    def meters(self) -> list[tuple[str, int]]:
        """Each track's name, and "master", with the node that meters it."""
        return [*((name, channel.strip) for name, channel in self._channels.copy().items()), ("master", MASTER)]

    def silence(self) -> list[Datagram]:
        """All voices faded."""
        for channel in self._channels.values():
            channel.voices.clear()
        self._choked = (-1.0, "")
        return [
            message("/n_set", SOURCES, "hold", 0.0),
            *(each for effect in self._effects for each in effect.silence()),
        ]

    def _open(self, name: str) -> list[Datagram]:
        channel = _Channel(self._free_buses.popleft(), next(self._ids), next(self._ids))
        self._channels[name] = channel
        strip = message(
            "/s_new", "ds-strip", channel.strip, ADD_TO_TAIL, STRIPS, "in_", float(channel.bus), "out", float(MIX_BUS)
        )
        return [message("/g_new", channel.group, ADD_TO_TAIL, SOURCES), strip]

    def _strip(self, strip: Strip) -> Datagram:
        values = ("level", amplitude(strip.level), "pan", float(strip.pan), "heard", float(strip.heard))
        sends = ("b", float(strip.output == "B"), "reverb", float(strip.reverb), "delay", float(strip.delay))
        return message("/n_set", self._channels[strip.track].strip, *values, *sends)

    def _retuned(self, channel: _Channel, track: Track) -> list[Datagram]:
        before, channel.patch = channel.patch, track.sound
        if before is None or track.sound is None or before == track.sound or track.toward is not None:
            return []
        # Another patch is another sound, for the next hit; its voices also have other controls.
        if before.name != track.sound.name or sound.structure(before) != sound.structure(track.sound):
            return []
        old = sound.live(before)
        turned = [(name, value) for name, value in sound.live(track.sound).items() if value != old.get(name)]
        return [message("/n_set", channel.group, *(part for pair in turned for part in pair))] if turned else []

    def _chokes(self, track: str, due: float) -> bool:
        """Whether a choking hit sounds: not when a lower channel's, which came first, is due at the same time."""
        at = round(due, AT_ONE_TIME)
        before, whose = self._choked
        if at == before and whose != track:
            return False
        self._choked = (at, track)
        return True

    def _cut(self, channel: _Channel, voice: Voice, most: int | None, due: float) -> list[Datagram]:
        """What a hit ends: its track's oldest voices beyond the cap, and the voices of those it chokes."""
        cap = most or (MELODIC_VOICES if voice.patch.synth in sound.MELODIC else DRUM_VOICES)
        found = _all(channel) if cap == 1 else _oldest(channel, cap, due)
        if voice.choke:
            others = (other for other in self._channels.values() if other.choke and other is not channel)
            found += [each for other in others for each in _all(other)]
        return found


def _all(channel: _Channel) -> list[Datagram]:
    channel.voices.clear()
    return [message("/n_set", channel.group, "hold", 0.0)]


def _oldest(channel: _Channel, cap: int, due: float) -> list[Datagram]:
    """Room for one more under the cap."""
    ringing = [(node, over) for node, over in channel.voices if over > due]
    spare = max(0, len(ringing) - cap + 1)
    channel.voices = deque(ringing[spare:])
    return [message("/n_set", node, "hold", 0.0) for node, _ in ringing[:spare]]


def _master(master: Master) -> list[tuple[str, float]]:
    """The master's controls."""
    return [
        ("level", amplitude(master.level)),
        ("lowpass", float(master.lowpass)),
        ("resonance", float(master.resonance)),
    ]


def definitions(structures: Iterable[sound.Structure]) -> list[Datagram]:
    """The SynthDefs of structures, built: some milliseconds each."""
    return [message("/d_recv", synthdefs.build(shape).compile()) for shape in structures]


def amplitude(decibels: float) -> float:
    """A gain in dB as a factor; -100 and below is silence."""
    return 0.0 if decibels <= -100 else float(10 ** (decibels / 20))
