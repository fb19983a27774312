"""Writes docs/osc.md from the tables that OSC messages go through: `python -m scripts.make_osc_table`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from deepsteps_live.engine.feedback import FEEDBACK
from deepsteps_live.outputs.osc_door import LOCAL, PORT
from deepsteps_live.session.controls import RANGES
from deepsteps_live.session.osc import NAMED, WORDS
from deepsteps_live.session.settings import LATENT_NAMES, SET_SETTINGS, TRACK_SETTINGS
from scripts.make_reference import table

PAGE = Path(__file__).parent.parent / "docs" / "osc.md"

OPENING = f"""# OSC

The engine listens for OSC at UDP port {PORT} of this machine ({LOCAL}; the next free port when it is taken,
`doctor` and the state say which). `deepsteps --osc 0.0.0.0:{PORT}`, or `osc` in settings.toml, lets the network in.
Bundles with a time tag act when they are due. A message that is wrong changes nothing; one line a second says what
would be right, to the performer and as `/error` to its sender. Nothing that comes in is ever evaluated, and no
message names a file. `python -m scripts.make_osc_table` writes this page.
"""

KINDS = {"number": "number", "whole": "whole number", "switch": "0 or 1"}


def span(name: str) -> str:
    found = RANGES[name]
    return KINDS[found.kind] if found.kind == "switch" else f"{KINDS[found.kind]}, {found.least:g} to {found.most:g}"


def controls() -> Iterator[tuple[str, str, str]]:
    for name, setting in SET_SETTINGS.items():
        if name in RANGES:
            yield f"`/{name}`", span(name), setting.help
    for name in LATENT_NAMES:
        yield f"`/latent/{name}`", "number, -100 to 100", "a latent of the track in focus, in units of the data"
    yield "`/tolerance`", span("tolerance"), TRACK_SETTINGS["tolerance"].help
    for name in NAMED:
        yield f"`/{name}`", "word", SET_SETTINGS[name].help
    for name, setting in TRACK_SETTINGS.items():
        if name in RANGES:
            yield f"`/track/NAME/{name}`", span(name), setting.help
    for name in LATENT_NAMES:
        yield f"`/track/NAME/latent/{name}`", "number, -100 to 100", "a latent of that track"
    for name in (*NAMED, "pattern"):
        yield f"`/track/NAME/{name}`", "word", TRACK_SETTINGS[name].help
    yield (
        "`/track/NAME/sound/PARAMETER`",
        "number, in its own unit",
        "any number of `NAME.sound`; `kick.sound` lists them",
    )


def page() -> str:
    words = ((f"`{address}`", " ".join(word.takes), word.help) for address, word in WORDS.items())
    told = ((f"`{address}`", types, help) for address, (types, help) in FEEDBACK.items())
    following = (
        ("`/subscribe`", "port?", "tell the sender, or that port of its host, what changes, up to 20 times a second"),
        ("`/unsubscribe`", "port?", "no more"),
    )
    chapters = (
        ("Controls", table("address | value | sets", controls())),
        ("Words", table("address | values | does", words)),
        ("Following along", table("address | values | does", following)),
        ("What subscribers are told", table("address | types | says", told)),
    )
    return "\n".join([OPENING, *(line for name, rows in chapters for line in (f"## {name}", "", *rows, ""))])


if __name__ == "__main__":
    PAGE.write_text(page())
