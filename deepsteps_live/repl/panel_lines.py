"""The panel as lines: head, tracks, latents, machine. A Scene and a size in, lines and what can be touched out."""

from __future__ import annotations

import math
from dataclasses import replace

from deepsteps_live.music import BEATS_PER_BAR, KEYS, LiveSet, Signal, leader, value_at
from deepsteps_live.repl import grid
from deepsteps_live.repl.grid import HEIGHTS, Line, Row, Shape
from deepsteps_live.repl.latent_map import NAMES, REACH, latents_at, map_part, strips_of
from deepsteps_live.repl.panel_keys import KEY_LINES
from deepsteps_live.repl.panel_view import EDIT, MAP, Part, Scene, Spot, stacked
from deepsteps_live.repl.panel_view import KEYS as KEYS_MODE
from deepsteps_live.session.training import Progress

LEAST_WIDTH, LEAST_HEIGHT = 20, 2
BESIDE = 8  # lines of a terminal that are left to the prompt and what it prints
BESIDE_MAP = 5
ROOMY = 26  # lines from which on latents get a line each, and strips


def height_of(scene: Scene, width: int, rows: int) -> int:
    """Lines of the panel in a terminal of so many rows; 0 where there is no room."""
    beside = BESIDE_MAP if scene.view.mode in (MAP, KEYS_MODE) else BESIDE
    room = rows - beside
    if width < LEAST_WIDTH or room < LEAST_HEIGHT:
        return 0
    if scene.view.mode == MAP:
        return min(room, 36)
    if scene.view.mode == KEYS_MODE:
        return min(room, len(KEY_LINES) + 1)
    tracks = len(scene.live_set.tracks)
    return min(room, tracks + 3 if room < ROOMY else tracks + 2 + 1 + 4 + 1 + 12)


def panel(scene: Scene, width: int, height: int) -> Part:
    """The panel in exactly that many columns, at most that many lines."""
    parts = [Part([head(scene, width)])]
    if scene.view.mode == KEYS_MODE:
        parts.append(Part([[("", line[:width])] for line in KEY_LINES]))
    elif scene.view.mode == MAP:
        one = _one_track(scene, width)
        parts += [map_part(scene, width, height - 2 - len(one.lines)), one, latents_line(scene, width)]
    else:
        parts += _playing(scene, width, height)
    return stacked(parts, height)


def _playing(scene: Scene, width: int, height: int) -> list[Part]:
    tracks = len(scene.live_set.tracks)
    if height < ROOMY:
        return [tracks_part(scene, width, max(1, height - 3)), latents_line(scene, width)]
    parts = [tracks_part(scene, width, min(tracks, height - 20)), Part([[]]), latents_bars(scene, width)]
    track = scene.focus
    if track is not None and width >= 4 * 23:
        strips = strips_of(track, latents_at(track, scene.beat), _tolerance(scene), scene.decode, 12)
        parts += [Part([[]]), Part(strips)]
    return parts


def _tolerance(scene: Scene) -> float:
    return 0.5 if scene.focus is None else value_at(scene.focus.tolerance, scene.beat or 0.0)


def head(scene: Scene, width: int) -> Line:
    """Bar, beat, tempo, swing, scale and key, clock, recording, what is being edited: as much as there is room for."""
    live_set, view = scene.live_set, scene.view
    pieces = [("class:strong", where(scene.beat)), ("", f"{scene.tempo:.4g} bpm")]
    if view.mode == EDIT:
        name = live_set.tracks[view.row].name if view.row < len(live_set.tracks) else ""
        pieces.append(("class:flag", f"EDIT {name} step {view.step + 1}{' erasing' if view.erasing else ''}"))
    if view.mode == MAP and scene.focus is not None:
        pieces.append(("class:flag", _nearest(scene)))
    if (seconds := scene.state.get("recording")) is not None:
        pieces.append(("class:alarm", f"rec {int(seconds)} s"))
    pieces += [
        ("", f"swing {live_set.swing:g}"),
        ("", f"{KEYS[live_set.key]} {live_set.scale}"),
        ("", f"clock {live_set.clock}"),
    ]
    return fitted(pieces, width)


def _nearest(scene: Scene) -> str:
    """Which training row the point of the map is nearest to."""
    assert scene.focus is not None
    near = scene.cloud.nearest(latents_at(scene.focus, scene.beat))
    return f"MAP {scene.focus.name}" + ("" if near is None else f" near {scene.cloud.sources[near]}")


def where(beat: float | None) -> str:
    """Bar and beat, or that nothing plays."""
    if beat is None:
        return "stopped"
    here = math.floor(beat) % BEATS_PER_BAR
    dots = "".join("●" if place == here else "·" for place in range(BEATS_PER_BAR))
    return f"bar {math.floor(beat / BEATS_PER_BAR) + 1}  {dots}"


def fitted(pieces: list[tuple[str, str]], width: int) -> Line:
    """Pieces with two spaces around, the first ones that have room in `width` columns."""
    line: Line = []
    used = 0
    for style, text in pieces:
        if used + len(text) + 2 > width:
            break
        line.append((style, f" {text} "))
        used += len(text) + 2
    return line


def machine(scene: Scene, hints: str = "") -> Line:
    """How the machine fares: CPU of scsynth, voices, lookahead, what was late, a training."""
    state = scene.state
    pieces: Line = []
    if (progress := scene.progress) is not None:
        pieces.append(("fg:ansigreen", f" {training(progress)} "))
    if not state.get("sound", True):
        pieces.append(("fg:ansired", " no sound server "))
    pieces.append(("", f" cpu {state.get('cpu', 0.0):.0f}%  voices {state.get('synths', 0)} "))
    if "lookahead" in state:
        pieces.append(("", f" ahead {state['lookahead'] * 1000:.0f} ms "))
    late = state.get("late_bundles", 0) + state.get("dropped", 0)
    pieces.append(("fg:ansired" if late else "", f" late {late} "))
    pieces.append(("", f" {hints}"))
    return pieces


