"""Kits and patches written as Microtonic writes them: tabs, CRLF, every number with all its digits and its unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from deepsteps_live.files import write_whole
from deepsteps_live.music import Patch
from deepsteps_live.sound.kit import DRUM_HEADERS, KIT_HEADERS, Kit
from deepsteps_live.sound.machine_patterns import pattern_lines
from deepsteps_live.sound.patch_text import patch_lines, plain_number


def write_kit(kit: Kit, path: str | Path) -> None:
    """Write a kit to a `.mtpreset` file, whole or not at all. OSError leaves what was there."""
    write_whole(Path(path).expanduser(), kit_text(kit).encode())


def write_drum(patch: Patch, path: str | Path) -> None:
    """Write a drum patch to a `.mtdrum` file, whole or not at all. OSError leaves what was there."""
    write_whole(Path(path).expanduser(), drum_text(patch).encode())


def kit_text(kit: Kit) -> str:
    """A kit as the text of a `.mtpreset` file; `parse_kit` makes an equal kit of it."""
    return _text(f"{KIT_HEADERS[0]}: {{", _kit_lines(kit))


def drum_text(patch: Patch) -> str:
    """A drum patch as the text of a `.mtdrum` file; `parse_drum` makes an equal patch of it."""
    return _text(f"{DRUM_HEADERS[0]}: {{", (f"\t{line}" for line in patch_lines(patch)))


def _text(header: str, lines: Iterable[str]) -> str:
    return "".join(f"{line}\r\n" for line in (header, *lines, "}"))


def _kit_lines(kit: Kit) -> Iterator[str]:
    if kit.tempo is not None:
        yield f'\tTempo: "{plain_number(kit.tempo)} bpm"'
    yield f'\tPattern: "{kit.pattern}"'
    yield f'\tStepRate: "{kit.step_rate}"'
    yield f'\tSwing: "{_percent(kit.swing)}%"'
    yield f'\tFillRate: "{plain_number(kit.fill_rate)}x"'
    yield f'\tMastVol: "{plain_number(kit.level)} dB"'
    yield f"\tMutes: {{ {', '.join(_switch(mute) for mute in kit.mutes)} }}"
    yield "\tDrumPatches: {"
    for slot, patch in enumerate(kit.patches, start=1):
        if patch is not None:
            yield f'\t\t"{slot}": {{'
            yield from (f"\t\t\t{line}" for line in patch_lines(patch))
            yield "\t\t}"
    yield "\t}"
    yield from pattern_lines(kit.patterns)


def _percent(share: float) -> str:
    """0 to 1 as a percentage; the point moves in decimal, so that no bit is lost."""
    text = format(Decimal(repr(float(share))).scaleb(2), "f")
    return text if "." in text else f"{text}.0"


def _switch(on: bool) -> str:
    return '"On"' if on else '"Off"'
