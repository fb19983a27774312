"""Files that are replaced whole."""

import os
from pathlib import Path

import pytest

from deepsteps_live.files import write_whole


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "set.json"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_a_new_file_is_as_open_as_any_and_a_replaced_one_as_it_was(tmp_path: Path) -> None:
    ordinary, path = tmp_path / "ordinary", tmp_path / "set.json"
    ordinary.touch()
    write_whole(path, b"one")
    assert path.stat().st_mode == ordinary.stat().st_mode
    path.chmod(0o600)
    write_whole(path, b"two")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "set.json"
    write_whole(path, b"one")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]
