"""Weights on disk and on the wire: `.npz` without pickles, everything checked; and the plug-in's `decoder.json`."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from deepsteps_live.errors import BadInput
from deepsteps_live.model.layers import MOST, Array, Dense
from deepsteps_live.model.loss import STEPS
from deepsteps_live.model.model import GrooveModel, Model
from deepsteps_live.model.plugin import PluginModel, read_plugin
from deepsteps_live.model.training import LATENTS, Network

FORMAT = "deepsteps-live-1"
MOST_BYTES = 16 * 1024 * 1024
MOST_UNITS = 4096

# What reading a damaged zip of damaged arrays raises, besides numpy's own ValueError.
DAMAGED = (
    ValueError,
    OSError,
    EOFError,
    LookupError,
    AttributeError,
    TypeError,
    RuntimeError,
    OverflowError,
    SyntaxError,
    MemoryError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


def load(path: Path) -> Model:
    """A model from `.npz` or from the plug-in's `decoder.json`; BadInput naming the file and what is wrong with it."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise BadInput(f"there is no model file {path}") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from None
    if path.suffix.lower() == ".json":
        return read_plugin(_small(content, str(path)), str(path))
    return from_bytes(content, str(path))


def from_bytes(content: bytes, name: str = "the model") -> Model:
    """A model from `.npz` bytes; BadInput naming what is wrong."""
    arrays = _arrays(_small(content, name), name)
    kind = str(arrays.get("kind", ""))
    if str(arrays.get("format", "")) != FORMAT or kind not in KINDS:
        raise BadInput(f"{name} holds no model of this program; `deepsteps train` writes one")
    return KINDS[kind](arrays, name)


def packed(kind: str, arrays: Mapping[str, Any]) -> bytes:
    """`.npz` bytes; the same arrays give the same bytes."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, format=np.array(FORMAT), kind=np.array(kind), **arrays)
    return file.getvalue()


def _small(content: bytes, name: str) -> bytes:
    if len(content) > MOST_BYTES:
        raise BadInput(f"{name} is too large for a model")
    return content


def _arrays(content: bytes, name: str) -> dict[str, Array]:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            if sum(entry.file_size for entry in file.zip.infolist()) > MOST_BYTES:
                raise BadInput(f"{name} is too large for a model")
            return {key: file[key] for key in file.files}
    except BadInput:
        raise
    except DAMAGED:
        raise BadInput(f"{name} is no .npz of weights, or a damaged one") from None


def _groove(arrays: Mapping[str, Array], name: str) -> Model:
    layers = []
    inputs = 3 * STEPS
    for place in range(6):
        w, b = (_weights(arrays, f"{kind}{place}", name) for kind in "wb")
        if w.ndim != 2 or w.shape[0] != inputs or b.shape != (w.shape[1],) or w.shape[1] > MOST_UNITS:
            raise BadInput(f"{name}: layer {place} is {w.shape} and {b.shape}; {inputs} inputs were expected")
        layers.append(Dense(w, b))
        inputs = w.shape[1]
    if layers[2].b.size != LATENTS or inputs != 3 * STEPS:
        raise BadInput(f"{name} has {layers[2].b.size} latents and {inputs} outputs; 4 and {3 * STEPS} were expected")
    return GrooveModel(Network(tuple(layers[:3]), tuple(layers[3:])), _card(arrays, name))


def _plugin(arrays: Mapping[str, Array], name: str) -> Model:
    return PluginModel.from_arrays(arrays, name)


def _weights(arrays: Mapping[str, Array], key: str, name: str) -> Array:
    found = arrays.get(key)
    if found is None or found.dtype.kind != "f":
        raise BadInput(f"{name} lacks the weights {key}")
    if not (np.abs(found) <= MOST).all():
        raise BadInput(f"{name}: the weights {key} are not all finite numbers within ±{MOST:.0f}")
    return found.astype(np.float32)


def _card(arrays: Mapping[str, Array], name: str) -> dict[str, str]:
    try:
        card = json.loads(str(arrays["card"]))
        return {str(key): str(value) for key, value in card.items()}
    except (KeyError, ValueError, AttributeError, RecursionError):
        raise BadInput(f"{name} lacks its card: sizes, seed and data") from None


KINDS = {"groove": _groove, "plugin": _plugin}
