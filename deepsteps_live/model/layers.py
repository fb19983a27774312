"""Layers of a network, forwards and backwards. In shapes, B is the batch, I and O a layer's inputs and outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

MOST = 1e6  # of any weight to either side: whatever is computed from such weights stays finite


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """y = x w + b."""

    w: Array  # (I, O)
    b: Array  # (O,)


def dense(rng: np.random.Generator, inputs: int, outputs: int, scale: float = 1.0) -> Dense:
    """Fresh weights from N(0, scale^2 / inputs), biases 0; float32."""
    w = rng.normal(0, scale / np.sqrt(inputs), (inputs, outputs)).astype(np.float32)
    return Dense(w, np.zeros(outputs, np.float32))


def forward(layers: Sequence[Dense], x: Array) -> list[Array]:
    """Through dense layers with tanh between them, the last one linear. All activations, the input first."""
    activations = [x]  # (B, I)
    for place, layer in enumerate(layers):
        y = activations[-1] @ layer.w + layer.b  # (B, O)
        activations.append(np.tanh(y) if place < len(layers) - 1 else y)
    return activations


def backward(layers: Sequence[Dense], activations: Sequence[Array], gradient: Array) -> tuple[list[Dense], Array]:
    """The gradients of every layer and of the input, from the gradient of the output; d tanh(y) = 1 - tanh(y)^2."""
    gradients: list[Dense] = []
    for place in range(len(layers) - 1, -1, -1):
        if place < len(layers) - 1:
            gradient = gradient * (1 - activations[place + 1] ** 2)  # (B, O)
        gradients.append(Dense(activations[place].T @ gradient, gradient.sum(axis=0)))
        gradient = gradient @ layers[place].w.T  # (B, I)
    return gradients[::-1], gradient


def standardise(x: Array) -> tuple[Array, Array]:
    """Each column with mean 0 and standard deviation 1 over the batch, and the deviations that it had."""
    sd = np.sqrt(x.var(axis=0) + 1e-5)  # (O,)
    return (x - x.mean(axis=0)) / sd, sd


def standardise_backward(y: Array, sd: Array, gradient: Array) -> Array:
    """The gradient before `standardise`, whose result was y: (g - mean(g) - y mean(g y)) / sd."""
    found: Array = (gradient - gradient.mean(axis=0) - y * (gradient * y).mean(axis=0)) / sd
    return found


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), without overflow."""
    found: Array = 0.5 * (1 + np.tanh(0.5 * x))
    return found
