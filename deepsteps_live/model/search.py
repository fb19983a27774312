"""Latents by search: the point of the box whose bar is nearest to a given one. Never clamped, never random."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from deepsteps_live.model.about import Density
from deepsteps_live.model.layers import LATENTS, Array
from deepsteps_live.model.loss import SCALE, SHIFT
from deepsteps_live.model.rows import STEPS

BANK, SPREAD = 4096, 1.3  # points of the bank, and their deviation in units of the density
STARTS = 3  # of the bank, that are refined
ROUNDS = (0.25, 0.15, 0.08, 0.04)  # deviations of the tries around the best points so far
TRIES = 32
GROOVE_SHARE = 0.1  # of offsets and velocities against hits
LEAST = 1e-6  # of a probability

Decode = Callable[[Array], Array]  # latents (N, 4) to outputs (N, 48): probabilities, offsets in steps, velocities


class Search:
    """A model's box, decoded once; made at the first encoding."""

    def __init__(self, decode: Decode, density: Density, own: Array) -> None:
        """`own` (N, 4): the latents of training rows, which belong to the bank."""
        rng = np.random.default_rng(1)
        drawn = density.mean + SPREAD * (density.draw(BANK, rng) - density.mean)
        self._decode, self._sd = decode, density.sd
        self._points = np.concatenate([own, drawn]).astype(np.float32)
        self._bank = _features(decode(self._points))
        self._rounds = [rng.standard_normal((STARTS + 1, TRIES, LATENTS)) * width for width in ROUNDS]

    def find(self, row: Array, guess: Array | None) -> tuple[float, ...]:
        """The latents nearest to a row (48,) of hits, offsets in steps, velocities; from the bank, and a guess."""
        wanted = _wanted(row)
        order = np.argpartition(self._bank @ wanted, STARTS)[:STARTS]
        starts = self._points[order]
        best = starts if guess is None else np.concatenate([starts, guess[None]])
        for around in self._rounds:
            tries = np.concatenate([best[:, None], best[:, None] + around[: len(best)] * self._sd], axis=1)
            distances = _features(self._decode(tries.reshape(-1, LATENTS))) @ wanted
            nearest = distances.reshape(len(best), -1).argmin(axis=1)
            best = tries[np.arange(len(best)), nearest]
        distances = _features(self._decode(best)) @ wanted
        return tuple(float(z) for z in best[distances.argmin()])


def _features(outputs: Array) -> Array:
    """What a distance multiplies with `_wanted`, (N, 97): entropy of silence, logits, the groove and its squares."""
    p = np.clip(outputs[:, :STEPS], LEAST, 1 - LEAST)
    rest = np.log1p(-p)
    groove = (outputs[:, STEPS:] - SHIFT[STEPS:]) / SCALE[STEPS:]
    groove[:, STEPS:] /= 2
    parts = [-rest.sum(axis=1, keepdims=True), rest - np.log(p), groove**2, groove]
    return np.concatenate(parts, axis=1, dtype=np.float32, casting="same_kind")


def _wanted(row: Array) -> Array:
    """What `_features` are weighed with: the product is cross-entropy and a share of groove's squared errors."""
    hits = (row[:STEPS] > 0).astype(np.float32)
    mask = np.concatenate([hits, hits]) * GROOVE_SHARE
    groove = (row[STEPS:] - SHIFT[STEPS:]) / SCALE[STEPS:]
    groove[STEPS:] /= 2
    found: Array = np.concatenate([[1.0], hits, mask, -2 * mask * groove]).astype(np.float32)
    return found
