"""How wrong a decoded batch is, and which way is less wrong.

Targets and outputs are (B, 48): hits or their logits, 2 x offsets, velocities.
"""

from __future__ import annotations

import numpy as np

from deepsteps_live.model.layers import Array, sigmoid

STEPS = 16
GROOVE_WEIGHT = 2.0  # of offsets and velocities against hits
MARGIN = 1.0  # logits by which the surest step of any bar is a hit, and the least sure one a rest


def row_loss(output: Array, target: Array) -> tuple[float, Array]:
    """Cross-entropy of hits plus squared error of offsets and velocities on true hits; per row, and its gradient."""
    batch = len(output)
    logits, hits = output[:, :STEPS], target[:, :STEPS]
    entropy = np.maximum(logits, 0) - logits * hits + np.log1p(np.exp(-np.abs(logits)))  # (B, 16)
    mask = np.concatenate([hits, hits], axis=1)  # (B, 32)
    error = (output[:, STEPS:] - target[:, STEPS:]) * mask  # (B, 32)
    gradient = np.concatenate([sigmoid(logits) - hits, 2 * GROOVE_WEIGHT * error], axis=1) / batch
    return float((entropy.sum() + GROOVE_WEIGHT * (error**2).sum()) / batch), gradient.astype(output.dtype)


def box_loss(output: Array) -> tuple[float, Array]:
    """How nearly bars anywhere in the box are empty or full: 0 where some step is a hit and some a rest by MARGIN.

    Softplus of MARGIN - highest logit and of MARGIN + lowest logit, per row, and its gradient.
    """
    batch = np.arange(len(output))
    logits = output[:, :STEPS]
    surest, rarest = logits.argmax(axis=1), logits.argmin(axis=1)
    empty, full = 4 * (MARGIN - logits[batch, surest]), 4 * (MARGIN + logits[batch, rarest])
    gradient = np.zeros_like(output)
    gradient[batch, surest] -= sigmoid(empty) / len(output)
    gradient[batch, rarest] += sigmoid(full) / len(output)
    return float((np.logaddexp(0, empty) + np.logaddexp(0, full)).sum() / 4 / len(output)), gradient
