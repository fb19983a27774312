"""A trained model: four latents to a bar, and a bar to its latents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from deepsteps_live.model.about import STANDARD, Card, Density, Examples, Near, nearest_rows
from deepsteps_live.model.compiled import Decode, Row, compiled
from deepsteps_live.model.layers import Array, Dense, Network, forward
from deepsteps_live.model.loss import readout
from deepsteps_live.model.rows import as_input, bar
from deepsteps_live.model.search import Search


class Model(Protocol):
    """What can be played: our own models and the original network's."""

    @property
    def name(self) -> str:
        """What the player calls it."""

    @property
    def card(self) -> Card:
        """What it was trained on, how, and how good it is."""

    @property
    def examples(self) -> Examples:
        """Rows it was trained on, with their sources."""

    @property
    def density(self) -> Density:
        """Where the latents of its training rows lie."""

    @property
    def hash(self) -> str:
        """The content's sha256."""

    def decode(self, latents: Sequence[float]) -> Row:
        """The bar of four latents, BadInput when they are not four finite numbers."""

    def decode_many(self, latents: Array) -> Array:
        """Bars of points (N, 4): (N, 48) of probabilities, offsets in steps, velocities."""

    def encode(self, hits: Sequence[float], offsets: Sequence[float], velocities: Sequence[float]) -> tuple[float, ...]:
        """The four latents whose bar is nearest to this one."""

    def to_bytes(self) -> bytes:
        """The model as `.npz`."""

    def info(self) -> str:
        """The model in a line."""


@dataclass(frozen=True, eq=False)
class GrooveModel:
    """Our own: tanh layers, latents in units of the rows it was trained on (0 their mean, 1 a standard deviation)."""

    network: Network
    card: Card = field(default_factory=dict)
    name: str = ""
    examples: Examples = field(default_factory=Examples)
    density: Density = STANDARD

    @cached_property
    def decode(self) -> Decode:
        """The bar of four latents; BadInput when they are not four finite numbers."""
        return compiled(self.network.decoder)

    def decode_many(self, latents: Array) -> Array:
        """Bars of points (N, 4): (N, 48) of probabilities, offsets in steps, velocities."""
        return readout(forward(self.network.decoder, latents.astype(np.float32)))

    def encode(self, hits: Sequence[float], offsets: Sequence[float], velocities: Sequence[float]) -> tuple[float, ...]:
        """The four latents whose bar is nearest: the encoder's answer or the best of many points, then refined.

        Never clamped to a box. The same bar gives the same latents. BadInput for lanes that are no bar.
        """
        row = bar(hits, offsets, velocities)
        return self._search.find(row, forward(self.network.encoder, as_input(row[None]))[0])

    @cached_property
    def hash(self) -> str:
        """sha256 of sizes and weights."""
        parts = [part for layer in self._layers for part in (layer.w, layer.b)]
        content = b"".join(str(part.shape).encode() + np.ascontiguousarray(part, "<f4").tobytes() for part in parts)
        return hashlib.sha256(content).hexdigest()

    def to_bytes(self) -> bytes:
        """The model as `.npz` (see files.py)."""
        from deepsteps_live.model.files import about_arrays, packed

        weights = {f"w{place}": layer.w for place, layer in enumerate(self._layers)}
        biases = {f"b{place}": layer.b for place, layer in enumerate(self._layers)}
        layers = np.array([len(self.network.encoder), len(self.network.decoder)])
        return packed("groove", {"layers": layers, **weights, **biases, **about_arrays(self)})

    def info(self) -> str:
        """What it was trained on, in a line."""
        return in_a_line("groove", self)

    @property
    def _layers(self) -> tuple[Dense, ...]:
        return (*self.network.encoder, *self.network.decoder)

    @cached_property
    def _search(self) -> Search:
        own = forward(self.network.encoder, as_input(self.examples.rows))
        return Search(self.decode_many, self.density, own)


def in_a_line(kind: str, model: Model) -> str:
    """A model's name or kind, hash, what it was trained on and in which style, and what of that it gives back."""
    card = model.card
    data, seed = (card.get(name, "unknown") for name in ("data", "seed"))
    style = f", style {card['style']}" if "style" in card else ""
    exact, offset = card.get("own_exact"), card.get("own_offset_ms")
    back = ""
    if isinstance(exact, float | int) and isinstance(offset, float | int):
        back = f"; {exact:.0%} of its bars exact, hits {offset:.0f} ms off"
    return " ".join(f"{model.name or kind} {model.hash[:8]}: {data}{style}, seed {seed}{back}".split())


def surprise(model: Model, rng: np.random.Generator) -> tuple[float, ...]:
    """Four latents drawn from the density of the model's training rows."""
    return tuple(float(z) for z in model.density.draw(1, rng)[0])


def nearest(
    model: Model, hits: Sequence[float], offsets: Sequence[float], velocities: Sequence[float], count: int = 3
) -> list[Near]:
    """The training rows nearest to a bar: source and distance in steps, nearest first (see `nearest_rows`)."""
    return nearest_rows(model.examples, hits, offsets, velocities, count)


def to_json(card: Card) -> str:
    """A card as text, the same card always the same."""
    return json.dumps(dict(card), sort_keys=True)
