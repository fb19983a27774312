"""Dense layers as they are kept and played. In shapes, B is the batch, I and O a layer's inputs and outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LATENTS = 4
MOST = 1e6  # of any weight to either side: whatever is computed from such weights stays finite


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """y = x w + b."""

    w: Array  # (I, O)
    b: Array  # (O,)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Encoder 48-...-4 and decoder 4-...-48; the latents between are in units of the training rows."""

    encoder: tuple[Dense, ...]
    decoder: tuple[Dense, ...]

    @property
    def sizes(self) -> str:
        """Units from end to end, such as 48-48-4-48-64-48."""
        layers = (*self.encoder, *self.decoder)
        return "-".join(str(size) for size in (len(layers[0].w), *(layer.b.size for layer in layers)))


def forward(layers: Sequence[Dense], x: Array) -> Array:
    """Through dense layers with tanh between them, the last one linear: (B, I) to (B, O)."""
    for layer in layers[:-1]:
        x = np.tanh(x @ layer.w + layer.b)  # (B, O)
    found: Array = x @ layers[-1].w + layers[-1].b
    return found


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), without overflow."""
    found: Array = 0.5 * (1 + np.tanh(0.5 * x))
    return found


def in_units_of(network: Network, mean: Array, sd: Array) -> Network:
    """The same network with latents (z - mean) / sd: the ends that meet at the latents take the change in."""
    encoder, decoder = network.encoder[-1], network.decoder[0]
    return Network(
        (*network.encoder[:-1], Dense(encoder.w / sd, (encoder.b - mean) / sd)),
        (Dense(decoder.w * sd[:, None], decoder.b + mean @ decoder.w), *network.decoder[1:]),
    )
