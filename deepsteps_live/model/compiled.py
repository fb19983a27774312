"""A decoder made ready to play: one point at a time, in a few microseconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from deepsteps_live.errors import BadInput
from deepsteps_live.model.layers import LATENTS, Array, Dense
from deepsteps_live.model.loss import SCALE, SHIFT, SURE
from deepsteps_live.model.rows import STEPS

FAR = 1e6  # of a latent to either side
ALWAYS = 20.0  # its tanh is 1 in float32: a unit that stays on carries the biases of the next layer


@dataclass(slots=True, eq=False)
class Row:
    """A decoded bar, for every step, also the improbable ones; arrays of 16.

    probabilities  0 to 1     offsets  in steps, -0.5 to 0.5     velocities  0 to 1
    """

    probabilities: Array
    offsets: Array
    velocities: Array

    def hits(self, tolerance: float = 0.5) -> Array:
        """Which steps are more probable than `tolerance`."""
        return self.probabilities > tolerance


Decode = Callable[[Sequence[float]], Row]


def compiled(layers: Sequence[Dense]) -> Decode:
    """The decoder of tanh layers and heads as a function of four latents; BadInput when they are not finite numbers.

    It keeps no state, so threads may share it. The same latents give the same row; `readout` of the plain forward
    pass differs from it by rounding only.
    """
    ready = [_with_bias(layer, last=place == len(layers) - 1) for place, layer in enumerate(layers)]
    inner, outer = ready[:-1], ready[-1]
    array, tanh, multiply, add, kind = np.array, np.tanh, np.multiply, np.add, np.float32
    scale, shift, far, sure = SCALE, SHIFT, FAR, SURE

    def decode(latents: Sequence[float]) -> Row:
        try:
            a, b, c, d = latents
            if not (-far < a < far and -far < b < far and -far < c < far and -far < d < far):
                raise ValueError
            x: Array = array((a, b, c, d, 1.0), kind)
        except (TypeError, ValueError):
            raise not_latents() from None
        for w in inner:
            x = x.dot(w)
            tanh(x, x)
        y = x.dot(outer)
        hits = y[:STEPS]
        surest = hits.item(hits.argmax())
        if surest < sure:
            add(hits, sure - surest, hits)
        tanh(y, y)
        multiply(y, scale, y)
        add(y, shift, y)
        return Row(hits, y[STEPS : 2 * STEPS], y[2 * STEPS :])

    return decode


def finite_latents(latents: Sequence[float]) -> tuple[float, ...]:
    """Four finite numbers, or BadInput."""
    try:
        values = () if isinstance(latents, str) else tuple(float(z) for z in latents)
    except (TypeError, ValueError):
        values = ()
    if len(values) != LATENTS or not all(abs(z) < FAR for z in values):
        raise not_latents()
    return values


def not_latents() -> BadInput:
    """The error for what is no point of the box."""
    return BadInput("latents are four finite numbers, such as 0.4, -1.2, 0, 0.7")


def _with_bias(layer: Dense, *, last: bool) -> Array:
    """w over b, and a unit that is always on for the next layer's biases: (I + 1, O + 1), or (I + 1, O) at the end."""
    w = np.concatenate([layer.w, layer.b[None]]).astype(np.float32)
    if last:
        return np.ascontiguousarray(w)
    on = np.zeros((len(w), 1), np.float32)
    on[-1] = ALWAYS
    return np.ascontiguousarray(np.concatenate([w, on], axis=1))
