"""What a model knows about itself: its name, the rows it learned from, where their latents lie, its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from deepsteps_live.model.layers import LATENTS, Array
from deepsteps_live.model.rows import COLUMNS, STEPS, as_input, bar

MOST_KEPT = 4096  # rows that a model carries
STEP_OFF = 1.0  # distance of a step that one bar has and the other has not

Card = Mapping[str, str | float]


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """Where the latents of the training rows lie."""

    mean: Array  # (4,)
    covariance: Array  # (4, 4)

    @property
    def sd(self) -> Array:
        """The standard deviations, (4,)."""
        found: Array = np.sqrt(np.diag(self.covariance))
        return found

    def draw(self, count: int, rng: np.random.Generator) -> Array:
        """Points (count, 4) from the normal distribution with this mean and covariance."""
        return rng.multivariate_normal(self.mean, self.covariance, count, method="eigh")


STANDARD = Density(np.zeros(LATENTS), np.eye(LATENTS))


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Training rows (N, 48) and where each came from."""

    rows: Array = field(default_factory=lambda: np.zeros((0, COLUMNS), np.float32))
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """A training row near to a bar: which (from 0), its source, how many steps it is away."""

    row: int
    source: str
    distance: float


@dataclass(frozen=True, slots=True, eq=False)
class About:
    """All of it, for models that carry it in one piece."""

    name: str = ""
    card: Card = field(default_factory=dict)
    examples: Examples = field(default_factory=Examples)
    density: Density = STANDARD


def density_of(latents: Array) -> Density:
    """The density of points (N, 4)."""
    return Density(latents.mean(axis=0).astype(np.float64), np.cov(latents.T, bias=True).astype(np.float64))


def examples_of(rows: Array, sources: Sequence[str] | None) -> Examples:
    """Rows to carry, evenly spread where there are more than MOST_KEPT; without sources they are numbered from 1."""
    named = [f"row {place}" for place in range(1, len(rows) + 1)] if sources is None else sources
    kept = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MOST_KEPT)).astype(int))
    return Examples(np.asarray(rows, np.float32)[kept], tuple(str(named[place]) for place in kept))


def nearest_rows(
    examples: Examples, hits: Sequence[float], offsets: Sequence[float], velocities: Sequence[float], count: int = 3
) -> list[Near]:
    """The `count` training rows nearest to a bar, nearest first.

    The distance is in steps: the number of steps that only one of the two plays, and where both play half the
    difference of their velocities and offsets (in steps), so that groove decides among equal hits.
    """
    if not len(examples.rows):
        return []
    one, rows = as_input(bar(hits, offsets, velocities)[None])[0], as_input(examples.rows)
    both = rows[:, :STEPS] * one[:STEPS]
    off = np.abs(rows[:, :STEPS] - one[:STEPS]).sum(axis=1) * STEP_OFF
    groove = np.abs(rows[:, STEPS:] - one[STEPS:]) * np.concatenate([both / 4, both / 2], axis=1)
    distances = off + groove.sum(axis=1) / STEPS
    order = np.argsort(distances, kind="stable")[:count]
    return [Near(int(place), examples.sources[place], float(distances[place])) for place in order]
