"""How good a model is: at giving bars back, and under the hand."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from deepsteps_live.model.layers import LATENTS, Array, forward
from deepsteps_live.model.loss import SURE
from deepsteps_live.model.model import GrooveModel, Model
from deepsteps_live.model.rows import STEPS, as_input, packed_hits

POINTS = 20_000
STEP_MS = 125.0  # at 120 bpm
DRAWN = 2000
MOVE = 0.1  # of a slider


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


def figures(model: Model, rows: Array, latents: Array) -> Figures:
    """What of rows (N, 48) comes back from their latents (N, 4)."""
    output = model.decode_many(latents)
    hits = rows[:, :STEPS] > 0
    right = (output[:, :STEPS] > 0.5) == hits
    error = np.abs(output[:, STEPS:] - rows[:, STEPS:])
    offset, velocity = error[:, :STEPS][hits].mean(), error[:, STEPS:][hits].mean()
    return Figures(float(right.mean()), float(right.all(axis=1).mean()), float(offset * STEP_MS), float(velocity))


def by_encoder(model: GrooveModel, rows: Array) -> Figures:
    """Rows (N, 48) through the network's own encoder and decoder."""
    return figures(model, rows, forward(model.network.encoder, as_input(rows)))


def by_search(model: Model, rows: Array) -> Figures:
    """Rows (N, 48) through `encode`, and decoded."""
    latents = np.array([model.encode(*row.reshape(3, STEPS)) for row in rows])
    return figures(model, rows, latents)


def own_figures(model: Model, rows: Array, latents: Array) -> dict[str, float]:
    """The figures of the rows a model was trained on, for its card."""
    return {f"own_{name}": round(value, 4) for name, value in asdict(figures(model, rows, latents)).items()}


def box_figures(model: Model, rows: Array, points: int = POINTS) -> Box:
    """Draws in the box of ±2 and from N(0, 1), and moves of 0.1 along each latent."""
    rng = np.random.default_rng(0)
    uniform, normal = rng.uniform(-2, 2, (points, LATENTS)), rng.standard_normal((points, LATENTS))
    here = model.decode_many(uniform)
    changed = np.concatenate([_changed(model, uniform, MOVE * axis) for axis in np.eye(LATENTS)])
    return Box(
        _draws(here),
        _draws(model.decode_many(normal)),
        _draws(rows),
        float((here[:, :STEPS].max(axis=1) < 0.5 + SURE).mean()),
        float(changed.mean()),
        float(np.percentile(changed, 99)),
        float(changed.max()),
    )


def drawn(model: Model, count: int = DRAWN, seed: int = 0) -> tuple[Draws, float]:
    """Draws from the model's density, and how many steps a move of 0.1, to either side, changes on average there."""
    points = model.density.draw(count, np.random.default_rng(seed))
    moves = [MOVE * side * sd * axis for side in (1, -1) for sd, axis in zip(model.density.sd, np.eye(4), strict=True)]
    return _draws(model.decode_many(points)), float(np.mean([_changed(model, points, move).mean() for move in moves]))


def _changed(model: Model, points: Array, move: Array) -> Array:
    here, there = model.decode_many(points)[:, :STEPS] > 0.5, model.decode_many(points + move)[:, :STEPS] > 0.5
    found: Array = (here != there).sum(axis=1)
    return found


def _draws(bars: Array) -> Draws:
    """Of bars (N, 48): hits or their probabilities, offsets, velocities."""
    hits = bars[:, :STEPS] > 0.5
    count = hits.sum(axis=1)
    some = np.random.default_rng(0).permutation(len(hits))[:DRAWN]
    return Draws(
        float((count == 0).mean()),
        float((count == STEPS).mean()),
        float(hits.mean()),
        float(np.abs(bars[:, STEPS : 2 * STEPS][hits]).mean()),
        float(bars[:, 2 * STEPS :][hits].std()),
        len(np.unique(packed_hits(hits[some]))),
    )
