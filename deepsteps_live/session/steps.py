"""Pictures of patterns in text: steps with their velocities, early and late. A pattern in, lines out.

To show one more thing of a step, add a row to LANES.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from deepsteps_live.music import Pattern
from deepsteps_live.session.figures import midi_name

MARGIN = 10  # columns left of the steps: what the rows mean
CELL = 4  # columns of a step
BAR_ROWS = 2
EIGHTHS = " ▁▂▃▄▅▆▇█"


def pattern_picture(pattern: Pattern, name: str, width: int = 80, notes: Sequence[int] = ()) -> list[str]:
    """A pattern, as many steps to a block as lines of `width` columns hold: 16, 8 or 4.

    Velocities are bars with numbers below; `notes` are MIDI notes, one a step, over and over. Other lanes have a row
    where they say anything.
    """
    wide = next((steps for steps in (16, 8) if MARGIN + steps * CELL <= width), 4)
    hits = sum(pattern.hits)
    lines = [f"{name}: {len(pattern)} steps, {hits} hit{'s' * (hits != 1)}"]
    for first in range(0, len(pattern), wide):
        lines += _block(pattern, range(first, min(first + wide, len(pattern))), notes)
    return lines


def _block(pattern: Pattern, steps: range, notes: Sequence[int]) -> list[str]:
    rows = [_row("", [str(step + 1) if step % 4 == 0 else "·" for step in steps])]
    for row in range(BAR_ROWS):
        rows.append(_row("" if row else "velocity", [_bar(pattern.velocities[step], row) for step in steps]))
    for label, text in LANES:
        cells = [text(pattern, step) if pattern.hits[step] else "" for step in steps]
        if any(cells):
            rows.append(_row(label, cells))
    if notes:
        names = [midi_name(notes[step % len(notes)]) if pattern.hits[step] else "" for step in steps]
        rows.append(_row("note", names))
    return rows


def _row(label: str, cells: Sequence[str]) -> str:
    return f"{label:<{MARGIN}}{''.join(f'{cell:<{CELL}}' for cell in cells)}".rstrip()


def _bar(velocity: float, row: int) -> str:
    """One row of a bar, row 0 on top; a rest has none."""
    eighths = round(velocity * BAR_ROWS * 8) - (BAR_ROWS - 1 - row) * 8
    return EIGHTHS[min(max(eighths, 0), 8)] * 2


def _velocity(pattern: Pattern, step: int) -> str:
    return f"{pattern.velocities[step]:.2f}".removeprefix("0")


def _timing(pattern: Pattern, step: int) -> str:
    percent = round(100 * pattern.offsets[step])
    return "" if percent == 0 else f"{'←' if percent < 0 else '→'}{abs(percent)}"


def _roll(pattern: Pattern, step: int) -> str:
    return f"×{pattern.ratchets[step]:g}"[:CELL] if pattern.ratchets[step] > 1 else ""


def _chance(pattern: Pattern, step: int) -> str:
    percent = round(100 * pattern.probabilities[step])
    return f"{percent}%" if percent < 100 else ""


# what stands left of a row, and what a hit says in it
LANES: tuple[tuple[str, Callable[[Pattern, int], str]], ...] = (
    ("", _velocity),
    ("% ←early", _timing),
    ("roll", _roll),
    ("chance", _chance),
)
