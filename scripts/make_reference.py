"""Writes docs/reference.md from the tables that help() reads: `python -m scripts.make_reference`.

To add a chapter: a row in CHAPTERS, with the function that gives its lines.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from deepsteps_live import preferences, sound
from deepsteps_live.model import STYLES
from deepsteps_live.music import KEYS, RATES, SCALES
from deepsteps_live.music.signals import SIGNALS
from deepsteps_live.repl import command_line
from deepsteps_live.repl.panel_keys import KEY_TABLE
from deepsteps_live.session.commands import COMMANDS, VALUES
from deepsteps_live.session.help import LATENT, SOUND
from deepsteps_live.session.settings import LATENT_NAMES, SET_SETTINGS, TRACK_SETTINGS
from deepsteps_live.session.tracks import TRACK_METHODS

PAGE = Path(__file__).parent.parent / "docs" / "reference.md"
HIDDEN = ("instrument", "self", "handle")  # parameters that nobody types

Lines = Iterable[str]

OPENING = """# Reference

Every word of the instrument, from the tables that `help()` reads. `python -m scripts.make_reference` writes this page;
[guide.md](guide.md) goes by task.
"""


def table(head: str, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A table: its head as "word | does", and its rows."""
    yield f"| {head} |"
    yield "|" + "---|" * len(head.split(" | "))
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def words(found: dict[str, Any], before: str = "") -> Iterator[str]:
    """Functions: how each is called, and what its docstring says."""
    for name, function in found.items():
        first, _, rest = (inspect.getdoc(function) or "").partition("\n")
        yield f"- `{before}{name}{arguments(function)}`: {first}"
        if more := " ".join(rest.split()):
            yield f"  {more}"


def arguments(function: Any) -> str:
    """What is typed between the brackets, without types: `(file, bars=4)`."""
    found = inspect.signature(function)
    kept = [each.replace(annotation=inspect.Parameter.empty) for each in found.parameters.values()]
    bare = found.replace(
        parameters=[each for each in kept if each.name not in HIDDEN], return_annotation=inspect.Signature.empty
    )
    return re.sub(r"<.*?>", "...", str(bare))


def set_settings() -> Lines:
    """`tempo = 126` and its like."""
    rows = [(f"`{name}`", row.help) for name, row in SET_SETTINGS.items()]
    return table("setting | is", [*rows, (f"`{' '.join(LATENT_NAMES)}`", LATENT)])


def track_settings() -> Lines:
    """`kick.level = -6` and its like."""
    rows = [(f"`{name}`", row.help) for name, row in TRACK_SETTINGS.items()]
    return table("setting | is", [*rows, ("`sound`", SOUND)])


def sounds() -> Lines:
    """The parameters of every synth."""
    yield "Turned by `kick.sound.NAME = ...`; of a drum also " + ", ".join(
        f"`{short}` ({name})" for short, name in sound.ALIASES.items()
    )
    for synth, rows in sound.PARAMETERS.items():
        yield from ("", f"### {synth}", "")
        yield from table("parameter | range | in a fresh sound", (parameter(row) for row in rows))


def parameter(row: Any) -> tuple[str, str, str]:
    """A parameter's name, its range or choices, and where it starts."""
    if row.choices:
        return f"`{row.name}`", ", ".join(row.choices), str(row.start)
    ranges = ", or ".join(dict.fromkeys(law.range() for law in row.laws))
    return f"`{row.name}`", ranges + (f" by `{row.by}`" if row.by else ""), f"{row.start:g}"


def signals() -> Lines:
    """What moves by itself."""
    yield from words({name: VALUES[name] for name in SIGNALS if name in VALUES})
    yield "- a function of your own: `a = lambda beat: ...`; of a pattern `kick.pattern = lambda bar: ...`"


def scales() -> Lines:
    """Scales and keys."""
    yield from table("scale | semitones", ((f"`{name}`", " ".join(map(str, tones))) for name, tones in SCALES.items()))
    yield from ("", f"Keys: {', '.join(KEYS)}, flats as Bb. Rates: {', '.join(RATES)}.")


def styles() -> Lines:
    """Those of train()."""
    return table("style | what the sliders do", ((f"`{name}`", row.line) for name, row in STYLES.items()))


def keys() -> Lines:
    """Those of the panel."""
    return table("key | does", KEY_TABLE)


def lines() -> Lines:
    """The command line, with every option."""
    yield "- `deepsteps`: boot everything, open the prompt; `--pipe`, `--echo`, `--server HOST:PORT`"
    for name, (_, about, options) in command_line.COMMANDS.items():
        yield f"- `deepsteps {name}`: {about}"
        for flags, settings in options:
            typed = " ".join(filter(None, (flags[0] if flags[0].startswith("-") else "", settings.get("metavar", ""))))
            yield f"  - `{typed or flags[0]}` {settings.get('help', '')}".rstrip()


def preferred() -> Lines:
    """settings.toml."""
    rows = ((f"`{name}`", str(row.default), row.help) for name, row in preferences.TABLE.items())
    return table("setting | without it | is", rows)


CHAPTERS: tuple[tuple[str, Callable[[], Lines]], ...] = (
    ("Commands", lambda: words(COMMANDS)),
    ("Values", lambda: words(VALUES)),
    ("Settings of the set", set_settings),
    ("Settings of a track", track_settings),
    ("What a track does", lambda: words(TRACK_METHODS, "kick.")),
    ("Sound parameters", sounds),
    ("Signals", signals),
    ("Scales, keys, rates", scales),
    ("Styles of training", styles),
    ("Keys of the panel", keys),
    ("Command line", lines),
    ("settings.toml", preferred),
)


def reference() -> str:
    """The page."""
    chapters = ("\n".join([f"\n## {title}\n", *lines_of()]) for title, lines_of in CHAPTERS)
    return OPENING + "\n".join(chapters) + "\n"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
