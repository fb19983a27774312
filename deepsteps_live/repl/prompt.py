"""The prompt: a line editor on prompt_toolkit that runs blocks and never lets an error end the set."""

from __future__ import annotations

import codeop
import gc
import sys
import warnings
from collections.abc import Callable
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app_session
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.lexers import PygmentsLexer
from prompt_toolkit.patch_stdout import patch_stdout
from pygments.lexers.python import PythonLexer

from deepsteps_live import places, preferences
from deepsteps_live.repl.completion import NameCompleter
from deepsteps_live.repl.keys import key_times
from deepsteps_live.repl.learning_line import meter
from deepsteps_live.repl.panel import Panel, drawable
from deepsteps_live.repl.panel_bindings import panel_bindings
from deepsteps_live.repl.panel_styles import STYLE
from deepsteps_live.repl.signatures import with_signature
from deepsteps_live.repl.stage_door import Leave
from deepsteps_live.repl.toolbar import toolbar
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.mistakes import PROMPT, explained

REFRESH = 0.1  # seconds between looks at where the music is

HELLO = "deepsteps: play() starts, help() lists the words, Ctrl-D leaves"


def run_prompt(instrument: Instrument) -> None:
    """Read, run, print, until Ctrl-D. Above the line that is edited stands the panel, where it can be drawn."""
    panel = Panel(instrument, shown=preferences.value("panel"))
    mouse = preferences.value("mouse")
    able = drawable(get_app_session().output)
    session: PromptSession[str] = PromptSession(
        history=FileHistory(str(places.data_folder() / "history")),
        completer=NameCompleter(instrument),
        complete_while_typing=False,
        lexer=PygmentsLexer(PythonLexer),
        multiline=True,
        key_bindings=merge_key_bindings([_keys(), panel_bindings(panel)]) if able else _keys(),
        bottom_toolbar=with_signature(instrument, lambda: panel.toolbar() if able else toolbar(instrument)),
        refresh_interval=0 if able else REFRESH,
        mouse_support=Condition(lambda: able and panel.shown and mouse),
        style=STYLE,
        prompt_continuation=lambda width, line, wrapped: "." * (width - 1) + " ",
    )
    if able:
        session.layout.container = panel.container(session.layout.container)
        instrument.session.screen = panel
    gc.freeze()  # what stands here for good is not gone through again while keys wait
    print(HELLO)
    with patch_stdout(raw=True):
        instrument.session.tell = _tell
        instrument.session.keys = key_times
        instrument.session.meter = meter
        while True:
            try:
                text = session.prompt(">>> ", pre_run=panel.follow if able else None)
            except KeyboardInterrupt:  # the line is dropped, the music goes on
                continue
            except EOFError:
                return
            panel.hands.settle()
            run_block(instrument, text)


def run_block(instrument: Instrument, text: str, failed: Callable[[str], None] | None = None) -> None:
    """Run a block; an error is one line, printed or given to `failed`, and the set is as it was."""
    say = failed or _say
    if not text.strip():
        return
    try:
        instrument.run(text, PROMPT, show)
    except KeyboardInterrupt:
        say("stopped; the music goes on")
    except SystemExit:
        say("Ctrl-D leaves")
    except Leave:
        raise
    except BaseException as error:  # whatever is typed, the prompt and the music go on
        say(explained(error, instrument))


def complete(text: str) -> bool:
    """Whether a block can be run as it stands, rather than going on in the next line."""
    if "\n" in text and not text.endswith("\n") and text.rsplit("\n", 1)[1].strip():
        return not text.rsplit("\n", 1)[1].startswith((" ", "\t")) and _compiles(text)
    return _compiles(text)


def show(value: Any) -> None:
    """Print a value: text as it is, other things as Python shows them."""
    print(value if isinstance(value, str) else repr(value))


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _tell(text: str) -> None:
    print(f"* {text}", flush=True)


def _compiles(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return codeop.compile_command(text, PROMPT, "exec") is not None
        except (SyntaxError, ValueError, OverflowError):
            return True  # running it says what is wrong


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer: Buffer = event.current_buffer
        one_line = "\n" not in buffer.text
        at_end = not buffer.document.text_after_cursor.strip()
        if (one_line or at_end) and complete(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n" + _indent(buffer.document))

    @keys.add("tab")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if not buffer.document.current_line_before_cursor.strip():
            buffer.insert_text("    ")
        else:
            buffer.complete_next() if buffer.complete_state else buffer.start_completion(insert_common_part=True)

    return keys


def _indent(document: Document) -> str:
    line = document.current_line_before_cursor
    spaces = line[: len(line) - len(line.lstrip())]
    return spaces + "    " if line.rstrip().endswith(":") else spaces
