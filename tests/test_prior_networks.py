"""The prior's networks: slopes against finite differences, what a step sees, weights in files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.prior import groove, network
from deepsteps_live.prior.draw import Context, Net, draw
from deepsteps_live.prior.files import read, write
from deepsteps_live.prior.network import FEATURES, PAST, features

RNG = np.random.default_rng(3)


def _small(hidden: int = 5) -> Net:
    rng = np.random.default_rng(1)
    return Net(
        rng.normal(0, 0.4, (FEATURES, hidden)).astype(np.float32), rng.normal(0, 1, hidden).astype(np.float32), -0.3
    )


def test_the_rhythm_networks_slopes_are_those_of_its_loss() -> None:
    seen = (RNG.random((40, FEATURES)) < 0.3).astype(np.float64)
    bars = (RNG.random(40) < 0.4).astype(np.float64)
    w, v = RNG.normal(0, 0.3, (FEATURES, 4)), RNG.normal(0, 1, 4)
    _, by_w, by_v, by_c = network.slopes(seen, bars, w, v, 0.2)
    for place in range(0, FEATURES, 7):
        assert by_w[place, 1] == pytest.approx(
            _slope(lambda: network.slopes(seen, bars, w, v, 0.2)[0], w, (place, 1)), abs=1e-7
        )
    assert by_v[2] == pytest.approx(_slope(lambda: network.slopes(seen, bars, w, v, 0.2)[0], v, (2,)), abs=1e-7)
    c = np.array([0.2])
    assert by_c == pytest.approx(_slope(lambda: network.slopes(seen, bars, w, v, c[0])[0], c, (0,)), abs=1e-7)


@pytest.mark.parametrize("which", range(4))
def test_the_grooves_slopes_are_those_of_its_loss(which: int) -> None:
    size = 6
    seen = (RNG.random((20, size)) < 0.5).astype(np.float64)
    velocities, offsets = RNG.random((20, size)), RNG.normal(0, 0.2, (20, size))
    weights = [RNG.normal(0, 0.5, shape) for shape in ((size, 3), (3,), (3, 2 * size), (2 * size,))]
    _, by = groove.slopes(seen, velocities, offsets, weights)
    for place in np.ndindex(weights[which].shape):
        slope = _slope(lambda: groove.slopes(seen, velocities, offsets, weights)[0], weights[which], place)
        assert by[which][place] == pytest.approx(slope, abs=1e-5)


def test_a_step_sees_no_later_step_of_its_own_bar() -> None:
    bars = (RNG.random((1, 16)) < 0.5).astype(np.float32)
    changed = bars.copy()
    changed[0, 9:] = 1 - changed[0, 9:]
    lanes, given, fill = np.zeros((1, 9, 16), np.float32), np.ones((1, 9), np.float32), np.zeros(1, np.float32)
    one, other = (features(lanes, given, fill, each)[0] for each in (bars, changed))
    assert np.array_equal(one[:10], other[:10])
    assert not np.array_equal(one[10:, PAST:], other[10:, PAST:])


def test_a_hidden_lane_is_not_seen() -> None:
    lanes, bars = np.ones((1, 9, 16), np.float32), np.zeros((1, 16), np.float32)
    given, fill = np.zeros((1, 9), np.float32), np.zeros(1, np.float32)
    assert np.array_equal(features(lanes, given, fill, bars), features(0 * lanes, given, fill, bars))


def test_a_draws_probabilities_are_those_of_the_whole_bar() -> None:
    net = _small()
    lanes, given = (RNG.random((9, 16)) < 0.3).astype(np.float32), np.ones(9, np.float32)
    context = Context(lanes, given)
    bar, shown = draw(net, context, np.random.default_rng(1))
    assert shown == pytest.approx(1 / (1 + np.exp(-net.odds(context, bar))), abs=1e-5)


def test_draws_are_as_frequent_as_their_probability() -> None:
    net = _small()
    context = Context(np.zeros((9, 16), np.float32), np.zeros(9, np.float32))
    rng = np.random.default_rng(1)
    first = np.mean([draw(net, context, rng)[0][0] for _ in range(2000)])
    expected = 1 / (1 + np.exp(-net.odds(context, np.zeros(16, np.float32))[0]))
    assert first == pytest.approx(expected, abs=0.04)


def test_weights_come_back_from_a_file(tmp_path: Path) -> None:
    nets = [_small() for _ in range(9)]
    weights = [np.full(shape, 0.5, np.float32) for shape in ((288, 2), (2,), (2, 576), (576,))]
    write(tmp_path / "prior.npz", nets, weights, np.ones((2, 9), np.float32))
    back, again, spread = read(tmp_path / "prior.npz")
    assert back[4].w == pytest.approx(nets[4].w, abs=2e-3)
    assert again[2].shape == (2, 576)
    assert spread.shape == (2, 9)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 broken"])
def test_another_file_is_bad_input(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "prior.npz").write_bytes(content)
    with pytest.raises(BadInput, match="is no prior"):
        read(tmp_path / "prior.npz")


def _slope(loss: object, array: np.ndarray, place: tuple[int, ...], size: float = 1e-6) -> float:
    old = array[place]
    array[place] = old + size
    up = loss()  # type: ignore[operator]
    array[place] = old - size
    down = loss()  # type: ignore[operator]
    array[place] = old
    return float((up - down) / (2 * size))
