"""What can stand inside quotes: scales, kits and their patches, ports, files, and all that was saved under a name.

To complete the quotes of a word: its row in CALLS, by argument, from 0 or by keyword (ALL: every one); of a setting,
its row in ASSIGNED.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

from deepsteps_live import places, sound
from deepsteps_live.errors import DeepstepsError
from deepsteps_live.music import KEYS, RATES, SCALES
from deepsteps_live.repl.signatures import Cursor
from deepsteps_live.session import controls
from deepsteps_live.session.commands import COMMANDS
from deepsteps_live.session.help import STYLE_NAMES
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.running import jobs
from deepsteps_live.session.settings import SET_SETTINGS, TRACK_SETTINGS
from deepsteps_live.session.tour import WORDS

Offer = tuple[str, str]  # a word, and what is said of it
Source = Callable[[Instrument, str], Iterable[Offer]]  # of the instrument and what has been typed

MOST_FILES = 200
HEARD = (".wav", ".flac", ".ogg", ".aif", ".aiff", ".mp3", ".mid", ".midi")
KITS, DRUMS, MIDI, TAKES = (".mtpreset",), (".mtpreset", ".mtdrum"), (".mid", ".midi"), (".wav",)
MODELS, DATASETS, SETS = (".npz", ".json"), (".json", ".csv"), (".json",)


def _plain(words: Iterable[str], meta: str = "") -> Iterator[Offer]:
    return ((word, meta) for word in words)


def _table(words: Iterable[str], meta: str) -> Source:
    kept = list(words)
    return lambda instrument, start: _plain(kept, meta)


def _files(*endings: str) -> Source:
    """Files with these endings, and folders, where the typed path leads."""

    def found(instrument: Instrument, start: str) -> Iterator[Offer]:
        folder, _, name = start.rpartition("/")
        here = Path(f"{folder}/" if "/" in start else ".").expanduser()
        before = f"{folder}/" if "/" in start else ""
        try:
            with os.scandir(here) as entries:
                kept = [entry for entry in islice(entries, 10 * MOST_FILES) if _fits(entry, name, endings)]
        except (OSError, ValueError):
            return
        for entry in sorted(kept, key=lambda entry: entry.name)[:MOST_FILES]:
            yield (f"{before}{entry.name}/", "folder") if _is_folder(entry) else (f"{before}{entry.name}", "file")

    return found


def _fits(entry: os.DirEntry[str], name: str, endings: tuple[str, ...]) -> bool:
    if not entry.name.startswith(name) or (entry.name.startswith(".") and not name):
        return False
    return entry.name.lower().endswith(endings) or _is_folder(entry)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _saved(folder: Callable[[], Path], ending: str, meta: str) -> Source:
    """What was saved under a name."""
    return lambda instrument, start: _plain(sorted(path.stem for path in folder().glob(f"*{ending}")), meta)


def _kits(instrument: Instrument, start: str) -> Iterator[Offer]:
    return _plain(sorted(path.stem for path in places.KITS.glob("*.mtpreset")), "a kit that ships")


def _sounds(instrument: Instrument, start: str) -> Iterator[Offer]:
    kit, colon, _ = start.rpartition(":")
    if not colon:
        yield from ((f"{name}:{slot}", "") for name, _ in _kits(instrument, start) for slot in range(1, 9))
        yield from _plain(sound.MELODIC, "a synth")
        return
    path = places.KITS / f"{kit}.mtpreset" if "/" not in kit and "." not in kit else Path(kit).expanduser()
    try:
        names = _patches(str(path), path.stat().st_mtime)
    except OSError:
        return
    yield from ((f"{kit}:{slot}", name) for slot, name in enumerate(names, start=1) if name)


@lru_cache(maxsize=64)
def _patches(path: str, changed: float) -> tuple[str, ...]:
    """The names of a kit's patches, "" where it has none; read once until its file changes."""
    try:
        return tuple("" if patch is None else patch.name for patch in sound.read_kit(Path(path)).patches)
    except (DeepstepsError, OSError):
        return ()


def _models(instrument: Instrument, start: str) -> Iterator[Offer]:
    yield "previous", "the one that played before"
    yield from _plain(instrument.session.models.names(), "a model")


def _tracks(instrument: Instrument, start: str) -> Iterator[Offer]:
    return ((track.name, track.sound.name if track.sound else "") for track in instrument.session.live_set)


def _scenes(instrument: Instrument, start: str) -> Iterator[Offer]:
    return _plain(instrument.session.scenes, "a scene")


