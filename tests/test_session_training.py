"""The training child: what it is told, what it tells, and how it dies. Real processes with a small thing to learn."""

import io
import queue
import sys
import time
from collections.abc import Iterator

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.session.trainer import receive, send
from deepsteps_live.session.training import Progress, Trainer

WITHIN = 20.0  # seconds; a busy machine starts a Python slowly

LEARNS = """
import sys
from deepsteps_live.session.trainer import serve

def learn(settings, content, say):
    epochs, hits = settings["epochs"], len(content)
    for epoch in range(1, epochs + 1):
        say({"epoch": epoch, "epochs": epochs, "loss": 1 / epoch, "left": epochs - epoch})
    %s
    return f"learned {hits}".encode() * 1000

serve(sys.stdin.buffer, sys.stdout.buffer, learn)
"""


def child(trouble: str = "pass") -> tuple[str, ...]:
    return (sys.executable, "-c", LEARNS % trouble)


def rows(hits: int = 3) -> bytes:
    return bytes(hits)


class Heard:
    """What a training said at its end."""

    def __init__(self) -> None:
        self.answers: queue.SimpleQueue[str] = queue.SimpleQueue()

    def done(self, content: bytes) -> None:
        self.answers.put(content.decode())

    def failed(self, why: str) -> None:
        self.answers.put(f"failed: {why}")

    def answer(self) -> str:
        return self.answers.get(timeout=WITHIN)


@pytest.fixture
def trainers() -> Iterator[list[Trainer]]:
    made: list[Trainer] = []
    yield made
    for trainer in made:
        trainer.close()


def begun(
    trainers: list[Trainer], trouble: str = "pass", content: bytes = b"", epochs: int = 5
) -> tuple[Trainer, Heard]:
    trainer, heard = Trainer(child(trouble)), Heard()
    trainers.append(trainer)
    trainer.train({"epochs": epochs}, content or rows(), done=heard.done, failed=heard.failed)
    return trainer, heard


def until(trainer: Trainer, epoch: int) -> Progress:
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        if (progress := trainer.progress) is not None and progress.epoch >= epoch:
            return progress
        time.sleep(0.01)
    raise AssertionError("no such epoch came")


def test_what_is_learned_comes_back(trainers: list[Trainer]) -> None:
    trainer, heard = begun(trainers)
    assert heard.answer() == "learned 3" * 1000
    assert trainer.progress is None


def test_a_warm_child_learns_again_and_again(trainers: list[Trainer]) -> None:
    trainer, heard = begun(trainers)
    heard.answer()
    trainer.train({"epochs": 1}, rows(7), done=heard.done, failed=heard.failed)
    assert heard.answer().startswith("learned 7")


def test_progress_tells_epoch_loss_and_time_left(trainers: list[Trainer]) -> None:
    trainer, _ = begun(trainers, "import time; time.sleep(60)")
    progress = until(trainer, 5)
    assert (progress.epoch, progress.epochs, progress.losses[-1], progress.left) == (5, 5, 0.2, 0.0)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("raise ValueError('too few\\nrows')", "failed: too few rows"),
        ("raise MemoryError", "failed: MemoryError"),
        ("import os; os._exit(3)", "failed: the training process died"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "failed: the training process died"),
        ("sys.stdout.buffer.write(b'rubbish' * 99); sys.stdout.flush(); sys.exit()", "failed: "),
    ],
)
def test_whatever_happens_is_one_line(trouble: str, said: str, trainers: list[Trainer]) -> None:
    trainer, heard = begun(trainers, trouble)
    answer = heard.answer()
    assert answer.startswith(said)
    assert "\n" not in answer
    assert trainer.progress is None


def test_after_a_death_the_next_training_starts_a_new_child(trainers: list[Trainer]) -> None:
    trainer, heard = begun(trainers, "import os; hits > 5 or os._exit(3)")
    assert heard.answer().startswith("failed")
    trainer.train({"epochs": 1}, rows(9), done=heard.done, failed=heard.failed)
    assert heard.answer().startswith("learned 9")


def test_a_cancelled_training_says_nothing_more_and_the_next_one_runs(trainers: list[Trainer]) -> None:
    trainer, heard = begun(trainers, "import time; hits > 5 or time.sleep(60)")
    until(trainer, 5)
    trainer.cancel()
    assert trainer.progress is None
    trainer.train({"epochs": 1}, rows(9), done=heard.done, failed=heard.failed)
    assert heard.answer().startswith("learned 9")


def test_two_trainings_at_once_are_refused(trainers: list[Trainer]) -> None:
    trainer, heard = begun(trainers, "import time; time.sleep(60)")
    with pytest.raises(BadInput, match="a training runs already"):
        trainer.train({"epochs": 1}, rows(), done=heard.done, failed=heard.failed)


def test_nothing_to_cancel_is_said(trainers: list[Trainer]) -> None:
    with pytest.raises(BadInput, match="no training runs"):
        Trainer().cancel()


def test_a_child_that_does_not_read_keeps_nobody_waiting(trainers: list[Trainer]) -> None:
    trainer, heard = Trainer((sys.executable, "-c", "import time; time.sleep(60)")), Heard()
    trainers.append(trainer)
    began = time.monotonic()
    trainer.train({}, bytes(50_000_000), done=heard.done, failed=heard.failed)
    assert time.monotonic() - began < 5
    trainer.cancel()


def test_a_child_ends_with_whoever_asked(trainers: list[Trainer]) -> None:
    trainer, _ = begun(trainers, "import time; time.sleep(60)")
    until(trainer, 5)
    process = trainer._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(WITHIN) == 0


def test_a_message_goes_through_whole() -> None:
    stream = io.BytesIO()
    send(stream, {"epoch": 1}, b"\0" * 5)
    send(stream, {"ready": True})
    stream.seek(0)
    assert receive(stream) == ({"epoch": 1, "bytes": 5}, b"\0" * 5)
    assert receive(stream) == ({"ready": True}, b"")
    assert receive(stream) is None
