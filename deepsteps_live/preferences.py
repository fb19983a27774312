"""What the user prefers: `settings.toml` and `startup.py` in a folder of her own. One table says what can be set.

To add a setting: its row in TABLE, with its default, what is right, and its help; then read it with `value("name")`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from deepsteps_live.errors import BadInput, no_such, number, whole

Check = Callable[[str, Any], Any]  # (name, value as written) -> the value, or BadInput


@dataclass(frozen=True, slots=True)
class Preference:
    """A setting: what it is without the file, what it may be, and one line of help."""

    default: Any
    check: Check
    help: str


def _number(low: float, high: float) -> Check:
    return lambda name, value: number(name, value, low, high)


def _whole(low: int, high: int) -> Check:
    return lambda name, value: whole(name, value, low, high)


def _switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadInput(f"{name} is true or false, not {value!r:.40}")
    return value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadInput(f'{name} is a text in quotes, {name} = "...", not {value!r:.40}')
    return value


def _one_of(*choices: int) -> Check:
    def check(name: str, value: Any) -> int:
        if isinstance(value, bool) or value not in choices:
            raise BadInput(f"{name} is one of {', '.join(map(str, choices))}, not {value!r:.40}")
        return int(value)

    return check


def _server(name: str, value: Any) -> str:
    _, colon, port = _text(name, value).rpartition(":")
    if value and not (colon and port.isdigit() and 1 <= int(port) <= 65_535):
        raise BadInput(f'{name} is HOST:PORT, such as "127.0.0.1:57110", not "{value}"')
    return str(value)


TABLE: dict[str, Preference] = {
    "tempo": Preference(112.0, _number(1, 999), "tempo in bpm with which the prompt begins"),
    "swing": Preference(0.08, _number(0, 1), "swing with which it begins, 0 to 1"),
    "quant": Preference(1, _whole(0, 64), "bars: patterns land on the next multiple; 0 is now"),
    "kit": Preference("default", _text, "the kit with which it begins, by name or file"),
    "panel": Preference(True, _switch, "whether the panel is drawn above the prompt"),
    "mouse": Preference(True, _switch, "whether the panel takes the mouse; false leaves it to the terminal"),
    "rate": Preference(48_000, _one_of(44_100, 48_000, 88_200, 96_000, 192_000), "sample rate of a JACK that we start"),
    "period": Preference(256, _one_of(32, 64, 128, 256, 512, 1024, 2048, 4096), "its block, in frames"),
    "server": Preference("", _server, 'a scsynth that already runs, "127.0.0.1:57110"; empty: one of our own'),
    "osc": Preference("", _server, 'where OSC comes in, "0.0.0.0:57130" for the whole network; empty: this machine'),
}


def folder() -> Path:
    """Where `settings.toml` and `startup.py` are looked for: `DEEPSTEPS_CONFIG`, else the system's own place."""
    chosen = os.environ.get("DEEPSTEPS_CONFIG")
    return Path(chosen).expanduser() if chosen else user_config_path("deepsteps", appauthor=False)


def settings_file() -> Path:
    """The settings."""
    return folder() / "settings.toml"


def startup_file() -> Path:
    """Statements that are run when the prompt starts."""
    return folder() / "startup.py"


def written() -> tuple[dict[str, Any], list[str]]:
    """What the file sets, checked, and a line for each thing in it that is wrong, which is left out."""
    path = settings_file()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, []
    except (OSError, ValueError) as error:  # no TOML, or no text
        return {}, [f"{path}: {' '.join(str(error).split())}; no setting is taken from it"]
    right: dict[str, Any] = {}
    wrong: list[str] = []
    for name, value in found.items():
        try:
            right[name] = _checked(name, value)
        except BadInput as error:
            wrong.append(f"{path}: {error}")
    return right, wrong


def value(name: str) -> Any:
    """A setting as the file has it, or its default."""
    return written()[0].get(name, TABLE[name].default)


def example() -> str:
    """A settings.toml that sets nothing yet: every setting with its help, its default commented out."""
    rows = (f"# {row.help}\n# {name} = {_as_toml(row.default)}\n" for name, row in TABLE.items())
    return "\n".join(("# Settings of deepsteps. Take away a # to change one.\n", *rows))


def table() -> str:
    """The settings as a table in Markdown, as it stands in the README."""
    rows = (f"| `{name} = {_as_toml(row.default)}` | {row.help} |" for name, row in TABLE.items())
    return "\n".join(("| setting | is |", "|---|---|", *rows))


def _checked(name: str, value: Any) -> Any:
    if name not in TABLE:
        raise no_such("setting", name, TABLE)
    return TABLE[name].check(name, value)


def _as_toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"
