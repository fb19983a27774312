"""Engines for tests: each in a folder of its own, and nothing of it left afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


@contextmanager
def own_folders() -> Iterator[dict[str, str]]:
    """Environment variables that keep sockets, sets and logs in a folder of this test's own."""
    with tempfile.TemporaryDirectory(prefix="ds-") as folder:  # short: a Unix socket's path holds 100 letters
        yield {name: str(Path(folder, name[-4:])) for name in ("DEEPSTEPS_RUNTIME", "XDG_DATA_HOME", "XDG_STATE_HOME")}


def prompt(folders: dict[str, str], *words: str) -> subprocess.Popen[str]:
    """`deepsteps` as a process, statements on its standard input."""
    return subprocess.Popen(
        [sys.executable, "-m", "deepsteps_live.repl.command_line", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **folders},
        start_new_session=True,
    )


def type_in(process: subprocess.Popen[str], text: str) -> None:
    """Type lines."""
    assert process.stdin is not None
    process.stdin.write(text + "\n")
    process.stdin.flush()


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The processes that a prompt has started: engine, JACK, scsynth, their watchers."""
    return psutil.Process(process.pid).children(recursive=True)


def named(processes: list[psutil.Process], name: str) -> psutil.Process:
    """The one of that name."""
    return next(each for each in processes if each.is_running() and each.name().startswith(name))


def wait_for(what: Callable[[], object], seconds: float = 15.0) -> float:
    """Wait until something is so; how long it took."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, f"not so after {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - began


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all of them have ended."""
    return all(not each.is_running() or each.status() == psutil.STATUS_ZOMBIE for each in processes)
