"""The original network, 32-16-8-4-8-16-32, in training: its two bugs fixed, its tail-batch hazard removed.

As in the original: dense, relu, batch normalisation in this order, a sigmoid at the end, half the squared error of bits
and sub-steps alike, Adam with rate 0.01. Fixed: Adam's bias is corrected at every step, rows are shuffled every epoch.
Removed: batches differ by one row at most, so none is a remnant, and the statistics of inference are those of all rows.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from deepsteps_live.model.adam import Adam
from deepsteps_live.model.layers import Array
from deepsteps_live.model.plugin import Op, as_plugin_input
from deepsteps_live.model.tape import Call, Lane, Parameters, Tape, dense, normalised, relu, through_tanh

__all__ = ["Classic", "as_plugin_input"]

SIZES = (32, 16, 8, 4, 8, 16, 32)
LATENT, LAST = 2, 5  # the layers without relu and normalisation
EPSILON = 0.01  # of the batch normalisation
RATE, BETA1, BETA2 = 0.01, 0.5, 0.999
STABLE = 1e-8  # Adam's epsilon; the slopes here are 8 times the original's
WIDTH = SIZES[0]


class Classic:
    """The weights as they learn from rows (N, 32) of the plug-in's form."""

    def __init__(self, rows: Array, batch: int, seed: int, dtype: type = np.float32) -> None:
        self.rows, self._rng = rows, np.random.default_rng(seed)
        shapes = [
            shape
            for place, (inputs, outputs) in enumerate(pairwise(SIZES))
            for shape in ([(outputs, inputs + 1)] if place in (LATENT, LAST) else [(outputs, inputs + 1), (2, outputs)])
        ]
        self.parameters = Parameters(shapes, dtype)
        self._fresh()
        self._adam = Adam(self.parameters.flat, BETA1, BETA2, 8 * STABLE)
        count = max(1, round(len(rows) / batch))
        self._ends = np.linspace(0, len(rows), count + 1).round().astype(int)
        self.tapes = {size: Played(Tape(int(size), dtype), self.parameters) for size in set(np.diff(self._ends))}

    def epoch(self) -> float:
        """All rows once, in an order of their own; the mean squared error of the last batch."""
        x = self.rows[self._rng.permutation(len(self.rows))].T
        block = np.concatenate([x, np.ones((1, x.shape[1])), 2 * x - 1]).astype(self.parameters.flat.value.dtype)
        tape, step = None, self._adam.step
        for begin, end in zip(self._ends[:-1], self._ends[1:], strict=True):
            tape = self.tapes[end - begin]
            np.copyto(tape.block, block[:, begin:end])
            for call in tape.calls:
                call()
            step(RATE)
        return float("nan") if tape is None else tape.loss()

    def ops(self) -> tuple[list[Op], list[Op]]:
        """Encoder and decoder as the plug-in's ops, with the statistics of all rows."""
        cells, x = iter(self.parameters.cells), self.rows
        halves: tuple[list[Op], list[Op]] = ([], [])
        for place in range(len(SIZES) - 1):
            half, w = halves[place > LATENT], next(cells).value.astype(np.float64)
            half.append(("dense", {"W": w[:, :-1].T.copy(), "b": w[:, -1].copy()}))
            x = x @ w[:, :-1].T + w[:, -1]
            if place not in (LATENT, LAST):
                x = np.maximum(x, 0)
                gamma, beta = next(cells).value.astype(np.float64)
                mean, var = x.mean(axis=0), x.var(axis=0)
                lanes = {"gamma": gamma, "beta": beta, "running_mean": mean, "running_var": var}
                half += [("relu", {}), ("bn", {**lanes, "eps": np.array([EPSILON])})]
                x = gamma * (x - mean) / np.sqrt(var + EPSILON) + beta
        halves[1].append(("sigmoid", {}))
        return halves

    def _fresh(self) -> None:
        """Weights uniform within 1 / sqrt(inputs), biases 0; gamma 1, beta 0."""
        for cell in self.parameters.cells:
            if len(cell.value) == 2:
                cell.value[0] = 1
            else:
                outputs, inputs = cell.value[:, :-1].shape
                cell.value[:, :-1] = self._rng.uniform(-1, 1, (outputs, inputs)) / np.sqrt(inputs)


class Played:
    """The tape of one size of batch."""

    def __init__(self, tape: Tape, parameters: Parameters) -> None:
        self.block = tape.scratch(2 * WIDTH + 1, tape.batch)  # what is read, a row of ones, what tanh should be
        below, cells = Lane(self.block[: WIDTH + 1], self.block[:WIDTH]), iter(parameters.cells)
        for place in range(len(SIZES) - 1):
            above = tape.lane(SIZES[place + 1])
            dense(tape, next(cells), below, above, first=place == 0)
            if place not in (LATENT, LAST):
                relu(tape, above)
                above = normalised(tape, next(cells), above, EPSILON)
            below = above
        self.top, self._target = below, self.block[WIDTH + 1 :]
        _squared(tape, below, self._target)
        self.calls: list[Call] = tape.calls()

    def loss(self) -> float:
        """The mean of half the squared errors."""
        return float(((self.top.inner - self._target) ** 2).mean() / 8)


def _squared(tape: Tape, y: Lane, target: Array) -> None:
    """Sigmoid and half the squared error: with t = tanh(y / 2) the sigmoid is (1 + t) / 2, its slope (1 - t^2) / 4.

    The slope at y is 8 times the original's, which Adam does not see.
    """
    half: Any = tape.number(0.5)
    tape.forwards += [partial(np.multiply, y.inner, half, y.inner), partial(np.tanh, y.inner, y.inner)]
    tape.backwards.append([partial(np.subtract, y.inner, target, y.slope), *through_tanh(tape, y.inner, y.slope)])
