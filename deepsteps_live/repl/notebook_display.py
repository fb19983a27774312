"""How values look in a notebook: patterns as pictures of their steps, text as text."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from deepsteps_live.music import Pattern
from deepsteps_live.session.tracks import TrackHandle

STEP, HEIGHT, GAP = 18, 32, 2  # pixels
A_BEAT = 4  # steps
ROW = 64  # steps in a row of the picture
FAINTEST = 0.35  # opacity of the softest hit


class Said(str):
    """Text that a command gives: shown as it is."""

    __slots__ = ()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        for number, line in enumerate(self.split("\n")):
            if number:
                printer.break_()
            printer.text(line)


def formatters() -> list[tuple[str, type, Callable[..., Any]]]:
    """(kind of display, type, what makes it) for IPython's formatters."""
    return [("text/html", Pattern, pattern_html), ("text/html", TrackHandle, track_html)]


def track_html(track: TrackHandle) -> str:
    """A track as its name, its steps and its sound."""
    sound = track.track.sound
    said = [escape(sound.name) if sound else "no sound", *["muted"] * bool(track.mute)]
    return f"<div><b>{escape(track.name)}</b> {', '.join(said)}</div>{pattern_html(track.pattern)}"


def pattern_html(pattern: Pattern) -> str:
    """A pattern as a picture in the text's own colour, so that it reads on light and on dark.

    A bar's height and shade are a hit's velocity, its place the hit's own, early or late; rolls are cut in parts, and a
    pale foot under a rest says how nearly a model played it.
    """
    width = min(len(pattern), ROW) * STEP + 2 * GAP
    rows = -(-len(pattern) // ROW)
    shapes = [shape for step in range(len(pattern)) for shape in (_grid(step), *_step(pattern, step))]
    return (
        f'<svg width="{width}" height="{rows * (HEIGHT + 6)}" role="img" fill="currentColor">'
        f"<title>{escape(str(pattern))}</title>{''.join(shapes)}</svg>"
    )


def _grid(step: int) -> str:
    x, y = _place(step)
    return _box(x, y + HEIGHT, STEP - GAP, 2, 0.8 if step % A_BEAT == 0 else 0.3)


def _step(pattern: Pattern, step: int) -> list[str]:
    x, y = _place(step)
    if not pattern.hits[step]:
        near = pattern.probabilities[step]
        return [_box(x, y + HEIGHT - 3, STEP - GAP, 2, 0.6 * near)] if near > 0.05 else []
    velocity, parts = pattern.velocities[step], max(1, round(pattern.ratchets[step]))
    tall, wide = 4 + (HEIGHT - 6) * velocity, (STEP - GAP) / parts
    left = x + pattern.offsets[step] * STEP
    shade = FAINTEST + (1 - FAINTEST) * velocity
    cut = GAP / 2 if parts > 1 else 0.0
    return [_box(left + part * wide, y + HEIGHT - 1 - tall, max(1.0, wide - cut), tall, shade) for part in range(parts)]


def _place(step: int) -> tuple[float, float]:
    return GAP + step % ROW * STEP, step // ROW * (HEIGHT + 6)


def _box(x: float, y: float, width: float, height: float, shade: float) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" opacity="{shade:.2f}"/>'