def training(progress: Progress, columns: int = 12) -> str:
    """A training in a line: epoch, loss, the curve of the loss, seconds left."""
    if not progress.losses or progress.left is None:
        return "training"
    loss = f"loss {progress.losses[-1]:.2f} {curve(progress.losses, columns)}"
    return f"training {progress.epoch}/{progress.epochs}  {loss}  {progress.left:.1f} s"


def curve(losses: tuple[float, ...], columns: int) -> str:
    """Numbers as a curve of glyphs, the highest one full."""
    count = min(columns, len(losses))
    chosen = [losses[place * (len(losses) - 1) // max(1, count - 1)] for place in range(count)]
    low, high = min(chosen), max(chosen)
    span = (high - low) or 1.0
    return "".join(HEIGHTS[min(7, int((value - low) / span * 7.99))] for value in chosen)


def tracks_part(scene: Scene, width: int, lines: int) -> Part:
    """The ruler and as many tracks as there is room for."""
    live_set, view = scene.live_set, scene.view
    shape = grid.shape_of(grid.longest(live_set, scene.decode, scene.beat), width)
    names = [track.name for track in live_set]
    at = view.row if view.mode == EDIT else names.index(live_set.focus) if live_set.focus in names else 0
    shown = grid.window(len(names), lines, at)
    cursors = {index: view.step if view.mode == EDIT and index == view.row else None for index in shown}
    rows = [
        grid.row_of(live_set, live_set.tracks[index], scene.beat, scene.decode, shape.page, cursors[index])
        for index in shown
    ]
    drawn = [grid.ruler(shape)]
    soloed = grid.solo(live_set.tracks)
    meters = scene.state.get("meters", {})
    for index, row in zip(shown, rows, strict=True):
        line = grid.row_line(row, shape, soloed, row.track.name == live_set.focus, cursors[index])
        drawn.append(_with_details(line, row, shape, width, meters))
    return Part(drawn, lambda x, y: _on_track(x, y - 1, rows, shape))


def _with_details(line: Line, row: Row, shape: Shape, width: int, meters: dict[str, float]) -> Line:
    room = width - shape.right
    if room < 5:
        return line
    gap = " " * (shape.right - sum(len(text) for _, text in line))
    return [*line, ("", gap), *grid.details(row, room, shape, meters)]


def _on_track(x: int, y: int, rows: list[Row], shape: Shape) -> Spot | None:
    if not 0 <= y < len(rows):
        return None
    name = rows[y].track.name
    if x < shape.left - 1:
        return Spot("name", name)
    step = shape.step_at(rows[y], x)
    return None if step is None else Spot("step", name, step)


def _one_track(scene: Scene, width: int) -> Part:
    """The row of the track in focus alone."""
    if scene.focus is None:
        return Part([])
    alone = LiveSet((leader(scene.live_set, scene.focus),), focus=scene.live_set.focus)
    part = tracks_part(_with_set(scene, alone), width, 1)
    return Part(part.lines[1:], lambda x, y: part.find(x, y + 1))


def _with_set(scene: Scene, live_set: LiveSet) -> Scene:
    return replace(scene, live_set=live_set)


def latents_line(scene: Scene, width: int) -> Part:
    """The four latents of the track in focus in one line: a bar in data units and the number."""
    track = scene.focus
    if track is None:
        return Part([[]])
    if track.latents is None:
        own = f" {track.name} plays {'with ' + track.follows if track.follows else 'its own pattern'}, not its latents"
        return Part([[("class:soft", own[:width])]])
    each = width // 4
    line: Line = []
    for name, value, moves in _latents(scene):
        text = f" {name}{'~' if moves else ' '}{value:+.2f} "
        text = f"{text}{bar(value, each - len(text))}"[:each].ljust(each)
        line += [("class:focus", text[:3]), ("", text[3:])]
    return Part([line], lambda x, y: Spot("latent", track.name, min(3, x // max(1, each))))


def latents_bars(scene: Scene, width: int) -> Part:
    """The same, a line each."""
    track = scene.focus
    if track is None or track.latents is None:
        return latents_line(scene, width)
    lines: list[Line] = []
    for name, value, moves in _latents(scene):
        lines.append([("class:focus", f" {name}{'~' if moves else ' '}"), ("", f"{value:+7.2f}  ")])
        lines[-1].append(("", bar(value, min(width - 12, 73))))
    return Part(lines, lambda x, y: Spot("latent", track.name, y))


def _latents(scene: Scene) -> list[tuple[str, float, bool]]:
    track = scene.focus
    assert track is not None
    assert track.latents is not None
    values = latents_at(track, scene.beat)
    moving = [isinstance(latent, Signal) for latent in track.latents]
    return list(zip(NAMES, values, moving, strict=True))


def bar(value: float, columns: int) -> str:
    """A value from -3 to 3 standard deviations as a bar from its middle, the mean; arrows where it lies outside."""
    if columns < 5:
        return ""
    half = (columns - 1) // 2
    filled = min(half, round(abs(value) / REACH * half))
    left = "█" * filled if value < 0 else ""
    right = "█" * filled if value > 0 else ""
    text = f"{left:─>{half}}┼{right:─<{half}}"
    if value < -REACH:
        return "◂" + text[1:]
    return text[:-1] + "▸" if value > REACH else text
