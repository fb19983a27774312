"""Melodic voices play in tune, for as long as they are held, without clicks, and nothing folds over."""

import random
from typing import Any

import numpy as np
import pytest

from deepsteps_live.music import NORMAL, Patch
from deepsteps_live.sound import MELODIC, PARAMETERS, controls, fresh, shown, structure, turn
from tests.sound_render import RATE, Audio, Hit, compiled, decibels, hear_all, needs_scsynth, rendered_with_log

pytestmark = [needs_scsynth, pytest.mark.renders]

every_synth = pytest.mark.parametrize("synth", MELODIC)
STEADY = {
    "pluck": {"detune": 0, "sub": 0, "sweep": 0, "cutoff": 8000},
    "bass": {"drop": 0, "sweep": 0, "cutoff": 8000},
    "bell": {"shimmer": 0, "strike": 0, "fade": 10_000},
    "keys": {"tine": 0, "tremolo": 0, "fade": 10_000},
}
BENT = {"bell": "brightness", "keys": "bark"}
EDGE = {"pluck": 3000, "bass": 3000, "bell": 1500, "keys": 300}  # Hz
HELD = 3.0  # seconds


def steady(synth: str, **turned: float) -> Patch:
    """A fresh patch that rings on, its pitch and its filter at rest."""
    patch = turn(fresh(synth), "decay", 10_000)
    for name, value in {**STEADY[synth], **turned}.items():
        patch = turn(patch, name, value)
    return patch


def hertz(note: float) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


def spectrum(patch: Patch, note: float) -> tuple[Audio, Audio]:
    """Magnitudes and Hz of 65536 samples from 0.6 s on, through a Blackman-Harris window."""
    sound = hear_all([Hit(0.0, patch, 1.0, note, HELD)], 2.1)[:, 0][round(0.6 * RATE) :][:65_536]
    turns = 2 * np.pi * np.arange(len(sound)) / len(sound)
    window = 0.35875 - 0.48829 * np.cos(turns) + 0.14128 * np.cos(2 * turns) - 0.01168 * np.cos(3 * turns)
    return np.abs(np.fft.rfft(sound * window)), np.fft.rfftfreq(len(sound), 1 / RATE)


def sidebands(note: float, ratio: float) -> Audio:
    """Hz of all that frequency modulation gives, sorted; with a ratio of 1 these are the harmonics."""
    return np.unique(np.abs(hertz(note) * (1 + np.arange(-700, 701) * ratio)))


def partials(synth: str, note: float) -> Audio:
    """Hz of all that a steady voice may contain."""
    return sidebands(note, 3.5 if synth == "bell" else 1.0)


def apart(frequencies: Audio, allowed: Audio) -> Audio:
    """Hz from each frequency to the nearest that is allowed; `allowed` is sorted."""
    place = np.clip(np.searchsorted(allowed, frequencies), 1, len(allowed) - 1)
    return np.minimum(np.abs(frequencies - allowed[place - 1]), np.abs(allowed[place] - frequencies))


@every_synth
@pytest.mark.parametrize("note", [36, 48, 57, 72, 84, 96])
def test_a_note_is_in_tune_within_2_cents(synth: str, note: int) -> None:
    power, frequencies = spectrum(steady(synth), note)
    near = np.abs(frequencies - hertz(note)) < 6
    found = float((power**2)[near] @ frequencies[near] / (power**2)[near].sum())
    assert abs(1200 * np.log2(found / hertz(note))) < 2


@every_synth
@pytest.mark.parametrize("note", [36, 48, 60, 72, 84, 96, 108])
def test_what_folds_over_is_50_db_below_the_strongest_partial(synth: str, note: int) -> None:
    power, frequencies = spectrum(steady(synth), note)
    distance = apart(frequencies, partials(synth, note))
    folded = power[(distance > 12) & (frequencies > 100) & (frequencies < 18_000)]
    assert decibels(float(folded.max() / power.max())) < -50


@pytest.mark.parametrize("note", [36, 60, 84, 96, 108])
def test_no_bark_makes_the_keys_fold_over(note: int) -> None:
    power, frequencies = spectrum(steady("keys", bark=100), note)
    folded = power[(apart(frequencies, sidebands(note, 1.0)) > 6) & (frequencies > 20) & (frequencies < 20_000)]
    assert decibels(float(folded.max() / power.max())) < -60


@pytest.mark.parametrize("ratio", [0.25, 1.41, 7.3, 16])
@pytest.mark.parametrize("note", [60, 84, 108])
def test_no_ratio_and_brightness_make_a_bell_fold_over(ratio: float, note: int) -> None:
    power, frequencies = spectrum(steady("bell", ratio=ratio, brightness=100), note)
    distance = apart(frequencies, sidebands(note, ratio))
    folded = power[(distance > 6) & (frequencies > 20) & (frequencies < 20_000)]
    assert decibels(float(folded.max() / power.max())) < -60


