"""The one codec: a LiveSet as JSON, on the wire and on disk.

A document is {"format": 1, "set": {...}, "scenes": {name: {...}}, "arrays": {content hash: base64 of .npz bytes}};
models travel in `arrays`, once; `scenes` are sets that were put by, saved but not played. Nothing read here is ever
executed, and all that is read is checked.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from typing import Any, TypeVar

from deepsteps_live.errors import BadInput, no_such
from deepsteps_live.music.gear import MidiIn, MidiOut
from deepsteps_live.music.groove import Groove
from deepsteps_live.music.live_set import LiveSet, Patch, Track
from deepsteps_live.music.pattern import Pattern
from deepsteps_live.music.signals import SIGNALS, Signal

FORMAT = 1

Data = dict[str, Any]
T = TypeVar("T")


def dumps(
    live_set: LiveSet, arrays: Mapping[str, bytes] | None = None, scenes: Mapping[str, LiveSet] | None = None
) -> str:
    """The document of a set, the scenes that are kept with it, and the arrays that they need, as JSON text."""
    document: Data = {"format": FORMAT, "set": to_data(live_set)}
    if scenes:
        document["scenes"] = {name: to_data(scene) for name, scene in scenes.items()}
    if arrays:
        document["arrays"] = {name: base64.b64encode(content).decode() for name, content in arrays.items()}
    return json.dumps(document, allow_nan=False, separators=(",", ":"))


def loads(text: str | bytes, name: str = "the set") -> tuple[LiveSet, dict[str, bytes]]:
    """The set and the arrays of a document; BadInput names the place that is wrong."""
    live_set, arrays, _ = loads_with_scenes(text, name)
    return live_set, arrays


def loads_with_scenes(text: str | bytes, name: str = "the set") -> tuple[LiveSet, dict[str, bytes], dict[str, LiveSet]]:
    """The set, the arrays and the scenes of a document; BadInput names the place that is wrong."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name} is not a saved set: {_one_line(error)}") from None
    kept = _checked(document, name, {"format": int, "set": dict}, {"arrays": dict, "scenes": dict})
    if kept["format"] != FORMAT:
        raise BadInput(f"{name} has format {kept['format']}; this version reads format {FORMAT}")
    arrays = {hashed: _bytes(content, hashed, name) for hashed, content in kept.get("arrays", {}).items()}
    scenes = {word: from_data(scene, f"{name}: scene {word}") for word, scene in kept.get("scenes", {}).items()}
    return from_data(kept["set"], name), arrays, scenes


def to_data(live_set: LiveSet) -> Data:
    """A LiveSet as plain JSON values."""
    data = _plain(live_set)
    data["tracks"] = [_plain(track) for track in live_set.tracks]
    return data


def from_data(data: object, where: str = "the set") -> LiveSet:
    """The LiveSet of plain JSON values, whole and checked, or BadInput naming the place."""
    kept = {
        name: _signal(value, f"{where}: {name}") if isinstance(value, dict) else value
        for name, value in _known(data, where, LiveSet).items()
    }
    tracks = kept.pop("tracks", [])
    if "clock_out" in kept:
        kept["clock_out"] = _tuple(kept["clock_out"], f"{where}: clock_out")
    if not isinstance(tracks, list):
        raise BadInput(f"{where}: tracks is a list, not {type(tracks).__name__}")
    made = tuple(_track(track, f"{where}: track {place}") for place, track in enumerate(tracks, start=1))
    return _make(where, LiveSet, **kept, tracks=made)


def pattern_to_data(pattern: Pattern) -> Data:
    """A pattern as JSON values: hits, velocities, offsets, probabilities, and where it has rolls its ratchets."""
    lanes = {field.name: list(getattr(pattern, field.name)) for field in fields(pattern)}
    if set(lanes["ratchets"]) == {1.0}:
        del lanes["ratchets"]
    return lanes


def pattern_from_data(data: object, where: str) -> Pattern:
    """The pattern of plain JSON values, checked, or BadInput naming the place."""
    kept = _known(data, where, Pattern)
    return _make(where, Pattern, **{name: _tuple(value, f"{where}: {name}") for name, value in kept.items()})


