"""Weights on disk: what is written reads back, what is broken is named; and the plug-in's decoder.json."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.model import GrooveModel, Order, PluginModel, from_bytes, load, nearest, to_plugin, train
from deepsteps_live.model.files import MOST_BYTES
from deepsteps_live.model.layers import MOST
from tests.test_model_network import rows

TRAINED = train(rows(), Order(style="memory", epochs=2, name="mine"), [f"loop.wav bar {n}" for n in range(1, 25)])
assert isinstance(TRAINED, GrooveModel)
MODEL = TRAINED
CLASSIC = train(rows(), Order(style="classic", epochs=20))
BAR = rows()[4].reshape(3, 16)


def test_a_model_reads_back_equal() -> None:
    read = from_bytes(MODEL.to_bytes())
    assert read.hash == MODEL.hash
    assert isinstance(read, GrooveModel)
    assert read.card == MODEL.card
    assert (read.name, read.examples.sources) == ("mine", MODEL.examples.sources)
    assert np.array_equal(read.density.covariance, MODEL.density.covariance)
    assert np.array_equal(read.decode((1, 0, -1, 2)).velocities, MODEL.decode((1, 0, -1, 2)).velocities)


def test_the_same_model_is_the_same_bytes() -> None:
    assert MODEL.to_bytes() == MODEL.to_bytes()


def _npz(change: Callable[[dict[str, Any]], object], *, pickled: bool = False) -> bytes:
    with np.load(io.BytesIO(MODEL.to_bytes())) as file:
        arrays = {name: file[name] for name in file.files}
    change(arrays)
    file = io.BytesIO()
    np.savez(file, allow_pickle=pickled, **arrays)
    return file.getvalue()


def _squeezed(arrays: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "text": b"not a model",
    "cut short": MODEL.to_bytes()[:-200],
    "cut in the middle": MODEL.to_bytes()[:900],
    "a pickle": pickle.dumps({"w0": 1}),
    "pickled inside": _npz(lambda arrays: arrays.update(w0=np.array([{}], dtype=object)), pickled=True),
    "another shape": _npz(lambda arrays: arrays.update(w1=np.zeros((3, 3), np.float32))),
    "a layer missing": _npz(lambda arrays: arrays.pop("w3")),
    "not a number": _npz(lambda arrays: arrays.update(b0=np.full(48, np.nan, np.float32))),
    "weights that overflow": _npz(lambda arrays: arrays.update(b0=np.full(48, 3e38, np.float32))),
    "too much to unpack": _squeezed({"w0": np.zeros((48, 100_000), np.float32)}),
    "too large": bytes(MOST_BYTES + 1),
    "text for weights": _npz(lambda arrays: arrays.update(b0=np.array(["a"] * 48))),
    "no card": _npz(lambda arrays: arrays.pop("card")),
    "an older format": _npz(lambda arrays: arrays.update(format=np.array("deepsteps-live-1"))),
    "rows without sources": _npz(lambda arrays: arrays.update(sources=np.array("one"))),
    "no covariance": _npz(lambda arrays: arrays.update(covariance=-np.eye(4))),
    "another format": _npz(lambda arrays: arrays.update(format=np.array("other"))),
    "five latents": _npz(lambda arrays: arrays.update(w1=np.zeros((48, 5), np.float32), b1=np.zeros(5, np.float32))),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_named_in_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.npz"
    path.write_bytes(content)
    with pytest.raises(BadInput) as error:
        load(path)
    assert "broken.npz" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", ["too much to unpack", "too large"])
def test_a_file_too_large_for_a_model_is_not_unpacked(kind: str) -> None:
    with pytest.raises(BadInput, match="too large"):
        from_bytes(BROKEN[kind])


def test_every_flipped_byte_gives_a_model_or_one_line() -> None:
    content = bytearray(MODEL.to_bytes())
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(content), 1500):
        kept = content[place]
        content[place] ^= 0xFF
        try:
            from_bytes(bytes(content))
        except BadInput as error:
            assert "\n" not in str(error)
        content[place] = kept


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no model file"):
        load(tmp_path / "none.npz")


@pytest.mark.parametrize(
    "latents", ["1234", (1, 2, 3), (1, 2, 3, float("nan")), (1, 2, 3, float("inf")), ("a", 1, 2, 3), 7]
)
def test_latents_that_are_not_four_finite_numbers_are_refused(latents: Any) -> None:
    with pytest.raises(BadInput, match="four finite numbers"):
        MODEL.decode(latents)


@pytest.mark.parametrize(
    ("hits", "offsets", "velocities"),
    [
        ([1] * 15, [0] * 16, [1] * 16),
        ([1] * 16, [0] * 15 + [float("nan")], [1] * 16),
        ([1] * 16, [0.6] * 16, [1] * 16),
        ([1] * 16, [0] * 16, [1.1] * 16),
        (["x"] * 16, [0] * 16, [1] * 16),
        (None, [0] * 16, [1] * 16),
    ],
)
def test_a_bar_that_is_none_is_refused(hits: Any, offsets: Any, velocities: Any) -> None:
    with pytest.raises(BadInput, match="a bar is 16 hits, 16 offsets"):
        MODEL.encode(hits, offsets, velocities)


def test_the_largest_weights_decode_to_numbers() -> None:
    def largest(arrays: dict[str, Any]) -> None:
        arrays.update(
            {key: np.sign(arrays[key]) * np.float32(MOST) for key in arrays if key[0] in "wb" and key[1:].isdigit()}
        )

    model = from_bytes(_npz(largest))
    assert np.isfinite(model.decode((9e5, -9e5, 9e5, 9e5)).probabilities).all()
    assert np.isfinite(model.encode([1] * 16, [0.5] * 16, [1] * 16)).all()


# The plug-in's decoder.json


def plugin_data(seed: int = 0) -> dict[str, Any]:
    """A decoder of the plug-in's shape: dense 4-8, relu, bn, dense 8-16, relu, bn, dense 16-32, sigmoid."""
    rng = np.random.default_rng(seed)

    def dense(inputs: int, outputs: int) -> dict[str, Any]:
        return {
            "op": "dense",
            "W": rng.normal(size=(inputs, outputs)).tolist(),
            "b": rng.normal(size=(1, outputs)).tolist(),
        }

    def bn(size: int) -> dict[str, Any]:
        lanes = {name: rng.normal(size=size).tolist() for name in ("gamma", "beta", "running_mean")}
        return {"op": "bn", **lanes, "running_var": rng.random(size).tolist(), "eps": 0.01}

    relu = {"op": "relu"}
    ops = [dense(4, 8), relu, bn(8), dense(8, 16), relu, bn(16), dense(16, 32), {"op": "sigmoid"}]
    return {"latent_dim": 4, "input_dim": 32, "ops": ops}


