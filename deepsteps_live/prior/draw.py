"""Drawing a bar from a drum's network, step by step, many bars side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepsteps_live.prior.network import PAST, STEPS, features

Array = NDArray[np.float32]

TRIES = 8  # bars drawn side by side when steps are kept: one of them is chosen by how well it leads to those
BIASES = np.concatenate([[-40.0], np.linspace(-6, 6, 25), [40.0]]).astype(
    np.float32
)  # tried side by side for a density
COLDEST = 0.02  # a temperature below it is as good as 0
SUREST = 40.0  # log-odds beyond which nothing changes


@dataclass(frozen=True)
class Context:
    """What a bar is drawn from.

    lanes  (9, 16), 0 and 1; the target's own is its bar before
    given  (9,), 1 where a lane is known
    fill   1.0 in a fill
    """

    lanes: Array
    given: Array
    fill: float = 0.0


@dataclass(frozen=True)
class Net:
    """A drum's weights: w (FEATURES, H), v (H,), c."""

    w: Array
    v: Array
    c: float

    def prepared(self, context: Context) -> Array:
        """The hidden sums (16, H) of a bar in which nothing is played yet: all that the context says, at once."""
        nothing = np.zeros((1, STEPS), np.float32)
        fill = np.full(1, context.fill, np.float32)
        seen = features(context.lanes[None], context.given[None], fill, nothing)[0]
        sums: Array = seen @ self.w
        return sums

    def odds(self, context: Context, bar: Array) -> Array:
        """The log-odds (16,) of every step, given the steps of `bar` before it."""
        fill = np.full(1, context.fill, np.float32)
        seen = features(context.lanes[None], context.given[None], fill, bar[None])[0]
        found: Array = np.tanh(seen @ self.w) @ self.v + np.float32(self.c)
        return found


def draw(
    net: Net,
    context: Context,
    rng: np.random.Generator,
    *,
    temperature: float = 1.0,
    density: float | None = None,
    keep: Mapping[int, bool] | None = None,
) -> tuple[Array, Array]:
    """A bar (16,) of 0 and 1, and the probability (16,) that each step had when its turn came.

    keep     steps 0 to 15 that are held. Several bars are drawn with them, and one is chosen with the weight
             product of p(kept step | steps before): steps to the left of a kept one answer to it too.
    density  share of steps to be hit: the bar is drawn with many biases of the log-odds side by side, and the
             one with the nearest number of hits is taken, of equals the least biased.
    At temperature 0 every step takes its likelier value.
    """
    held = keep or {}
    if not held and density is None:
        return _single(net, context, rng, temperature)
    count = len(BIASES) if density is not None else TRIES if held and temperature > 0 else 1
    biases = BIASES if density is not None else np.zeros(count, np.float32)
    luck = rng.random((STEPS, count))
    hidden = np.repeat(net.prepared(context)[:, None], count, axis=1)  # (16, K, H)
    bars = np.zeros((STEPS, count), np.float32)
    shown = np.zeros((STEPS, count), np.float32)
    weight = np.zeros(count)
    past = net.w[PAST : PAST + STEPS - 1]
    for step in range(STEPS):
        odds = np.tanh(hidden[step]) @ net.v + np.float32(net.c)  # (K,)
        shown[step] = chance = 1 / (1 + np.exp(-np.clip(_tempered(odds, temperature) + biases, -SUREST, SUREST)))
        if step in held:
            bars[step] = held[step]
            weight += np.log(np.maximum(chance if held[step] else 1 - chance, 1e-30))
        else:
            bars[step] = chance > (0.5 if temperature == 0 and density is None else luck[step])
        if step + 1 < STEPS and bars[step].any():
            hidden[step + 1 :] += past[: STEPS - 1 - step, None] * bars[step][:, None]
    chosen = _chosen(bars, biases, weight, density, rng)
    return bars[:, chosen], shown[:, chosen]


def _single(net: Net, context: Context, rng: np.random.Generator, temperature: float) -> tuple[Array, Array]:
    """One bar, nothing held: plain numbers where arrays would cost more than they count."""
    luck = rng.random(STEPS).tolist() if temperature > 0 else [0.5] * STEPS
    sharp = 1 / max(temperature, COLDEST)
    hidden, past = net.prepared(context), net.w[PAST : PAST + STEPS - 1]
    bar, shown = np.zeros(STEPS, np.float32), np.zeros(STEPS, np.float32)
    for step in range(STEPS):
        odds = (float(np.tanh(hidden[step]) @ net.v) + net.c) * sharp
        shown[step] = chance = 1 / (1 + math.exp(-min(max(odds, -SUREST), SUREST)))
        if chance > luck[step]:
            bar[step] = 1
            hidden[step + 1 :] += past[: STEPS - 1 - step]
    return bar, shown


def likelihood(net: Net, context: Context, bar: Array) -> float:
    """log2 p(bar | context), in bits."""
    odds = net.odds(context, bar)
    return float(-(np.logaddexp(0, odds) - bar * odds).sum() / np.log(2))


def _tempered(odds: Array, temperature: float) -> Array:
    tempered: Array = odds / np.float32(max(temperature, COLDEST))
    return tempered


def _chosen(
    bars: Array, biases: Array, weight: NDArray[np.float64], density: float | None, rng: np.random.Generator
) -> int:
    if density is not None:
        away = np.abs(bars.sum(0) - density * STEPS)
        return int(np.lexsort((np.abs(biases), away))[0])
    if len(weight) == 1:
        return 0
    share = np.exp(weight - weight.max())
    return int(np.searchsorted(np.cumsum(share / share.sum()), rng.random() * 0.999999))
