"""Learning without playing: what `deepsteps listen` and `deepsteps train` do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepsteps_live import listening, model, places
from deepsteps_live.errors import BadInput
from deepsteps_live.session.dataset import Dataset, from_bytes
from deepsteps_live.session.hearing import rows_of
from deepsteps_live.session.modelling import rows_array
from deepsteps_live.session.paths import save

if TYPE_CHECKING:
    from deepsteps_live.listening import Heard

DATASETS = (".json", ".csv")

Step = Callable[..., None]  # called with how many are done, of how many, and a word about it
Say = Callable[[str], None]


def hear(paths: Sequence[str], *, step: Step, say: Say, **how: Any) -> list[Heard]:
    """What is in recordings, MIDI files and folders; `say` hears of files that failed. BadInput when all did."""
    heard, failed = listening.listen_many([_found(path) for path in paths], progress=step, **how)
    if not heard:
        raise BadInput(failed[0] if len(failed) == 1 else f"none of {len(failed)} files was heard; {failed[0]}")
    for line in failed:
        say(line)
    return heard


def _found(path: str) -> str:
    """A path as typed; "loops" are ours, and "loops/NAME" one of them, where there is nothing of that name."""
    first, *rest = Path(path).parts or ("",)
    ours = first == places.LOOPS.name and not Path(first).exists()
    return str(places.LOOPS.joinpath(*rest)) if ours else path


def pictures(heard: Iterable[Heard], width: int) -> list[str]:
    """What was heard, to look at in a terminal."""
    return ["\n".join(listening.picture(each, width)) for each in heard]


def heard_data(heard: Iterable[Heard]) -> dict[str, Any]:
    """What was heard as JSON values."""
    return {"files": [_file_data(each) for each in heard]}


def _file_data(heard: Heard) -> dict[str, Any]:
    return {
        "path": str(heard.path),
        "onsets": [round(onset.seconds, 6) for onset in heard.onsets],
        "bpm": round(heard.beats.bpm, 4),
        "confidence": round(heard.beats.confidence, 4),
        "how": heard.beats.how,
        "rows": [
            {
                "hits": [int(hit) for hit in row.pattern.hits],
                "offsets": list(row.pattern.offsets),
                "velocities": list(row.pattern.velocities),
                "bar": row.bar,
                "lane": row.lane,
            }
            for row in heard.rows
        ],
    }


def dataset_of(paths: Sequence[str], *, step: Step, say: Say, **how: Any) -> Dataset:
    """The rows of recordings, MIDI files, folders of them, and saved datasets; `say` hears of files that failed."""
    saved = [Path(path).expanduser() for path in paths if Path(path).suffix.lower() in DATASETS]
    others = [path for path in paths if Path(path).suffix.lower() not in DATASETS]
    found = Dataset()
    for path in saved:
        try:
            found = found + from_bytes(path.read_bytes(), path).rows
        except OSError as error:
            raise BadInput(f"{path} cannot be read: {error.strerror}") from None
    if others:
        for each in hear(others, step=step, say=say, **how):
            found = found + rows_of(each)
    return found


def train_file(dataset: Dataset, out: Path, settings: dict[str, Any], step: Step) -> model.Model:
    """Train on a dataset with the settings of an `Order`, and write the model to `out`, whose name it gets."""

    def progress(at: model.Progress) -> None:
        step(at.epoch, at.epochs, f"loss {at.loss:.3f}, {at.seconds_left:.1f} s left")

    order = model.Order(**settings, name=out.stem)
    found = model.train(rows_array(dataset), order, [row.source for row in dataset.rows], progress)
    assert found is not None  # nothing cancels it
    save(out, found.to_bytes())
    return found
