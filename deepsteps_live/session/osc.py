"""What OSC messages do: every control by its address, and words that do something. Nothing is ever evaluated.

To add a word: its row in WORDS. Controls are those of `controls`; NAMED are settings that are words.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deepsteps_live.errors import BadInput, DeepstepsError, no_such, number
from deepsteps_live.session.controls import find, places
from deepsteps_live.session.settings import LATENT_NAMES, SET_SETTINGS, TRACK_SETTINGS

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

MOST_WAITING = 10_000  # messages with a time tag
REPORT_EVERY = 1.0  # seconds

NAMED = ("scale", "key")  # of the set and of a track; a track has a pattern too


@dataclass(frozen=True, slots=True)
class Word:
    """An address that does something.

    takes  the kinds of its values: "track", "tracks" (one or more), "name", "number", "whole", each with "?" optional
    help   one line
    """

    takes: tuple[str, ...]
    help: str
    command: str
    method: bool = False  # of the first value, a track


WORDS: dict[str, Word] = {
    "/play": Word((), "start playing", "play"),
    "/stop": Word((), "stop", "stop"),
    "/panic": Word((), "silence everything", "panic"),
    "/undo": Word(("whole?",), "take back the last edits", "undo"),
    "/redo": Word(("whole?",), "do again what was undone", "redo"),
    "/like": Word(("track", "tracks"), "a rhythm for the first track that answers the others", "like", True),
    "/vary": Word(("track",), "a second bar drawn from the first", "vary", True),
    "/dream": Word(("track",), "a rhythm of its own", "dream", True),
    "/fill": Word((), "a fill at the end of the next bar", "fill"),
    "/surprise": Word((), "latents as the rows lie", "surprise"),
    "/humanize": Word(("track", "number?"), "a drummer's velocities and timing", "humanize"),
    "/capture": Word(("track?",), "what plays becomes a row", "capture"),
    "/train": Word((), "train on the dataset", "train"),
    "/cancel": Word(("name?",), "stop what runs", "cancel"),
    "/model": Word(("name",), "the model of that name", "model"),
    "/kit": Word(("name",), "the sounds of a kit that ships", "kit"),
    "/scene": Word(("name",), "recall a scene, on the bar", "go"),
    "/scene/store": Word(("name",), "store a scene", "scene"),
    "/focus": Word(("track",), "the track whose latents /latent/a to /latent/d are", "focus"),
}


class OscIn:
    """Acts on messages that the engine passed on when they are due, on a thread of its own."""

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        self._waiting: list[tuple[float, int, str, list[Any], tuple[str, int]]] = []
        self._order = itertools.count()
        self._more = threading.Condition()
        self._thread: threading.Thread | None = None
        self._told_at = float("-inf")
        self.reply: Callable[[tuple[str, int], str], None] = lambda to, text: None

    def heard(self, address: str, arguments: list[Any], due: float, sender: tuple[str, int]) -> None:
        """A message, due at a time of the monotonic clock. Returns at once."""
        with self._more:
            if len(self._waiting) < MOST_WAITING:
                heapq.heappush(self._waiting, (due, next(self._order), address, arguments, sender))
            self._more.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="osc-in", daemon=True)
            self._thread.start()

    def take(self, address: str, arguments: Sequence[Any], sender: tuple[str, int] = ("", 0)) -> None:
        """Act on a message now; what is wrong with it is told, to its sender too."""
        try:
            act(self._instrument, address, arguments, explain=self._may_tell())
        except DeepstepsError as error:
            self._wrong(address, str(error), sender)
        except Exception as error:  # a command that meets what it did not expect: it speaks, the music goes on
            self._wrong(address, f"{type(error).__name__}: {error}", sender)

    def _wrong(self, address: str, why: str, sender: tuple[str, int]) -> None:
        line = f"OSC {' '.join(address.split())[:60]}: {' '.join(why.split())[:200]}"
        if self._may_tell():
            self._told_at = time.monotonic()
            self._instrument.session.tell(line)
            with contextlib.suppress(DeepstepsError):  # no engine, no answer
                self.reply(sender, line)

    def _may_tell(self) -> bool:
        return time.monotonic() - self._told_at >= REPORT_EVERY

    def _run(self) -> None:
        while True:
            with self._more:
                while not self._waiting or (ahead := self._waiting[0][0] - time.monotonic()) > 0:
                    self._more.wait(ahead if self._waiting else None)
                _, _, address, arguments, sender = heapq.heappop(self._waiting)
            self.take(address, arguments, sender)


def act(instrument: Instrument, address: str, arguments: Sequence[Any], *, explain: bool = True) -> None:
    """Do what a message says. BadInput when it says nothing that is known, to `explain` with what would be right."""
    parts = address.strip("/").split("/")
    if address in WORDS:
        _do(instrument, WORDS[address], address, arguments)
    elif _named(instrument, parts):
        _name(instrument, parts, _only(address, arguments))
    else:
        value = _only(address, arguments)
        place = _place(parts)
        if not place or address_of(place) != address or (found := find(instrument, place)) is None:
            raise no_such("OSC address", address, addresses(instrument) if explain else ())
        given = number(address, float(value) if isinstance(value, bool) else value, found.least, found.most)
        with instrument.session.block(remembered=False):
            found.put({"switch": given >= 0.5, "whole": round(given)}.get(found.kind, given))


def addresses(instrument: Instrument) -> Iterator[str]:
    """Every address that is known."""
    yield from WORDS
    for place in places(instrument):
        yield address_of(place)
    yield from (f"/{name}" for name in NAMED)
    for track in instrument.session.live_set:
        yield from (f"/track/{track.name}/{name}" for name in (*NAMED, "pattern"))


def address_of(place: str) -> str:
    """The OSC address of a control's place: `/track/kick/sound/decay` of "kick.sound.decay"."""
    *owner, name = place.split(".")
    latent = ["latent"] if name in LATENT_NAMES and owner[1:] != ["sound"] else []
    return "/" + "/".join([*(["track"] if owner else []), *owner, *latent, name])


