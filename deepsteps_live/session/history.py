"""What was: the states that undo and redo go through, each with a number to go back to, and what changed in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar

from deepsteps_live.errors import BadInput, whole
from deepsteps_live.music import KEYS, LiveSet, Patch, Signal, Table, Track

State = TypeVar("State")

MOST_STATES = 1000
MOST_WORDS = 6  # changes that are named of one state
MOST_TRACKS = 3  # that are named of one change

NameOf = Callable[[str], str]  # from a model's hash to its name


@dataclass(frozen=True, slots=True)
class Step(Generic[State]):
    """A state, its number, the number of the one that it was made of (None: the first), and what to say of it."""

    number: int
    state: State
    since: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The numbers that undo and redo walk, and the one of them where the player is."""

    path: list[int]
    here: int


class History(Generic[State]):
    """The states of a set, one an edit, and where in them the player is.

    undo and redo walk a path; every state that ever was, off the path as well, keeps its number for `back`.
    """

    def __init__(self, state: State) -> None:
        self._steps = {1: Step(1, state, None)}
        self._path = [1]
        self._here = 0

    def add(self, state: State) -> None:
        """A new state after this one; what had been undone is left to `back`."""
        if state != self.current.state:
            number = max(self._steps) + 1
            self._steps[number] = Step(number, state, self.current.number)
            self._walk_to(number)
            while len(self._steps) > MOST_STATES:
                self._forget(min(self._steps))

    def note(self, words: str) -> None:
        """What history() says of the state where we are, in place of what changed."""
        self._steps[self.current.number] = replace(self.current, note=words)

    def undo(self, times: int = 1) -> State:
        """The state `times` edits ago, or BadInput when there are fewer."""
        return self._move(-whole("undo", times, 1, MOST_STATES), "undo")

    def redo(self, times: int = 1) -> State:
        """The state `times` undone edits ahead, or BadInput when there are fewer."""
        return self._move(whole("redo", times, 1, MOST_STATES), "redo")

    def back(self, number: int) -> State:
        """The state of that number, or BadInput; undo() returns to where we were, and no state is lost."""
        found = self._steps.get(whole("a state", number, 1, 10**9))
        if found is None:
            raise BadInput(f"there is no state {number}; history() shows {min(self._steps)} to {max(self._steps)}")
        if found.number != self.current.number:
            self._walk_to(found.number)
        return found.state

    @property
    def place(self) -> Place:
        """Where the player is, and the path that undo and redo walk: for `return_to`."""
        return Place(self._path, self._here)

    def return_to(self, place: Place) -> None:
        """Be where we were, on the path that was; the states since keep their numbers."""
        self._path = [number for number in place.path if number in self._steps] or [max(self._steps)]
        self._here = min(place.here, len(self._path) - 1)

    @property
    def current(self) -> Step[State]:
        """Where the player is."""
        return self._steps[self._path[self._here]]

    @property
    def steps(self) -> list[Step[State]]:
        """All states, in the order they were made."""
        return list(self._steps.values())

    @property
    def undone(self) -> int:
        """How many undone edits lie ahead."""
        return len(self._path) - 1 - self._here

    def _walk_to(self, number: int) -> None:
        self._path = [*self._path[: self._here + 1], number][-MOST_STATES:]
        self._here = len(self._path) - 1

    def _forget(self, number: int) -> None:
        del self._steps[number]
        self._here -= sum(each == number for each in self._path[: self._here + 1])
        self._path = [each for each in self._path if each != number]

    def _move(self, by: int, word: str) -> State:
        left = self._here if by < 0 else self.undone
        if abs(by) > left:
            raise BadInput(f"there is nothing to {word}" if left == 0 else f"only {left} edits to {word}")
        self._here += by
        return self.current.state


def listed(steps: list[Step[Any]], here: int, count: int, name_of: NameOf) -> str:
    """The newest `count` states, a line each with its number and what changed; the one that plays with a star."""
    by_number = {step.number: step.state for step in steps}
    shown = steps[-count:]
    if here not in {step.number for step in shown}:
        shown = [step for step in steps if step.number == here] + shown
    return "\n".join(
        f"{'*' if step.number == here else ' '} {step.number:>3}  {_what(step, by_number, name_of)}" for step in shown
    )


