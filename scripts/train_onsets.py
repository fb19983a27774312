"""Trains the judge of onsets: `python -m scripts.train_onsets GROOVE_ZIP [--out weights/onsets.npz]`."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepsteps_live.files import write_whole
from deepsteps_live.listening.candidates import candidates
from deepsteps_live.listening.onsets import PAD, WEIGHTS, Judge, begins, framed
from deepsteps_live.listening.spectrum import FRAME, RATE, envelopes, flux, spectra
from scripts.drum_loops import Floats, Hit, Performance, kits, merged, mixed, performances, undrummed, worn
from scripts.groove_midi import CREDIT

CHANGES = (0.0, 0.08, 0.15)  # how far the kits' patches are changed
SECONDS = 12.0  # of a loop
UNDRUMMED = 8  # every so many recordings have no drums in them
NEAR = 0.012  # seconds between a candidate and an onset that are one
UNITS = 24
EPOCHS = 30
BATCH = 256
RATE_OF_LEARNING = 0.01
DECAY = 1e-3


def main(words: Sequence[str] | None = None) -> int:
    """Render loops, look for candidates, learn which are onsets, write the weights and their card."""
    parser = argparse.ArgumentParser(prog="python -m scripts.train_onsets", description=__doc__)
    parser.add_argument("zip", type=Path, metavar="GROOVE_ZIP")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--loops", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(words)
    rng = np.random.default_rng(options.seed)
    played, sounds = list(performances(options.zip, "train")), kits(CHANGES)
    features, truths, found, known = [], [], 0.0, 0
    for place in range(options.loops):
        if place % UNDRUMMED:
            x, onsets = loop(played[rng.integers(len(played))], sounds[rng.integers(len(sounds))], rng)
        else:
            x, onsets = undrummed(rng, SECONDS), np.zeros(0)
        feature, truth = labelled(x, onsets)
        features.append(feature)
        truths.append(truth)
        found, known = found + truth.sum(), known + len(onsets)
    x, y = np.concatenate(features), np.concatenate(truths)
    judge = fit(x, y, np.random.default_rng(options.seed))
    written = io.BytesIO()
    np.savez(written, **{name: getattr(judge, name).astype(np.float32) for name in Judge.__dataclass_fields__})
    write_whole(options.out, written.getvalue())
    text = card(options.loops, len(x), found / known, float(((judge(x) > 0.5) == (y > 0.5)).mean()))
    write_whole(options.out.with_suffix(".md"), text.encode())
    print(text)
    return 0


def loop(
    performance: Performance, kit: dict[int, tuple[Floats, Floats]], rng: np.random.Generator
) -> tuple[Floats, NDArray[np.float64]]:
    """A stretch of a performance as it might have been recorded, and its onsets; in a third it begins on a hit."""
    last = performance.hits[-1].seconds
    start = rng.uniform(0, max(0.0, last - SECONDS))
    first = next(each.seconds for each in performance.hits if each.seconds >= start)
    start = first - (0 if rng.random() < 0.3 else rng.uniform(0, 0.3))
    hits = [
        Hit(each.seconds - start, each.drum, each.velocity)
        for each in performance.hits
        if 0 <= each.seconds - start < SECONDS - 0.3
    ]
    x = worn(mixed(hits, kit, rng, SECONDS, vary=True), rng)
    return x, merged([each.seconds for each in hits])


def labelled(x: Floats, onsets: NDArray[np.float64]) -> tuple[Floats, NDArray[np.float64]]:
    """Features of the candidates, and which of them are onsets: for each onset the nearest within NEAR."""
    padded = framed(x / np.abs(x).max())
    places, features = candidates(envelopes(padded), flux(spectra(padded)))
    seconds = (begins(padded, places * FRAME) - PAD) / RATE
    truth = np.zeros(len(places))
    for onset in onsets:
        nearest = int(np.abs(seconds - onset).argmin())
        truth[nearest] = max(truth[nearest], float(abs(seconds[nearest] - onset) < NEAR))
    return features, truth


def fit(x: Floats, y: NDArray[np.float64], rng: np.random.Generator) -> Judge:
    """Learn by Adam: mean binary cross-entropy, weights decaying, the rate falling in a line to 0."""
    mean, deviation = x.mean(axis=0).astype(np.float64), x.std(axis=0).astype(np.float64) + 1e-9
    z = (x - mean) / deviation
    weights = [rng.normal(0, 1 / np.sqrt(z.shape[1]), (z.shape[1], UNITS)), np.zeros(UNITS)]
    weights += [rng.normal(0, 0.1, UNITS), np.zeros(1)]
    first, second = ([np.zeros_like(each) for each in weights] for _ in range(2))
    steps = EPOCHS * max(1, len(z) // BATCH)
    step = 0
    for _ in range(EPOCHS):
        for batch in np.array_split(rng.permutation(len(z)), max(1, len(z) // BATCH)):
            step += 1
            for place, slope in enumerate(slopes(weights, z[batch], y[batch])):
                first[place] = 0.9 * first[place] + 0.1 * slope
                second[place] = 0.99 * second[place] + 0.01 * slope * slope
                move = first[place] / (1 - 0.9**step) / (np.sqrt(second[place] / (1 - 0.99**step)) + 1e-8)
                weights[place] = weights[place] - RATE_OF_LEARNING * (1 - step / steps) * move
    return Judge(mean, deviation, *weights)


def slopes(
    weights: Sequence[NDArray[np.float64]], z: NDArray[np.floating], y: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """The gradient of the mean cross-entropy and of DECAY / 2 times the squared weights."""
    hidden, bias, out, out_bias = weights
    units = np.tanh(z @ hidden + bias)
    error = (1 / (1 + np.exp(-(units @ out + out_bias))) - y) / len(y)
    back = np.outer(error, out) * (1 - units * units)
    return [z.T @ back + DECAY * hidden, back.sum(axis=0), units.T @ error + DECAY * out, error.sum(keepdims=True)]


def card(loops: int, count: int, found: float, right: float) -> str:
    """How it was made; how good it is on other recordings is for `benchmarks/onsets.py` to say."""
    return "\n".join(
        [
            "# onsets.npz",
            "",
            "Which rises of energy in a recording are onsets of drums. " + CREDIT,
            "",
            "- made by `python -m scripts.train_onsets GROOVE_ZIP`",
            f"- {loops} recordings of {SECONDS:g} s: performances of the train split on our own kits, their patches",
            "  changed at random, with rooms, tones, noise, saturation and low-passes at random; one in",
            f"  {UNDRUMMED} has held and gliding tones or noise alone",
            f"- {count} candidates, {found:.1%} of the onsets among them; {right:.1%} of the candidates judged right",
            f"- one layer of {UNITS} tanh units",
            "- measured by `python -m benchmarks.onsets FOLDER` on recordings with other sounds and other performances",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
