"""How far onsets are from the grid on which they were due, in figures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def grid_errors(times: Floats, step: float) -> tuple[Floats, int]:
    """Each onset's distance in seconds from the grid fitted through all of them, and how many steps have none."""
    steps = np.round((times - times[0]) / step)
    slope, start = np.polyfit(steps, times, 1) if len(times) > 1 else (step, times[0])
    return times - (slope * steps + start), int(steps[-1]) + 1 - len(times)


def spread(errors: Floats) -> dict[str, float]:
    """p50, p99, max of the size of errors, and their standard deviation, in ms."""
    sizes = np.abs(errors) * 1000
    return {
        "p50": round(float(np.percentile(sizes, 50)), 4),
        "p99": round(float(np.percentile(sizes, 99)), 4),
        "max": round(float(np.max(sizes)), 4),
        "sd": round(float(np.std(errors) * 1000), 4),
    }