def _place(parts: Sequence[str]) -> str:
    """The place of a control's address, as it would be typed."""
    owner = parts[1:2] if parts[0] == "track" else []
    rest = list(parts[2:] if owner else parts)
    if len(rest) == 2 and rest[0] == "latent":
        rest = rest[1:]
    return ".".join([*owner, *rest])


def _only(address: str, arguments: Sequence[Any]) -> Any:
    if len(arguments) != 1:
        raise BadInput(f"{address} takes one value, not {len(arguments)}")
    return arguments[0]


def _named(instrument: Instrument, parts: list[str]) -> bool:
    """Whether an address is a setting that is a word."""
    if len(parts) == 1:
        return parts[0] in NAMED and parts[0] in SET_SETTINGS
    names = {track.name for track in instrument.session.live_set}
    return len(parts) == 3 and parts[0] == "track" and parts[1] in names and parts[2] in (*NAMED, "pattern")


def _name(instrument: Instrument, parts: list[str], value: Any) -> None:
    if not isinstance(value, str):
        raise BadInput(f"/{'/'.join(parts)} takes a word, not {value!r:.40}")
    if parts[-1] == "pattern" and not set(value) <= set("xX-23456789 |"):
        raise BadInput('a pattern is "x---X---": X an accent, x a hit, 2 to 9 a roll, - a rest')
    if len(parts) == 1:
        with instrument.session.block():
            bound = instrument.find(parts[0])
            assert bound is not None
            assert bound.set is not None
            bound.set(value)
    else:
        with instrument.session.block():
            assert parts[2] in TRACK_SETTINGS
            setattr(instrument.track(parts[1]), parts[2], value)


def _do(instrument: Instrument, word: Word, address: str, arguments: Sequence[Any]) -> None:
    values = list(_checked(instrument, word, address, arguments))
    with instrument.session.block():
        if word.command == "focus":
            instrument.session.edit(lambda live_set: live_set.but(focus=values[0].name))
        elif word.method:
            getattr(values[0], word.command)(*values[1:])
        else:
            _command(word.command)(instrument, *values)


def _command(name: str) -> Callable[..., Any]:
    from deepsteps_live.session.commands import COMMANDS  # which reads tables that stand on this file

    if name not in COMMANDS:
        raise no_such("command", name, COMMANDS)
    return COMMANDS[name]


def _checked(instrument: Instrument, word: Word, address: str, arguments: Sequence[Any]) -> Iterator[Any]:
    """The values of a word, each of its kind; BadInput when there are too few, too many, or others."""
    fewest = sum(not kind.endswith("?") for kind in word.takes)
    most = 16 if "tracks" in word.takes else len(word.takes)
    if not fewest <= len(arguments) <= most:
        raise BadInput(f"{address} takes {' '.join(word.takes) or 'nothing'}, not {len(arguments)} values")
    for place, value in enumerate(arguments):
        kind = word.takes[min(place, len(word.takes) - 1)].rstrip("?")
        if kind in ("track", "tracks"):
            yield instrument.track(str(value)[:60])
        elif kind == "name":
            yield _plain_name(address, value)
        else:
            found = number(address, value, 0, 1000)
            yield int(found) if kind == "whole" else found


def _plain_name(address: str, value: Any) -> Any:
    """A word or a number: no path, so that nobody outside reaches a file."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value)
    text = str(value)
    if not text.replace("-", "").replace("_", "").replace(" ", "").isalnum() or len(text) > 60:
        raise BadInput(f'{address} takes a name, letters and digits, not "{text[:40]}"')
    return int(text) if text.isdigit() else text