def by_hand(data: dict[str, Any], latents: list[float]) -> list[float]:
    """The same decoder in plain Python, number by number."""
    x = latents
    for op in data["ops"]:
        if op["op"] == "dense":
            x = [sum(x[i] * op["W"][i][j] for i in range(len(x))) + op["b"][0][j] for j in range(len(op["b"][0]))]
        elif op["op"] == "relu":
            x = [max(0.0, value) for value in x]
        elif op["op"] == "bn":
            lanes = zip(x, op["gamma"], op["beta"], op["running_mean"], op["running_var"], strict=True)
            x = [g * (value - mean) / (var + op["eps"]) ** 0.5 + b for value, g, b, mean, var in lanes]
        else:
            x = [float(1 / (1 + np.exp(-value))) for value in x]
    return x


def written(data: Any, tmp_path: Path) -> Path:
    path = tmp_path / "decoder.json"
    path.write_text(json.dumps(data))
    return path


@pytest.mark.parametrize("latents", [[0.5] * 4, [0.0] * 4, [-3.0, 2.0, 0.1, 9.0]])
def test_the_plugins_decoder_is_decoded_exactly(latents: list[float], tmp_path: Path) -> None:
    data = plugin_data()
    row, expected = load(written(data, tmp_path)).decode(latents), by_hand(data, latents)
    assert row.probabilities == pytest.approx(expected[:16], abs=1e-12)
    assert row.offsets == pytest.approx([value - 0.5 for value in expected[16:]], abs=1e-12)
    assert row.velocities == pytest.approx([100 / 127] * 16)


