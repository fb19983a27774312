"""Hears the mixer offline: its own messages, through `scsynth -N` into an array."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from deepsteps_live.synthdefs import seed

from deepsteps_live import sound
from deepsteps_live.music import Event, LiveSet, Patch, mix
from deepsteps_live.outputs.mixer import Mixer, definitions
from deepsteps_live.outputs.offline import RATE, run
from deepsteps_live.outputs.osc import Datagram, message
from tests.sound_render import Audio, drum

Change = tuple[float, Callable[[Mixer], list[Datagram]]]

# Low and long and smooth: whatever clicks stands out.
TONE = drum(osc_freq=60.0, osc_attack=40.0, osc_decay=10_000.0, mix=100.0, mod_amount=0.0, distortion=0.0, eq_gain=0.0)


def heard(live_set: LiveSet, changes: Iterable[Change], seconds: float, *, also: Iterable[Patch] = ()) -> Audio:
    """What a set sounds like when its mixer is told to change, each at its second, (samples, 2)."""
    mixer = Mixer()
    shapes = mixer.missing(live_set) | {sound.structure(patch) for patch in also}
    mixer.know(shapes)
    start = [*mixer.first(), message("/d_recv", seed.seed().compile()), *definitions(shapes), *mixer.begin()]
    start += [message("/s_new", seed.NAME, 999), *mixer.channels(live_set)[0], *mixer.mix(mix(live_set, 0))]
    told = ((at, change(mixer)) for at, change in sorted(changes, key=lambda pair: pair[0]))
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "heard.wav"
        run([(0.0, start), *told], seconds, part)
        return np.asarray(soundfile.read(part, dtype="float64", always_2d=True)[0])


def hit(at: float, track: str, patch: Patch, **fields: object) -> Change:
    """A hit on a track."""
    event = replace(Event(0.0, 0.0, track, 0, 0.6, None, 0.5, patch), **fields)  # type: ignore[arg-type]
    return at, lambda mixer: mixer.hit(event, at)


def mixed(at: float, live_set: LiveSet) -> Change:
    """The mix of a set."""
    return at, lambda mixer: mixer.mix(mix(live_set, 0))


def prepared(at: float, live_set: LiveSet) -> Change:
    """The channels of a set: some come, some go, sounds that were turned are followed."""
    return at, lambda mixer: mixer.channels(live_set)[0]


def jump(audio: Audio, start: float = 0.0, end: float = 1e9) -> float:
    """The largest step from one sample to the next between two seconds."""
    return float(np.abs(np.diff(audio[round(start * RATE) : round(min(end, 1e6) * RATE)], axis=0)).max())
