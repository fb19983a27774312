"""Completion of the names that are bound, of what hangs on them, of a call's keywords, and of what goes inside quotes.

To complete what stands inside the quotes of a word: its row in CALLS, of a setting its row in ASSIGNED.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from deepsteps_live import sound
from deepsteps_live.errors import DeepstepsError
from deepsteps_live.music import Track
from deepsteps_live.repl.quoted import Offer, quoted
from deepsteps_live.repl.signatures import Cursor, cursor_at, help_of, parameters
from deepsteps_live.session.help import LATENT, SOUND
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.settings import LATENT_NAMES, SET_SETTINGS, TRACK_SETTINGS
from deepsteps_live.session.sounds import read
from deepsteps_live.session.tracks import TRACK_METHODS, SoundHandle, TrackHandle

_DOTTED = re.compile(r"(?<![\w.])((?:[A-Za-z_]\w*\.)*)([A-Za-z_]\w*)?$")

HANDLES = (TrackHandle, SoundHandle)


class NameCompleter(Completer):
    """Completes from what is really there: tracks, settings, parameters, files, the performer's own names."""

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """The names that fit before the cursor."""
        try:
            found = self._found(document.text_before_cursor)
        except Exception:  # whatever a performer made of her names, completing them never ends the prompt
            return
        yield from found

    def _found(self, before: str) -> list[Completion]:
        cursor = cursor_at(before)
        if cursor.quote is not None and (offers := quoted(self._instrument, cursor)) is not None:
            return list(_matching(offers, cursor.quote))
        found = _DOTTED.search(before.rsplit("\n", 1)[-1])
        if found is None:
            return []
        owner, start = found[1][:-1], found[2] or ""
        offers = self._attributes(owner) if owner else [*self._keywords(cursor), *self._names()]
        return list(_matching(offers, start))

    def _names(self) -> Iterator[Offer]:
        tracks = {track.name: track for track in self._instrument.session.live_set}
        for name in self._instrument.namespace.known():
            if name in tracks:
                yield name, _track_line(tracks[name])
            elif name in SET_SETTINGS:
                yield name, SET_SETTINGS[name].help
            else:
                yield name, LATENT if name in LATENT_NAMES else help_of(self._instrument, name)

    def _keywords(self, cursor: Cursor) -> Iterator[Offer]:
        """The keyword arguments of the call under the cursor, unless the value of one is being typed."""
        if cursor.call is None or cursor.call.keyword or cursor.quote is not None:
            return
        for name, shown in (parameters(self._instrument, cursor.call.name) or {}).items():
            if "=" in shown:
                yield f"{name}=", shown

    def _attributes(self, owner: str) -> list[Offer]:
        """What can follow a dot; nothing after a name that is not there."""
        first, *rest = owner.split(".")
        try:
            thing = self._instrument.namespace[first]
            for name in rest:
                thing = _attribute(thing, name)
            return [(name, _meta(thing, name)) for name in _names(thing) if not name.startswith("_")]
        except (LookupError, AttributeError, DeepstepsError):
            return []


def _attribute(thing: Any, name: str) -> Any:
    """Attributes of what is the instrument's are read; of other things only looked up, for reading may run them."""
    return getattr(thing, name) if isinstance(thing, HANDLES) else inspect.getattr_static(thing, name)


def _names(thing: Any) -> list[str]:
    if isinstance(thing, HANDLES):
        return dir(thing)
    return sorted(type.__dir__(thing) if isinstance(thing, type) else object.__dir__(thing))


def _meta(thing: Any, name: str) -> str:
    """What is said of a name after a dot: a setting's help, a parameter's value, range and unit."""
    if isinstance(thing, SoundHandle):
        return _parameter(thing, name)
    if not isinstance(thing, TrackHandle):
        return ""
    if name in TRACK_SETTINGS:
        return TRACK_SETTINGS[name].help
    if name in TRACK_METHODS:
        return (TRACK_METHODS[name].__doc__ or "").split("\n", 1)[0]
    return SOUND if name == "sound" else LATENT if name in LATENT_NAMES else ""


def _parameter(handle: SoundHandle, name: str) -> str:
    patch = handle.patch
    row = next((row for row in sound.PARAMETERS[patch.synth] if row.name == name), None)
    if row is None:
        return "its shorter name"
    if row.choices:
        return f"{read(patch, name)}; one of {', '.join(row.choices)}"
    return f"{read(patch, name):.4g}; {sound.law(patch, name).range()}"


def _track_line(track: Track) -> str:
    return f"a track; {track.sound.name if track.sound else 'no sound'}"


def _matching(offers: Iterable[Offer], start: str) -> Iterator[Completion]:
    for word, meta in offers:
        if word.startswith(start) and word != start:
            yield Completion(word, start_position=-len(start), display_meta=meta)
