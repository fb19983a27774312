"""The network: gradients against finite differences, Adam past its first step, seeds, and what it learns."""

import numpy as np
import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.model import training
from deepsteps_live.model.adam import BETA1, BETA2, EPSILON, Adam
from deepsteps_live.model.layers import Dense, standardise, standardise_backward
from deepsteps_live.model.loss import STEPS, box_loss, row_loss
from deepsteps_live.model.model import GrooveModel
from deepsteps_live.model.training import Recipe, _fresh, as_input, gradient, train

SMALL = Recipe(hidden=12, epochs=150, batch=16, noise=0.0, box=0.3)


def rows(count: int = 24, seed: int = 0) -> np.ndarray:
    """Bars with a hit on step 1 and more at random, and groove on the hits."""
    rng = np.random.default_rng(seed)
    hits = (rng.random((count, STEPS)) < 0.3).astype(float)
    hits[:, 0] = 1
    return np.concatenate([hits, hits * rng.uniform(-0.5, 0.5, hits.shape), hits * rng.random(hits.shape)], axis=1)


def in_doubles(layers: list[Dense]) -> list[Dense]:
    return [Dense(layer.w.astype(np.float64), layer.b.astype(np.float64)) for layer in layers]


def test_every_gradient_equals_finite_differences() -> None:
    recipe = Recipe(hidden=5, noise=0.1, box=0.7)
    layers = in_doubles(_fresh(np.random.default_rng(3), 5))
    x = as_input(rows(9)).astype(np.float64)

    def loss() -> float:
        return gradient(layers, x, recipe, np.random.default_rng(7))[0]

    _, found = gradient(layers, x, recipe, np.random.default_rng(7))
    rng = np.random.default_rng(1)
    for place, layer in enumerate(layers):
        for part, slope in ((layer.w, found[place].w), (layer.b, found[place].b)):
            for index in rng.integers(0, part.size, 4):
                kept = part.flat[index]
                part.flat[index] = kept + 1e-6
                above = loss()
                part.flat[index] = kept - 1e-6
                below = loss()
                part.flat[index] = kept
                assert slope.flat[index] == pytest.approx((above - below) / 2e-6, rel=1e-4, abs=1e-7)


def test_the_row_loss_looks_at_groove_on_true_hits_only() -> None:
    target = as_input(rows(1)).astype(np.float64)
    output = np.zeros_like(target)
    silent = np.flatnonzero(target[0, :STEPS] == 0)[0]
    moved = output.copy()
    moved[0, STEPS + silent] = 9.0
    assert row_loss(output, target)[0] == row_loss(moved, target)[0]
    assert row_loss(moved, target)[1][0, STEPS + silent] == 0


def test_the_box_loss_is_small_only_where_something_sounds_and_something_rests() -> None:
    good, empty, full = np.full((1, 48), -5.0), np.full((1, 48), -5.0), np.full((1, 48), 5.0)
    good[0, 0] = 5.0
    assert box_loss(good)[0] < 0.001
    assert box_loss(empty)[0] > 5
    assert box_loss(full)[0] > 5


def test_standardising_gives_mean_0_and_deviation_1() -> None:
    y, _ = standardise(np.random.default_rng(0).normal(5, 3, (100, 4)))
    assert np.allclose(y.mean(axis=0), 0)
    assert np.allclose(y.std(axis=0), 1, atol=1e-4)


def test_the_gradient_of_standardising_equals_finite_differences() -> None:
    rng = np.random.default_rng(0)
    x, g = rng.normal(size=(6, 2)), rng.normal(size=(6, 2))
    y, sd = standardise(x)
    found = standardise_backward(y, sd, g)
    moved = x.copy()
    moved[2, 1] += 1e-6
    assert found[2, 1] == pytest.approx(((standardise(moved)[0] - y) * g).sum() / 1e-6, rel=1e-3)


