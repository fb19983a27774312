"""The weights that ship: usable everywhere within two standard deviations."""

import numpy as np
import pytest

from deepsteps_live import places
from deepsteps_live.model import GrooveModel, load
from deepsteps_live.model.figures import box_figures

MODEL = load(places.DEFAULT_WEIGHTS)
POINTS = np.random.default_rng(11).uniform(-2, 2, (3000, 4))


def decoded_hits() -> np.ndarray:
    return np.array([MODEL.decode(point).hits() for point in POINTS])


def test_no_bar_in_the_box_is_empty() -> None:
    assert decoded_hits().any(axis=1).all()


def test_hardly_a_bar_in_the_box_is_full() -> None:
    assert decoded_hits().all(axis=1).mean() < 0.009  # as many as the training rows have


def test_density_is_that_of_real_bars() -> None:
    assert 0.25 < decoded_hits().mean() < 0.42


def test_moving_a_latent_by_a_tenth_changes_a_few_steps_at_most() -> None:
    assert isinstance(MODEL, GrooveModel)
    box = box_figures(MODEL, np.tile(np.eye(48)[0], (2, 1)), points=3000)
    assert box.move_mean < 1
    assert box.move_p99 <= 4


def test_the_groove_is_alive_and_within_half_a_step() -> None:
    rows = [MODEL.decode(point) for point in POINTS[:300]]
    offsets = np.array([row.offsets for row in rows])
    velocities = np.array([row.velocities for row in rows])
    assert np.abs(offsets).max() <= 0.5
    assert offsets.std() > 0.05
    assert velocities.min() > 0
    assert velocities.max() <= 1
    assert velocities.std() > 0.08


@pytest.mark.parametrize("text", ["x---x---x---x---", "----x-------x---", "x-x-x-x-x-x-x-x-", "xxxxxxxxxxxxxxxx"])
def test_plain_bars_encode_and_come_back(text: str) -> None:
    hits = [letter == "x" for letter in text]
    latents = MODEL.encode(hits, [0.0] * 16, [0.6] * 16)
    assert (MODEL.decode(latents).hits() == hits).sum() >= 15


def test_what_the_model_decodes_it_finds_again() -> None:
    found = 0
    for point in POINTS[:200]:
        row = MODEL.decode(point)
        hits = row.hits()
        latents = MODEL.encode(hits, row.offsets, row.velocities)
        found += bool((MODEL.decode(latents).hits() == hits).all())
    assert found >= 180


def test_encoding_is_the_same_every_time() -> None:
    hits = [step % 3 == 0 for step in range(16)]
    assert MODEL.encode(hits, [0.0] * 16, [0.6] * 16) == MODEL.encode(hits, [0.0] * 16, [0.6] * 16)


def test_far_latents_decode_without_fault() -> None:
    assert np.isfinite(MODEL.decode((90, -90, 90, -90)).velocities).all()


def test_the_card_says_what_it_was_trained_on() -> None:
    assert "Groove MIDI Dataset" in MODEL.info()
    assert "CC BY 4.0" in (places.WEIGHTS / "groove.md").read_text()
