"""The bars that the prior is trained on and judged by: Groove MIDI with tempo and fills, and MusicVAE's samples."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scripts.groove_midi import performances

KEYS = ("kick", "sd", "ch", "oh", "lt", "mt", "ht", "cc", "rc")  # the samples' names, in the order of music.drums
SPLITS = ("train", "validation", "test")
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Windows:
    """Two bars in a row: bars (N, 2, 9, 3, 16) of hits, offsets, velocities; bpm (N,); fill (N,), 1 in a fill."""

    bars: Array
    bpm: Array
    fill: Array


def groove_windows(path: Path) -> dict[str, Windows]:
    """Every two bars in a row that hold a hit, a bar apart, of "train", "validation" and "test"."""
    played = performances(path)
    labels = _labels(path)
    found = {}
    for split in SPLITS:
        parts, bpm, fill = [], [], []
        for bars, (tempo, kind) in zip(played[split], labels[split], strict=True):
            if len(bars) > 1:
                pairs = np.stack([bars[:-1], bars[1:]], axis=1)
                pairs = pairs[pairs[:, :, :, 0].any(axis=(1, 2, 3))].astype(np.float32)
                parts.append(pairs)
                bpm += [tempo] * len(pairs)
                fill += [float(kind == "fill")] * len(pairs)
        found[split] = Windows(np.concatenate(parts), np.array(bpm, np.float32), np.array(fill, np.float32))
    return found


def musicvae(folder: Path) -> tuple[Array, Array]:
    """The samples' hits (N, 2, 9, 16), each once a temperature, and their temperatures (N,), 0.1 to 1."""
    hits, temperatures = [], []
    for tenth in range(1, 11):
        with gzip.open(folder / f"temperature_{tenth:02d}.jsonl.gz", "rt") as lines:
            for line in sorted(set(lines)):
                if line.strip():
                    row = json.loads(line)
                    hits.append([[letter == "x" for letter in row.get(key, "-" * 32)] for key in KEYS])
                    temperatures.append(tenth / 10)
    array = np.array(hits, np.float32).reshape(-1, 9, 2, 16).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(array), np.array(temperatures, np.float32)


def _labels(path: Path) -> dict[str, list[tuple[float, str]]]:
    found: dict[str, list[tuple[float, str]]] = {split: [] for split in SPLITS}
    with zipfile.ZipFile(path) as archive:
        table = next(name for name in archive.namelist() if name.endswith("info.csv"))
        for row in csv.DictReader(io.TextIOWrapper(archive.open(table), "utf-8")):
            if row["time_signature"] == "4-4":
                found[row["split"]].append((float(row["bpm"]), row["beat_type"]))
    return found
