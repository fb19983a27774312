"""One-bar lanes of single drums from the Groove MIDI Dataset's zip: what the shipped weights are trained on."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import mido
import numpy as np

from deepsteps_live.errors import BadInput
from deepsteps_live.model.layers import Array
from deepsteps_live.model.rows import STEPS

DRUMS = {  # MIDI notes of each lane, as Magenta's nine classes have them
    "kick": (35, 36),
    "snare": (37, 38, 39, 40),
    "hat": (22, 42, 44),
    "open hat": (26, 46),
    "low tom": (43, 58),
    "mid tom": (45, 47),
    "high tom": (48, 50),
    "crash": (49, 52, 55, 57),
    "ride": (51, 53, 59),
}
FINEST = 120  # offsets are kept as whole fractions of a step, so that equal bars are found equal

_LANE = {note: lane for lane, notes in enumerate(DRUMS.values()) for note in notes}


def splits(path: Path) -> dict[str, Array]:
    """Rows (N, 48) of "train", "validation" and "test": hits, offsets in steps, velocities.

    Only 4/4 files. A hit goes to the nearest sixteenth, of several the loudest stays. Empty lanes are left out, and
    of lanes with equal hits and offsets one is kept.
    """
    found: dict[str, list[Array]] = {"train": [], "validation": [], "test": []}
    try:
        with zipfile.ZipFile(path) as archive:
            table = next(name for name in archive.namelist() if name.endswith("info.csv"))
            folder = table[: -len("info.csv")]
            for row in csv.DictReader(io.TextIOWrapper(archive.open(table), "utf-8")):
                if row["time_signature"] == "4-4":
                    with archive.open(folder + row["midi_filename"]) as file:
                        found[row["split"]].extend(
                            _rows(
                                mido.MidiFile(  # type: ignore[no-untyped-call]
                                    file=io.BytesIO(file.read())
                                )
                            )
                        )
    except (OSError, StopIteration, KeyError, zipfile.BadZipFile) as error:
        raise BadInput(f"{path} is not the Groove MIDI Dataset's zip: {error}") from None
    return {split: _unique(np.array(rows)) for split, rows in found.items()}


def _rows(file: mido.MidiFile) -> Iterator[Array]:
    """The non-empty lanes of every bar."""
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
    bars: dict[tuple[int, int], Array] = {}
    for (lane, step), (offset, velocity) in cells.items():
        row = bars.setdefault((lane, step // STEPS), np.zeros((3, STEPS)))
        row[:, step % STEPS] = 1.0, offset, velocity
    yield from (row.reshape(-1) for row in bars.values())


def _unique(rows: Array) -> Array:
    """Of rows with equal hits and offsets the one in the middle of their order, so that no velocity is favoured."""
    order = np.lexsort(rows.T[::-1])
    ordered = rows[order]
    new = np.any(np.diff(ordered[:, : 2 * STEPS], axis=0) != 0, axis=1)
    starts = np.concatenate([[0], np.flatnonzero(new) + 1, [len(rows)]])
    middles: Array = ordered[(starts[:-1] + starts[1:] - 1) // 2]
    return middles
