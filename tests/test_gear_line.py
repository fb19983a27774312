"""The line to a port's process, and the end of one that hangs."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from deepsteps_live.gear.line import HANGS, LOOKS_UP

HUNG = """
import ctypes
from deepsteps_live.gear import line
line.HANGS = 0.3
line.lives()
ctypes.PyDLL(None).sleep(30)  # and keeps Python's lock
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer of the system's")
def test_a_process_that_hangs_with_pythons_lock_is_ended() -> None:
    began = time.monotonic()
    ended = subprocess.run([sys.executable, "-c", HUNG], timeout=20)
    assert ended.returncode == -signal.SIGALRM
    assert time.monotonic() - began < 10


def test_one_that_waits_gives_signs_of_life_in_time() -> None:
    assert LOOKS_UP * 3 < HANGS
