"""Rows as arrays: 16 hits, 16 offsets in steps, 16 velocities; checked, and as the networks read them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepsteps_live.errors import BadInput
from deepsteps_live.model.layers import Array

STEPS = 16
COLUMNS = 3 * STEPS
BEATS = 4
LEAST_DIFFERENT = 2  # bars, below which there is nothing to learn
LANES = ((0, 1), (-0.5, 0.5), (0, 1))  # least and most of hits, offsets, velocities
QUIETEST = 1 / 127  # of a velocity that is heard
SLACK = 1e-6  # float32 may round a number past its end


def bar(hits: Sequence[float], offsets: Sequence[float], velocities: Sequence[float]) -> Array:
    """Three lanes of 16 as one row (48,), or BadInput."""
    try:
        lanes = np.array([hits, offsets, velocities], np.float64)  # (3, 16)
    except (TypeError, ValueError):
        lanes = np.empty(0)
    if lanes.shape != (3, STEPS) or not _within(lanes[None]).all():
        raise BadInput(f"a bar is {STEPS} hits, {STEPS} offsets from -0.5 to 0.5 and {STEPS} velocities from 0 to 1")
    return np.concatenate([lanes[0] > 0, lanes[1], lanes[2]])


def checked(rows: Array) -> Array:
    """Rows (N, 48) that something can be learned from, as float32; BadInput says what is wrong or missing."""
    try:
        found = np.asarray(rows, np.float32)
    except (TypeError, ValueError):
        raise BadInput(f"rows are bars of {COLUMNS} numbers: hits, offsets, velocities") from None
    if not found.size:
        raise BadInput("there are no rows to learn from; listen() or capture() fills the dataset")
    if found.ndim != 2 or found.shape[1] != COLUMNS:
        raise BadInput(f"rows are bars of {COLUMNS} numbers: hits, offsets, velocities; not {found.shape}")
    right = _within(found.reshape(-1, 3, STEPS)).all(axis=(1, 2))
    if not right.all():
        raise BadInput(
            f"row {int(np.argmin(right)) + 1} is no bar: hits are 0 or 1, offsets -0.5 to 0.5, velocities 0 to 1"
        )
    different = len(np.unique(packed_hits(found)))
    if different < LEAST_DIFFERENT:
        raise BadInput(
            f"{_count(len(found), 'row')} with the same hits: too small to learn from; "
            f"give at least {LEAST_DIFFERENT} different bars, better 16"
        )
    return found


def as_input(rows: Array) -> Array:
    """Rows (N, 48) as the networks read them, float32: hits 0 or 1, offsets doubled, velocities; rests empty."""
    lanes = np.array(rows, np.float32).reshape(-1, 3, STEPS)
    lanes[:, 0] = lanes[:, 0] > 0
    lanes[:, 1] *= 2
    lanes[:, 1:] *= lanes[:, :1]
    return lanes.reshape(-1, COLUMNS)


def packed_hits(rows: Array) -> Array:
    """The hits of rows (N, 48) as one number a row, so that equal hits are equal numbers."""
    found: Array = (rows[:, :STEPS] > 0) @ (1 << np.arange(STEPS))
    return found


def crossed(x: Array, count: int, rng: np.random.Generator) -> Array:
    """Rows that might have been: every beat, with its offsets and velocities, from a row drawn at random."""
    parts = 3 * BEATS
    beat = np.arange(parts).reshape(1, 3, BEATS)
    source = rng.integers(0, len(x), (count, 1, BEATS)) * parts + beat  # (count, 3, 4)
    found: Array = x.reshape(-1, STEPS // BEATS).take(source.reshape(-1), axis=0).reshape(count, COLUMNS)
    return found


def _within(lanes: Array) -> Array:
    low, high = np.array(LANES, np.float64).T[:, None, :, None]  # (1, 3, 1) each
    found: Array = (low - SLACK <= lanes) & (lanes <= high + SLACK)
    return found


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
