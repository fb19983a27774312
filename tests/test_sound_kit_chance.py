"""Sounds left to chance."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepsteps_live.errors import BadInput
from deepsteps_live.music import Patch
from deepsteps_live.sound import PARAMETERS, drum_text, fresh, parse_drum, randomize, structure
from deepsteps_live.sound.patches import KEPT, whole
from tests.sound_kits import patches

SYNTHS = st.sampled_from([fresh(synth) for synth in PARAMETERS])


@given(SYNTHS, st.floats(0, 1), st.integers(0, 2**31))
def test_every_value_stays_within_the_amount_and_within_0_and_1(patch: Patch, amount: float, seed: int) -> None:
    before, after = whole(patch), dict(randomize(patch, amount, seed).values)
    for row in PARAMETERS[patch.synth]:
        assert 0 <= after[row.name] <= 1
        if not row.choices:
            assert abs(after[row.name] - before[row.name]) <= amount + 1e-9


@given(patches(), st.integers(0, 2**31))
@settings(deadline=None)
def test_whatever_comes_out_can_be_played_and_kept_in_a_file(patch: Patch, seed: int) -> None:
    found = randomize(patch, 1, seed)
    assert structure(found)
    kept = {name: value for name, value in found.values if name not in KEPT}
    read = dict(parse_drum(drum_text(found), "x").values)
    assert {name: read[name] for name in kept} == kept


@pytest.mark.parametrize("name", [row.name for row in PARAMETERS["drum"]])
def test_a_parameter_moves_unless_it_is_one_that_stays(name: str) -> None:
    start = fresh("drum").get(name, 0)
    found = {randomize(fresh("drum"), 1, seed).get(name, 0) for seed in range(30)}
    assert (found == {start}) is (name in KEPT)


@pytest.mark.parametrize("synth", PARAMETERS)
def test_a_melodic_sounds_place_and_touch_stay_too(synth: str) -> None:
    found = randomize(fresh(synth), 1, 3)
    assert {name for name, value in found.values if value == fresh(synth).get(name, -1)} >= set(KEPT) & set(
        dict(fresh(synth).values)
    )


def test_a_choice_changes_with_half_the_probability() -> None:
    changed = sum(randomize(fresh("drum"), 0.5, seed).get("osc_wave", 0) != 0 for seed in range(2000))
    assert 400 < changed < 600


def test_the_same_seed_gives_the_same_patch_and_no_amount_the_patch_itself() -> None:
    patch, seed = fresh("drum", "x"), random.Random(1).randrange(2**31)
    assert randomize(patch, 0.3, seed) == randomize(patch, 0.3, seed) != randomize(patch, 0.3, seed + 1)
    assert randomize(patch, 0, seed) == patch


@pytest.mark.parametrize(
    ("amount", "seed"), [(1.1, 0), (-0.1, 0), ("much", 0), (float("nan"), 0), (0.5, -1), (0.5, 1.5)]
)
def test_what_is_no_amount_or_no_seed_is_refused(amount: float, seed: int) -> None:
    with pytest.raises(BadInput):
        randomize(fresh("drum"), amount, seed)
