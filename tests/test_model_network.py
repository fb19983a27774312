"""The networks: gradients against finite differences, Adam past its first step, seeds, and what they learn."""

from dataclasses import replace

import numpy as np
import pytest

from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.model import GrooveModel, Model, Order, Recipe, learn, train, training
from deepsteps_live.model.adam import Adam
from deepsteps_live.model.classic import Classic, as_plugin_input
from deepsteps_live.model.layers import forward
from deepsteps_live.model.learner import Learner
from deepsteps_live.model.loss import loss
from deepsteps_live.model.rows import STEPS, as_input, crossed
from deepsteps_live.model.styles import STYLES
from deepsteps_live.model.tape import Cell

SMALL = Recipe(encoder=(5,), decoder=(6, 5), own=9, crossed=0, renew=1, epochs=3, batch=9)


def rows(count: int = 24, seed: int = 0) -> np.ndarray:
    """Bars with a hit on step 1 and more at random, and groove on the hits."""
    rng = np.random.default_rng(seed)
    hits = (rng.random((count, STEPS)) < 0.3).astype(float)
    hits[:, 0] = 1
    return np.concatenate([hits, hits * rng.uniform(-0.5, 0.5, hits.shape), hits * rng.random(hits.shape)], axis=1)


def trained(count: int = 24, **order: object) -> Model:
    found = train(rows(count), Order(**order))  # type: ignore[arg-type]
    assert found is not None
    return found


def differences(value: np.ndarray, slope: np.ndarray, loss_now: object, tolerance: float) -> None:
    """Every slope against finite differences of the loss."""
    for index in range(value.size):
        kept = value[index]
        found = []
        for side in (1e-6, -1e-6):
            value[index] = kept + side
            found.append(loss_now())  # type: ignore[operator]
        value[index] = kept
        assert slope[index] == pytest.approx((found[0] - found[1]) / 2e-6, rel=tolerance, abs=1e-4)


def test_every_gradient_of_our_network_equals_finite_differences() -> None:
    learner = Learner(replace(SMALL, shrink=0.0), np.random.default_rng(3), dtype=np.float64)
    batch = next(next(learner.epochs(as_input(rows(9)))))

    def loss_now() -> float:
        learner.slopes(batch)
        return loss(learner._top.inner, learner._target, learner._weight) * 9

    loss_now()
    differences(learner.parameters.flat.value, learner.parameters.flat.slope.copy(), loss_now, 1e-4)


def test_every_gradient_of_the_classic_network_equals_finite_differences() -> None:
    classic = Classic(as_plugin_input(rows(9)), 9, seed=4, dtype=np.float64)
    x = classic.rows.T
    tape = classic.tapes[9]

    def loss_now() -> float:
        np.copyto(tape.block, np.concatenate([x, np.ones((1, 9)), 2 * x - 1]))
        for call in tape.calls:
            call()
        return tape.loss() * 9 * 32 * 8

    loss_now()
    differences(classic.parameters.flat.value, classic.parameters.flat.slope.copy(), loss_now, 1e-3)


def test_adam_is_corrected_for_its_bias_at_every_step() -> None:
    cell, rng = Cell(np.zeros(3), np.zeros(3)), np.random.default_rng(0)
    adam, gradients = Adam(cell, 0.9, 0.99), rng.normal(size=(5, 3))
    for t, g in enumerate(gradients, start=1):
        before = cell.value.copy()
        np.copyto(cell.slope, g)
        adam.step(0.01)
        weights = np.arange(t)[::-1, None]
        m = (0.1 * 0.9**weights * gradients[:t]).sum(axis=0) / (1 - 0.9**t)
        v = (0.01 * 0.99**weights * gradients[:t] ** 2).sum(axis=0) / (1 - 0.99**t)
        assert cell.value - before == pytest.approx(-0.01 * m / (np.sqrt(v) + 1e-7), rel=1e-6)


@pytest.mark.parametrize("style", STYLES)
def test_the_same_seed_gives_the_same_model_bit_for_bit(style: str) -> None:
    one, two, other = (trained(style=style, epochs=3, seed=seed) for seed in (1, 1, 2))
    assert one.to_bytes() == two.to_bytes()
    assert one.hash != other.hash


@pytest.mark.parametrize("style", ["groove", "memory"])
def test_what_is_learned_comes_back(style: str) -> None:
    assert trained(style=style).card["own_exact"] == 1.0


def test_a_beat_of_a_crossed_row_is_a_beat_of_some_row() -> None:
    x = as_input(rows())
    beats = {row.reshape(3, 4, 4)[:, 2].tobytes() for row in x}
    found = crossed(x, 50, np.random.default_rng(0))
    assert all(row.reshape(3, 4, 4)[:, 2].tobytes() in beats for row in found)


def test_latents_are_in_units_of_the_rows() -> None:
    model = trained(200, epochs=3)
    assert isinstance(model, GrooveModel)
    latents = forward(model.network.encoder, as_input(rows(200)))
    assert np.allclose(latents.mean(axis=0), 0, atol=1e-3)
    assert np.allclose(latents.std(axis=0), 1, atol=1e-3)


@pytest.mark.parametrize("count", [2, 16, 17, 33, 65])
def test_no_number_of_rows_makes_a_tail_batch_of_the_classic(count: int) -> None:
    sizes = Classic(as_plugin_input(rows(count)), 16, seed=0).tapes
    assert max(sizes) - min(sizes) <= 1
    assert min(sizes) >= min(count, 11)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (np.zeros((0, 48)), "no rows to learn from"),
        (rows(1), "too small to learn from; give at least 2 different bars"),
        (np.tile(rows(1), (9, 1)), "9 rows with the same hits: too small"),
        (np.full((4, 48), np.nan), "row 1 is no bar"),
        (np.zeros((4, 32)), "rows are bars of 48 numbers"),
    ],
)
def test_rows_that_nothing_can_be_learned_from_are_refused(wrong: np.ndarray, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        train(wrong)


def test_an_unknown_style_is_named() -> None:
    with pytest.raises(BadInput, match='did you mean "memory"'):
        train(rows(), Order(style="memori"))


def test_training_tells_how_far_it_is_and_can_be_cancelled() -> None:
    seen: list[training.Progress] = []
    assert train(rows(), Order(epochs=9), progress=lambda step: seen.append(step) or len(seen) < 3) is None
    assert [(step.epoch, step.epochs) for step in seen] == [(1, 9), (2, 9), (3, 9)]


def test_seconds_left_are_what_the_epochs_so_far_took() -> None:
    ticks = iter([0.0, 2.0, 4.0])
    steps = learn(rows(), Order(epochs=4), clock=lambda: next(ticks))
    assert [next(steps).seconds_left, next(steps).seconds_left] == [6.0, 4.0]


def test_a_training_that_diverges_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Learner, "loss", lambda self: float("nan"))
    with pytest.raises(Fault, match="training diverged in epoch 1"):
        train(rows())


def test_a_warm_start_goes_on_from_what_is_known() -> None:
    known = trained(style="memory")
    first = next(learn(rows(), Order(style="memory", epochs=4, warm=known)))
    fresh = next(learn(rows(), Order(style="memory", epochs=4)))
    assert first.loss < fresh.loss / 2


def test_many_rows_take_no_longer_than_few() -> None:
    steps = learn(rows(100_000), Order(epochs=1))
    assert next(steps).epochs == 1
