"""The original network, as the Deep Steps plug-in has it: dense, relu, batch normalisation, sigmoid; its JSON files.

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
from deepsteps_live.model.about import About, Card, Density, Examples
from deepsteps_live.model.compiled import FAR, Decode, Row, finite_latents, not_latents
from deepsteps_live.model.layers import LATENTS, MOST, Array, sigmoid
from deepsteps_live.model.model import Model, in_a_line
from deepsteps_live.model.rows import STEPS, bar
from deepsteps_live.model.search import Search

VELOCITY = 100 / 127  # of every step; the plug-in knows no other
MOST_OPS = 16
LEAST_VARIANCE = 1e-12
DECODER = (LATENTS, 2 * STEPS, "sigmoid")  # numbers in, numbers out, the op that gives them
ENCODER = (2 * STEPS, LATENTS, "dense")
UNKNOWN = Density(np.zeros(LATENTS), 2.25 * np.eye(LATENTS))  # where the latents of such networks mostly lie

Op = tuple[str, dict[str, Array]]


Ops = tuple[Op, ...]


class PluginModel:
    """Decoder and, where there is one, encoder as lists of ops: (name, its arrays), float64."""

    def __init__(self, decoder: Sequence[Op], encoder: Sequence[Op] = (), about: About | None = None) -> None:
        self.decoder, self.encoder, self.about = tuple(decoder), tuple(encoder), about or About(density=UNKNOWN)
        self._ready = folded(self.decoder)

    @property
    def name(self) -> str:
        """What the player calls it."""
        return self.about.name

    @property
    def card(self) -> Card:
        """What it was trained on, how, and how good it is."""
        return self.about.card

    @property
    def examples(self) -> Examples:
        """Rows it was trained on, with their sources."""
        return self.about.examples

    @property
    def density(self) -> Density:
        """Where the latents of its training rows lie; for a file of the plug-in a guess."""
        return self.about.density

    @cached_property
    def decode(self) -> Decode:
        """The bar of four latents: in units of the rows when it was trained here, else as the plug-in has them."""
        return _quick(self._ready) or self._plain

    def _plain(self, latents: Sequence[float]) -> Row:
        x = _through(self._ready, np.array(finite_latents(latents)))
        return Row(x[:STEPS], x[STEPS:] - 0.5, np.full(STEPS, VELOCITY))

    def decode_many(self, latents: Array) -> Array:
        """Bars of points (N, 4): (N, 48) of probabilities, offsets in steps, velocities."""
        x = _through(self._ready, np.asarray(latents, np.float64))
        return np.concatenate([x[:, :STEPS], x[:, STEPS:] - 0.5, np.full((len(x), STEPS), VELOCITY)], axis=1)

    def encode(self, hits: Sequence[float], offsets: Sequence[float], velocities: Sequence[float]) -> tuple[float, ...]:
        """The four latents whose bar is nearest: by search, which the encoder's answer helps where there is one."""
        row = bar(hits, offsets, velocities)
        guess = run(self.encoder, as_plugin_input(row[None]))[0] if self.encoder else None
        return self._search.find(row, guess)

    @cached_property
    def _search(self) -> Search:
        rows = self.examples.rows
        own = run(self.encoder, as_plugin_input(rows)) if self.encoder and len(rows) else np.zeros((0, LATENTS))
        return Search(self.decode_many, self.density, own)

    @cached_property
    def hash(self) -> str:
        """sha256 of the ops."""
        content = hashlib.sha256()
        for name, arrays in (*self.decoder, *self.encoder):
            content.update(name.encode())
            for key, array in arrays.items():
                content.update(f"{key}{array.shape}".encode() + array.tobytes())
        return content.hexdigest()

    def to_bytes(self) -> bytes:
        """The model as `.npz` (see files.py)."""
        from deepsteps_live.model.files import about_arrays, packed

        arrays: dict[str, Any] = {}
        for half, ops in (("decoder", self.decoder), ("encoder", self.encoder)):
            arrays[f"{half}_ops"] = np.array(",".join(name for name, _ in ops))
            arrays |= {f"{half}_{place}_{key}": array for place, (_, op) in enumerate(ops) for key, array in op.items()}
        return packed("plugin", {**arrays, **about_arrays(self)})

    def info(self) -> str:
        """The model in a line."""
        return in_a_line("plug-in", self)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array], name: str, about: About) -> PluginModel:
        """The model of `to_bytes`, checked like a file."""
        halves = []
        for half in ("decoder", "encoder"):
            names = [op for op in str(arrays.get(f"{half}_ops", "")).split(",")[:MOST_OPS] if op]
            start = f"{half}_"
            halves.append(
                [
                    (op, {k.removeprefix(f"{start}{n}_"): v for k, v in arrays.items() if k.startswith(f"{start}{n}_")})
                    for n, op in enumerate(names)
                ]
            )
        encoder = _checked(halves[1], name, ENCODER) if halves[1] else []
        return cls(_checked(halves[0], name, DECODER), encoder, about)


