"""Checks of the machine: Python and its packages, the terminal, the disk."""

from __future__ import annotations

import importlib
import os
import platform
import re
import shlex
import shutil
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from deepsteps_live import places
from deepsteps_live.session.checks.check import Check, install
from deepsteps_live.session.devices import some

OLDEST = (3, 11)
ROOM = 500  # MB that should be free
A_MINUTE = 48_000 * 8 * 60  # bytes of a take: two channels of floats
NO_MOUSE = ("dumb", "linux", "unknown", "")


def python() -> Check:
    """Python itself."""
    return Check("python", sys.version_info >= OLDEST, platform.python_version(), "install Python 3.11 or newer")


def packages() -> Check:
    """What pyproject.toml asks for, at least as new as it asks."""
    wanted = _wanted()
    wrong = [line.split(";")[0].strip() for line in wanted if not is_met(line)]
    if wrong:
        found = ", ".join(f"{line} ({_version(_name(line)) or 'missing'})" for line in wrong)
        return Check("packages", False, found, _pip(["--upgrade", *wrong]), runs=True)
    try:
        importlib.import_module("soundfile")
    except OSError:
        return Check("packages", False, "soundfile finds no libsndfile", install("libsndfile1"), runs=True)
    return Check("packages", True, some([f"{_name(line)} {_version(_name(line))}" for line in wanted]))


def _wanted() -> list[str]:
    """The requirements, from pyproject.toml in the source tree, else from what was installed."""
    written = Path(places.BESIDE) / "pyproject.toml"
    if written.exists():
        return [str(line) for line in tomllib.loads(written.read_text(encoding="utf-8"))["project"]["dependencies"]]
    return [line for line in metadata.requires("deepsteps-live") or [] if "extra ==" not in line]


def is_met(line: str) -> bool:
    """Whether a requirement, `name>=version`, is fulfilled."""
    found = _version(_name(line))
    bound = re.search(r">=\s*([\w.]+)", line)
    return found is not None and (bound is None or ordered(found) >= ordered(bound[1]))


def ordered(version: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """A version as something to compare: 26.10b1 comes before 26.10, and 26.10b2 between them."""
    release, early, rest = re.match(r"([\d.]*)(a|b|rc|\.?dev)?(.*)", version).groups()  # type: ignore[union-attr]
    numbers = [int(number) for number in re.findall(r"\d+", release)]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    order = {"a": 1, "b": 2, "rc": 3, None: 4}.get(early, 0)
    return tuple(numbers), (order, *(int(number) for number in re.findall(r"\d+", rest)[:1]))


def terminal() -> Check:
    """Colours, mouse and letters of the terminal."""
    if not sys.stdout.isatty():
        return Check("terminal", True, "output goes to no terminal: no colours, no panel")
    kind = os.environ.get("TERM", "")
    letters = (sys.stdout.encoding or "").lower().replace("-", "")
    if kind in ("dumb", ""):
        return Check("terminal", False, f'TERM is "{kind}": no colours, no panel', "export TERM=xterm-256color")
    if letters != "utf8":
        return Check("terminal", False, f"letters are {sys.stdout.encoding}, not UTF-8", "export LANG=C.UTF-8")
    size = shutil.get_terminal_size()
    mouse = "no mouse" if kind in NO_MOUSE else "mouse"
    return Check("terminal", True, f"{kind}, {_colours()}, {mouse}, {size.columns} by {size.lines}, UTF-8")


def _colours() -> str:
    if os.environ.get("NO_COLOR"):
        return "no colours (NO_COLOR)"
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "all colours"
    try:
        import curses

        curses.setupterm()
        count = curses.tigetnum("colors")
    except Exception:  # no curses on this system, or a terminal that it does not know
        return "colours not known"
    return f"{count} colours" if count > 0 else "no colours"


def disk() -> Check:
    """Room for takes where we are and for what is kept."""
    paths = {"here": os.getcwd(), "sets and models": str(places.data_folder())}  # noqa: PTH109 - may be gone
    free = {name: shutil.disk_usage(path).free for name, path in paths.items()}
    least = min(free.values())
    found = ", ".join(f"{_size(size)} free {name}" for name, size in free.items())
    tight = min(free, key=lambda name: free[name])
    cure = f"du -xh --max-depth=2 {shlex.quote(paths[tight])} | sort -h | tail"
    minutes = least // A_MINUTE
    return Check("disk", least >= ROOM * 10**6, f"{found}: {minutes} minutes of recording", cure)


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _name(line: str) -> str:
    return re.split(r"[\s<>=!~;\[(]", line, maxsplit=1)[0]


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _pip(words: list[str]) -> str:
    return shlex.join([sys.executable, "-m", "pip", "install", *words])
