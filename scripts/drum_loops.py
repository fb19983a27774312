"""Drum loops with known onsets: performances of the Groove MIDI Dataset, rendered with our own kits.

What listening learns from, and what it is measured with. Hits are rendered once by scsynth and mixed here.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np
from numpy.typing import NDArray

from deepsteps_live import engine, places, sound
from deepsteps_live.errors import BadInput
from deepsteps_live.music.drums import DRUM_OF
from deepsteps_live.session.hits import RATE, hit

SLOTS = {  # of a kit, from 0: which play a drum
    "kick": (0,),
    "snare": (1, 4),
    "hat": (2,),
    "openhat": (3,),
    "lowtom": (5,),
    "midtom": (5, 6),
    "hightom": (5, 6),
    "crash": (7,),
    "ride": (7, 3),
}
TUNED = {"hightom": 1.35, "lowtom": 0.75}  # the one tom of a kit
VELOCITIES = (0.45, 0.95)  # a hit is rendered soft and hard
SOFT = 0.6  # velocity up to which the soft one is taken
MERGED = 0.03  # seconds within which hits are one onset
TOGETHER = 32  # hits that one scsynth renders

Floats = NDArray[np.float32]
Kit = dict[int, tuple[Floats, Floats]]  # by slot: soft, hard


@dataclass(frozen=True, slots=True)
class Hit:
    """A drum struck at `seconds`, with a velocity 0 to 1."""

    seconds: float
    drum: str
    velocity: float


@dataclass(frozen=True, slots=True)
class Performance:
    """What somebody played in 4/4 at a tempo."""

    name: str
    bpm: float
    hits: tuple[Hit, ...]


def performances(path: Path, split: str) -> Iterator[Performance]:
    """The 4/4 performances of "train", "validation" or "test" with more than a few hits, from the dataset's zip."""
    with zipfile.ZipFile(path) as archive:
        table = next((name for name in archive.namelist() if name.endswith("info.csv")), None)
        if table is None:
            raise BadInput(f"{path} is not the Groove MIDI Dataset's zip: it has no info.csv")
        folder = table[: -len("info.csv")]
        for row in csv.DictReader(io.TextIOWrapper(archive.open(table), "utf-8")):
            if row["split"] == split and row["time_signature"] == "4-4":
                hits = tuple(_hits(archive.read(folder + row["midi_filename"])))
                if len(hits) >= 8:
                    yield Performance(row["id"], float(row["bpm"]), hits)


def kits(changes: Sequence[float] = (0.0,), seed: int = 0) -> list[Kit]:
    """Our kits' hits, each kit once for every amount (0 to 1) by which its patches are changed at random."""
    wanted = []
    for path in sorted(places.KITS.glob("*.mtpreset")):
        for place, amount in enumerate(changes):
            patches = sound.read_kit(path).patches
            for slot, patch in enumerate(patches):
                if patch is not None:
                    made = sound.randomize(patch, amount, seed + 100 * place + slot) if amount else patch
                    wanted += [((path.stem, place), slot, hit(made, velocity)) for velocity in VELOCITIES]
    found: dict[tuple[str, int], dict[int, list[Floats]]] = {}
    for first in range(0, len(wanted), TOGETHER):
        some = wanted[first : first + TOGETHER]
        for (kit, slot, _), audio in zip(some, engine.hits([event for _, _, event in some]), strict=True):
            found.setdefault(kit, {}).setdefault(slot, []).append(np.asarray(audio, np.float32).mean(axis=1))
    return [{slot: (soft, hard) for slot, (soft, hard) in kit.items() if audible(hard)} for kit in found.values()]


def audible(audio: Floats) -> bool:
    """Whether a changed patch is a hit at all."""
    return len(audio) > 200 and float(np.abs(audio).max()) > 1e-4


def mixed(hits: Sequence[Hit], kit: Kit, rng: np.random.Generator, seconds: float, *, vary: bool) -> Floats:
    """Hits played on a kit, mono at RATE, its drums at like levels; `vary` tunes and levels them at random."""
    x = np.zeros(int(seconds * RATE), np.float32)
    tuned = {drum: TUNED.get(drum, 1.0) * (2 ** rng.uniform(-0.3, 0.3) if vary else 1.0) for drum in SLOTS}
    levels = {drum: 10 ** (rng.uniform(-6, 4) / 20) if vary else 1.0 for drum in SLOTS}
    slots = {drum: choices[rng.integers(len(choices))] for drum, choices in SLOTS.items()}
    curve = rng.uniform(1.0, 2.2) if vary else 1.5
    for each in hits:
        if (sounds := kit.get(slots[each.drum])) is None:
            continue
        audio = sounds[each.velocity > SOFT]
        audio = _tuned(audio, tuned[each.drum])
        gain = each.velocity**curve * levels[each.drum] / 2 / max(float(np.abs(audio).max()), 1e-4)
        start = round(each.seconds * RATE)
        count = min(len(audio), len(x) - start)
        if count > 0:
            x[start : start + count] += audio[:count] * gain
    return x


