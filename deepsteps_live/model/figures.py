"""How good a model is: at giving bars back, and under the hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deepsteps_live.model.layers import Array, forward
from deepsteps_live.model.loss import STEPS
from deepsteps_live.model.model import GrooveModel, lifted
from deepsteps_live.model.training import LATENTS, as_input

POINTS = 20_000
STEP_MS = 125.0  # at 120 bpm
DRAWN = 2000


@dataclass(frozen=True, slots=True)
class Figures:
    """Of rows encoded and decoded: right steps, right bars, mean errors of offset (ms) and velocity on true hits."""

    bit: float
    exact: float
    offset_ms: float
    velocity: float


@dataclass(frozen=True, slots=True)
class Draws:
    """Of many bars: shares that are empty, full, of steps that sound; mean offset, spread of velocities, distinct."""

    empty: float
    full: float
    density: float
    offset: float
    velocity: float
    distinct: int


@dataclass(frozen=True, slots=True)
class Box:
    """The sliders' travel: draws from it, the share that was lifted, and steps changed by a move of 0.1."""

    uniform: Draws
    normal: Draws
    rows: Draws
    unsure: float
    move_mean: float
    move_p99: float
    move_max: float


def figures(model: GrooveModel, rows: Array) -> Figures:
    """Rows (N, 48) through the network's own encoder and decoder."""
    output = _decoded(model, forward(model.network.encoder, as_input(rows))[-1])
    hits = rows[:, :STEPS] > 0
    right = output[0] == hits
    offset = np.abs(output[1] - rows[:, STEPS : 2 * STEPS])[hits].mean()
    velocity = np.abs(output[2] - rows[:, 2 * STEPS :])[hits].mean()
    return Figures(float(right.mean()), float(right.all(axis=1).mean()), float(offset * STEP_MS), float(velocity))


def box_figures(model: GrooveModel, rows: Array, points: int = POINTS) -> Box:
    """Draws in the box of ±2 and from N(0, 1), and moves of 0.1 along each latent."""
    rng = np.random.default_rng(0)
    uniform, normal = rng.uniform(-2, 2, (points, LATENTS)), rng.standard_normal((points, LATENTS))
    here = _decoded(model, uniform)[0]
    moves = [(_decoded(model, uniform + 0.1 * axis)[0] != here).sum(axis=1) for axis in np.eye(LATENTS)]
    changed = np.concatenate(moves)
    own = rows[:, :STEPS] > 0, rows[:, STEPS : 2 * STEPS], rows[:, 2 * STEPS :]
    return Box(
        _draws(*_decoded(model, uniform)),
        _draws(*_decoded(model, normal)),
        _draws(*own),
        _unsure(model, uniform),
        float(changed.mean()),
        float(np.percentile(changed, 99)),
        float(changed.max()),
    )


def _decoded(model: GrooveModel, latents: Array) -> tuple[Array, Array, Array]:
    output = forward(model.network.decoder, latents.astype(np.float32))[-1]
    return (
        lifted(output[:, :STEPS]) > 0,
        np.clip(output[:, STEPS : 2 * STEPS] / 2, -0.5, 0.5),
        np.clip(output[:, 2 * STEPS :], 0, 1),
    )


def _unsure(model: GrooveModel, latents: Array) -> float:
    logits = forward(model.network.decoder, latents.astype(np.float32))[-1][:, :STEPS]
    return float((lifted(logits) != logits).any(axis=1).mean())


def _draws(hits: Array, offsets: Array, velocities: Array) -> Draws:
    count = hits.sum(axis=1)
    rng = np.random.default_rng(0)
    some = hits[rng.permutation(len(hits))[:DRAWN]]
    return Draws(
        float((count == 0).mean()),
        float((count == STEPS).mean()),
        float(hits.mean()),
        float(np.abs(offsets[hits]).mean()),
        float(velocities[hits].std()),
        len(np.unique(some, axis=0)),
    )