def test_adam_is_corrected_for_its_bias_at_every_step() -> None:
    adam, rng = Adam(3), np.random.default_rng(0)
    gradients = rng.normal(size=(5, 3)).astype(np.float32)
    for t, g in enumerate(gradients, start=1):
        found = adam.step(g, 0.01)
        weights = np.arange(t)[::-1]
        m = ((1 - BETA1) * BETA1 ** weights[:, None] * gradients[:t]).sum(axis=0) / (1 - BETA1**t)
        v = ((1 - BETA2) * BETA2 ** weights[:, None] * gradients[:t] ** 2).sum(axis=0) / (1 - BETA2**t)
        assert found == pytest.approx(-0.01 * m / (np.sqrt(v) + EPSILON), rel=1e-4)


def test_a_steady_gradient_moves_a_steady_step() -> None:
    adam = Adam(1)
    moves = [float(adam.step(np.ones(1, np.float32), 0.01)[0]) for _ in range(50)]
    assert moves == pytest.approx([-0.01] * 50, rel=1e-4)


def test_the_same_seed_gives_the_same_weights_bit_for_bit() -> None:
    one, two = (GrooveModel(train(rows(), SMALL)).hash for _ in range(2))
    assert one == two
    assert GrooveModel(train(rows(), Recipe(**{**_fields(SMALL), "seed": 5}))).hash != one


def test_what_is_learned_comes_back() -> None:
    learned = rows(20)
    model = GrooveModel(train(learned, Recipe(hidden=48, epochs=600, batch=20, noise=0.0, box=0.1)))
    right = 0
    for row in learned:
        hits, offsets, velocities = row.reshape(3, STEPS)
        decoded = model.decode(model.encode(hits, offsets, velocities))
        right += bool((decoded.hits() == (hits > 0)).all())
    assert right >= 18


def test_offsets_come_back_in_steps() -> None:
    early = rows(20)
    early[:, STEPS : 2 * STEPS] = early[:, :STEPS] * -0.3
    model = GrooveModel(train(early, Recipe(hidden=24, epochs=300, batch=20, noise=0.0, box=0.1)))
    decoded = [model.decode(model.encode(*row.reshape(3, STEPS))).offsets[0] for row in early]
    assert np.mean(decoded) == pytest.approx(-0.3, abs=0.02)


def test_every_epoch_takes_the_rows_in_another_order(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[np.ndarray] = []

    def watched(layers: list[Dense], x: np.ndarray, *rest: object) -> tuple[float, list[Dense]]:
        seen.append(x)
        return 0.0, list(layers)

    monkeypatch.setattr(training, "gradient", watched)
    train(rows(), Recipe(hidden=4, epochs=2, batch=24))
    assert not np.array_equal(*seen)
    assert np.array_equal(*(np.sort(x, axis=0) for x in seen))


def test_latents_are_in_units_of_the_rows() -> None:
    from deepsteps_live.model.layers import forward

    network = train(rows(200), SMALL)
    latents = forward(network.encoder, as_input(rows(200)))[-1]
    assert np.allclose(latents.mean(axis=0), 0, atol=1e-3)
    assert np.allclose(latents.std(axis=0), 1, atol=1e-3)


@pytest.mark.parametrize("count", [16, 17, 18, 31, 32, 33])
def test_no_number_of_rows_makes_a_tail_batch(count: int) -> None:
    network = train(rows(count), Recipe(hidden=8, epochs=5, batch=16))
    assert all(np.isfinite(layer.w).all() for layer in (*network.encoder, *network.decoder))


@pytest.mark.parametrize("wrong", [np.zeros((1, 48)), np.full((4, 48), np.nan)])
def test_rows_that_nothing_can_be_learned_from_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(BadInput, match="at least two rows of finite numbers"):
        train(wrong, SMALL)


def _fields(recipe: Recipe) -> dict[str, object]:
    return {name: getattr(recipe, name) for name in Recipe.__dataclass_fields__}
