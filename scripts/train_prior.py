"""Trains the prior that ships: `python -m scripts.train_prior GROOVE_ZIP SAMPLES_FOLDER [--out weights/prior.npz]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepsteps_live import places
from deepsteps_live.prior.draw import Net
from deepsteps_live.prior.files import write
from deepsteps_live.prior.groove import answers
from deepsteps_live.prior.names import DRUMS
from scripts.groove_midi import CREDIT
from scripts.prior_data import Windows, groove_windows, musicvae
from scripts.prior_fit import Fit, bits, groove, rhythm

Array = NDArray[np.float32]

SHARES = (0.1, 0.25, 0.5)  # of MusicVAE samples, tried on validation with the snare
PAIRS = ((1, 0), (2, 0), (0, 1))  # target, basis: snare | kick, hat | kick, kick | snare
SEED = 1
GROOVE = {"hidden": 192, "updates": 3000, "shrink": 1.0}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, write the weights and the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groove", type=Path)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--out", type=Path, default=places.WEIGHTS / "prior.npz")
    asked = parser.parse_args(arguments)
    real, samples = groove_windows(asked.groove), musicvae(asked.samples)
    tried = {share: _tried(share, real, samples) for share in SHARES}
    fit = Fit(sampled=min(tried, key=lambda share: tried[share]))
    nets = [Net(*rhythm(target, real["train"], samples, fit, SEED)) for target in range(len(DRUMS))]
    weights = groove(real["train"], seed=SEED, **GROOVE)  # type: ignore[arg-type]
    write(asked.out, nets, weights, spread(weights, real["validation"]))
    validation = [
        bits((nets[target].w, nets[target].v, nets[target].c), target, [base], real["validation"].bars[:, :, :, 0])
        for target, base in PAIRS
    ]
    asked.out.with_suffix(".md").write_text(_card(fit, tried, validation))
    print(asked.out.with_suffix(".md").read_text())
    return 0


def spread(weights: list[Array], held_out: Windows) -> Array:
    """The mean size of errors by drum (2, 9): velocities, then offsets."""
    bars = held_out.bars
    flat = bars.transpose(0, 3, 2, 1, 4).reshape(len(bars), 3, -1)
    hits = flat[:, 0].reshape(len(bars), len(DRUMS), -1)
    found = []
    for answer, truth in zip(answers(flat[:, 0], weights), (flat[:, 2], flat[:, 1]), strict=True):
        error = np.abs(answer - truth).reshape(hits.shape) * hits
        found.append(error.sum((0, 2)) / np.maximum(hits.sum((0, 2)), 1))
    return np.array(found, np.float32)


def _tried(share: float, real: dict[str, Windows], samples: tuple[Array, Array]) -> float:
    net = rhythm(1, real["train"], samples, Fit(sampled=share), SEED)
    hits = real["validation"].bars[:, :, :, 0]
    return float(np.mean([bits(net, 1, bases, hits) for bases in ([], [0], [2])]))


def _card(fit: Fit, tried: dict[float, float], validation: list[float]) -> str:
    pairs = ", ".join(
        f"{DRUMS[target]} given {DRUMS[base]} {found:.3f}"
        for (target, base), found in zip(PAIRS, validation, strict=True)
    )
    return "\n".join(
        [
            "# prior.npz",
            "",
            "One drum's bar from others', and velocities and timings of given hits. " + CREDIT,
            "And on two-bar drum samples of Magenta's MusicVAE, from schollz/drummy, MIT.",
            "",
            "- made by `python -m scripts.train_prior GROOVE_ZIP SAMPLES_FOLDER`",
            f"- nine networks, `{fit}`, and one of grooves, {GROOVE}",
            "- share of MusicVAE samples chosen on validation (mean bits a step of the snare alone, by kick, by hat): "
            + ", ".join(f"{share:g}: {found:.4f}" for share, found in tried.items()),
            f"- validation, bits a step: {pairs}",
            "",
            "On the test split, printed by `python -m benchmarks.prior GROOVE_ZIP`:",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
