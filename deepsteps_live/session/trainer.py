"""The training child: `python -m deepsteps_live.session.trainer` learns from rows that come in on standard input.

Both ways go messages: four bytes of length, JSON, and where the JSON says `"bytes": n` so many bytes behind it.
In comes {"train": {settings of an Order}} with the rows as `.npz`; out go {"ready": true}, now and then
{"epoch", "epochs", "loss", "left"}, and at the end {"done": true} with the model as `.npz`, or {"error": one line}.
The child ends when its input does.
"""

from __future__ import annotations

import io
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Any

Message = tuple[dict[str, Any], bytes]
Say = Callable[[dict[str, Any]], None]

NICENESS = 10
LONGEST = 1_000_000  # bytes of JSON
SAY_EVERY = 0.02  # seconds between messages of progress


def send(stream: IO[bytes], head: dict[str, Any], content: bytes = b"") -> None:
    """Write one message."""
    text = json.dumps({**head, "bytes": len(content)} if content else head).encode()
    stream.write(len(text).to_bytes(4, "big") + text + content)
    stream.flush()


def receive(stream: IO[bytes]) -> Message | None:
    """Read one message; None at the end of the stream, or when what comes is none."""
    size = stream.read(4)
    if len(size) < 4 or int.from_bytes(size, "big") > LONGEST:
        return None
    text = stream.read(int.from_bytes(size, "big"))
    try:
        head = json.loads(text)
    except ValueError:
        return None
    content = stream.read(int(head.get("bytes", 0)))
    return head, content


def serve(incoming: IO[bytes], outgoing: IO[bytes], learn: Callable[[dict[str, Any], bytes, Say], bytes]) -> None:
    """Answer one job after another until `incoming` ends.

    `learn(settings, rows, say)` gives a model's bytes, saying its progress on the way.
    """
    jobs: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(incoming, jobs), daemon=True).start()
    send(outgoing, {"ready": True})
    while True:
        head, content = jobs.get()
        try:
            found = learn(head["train"], content, lambda progress: send(outgoing, progress))
        except Exception as error:  # whatever it is, the prompt hears of it and the child is ready for the next
            send(outgoing, {"error": " ".join(str(error).split()) or type(error).__name__})
        else:
            send(outgoing, {"done": True}, found)


def _read(incoming: IO[bytes], jobs: queue.SimpleQueue[Message]) -> None:
    while (message := receive(incoming)) is not None:
        jobs.put(message)
    os._exit(0)  # whoever asked is gone; nobody waits for what is being learned


def learned(settings: dict[str, Any], content: bytes, say: Say) -> bytes:
    """The bytes of a model trained on the rows of `packed_rows`."""
    import numpy as np

    from deepsteps_live import model

    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        rows, sources = arrays["rows"], str(arrays["sources"]).split("\n")
        warm = model.from_bytes(arrays["warm"].tobytes(), "the model to go on from") if "warm" in arrays else None
    said = 0.0

    def progress(step: model.Progress) -> None:
        nonlocal said
        now = time.monotonic()
        if now - said >= SAY_EVERY or step.epoch == step.epochs:
            said = now
            say({"epoch": step.epoch, "epochs": step.epochs, "loss": step.loss, "left": step.seconds_left})

    found = model.train(rows, model.Order(**settings, warm=warm), sources, progress)
    return found.to_bytes() if found is not None else b""


def main() -> None:
    """Serve standard input and output."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    from deepsteps_live import model  # noqa: F401  (so that the first training begins at once)

    outgoing = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no message
    serve(sys.stdin.buffer, outgoing, learned)


if __name__ == "__main__":
    main()
