"""Why a bar is what it is, in text: how sure the model is of each step, and which training rows are near."""

from __future__ import annotations

from collections.abc import Iterator

from deepsteps_live import model
from deepsteps_live.engine.decoder import as_pattern
from deepsteps_live.music import Pattern
from deepsteps_live.session.dataset import STEPS

WIDTH = 32  # characters of a probability of 1
NEAR = 3  # rows that are named


def explained(found: model.Model, played: Pattern, tolerance: float, *, decoded: bool) -> str:
    """A line a step (it sounds or not, probability, margin over the tolerance), then the nearest rows.

    `decoded` says that `played` carries the model's own probabilities; else the model is asked what it makes of
    the bar: the probabilities are those of the point that encodes it.
    """
    bar = played.take(step % len(played) for step in range(STEPS))
    sure = bar if decoded else as_pattern(found.decode(found.encode(bar.hits, bar.offsets, bar.velocities)), tolerance)
    lines = [f"{bar}  {found.info()}", f"step         sure  margin over {tolerance:.2f}"]
    for step in range(STEPS):
        probability = sure.probabilities[step]
        sign = "x" if bar.hits[step] else "-"
        meter = _meter(probability, tolerance)
        line = f"{step + 1:>4} {sign}  {probability:>9.3f}  {probability - tolerance:+.3f}  {meter}"
        lines.append(line + ("" if bar.hits[step] == (probability > tolerance) else "  the model would not"))
    return "\n".join([*lines, *_nearest(found, bar)])


def _nearest(found: model.Model, bar: Pattern) -> Iterator[str]:
    near = model.nearest(found, bar.hits, bar.offsets, bar.velocities, NEAR)
    if not near:
        yield "the model carries none of the rows it was trained on"
        return
    yield "nearest rows"
    for row in near:
        hits = found.examples.rows[row.row][:STEPS]
        yield f"  {''.join('x' if hit else '-' for hit in hits)}  {row.distance:.2f} steps away  {row.source}"


def _meter(probability: float, tolerance: float) -> str:
    """A bar as long as a step is sure, with a mark at the tolerance."""
    mark = min(WIDTH - 1, int(tolerance * WIDTH))
    cells = ["█" if cell < round(probability * WIDTH) else " " for cell in range(WIDTH)]
    cells[mark] = "▓" if cells[mark] == "█" else "│"
    return "".join(cells).rstrip()
