"""The heads: what a network's 48 outputs mean, and how wrong they are.

All three lanes leave the last layer as y and go through one tanh: hits as t = 2p - 1 of their probability p (y is half
the logit), offsets as t = 2 x offset, velocities as t from -1, the quietest, to 1. So reading a bar out is one tanh,
one product and one sum, and no number can leave its range.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from deepsteps_live.model.layers import Array
from deepsteps_live.model.rows import COLUMNS, QUIETEST, STEPS
from deepsteps_live.model.tape import Lane, Tape, through_tanh

GROOVES = COLUMNS - STEPS  # outputs of offsets and velocities
SURE = 0.025  # of y, just above the even chance

# What t is multiplied by, and what is added, for probabilities, offsets in steps, velocities.
SCALE = np.repeat([0.5, 0.5, (1 - QUIETEST) / 2], STEPS).astype(np.float32)
SHIFT = np.repeat([0.5, 0.0, (1 + QUIETEST) / 2], STEPS).astype(np.float32)


def readout(y: Array) -> Array:
    """Outputs (..., 48) as probabilities, offsets in steps, velocities; no bar is empty (see `lifted`)."""
    found: Array = np.tanh(np.concatenate([lifted(y[..., :STEPS]), y[..., STEPS:]], axis=-1)) * SCALE + SHIFT
    return found


def lifted(y: Array) -> Array:
    """The decoder's last op: the hits' outputs (..., 16) raised together where none is above SURE: no bar is empty.

    The rows that a model learns hold no empty bar; where the network is unsure of every step, its surest one sounds.
    """
    found: Array = y + np.maximum(0, SURE - y.max(axis=-1, keepdims=True))
    return found


def prepare(x: Array, target: Array, weight: Array, groove: float) -> None:
    """What t should be and what it weighs, into `target` (..., 48, B) and `weight` (..., 32, B).

    x  (..., 48, B), rows as the networks read them: hits, doubled offsets, velocities
    t should be -1 or 1, the doubled offset, the velocity on -1..1. Offsets and velocities weigh `groove` on true hits
    and nothing on rests; the slope of groove x error^2 is weighted, and a velocity's error is half of t's.
    """
    hits, velocities = x[..., :STEPS, :], target[..., 2 * STEPS :, :]
    np.subtract(2 * hits, 1, out=target[..., :STEPS, :])
    np.copyto(target[..., STEPS:, :], x[..., STEPS:, :])
    np.subtract(velocities, SHIFT[-1], out=velocities)
    np.divide(velocities, SCALE[-1], out=velocities)
    np.maximum(velocities, -1, out=velocities)
    np.multiply(hits, 2 * groove, out=weight[..., :STEPS, :])
    np.multiply(hits, groove / 2, out=weight[..., STEPS:, :])


def heads(tape: Tape, y: Lane, target: Array, weight: Array) -> None:
    """The loss and its slope at the last layer, for a batch: `target` (48, B) and `weight` (32, B) are read in place.

    Cross-entropy of the hits, whose slope at y is t - target; weighted squared errors of the groove.
    """
    tape.forwards.append(partial(np.tanh, y.inner, y.inner))
    groove = y.slope[STEPS:]
    tape.backwards.append(
        [
            partial(np.subtract, y.inner, target, y.slope),
            partial(np.multiply, groove, weight, groove),
            *through_tanh(tape, y.inner[STEPS:], groove),
        ]
    )


def loss(t: Array, target: Array, weight: Array) -> float:
    """The mean loss of a row, from t (48, B) and what `heads` read: nats of the hits plus weighted squared errors."""
    right = np.maximum((1 + t[:STEPS] * target[:STEPS]) / 2, 1e-7)
    error = (t[STEPS:] - target[STEPS:]) ** 2 * weight / 2
    return float((error.sum() - np.log(right).sum()) / t.shape[1])
