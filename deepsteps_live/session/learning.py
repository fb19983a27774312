"""The words of learning: what goes into the dataset, and out of it.

To add a word: a function that takes the instrument first, with a docstring whose first line is its help, and its row
in LEARNING.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepsteps_live import places
from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.music import Groove, Pattern, groove_of, pattern
from deepsteps_live.session.dataset import STEPS, Dataset, Row, from_bytes, to_bytes
from deepsteps_live.session.hearing import bars_of as heard_bars
from deepsteps_live.session.hearing import rows_of
from deepsteps_live.session.paths import save
from deepsteps_live.session.tapping import tap_in

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

AUTOSAVE = "autosave"  # the name under which the dataset is kept as it changes
WIDTH = 78  # characters of a picture


def capture(instrument: Instrument, what: Any = None) -> str:
    """Make a row of what plays: capture() the track in focus, capture(kick), capture("x---x---x---x---")."""
    live_set = instrument.session.live_set
    name = live_set.focus if what is None else getattr(what, "name", None)
    played = pattern(what) if name is None else instrument.pattern(str(name))
    source = str(name or "typed")
    rows = [Row(bar, source) for bar in bars_of(played) if any(bar.hits)]
    if not rows:
        raise BadInput(f"{source} plays nothing; a row needs a hit")
    _learn(instrument, instrument.session.dataset + rows)
    return f"{source}: {_count(len(rows), 'row')}; the dataset has {len(instrument.session.dataset)}"


def tap(instrument: Instrument, track: Any = None, bars: int = 1) -> str:
    """Tap a rhythm on the keyboard, along with the music: tap(kick); it plays, and it is a row of the dataset."""
    name = instrument.session.live_set.focus if track is None else str(getattr(track, "name", track))
    handle = instrument.track(name)
    played = tap_in(instrument, bars)
    handle.pattern = played
    return f"{played}  {capture(instrument, handle)}"


def listen(
    instrument: Instrument, *paths: str, bpm: float | None = None, bars: int | None = None, split: bool = False
) -> str:
    """Make rows of recordings, MIDI files, folders: listen("~/loops/*.wav"), listen("amen.wav", bpm=137, split=True).

    Without `bpm` or `bars` the tempo is found; `split` hears low, mid and high apart. Says what was heard, with a
    picture.
    """
    from deepsteps_live.session.studio import hear, pictures

    if not paths:
        raise BadInput('listen() wants recordings: listen("~/loops"), listen("amen.wav")')
    session, failed = instrument.session, list[str]()
    names = [str(path) for path in paths]
    heard = hear(names, step=session.meter("listening"), say=failed.append, bpm=bpm, bars=bars, split=split)
    rows = [row for each in heard for row in rows_of(each)]
    _learn(instrument, session.dataset + rows)
    sum_up = f"{_count(len(rows), 'row')} heard; the dataset has {len(session.dataset)}"
    return "\n".join([*pictures(heard, WIDTH), *failed, sum_up])


def drop(instrument: Instrument, *rows: int) -> str:
    """Take rows out of the dataset by their numbers: drop(3), drop(3, 5)."""
    left = instrument.session.dataset.without(*rows)
    _learn(instrument, left)
    return f"the dataset has {_count(len(left), 'row')} left"


def save_dataset(instrument: Instrument, name: str) -> str:
    """Save the dataset: save_dataset("friday"); save_dataset("dataset.csv") for the original app."""
    path = _file(name)
    return save(path, to_bytes(instrument.session.dataset, path.suffix))


def load_dataset(instrument: Instrument, name: str) -> str:
    """Load a dataset in place of the one there is: load_dataset("friday"), load_dataset("dataset.csv")."""
    path = _file(name)
    try:
        found = from_bytes(path.read_bytes(), path)
    except FileNotFoundError:
        known = sorted(file.stem for file in places.datasets_folder().glob("*.json"))
        raise BadInput(f'no dataset "{name}"; saved are {", ".join(known) or "none yet"}') from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from None
    _learn(instrument, found)
    return f"{_count(len(found), 'row')} from {path.name}"


def clear_dataset(instrument: Instrument) -> str:
    """Empty the dataset; undo() brings it back."""
    _learn(instrument, Dataset())
    return "the dataset is empty"


def groove_from(instrument: Instrument, what: Any) -> Groove:
    """The timing and accents of a track, a pattern or a file: snare.groove = groove_from("amen.wav") * 0.7."""
    return groove_of(heard_bars(instrument, what))


def bars_of(played: Pattern) -> list[Pattern]:
    """A pattern as bars of 16 steps; one that does not fill its last bar goes round once more."""
    return [
        played.take(step % len(played) for step in range(first, first + STEPS))
        for first in range(0, len(played), STEPS)
    ]


def _learn(instrument: Instrument, dataset: Dataset) -> None:
    """Change the dataset; while there is an engine it is kept beside, so that not even a lost prompt loses it."""
    instrument.session.learn(dataset)
    if instrument.session.link is not None and len(dataset):
        threading.Thread(target=_keep, args=(dataset,), name="dataset-keep", daemon=True).start()


def _keep(dataset: Dataset) -> None:
    with contextlib.suppress(Fault):  # a full disk is told of when something is saved by name
        save(places.datasets_folder() / f"{AUTOSAVE}.json", to_bytes(dataset, ".json"))


def _file(name: str) -> Path:
    path = Path(str(name)).expanduser()
    if path.suffix in (".json", ".csv"):
        return path
    if len(path.parts) != 1 or path.suffix:
        raise BadInput(f'a dataset goes by a word, "friday", or by a file, .json or .csv, not "{name}"')
    return places.datasets_folder() / f"{name}.json"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


LEARNING: dict[str, Callable[..., Any]] = {
    "capture": capture,
    "listen": listen,
    "tap": tap,
    "drop": drop,
    "save_dataset": save_dataset,
    "load_dataset": load_dataset,
    "clear_dataset": clear_dataset,
    "groove_from": groove_from,
}
