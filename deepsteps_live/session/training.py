"""Training beside the music: a child process, kept warm, that learns while everything plays on."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.session.trainer import receive, send

CHILD = (sys.executable, "-m", "deepsteps_live.session.trainer")
END_WITHIN = 1.0  # seconds
CURVE = 1000  # losses that are remembered


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training is: its epoch of so many, the losses so far, and seconds that are left, None at first."""

    epoch: int = 0
    epochs: int = 0
    losses: tuple[float, ...] = ()
    left: float | None = None


@dataclass
class _Job:
    settings: dict[str, Any]
    rows: bytes
    done: Callable[[bytes], None]
    failed: Callable[[str], None]


class Trainer:
    """One training at a time. `done(model bytes)` or `failed(one line)` comes from a thread of its own."""

    def __init__(self, command: Sequence[str] = CHILD) -> None:
        self._command = tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._job: _Job | None = None
        self._lock = threading.RLock()
        self._settled = threading.Event()
        self._settled.set()
        self.progress: Progress | None = None

    def warm_up(self) -> None:
        """Start the child now, so that the first training begins at once."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()

    def train(
        self, settings: dict[str, Any], rows: bytes, *, done: Callable[[bytes], None], failed: Callable[[str], None]
    ) -> None:
        """Learn from rows (`.npz` bytes). BadInput when a training runs already, Fault when no child can be started."""
        with self._lock:
            if self._job is not None:
                raise BadInput("a training runs already; cancel() ends it")
            self.warm_up()
            assert self._process is not None
            self._job = _Job(settings, rows, done, failed)
            self._settled.clear()
            self.progress = Progress()
            # The child reads when it likes; a prompt must not wait for it.
            task = (self._process, self._job)
            threading.Thread(target=self._send, args=task, name="training-send", daemon=True).start()

    def wait(self) -> None:
        """Until the training that runs has said its last."""
        self._settled.wait()

    def cancel(self) -> None:
        """End the training that runs; the next child is warmed up at once. BadInput when none runs."""
        with self._lock:
            if self._job is None:
                raise BadInput("no training runs")
            self._job = self.progress = None
            self._settled.set()
            self._kill()
            self.warm_up()

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._job = self.progress = None
            self._settled.set()
            self._kill()

    def _start(self) -> None:
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C at the prompt is not for it
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )
        except OSError as error:
            raise Fault(f"no training process could be started: {error.strerror}") from None
        self._process = process
        threading.Thread(target=self._listen, args=(process,), name="training-listen", daemon=True).start()

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(END_WITHIN)
            self._process = None

    def _send(self, process: subprocess.Popen[bytes], job: _Job) -> None:
        assert process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # it died; `_listen` says so
            send(process.stdin, {"train": job.settings}, job.rows)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdout, contextlib.suppress(OSError, ValueError):
            while (message := receive(process.stdout)) is not None:
                self._heard(process, *message)
        process.kill()
        process.wait()
        with contextlib.suppress(OSError):
            process.stdin.close()
        with self._lock:
            ours = self._process is process
            job, self._job = (self._job, None) if ours else (None, self._job)
            if ours:
                self._process = self.progress = None
        if job is not None:
            job.failed("the training process died")
            self._settled.set()

    def _heard(self, process: subprocess.Popen[bytes], head: dict[str, Any], content: bytes) -> None:
        with self._lock:
            job = self._job if self._process is process else None
            if job is None:
                return
            if "epoch" in head:
                self.progress = self._further(head)
                return
            if "done" not in head and "error" not in head:
                return
            self._job = self.progress = None
        try:
            if "done" in head:
                job.done(content)
            else:
                job.failed(str(head["error"]))
        finally:
            self._settled.set()

    def _further(self, head: dict[str, Any]) -> Progress:
        losses = (*(self.progress.losses if self.progress else ()), float(head["loss"]))[-CURVE:]
        return Progress(int(head["epoch"]), int(head["epochs"]), losses, float(head["left"]))