@every_synth
@pytest.mark.parametrize("gate", [0.1, 0.4, 1.5])
def test_a_note_is_held_for_its_gate_within_2_percent(synth: str, gate: float) -> None:
    patch = turn(steady(synth), "release", 50)
    held, longer = (hear_all([Hit(0.0, patch, 1.0, 60, each)], 2.0)[:, 0] for each in (gate, HELD))
    parted = int(np.argmax(np.abs(held - longer) > 0.01 * np.max(np.abs(longer)))) / RATE
    assert parted == pytest.approx(gate, rel=0.02, abs=0.001)


@every_synth
def test_a_note_is_gone_when_its_release_is_over(synth: str) -> None:
    release = float(shown(fresh(synth), "release")) / 1000
    sound = hear_all([Hit(0.0, fresh(synth), NORMAL, 60, 0.3)], 1.5)
    assert not sound[round((0.3 + release + 0.02) * RATE) :].any()


@every_synth
@pytest.mark.parametrize("note", [36, 60, 84])
def test_no_start_release_or_steal_is_steeper_than_the_sound(synth: str, note: int) -> None:
    patch = steady(synth)
    patch = turn(patch, "cutoff", 2 * hertz(note)) if synth in ("pluck", "bass") else turn(patch, BENT[synth], 0)
    patch = turn(turn(patch, "release", 10), "attack", 10)
    hits = [Hit(0.0, patch, 1.0, note, 0.2), Hit(0.5, patch, 1.0, note, 2.0, let_go=0.7003)]
    sound = hear_all(hits, 1.0)
    steepest = np.max(np.abs(np.diff(sound, axis=0)), axis=1)
    inside = steepest[round(0.05 * RATE) : round(0.19 * RATE)].max()
    assert steepest.max() <= inside * 1.1


@every_synth
def test_velocity_opens_level_and_tone(synth: str) -> None:
    soft, loud = (hear_all([Hit(0.0, fresh(synth), velocity, 48, 0.3)], 0.1)[:, 0] for velocity in (NORMAL, 1.0))
    assert np.max(np.abs(loud)) > 1.4 * np.max(np.abs(soft))
    assert brightness(loud, EDGE[synth]) > 1.5 * brightness(soft, EDGE[synth])


def brightness(sound: Audio, edge: float = 3000) -> float:
    """The share of its energy above so many Hz."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float(power[np.fft.rfftfreq(len(sound), 1 / RATE) > edge].sum() / power.sum())


def test_a_bell_loses_its_brightness_before_it_is_gone() -> None:
    sound = hear_all([Hit(0.0, fresh("bell"), 1.0, 60, 2.0)], 1.6)[:, 0]
    start, end = sound[: RATE // 10], sound[RATE : RATE + RATE // 10]
    assert brightness(start) > 1.5 * brightness(end)


def test_a_shimmering_bell_is_wider_than_a_still_one() -> None:
    wide, still = (hear_all([Hit(0.0, turn(steady("bell"), "shimmer", cents), 1.0, 60, 2.0)], 1.0) for cents in (20, 0))
    assert np.max(np.abs(wide[:, 0] - wide[:, 1])) > 0.05
    assert not np.any(still[:, 0] - still[:, 1])


@every_synth
def test_any_parameters_sound_finite_and_bounded_and_free_themselves(synth: str) -> None:
    rng = random.Random(7)
    patches = [Patch(synth, "any", tuple((row.name, rng.random()) for row in PARAMETERS[synth])) for _ in range(40)]
    patches += [Patch(synth, "end", tuple((row.name, end) for row in PARAMETERS[synth])) for end in (0.0, 1.0)]
    hits = [
        Hit(0.01 * n, turn(patch, "level", 0), rng.random(), rng.randrange(128), 0.2) for n, patch in enumerate(patches)
    ]
    lives = [hit.at + controls(hit.patch, hit.velocity, hit.pitch, hit.gate)["life"] for hit in hits]
    commands: list[tuple[float, list[Any]]] = [(0.0, ["/d_recv", compiled(structure(fresh(synth)))])]
    for node, hit in enumerate(hits, start=1000):
        values = controls(hit.patch, hit.velocity, hit.pitch, hit.gate)
        flat = [part for pair in values.items() for part in pair]
        commands.append((hit.at, ["/s_new", structure(hit.patch).name, node, 0, 0, "out", 0, *flat]))
    end = max(lives) + 0.1
    commands.append((end - 0.02, ["/g_dumpTree", 0, 0]))
    sound, log = rendered_with_log(commands, end)
    assert np.isfinite(sound).all()
    assert np.max(np.abs(sound)) < 0.6 * len(hits)
    assert log.split("NODE TREE")[1].count("ds-") == 0
