"""The user's settings and `startup.py` as a prompt begins: what is wrong in them is a line, and it goes on."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable

from deepsteps_live import preferences
from deepsteps_live.errors import BadInput, DeepstepsError
from deepsteps_live.files import write_whole
from deepsteps_live.session.commands import COMMANDS
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.mistakes import run_file

Tell = Callable[[str], None]

BEGINNING = ("kit", "tempo", "swing", "quant")  # of the settings, those that are the set's
DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def prefer(instrument: Instrument, tell: Tell) -> None:
    """Bring a set to what settings.toml says a prompt begins with."""
    chosen, wrong = preferences.written()
    for name in [name for name in BEGINNING if name in chosen]:
        try:
            _begin_with(instrument, name, chosen[name])
        except DeepstepsError as error:
            wrong.append(f"{preferences.settings_file()}: {error}")
    for line in wrong:
        tell(line)


def _begin_with(instrument: Instrument, name: str, value: object) -> None:
    if name == "kit":
        COMMANDS["kit"](instrument, value)
    else:
        instrument.namespace[name] = value


def start_up(instrument: Instrument, tell: Tell, *, joined: bool) -> None:
    """Run startup.py, if there is one. A prompt that `joined` what plays takes only definitions and imports of it."""
    path = preferences.startup_file()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        tell(f"{path} cannot be read as text: {error}")
        return
    try:
        run_file(instrument, definitions(text) if joined else text, str(path))
    except DeepstepsError as error:
        tell(str(error))
    except KeyboardInterrupt:
        tell(f"{path} was stopped")


def definitions(text: str) -> str:
    """The lines of a file that only define or import, every one where it was; the others are empty."""
    kept: set[int] = set()
    with contextlib.suppress(SyntaxError, ValueError):  # running it says what is wrong
        body = ast.parse(text).body
        taken = {line for node in body if not isinstance(node, DEFINES) for line in _lines(node)}
        kept = {line for node in body if isinstance(node, DEFINES) for line in _lines(node)} - taken
        return "\n".join(line if number in kept else "" for number, line in enumerate(text.split("\n"), 1))
    return text


def _lines(node: ast.stmt) -> range:
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
    return range(first, (node.end_lineno or node.lineno) + 1)


def settings_said(*, write: bool) -> str:
    """The example of settings.toml with its place; `write` puts it there. BadInput when there is one already."""
    path = preferences.settings_file()
    if not write:
        hint = "" if path.exists() else ": not there yet, `deepsteps settings --write` puts this there"
        return f"# {path}{hint}\n{preferences.example()}"
    if path.exists():
        raise BadInput(f"{path} is there already; edit it, or remove it first")
    try:
        write_whole(path, preferences.example().encode())
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from None
    return f"{path}\n"
