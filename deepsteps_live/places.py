"""Where things are: what ships beside the code, and the user's own folders."""

import os
import tempfile
from pathlib import Path

from platformdirs import PlatformDirs

_PACKAGE = Path(__file__).parent
_INSIDE = (_PACKAGE / "synthdefs").is_dir()  # in a wheel, inside the package; in the source tree, beside it

BESIDE = str(_PACKAGE if _INSIDE else _PACKAGE.parent)
SYNTHDEFS = Path(BESIDE) / "synthdefs"
KITS = SYNTHDEFS / "kits"
WEIGHTS = Path(BESIDE) / "weights"
LOOPS = Path(BESIDE) / "examples" / "loops"  # those of the tour

DEFAULT_KIT = KITS / "default.mtpreset"
DEFAULT_WEIGHTS = WEIGHTS / "groove.npz"

_DIRS = PlatformDirs("deepsteps_live", appauthor=False)


def data_folder() -> Path:
    """What the user keeps: sets, and the prompt's history."""
    return _made(Path(_DIRS.user_data_dir))


def sets_folder() -> Path:
    """Saved sets, the last one that an engine played among them."""
    return _made(data_folder() / "sets")


def datasets_folder() -> Path:
    """Saved datasets."""
    return _made(data_folder() / "datasets")


def models_folder() -> Path:
    """Trained models."""
    return _made(data_folder() / "models")


def log_folder() -> Path:
    """The engine's log."""
    return _made(Path(_DIRS.user_log_dir))


def runtime_folder() -> Path:
    """Sockets, readable by this user alone: `DEEPSTEPS_RUNTIME`, else the system's runtime folder."""
    chosen = os.environ.get("DEEPSTEPS_RUNTIME") or os.environ.get("XDG_RUNTIME_DIR")
    base = Path(chosen) if chosen else Path(tempfile.gettempdir()) / f"deepsteps-{_user()}"
    folder = base if os.environ.get("DEEPSTEPS_RUNTIME") else base / "deepsteps"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
