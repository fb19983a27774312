"""A network of our own in training: from fresh or given weights, batch by batch, to encoder and decoder."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from deepsteps_live.model.adam import Adam
from deepsteps_live.model.layers import LATENTS, Array, Dense, Network, forward, in_units_of
from deepsteps_live.model.loss import GROOVES, heads, loss, prepare
from deepsteps_live.model.rows import COLUMNS, STEPS, crossed
from deepsteps_live.model.styles import Recipe
from deepsteps_live.model.tape import Lane, Parameters, Tape, dense, shrink, tanh

LAST = 0.3  # of the first weights of the last layer: no step is sure of itself at the start
HITS = -0.35  # first bias of the hits, about their share in real bars
MOST_MEASURED = 20_000  # rows that the units of the latents are measured on
LANES = 2 * COLUMNS + 1 + GROOVES  # of a batch: what is read, a row of ones, what is wanted, what it weighs


class Learner:
    """The weights as they learn, and the tape that teaches them a batch."""

    def __init__(
        self, recipe: Recipe, rng: np.random.Generator, start: Network | None = None, dtype: type = np.float32
    ) -> None:
        encoder, decoder = (recipe.encoder, recipe.decoder) if start is None else _hidden(start)
        sizes = (COLUMNS, *encoder, LATENTS, *decoder, COLUMNS)
        self.recipe, self._rng, self._encoders = recipe, rng, len(encoder) + 1
        self.parameters = Parameters([(outputs, inputs + 1) for inputs, outputs in pairwise(sizes)], dtype)
        if start is None:
            self._fresh()
        else:
            self._take(start)
        self._adam = Adam(self.parameters.flat, recipe.beta1, recipe.beta2)
        self._record(Tape(recipe.batch, dtype))

    def epochs(self, x: Array) -> Iterator[Iterator[Array]]:
        """Without end: the batches of an epoch, each (129, B), from rows (N, 48) as the networks read them.

        An epoch is a pass through a pool of own and crossed rows, the own ones in turn, so that it takes the same time
        for any number of rows: of 100,000 rows each epoch sees others. No batch is ever incomplete.
        """
        recipe, turn, order = self.recipe, 0, self._rng.permutation(len(x))
        pool = np.empty((recipe.own + recipe.crossed, COLUMNS), np.float32)
        batches = np.ones((len(pool) // recipe.batch, LANES, recipe.batch), self._block.dtype)
        while True:
            own = order.take(np.arange(turn, turn + recipe.own), mode="wrap")
            turn = (turn + recipe.own) % len(x)
            places = self._rng.permutation(len(pool))
            pool[places[: recipe.own]] = x[own]
            pool[places[recipe.own :]] = crossed(x, recipe.crossed, self._rng)
            self._fill(batches, pool)
            for _ in range(recipe.renew):
                yield (batches[place] for place in self._rng.permutation(len(batches)))

    def learn(self, batch: Array, rate: float) -> None:
        """One step on a batch of `epochs`."""
        self.slopes(batch)
        self._adam.step(rate)

    def slopes(self, batch: Array) -> None:
        """How the loss of a batch, times its rows, changes with every weight."""
        np.copyto(self._block, batch)
        for call in self._calls:
            call()

    def loss(self) -> float:
        """The mean loss of the last batch's rows."""
        return loss(self._top.inner, self._target, self._weight)

    def network(self, x: Array) -> Network:
        """What was learned, its latents in units of rows `x`: mean 0, standard deviation 1."""
        layers = [Dense(cell.value[:, :-1].T.copy(), cell.value[:, -1].copy()) for cell in self.parameters.cells]
        network = Network(tuple(layers[: self._encoders]), tuple(layers[self._encoders :]))
        latents = forward(network.encoder, x[:: len(x) // MOST_MEASURED + 1])
        return in_units_of(network, latents.mean(axis=0), np.sqrt(latents.var(axis=0) + 1e-5))

    def _fill(self, batches: Array, pool: Array) -> None:
        """A pool of rows into batches (batches, 129, B)."""
        count, _, batch = batches.shape
        rows = pool[: count * batch].reshape(count, batch, COLUMNS)
        np.copyto(batches[:, :COLUMNS], rows.transpose(0, 2, 1))
        prepare(batches[:, :COLUMNS], batches[:, COLUMNS + 1 : -GROOVES], batches[:, -GROOVES:], self.recipe.groove)

    def _record(self, tape: Tape) -> None:
        """The tape of a batch, from its block to its loss."""
        cells = self.parameters.cells
        self._block = tape.scratch(LANES, tape.batch)
        self._target, self._weight = self._block[COLUMNS + 1 : -GROOVES], self._block[-GROOVES:]
        below = Lane(self._block[: COLUMNS + 1], self._block[:COLUMNS])
        for place, cell in enumerate(cells):
            above = tape.lane(len(cell.value))
            dense(tape, cell, below, above, first=place == 0)
            if place == self._encoders - 1:
                shrink(tape, above, self.recipe.shrink)
            elif place < len(cells) - 1:
                tanh(tape, above)
            below = above
        heads(tape, below, self._target, self._weight)
        self._top, self._calls = below, tape.calls()

    def _fresh(self) -> None:
        """Weights from N(0, 1 / inputs), the last layer's smaller, the first decoder's wider; biases 0."""
        cells = self.parameters.cells
        for place, cell in enumerate(cells):
            outputs, inputs = cell.value[:, :-1].shape
            scale = {self._encoders: self.recipe.spread, len(cells) - 1: LAST}.get(place, 1.0)
            cell.value[:, :-1] = self._rng.normal(0, scale / np.sqrt(inputs), (outputs, inputs))
        cells[-1].value[:STEPS, :-1] /= 2
        cells[-1].value[:STEPS, -1] = HITS

    def _take(self, start: Network) -> None:
        for cell, layer in zip(self.parameters.cells, (*start.encoder, *start.decoder), strict=True):
            cell.value[:, :-1], cell.value[:, -1] = layer.w.T, layer.b


def _hidden(network: Network) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(layer.b.size for layer in network.encoder[:-1]), tuple(layer.b.size for layer in network.decoder[:-1])