def test_a_suffix_in_capitals_is_the_same_suffix(tmp_path: Path) -> None:
    path = written(plugin_data(), tmp_path).rename(tmp_path / "DECODER.JSON")
    assert "plug-in" in load(path).info()


def test_the_plugins_decoder_travels_as_npz(tmp_path: Path) -> None:
    model = load(written(plugin_data(), tmp_path))
    read = from_bytes(model.to_bytes())
    assert read.hash == model.hash
    assert np.array_equal(read.decode((1, 2, 3, 4)).offsets, model.decode((1, 2, 3, 4)).offsets)


def test_the_plugins_decoder_encodes_by_search(tmp_path: Path) -> None:
    model = load(written(plugin_data(), tmp_path))
    row = model.decode((1, -1, 0.5, 2))
    found = model.decode(model.encode(row.hits(), row.offsets, row.velocities))
    assert (found.hits() == row.hits()).sum() >= 14


def test_a_classic_model_travels_to_the_plug_in_and_back(tmp_path: Path) -> None:
    assert isinstance(CLASSIC, PluginModel)
    for name, content in to_plugin(CLASSIC).items():
        (tmp_path / name).write_bytes(content)
    read = load(tmp_path / "decoder.json")
    assert isinstance(read, PluginModel)
    assert read.hash == CLASSIC.hash
    assert read.decode((1, 0, -1, 2)).offsets == pytest.approx(CLASSIC.decode((1, 0, -1, 2)).offsets, abs=1e-12)


def test_a_model_of_ours_is_no_plug_in() -> None:
    with pytest.raises(BadInput, match='train\\(style="classic"\\) makes one'):
        to_plugin(MODEL)


def test_the_nearest_row_of_a_training_row_is_that_row_with_its_source() -> None:
    first = nearest(MODEL, *BAR)[0]
    assert (first.row, first.source) == (4, "loop.wav bar 5")
    assert first.distance == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.pop("ops"), "no decoder.json"),
        (lambda data: data["ops"].pop(0), r"op 3 \(dense\)|op 2 \(bn\)"),
        (lambda data: data["ops"][0].update(op="conv"), "op 1 is 'conv'"),
        (lambda data: data["ops"][0].pop("b"), r"op 1 \(dense\) needs the numbers W, b"),
        (lambda data: data["ops"][0].update(W=[[1, 2], [3]]), r"op 1 \(dense\)"),
        (lambda data: data["ops"][2].update(eps=-5), "must be positive"),
        (lambda data: data["ops"][2].update(gamma=[1]), "8 numbers were expected"),
        (lambda data: data["ops"][0]["W"][0].__setitem__(0, float("nan")), "not finite"),
        (
            lambda data: data["ops"].__delitem__(slice(6, None)),
            "ends with 16 numbers of bn; 32 of sigmoid were expected",
        ),
        (lambda data: data["ops"].pop(), "ends with 32 numbers of dense"),
        (lambda data: data["ops"][0].update(b=[["1"] * 8]), r"op 1 \(dense\) needs the numbers W, b"),
        (lambda data: data["ops"][0].update(b=[[True] * 8]), r"op 1 \(dense\) needs the numbers W, b"),
        (lambda data: data["ops"][2].update(eps=None), r"op 3 \(bn\) needs the numbers"),
        (lambda data: data["ops"][2].update(eps=10**400), r"op 3 \(bn\) needs the numbers"),
        (lambda data: data["ops"][3]["W"][0].__setitem__(0, 1e300), "op 4 .* not within"),
    ],
)
def test_a_wrong_decoder_is_named(change: Callable[[dict[str, Any]], object], said: str, tmp_path: Path) -> None:
    data = plugin_data()
    change(data)
    with pytest.raises(BadInput, match=said):
        load(written(data, tmp_path))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"ops": []}', '{"ops": [1]}', "[" * 50_000])
def test_what_is_no_decoder_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "decoder.json"
    path.write_text(text)
    with pytest.raises(BadInput) as error:
        load(path)
    assert "\n" not in str(error.value)
