"""Single hits through offline scsynth, straight from their voices: no strip, no sends, no master, no limiter."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from deepsteps_live import sound
from deepsteps_live.music import Event, Patch
from deepsteps_live.outputs.mixer import ROOT, Mixer, definitions
from deepsteps_live.outputs.offline import Timed, run
from deepsteps_live.outputs.osc import ADD_TO_TAIL, Datagram, message, new_voice
from deepsteps_live.synthdefs import seed

RATE = 44_100
AT_ONCE = 8  # each on two outputs of its own, all at sample 0; the mixer's buses begin above them
SHORTEST = 0.5  # seconds
AFTER = 0.02  # seconds of nothing at the end
FIRST_NODE = 1000

Audio = NDArray[np.float32]


def hits(events: Sequence[Event], rate: int = RATE) -> list[Audio]:
    """What each event sounds like alone, from its first sample to its end: (samples, 2), at least half a second.

    Sound, velocity, pitch and gate of an event count; one without a sound is silent. Fault when scsynth is missing
    or fails.
    """
    found: list[Audio] = []
    for start in range(0, len(events), AT_ONCE):
        found += _together(events[start : start + AT_ONCE], rate)
    return found


def _together(events: Sequence[Event], rate: int) -> list[Audio]:
    lengths = [max(SHORTEST, _life(event) + AFTER) for event in events]
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "hits.wav"
        run(_commands(events), max(lengths), part, channels=2 * len(events), rate=rate)
        audio = np.asarray(soundfile.read(part, dtype="float32", always_2d=True)[0], np.float32)
    return [audio[: round(length * rate), 2 * n : 2 * n + 2] for n, length in enumerate(lengths)]


def _commands(events: Sequence[Event]) -> Iterator[Timed]:
    structures = {sound.structure(event.sound) for event in events if event.sound is not None}
    yield 0.0, [*Mixer().first(), message("/d_recv", seed.seed().compile()), *definitions(structures)]
    yield 0.0, [message("/s_new", seed.NAME, FIRST_NODE - 1, ADD_TO_TAIL, ROOT)]
    yield 0.0, [_voice(event, n, event.sound) for n, event in enumerate(events) if event.sound is not None]


def _voice(event: Event, number: int, patch: Patch) -> Datagram:
    controls = sound.controls(patch, event.velocity, event.pitch, event.gate)
    return new_voice(sound.structure(patch).name, FIRST_NODE + number, ROOT, 2 * number, controls)


def _life(event: Event) -> float:
    if event.sound is None:
        return 0.0
    return sound.controls(event.sound, event.velocity, event.pitch, event.gate)["life"]
