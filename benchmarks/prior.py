"""The prior's figures on the Groove MIDI test split: `python -m benchmarks.prior GROOVE_ZIP [--bases 100000]`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepsteps_live.music.pattern import Pattern
from deepsteps_live.prior import DRUMS, Prior, load
from deepsteps_live.prior.draw import Context, draw, likelihood
from deepsteps_live.prior.groove import answers
from scripts.prior_data import Windows, groove_windows
from scripts.prior_fit import bits

Array = NDArray[np.float32]

PAIRS = {("snare", "kick"): 0.786, ("hat", "kick"): 0.793, ("kick", "snare"): 0.683}  # the logistic anchors
MARGINALS = {"snare": 0.853, "hat": 0.867, "kick": 0.727}  # per-step means
KNN = (0.181, 20.16)  # velocity, ms


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groove", type=Path)
    parser.add_argument("--bases", type=int, default=100_000)
    asked = parser.parse_args(arguments)
    prior, test = load(), groove_windows(asked.groove)["test"]
    for part in (
        pairs(prior, test),
        played(prior, test),
        drawn(prior, test),
        speeds(prior),
        random_bases(prior, asked.bases),
    ):
        for line in part:
            print(line, flush=True)
    return 0


def pairs(prior: Prior, test: Windows) -> Iterator[str]:
    """Bits a step of the first bars; "alone" is the same network that sees no basis."""
    hits = test.bars[:, :, :, 0]
    yield f"test bars {len(hits)}"
    for (target, base), anchor in PAIRS.items():
        place, other = DRUMS.index(target), DRUMS.index(base)
        net = prior.nets[place]
        found, alone = (bits((net.w, net.v, net.c), place, bases, hits) for bases in ([other], []))
        after = bits((net.w, net.v, net.c), place, [], hits, before=True)
        yield (
            f"{target} given {base}: {found:.3f} bits a step (logistic {anchor}, {found / anchor - 1:+.1%}); "
            f"alone {alone:.3f} (per-step mean {MARGINALS[target]}); bar 2 given bar 1 {after:.3f}"
        )


def played(prior: Prior, test: Windows) -> Iterator[str]:
    """Mean errors of velocities and timings of given hits, two-bar windows."""
    flat = test.bars.transpose(0, 3, 2, 1, 4).reshape(len(test.bars), 3, -1)
    loud, late = answers(flat[:, 0], prior.groove)
    mask = flat[:, 0] > 0
    velocity = np.abs(np.clip(loud, 0, 1) - flat[:, 2])[mask].mean()
    timing = (np.abs(late - flat[:, 1]) * (15_000 / test.bpm)[:, None])[mask].mean()
    yield f"given hits: velocity MAE {velocity:.4f} (kNN-20 {KNN[0]}), timing MAE {timing:.2f} ms (kNN-20 {KNN[1]})"


def drawn(prior: Prior, test: Windows, count: int = 10_000) -> Iterator[str]:
    """Draws given the test's bases beside the test's bars, and whether they listen to their basis."""
    bars = test.bars[:, 0, :, 0]
    for target, base in PAIRS:
        place, other = DRUMS.index(target), DRUMS.index(base)
        rng = np.random.default_rng(1)
        order = rng.permutation(np.arange(count) % len(bars))
        shuffled = rng.permutation(order)
        contexts = [_one(other, bars[i, other]) for i in order]
        draws = np.array([draw(prior.nets[place], context, rng)[0] for context in contexts])
        gain = np.mean(
            [
                likelihood(prior.nets[place], context, bar)
                - likelihood(prior.nets[place], _one(other, bars[j, other]), bar)
                for context, bar, j in zip(contexts[:2000], draws, shuffled, strict=False)
            ]
        )
        real = bars[:, place]
        yield (
            f"{target} given {base}: density {draws.mean():.3f} (test {real.mean():.3f}); hits a bar, quartiles "
            f"{_quartiles(draws)} (test {_quartiles(real)}); empty {_empty(draws):.3f} (test {_empty(real):.3f}); "
            f"distinct of {len(real)} {_distinct(draws[: len(real)])} (test {_distinct(real)}), "
            f"of {count} {_distinct(draws)}; "
            f"gain over a shuffled basis {gain:+.2f} bits a bar"
        )
        yield f"  hits a step, draws: {_steps(draws)}"
        yield f"  hits a step, test:  {_steps(real)}"


def speeds(prior: Prior, count: int = 3000) -> Iterator[str]:
    """A whole `like` of 16 steps, Pattern to Pattern: by the clock, and in time of this thread alone."""
    kick, snare = Pattern((True, False, False, False) * 4), Pattern((False,) * 4 + (True,) + (False,) * 11)
    for words, options in {
        "": {},
        " kept steps": {"keep": {0: True, 5: False}},
        " a density": {"density": 0.4},
    }.items():
        for bases in ({"kick": kick}, {"kick": kick, "snare": snare}):
            times, busy = [], []
            for seed in range(count):
                began, worked = time.perf_counter(), time.thread_time()
                prior.like("hat", bases, seed=seed, **options)  # type: ignore[arg-type]
                busy.append(time.thread_time() - worked)
                times.append(time.perf_counter() - began)
            found = [f"median {p50:.3f} p99 {p99:.3f}" for p50, p99 in _middle_and_tail(times, busy)]
            yield f"like of {len(bases)} bases{words}, ms: {found[0]}; of the thread: {found[1]}"


def random_bases(prior: Prior, count: int) -> Iterator[str]:
    """Random bases of all pairs, 1 to 64 steps, empty to full: empty answers beside the probability of one."""
    rng = np.random.default_rng(2)
    empty, expected, bars = 0, 0.0, 0
    for seed in range(count):
        target, other = rng.choice(len(DRUMS), 2, replace=False)
        basis = Pattern(tuple(rng.random(rng.integers(1, 65)) < rng.choice([0, 0.1, 0.3, 0.5, 0.9, 1])))
        answer = prior.like(DRUMS[target], {DRUMS[other]: basis}, seed=seed)
        if len(answer) != len(basis):
            raise AssertionError("an answer of another length")
        if len(answer) == 16:
            bars += 1
            empty += not any(answer.hits)
            expected += 2 ** likelihood(
                prior.nets[target], _one(int(other), np.array(basis.hits, np.float32)), np.zeros(16, np.float32)
            )
    yield f"{count} random bases, no exception; of {bars} answers of a bar {empty} empty, {expected:.0f} expected"


def _middle_and_tail(*all_times: list[float]) -> Iterator[tuple[float, float]]:
    for times in all_times:
        p50, p99 = np.percentile(times, [50, 99]) * 1000
        yield float(p50), float(p99)


def _one(other: int, bar: Array) -> Context:
    lanes, given = np.zeros((len(DRUMS), 16), np.float32), np.zeros(len(DRUMS), np.float32)
    lanes[other], given[other] = bar, 1
    return Context(lanes, given)


def _quartiles(bars: Array) -> str:
    return "/".join(f"{value:.0f}" for value in np.percentile(bars.sum(1), [25, 50, 75]))


def _empty(bars: Array) -> float:
    return float(np.mean(~bars.any(axis=1)))


def _distinct(bars: Array) -> int:
    return len(np.unique(bars, axis=0))


def _steps(bars: Array) -> str:
    return " ".join(f"{value:.2f}" for value in bars.mean(0))


if __name__ == "__main__":
    sys.exit(main())
