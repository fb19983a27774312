"""Sounds that nobody would make, all through the mixer: what comes out is always sound, and never too loud."""

import random

import numpy as np
import pytest

from deepsteps_live.music import LiveSet, Patch, Track
from deepsteps_live.sound import PARAMETERS
from tests.mixer_render import heard, hit

pytestmark = pytest.mark.renders

PATCHES = 150
EVERY = 0.03  # seconds
NAMES = [f"track{place}" for place in range(8)]


def anything(rng: random.Random, synth: str) -> Patch:
    """A patch anywhere in the box, and often at its edges."""
    values = [(row.name, rng.choice([0.0, 1.0, rng.random(), rng.random()])) for row in PARAMETERS[synth]]
    return Patch(synth, "any", tuple(values))


def storm(synths: list[str], seed: int) -> np.ndarray:
    """All of them loud, into the sends and through a resonant low-pass."""
    rng = random.Random(seed)
    patches = [anything(rng, rng.choice(synths)) for _ in range(PATCHES)]
    tracks = tuple(Track(name, sound=patches[0], level=10.0, reverb=1.0, delay=1.0, voices=4) for name in NAMES)
    live_set = LiveSet(tracks, level=10.0, lowpass=9000.0, resonance=20.0, delay_feedback=0.95, reverb_time=20.0)
    note = [None, 0, 60, 127]
    changes = [
        hit(place * EVERY, rng.choice(NAMES), patch, velocity=rng.random(), pitch=rng.choice(note), voices=4)
        for place, patch in enumerate(patches)
    ]
    return heard(live_set, changes, PATCHES * EVERY + 1.0, also=patches)


MELODIC = [synth for synth in PARAMETERS if synth != "drum"]


@pytest.mark.parametrize("synths", [["drum"], MELODIC], ids=["drums", "melodic"])
def test_any_patches_at_once_stay_finite_and_below_full_scale(synths: list[str]) -> None:
    sound = storm(synths, seed=len(synths))
    assert np.isfinite(sound).all()
    assert 0.5 < np.abs(sound).max() <= 1.0
