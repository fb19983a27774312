"""OSC as scsynth reads it: supriya's messages and bundles, and a lean way to say the one thing said all the time."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache

from supriya.osc import BUNDLE_PREFIX, OscBundle, OscMessage

Datagram = bytes

ADD_TO_TAIL = 1


def message(*parts: object) -> Datagram:
    """One OSC message."""
    return OscMessage(*parts).to_datagram()  # type: ignore[arg-type]


def new_voice(name: str, node: int, group: int, out: int, controls: Mapping[str, float]) -> Datagram:
    """`/s_new` at the tail of a group: twenty times a second and more, so its names are packed once."""
    head, packed = _voice(name, tuple(controls))
    return head + packed.pack(
        node, ADD_TO_TAIL, group, *_interleaved(("out", *controls), (float(out), *controls.values()))
    )


def bundle(messages: Sequence[Datagram], seconds: float | None, *, live: bool = True) -> Datagram:
    """Messages done together at `seconds` of wall-clock time (of the score when not `live`), None: at once."""
    stamp = OscBundle._encode_date(seconds, realtime=live)
    return b"".join((BUNDLE_PREFIX, stamp, *(struct.pack(">i", len(each)) + each for each in messages)))


@lru_cache(maxsize=1024)
def _voice(name: str, controls: tuple[str, ...]) -> tuple[bytes, struct.Struct]:
    """The head of `/s_new` up to the name of the SynthDef, and how what follows is packed."""
    names = [_string(each) for each in ("out", *controls)]
    tags = _string(",siii" + "sf" * len(names))
    return _string("/s_new") + tags + _string(name), struct.Struct(">iii" + "".join(f"{len(each)}sf" for each in names))


@lru_cache(maxsize=1024)
def _names(names: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(_string(name) for name in names)


def _interleaved(names: tuple[str, ...], values: tuple[float, ...]) -> list[bytes | float]:
    return [part for pair in zip(_names(names), values, strict=True) for part in pair]


def _string(text: str) -> bytes:
    raw = text.encode("ascii") + b"\0"
    return raw + b"\0" * (-len(raw) % 4)
