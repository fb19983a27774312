"""One row of `deepsteps doctor`, and what its cures are written with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

LINUX = sys.platform.startswith("linux")
MAC = sys.platform == "darwin"


@dataclass(frozen=True, slots=True)
class Check:
    """One row: whether it is well, what was found, and the line that mends it.

    runs   whether that line is a command, which `--fix` may run
    """

    name: str
    ok: bool
    found: str
    cure: str = ""
    runs: bool = False


MANAGERS = {  # what installs a package here: the first that is found
    "apt-get": "apt-get install -y",
    "dnf": "dnf install -y",
    "pacman": "pacman -S --noconfirm",
    "zypper": "zypper install -y",
}

PACKAGES = {  # what it is called there, where it is not called as in Debian
    ("supercollider-server", "dnf"): "supercollider",
    ("supercollider-server", "pacman"): "supercollider",
    ("supercollider-server", "zypper"): "supercollider",
    ("jackd2", "dnf"): "jack-audio-connection-kit",
    ("jackd2", "pacman"): "jack2",
    ("jackd2", "zypper"): "jack",
    ("libsndfile1", "dnf"): "libsndfile",
    ("libsndfile1", "pacman"): "libsndfile",
}

BREW = {"supercollider-server": "--cask supercollider", "libsndfile1": "libsndfile"}


def install(package: str) -> str:
    """The command that installs a package, by its name in Debian."""
    if MAC:
        return f"brew install {BREW.get(package, package)}"
    manager = next((name for name in MANAGERS if shutil.which(name)), "apt-get")
    return as_root(f"{MANAGERS[manager]} {PACKAGES.get((package, manager), package)}")


def as_root(command: str) -> str:
    """A command as it is typed by this user: root needs no sudo, and may have none."""
    return command if hasattr(os, "geteuid") and os.geteuid() == 0 else f"sudo {command}"


def first_line(command: list[str]) -> str:
    """The first line that a command prints, or why it did not run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (done.stdout or done.stderr).strip().split("\n", 1)[0]
