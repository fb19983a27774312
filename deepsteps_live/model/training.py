"""Training: from rows to encoder and decoder. Seeded: the same rows and seed give the same weights, bit for bit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from deepsteps_live.errors import BadInput
from deepsteps_live.model.adam import Adam
from deepsteps_live.model.layers import Array, Dense, backward, dense, forward, standardise, standardise_backward
from deepsteps_live.model.loss import STEPS, box_loss, row_loss

LATENTS = 4
BOX = 2.4  # standard deviations to each side in which no bar should be empty or full


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained.

    hidden     units of the two hidden layers, encoder and decoder alike
    noise      standard deviations added to the latents: neighbours decode alike, sliders do not jump
    box        weight of the penalty on empty and full bars anywhere in the box
    """

    hidden: int = 128
    epochs: int = 60
    batch: int = 256
    rate: float = 0.01
    noise: float = 0.1
    box: float = 1.0
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Encoder 48-H-H-4 and decoder 4-H-H-48; latents leave the encoder in units of the training rows."""

    encoder: tuple[Dense, ...]
    decoder: tuple[Dense, ...]


def as_input(rows: Array) -> Array:
    """Rows (N, 48) of hits, offsets in steps, velocities, as the network reads them: offsets doubled, rests empty."""
    mask = np.concatenate([np.ones_like(rows[:, :STEPS]), rows[:, :STEPS], rows[:, :STEPS]], axis=1)
    scale = np.repeat([1.0, 2.0, 1.0], STEPS)
    found: Array = (rows * scale * mask).astype(np.float32)
    return found


def train(rows: Array, recipe: Recipe, progress: Callable[[int, float], None] = lambda epoch, loss: None) -> Network:
    """Train on rows (N, 48) of hits 0/1, offsets -0.5..0.5 and velocities 0..1.

    An incomplete last batch is left out of its epoch (other rows each time, since they are shuffled), so no batch
    is ever too small. The learning rate warms up over 5 % of the steps and falls to 0 along a cosine.
    BadInput when there are fewer than two rows or a number is not finite.
    """
    if len(rows) < 2 or not np.isfinite(rows).all():
        raise BadInput(f"training takes at least two rows of finite numbers, not {len(rows)}")
    rng = np.random.default_rng(recipe.seed)
    layers = _fresh(rng, recipe.hidden)
    x = as_input(rows)
    batch = min(recipe.batch, len(x))
    steps = len(x) // batch * recipe.epochs
    adam = Adam(_flat(layers).size)
    for epoch in range(recipe.epochs):
        order, losses = rng.permutation(len(x)), []
        for first in range(0, len(x) // batch * batch, batch):
            loss, gradients = gradient(layers, x[order[first : first + batch]], recipe, rng)
            layers = _moved(layers, adam.step(_flat(gradients), _rate(recipe.rate, adam.t, steps)))
            losses.append(loss)
        progress(epoch + 1, float(np.mean(losses)))
    return _in_units_of_the_rows(layers, x)


def gradient(layers: Sequence[Dense], x: Array, recipe: Recipe, rng: np.random.Generator) -> tuple[float, list[Dense]]:
    """Loss and gradients of a batch, of the three encoder layers and the three decoder layers."""
    encoder, decoder = layers[:3], layers[3:]
    encoded = forward(encoder, x)
    latents, sd = standardise(encoded[-1])  # (B, 4)
    decoded = forward(decoder, latents + recipe.noise * rng.standard_normal(latents.shape).astype(x.dtype))
    loss, back = row_loss(decoded[-1], x)
    decoder_gradients, back = backward(decoder, decoded, back)
    encoder_gradients, _ = backward(encoder, encoded, standardise_backward(latents, sd, back))
    anywhere = forward(decoder, rng.uniform(-BOX, BOX, latents.shape).astype(x.dtype))
    penalty, back = box_loss(anywhere[-1])
    box_gradients, _ = backward(decoder, anywhere, recipe.box * back)
    summed = [Dense(a.w + b.w, a.b + b.b) for a, b in zip(decoder_gradients, box_gradients, strict=True)]
    return loss + recipe.box * penalty, [*encoder_gradients, *summed]


def _fresh(rng: np.random.Generator, hidden: int) -> list[Dense]:
    sizes = (3 * STEPS, hidden, hidden, LATENTS, hidden, hidden, 3 * STEPS)
    scales = (1.0, 1.0, 1.0, 1.0, 1.0, 0.3)
    layers = [dense(rng, *pair, scale) for pair, scale in zip(pairwise(sizes), scales, strict=True)]
    layers[-1].b[:STEPS] = -0.7  # about the share of hits in real bars
    return layers


def _in_units_of_the_rows(layers: Sequence[Dense], x: Array) -> Network:
    """Fold the rows' own mean and deviation of each latent into the encoder's last layer."""
    latents = forward(layers[:3], x)[-1]
    mean, sd = latents.mean(axis=0), np.sqrt(latents.var(axis=0) + 1e-5)
    last = Dense(layers[2].w / sd, (layers[2].b - mean) / sd)
    return Network((layers[0], layers[1], last), tuple(layers[3:]))


def _rate(rate: float, step: int, steps: int) -> float:
    warm = max(1.0, 0.05 * steps)
    return rate * min(1.0, (step + 1) / warm) * 0.5 * (1 + math.cos(math.pi * min(1.0, step / max(1, steps))))


def _flat(layers: Sequence[Dense]) -> Array:
    return np.concatenate([part.ravel() for layer in layers for part in (layer.w, layer.b)])


def _moved(layers: Sequence[Dense], by: Array) -> list[Dense]:
    moved, place = [], 0
    for layer in layers:
        w = layer.w + by[place : place + layer.w.size].reshape(layer.w.shape)
        place += layer.w.size
        moved.append(Dense(w, layer.b + by[place : place + layer.b.size]))
        place += layer.b.size
    return moved
