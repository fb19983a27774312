"""`%load_ext deepsteps_live`: the instrument in IPython and Jupyter, on the engine that plays or on a new one.

The shell's own namespace becomes one in which assignment to a bound name is a command, so that cells, functions made in
them, magics and completion all see the same names. Each cell is one block: one step of undo, and no change at all when
it fails.
"""

from __future__ import annotations

import atexit
import contextlib
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

from deepsteps_live.errors import DeepstepsError
from deepsteps_live.repl.notebook_display import Said, formatters
from deepsteps_live.session.instrument import Command, Instrument
from deepsteps_live.session.mistakes import explained
from deepsteps_live.session.namespace import Bound, Namespace
from deepsteps_live.session.opening import instrument_at_prompt
from deepsteps_live.session.stage import Stage

IN_ONE_LINE = (DeepstepsError, NameError, KeyboardInterrupt)  # errors shown without a traceback

Stack = list[tuple[Any, AbstractContextManager[None]]]


def load(shell: Any) -> None:
    """Take part in the music that plays, or start an engine; the names of the prompt are bound in `shell`."""
    stage = Stage()
    notebook = Notebook(shell, instrument_at_prompt(stage, _tell), stage.leave)
    shell.deepsteps = notebook
    atexit.register(notebook.leave_stage)
    _tell("joined the engine that is already here" if stage.found else "play() starts, help() lists the words")


def unload(shell: Any) -> None:
    """Give the names back, and leave the engine."""
    notebook: Notebook = shell.deepsteps
    notebook.give_back()
    notebook.leave_stage()
    atexit.unregister(notebook.leave_stage)
    del shell.deepsteps


class CellNamespace(Namespace):
    """The prompt's namespace as a shell needs it: bound names are in it, and commands say text as text."""

    def __init__(self, instrument: Instrument) -> None:
        super().__init__(_spoken(instrument), instrument.names)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and self._find(name) is not None)

    def get(self, name: str, default: Any = None) -> Any:
        """What is typed as `name`, or `default`."""
        try:
            return self[name]
        except KeyError:
            return default

    def take(self, names: dict[str, Any]) -> dict[str, Any]:
        """Have these names too; those that the instrument has already are given back."""
        taken = {name: value for name, value in names.items() if self._find(name) is not None}
        self.update({name: value for name, value in names.items() if name not in taken})
        return taken


def _spoken(instrument: Instrument) -> Callable[[str], Bound | None]:
    def find(name: str) -> Bound | None:
        bound = instrument.find(name)
        return bound and Bound(lambda: _speaking(bound.get()), bound.set, bound.help)

    return find


def _speaking(value: Any) -> Any:
    return _Speaking(value) if isinstance(value, Command) else value


