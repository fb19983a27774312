"""Adam (Kingma & Ba 2015) on one flat vector of all parameters, bias-corrected."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from deepsteps_live.model.layers import Array

BETA1, BETA2, EPSILON = 0.9, 0.99, 1e-7


@dataclass
class Adam:
    """The moments so far; `t` counts steps from 1."""

    size: int
    t: int = 0
    m: Array = field(init=False)
    v: Array = field(init=False)

    def __post_init__(self) -> None:
        self.m, self.v = np.zeros(self.size, np.float32), np.zeros(self.size, np.float32)

    def step(self, gradient: Array, rate: float) -> Array:
        """What to add to the parameters: -rate * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)."""
        self.t += 1
        self.m += (1 - BETA1) * (gradient - self.m)
        self.v += (1 - BETA2) * (gradient * gradient - self.v)
        corrected = self.m / (1 - BETA1**self.t)
        found: Array = -rate * corrected / (np.sqrt(self.v / (1 - BETA2**self.t)) + EPSILON)
        return found
