"""Networks in training, as tapes of prepared numpy calls: the arithmetic of a batch, forwards and backwards.

What a batch of 16 costs is not its numbers but Python around them. So every array is made once, every call is bound to
its arrays once, and a step of training only plays the tape. Everything lies with its batch across, (features, B), over
a row of ones, so that a bias is one more weight.

To add a layer: a function that appends its calls to `forwards` and the calls of its gradient, as one group, to
`backwards`; a test compares every gradient with finite differences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import prod

import numpy as np

from deepsteps_live.model.layers import Array

Call = Callable[[], object]


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """Numbers and, in the same shape, how the loss changes with each."""

    value: Array
    slope: Array


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """A layer's outputs for a batch: `value` (O + 1, B) ends with a row of ones; `inner` is without it, as `slope`."""

    value: Array
    slope: Array

    @property
    def inner(self) -> Array:
        """The outputs, (O, B)."""
        found: Array = self.value[:-1]
        return found


class Parameters:
    """All weights of a network in one flat vector, so that an optimiser takes one step for all; and views of each."""

    def __init__(self, shapes: Sequence[tuple[int, int]], dtype: type = np.float32) -> None:
        ends = np.cumsum([0, *(prod(shape) for shape in shapes)])
        self.flat = Cell(np.zeros(ends[-1], dtype), np.zeros(ends[-1], dtype))
        self.cells = [
            Cell(self.flat.value[begin:end].reshape(shape), self.flat.slope[begin:end].reshape(shape))
            for shape, begin, end in zip(shapes, ends[:-1], ends[1:], strict=True)
        ]


@dataclass(eq=False)
class Tape:
    """The calls of a batch of `batch` rows."""

    batch: int
    dtype: type = np.float32
    forwards: list[Call] = field(default_factory=list)
    backwards: list[list[Call]] = field(default_factory=list)

    def lane(self, size: int, slope: Array | None = None) -> Lane:
        """A lane for `size` outputs."""
        found = np.zeros((size, self.batch), self.dtype) if slope is None else slope
        return Lane(np.ones((size + 1, self.batch), self.dtype), found)

    def scratch(self, *shape: int) -> Array:
        """An array to work in."""
        return np.zeros(shape, self.dtype)

    def number(self, value: float) -> Array:
        """A constant; numpy takes it faster than Python's own numbers."""
        return np.array(value, self.dtype)

    def calls(self) -> list[Call]:
        """The whole tape in the order to play it."""
        return [*self.forwards, *(call for group in reversed(self.backwards) for call in group)]


def dense(tape: Tape, w: Cell, x: Lane, y: Lane, *, first: bool = False) -> None:
    """y = w x, w (O, I + 1) with its biases last; nothing needs the slope of what the `first` layer reads."""
    tape.forwards.append(partial(w.value.dot, x.value, y.inner))
    group: list[Call] = [partial(y.slope.dot, x.value.T, w.slope)]
    if not first:
        group.append(partial(w.value[:, :-1].T.dot, y.slope, x.slope))
    tape.backwards.append(group)


def tanh(tape: Tape, y: Lane) -> None:
    """y = tanh(y); d tanh(y) = 1 - tanh(y)^2."""
    tape.forwards.append(partial(np.tanh, y.inner, y.inner))
    tape.backwards.append(through_tanh(tape, y.inner, y.slope))


def through_tanh(tape: Tape, value: Array, slope: Array) -> list[Call]:
    """The calls that take a slope back through a tanh whose result is `value`."""
    left = tape.scratch(*value.shape)
    return [
        partial(np.multiply, value, value, left),
        partial(np.subtract, tape.number(1), left, left),
        partial(np.multiply, slope, left, slope),
    ]


def shrink(tape: Tape, y: Lane, weight: float) -> None:
    """Adds weight / 2 of each y^2 to the loss."""
    part = tape.scratch(*y.slope.shape)
    tape.backwards.append(
        [partial(np.multiply, y.inner, tape.number(weight), part), partial(np.add, y.slope, part, y.slope)]
    )


def relu(tape: Tape, y: Lane) -> None:
    """y = max(y, 0)."""
    above = tape.scratch(*y.slope.shape)
    tape.forwards.append(partial(np.maximum, y.inner, tape.number(0), out=y.inner))
    tape.backwards.append([partial(np.sign, y.inner, above), partial(np.multiply, y.slope, above, y.slope)])


def normalised(tape: Tape, scale: Cell, x: Lane, epsilon: float) -> Lane:
    """Batch normalisation (Ioffe & Szegedy 2015): y = gamma (x - mean) / sqrt(var + epsilon) + beta, with mean and
    var of the batch; `scale` (2, O) holds gamma and beta.

    Centring is one product with I - 1/B, scaling one product with a matrix that has s = gamma / sd on its diagonal.
    Backwards, with c = x - mean: d gamma = sum(dy c) / sd, d beta = sum(dy), and dx is, centred,
    s dy - s sum(dy c) / (B var) c.
    """
    size, batch = x.slope.shape
    centring = (np.eye(batch) - 1 / batch).astype(tape.dtype)
    average: Array = np.full(batch, 1 / batch, tape.dtype)
    stack = tape.scratch(2 * size + 1, batch)  # dy, c, and a row of ones
    stack[-1] = 1
    c, square, var, sd = stack[size:-1], tape.scratch(size, batch), tape.scratch(size), tape.scratch(size)
    ahead, sums, back = tape.scratch(size, size + 1), tape.scratch(size, size + 1), tape.scratch(size, 2 * size)
    s, share = np.einsum("ii->i", ahead[:, :-1]), np.einsum("ii->i", sums[:, :-1])  # diagonals, as views
    part = tape.scratch(size)
    y = tape.lane(size, stack[:size])
    tape.forwards += [
        partial(x.inner.dot, centring, c),
        partial(np.multiply, c, c, square),
        partial(square.dot, average, var),
        partial(np.add, var, tape.number(epsilon), var),
        partial(np.sqrt, var, sd),
        partial(np.divide, scale.value[0], sd, s),
        partial(np.copyto, ahead[:, -1], scale.value[1]),
        partial(ahead.dot, stack[size:], y.inner),
    ]
    tape.backwards.append(
        [
            partial(y.slope.dot, stack[size:].T, sums),
            partial(np.copyto, scale.slope[1], sums[:, -1]),
            partial(np.divide, share, sd, scale.slope[0]),
            partial(np.copyto, np.einsum("ii->i", back[:, :size]), s),
            partial(np.multiply, share, s, part),
            partial(np.divide, part, var, part),
            partial(np.multiply, part, tape.number(-1 / batch), np.einsum("ii->i", back[:, size:])),
            partial(back.dot, stack[:-1], square),
            partial(square.dot, centring, x.slope),
        ]
    )
    return y
