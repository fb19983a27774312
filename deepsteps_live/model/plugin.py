"""The Deep Steps plug-in's decoder: dense, relu, batch normalisation, sigmoid, read from its `decoder.json`.

Input 4 latents as the plug-in has them, output 32 numbers: 16 steps, which sound above the tolerance, and 16
sub-steps from 0 to 1: 0.5 is on the grid, the ends are half a step early and late.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from deepsteps_live.errors import BadInput
from deepsteps_live.model.layers import MOST, Array, sigmoid
from deepsteps_live.model.loss import STEPS
from deepsteps_live.model.model import Row, finite_latents
from deepsteps_live.model.training import LATENTS

VELOCITY = 100 / 127  # of every step; the plug-in knows no other
MOST_OPS = 16
LEAST_VARIANCE = 1e-12

Op = tuple[str, dict[str, Array]]


class PluginModel:
    """The plug-in's decoder as a list of ops: (name, its arrays), float64."""

    def __init__(self, ops: Sequence[Op]) -> None:
        self._ops = tuple(ops)

    def decode(self, latents: Sequence[float]) -> Row:
        """The bar of four latents, in the plug-in's own units."""
        x: Array = np.asarray(finite_latents(latents), np.float64)
        for name, arrays in self._ops:
            x = RUN[name](x, arrays)
        return Row(x[:STEPS], x[STEPS:] - 0.5, np.full(STEPS, VELOCITY))

    def encode(self, hits: Sequence[float], offsets: Sequence[float], velocities: Sequence[float]) -> tuple[float, ...]:
        """BadInput: the plug-in's file holds no encoder."""
        raise BadInput("the plug-in's decoder.json cannot encode, it only decodes; use a model that was trained here")

    @cached_property
    def hash(self) -> str:
        """sha256 of the ops."""
        content = hashlib.sha256()
        for name, arrays in self._ops:
            content.update(name.encode())
            for key, array in arrays.items():
                content.update(f"{key}{array.shape}".encode() + array.tobytes())
        return content.hexdigest()

    def to_bytes(self) -> bytes:
        """The model as `.npz` (see files.py)."""
        from deepsteps_live.model.files import packed

        arrays = {f"{place}_{key}": array for place, (_, op) in enumerate(self._ops) for key, array in op.items()}
        return packed("plugin", {"ops": np.array(",".join(name for name, _ in self._ops)), **arrays})

    def info(self) -> str:
        """The model in a line."""
        return f"plug-in decoder {self.hash[:8]}: {len(self._ops)} ops"

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array], name: str) -> PluginModel:
        """The model of `to_bytes`, checked like a file."""
        names = str(arrays.get("ops", "")).split(",")[:MOST_OPS]
        ops = [
            (op, {key.split("_", 1)[1]: array for key, array in arrays.items() if key.startswith(f"{place}_")})
            for place, op in enumerate(names)
        ]
        return cls(_checked(ops, name))


def read_plugin(content: bytes, name: str) -> PluginModel:
    """The decoder of a `decoder.json`; BadInput names the op that is wrong."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name} is not JSON: {' '.join(str(error).split())[:80]}") from None
    ops = data.get("ops") if isinstance(data, dict) else None
    if not isinstance(ops, list) or not 0 < len(ops) <= MOST_OPS:
        raise BadInput(f'{name} is no decoder.json of the plug-in; it has "latent_dim", "input_dim" and "ops"')
    return PluginModel(_checked([_op(op, place, name) for place, op in enumerate(ops, start=1)], name))


def _op(op: Any, place: int, name: str) -> Op:
    kind = op.get("op") if isinstance(op, dict) else None
    if not isinstance(kind, str) or kind not in RUN:
        raise BadInput(f"{name}: op {place} is {str(kind)[:40]!r}; {', '.join(RUN)} were expected")
    try:
        arrays = {key: np.asarray(op[key]) for key in NEEDS[kind]}
    except (KeyError, ValueError):
        arrays = {}
    if len(arrays) < len(NEEDS[kind]) or not all(_are_numbers(array) for array in arrays.values()):
        raise BadInput(f"{name}: op {place} ({kind}) needs the numbers {', '.join(NEEDS[kind])}")
    return kind, arrays


def _are_numbers(array: Array) -> bool:
    return array.dtype.kind in "iuf"


def _checked(ops: Sequence[Op], name: str) -> list[Op]:
    """The ops with their arrays flattened to what they need, all sizes fitting, 4 numbers in and 32 out."""
    size, checked = LATENTS, []
    for place, (kind, arrays) in enumerate(ops, start=1):
        where = f"{name}: op {place} ({kind})"
        shaped = _shaped(kind, arrays, where)
        if kind in FITS:
            FITS[kind](shaped, size, where)
        checked.append((kind, shaped))
        size = shaped["b"].size if kind == "dense" else size
    if size != 2 * STEPS or checked[-1][0] != "sigmoid":
        raise BadInput(f"{name} ends with {size} numbers of {checked[-1][0]}; {2 * STEPS} of sigmoid were expected")
    return checked


def _shaped(kind: str, arrays: Mapping[str, Array], where: str) -> dict[str, Array]:
    if kind not in RUN or set(arrays) != set(NEEDS[kind]) or not all(map(_are_numbers, arrays.values())):
        raise BadInput(f"{where} is incomplete")
    if not all((np.abs(array) <= MOST).all() for array in arrays.values()):
        raise BadInput(f"{where} holds a number that is not finite or not within ±{MOST:.0f}")
    return {key: (array if key == "W" else array.reshape(-1)).astype(np.float64) for key, array in arrays.items()}


def _dense_fits(arrays: Mapping[str, Array], size: int, where: str) -> None:
    expected = (size, arrays["b"].size)
    if arrays["W"].shape != expected:
        raise BadInput(f"{where}: W is {arrays['W'].shape}; {expected} was expected")


def _bn_fits(arrays: Mapping[str, Array], size: int, where: str) -> None:
    if any(arrays[key].size != size for key in NEEDS["bn"] if key != "eps"):
        raise BadInput(f"{where}: {size} numbers were expected in each of {', '.join(NEEDS['bn'][:4])}")
    if arrays["eps"].size != 1 or (arrays["running_var"] + arrays["eps"] < LEAST_VARIANCE).any():
        raise BadInput(f"{where}: running_var and eps must be positive")


def _normalised(x: Array, arrays: Mapping[str, Array]) -> Array:
    scale = arrays["gamma"] / np.sqrt(arrays["running_var"] + arrays["eps"])
    found: Array = scale * (x - arrays["running_mean"]) + arrays["beta"]
    return found


RUN: dict[str, Callable[[Array, Mapping[str, Array]], Array]] = {
    "dense": lambda x, arrays: x @ arrays["W"] + arrays["b"],
    "relu": lambda x, arrays: np.maximum(x, 0),
    "bn": _normalised,
    "sigmoid": lambda x, arrays: sigmoid(x),
}
FITS: dict[str, Callable[[Mapping[str, Array], int, str], None]] = {"dense": _dense_fits, "bn": _bn_fits}
NEEDS: dict[str, tuple[str, ...]] = {
    "dense": ("W", "b"),
    "relu": (),
    "bn": ("gamma", "beta", "running_mean", "running_var", "eps"),
    "sigmoid": (),
}
