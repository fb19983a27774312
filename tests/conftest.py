"""What many tests stand on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `deepsteps` itself does, before numpy is imported

from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.opening import offline_instrument


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folders, and the one we are in: empty."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def instrument(folders: Path) -> Iterator[Instrument]:
    """An instrument that plays nowhere."""
    made = offline_instrument()
    yield made
    made.trainer.close()
