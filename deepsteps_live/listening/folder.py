"""Files, folders and patterns of names, listened to in processes of their own where there are many."""

from __future__ import annotations

import glob
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.listening import audio, midi
from deepsteps_live.listening.file import listen_file, missing
from deepsteps_live.listening.heard import Heard
from deepsteps_live.listening.tempo import in_range

ENDINGS = (*audio.ENDINGS, *midi.ENDINGS)
FEW = 60  # files are listened to here: starting processes takes longer
SMALL = 64_000_000  # bytes of them all together
NICENESS = 10

Answer = Heard | str  # what was heard, or the line that says why not


def listen_many(
    paths: Sequence[str],
    *,
    bpm: float | None = None,
    bars: int | None = None,
    split: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[list[Heard], list[str]]:
    """Listen to files, to all that lies in folders, to all that fits a pattern such as "~/loops/*.wav".

    What was heard in the order of the names, and a line for every file that could not be. BadInput when there is
    nothing to listen to, or when `bpm` or `bars` are out of range.
    """
    in_range(bpm, bars)
    files = found(paths)
    listen = partial(_answer, bpm=bpm, bars=bars, split=split)
    few = len(files) <= FEW and sum(path.stat().st_size for path in files if path.is_file()) <= SMALL
    answers = dict(_here(listen, files, progress) if few else _beside(listen, files, progress))
    ordered = [answers[path] for path in files]
    return [each for each in ordered if isinstance(each, Heard)], [each for each in ordered if isinstance(each, str)]


def found(paths: Sequence[str]) -> list[Path]:
    """The files that paths name, each once; BadInput when one names nothing."""
    files: dict[Path, None] = {}
    for name in paths:
        path = Path(str(name)).expanduser()
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in ENDINGS and each.is_file())
            if not inside:
                raise BadInput(f"{path} holds no recording and no MIDI file ({', '.join(ENDINGS[:6])}, ...)")
            files.update(dict.fromkeys(inside))
        elif path.exists():
            files[path] = None
        elif glob.has_magic(str(path)):
            fitting = [Path(each) for each in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207
            if not fitting:
                raise BadInput(f"no file fits {name}")
            files.update(dict.fromkeys(each for each in fitting if each.is_file()))
        else:
            raise missing(path)
    return list(files)


def _answer(path: Path, bpm: float | None, bars: int | None, split: bool) -> Answer:
    try:
        return listen_file(path, bpm=bpm, bars=bars, split=split)
    except BadInput as error:
        return str(error)
    except (Fault, MemoryError) as error:
        return f"{path}: {error or 'not enough memory'}"


def _here(
    listen: Callable[[Path], Answer], files: list[Path], progress: Callable[[int, int], None]
) -> Iterator[tuple[Path, Answer]]:
    for done, path in enumerate(files, 1):
        yield path, listen(path)
        progress(done, len(files))


def _beside(
    listen: Callable[[Path], Answer], files: list[Path], progress: Callable[[int, int], None]
) -> Iterator[tuple[Path, Answer]]:
    """Each file in one of a few processes. A file that ends its process is tried once more in one of its own."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read by the processes as they import numpy
    left, done = dict.fromkeys(files), 0
    for workers, tries in ((min(len(files), os.cpu_count() or 1), [files]), (1, [[path] for path in files])):
        for some in tries:
            waiting = [path for path in some if path in left]
            if not waiting:
                continue
            with _pool(workers) as pool:
                jobs = {pool.submit(listen, path): path for path in waiting}
                try:
                    for job in as_completed(jobs):
                        try:
                            answer = job.result()
                        except BrokenProcessPool:
                            if workers > 1 or len(some) > 1:
                                continue
                            answer = f"{jobs[job]}: listening to it ended the process that did"
                        del left[jobs[job]]
                        done += 1
                        progress(done, len(files))
                        yield jobs[job], answer
                except KeyboardInterrupt:
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_behind)


def _behind() -> None:
    """A process of the pool yields to the music."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
