"""Checks of what belongs to deepsteps: what ships with it, its folders, the user's settings."""

from __future__ import annotations

import ast
import os
import shlex

from deepsteps_live import model, places, preferences, sound
from deepsteps_live.errors import DeepstepsError
from deepsteps_live.session.checks.check import Check

AGAIN = "install deepsteps_live again"


def kit() -> Check:
    """The kit with which the prompt begins."""
    try:
        found = sound.read_kit(places.DEFAULT_KIT)
    except DeepstepsError as error:
        return Check("default kit", False, str(error), AGAIN)
    return Check("default kit", True, ", ".join(patch.name for patch in found.patches if patch is not None))


def weights() -> Check:
    """The model that ships."""
    try:
        return Check("shipped model", True, model.load(places.DEFAULT_WEIGHTS).info())
    except DeepstepsError as error:
        return Check("shipped model", False, str(error), AGAIN)


def folders() -> Check:
    """The folders for sets, logs and sockets."""
    try:
        found = [places.data_folder(), places.log_folder(), places.runtime_folder()]
    except OSError as error:
        return Check("folders", False, str(error), f"make {error.filename} writable")
    shut = [str(folder) for folder in found if not os.access(folder, os.W_OK)]
    return Check(
        "folders", not shut, ", ".join(shut or map(str, found)), shlex.join(["chmod", "u+w", *shut]), runs=True
    )


def settings() -> Check:
    """settings.toml and startup.py, if there are any."""
    chosen, wrong = preferences.written()
    startup = preferences.startup_file()
    if startup.exists() and (why := _unreadable(startup.read_bytes())):
        wrong.append(f"{startup}: {why}")
        return Check("settings", False, "; ".join(wrong), f"${{EDITOR:-nano}} {shlex.quote(str(startup))}")
    if wrong:
        path = shlex.quote(str(preferences.settings_file()))
        return Check("settings", False, "; ".join(wrong), f"${{EDITOR:-nano}} {path}")
    said = ", ".join(f"{name} = {value}" for name, value in chosen.items()) or "all as they come"
    return Check("settings", True, f"{said}{'; startup.py is run' if startup.exists() else ''}")


def _unreadable(code: bytes) -> str:
    try:
        ast.parse(code)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except ValueError as error:
        return str(error)
    return ""
