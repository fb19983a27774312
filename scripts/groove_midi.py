"""The Groove MIDI Dataset's zip as bars of steps: what the shipped weights are trained on."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import mido
import numpy as np
from numpy.typing import NDArray

from deepsteps_live.errors import BadInput
from deepsteps_live.music.drums import DRUM_OF, NOTES

CREDIT = """Trained on the Groove MIDI Dataset v1.0.0, CC BY 4.0: Gillick, Roberts, Engel, Eck, Bamman,
"Learning to Groove with Inverse Sequence Transformations", ICML 2019."""
STEPS = 16
FINEST = 120  # offsets are kept as whole fractions of a step, so that equal bars are found equal

_LANE = {note: list(NOTES).index(name) for note, name in DRUM_OF.items()}

Array = NDArray[np.float64]


def performances(path: Path) -> dict[str, list[Array]]:
    """The 4/4 performances of "train", "validation" and "test", each (bars, 9 drums, 3, 16 steps).

    The three are hits (0 or 1), offsets in steps (-0.5 to 0.5) and velocities (0 to 1); the drums are in the order of
    `music.drums.NOTES`. A hit goes to the nearest sixteenth; of several there the loudest stays.
    """
    return {split: [bars for _, bars in played] for split, played in named_performances(path).items()}


def named_performances(path: Path) -> dict[str, list[tuple[str, Array]]]:
    """The same, each with its name in the dataset: "drummer1/session1/1"."""
    found: dict[str, list[tuple[str, Array]]] = {"train": [], "validation": [], "test": []}
    try:
        with zipfile.ZipFile(path) as archive:
            table = next(name for name in archive.namelist() if name.endswith("info.csv"))
            folder = table[: -len("info.csv")]
            for row in csv.DictReader(io.TextIOWrapper(archive.open(table), "utf-8")):
                if row["time_signature"] == "4-4":
                    file = io.BytesIO(archive.read(folder + row["midi_filename"]))
                    found[row["split"]].append((row["id"], _bars(mido.MidiFile(file=file))))  # type: ignore[no-untyped-call]
    except (OSError, StopIteration, KeyError, zipfile.BadZipFile) as error:
        raise BadInput(f"{path} is not the Groove MIDI Dataset's zip: {error}") from None
    return found


def lanes(played: list[Array]) -> Array:
    """Rows (N, 48) of single drums: hits, offsets, velocities of a bar.

    Empty lanes are left out, and of lanes with equal hits and offsets one is kept.
    """
    rows = np.concatenate([bars.reshape(-1, 3 * STEPS) for bars in played])
    return _unique(rows[rows[:, :STEPS].any(axis=1)])


def examples(played: list[tuple[str, Array]], count: int, seed: int = 0) -> tuple[Array, list[str]]:
    """So many rows (N, 48) of single drums, no two with the same hits, each with where it was played."""
    found: dict[bytes, tuple[Array, str]] = {}
    for name, bars in played:
        for bar, drums in enumerate(bars, start=1):
            for drum, row in zip(NOTES, drums, strict=True):
                if row[0].any():
                    found.setdefault(row[0].tobytes(), (row.reshape(-1), f"{name} bar {bar} {drum}"))
    every = list(found.values())
    chosen = [every[place] for place in np.random.default_rng(seed).permutation(len(every))[:count]]
    return np.array([row for row, _ in chosen]), [source for _, source in chosen]


def windows(played: list[Array]) -> Array:
    """Every two bars in a row that hold a hit, a bar apart: (N, 2, 9 drums, 3, 16 steps)."""
    pairs = [np.stack([bars[:-1], bars[1:]], axis=1) for bars in played if len(bars) > 1]
    both = np.concatenate(pairs)
    return both[both[:, :, :, 0].any(axis=(1, 2, 3))]


def _bars(file: mido.MidiFile) -> Array:
    ticks = 0
    cells: dict[tuple[int, int], tuple[float, float]] = {}
    for message in mido.merge_tracks(file.tracks):  # type: ignore[no-untyped-call]
        ticks += message.time
        if message.type == "note_on" and message.velocity > 0 and message.note in _LANE:
            place = ticks / file.ticks_per_beat * 4
            step = int(np.rint(place))
            key, velocity = (_LANE[message.note], step), message.velocity / 127
            if key not in cells or cells[key][1] < velocity:
                cells[key] = (np.rint((place - step) * FINEST) / FINEST, velocity)
    count = max((step for _, step in cells), default=-1) // STEPS + 1
    bars = np.zeros((count, len(NOTES), 3, STEPS))
    for (lane, step), (offset, velocity) in cells.items():
        bars[step // STEPS, lane, :, step % STEPS] = 1.0, offset, velocity
    return bars


def _unique(rows: Array) -> Array:
    """Of rows with equal hits and offsets the one in the middle of their order, so that no velocity is favoured."""
    order = np.lexsort(rows.T[::-1])
    ordered = rows[order]
    new = np.any(np.diff(ordered[:, : 2 * STEPS], axis=0) != 0, axis=1)
    starts = np.concatenate([[0], np.flatnonzero(new) + 1, [len(rows)]])
    middles: Array = ordered[(starts[:-1] + starts[1:] - 1) // 2]
    return middles
