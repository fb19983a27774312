"""The line under the prompt: where the music is and how it fares."""

from __future__ import annotations

import math

from deepsteps_live.music import BEATS_PER_BAR, KEYS
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.training import Progress


def toolbar(instrument: Instrument) -> list[tuple[str, str]]:
    """Pieces of (style, text): bar and beat, tempo, scale, latents in focus, load, what was late."""
    session = instrument.session
    live_set, state = session.live_set, session.link.state if session.link else {}
    beat = session.beat()
    where = "stopped" if beat is None else f"{_bar(beat)}  {_dots(beat)}"
    pieces = [
        ("bold", f" {where} "),
        ("", f" {session.tempo():.4g} bpm  swing {live_set.swing:g}  {KEYS[live_set.key]} {live_set.scale} "),
        ("", f" {live_set.focus} "),
    ]
    if (progress := instrument.trainer.progress) is not None:
        pieces.append(("fg:ansigreen", f" {_training(progress)} "))
    if state.get("recording") is not None:
        pieces.append(("fg:ansired", f" rec {int(state['recording'])} s "))
    if not state.get("sound", True):
        pieces.append(("fg:ansired", " no sound server "))
    late = state.get("late_bundles", 0)
    pieces.append(("fg:ansired" if late else "", f" cpu {state.get('cpu', 0.0):.0f}%  late {late} "))
    return pieces


def _training(progress: Progress) -> str:
    if not progress.losses or progress.left is None:
        return "training"
    return f"training {progress.epoch}/{progress.epochs}  loss {progress.losses[-1]:.2f}  {progress.left:.1f} s"


def _bar(beat: float) -> str:
    return f"bar {math.floor(beat / BEATS_PER_BAR) + 1}"


def _dots(beat: float) -> str:
    here = math.floor(beat) % BEATS_PER_BAR
    return "".join("●" if place == here else "·" for place in range(BEATS_PER_BAR))
