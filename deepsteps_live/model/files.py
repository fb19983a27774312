"""Weights on disk and on the wire: `.npz` without pickles, everything checked; and the plug-in's `decoder.json`."""

from __future__ import annotations

import io
import json
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from deepsteps_live.errors import BadInput
from deepsteps_live.model.about import MOST_KEPT, About, Density, Examples
from deepsteps_live.model.layers import LATENTS, MOST, Array, Dense, Network
from deepsteps_live.model.model import GrooveModel, Model, to_json
from deepsteps_live.model.plugin import PluginModel, read_plugin
from deepsteps_live.model.rows import COLUMNS

FORMAT = "deepsteps-live-2"
OLDER = ("deepsteps-live-1",)
MOST_BYTES = 16 * 1024 * 1024
MOST_UNITS = 4096
MOST_LAYERS = 16

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
    tokenize.TokenError,
    zlib.error,
    zipfile.BadZipFile,
)


def load(path: Path) -> Model:
    """A model from `.npz` or from the plug-in's `decoder.json`; BadInput naming the file and what is wrong with it."""
    content = _content(path)
    if path.suffix.lower() != ".json":
        return from_bytes(content, str(path))
    beside = path.with_name("encoder.json")
    has_encoder = path.name.lower() == "decoder.json" and beside.is_file()
    return read_plugin(content, str(path), _content(beside) if has_encoder else None)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _small(file.read(MOST_BYTES + 1), str(path))
    except FileNotFoundError:
        raise BadInput(f"there is no model file {path}") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from None


def from_bytes(content: bytes, name: str = "the model") -> Model:
    """A model from `.npz` bytes; BadInput naming what is wrong."""
    arrays = _arrays(_small(content, name), name)
    kind = str(arrays.get("kind", ""))
    if str(arrays.get("format", "")) in OLDER:
        raise BadInput(f'{name} was made by an older version of this program; train it again, or take "groove"')
    if str(arrays.get("format", "")) != FORMAT or kind not in KINDS:
        raise BadInput(f"{name} holds no model of this program; `deepsteps train` writes one")
    return KINDS[kind](arrays, name)


def packed(kind: str, arrays: Mapping[str, Any]) -> bytes:
    """`.npz` bytes; the same arrays give the same bytes."""
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, format=np.array(FORMAT), kind=np.array(kind), **arrays)
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


def about_arrays(model: Model) -> dict[str, Array]:
    """What a model knows about itself, as arrays."""
    rows, density = model.examples.rows, model.density
    return {
        "card": np.array(to_json(model.card)),
        "name": np.array(model.name),
        "rows": rows,
        "sources": np.array("\n".join(source.replace("\n", " ") for source in model.examples.sources)),
        "mean": density.mean,
        "covariance": density.covariance,
    }


def _about(arrays: Mapping[str, Array], name: str) -> About:
    rows, mean, covariance = (_numbers(arrays, key, name) for key in ("rows", "mean", "covariance"))
    written = str(arrays.get("sources", ""))
    sources = tuple(written.split("\n")) if written else ()
    fits = rows.ndim == 2 and rows.shape[1] == COLUMNS and len(rows) == len(sources) <= MOST_KEPT
    if not fits or mean.shape != (LATENTS,) or covariance.shape != (LATENTS, LATENTS):
        raise BadInput(f"{name}: its training rows, or where their latents lie, do not fit together")
    if (np.linalg.eigvalsh((covariance + covariance.T) / 2) < -1e-6).any() or (np.diag(covariance) <= 0).any():
        raise BadInput(f"{name}: the covariance of its latents is none")
    density = Density(mean.astype(np.float64), covariance.astype(np.float64))
    return About(
        str(arrays.get("name", ""))[:200], _card(arrays, name), Examples(rows.astype(np.float32), sources), density
    )


def _groove(arrays: Mapping[str, Array], name: str) -> Model:
    counts = arrays.get("layers", np.zeros(0))
    if counts.shape != (2,) or counts.dtype.kind != "i" or not (counts > 0).all() or counts.sum() > MOST_LAYERS:
        raise BadInput(f"{name} does not say how many layers it has")
    layers, inputs = [], COLUMNS
    for place in range(int(counts.sum())):
        w, b = (_numbers(arrays, f"{kind}{place}", name).astype(np.float32) for kind in "wb")
        if w.ndim != 2 or w.shape[0] != inputs or b.shape != (w.shape[1],) or w.shape[1] > MOST_UNITS:
            raise BadInput(f"{name}: layer {place} is {w.shape} and {b.shape}; {inputs} inputs were expected")
        layers.append(Dense(w, b))
        inputs = w.shape[1]
    network = Network(tuple(layers[: counts[0]]), tuple(layers[counts[0] :]))
    latents = network.encoder[-1].b.size
    if latents != LATENTS or inputs != COLUMNS:
        raise BadInput(f"{name} has {latents} latents and {inputs} outputs; 4 and {COLUMNS} were expected")
    about = _about(arrays, name)
    return GrooveModel(network, about.card, about.name, about.examples, about.density)


def _plugin(arrays: Mapping[str, Array], name: str) -> Model:
    return PluginModel.from_arrays(arrays, name, _about(arrays, name))


def _numbers(arrays: Mapping[str, Array], key: str, name: str) -> Array:
    found = arrays.get(key)
    if found is None or found.dtype.kind != "f":
        raise BadInput(f"{name} lacks the numbers {key}")
    if not (np.abs(found) <= MOST).all():
        raise BadInput(f"{name}: the numbers {key} are not all finite numbers within ±{MOST:.0f}")
    return found


def _card(arrays: Mapping[str, Array], name: str) -> dict[str, str | float]:
    try:
        card = json.loads(str(arrays["card"]))
        return {str(key): value if isinstance(value, int | float) else str(value) for key, value in card.items()}
    except (KeyError, ValueError, AttributeError, RecursionError):
        raise BadInput(f"{name} lacks its card: sizes, seed and data") from None


KINDS = {"groove": _groove, "plugin": _plugin}
