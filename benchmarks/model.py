"""How good and how fast the models are: `python -m benchmarks.model GROOVE_ZIP [--seeds N]` prints every figure.

Training is on 256 rows of the Groove MIDI train split, drawn by fresh seeds; unseen rows are of its test split. Seconds
are CPU seconds, medians over the seeds. The table goes to standard error, one JSON document to standard output.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from deepsteps_live import places
from deepsteps_live.model import STYLES, GrooveModel, Model, Order, PluginModel, load, train
from deepsteps_live.model.figures import by_encoder, by_search, drawn, figures
from deepsteps_live.model.layers import Array
from deepsteps_live.model.plugin import as_plugin_input, run
from deepsteps_live.model.rows import STEPS
from scripts.groove_midi import lanes, performances

ROWS = 256
SEARCHED = 1000  # unseen rows that are encoded by search
TAILS = (65, 113, 257)
ONE_THREAD = "OPENBLAS_NUM_THREADS"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.model", description=__doc__)
    parser.add_argument("zip", type=Path, metavar="GROOVE_ZIP")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first", type=int, default=1000, help="the first seed")
    options = parser.parse_args()
    rows = {split: lanes(played) for split, played in performances(options.zip).items()}
    unseen = rows["test"][np.random.default_rng(options.first).permutation(len(rows["test"]))[:SEARCHED]]
    seeds = range(options.first, options.first + options.seeds)
    found: dict[str, dict[str, float]] = {}
    for style in STYLES:
        found[style] = _medians([_one(rows["train"], rows["test"], unseen, style, ROWS, seed) for seed in seeds])
    for count in TAILS:
        tails = [_one(rows["train"], rows["test"], unseen[:50], "classic", count, seed) for seed in seeds]
        found[f"classic {count}"] = _medians(tails)
    found["shipped"] = _shipped(rows["test"], unseen)
    for name, row in found.items():
        print(name, *(f"{key} {value:.4g}" for key, value in row.items()), sep="  ", file=sys.stderr)
    print(json.dumps(found, indent=2))
    return 0


def _one(rows: Array, test: Array, unseen: Array, style: str, count: int, seed: int) -> dict[str, float]:
    own = rows[np.random.default_rng(seed).choice(len(rows), count, replace=False)]
    began = time.process_time()
    model = train(own, Order(style=style, seed=seed))
    seconds = time.process_time() - began
    assert model is not None
    draws, move = drawn(model, seed=seed)
    card = {key: float(value) for key, value in model.card.items() if key.startswith("own_")}
    encoder = _encoded(model, test)
    return {
        "seconds": seconds,
        **card,
        **encoder,
        **_searched(model, unseen),
        "distinct": draws.distinct,
        "empty": draws.empty,
        "density_gap": draws.density - float((own[:, :STEPS] > 0).mean()),
        "move": move,
        **_speeds(model, unseen),
    }


def _encoded(model: Model, test: Array) -> dict[str, float]:
    """By the network's own encoder, without search."""
    if not isinstance(model, GrooveModel):
        latents = run(model.encoder, as_plugin_input(test)) if isinstance(model, PluginModel) else test
        return {f"test_{key}": value for key, value in asdict(figures(model, test, latents)).items()}
    return {f"test_{key}": value for key, value in asdict(by_encoder(model, test)).items()}


def _searched(model: Model, unseen: Array) -> dict[str, float]:
    return {f"search_{key}": value for key, value in asdict(by_search(model, unseen)).items()}


def _shipped(test: Array, unseen: Array) -> dict[str, float]:
    model = load(places.DEFAULT_WEIGHTS)
    encoder = _encoded(model, test)
    searched = {f"search_{key}": value for key, value in asdict(by_search(model, test)).items()}
    return {**encoder, **searched, **_speeds(model, unseen)}


def _speeds(model: Model, unseen: Array) -> dict[str, float]:
    """Microseconds of a decode and an encode, and how far decoding one point is from decoding many."""
    points = np.random.default_rng(0).standard_normal((200, 4))
    latents = [tuple(float(z) for z in point) for point in points]
    bars = [row.reshape(3, STEPS) for row in unseen[:50]]
    gap = np.abs([model.decode(z).probabilities for z in latents] - model.decode_many(points)[:, :STEPS]).max()
    decode = _microseconds(lambda: [model.decode(z) for z in latents], len(latents), 20)
    encode = _microseconds(lambda: [model.encode(*bar) for bar in bars], len(bars), 3)
    return {"decode_us": decode, "encode_us": encode, "decode_gap": float(gap)}


def _microseconds(job: Callable[[], object], count: int, times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.process_time()
        job()
        taken.append((time.process_time() - began) / count * 1e6)
    return float(np.median(taken))


def _medians(figures: Sequence[dict[str, float]]) -> dict[str, float]:
    return {key: float(np.median([one[key] for one in figures])) for key in figures[0]}


if __name__ == "__main__":
    if os.environ.get(ONE_THREAD) != "1":  # numpy reads it when it is imported
        os.execve(
            sys.executable, [sys.executable, "-m", "benchmarks.model", *sys.argv[1:]], {**os.environ, ONE_THREAD: "1"}
        )
    sys.exit(main())
