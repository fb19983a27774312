"""Adam (Kingma & Ba 2015) on one flat vector of all parameters, in place, bias-corrected at every step."""

from __future__ import annotations

import math

import numpy as np

from deepsteps_live.model.layers import Array
from deepsteps_live.model.tape import Cell


class Adam:
    """Moves a cell's values against its slopes.

    The moments are kept as sums, m / (1 - beta1) and v / (1 - beta2), and all constants of a step are gathered in its
    size: fewer passes over the vector, the same formula.
    """

    def __init__(self, cell: Cell, beta1: float, beta2: float, epsilon: float = 1e-7) -> None:
        self.cell, self.betas, self.epsilon = cell, (beta1, beta2), epsilon
        self.t = 0
        self._m, self._v, self._move = (np.zeros_like(cell.value) for _ in range(3))
        self._beta1, self._beta2 = (np.array(beta, cell.value.dtype) for beta in self.betas)

    def step(self, rate: float) -> None:
        """value -= rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)."""
        self.t += 1
        (beta1, beta2), move = self.betas, self._move
        of_m = (1 - beta1) / (1 - beta1**self.t)
        of_v = math.sqrt((1 - beta2) / (1 - beta2**self.t))
        np.multiply(self.cell.slope, self.cell.slope, move)
        np.multiply(self._v, self._beta2, self._v)
        np.add(self._v, move, self._v)
        np.multiply(self._m, self._beta1, self._m)
        np.add(self._m, self.cell.slope, self._m)
        np.sqrt(self._v, move)
        np.add(move, self._number(self.epsilon / of_v), move)
        np.divide(self._m, move, move)
        np.multiply(move, self._number(rate * of_m / of_v), move)
        np.subtract(self.cell.value, move, self.cell.value)

    def _number(self, value: float) -> Array:
        return np.array(value, self.cell.value.dtype)
