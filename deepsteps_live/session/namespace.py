"""The names at the prompt: a dict used as globals, in which assignment to a bound name is a command.

CPython calls `__setitem__` of a dict subclass for assignments at top level and `__missing__` for names that
are not in the dict, so bound names never lie in the dict itself. `global tempo; tempo = 130` inside a function
does not go through `__setitem__`; `settle()` finds what it left and acts on it.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from deepsteps_live.errors import BadInput


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound name: how to read it, how to assign it (None: it cannot be), and what help says of it."""

    get: Callable[[], Any]
    set: Callable[[Any], None] | None
    help: str


class Namespace(dict[str, Any]):
    """Globals for what is typed. `find(name)` gives the Bound of a name, or None."""

    def __init__(self, find: Callable[[str], Bound | None], names: Callable[[], Iterator[str]]) -> None:
        super().__init__(__builtins__=builtins, __name__="deepsteps")
        self._find = find
        self._names = names

    def __setitem__(self, name: str, value: Any) -> None:
        bound = self._find(name)
        if bound is None:
            super().__setitem__(name, value)
        elif bound.set is None:
            raise BadInput(f"{name} is {bound.help}; choose another name")
        else:
            bound.set(value)

    def __missing__(self, name: str) -> Any:
        bound = self._find(name)
        if bound is None:
            raise KeyError(name)
        return bound.get()

    def settle(self) -> None:
        """Act on assignments to bound names that a function made with `global`."""
        for name, value in self.forget().items():
            self[name] = value

    def forget(self) -> dict[str, Any]:
        """Take out what a function assigned to bound names with `global`, without acting on it."""
        return {name: super(Namespace, self).pop(name) for name in list(self) if self._find(name) is not None}

    def known(self) -> list[str]:
        """All names that can be typed, bound ones and the performer's own."""
        return sorted({*self._names(), *(name for name in self if not name.startswith("__"))})
