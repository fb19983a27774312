"""Hears a patch offline: a few hits through `scsynth -N` into an array."""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from supriya import SynthDef, SynthDefBuilder
from supriya.osc import OscBundle, OscMessage
from supriya.ugens import FreeSelf, RandSeed

from deepsteps_live import synthdefs
from deepsteps_live.music import NORMAL, Patch
from deepsteps_live.sound import Structure, controls, fresh, structure, turn

RATE = 48_000
SCSYNTH = ("scsynth", "-i", "0", "-o", "2", "-m", "131072", "-w", "256", "-D", "0")
needs_scsynth = pytest.mark.skipif(shutil.which("scsynth") is None, reason="scsynth is not installed")

Audio = NDArray[np.float64]


@dataclass(frozen=True)
class Hit:
    """One voice: when it starts, its patch, and the rest of the event; `let_go` is when `hold` falls."""

    at: float
    patch: Patch
    velocity: float = NORMAL
    pitch: float | None = None
    gate: float = 0.1
    let_go: float | None = None


@lru_cache(maxsize=256)
def compiled(shape: Structure) -> bytes:
    return synthdefs.build(shape).compile()


def drum(**turned: object) -> Patch:
    """A fresh drum with some parameters in display units; those that pick a law first."""
    patch = fresh("drum")
    order = sorted(turned, key=lambda name: name not in ("mod_mode", "noise_env"))
    for name in order:
        patch = turn(patch, name, turned[name])
    return patch


def hear(patch: Patch, seconds: float, velocity: float = NORMAL, pitch: float | None = None, rate: int = RATE) -> Audio:
    """One hit at sample 0, (samples, 2)."""
    return hear_all([Hit(0.0, patch, velocity, pitch)], seconds, rate)


def hear_all(hits: Sequence[Hit], seconds: float, rate: int = RATE) -> Audio:
    """Several hits straight to the outputs, (samples, 2)."""
    commands: list[tuple[float, list[Any]]] = [
        (0.0, ["/d_recv", compiled(shape)]) for shape in {structure(hit.patch) for hit in hits}
    ]
    for node, hit in enumerate(hits, start=1000):
        values = controls(hit.patch, hit.velocity, hit.pitch, hit.gate)
        flat = [part for pair in values.items() for part in pair]
        commands.append((hit.at, ["/s_new", structure(hit.patch).name, node, 1, 0, "out", 0, *flat]))
        if hit.let_go is not None:
            commands.append((hit.let_go, ["/n_set", node, "hold", 0]))
    return rendered(commands, seconds, rate)


def rendered(commands: Iterable[tuple[float, list[Any]]], seconds: float, rate: int = RATE) -> Audio:
    """OSC commands, each at its second, through offline scsynth, (samples, 2); a wrong graph fails by its length."""
    audio, _ = rendered_with_log(commands, seconds, rate)
    return audio


def rendered_with_log(
    commands: Iterable[tuple[float, list[Any]]], seconds: float, rate: int = RATE
) -> tuple[Audio, str]:
    """The same, and what scsynth printed."""
    by_time: dict[float, list[OscMessage]] = {
        0.0: [*_tables(), OscMessage(*definition(_seed())), OscMessage("/s_new", "seed", 999)]
    }
    for at, message in commands:
        by_time.setdefault(at, []).append(OscMessage(*message))
    by_time.setdefault(seconds, []).append(OscMessage("/c_set", 0, 0))
    with tempfile.TemporaryDirectory() as folder:
        score, sound = Path(folder) / "score.osc", Path(folder) / "sound.wav"
        with score.open("wb") as file:
            for at, messages in sorted(by_time.items()):
                for message in messages:
                    datagram = OscBundle(timestamp=at, contents=[message]).to_datagram(realtime=False)
                    file.write(struct.pack(">i", len(datagram)) + datagram)
        done = subprocess.run(
            [*SCSYNTH, "-N", str(score), "_", str(sound), str(rate), "WAV", "float"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        audio, found = soundfile.read(sound, dtype="float64", always_2d=True)
    log = done.stdout + done.stderr
    assert found == rate
    assert 0 <= len(audio) - round(seconds * rate) < 200, log
    assert "FAILURE" not in log, log
    return audio[: round(seconds * rate)], log


@lru_cache(maxsize=1)
def _tables() -> tuple[OscMessage, ...]:
    return tuple(OscMessage(*each) for each in synthdefs.waves.messages())


@lru_cache(maxsize=1)
def _seed() -> SynthDef:
    """Noise that is the same in every run."""
    builder = SynthDefBuilder()
    with builder:
        RandSeed.ir(trigger=1, seed=1)
        FreeSelf.kr(trigger=1)
    return builder.build(name="seed")


def definition(synthdef: SynthDef) -> list[Any]:
    return ["/d_recv", synthdef.compile()]


def decibels(ratio: float) -> float:
    return float(20 * np.log10(max(ratio, 1e-12)))


def rms(audio: Audio) -> float:
    return float(np.sqrt(np.mean(audio**2)))
