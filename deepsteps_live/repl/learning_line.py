"""`deepsteps listen` and `deepsteps train`: learning without playing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

METER = 30  # characters of a whole progress bar


def listen(options: argparse.Namespace) -> dict[str, Any] | str:
    """What was heard, as JSON values or as pictures."""
    from deepsteps_live.session.studio import hear, heard_data, pictures

    heard = hear(options.paths, step=meter("listening"), say=say, **_how(options))
    return heard_data(heard) if options.json else "\n\n".join(pictures(heard, WIDTH))


def train(options: argparse.Namespace) -> dict[str, Any] | str:
    """Train and write the model; its file and card."""
    from deepsteps_live.session.models import card_of
    from deepsteps_live.session.paths import new_file
    from deepsteps_live.session.studio import dataset_of, train_file

    out = new_file(options.out, ".npz", "a model is")
    dataset = dataset_of(options.paths, step=meter("listening"), say=say, **_how(options))
    settings = {
        "style": options.style,
        "epochs": options.epochs,
        "batch": options.batch,
        "seed": options.seed,
        "data": f"{len(dataset)} rows of {', '.join(Path(path).name for path in options.paths)}"[:200],
    }
    found = train_file(dataset, out, settings, meter("training"))
    if options.json:
        return {"model": str(out), "rows": len(dataset), "card": {**found.card, "hash": found.hash}}
    return "\n".join([*card_of(found), f"written to {out}"])


def meter(what: str) -> Callable[..., None]:
    """A progress bar on standard error, where that is a terminal: call it with how many are done, of how many."""

    def show(done: int, total: int, more: str = "") -> None:
        if sys.stderr.isatty() and total > 0:
            filled = METER * done // total
            line = f"{what} {'█' * filled}{'·' * (METER - filled)} {done}/{total}  {more}"
            print(f"\r{line[:WIDTH]:<{WIDTH}}", end="\n" if done == total else "", file=sys.stderr, flush=True)

    return show


def say(line: str) -> None:
    """A line for the performer, beside what is printed."""
    print(line, file=sys.stderr)


WIDTH = 78


def _how(options: argparse.Namespace) -> dict[str, Any]:
    return {"bpm": options.bpm, "bars": options.bars, "split": options.split}
