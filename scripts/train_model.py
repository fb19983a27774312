"""Trains the weights that ship: `python -m scripts.train_model GROOVE_ZIP [--out weights/groove.npz]`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from deepsteps_live import places
from deepsteps_live.errors import DeepstepsError
from deepsteps_live.files import write_whole
from deepsteps_live.model.about import Examples, examples_of
from deepsteps_live.model.figures import Box, Draws, Figures, box_figures, by_encoder, by_search
from deepsteps_live.model.layers import Array
from deepsteps_live.model.model import GrooveModel
from deepsteps_live.model.styles import SHIPPED
from deepsteps_live.model.training import Order, learn_recipe
from scripts.groove_midi import CREDIT, examples, lanes, named_performances

SEEDS = (1, 2, 3)
CARRIED = 512  # rows of the train split that ship with the model: what `explain` and the map of latents show
ONE_THREAD = "OPENBLAS_NUM_THREADS"


def main(words: Sequence[str] | None = None) -> int:
    """Train on several seeds, keep the best on validation, write weights and card."""
    parser = argparse.ArgumentParser(prog="python -m scripts.train_model", description=__doc__)
    parser.add_argument("zip", type=Path, metavar="GROOVE_ZIP")
    parser.add_argument("--out", type=Path, default=places.DEFAULT_WEIGHTS)
    parser.add_argument("--epochs", type=int, default=SHIPPED.epochs)
    options = parser.parse_args(words)
    try:
        played = named_performances(options.zip)
        rows = {split: lanes([bars for _, bars in some]) for split, some in played.items()}
    except DeepstepsError as error:
        print(error, file=sys.stderr)
        return 2
    began = time.process_time()
    tried = [_trained(rows["train"], seed, options.epochs) for seed in SEEDS]
    scores = [by_encoder(model, rows["validation"]) for model in tried]
    best = int(np.argmax([score.exact - score.offset_ms / 100 for score in scores]))
    seconds = (time.process_time() - began) / len(SEEDS)
    model = replace(tried[best], examples=examples_of(*examples(played["train"], CARRIED)))
    write_whole(options.out, model.to_bytes())
    by_split = {name: by_encoder(model, split) for name, split in rows.items()}
    by_split["test by `encode`"] = by_search(model, rows["test"])
    counts = {name: len(rows[name.split()[0]]) for name in by_split}
    text = card(model, counts, by_split, seconds, rows["train"])
    write_whole(options.out.with_suffix(".md"), text.encode())
    print(text)
    return 0


def _trained(rows: Array, seed: int, epochs: int) -> GrooveModel:
    data = "Groove MIDI Dataset v1.0.0, train split, one-bar lanes (CC BY 4.0)"
    steps = learn_recipe(rows, SHIPPED, Order(style="shipped", seed=seed, epochs=epochs, data=data))
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            found: GrooveModel = end.value
            return replace(found, examples=Examples())
        print(f"seed {seed} epoch {step.epoch}: {step.loss:.3f}", file=sys.stderr)


def card(model: GrooveModel, counts: dict[str, int], found: dict[str, Figures], seconds: float, rows: Array) -> str:
    """The card: how, on what, how good."""
    box = box_figures(model, rows)
    lines = [
        "# groove.npz",
        "",
        "Four latents to a bar of 16 steps: hits with their probabilities, offsets, velocities. " + CREDIT,
        "",
        f"- made by `python -m scripts.train_model GROOVE_ZIP`; hash `{model.hash[:16]}`",
        f"- network {model.card['sizes']}, tanh; recipe `{SHIPPED}`",
        f"- carries {CARRIED} rows of the train split as examples, each with its performance, bar and drum",
        f"- best of seeds {', '.join(map(str, SEEDS))} on validation; {seconds:.0f} s of one core a seed",
        "- rows: one bar of one drum, 4/4, nearest sixteenth, each bar of hits and offsets once",
        "",
        "| split | rows | bit | exact | offset ms at 120 bpm | velocity |",
        "|---|---|---|---|---|---|",
        *(
            f"| {name} | {counts[name]} | {one.bit:.4f} | {one.exact:.3f} | {one.offset_ms:.1f} | {one.velocity:.3f} |"
            for name, one in found.items()
        ),
        "",
        "bit: right steps of all; exact: bars with all 16 right; offset and velocity: mean error on true hits.",
        "",
        "The sliders, measured on 20,000 latent points:",
        "",
        "| | uniform in ±2 | normal (0, 1) | training rows |",
        "|---|---|---|---|",
        _share("empty bars", box, lambda draws: f"{draws.empty:.5f}"),
        _share("full bars", box, lambda draws: f"{draws.full:.5f}"),
        _share("steps that sound", box, lambda draws: f"{draws.density:.3f}"),
        _share("mean size of offsets, steps", box, lambda draws: f"{draws.offset:.3f}"),
        _share("deviation of velocities", box, lambda draws: f"{draws.velocity:.3f}"),
        _share("distinct bars of 2,000", box, lambda draws: str(draws.distinct)),
        "",
        "Steps that change when one latent moves by 0.1: "
        f"mean {box.move_mean:.2f}, 99 of 100 moves at most {box.move_p99:.0f}, the largest {box.move_max:.0f} "
        "(points uniform in ±2, each latent in turn).",
        "",
        f"In {box.unsure:.2%} of the points uniform in ±2 the network is unsure of every step; there the decoder's "
        "last op (`lifted` in `loss.py`) raises all steps together until the surest one sounds: no bar is empty.",
        "",
    ]
    return "\n".join(lines)


def _share(name: str, box: Box, shown: Callable[[Draws], str]) -> str:
    return f"| {name} | {shown(box.uniform)} | {shown(box.normal)} | {shown(box.rows)} |"


if __name__ == "__main__":
    if os.environ.get(ONE_THREAD) != "1":  # more threads sum in another order: other weights; numpy reads it at import
        again = [sys.executable, "-m", "scripts.train_model", *sys.argv[1:]]
        os.execve(sys.executable, again, {**os.environ, ONE_THREAD: "1"})
    sys.exit(main())