def _jobs(instrument: Instrument, start: str) -> Iterator[Offer]:
    return iter(jobs(instrument).rows.items())


def _controls(instrument: Instrument, start: str) -> Iterator[Offer]:
    return _plain(controls.places(instrument))


def _ports(kind: str) -> Source:
    """MIDI ports as the engine last saw them: "ports" to play to, "sources" that play us."""

    def found(instrument: Instrument, start: str) -> Iterator[Offer]:
        link = instrument.session.link
        midi = (link.state.get("midi") or {}) if link is not None else {}
        return _plain([str(name) for name in midi.get(kind, [])], "a MIDI port")

    return found


def _first(*sources: Source) -> Source:
    """One source after the other."""
    return lambda instrument, start: (offer for source in sources for offer in source(instrument, start))


ALL = -1
_SETS = _first(_saved(places.sets_folder, ".json", "a saved set"), _files(*SETS))
_DATASETS = _first(_saved(places.datasets_folder, ".json", "a saved dataset"), _files(*DATASETS))
_MODELS = _first(_models, _files(*MODELS))
_HEARD = _files(*HEARD)
_SOUNDS = _first(_sounds, _files(*DRUMS))
_RHYTHMS = _first(_tracks, _HEARD)
_SCALES = _table(SCALES, "a scale")
_WORDS = _table([*COMMANDS, *SET_SETTINGS, *TRACK_SETTINGS], "")

CALLS: dict[str, dict[int | str, Source]] = {
    "kit": {0: _first(_kits, _files(*KITS))},
    "morph": {0: _first(_kits, _sounds, _files(*DRUMS))},
    "add": {1: _SOUNDS, "sound": _SOUNDS},
    "remove": {0: _tracks},
    "save": {0: _SETS},
    "load": {0: _SETS},
    "listen": {ALL: _first(_table(["loops"], "the tour's loops"), _HEARD)},
    "groove_from": {0: _RHYTHMS},
    "encode": {0: _RHYTHMS},
    "capture": {0: _tracks},
    "show": {0: _first(_tracks, _sounds, _files(*HEARD, *KITS))},
    "pattern": {0: _files(*MIDI), "track": _tracks},
    "save_kit": {0: _files(*KITS)},
    "save_sound": {0: _tracks, 1: _files(".mtdrum")},
    "load_dataset": {0: _DATASETS},
    "save_dataset": {0: _DATASETS},
    "model": {0: _MODELS},
    "compare": {0: _models, 1: _models},
    "save_model": {0: _files(*MODELS)},
    "train": {"style": _table(STYLE_NAMES, "a style"), 2: _table(STYLE_NAMES, "a style")},
    "rec": {0: _files(*TAKES)},
    "render": {0: _files(*TAKES)},
    "export": {0: _files(*MIDI)},
    "scene": {0: _scenes},
    "go": {0: _scenes, 1: _scenes},
    "forget_scene": {0: _scenes},
    "cancel": {0: _jobs},
    "help": {0: _first(_tracks, _WORDS)},
    "tour": {0: _table(WORDS, "")},
    "lfo": {3: _table(("sine", "triangle", "square"), "a shape"), "shape": _table(("sine", "triangle", "square"), "")},
    "like": {ALL: _tracks},
    "follow": {0: _tracks},
    "midi": {0: _ports("ports"), "port": _ports("ports")},
    "keys": {0: _ports("sources"), "port": _ports("sources")},
    "offset": {0: _ports("ports")},
    "learn": {0: _controls},
    "unlearn": {0: _controls},
}

ASSIGNED: dict[str, Source] = {
    "scale": _SCALES,
    "key": _table(KEYS, "a key"),
    "rate": _table(RATES, "a rate"),
    "sound": _SOUNDS,
    "model": _MODELS,
    "pattern": _files(*MIDI),
    "focus": _tracks,
    "clock": _first(_table(["internal", "link"], "a clock"), _ports("sources")),
    "clock_out": _ports("ports"),
}


def quoted(instrument: Instrument, cursor: Cursor) -> list[Offer] | None:
    """What may stand inside the quotes at the cursor; None when nothing is known of them."""
    if cursor.quote is None:
        return None
    if cursor.call is not None:
        rows = CALLS.get(cursor.call.name.rpartition(".")[2], {})
        source = rows.get(cursor.call.keyword or cursor.call.place) or rows.get(ALL)
    else:
        source = ASSIGNED.get(cursor.assigned.rpartition(".")[2])
    return None if source is None else list(source(instrument, cursor.quote))
