"""A trained model: four latents to a bar, and a bar to its latents."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from deepsteps_live.errors import BadInput
from deepsteps_live.model.layers import Array, Dense, forward, sigmoid
from deepsteps_live.model.loss import STEPS
from deepsteps_live.model.training import LATENTS, Network, as_input

QUIETEST = 1 / 127  # of a velocity that is heard
BANK, SPREAD = 4096, 1.3  # points that encode() looks through, and their deviation
PROPOSALS = (0.2, 0.08, 0.03)  # deviations of the three rounds that refine the best of them
ROUND = 32
SURE = 0.05  # logits, just above the even chance
GROOVE_SHARE = 0.1  # of offsets and velocities against hits, in encode()
LANES = ((0, 1), (-0.5, 0.5), (0, 1))  # least and most of hits, offsets, velocities


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A decoded bar, for every step, also the improbable ones; arrays of 16.

    probabilities  0 to 1     offsets  in steps, -0.5 to 0.5     velocities  0 to 1
    """

    probabilities: Array
    offsets: Array
    velocities: Array

    def hits(self, tolerance: float = 0.5) -> Array:
        """Which steps are more probable than `tolerance`."""
        return self.probabilities > tolerance


class Model(Protocol):
    """What can be played: our own models and the plug-in's."""

    @property
    def hash(self) -> str:
        """The content's sha256."""

    def decode(self, latents: Sequence[float]) -> Row:
        """The bar of four latents, BadInput when they are not four finite numbers."""

    def encode(self, hits: Sequence[float], offsets: Sequence[float], velocities: Sequence[float]) -> tuple[float, ...]:
        """The four latents whose bar is nearest to this one."""

    def to_bytes(self) -> bytes:
        """The model as `.npz`."""

    def info(self) -> str:
        """The model in a line."""


@dataclass(frozen=True, eq=False)
class GrooveModel:
    """Our own: tanh layers, latents in units of the rows it was trained on (0 their mean, 1 a standard deviation).

    card  what it was trained on, how, and how good it is; strings by name
    """

    network: Network
    card: Mapping[str, str] = field(default_factory=dict)

    def decode(self, latents: Sequence[float]) -> Row:
        """The bar of four latents."""
        found = forward(self.network.decoder, np.asarray(finite_latents(latents), np.float32))[-1]
        return _row(found)

    def encode(self, hits: Sequence[float], offsets: Sequence[float], velocities: Sequence[float]) -> tuple[float, ...]:
        """The four latents whose bar is nearest: the encoder's answer or the best of many points, then refined.

        Never clamped to a box. The same bar gives the same latents. BadInput for lanes that are no bar.
        """
        target = as_input(bar(hits, offsets, velocities)[None])[0]  # (48,)
        own = forward(self.network.encoder, target[None])[-1]  # (1, 4)
        points, outputs = self._bank
        near = np.concatenate([own, points[[int(np.argmin(_distance(outputs, target)))]]])  # (2, 4)
        best = near[np.argmin(self._distances(near, target))]
        rng = np.random.default_rng(0)
        for deviation in PROPOSALS:
            tries = np.concatenate([best[None], best + deviation * rng.standard_normal((ROUND, LATENTS))])
            best = tries[np.argmin(self._distances(tries, target))]
        return tuple(float(z) for z in best)

    @cached_property
    def hash(self) -> str:
        """sha256 of sizes and weights."""
        parts = [part for layer in self._layers for part in (layer.w, layer.b)]
        content = b"".join(str(part.shape).encode() + np.ascontiguousarray(part, "<f4").tobytes() for part in parts)
        return hashlib.sha256(content).hexdigest()

    def to_bytes(self) -> bytes:
        """The model as `.npz` (see files.py)."""
        from deepsteps_live.model.files import packed

        weights = {f"w{place}": layer.w for place, layer in enumerate(self._layers)}
        biases = {f"b{place}": layer.b for place, layer in enumerate(self._layers)}
        return packed("groove", {"card": np.array(json.dumps(dict(self.card))), **weights, **biases})

    def info(self) -> str:
        """What it was trained on, in a line."""
        data, seed = (self.card.get(name, "unknown") for name in ("data", "seed"))
        return " ".join(f"groove {self.hash[:8]}: {data}, seed {seed}".split())

    @property
    def _layers(self) -> tuple[Dense, ...]:
        return (*self.network.encoder, *self.network.decoder)

    @cached_property
    def _bank(self) -> tuple[Array, Array]:
        points = (SPREAD * np.random.default_rng(1).standard_normal((BANK, LATENTS))).astype(np.float32)
        return points, forward(self.network.decoder, points)[-1]

    def _distances(self, latents: Array, target: Array) -> Array:
        return _distance(forward(self.network.decoder, latents.astype(np.float32))[-1], target)


def finite_latents(latents: Sequence[float]) -> tuple[float, ...]:
    """Four finite numbers, or BadInput."""
    try:
        values = () if isinstance(latents, str) else tuple(float(z) for z in latents)
    except (TypeError, ValueError):
        values = ()
    if len(values) != LATENTS or not all(math.isfinite(z) and abs(z) < 1e6 for z in values):
        raise BadInput("latents are four finite numbers, such as 0.4, -1.2, 0, 0.7")
    return values


def bar(hits: Sequence[float], offsets: Sequence[float], velocities: Sequence[float]) -> Array:
    """Three lanes of 16 as one row (48,), or BadInput."""
    try:
        lanes = np.array([hits, offsets, velocities], np.float64)  # (3, 16)
    except (TypeError, ValueError):
        lanes = np.empty(0)
    low, high = np.array(LANES, np.float64).T[:, :, None]
    if lanes.shape != (3, STEPS) or not ((low <= lanes) & (lanes <= high)).all():
        raise BadInput(f"a bar is {STEPS} hits, {STEPS} offsets from -0.5 to 0.5 and {STEPS} velocities from 0 to 1")
    return np.concatenate([lanes[0] > 0, lanes[1], lanes[2]])


def lifted(logits: Array) -> Array:
    """The decoder's last op: logits (..., 16) raised together where none is above SURE, so that no bar is empty.

    The rows that a model learns hold no empty bar; where the network is unsure of every step, its surest one sounds.
    """
    found: Array = logits + np.maximum(0, SURE - logits.max(axis=-1, keepdims=True))
    return found


def _row(output: Array) -> Row:
    """The network's 48 outputs as a Row: logits, doubled offsets, velocities."""
    return Row(
        sigmoid(lifted(output[:STEPS])),
        np.clip(output[STEPS : 2 * STEPS] / 2, -0.5, 0.5),
        np.clip(output[2 * STEPS :], QUIETEST, 1.0),
    )


def _distance(outputs: Array, target: Array) -> Array:
    """Cross-entropy of the hits plus a share of the groove's squared error, for outputs (N, 48) against one row."""
    logits, hits = outputs[:, :STEPS], target[:STEPS]
    entropy = np.maximum(logits, 0) - logits * hits + np.log1p(np.exp(-np.abs(logits)))
    groove = ((outputs[:, STEPS:] - target[STEPS:]) * np.concatenate([hits, hits])) ** 2
    found: Array = entropy.sum(axis=1) + GROOVE_SHARE * groove.sum(axis=1)
    return found
