"""What `deepsteps doctor` looks at: a row a check, each with what was found and the line that mends it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deepsteps_live import model, places, sound
from deepsteps_live.errors import DeepstepsError

LINUX = sys.platform.startswith("linux")
INSTALL = {
    "scsynth": "brew install --cask supercollider"
    if sys.platform == "darwin"
    else "sudo apt-get install supercollider-server",
    "jackd": "sudo apt-get install jackd2",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One row: whether it is well, what was found, and the line that mends it."""

    name: str
    ok: bool
    found: str
    cure: str = ""


def checks() -> list[Check]:
    """All rows, in the order in which sound needs them."""
    return [check() for check in CHECKS]


def _python() -> Check:
    return Check("python", sys.version_info >= (3, 11), platform.python_version(), "install Python 3.11 or newer")


def _scsynth() -> Check:
    path = shutil.which("scsynth") or _mac_scsynth()
    if path is None:
        return Check("scsynth", False, "not found", INSTALL["scsynth"])
    return Check("scsynth", True, f"{_first_line([path, '-v'])} at {path}")


def _mac_scsynth() -> str | None:
    path = Path("/Applications/SuperCollider.app/Contents/Resources/scsynth")
    return str(path) if path.exists() else None


def _jack() -> Check:
    if not LINUX:
        return Check("audio", True, "the system's own")
    if shutil.which("pw-jack"):
        return Check("audio", True, "PipeWire, through pw-jack")
    path = shutil.which("jackd")
    return Check("audio", path is not None, f"JACK at {path}" if path else "no JACK", INSTALL["jackd"])


def _card() -> Check:
    if not LINUX:
        return Check("sound card", True, "the system's default")
    cards = Path("/proc/asound/cards")
    text = cards.read_text() if cards.exists() else ""
    found = [line.split("]: ")[-1].strip() for line in text.splitlines() if "]: " in line]
    return Check(
        "sound card", True, ", ".join(found) if found else "none: plays on JACK's dummy driver, recording works"
    )


def _real_time() -> Check:
    if not LINUX:
        return Check("real-time priority", True, "given by the system")
    import resource

    limit = resource.getrlimit(resource.RLIMIT_RTPRIO)[0]
    ok = os.geteuid() == 0 or limit != 0
    cure = f"sudo usermod -aG audio {os.environ.get('USER', '$USER')}, then log in again"
    return Check("real-time priority", ok, "permitted" if ok else "not permitted: sound may stutter under load", cure)


def _kit() -> Check:
    try:
        kit = sound.read_kit(places.DEFAULT_KIT)
    except DeepstepsError as error:
        return Check("default kit", False, str(error), "install deepsteps_live again")
    return Check("default kit", True, ", ".join(patch.name for patch in kit.patches if patch is not None))


def _weights() -> Check:
    try:
        return Check("shipped model", True, model.load(places.DEFAULT_WEIGHTS).info())
    except DeepstepsError as error:
        return Check("shipped model", False, str(error), "install deepsteps_live again")


def _folders() -> Check:
    try:
        folders = [places.data_folder(), places.log_folder(), places.runtime_folder()]
    except OSError as error:
        return Check("folders", False, str(error), f"make {error.filename} writable")
    shut = [str(folder) for folder in folders if not os.access(folder, os.W_OK)]
    return Check("folders", not shut, ", ".join(shut or map(str, folders)), f"chmod u+w {' '.join(shut)}")


def _first_line(command: list[str]) -> str:
    try:
        text = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (text.stdout or text.stderr).strip().split("\n", 1)[0]


CHECKS: tuple[Callable[[], Check], ...] = (_python, _scsynth, _jack, _card, _real_time, _kit, _weights, _folders)
