"""Structures and controls: only what is heard is there, and all of it has a place in its SynthDef."""

import itertools
import math
import random

import pytest

from deepsteps_live import synthdefs
from deepsteps_live.music import NORMAL, Patch
from deepsteps_live.sound import MELODIC, PARAMETERS, Structure, controls, fresh, structure
from tests.sound_render import drum

RNG = random.Random(5)
SOME = [Patch("drum", "some", tuple((row.name, RNG.random()) for row in PARAMETERS["drum"])) for _ in range(60)]


def test_a_name_says_the_structure() -> None:
    patch = drum(mix=50, mod_amount=12, distortion=10, eq_gain=3)
    assert structure(patch).name == "ds-drum-sine-decay-lp-exp-mono-dist-eq"


def test_what_is_not_heard_is_not_there() -> None:
    assert structure(drum(mix=100, noise_stereo=True)) == Structure("drum", wave="sine")
    assert structure(drum(mix=0, mod_amount=12)) == Structure("drum", filter="lp", envelope="exp")
    assert structure(drum(level=-math.inf)) == Structure("drum")


def test_a_sweep_without_end_is_a_pitch() -> None:
    patch = drum(mix=100, mod_amount=12, mod_rate=math.inf, osc_freq=100)
    assert structure(patch).modulation == ""
    assert controls(patch, NORMAL)["osc_freq"] == pytest.approx(200)


def test_no_two_structures_share_a_name() -> None:
    tones = [("", ""), *itertools.product(("sine", "triangle", "saw"), ("", "decay", "sine", "noise"))]
    noises = [("", "", False), *itertools.product(("lp", "bp", "hp"), ("exp", "linear", "mod"), (False, True))]
    ends = list(itertools.product((False, True), (False, True)))
    names = {Structure("drum", *tone, *noise, *end).name for tone in tones for noise in noises for end in ends}
    assert len(names) == len(tones) * len(noises) * len(ends)


@pytest.mark.parametrize("patch", [*SOME, *(fresh(synth) for synth in PARAMETERS)], ids=lambda p: structure(p).name)
def test_a_hit_gives_every_control_that_its_synthdef_has(patch: Patch) -> None:
    definition = synthdefs.build(structure(patch))
    assert definition.name == synthdefs.name(structure(patch))
    assert set(controls(patch, 0.7, 60)) | {"out", "hold"} == set(definition.parameters)


@pytest.mark.parametrize("patch", SOME, ids=lambda p: structure(p).name)
def test_every_control_is_a_number(patch: Patch) -> None:
    for velocity in (0, NORMAL, 1):
        for pitch in (None, 0, 127):
            assert all(math.isfinite(value) for value in controls(patch, velocity, pitch).values())


def test_a_pitch_transposes_a_drum_from_60() -> None:
    low, own = controls(drum(), NORMAL, 48), controls(drum(), NORMAL, None)
    assert own == controls(drum(), NORMAL, 60)
    assert low["osc_freq"] == pytest.approx(own["osc_freq"] / 2)


def test_a_voice_lives_through_attack_and_decay() -> None:
    patch = drum(mix=50, osc_attack=300, osc_decay=200, noise_attack=1000, noise_decay=500)
    assert controls(patch, NORMAL)["life"] >= 1.5


@pytest.mark.parametrize("synth", MELODIC)
def test_a_melodic_voice_lives_for_its_gate_and_release(synth: str) -> None:
    assert controls(fresh(synth), 1.0, 60, 3.0)["life"] - controls(fresh(synth), 1.0, 60, 1.0)["life"] == pytest.approx(
        2
    )


@pytest.mark.parametrize("synth", MELODIC)
def test_a_melodic_voice_plays_its_note(synth: str) -> None:
    assert controls(fresh(synth), 1.0, 69)["freq"] == pytest.approx(440)
