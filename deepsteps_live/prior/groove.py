"""Velocities and timings of given hits: a network that sees two bars of all drums and answers for every hit.

x (288,) are the hits of 9 drums by 32 steps; tanh(x w + b) v + c is 288 velocities (0 to 1), then 288 offsets in
steps. It is fitted to the mean absolute error: the answer is the median of what drummers do there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

SPAN = 32  # steps: two bars
SOFT = 0.02  # below this size an error counts by its square, so that the slope has no corner


def answers(seen: Array, weights: list[Array]) -> tuple[Array, Array]:
    """Velocities and offsets (N, 288) for hits (N, 288)."""
    w, b, v, c = weights
    out = np.tanh(seen @ w + b) @ v + c
    size = out.shape[1] // 2
    return out[:, :size], out[:, size:]


def slopes(seen: Array, velocities: Array, offsets: Array, weights: list[Array]) -> tuple[float, list[Array]]:
    """The mean loss of the hits seen, and its slopes by [w, b, v, c]; sqrt(error^2 + SOFT^2) is nearly its size."""
    w, b, v, c = weights
    hidden = np.tanh(seen @ w + b)  # (N, H)
    out = hidden @ v + c  # (N, 576)
    error = out - np.concatenate([velocities, offsets], axis=1)
    mask = np.concatenate([seen, seen], axis=1)
    size = np.sqrt(error * error + SOFT * SOFT)
    total = max(float(seen.sum()), 1.0)
    wrong = (mask * error / size / total).astype(np.float32)
    inner = (wrong @ v.T) * (1 - hidden * hidden)
    return float((mask * size).sum() / total), [seen.T @ inner, inner.sum(0), hidden.T @ wrong, wrong.sum(0)]
