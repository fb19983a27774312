"""Files are replaced whole: after a crash or on a full disk the old one is intact."""

import os
import tempfile
from pathlib import Path

_UMASK = os.umask(0o022)
os.umask(_UMASK)  # asking for it is setting it


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` beside `path` and move it into place. OSError leaves what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_mode(path))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """What may be done with the file that is replaced, or with any new file of this user's."""
    return path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_UMASK