def as_plugin_input(rows: Array) -> Array:
    """Rows (N, 48) as the plug-in has them, (N, 32): steps, and where in its step each hit sounds; 0 on rests."""
    hits = (rows[:, :STEPS] > 0).astype(np.float64)
    return np.concatenate([hits, (rows[:, STEPS : 2 * STEPS] + 0.5) * hits], axis=1)


def run(ops: Sequence[Op], x: Array) -> Array:
    """Rows (N, I) through the ops."""
    for name, arrays in ops:
        x = RUN[name](x, arrays)
    return x


def folded(ops: Sequence[Op]) -> Ops:
    """The same ops with every batch normalisation taken into the dense layer after it."""
    found: list[Op] = []
    scale, shift = np.ones(1), np.zeros(1)
    for name, arrays in ops:
        if name == "bn":
            here = arrays["gamma"] / np.sqrt(arrays["running_var"] + arrays["eps"])
            shift = (shift - arrays["running_mean"]) * here + arrays["beta"]
            scale = scale * here
        elif name == "dense":
            w = arrays["W"]
            b = arrays["b"] + np.broadcast_to(shift, len(w)) @ w
            found.append((name, {"W": np.broadcast_to(scale, len(w))[:, None] * w, "b": b}))
            scale, shift = np.ones(1), np.zeros(1)
        else:
            if (scale != 1).any() or (shift != 0).any():
                return tuple(ops)  # an order of layers that is not the plug-in's: nothing is folded
            found.append((name, arrays))
    return tuple(found)


def in_units(decoder: Sequence[Op], units: Density) -> list[Op]:
    """A decoder whose latents are (z - mean) / sd."""
    kind, arrays = decoder[0]
    w, b = arrays["W"] * units.sd[:, None], arrays["b"] + units.mean @ arrays["W"]
    return [(kind, {"W": w, "b": b}), *decoder[1:]]


def encoder_in_units(encoder: Sequence[Op], units: Density) -> list[Op]:
    """An encoder whose latents are (z - mean) / sd."""
    kind, arrays = encoder[-1]
    return [*encoder[:-1], (kind, {"W": arrays["W"] / units.sd, "b": (arrays["b"] - units.mean) / units.sd})]


def to_plugin(model: Model) -> dict[str, bytes]:
    """A classic model as the plug-in's files, "decoder.json" and "encoder.json", in the model's own units.

    BadInput for a model of another network: the plug-in has no tanh.
    """
    if not isinstance(model, PluginModel):
        raise BadInput('only a model of the style "classic" fits the plug-in; train(style="classic") makes one')
    halves = {"decoder.json": model.decoder, "encoder.json": model.encoder}
    return {name: _written(ops) for name, ops in halves.items() if ops}


def _written(ops: Sequence[Op]) -> bytes:
    found = []
    for name, arrays in ops:
        lists: dict[str, Any] = {key: array.tolist() for key, array in arrays.items()}
        if name == "dense":
            lists["b"] = [lists["b"]]
        if name == "bn":
            lists["eps"] = float(arrays["eps"].reshape(-1)[0])
        found.append({"op": name, **lists})
    return json.dumps({"latent_dim": LATENTS, "input_dim": 2 * STEPS, "ops": found}).encode()


