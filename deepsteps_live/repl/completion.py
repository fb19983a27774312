"""Completion of the names that are bound, of what hangs on them, and of scales, keys and kits inside quotes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from deepsteps_live import places
from deepsteps_live.errors import DeepstepsError
from deepsteps_live.music import KEYS, SCALES
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.settings import SET_SETTINGS, TRACK_SETTINGS
from deepsteps_live.session.tracks import SoundHandle, TrackHandle

_DOTTED = re.compile(r"(?<![\w.])((?:[A-Za-z_]\w*\.)*)([A-Za-z_]\w*)?$")
_QUOTED = re.compile(r"(scale|key|sound|kit)\s*[=(]\s*[\"']([^\"']*)$")

HANDLES = (TrackHandle, SoundHandle)


class NameCompleter(Completer):
    """Completes from what is really there: tracks, settings, parameters, the performer's own names."""

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """The names that fit before the cursor."""
        before = document.current_line_before_cursor
        if (quoted := _QUOTED.search(before)) is not None:
            yield from _matching(_words(quoted[1]), quoted[2])
        elif (found := _DOTTED.search(before)) is not None:
            owner, start = found[1], found[2] or ""
            yield from _matching(self._attributes(owner[:-1]) if owner else self._instrument.namespace.known(), start)

    def _attributes(self, owner: str) -> list[str]:
        """What can follow a dot; nothing after a name that is not there."""
        first, *rest = owner.split(".")
        try:
            thing = self._instrument.namespace[first]
            for name in rest:
                thing = _attribute(thing, name)
            return [name for name in _names(thing) if not name.startswith("_")]
        except (LookupError, AttributeError, DeepstepsError):
            return []


def _attribute(thing: Any, name: str) -> Any:
    """Attributes of what is the instrument's are read; of other things only looked up, for reading may run them."""
    return getattr(thing, name) if isinstance(thing, HANDLES) else inspect.getattr_static(thing, name)


def _names(thing: Any) -> list[str]:
    if isinstance(thing, HANDLES):
        return dir(thing)
    return sorted(type.__dir__(thing) if isinstance(thing, type) else object.__dir__(thing))


def _matching(words: Iterable[str], start: str) -> Iterator[Completion]:
    for word in words:
        if word.startswith(start) and word != start:
            yield Completion(word, start_position=-len(start), display_meta=_help(word))


def _help(word: str) -> str:
    setting = SET_SETTINGS.get(word) or TRACK_SETTINGS.get(word)
    return setting.help if setting else ""


def _words(what: str) -> list[str]:
    if what == "scale":
        return list(SCALES)
    if what == "key":
        return list(KEYS)
    kits = sorted(file.stem for file in places.KITS.glob("*.mtpreset"))
    return kits if what == "kit" else [f"{kit}:{slot}" for kit in kits for slot in range(1, 9)]
