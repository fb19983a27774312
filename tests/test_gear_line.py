"""The line to a port's process, and the end of one that hangs."""

from __future__ import annotations

import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from deepsteps_live.gear.line import HANGS, LOOKS_UP, Line

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


@pytest.fixture
def ends() -> Iterator[tuple[Line, Line]]:
    made = tuple(map(Line, socket.socketpair()))
    yield made[0], made[1]
    for line in made:
        line.close()


def test_hanging_up_is_heard_while_a_thread_waits_here(ends: tuple[Line, Line]) -> None:
    ours, theirs = ends
    waiting = threading.Thread(target=lambda: select.select([ours], [], [], 5.0))
    waiting.start()
    time.sleep(0.05)
    ours.close()
    began = time.monotonic()
    while theirs.open:
        theirs.heard()
    assert time.monotonic() - began < 1.0
    waiting.join()


def test_a_long_word_arrives_whole(ends: tuple[Line, Line]) -> None:
    ours, theirs = ends
    heard: list[object] = []
    ours.say("figures", list(range(200_000)))
    assert ours.unsent
    while not heard:
        ours.flush()
        heard += theirs.heard()
    assert heard == [["figures", list(range(200_000))]]


def test_many_threads_say_whole_words(ends: tuple[Line, Line]) -> None:
    ours, theirs = ends
    talking = [threading.Thread(target=lambda: [ours.say("word", "x" * 3000) for _ in range(200)]) for _ in range(4)]
    for thread in talking:
        thread.start()
    heard: list[object] = []
    while any(thread.is_alive() for thread in talking) or ours.unsent:
        ours.flush()
        heard += theirs.heard()
    heard += theirs.heard()
    assert heard == [["word", "x" * 3000]] * 800
