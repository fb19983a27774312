"""Drawing with the shipped prior: always an answer, of the right length, that keeps what it is told."""

from __future__ import annotations

import numpy as np
import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.music.pattern import NORMAL, Pattern, euclid, pattern
from deepsteps_live.prior import ALIASES, DRUMS, Prior, drum, load

KICK = pattern("x---x---x---x---")


@pytest.fixture(scope="module")
def prior() -> Prior:
    return load()


@pytest.mark.parametrize("target", DRUMS)
@pytest.mark.parametrize("base", DRUMS)
def test_every_pair_of_drums_answers_an_empty_and_a_full_basis(prior: Prior, target: str, base: str) -> None:
    for basis in (euclid(0, 16), euclid(16, 16)):
        assert len(prior.like(target, {base: basis}, seed=1)) == 16


@pytest.mark.parametrize("length", range(1, 65))
def test_the_answer_is_as_long_as_the_longest_basis(prior: Prior, length: int) -> None:
    assert len(prior.like("snare", {"kick": euclid(length // 3, length)}, seed=length)) == length


def test_without_a_basis_the_answer_is_a_bar(prior: Prior) -> None:
    assert len(prior.like("snare", {}, seed=1)) == 16


def test_the_same_seed_gives_the_same_answer(prior: Prior) -> None:
    assert prior.like("hat", {"kick": KICK}, seed=5) == prior.like("hat", {"kick": KICK}, seed=5)


def test_seeds_differ(prior: Prior) -> None:
    assert len({prior.like("snare", {"kick": KICK}, seed=seed).hits for seed in range(20)}) > 10


def test_temperature_0_does_not_depend_on_the_seed(prior: Prior) -> None:
    answers = {prior.like("snare", {"kick": KICK}, seed=seed, temperature=0).hits for seed in range(5)}
    assert len(answers) == 1


@pytest.mark.parametrize("density", [0, 0.25, 0.5, 1])
def test_a_density_gives_nearly_so_many_hits(prior: Prior, density: float) -> None:
    counts = [sum(prior.like("hat", {"kick": KICK}, seed=seed, density=density).hits) for seed in range(20)]
    assert abs(np.mean(counts) - 16 * density) < 1


def test_kept_steps_are_held(prior: Prior) -> None:
    keep = {0: True, 3: True, 4: False, 15: True, 20: True}
    for seed in range(20):
        answer = prior.like("snare", {"kick": KICK * 2}, seed=seed, keep=keep)
        assert {step: answer.hits[step] for step in keep} == keep


def test_steps_to_the_left_answer_to_a_kept_step(prior: Prior) -> None:
    def before(hit: bool) -> float:
        return sum(prior.like("hat", {}, seed=seed, keep={15: hit, 13: hit, 11: hit}).hits[1] for seed in range(200))

    assert before(True) > before(False)


def test_groove_0_is_straight_at_a_plain_velocity(prior: Prior) -> None:
    answer = prior.like("hat", {"kick": KICK}, seed=2, groove=0)
    assert set(answer.offsets) == {0.0}
    assert set(answer.velocities) <= {0.0, NORMAL}


def test_groove_plays_hits_early_late_loud_and_soft(prior: Prior) -> None:
    answer = prior.like("hat", {"kick": KICK}, seed=2, density=0.5)
    assert len(set(answer.offsets)) > 3
    assert len(set(answer.velocities)) > 3


def test_humanize_changes_no_hit(prior: Prior) -> None:
    played = prior.humanize("snare", euclid(5, 13), {"kick": KICK}, seed=1)
    assert played.hits == euclid(5, 13).hits


def test_humanize_by_nothing_changes_nothing(prior: Prior) -> None:
    assert prior.humanize("snare", KICK, {}, amount=0, seed=1) == KICK


def test_vary_is_as_long_as_its_pattern_and_like_it(prior: Prior) -> None:
    near = [
        sum(a == b for a, b in zip(prior.vary("kick", KICK, seed).hits, KICK.hits, strict=True)) for seed in range(50)
    ]
    far = [sum(a == b for a, b in zip(prior.dream("kick", seed).hits, KICK.hits, strict=True)) for seed in range(50)]
    assert sum(near) > sum(far)


@pytest.mark.parametrize("length", [1, 16, 33, 64])
def test_a_dream_has_the_length_asked_for(prior: Prior, length: int) -> None:
    assert len(prior.dream("kick", 3, length)) == length


def test_a_fill_changes_only_the_end(prior: Prior) -> None:
    old = {"kick": KICK * 2, "snare": pattern("----x-------x---"), "hat": euclid(3, 5)}
    new = prior.fill(old, seed=3)
    for name in old:
        assert len(new[name]) == len(old[name])
        assert new[name].hits[:-8] == old[name].hits[:-8]


def test_an_explanation_has_a_row_a_step_and_a_reason_a_hit_of_the_basis(prior: Prior) -> None:
    found = prior.explain("snare", {"kick": KICK}, pattern("----x-------x---"))
    assert [row.step for row in found] == list(range(16))
    assert all(len(row.reasons) == 4 and 0 <= row.probability <= 1 for row in found)


@pytest.mark.parametrize("alias", ALIASES)
def test_aliases_are_drums(alias: str) -> None:
    assert DRUMS[drum(alias.upper() + " 2")] == ALIASES[alias]


def test_an_unknown_drum_names_the_nearest() -> None:
    with pytest.raises(BadInput, match='did you mean "snare"'):
        drum("snair")


@pytest.mark.parametrize(
    "wrong", [{"temperature": -1}, {"density": 2}, {"keep": {16: True}}, {"groove": float("nan")}, {"seed": -1}]
)
def test_wrong_numbers_are_bad_input(prior: Prior, wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        prior.like("snare", {"kick": KICK}, **({"seed": 1} | wrong))  # type: ignore[arg-type]


def test_random_bases_always_get_an_answer(prior: Prior) -> None:
    rng = np.random.default_rng(0)
    for seed in range(500):
        target, base = rng.choice(DRUMS, 2)
        basis = Pattern(tuple(rng.random(rng.integers(1, 65)) < rng.random()))
        assert len(prior.like(str(target), {str(base): basis}, seed=seed)) == len(basis)