def worn(x: Floats, rng: np.random.Generator) -> Floats:
    """What recordings do to drums: at random a room, held tones, noise, saturation, a low-pass, another level."""
    time = np.arange(len(x)) / RATE
    if rng.random() < 0.5:
        x = x + _room(x, rng) * np.float32(rng.uniform(0.05, 0.5))
    if rng.random() < 0.3:
        for _ in range(3):
            swing = rng.uniform(0, 0.5) * np.sin(2 * np.pi * rng.uniform(0.1, 5) * time)
            tone = np.sin(2 * np.pi * rng.uniform(50, 800) * time + swing)
            x = x + (tone * rng.uniform(0.003, 0.04)).astype(np.float32)
    if rng.random() < 0.5:
        x = x + rng.normal(0, 10 ** (rng.uniform(-80, -45) / 20), len(x)).astype(np.float32)
    if rng.random() < 0.4:
        x = np.tanh(np.float32(rng.uniform(1, 6)) * x)
    if rng.random() < 0.3:
        spectrum, corner = np.fft.rfft(x), rng.uniform(4000, 15_000)
        spectrum /= 1 + (np.fft.rfftfreq(len(x), 1 / RATE) / corner) ** 6
        x = np.fft.irfft(spectrum, len(x)).astype(np.float32)
    return x * np.float32(10 ** (rng.uniform(-30, 0) / 20))


def undrummed(rng: np.random.Generator, seconds: float) -> Floats:
    """A recording without drums: held and gliding tones, or noise of some colour, that swell slowly."""
    time = np.arange(int(seconds * RATE)) / RATE
    if rng.random() < 0.5:
        x = np.zeros(len(time))
        for _ in range(rng.integers(1, 5)):
            glide = rng.uniform(-0.3, 0.3) * time * time / seconds
            vibrato = rng.uniform(0, 0.01) * np.sin(2 * np.pi * rng.uniform(3, 7) * time)
            phase = 2 * np.pi * rng.uniform(40, 1500) * (time + glide + vibrato / 7)
            x += np.tanh(rng.uniform(0.5, 4) * np.sin(phase)) * rng.uniform(0.1, 1)
    else:
        spectrum = np.fft.rfft(rng.normal(0, 1, len(time)))
        middle, width = rng.uniform(np.log(100), np.log(12_000)), rng.uniform(0.3, 5)
        pitch = np.log(np.fft.rfftfreq(len(time), 1 / RATE) + 1)
        x = np.fft.irfft(spectrum * np.exp(-np.square((pitch - middle) / width)), len(time))
    swell = 1 + rng.uniform(0, 0.9) * np.sin(2 * np.pi * rng.uniform(0.05, 1.5) * time + rng.uniform(0, 6))
    fade = np.minimum(1, time / rng.uniform(0.1, 1))
    return (x * swell * fade / np.abs(x).max()).astype(np.float32)


def merged(seconds: Sequence[float]) -> NDArray[np.float64]:
    """Onsets: times in order, those within MERGED of the one before left out."""
    found: list[float] = []
    for each in sorted(seconds):
        if not found or each - found[-1] >= MERGED:
            found.append(each)
    return np.array(found)


def _hits(content: bytes) -> Iterator[Hit]:
    now = 0.0
    for message in mido.MidiFile(file=io.BytesIO(content)):  # type: ignore[no-untyped-call]
        now += message.time
        if message.type == "note_on" and message.velocity > 0 and message.note in DRUM_OF:
            yield Hit(now, DRUM_OF[message.note], message.velocity / 127)


def _tuned(audio: Floats, factor: float) -> Floats:
    if factor == 1:
        return audio
    places_in = np.arange(int(len(audio) / factor)) * factor
    return np.interp(places_in, np.arange(len(audio)), audio).astype(np.float32)


def _room(x: Floats, rng: np.random.Generator) -> Floats:
    length = int(rng.uniform(0.05, 0.6) * RATE)
    answer = rng.normal(0, 1, length) * np.exp(-np.arange(length) / length * 6.9)
    answer[: int(0.003 * RATE)] = 0
    answer /= np.sqrt(np.square(answer).sum())
    size = 1 << (len(x) + length - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(answer, size), size)[: len(x)].astype(np.float32)