def signal_to_data(signal: Signal) -> Data:
    """A signal as {"signal": its name, ...its fields}."""
    return {"signal": signal.name, **{field.name: _value(getattr(signal, field.name)) for field in fields(signal)}}


def _plain(thing: LiveSet | Track) -> Data:
    return {field.name: _value(getattr(thing, field.name)) for field in fields(thing)}


def _value(value: Any) -> Any:
    if isinstance(value, Signal):
        return signal_to_data(value)
    if isinstance(value, Pattern):
        return pattern_to_data(value)
    if isinstance(value, Groove | MidiOut | MidiIn):
        return {field.name: _value(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Patch):
        return {"synth": value.synth, "name": value.name, "values": dict(value.values)}
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return value


def _track(data: object, where: str) -> Track:
    kept = _known(data, where, Track)
    read: dict[str, Callable[[Any, str], Any]] = {
        "pattern": pattern_from_data,
        "sound": _patch,
        "toward": _patch,
        "groove": _groove,
        "latents": _tuple,
        "tolerance": _signal,
        "pitches": _tuple,
        "level": _signal,
        "pan": _signal,
        "reverb": _signal,
        "delay": _signal,
        "morph": _signal,
        "midi": partial(_places, kind=MidiOut),
        "keys": partial(_places, kind=MidiIn),
        "cc": _pairs,
        "bend": _signal,
    }
    values = {
        name: read[name](value, f"{where}: {name}") if name in read and value is not None else value
        for name, value in kept.items()
    }
    return _make(where, Track, **values)


def _patch(data: Any, where: str) -> Patch:
    kept = _checked(data, where, {"synth": str, "name": str, "values": dict}, {})
    return _make(where, Patch, kept["synth"], kept["name"], tuple(kept["values"].items()))


def _groove(data: Any, where: str) -> Any:
    if not isinstance(data, dict):
        return data
    kept = _known(data, where, Groove)
    return _make(
        where, Groove, **{name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    )


def _places(data: Any, where: str, kind: type[Any]) -> tuple[Any, ...]:
    return tuple(_make(where, kind, **_known(place, where, kind)) for place in _tuple(data, where, raw=True))


def _pairs(data: Any, where: str) -> tuple[Any, ...]:
    return tuple(_tuple(pair, where) for pair in _tuple(data, where))


def _tuple(data: Any, where: str, *, raw: bool = False) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise BadInput(f"{where} is a list, not {type(data).__name__}")
    return tuple(data if raw else (_signal(item, where) for item in data))


def _signal(data: Any, where: str) -> Any:
    if not isinstance(data, dict):
        return data
    kind = data.get("signal")
    if not isinstance(kind, str) or kind not in SIGNALS:
        raise BadInput(f"{where}: {no_such('signal', kind, SIGNALS)}")
    kept = _known({name: value for name, value in data.items() if name != "signal"}, where, SIGNALS[kind])
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return _make(where, SIGNALS[kind], **values)


def _known(data: object, where: str, kind: type[Any]) -> Data:
    """The fields of a dataclass, all known by name."""
    if not isinstance(data, dict):
        raise BadInput(f"{where} is an object, not {type(data).__name__}")
    known = {field.name for field in fields(kind)}
    for name in data:
        if name not in known:
            raise BadInput(f"{where}: {no_such('field', name, sorted(known))}")
    return dict(data)


def _checked(data: object, where: str, needed: Mapping[str, type], allowed: Mapping[str, type]) -> Data:
    if not isinstance(data, dict):
        raise BadInput(f"{where} is an object, not {type(data).__name__}")
    for name, kind in {**needed, **allowed}.items():
        if name in needed and name not in data:
            raise BadInput(f'{where} lacks "{name}"')
        if name in data and not isinstance(data[name], kind):
            raise BadInput(f"{where}: {name} is of the wrong type, {type(data[name]).__name__}")
    return data


def _make(where: str, kind: Callable[..., T], *values: Any, **named: Any) -> T:
    try:
        return kind(*values, **named)
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from None
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadInput(f"{where} is malformed: {_one_line(error)}") from None


def _bytes(content: object, hashed: str, name: str) -> bytes:
    try:
        return base64.b64decode(str(content), validate=True)
    except binascii.Error:
        raise BadInput(f"{name}: the array {hashed[:12]} is not base64") from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120]