def _through(ops: Sequence[Op], x: Array) -> Array:
    for name, arrays in ops:
        if name == "dense":
            x = x.dot(arrays["W"])
            np.add(x, arrays["b"], x)
        elif name == "relu":
            np.maximum(x, 0.0, out=x)
        else:
            x = RUN[name](x, arrays)
    return x


def _quick(ops: Ops) -> Decode | None:
    """Dense layers with rectifiers between them and a logistic end, made ready to play; None for any other order.

    A unit that is always 1 carries the biases, and the logistic function is a tanh of half its input.
    """
    dense, others = ops[::2], [name for name, _ in ops[1::2]]
    if any(name != "dense" for name, _ in dense) or others != ["relu"] * (len(dense) - 1) + ["sigmoid"]:
        return None
    layers = []
    for _, arrays in dense:
        w = np.concatenate([arrays["W"], arrays["b"].reshape(1, -1)])
        layers.append(np.ascontiguousarray(np.concatenate([w, np.eye(len(w))[:, -1:]], axis=1)))
    inner, outer = layers[:-1], np.ascontiguousarray(layers[-1][:, :-1] / 2)
    array, tanh, maximum, multiply, add = np.array, np.tanh, np.maximum, np.multiply, np.add
    nothing, half, shift = np.array(0.0), np.array(0.5), np.repeat([0.5, 0.0], STEPS)
    velocities = np.full(STEPS, VELOCITY)
    velocities.flags.writeable = False  # every row has the same

    def decode(latents: Sequence[float]) -> Row:
        try:
            a, b, c, d = latents
            if not (-FAR < a < FAR and -FAR < b < FAR and -FAR < c < FAR and -FAR < d < FAR):
                raise ValueError
            x: Array = array((a, b, c, d, 1.0))
        except (TypeError, ValueError):
            raise not_latents() from None
        for w in inner:
            x = x.dot(w)
            maximum(x, nothing, out=x)
        y = x.dot(outer)
        tanh(y, y)
        multiply(y, half, y)
        add(y, shift, y)
        return Row(y[:STEPS], y[STEPS:], velocities)

    return decode


def read_plugin(content: bytes, name: str, encoder: bytes | None = None) -> PluginModel:
    """The model of a `decoder.json`, and of an `encoder.json`; BadInput names the file and the op that is wrong."""
    decoded = _ops(content, name, DECODER)
    return PluginModel(decoded, _ops(encoder, f"the encoder of {name}", ENCODER) if encoder is not None else ())


def _ops(content: bytes, name: str, shape: tuple[int, int, str]) -> list[Op]:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name} is not JSON: {' '.join(str(error).split())[:80]}") from None
    ops = data.get("ops") if isinstance(data, dict) else None
    if not isinstance(ops, list) or not 0 < len(ops) <= MOST_OPS:
        raise BadInput(f'{name} is no decoder.json of the plug-in; it has "latent_dim", "input_dim" and "ops"')
    return _checked([_op(op, place, name) for place, op in enumerate(ops, start=1)], name, shape)


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


def _checked(ops: Sequence[Op], name: str, shape: tuple[int, int, str]) -> list[Op]:
    """The ops with their arrays flattened to what they need, all sizes fitting, and the ends as `shape` says."""
    (size, outputs, last), checked = shape, []
    for place, (kind, arrays) in enumerate(ops, start=1):
        where = f"{name}: op {place} ({kind})"
        shaped = _shaped(kind, arrays, where)
        if kind in FITS:
            FITS[kind](shaped, size, where)
        checked.append((kind, shaped))
        size = shaped["b"].size if kind == "dense" else size
    if not checked or size != outputs or checked[-1][0] != last:
        ends = checked[-1][0] if checked else "nothing"
        raise BadInput(f"{name} ends with {size} numbers of {ends}; {outputs} of {last} were expected")
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
