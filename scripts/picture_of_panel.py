"""Draws the picture of the panel in the README: `python -m scripts.picture_of_panel [--out docs/panel.svg]`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from deepsteps_live.errors import DeepstepsError
from deepsteps_live.files import write_whole
from deepsteps_live.repl.grid import Line
from deepsteps_live.repl.map_points import Clouds
from deepsteps_live.repl.panel_lines import height_of, machine, panel
from deepsteps_live.repl.panel_styles import STYLES
from deepsteps_live.repl.panel_view import MAP, Scene, View
from deepsteps_live.session.opening import offline_instrument
from deepsteps_live.session.training import Progress

COLUMNS, ROWS = 80, 24
CELL, LINE, SIZE, EDGE = 8.4, 17, 14, 12  # px
PAPER, INK, SOFT = "#16181d", "#d8dbe2", "#7d8590"
COLOURS = {"ansicyan": "#4cc9e0", "ansimagenta": "#d67ad2", "ansigreen": "#6cc47a", "ansired": "#ef6b73"}
SET = """
clap.pattern = "----x-------4---"
tom.pattern = pattern("--------------xx").chance(0.6)
snare.mute = True
"""
STATE = {
    "cpu": 4.0,
    "synths": 14,
    "lookahead": 0.162,
    "recording": 12.0,
    "meters": {"kick": 0.5, "hat": 0.1, "seq": 0.3, "openhat": 0.02},
}


def main(words: Sequence[str] | None = None) -> int:
    """Draw the grid and the map below each other."""
    parser = argparse.ArgumentParser(prog="python -m scripts.picture_of_panel", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/panel.svg"))
    options = parser.parse_args(words)
    try:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(options.out, svg(list(lines())).encode())
    except DeepstepsError as error:
        print(error, file=sys.stderr)
        return 2
    print(options.out)
    return 0


def lines() -> Iterator[Line]:
    """What the terminal shows."""
    instrument = offline_instrument()
    instrument.run(SET)
    session = instrument.session
    session.edit(lambda live_set: live_set.but_track("hat", overrides=((3, 0.9), (8, 0.0))))
    clouds = Clouds(session)
    rows = len(session.models.get(session.models.default).examples.rows)
    while len(clouds.cloud(session.models.default).points) < rows:
        time.sleep(0.01)
    progress = Progress(120, 200, tuple(9 * 0.97**epoch + 1 for epoch in range(120)), 0.1)
    for view in (View(), View(MAP)):
        scene = Scene(
            session.live_set,
            9.6,
            session.tempo(),
            STATE if view.mode != MAP else {},
            progress,
            session.models.decode,
            clouds.cloud(session.models.default),
            view,
        )
        yield from panel(scene, COLUMNS, height_of(scene, COLUMNS, ROWS)).lines
        yield []
        if view.mode != MAP:
            yield [("", ">>> snare.like(kick)")]
            yield machine(scene)
            yield []


def svg(rows: list[Line]) -> str:
    """Lines as a picture."""
    width, height = COLUMNS * CELL + 2 * EDGE, len(rows) * LINE + 2 * EDGE
    drawn = [f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>']
    for place, row in enumerate(rows):
        column = 0
        for style, text in row:
            drawn += _piece(style, text, EDGE + column * CELL, EDGE + place * LINE)
            column += len(text)
    font = f'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="{SIZE}" xml:space="preserve"'
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>\n' + "\n".join(drawn) + "\n</svg>\n"


def _piece(style: str, text: str, x: float, y: float) -> Iterator[str]:
    words = " ".join(STYLES.get(word.removeprefix("class:"), word) for word in style.split()).split()
    soft = "dim" in words or "class:soft" in style
    ink = next((COLOURS[word[3:]] for word in reversed(words) if word[3:] in COLOURS), SOFT if soft else INK)
    width = len(text) * CELL
    paper = PAPER
    if "reverse" in words:
        ink, paper = PAPER, ink
        yield f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{LINE}" fill="{paper}"/>'
    if text.strip():
        weight = ' font-weight="bold"' if "bold" in words else ""
        place = f'x="{x:g}" y="{y + LINE - 4:g}" textLength="{width:g}"'
        yield f'<text {place} fill="{ink}"{weight}>{escape(text)}</text>'


if __name__ == "__main__":
    raise SystemExit(main())
