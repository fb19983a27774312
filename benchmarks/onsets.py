"""How well onsets are heard, and how fast: `python -m benchmarks.onsets FOLDER` of recordings with known onsets.

FOLDER holds recordings (`x.flac`) and beside each its onsets in seconds, a line each (`x.onsets`). Matching is
mir_eval's (`pip install -e .[benchmarks]`). No recording of the folder was used to learn from (see weights/onsets.md).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import mir_eval
import numpy as np
import soundfile

from deepsteps_live.listening.onsets import onsets

WINDOWS = (0.05, 0.025, 0.01)  # seconds, each way
REPEATS = 3
FRESH = """
import time; began = time.perf_counter()
import numpy
from deepsteps_live.listening.onsets import onsets
x = numpy.load({path!r}); onsets(x, {rate}); print(time.perf_counter() - began)
"""


def main(words: Sequence[str] | None = None) -> int:
    """Print each recording's figures and their mean, beside what issue 4 asks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.onsets", description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(words)
    rows, heard, spent = [], 0.0, 0.0
    for path in sorted(options.folder.glob("*.onsets")):
        recording = next(each for each in path.parent.glob(f"{path.stem}.*") if each.suffix != ".onsets")
        samples, rate = soundfile.read(recording, dtype="float32")
        known = np.loadtxt(path, ndmin=1)
        taken = []
        for _ in range(REPEATS):
            began = time.process_time()
            found = np.array([onset.seconds for onset in onsets(samples, rate)])
            taken.append(time.process_time() - began)
        heard, spent = heard + len(samples) / rate, spent + min(taken)
        rows.append(scores(known, found))
        print(f"{recording.stem[:56]:<56} " + "  ".join(f"{each:.3f}" for each in rows[-1]))
    means = np.mean(rows, axis=0)
    print(f"{len(rows)} recordings; F within 50, 25 and 10 ms, precision and recall within 25, median error in ms:")
    print("mean".ljust(56), "  ".join(f"{each:.3f}" for each in means))
    asked = (
        ("F within 25 ms", means[1], 0.935),
        ("F within 10 ms", means[2], 0.87),
        ("times real time", heard / spent, 500),
    )
    for name, value, least in asked:
        print(f"{name:<28}{value:9.3f}  at least {least}: {'met' if value >= least else 'missed'}")
    print(f"{'median error, ms':<28}{means[5]:9.3f}  under 1: {'met' if means[5] < 1 else 'missed'}")
    first = fresh(samples, rate)
    print(f"{'first call, fresh process, s':<28}{first:9.3f}  within 0.5: {'met' if first <= 0.5 else 'missed'}")
    return 0


def scores(known: np.ndarray, found: np.ndarray) -> list[float]:
    """F within each window, precision and recall within 25 ms, the median size of the error there in ms."""
    by_window = [mir_eval.onset.f_measure(known, found, window=window) for window in WINDOWS]
    pairs = mir_eval.util.match_events(known, found, WINDOWS[1])
    errors = [abs(found[there] - known[here]) * 1000 for here, there in pairs]
    return [*(each[0] for each in by_window), *by_window[1][1:], float(np.median(errors)) if errors else np.nan]


def fresh(samples: np.ndarray, rate: float) -> float:
    """Seconds of a first call in a process of its own, imports included."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "samples.npy"
        np.save(path, samples)
        text = FRESH.format(path=str(path), rate=rate)
        runs = [subprocess.run([sys.executable, "-c", text], capture_output=True, check=True) for _ in range(REPEATS)]
    return float(np.median([float(run.stdout) for run in runs]))


if __name__ == "__main__":
    sys.exit(main())