class _Speaking:
    """A command whose text is shown as text, not in quotes with its line ends spelt out."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self.__name__ = command.__name__
        self.__doc__ = command.__doc__

    def __call__(self, *values: Any, **named: Any) -> Any:
        found = self._command(*values, **named)
        return Said(found) if isinstance(found, str) else found

    def __repr__(self) -> str:
        return repr(self._command)


class Notebook:
    """An instrument in a shell, and what the shell had before."""

    def __init__(self, shell: Any, instrument: Instrument, leave: Callable[[], None]) -> None:
        self.shell = shell
        self.instrument = instrument
        self.leave_stage = leave
        self._running: Stack = []
        self._module, self._names = shell.user_module, shell.user_ns
        self._errors = shell.custom_exceptions, shell.CustomTB
        self.namespace = CellNamespace(instrument)
        self._hidden = self.namespace.take(self._names)
        self.namespace.take({name: value for name, value in instrument.namespace.items() if not name.startswith("__")})
        instrument.namespace = self.namespace
        self._put(*shell.prepare_user_module(None, self.namespace))
        shell.set_custom_exc(IN_ONE_LINE, self._show)
        for name, call in self._events().items():
            shell.events.register(name, call)
        self._formatters(lambda formatter, kind, call: formatter.for_type(kind, call))
        self._matcher = _matcher(instrument)
        shell.Completer.custom_matchers.append(self._matcher)
        if self._hidden:
            names = ", ".join(sorted(self._hidden))
            _tell(f"your {names} give way to the instrument's; %unload_ext deepsteps_live brings them back")

    def give_back(self) -> None:
        """Everything in the shell as it was, with the names that were made since."""
        self._names.update({**self.namespace, **self._hidden})
        self._put(self._module, self._names)
        self.shell.custom_exceptions, self.shell.CustomTB = self._errors
        for name, call in self._events().items():
            self.shell.events.unregister(name, call)
        self._formatters(lambda formatter, kind, call: formatter.pop(kind, None))
        self.shell.Completer.custom_matchers.remove(self._matcher)

    def begin(self, info: Any) -> None:
        """A cell begins: its edits are one change."""
        block = self.instrument.session.block()
        block.__enter__()
        self._running.append((info, block))

    def end(self, result: Any) -> None:
        """A cell has ended: what it changed holds when nothing was raised."""
        if not self._running or (result is not None and self._running[-1][0] is not result.info):
            return  # an empty cell, which does not begin
        _, block = self._running.pop()
        error = KeyboardInterrupt() if result is None else result.error_before_exec or result.error_in_exec
        try:
            with _as_block(block):
                if error is not None:
                    self.namespace.forget()
                    raise error
                self._settle()
        except BaseException as found:
            if found is not error:
                self._show(self.shell, type(found), found, found.__traceback__)
                result.error_in_exec = found

    def _settle(self) -> None:
        try:
            self.namespace.settle()
        finally:
            self.namespace.forget()

    def _show(
        self, shell: Any, kind: type[BaseException], error: BaseException, trace: TracebackType | None, **_: Any
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            text = "stopped; the music goes on"
        else:
            text = explained(error, self.instrument)
            walked = [line for frame, line in traceback.walk_tb(trace) if frame.f_globals is self.namespace]
            text += f" (line {walked[-1]})" if walked and walked[-1] > 1 else ""
        shell._showtraceback(kind, error, [text])

    def _put(self, module: Any, names: dict[str, Any]) -> None:
        shell = self.shell
        shell.user_module, shell.user_ns = module, names
        shell.ns_table.update({"user_global": names, "user_local": names})
        sys.modules["__main__"] = module
        shell.set_completer_frame()

    def _events(self) -> dict[str, Callable[[Any], None]]:
        return {"pre_run_cell": self.begin, "post_run_cell": self.end}

    def _formatters(self, put: Callable[[Any, type, Callable[..., Any]], Any]) -> None:
        for mime, kind, call in formatters():
            put(self.shell.display_formatter.formatters[mime], kind, call)


@contextlib.contextmanager
def _as_block(block: AbstractContextManager[None]) -> Iterator[None]:
    """The rest of a block that was entered elsewhere."""
    try:
        yield
    except BaseException as error:
        block.__exit__(type(error), error, error.__traceback__)
        raise
    block.__exit__(None, None, None)


def _matcher(instrument: Instrument) -> Callable[[Any], dict[str, Any]]:
    """The prompt's completion for IPython's completer."""
    from IPython.core.completer import SimpleCompletion, context_matcher
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from deepsteps_live.repl.completion import NameCompleter

    completer = NameCompleter(instrument)

    def deepsteps(context: Any) -> dict[str, Any]:
        """Names of the instrument."""
        before = context.text_until_cursor
        found = list(completer.get_completions(Document(before), CompleteEvent()))
        start = min((completion.start_position for completion in found), default=0)
        return {
            "completions": [SimpleCompletion(completion.text, type="deepsteps") for completion in found],
            "matched_fragment": before[len(before) + start :],
        }

    marked: Callable[[Any], dict[str, Any]] = context_matcher()(deepsteps)
    return marked


def _tell(text: str) -> None:
    print(f"* {text}", flush=True)
