"""Completion of the names that are bound, of what hangs on them, and of scales, keys and kits inside quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from deepsteps_live import places
from deepsteps_live.music import KEYS, SCALES
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.settings import SET_SETTINGS, TRACK_SETTINGS

_DOTTED = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\.)?([A-Za-z_]\w*)?$")
_QUOTED = re.compile(r"(scale|key|sound|kit)\s*[=(]\s*[\"']([^\"']*)$")


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
            owner, start = found[1] or "", found[2] or ""
            yield from _matching(self._attributes(owner[:-1]) if owner else self._instrument.namespace.known(), start)

    def _attributes(self, owner: str) -> list[str]:
        """What can follow a dot. Only names are looked up: completing runs nothing that was typed."""
        first, *rest = owner.split(".")
        try:
            thing = self._instrument.namespace[first]
            for name in rest:
                thing = getattr(thing, name)
            return [name for name in dir(thing) if not name.startswith("_")]
        except Exception:  # a name that is not there, or whose lookup raises: nothing to offer
            return []


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