def _what(step: Step[Any], states: Mapping[int, Any], name_of: NameOf) -> str:
    if step.note:
        return step.note
    if step.since is None:
        return "the start"
    if step.since not in states:
        return "what came before is forgotten"
    found = changes(states[step.since], step.state, name_of)
    more = [f"and {len(found) - MOST_WORDS} more"] if len(found) > MOST_WORDS else []
    return ", ".join([*found[:MOST_WORDS], *more]) or "functions"


def changes(before: Any, after: Any, name_of: NameOf) -> list[str]:
    """What one state has that the other had not, in words: "kick.pattern", "tempo 120 -> 126", "model m3"."""
    return [
        *set_changes(before.live_set, after.live_set, name_of),
        *_dataset(len(before.dataset), len(after.dataset), before.dataset == after.dataset),
        *_named("scene", before.scenes, after.scenes),
        *_named("function", before.jobs, after.jobs),
    ]


def set_changes(before: LiveSet, after: LiveSet, name_of: NameOf) -> list[str]:
    """What changed between two sets, in words."""
    old, new = ({track.name: track for track in live_set} for live_set in (before, after))
    words = [_said(field.name, before, after) for field in fields(LiveSet) if _differ(field.name, before, after)]
    words += [f"added {name}" for name in new if name not in old]
    words += [f"removed {name}" for name in old if name not in new]
    touched: dict[str, list[str]] = {}
    for name in (name for name in new if name in old):
        for field in fields(Track):
            if _differ(field.name, old[name], new[name]):
                touched.setdefault(field.name, []).append(name)
    for field_name, names in touched.items():
        words += _of_tracks(field_name, names, old, new, name_of)
    return words or (["the order of tracks"] if before != after else [])


def _of_tracks(
    field: str, names: list[str], old: Mapping[str, Track], new: Mapping[str, Track], name_of: NameOf
) -> Iterator[str]:
    if field == "model":
        hashes = dict.fromkeys(new[name].model for name in names)
        yield from (f"model {name_of(hashed)}" for hashed in hashes)
    elif len(names) > MOST_TRACKS:
        yield f"{field} of {len(names)} tracks"
    else:
        yield from (f"{name}.{_said(field, old[name], new[name])}" for name in names)


def _differ(field: str, before: Any, after: Any) -> bool:
    old, new = getattr(before, field), getattr(after, field)
    if field == "latents" and (old is None or new is None) and before.pattern != after.pattern:
        return False  # the new pattern says it
    return field != "tracks" and bool(old != new)


def _said(field: str, before: Any, after: Any) -> str:
    old, new = getattr(before, field), getattr(after, field)
    if isinstance(old, Patch) and isinstance(new, Patch) and old.name == new.name and old.synth == new.synth:
        turned = [name for name, value in new.values if old.get(name, -1) != value]
        return f"sound.{turned[0]}" if len(turned) == 1 else f"{field} ({len(turned)} parameters)"
    if isinstance(new, Patch):
        return f"{field} {new.name}"
    if isinstance(new, bool):
        return field if new else f"{field} off"
    if field == "key" and isinstance(old, int) and isinstance(new, int):
        return f"key {KEYS[old]} -> {KEYS[new]}"
    if isinstance(new, Signal):
        return f"{field} {_brief(new)}"
    if _short(old) and _short(new):
        return f"{field} {_brief(old)} -> {_brief(new)}"
    return field


def _short(value: Any) -> bool:
    return isinstance(value, int | float | str | Signal) and value != ""


def _brief(value: Any) -> str:
    if isinstance(value, Table):  # how what a function of the beat gives travels
        return "by a function"
    if isinstance(value, Signal):
        return f"{value.name}()"
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)


def _dataset(before: int, after: int, same: bool) -> Iterable[str]:
    return [] if same else [f"dataset {before} -> {after} rows" if before != after else "dataset"]


def _named(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Which of some things with names are new, other ones, or gone."""
    yield from (f"{what} {name}" for name, thing in after.items() if before.get(name) != thing)
    yield from (f"{what} {name} ended" for name in before if name not in after)
