"""Fits the prior's networks: rhythms a drum at a time, and the groove of given hits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepsteps_live.prior.groove import SPAN
from deepsteps_live.prior.groove import slopes as groove_slopes
from deepsteps_live.prior.network import DRUM_COUNT, FEATURES, features, log_odds, slopes
from scripts.prior_data import Windows

Array = NDArray[np.float32]
RATE, BETA1, BETA2 = 0.003, 0.9, 0.99


@dataclass(frozen=True)
class Fit:
    """How a drum's network is fitted.

    hidden   tanh units
    updates  batches
    batch    bars in one, each at all 16 steps
    shrink   weights lost an update, of the rate
    sampled  share of MusicVAE samples among the bars
    cold     how much likelier a sample of temperature 0 is used than one of 1, as a power of e
    """

    hidden: int = 96
    updates: int = 3000
    batch: int = 192
    shrink: float = 0.02
    sampled: float = 0.2
    cold: float = 1.0


class Adam:
    """Adam with a rate that falls to nothing (Kingma and Ba, 2015; weight decay as Loshchilov and Hutter, 2019)."""

    def __init__(self, weights: list[Array], updates: int, shrink: float) -> None:
        self.weights, self.updates, self.shrink, self.done = weights, updates, shrink, 0
        self.first = [np.zeros_like(weight) for weight in weights]
        self.second = [np.zeros_like(weight) for weight in weights]

    def step(self, by: list[Array]) -> None:
        """One update, in place."""
        rate = RATE * min(1.0, (self.done + 1) / 50) * (1 - self.done / self.updates)
        self.done += 1
        for weight, slope, m, s in zip(self.weights, by, self.first, self.second, strict=True):
            m += (1 - BETA1) * (slope - m)
            s += (1 - BETA2) * (slope * slope - s)
            weight -= rate * (
                m / (1 - BETA1**self.done) / (np.sqrt(s / (1 - BETA2**self.done)) + 1e-8) + self.shrink * weight
            )


def rhythm(target: int, real: Windows, sampled: tuple[Array, Array], fit: Fit, seed: int) -> tuple[Array, Array, float]:
    """The network (w, v, c) of a drum.

    Each bar is met with other lanes hidden at random, so that one network answers for any of them; half the time the
    bar is the first of its window, and its bar before is unknown.
    """
    rng = np.random.default_rng([seed, target])
    w = rng.normal(0, 0.15, (FEATURES, fit.hidden)).astype(np.float32)
    v, c = rng.normal(0, 0.1, fit.hidden).astype(np.float32), np.full(1, -1.5, np.float32)
    adam = Adam([w, v, c], fit.updates, fit.shrink)
    weights = np.exp(-fit.cold * sampled[1])
    edges = np.cumsum(weights / weights.sum())
    own = int(fit.batch * (1 - fit.sampled))
    hits = real.bars[:, :, :, 0]
    for _ in range(fit.updates):
        ours = rng.integers(len(hits), size=own)
        theirs = np.minimum(np.searchsorted(edges, rng.random(fit.batch - own)), len(edges) - 1)
        pairs = np.concatenate([hits[ours], sampled[0][theirs]])
        fill = np.concatenate([real.fill[ours], np.zeros(len(theirs), np.float32)])
        seen, bars = met(target, pairs, fill, rng)
        _, by_w, by_v, by_c = slopes(seen.reshape(-1, FEATURES), bars.reshape(-1), w, v, float(c[0]))
        adam.step([by_w, by_v, np.full(1, by_c, np.float32)])
    return w, v, float(c[0])


def met(target: int, pairs: Array, fill: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """What the network sees of windows (N, 2, 9, 16) with lanes hidden at random, and the bars it shall answer."""
    count = len(pairs)
    second = rng.random(count) < 0.5
    current = np.where(second[:, None, None], pairs[:, 1], pairs[:, 0])
    lanes = current.copy()
    lanes[:, target] = pairs[:, 0, target]
    chance = rng.choice([0.0, 0.12, 0.5, 0.9], size=count, p=[0.1, 0.5, 0.3, 0.1])
    given = (rng.random((count, DRUM_COUNT)) < chance[:, None]).astype(np.float32)
    given[:, target] = second & (rng.random(count) < 0.8)
    return features(lanes, given, fill, current[:, target]), current[:, target]


def bits(net: tuple[Array, Array, float], target: int, bases: list[int], first: Array, before: bool = False) -> float:
    """Bits a step of the target's bars given these lanes: first (N, 2, 9, 16), its first bars unless `before`."""
    current = first[:, 1 if before else 0]
    lanes = current.copy()
    lanes[:, target] = first[:, 0, target]
    given = np.zeros((len(first), DRUM_COUNT), np.float32)
    given[:, bases] = 1
    given[:, target] = before
    odds = log_odds(features(lanes, given, np.zeros(len(first), np.float32), current[:, target]), *net)
    loss = np.logaddexp(0, odds) - current[:, target] * odds
    return float(loss.mean() / np.log(2))


def groove(real: Windows, hidden: int, updates: int, shrink: float, seed: int) -> list[Array]:
    """The network [w, b, v, c] of velocities and offsets; in one window of five drums are hidden at random.

    One hit of ten is not seen, so that the network leans on no single hit.
    """
    rng = np.random.default_rng([seed, 99])
    size = DRUM_COUNT * SPAN
    flat = real.bars.transpose(0, 3, 2, 1, 4).reshape(len(real.bars), 3, size)  # hits, offsets, velocities
    hits = flat[:, 0]
    means = [(flat[:, lane] * hits).sum(0) / (hits.sum(0) + 20) for lane in (2, 1)]
    weights = [
        rng.normal(0, 0.12, (size, hidden)).astype(np.float32),
        np.zeros(hidden, np.float32),
        rng.normal(0, 0.02, (hidden, 2 * size)).astype(np.float32),
        np.concatenate(means).astype(np.float32),
    ]
    adam = Adam(weights, updates, shrink)
    for _ in range(updates):
        chosen = rng.integers(len(flat), size=256)
        some = flat[chosen]
        shown = (rng.random((256, DRUM_COUNT)) < np.where(rng.random(256) < 0.8, 1.0, 0.5)[:, None]).astype(np.float32)
        seen = some[:, 0] * np.repeat(shown, SPAN, axis=1)
        seen *= rng.random(seen.shape) > 0.1
        _, by = groove_slopes(seen, some[:, 2], some[:, 1], weights)
        adam.step(by)
    return weights
