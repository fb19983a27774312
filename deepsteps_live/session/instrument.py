"""The instrument as it is typed: names bound to tracks, settings and commands, and the blocks that use them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

from deepsteps_live.music import Pattern, pattern_at
from deepsteps_live.session.answering import Answer
from deepsteps_live.session.commands import COMMANDS, VALUES
from deepsteps_live.session.functions import Functions
from deepsteps_live.session.gear import TAKES_PLACES
from deepsteps_live.session.help import asked, help_text
from deepsteps_live.session.midi_in import MidiIn
from deepsteps_live.session.namespace import Bound, Namespace
from deepsteps_live.session.osc import OscIn
from deepsteps_live.session.running import Waiting
from deepsteps_live.session.session import Session
from deepsteps_live.session.settings import FOCUS_NAMES, SET_SETTINGS, set_fields
from deepsteps_live.session.tour import Tour
from deepsteps_live.session.tracks import TrackHandle
from deepsteps_live.session.training import Trainer


class Instrument:
    """A session with the words of the prompt."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.functions = Functions(
            lambda: session.block(remembered=False, whole=True), lambda text: session.tell(text), lambda: session.beat()
        )
        session.functions = self.functions
        self.trainer = Trainer()
        self.midi_in = MidiIn(self)
        session.on_midi = self.midi_in.heard
        self.osc_in = OscIn(self)
        self.osc_in.reply = lambda to, text: session.ask("reply", to=list(to), text=text)
        session.on_osc = self.osc_in.heard
        self.answers: dict[str, Answer] = {}
        self.waiting: dict[str, Waiting] = {}  # recordings of what is played in, by name
        self.tour = Tour(self)
        self.namespace = Namespace(self.find, self.names)

    def track(self, name: str) -> TrackHandle:
        """The track of that name, or BadInput."""
        return TrackHandle(self, self.session.live_set.track(name).name)

    def pattern(self, name: str) -> Pattern:
        """What a track plays now: its pattern, or what its model makes of its latents at this beat."""
        live_set = self.session.live_set
        return pattern_at(live_set, live_set.track(name), self.session.beat() or 0.0, self.session.models.decode)

    def run(self, text: str, name: str = "<prompt>", show: Callable[[Any], None] | None = None) -> None:
        """Run a block of statements; the value of a last expression goes to `show`. What it raises changes nothing."""
        body, last = _compiled(asked(text), name, split=show is not None)
        with self.session.block():
            try:
                exec(body, self.namespace)
                value = eval(last, self.namespace) if last is not None else None
                self.namespace.settle()
            finally:
                self.namespace.forget()
        if value is not None and show is not None:
            show(value)
        self.tour.look()

    def find(self, name: str) -> Bound | None:
        """The bound name, or None: commands, values, settings, latents of the focused track, tracks."""
        if name in COMMANDS:
            return Bound(lambda: Command(self, name), None, "a command of the instrument")
        if name in VALUES:
            return Bound(lambda: VALUES[name], None, "a word of the instrument")
        if name == "dataset":
            return Bound(lambda: self.session.dataset, None, "what a model learns from; capture() and drop() change it")
        if name in SET_SETTINGS:
            return Bound(lambda: getattr(self.session.live_set, name), self._setter(name), SET_SETTINGS[name].help)
        if name in FOCUS_NAMES:
            return Bound(
                lambda: getattr(self._focus(), name), self._focus_setter(name), f"{name} of the track in focus"
            )
        if any(track.name == name for track in self.session.live_set):
            return Bound(lambda: self.track(name), None, f'a track; change what it plays: {name}.pattern = "x---"')
        return None

    def names(self) -> Iterator[str]:
        """All bound names."""
        yield from COMMANDS
        yield from VALUES
        yield from SET_SETTINGS
        yield from FOCUS_NAMES
        yield "dataset"
        yield from (track.name for track in self.session.live_set)

    def _focus(self) -> TrackHandle:
        return self.track(self.session.live_set.focus)

    def _setter(self, name: str) -> Callable[[Any], None]:
        def put(value: Any) -> None:
            self.session.edit(lambda live_set: live_set.but(**set_fields(name, value, live_set)))

        return lambda value: self.functions.assign(name, value, SET_SETTINGS[name].moves, put)

    def _focus_setter(self, name: str) -> Callable[[Any], None]:
        return lambda value: setattr(self._focus(), name, value)


def _compiled(text: str, name: str, *, split: bool) -> tuple[CodeType, CodeType | None]:
    """A block's statements, and apart from them its last expression when it is to be shown."""
    tree = ast.fix_missing_locations(_Places().visit(ast.parse(text, name)))
    last = None
    if split and tree.body and isinstance(tree.body[-1], ast.Expr):
        final = tree.body.pop()
        assert isinstance(final, ast.Expr)
        last = compile(ast.Expression(final.value), name, "eval")
    return compile(tree, name, "exec"), last


class _Places(ast.NodeTransformer):
    """In learn(kick.level) the place itself is meant, not the number that stands there."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in TAKES_PLACES and node.args:
            place = node.args[0]
            if isinstance(place, ast.Name | ast.Attribute):
                node.args[0] = ast.Constant(ast.unparse(place))
        return node


class Command:
    """A command bound to its instrument; typed without its brackets it says what to type."""

    def __init__(self, instrument: Instrument, name: str) -> None:
        self._instrument = instrument
        self.__name__ = name
        self.__doc__ = COMMANDS[name].__doc__

    def __call__(self, *values: Any, **named: Any) -> Any:
        return COMMANDS[self.__name__](self._instrument, *values, **named)

    def __repr__(self) -> str:
        return help_text(self._instrument, self.__name__)
