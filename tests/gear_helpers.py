"""Gear for tests: a synth that hears over real MIDI ports, and a storm of edits that it must survive."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from deepsteps_live.errors import DeepstepsError
from deepsteps_live.music import LiveSet, MidiOut, Pattern, Track
from deepsteps_live.session.session import Session

ON, OFF = 0x90, 0x80


class Synth:
    """A MIDI input, in a process of its own, that keeps what it hears and knows which notes sound."""

    def __init__(self, name: str, server: str | None) -> None:
        self.name = name
        self.heard: list[tuple[float, tuple[int, ...]]] = []
        self.sounding: set[tuple[int, int]] = set()
        self.began = self.twice = 0
        self._variables = {**os.environ, **({"JACK_DEFAULT_SERVER": server} if server else {})}
        self._process: subprocess.Popen[str] | None = None
        self.open()

    def open(self) -> None:
        """Be there; anew after `close`, when nothing of what sounded then sounds any more."""
        self.sounding.clear()
        command = [sys.executable, "-m", "tests.gear_synth", self.name]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self._variables
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "[]\n"
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def close(self) -> None:
        """Be gone, as when a cable is pulled."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    @property
    def there(self) -> bool:
        """Whether it is plugged in."""
        return self._process is not None

    def of(self, kind: int) -> list[tuple[float, tuple[int, ...]]]:
        """What it heard of one kind: ON, OFF, 0xB0, or a whole status byte from 0xF0 on."""
        return [(at, said) for at, said in self.heard if (said[0] if kind >= 0xF0 else said[0] & 0xF0) == kind]

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with contextlib.suppress(ValueError):  # it was closed while it was read
            for line in process.stdout:
                at, message = json.loads(line)
                if process is self._process:
                    self._take(at, tuple(message))

    def _take(self, at: float, said: tuple[int, ...]) -> None:
        self.heard.append((at, said))
        key = (said[0] & 0x0F, said[1]) if len(said) > 1 else (0, 0)
        if said[0] & 0xF0 == ON and said[2]:
            self.began += 1
            self.twice += key in self.sounding
            self.sounding.add(key)
        elif said[0] & 0xF0 in (ON, OFF):
            self.sounding.discard(key)


def gear_set(*ports: str, tempo: float = 240) -> LiveSet:
    """Nine tracks of sixteenths without a synth, to these ports in turn."""
    tracks = [
        Track(
            f"t{n}",
            Pattern((True,) * 16),
            pitches=(48 + n, 60 + n),
            gate=40.0 + 60 * n,
            synth=False,
            midi=(MidiOut(ports[n % len(ports)], n % 3 + 1),),
        )
        for n in range(9)
    ]
    return LiveSet(tuple(tracks), tempo=tempo, focus="t0")


def storm(session: Session, synths: Sequence[Synth], edits: int, seed: int, *, pause: float = 0.0) -> int:
    """So many random edits, mutes, swaps, stops, lost and found ports while it plays; how many were made."""
    rng = random.Random(seed)
    made = 0
    while made < edits:
        made += 1
        with contextlib.suppress(DeepstepsError):  # what cannot be done now changes nothing
            _one(session, synths, rng)
        time.sleep(pause)
    for synth in synths:
        if not synth.there:
            synth.open()
    return made


def _one(session: Session, synths: Sequence[Synth], rng: random.Random) -> None:
    what = rng.random()
    name = f"t{rng.randrange(9)}"
    if what < 0.001:
        synth = rng.choice(list(synths))
        synth.close() if synth.there else synth.open()
    elif what < 0.003:
        session.ask("stop")
    elif what < 0.04:
        session.ask("play")
    elif what < 0.045:
        session.ask("panic")
    elif what < 0.08:
        session.undo()
    else:
        session.edit(lambda live_set: live_set.but_track(name, **_fields(rng, synths)))
    if rng.random() < 0.05:
        session.edit(lambda live_set: live_set.but(tempo=rng.uniform(60, 400), quant=rng.choice([0, 0.25, 1])))


def _fields(rng: random.Random, synths: Sequence[Synth]) -> dict[str, Any]:
    """One thing of a track, anew."""
    outs = (MidiOut(rng.choice(synths).name, rng.randrange(1, 4)),)
    kinds: list[dict[str, Any]] = [
        {"mute": rng.random() < 0.2},
        {"solo": rng.random() < 0.005},
        {"midi": outs if rng.random() < 0.9 else ()},
        {"pattern": Pattern(tuple(rng.random() < 0.6 for _ in range(rng.randrange(1, 33))))},
        {"pitches": tuple(rng.randrange(48, 54) for _ in range(4))},
        {"gate": rng.uniform(5, 2000)},
        {"cc": ((rng.randrange(120), rng.randrange(128)),)},
    ]
    return rng.choice(kinds)
