"""Voices start on their sample, end without a click, and free themselves."""

import random
from typing import Any

import numpy as np
import pytest

from deepsteps_live import synthdefs
from deepsteps_live.music import NORMAL, Patch
from deepsteps_live.sound import MELODIC, PARAMETERS, controls, fresh, shown, structure
from tests.sound_render import (
    RATE,
    Audio,
    Hit,
    compiled,
    decibels,
    drum,
    hear,
    hear_all,
    needs_scsynth,
    rendered_with_log,
)

pytestmark = [needs_scsynth, pytest.mark.renders]

LOW = drum(mix=100, osc_freq=60, osc_decay=2000, osc_velocity=0)


def steepest(sound: Audio) -> float:
    return float(np.max(np.abs(np.diff(sound, axis=0))))


def onset(sound: Audio) -> int:
    return int(np.flatnonzero(sound[:, 0])[0])


@pytest.mark.parametrize("sample", [0, 1, 63, 64, 485])
def test_a_voice_starts_on_its_sample(sample: int) -> None:
    due = (sample + 0.1) / RATE  # time tags are cut to 32 bits of a second, downwards
    assert onset(hear_all([Hit(due, LOW)], 0.05)) == sample


@pytest.mark.parametrize("let_go", [0.2, 0.2003, 0.2101])
def test_a_voice_that_is_let_go_fades_within_7_ms_without_a_click(let_go: float) -> None:
    sound = hear_all([Hit(0.0101, LOW, let_go=let_go)], 0.4)
    after = round(let_go * RATE) - 64
    assert steepest(sound[after:]) <= steepest(sound[600:after])
    assert not sound[round((let_go + 0.007) * RATE) :].any()


def test_a_voice_ends_far_below_hearing() -> None:
    sound = hear(drum(mix=100, osc_decay=100, distortion=100, eq_gain=40, eq_freq=50, osc_freq=60), 2.0)[:, 0]
    end = int(np.flatnonzero(sound)[-1])
    assert decibels(float(np.max(np.abs(sound[end - 480 : end])))) < -80


def test_a_slow_attack_is_not_cut_short() -> None:
    sound = hear(drum(mix=50, osc_attack=400, noise_attack=400, osc_decay=100, noise_decay=100), 0.6)
    assert int(np.argmax(np.abs(sound[:, 0]))) / RATE > 0.38


def alive_after(hits: list[Hit], seconds: float) -> int:
    """How many voices are left of those that were played."""
    commands: list[tuple[float, list[Any]]] = [
        (0.0, ["/d_recv", compiled(shape)]) for shape in {structure(hit.patch) for hit in hits}
    ]
    for node, hit in enumerate(hits, start=1000):
        values = controls(hit.patch, hit.velocity, hit.pitch, hit.gate)
        flat = [part for pair in values.items() for part in pair]
        commands.append((hit.at, ["/s_new", structure(hit.patch).name, node, 0, 0, "out", 0, *flat]))
    commands.append((seconds - 0.01, ["/g_dumpTree", 0, 0]))
    sound, log = rendered_with_log(commands, seconds)
    assert "NODE TREE" in log
    assert np.isfinite(sound).all()
    return log.split("NODE TREE")[1].count("ds-")


def test_every_voice_frees_itself_when_its_life_is_over() -> None:
    rng = random.Random(3)
    patches = [
        Patch("drum", "any", tuple((row.name, rng.random() * 0.6) for row in PARAMETERS["drum"])) for _ in range(60)
    ]
    hits = [Hit(place * 0.001, patch, rng.random()) for place, patch in enumerate(patches)]
    hits += [Hit(0.0, fresh(synth), 1.0, 60, 0.2) for synth in MELODIC]
    end = max(hit.at + controls(hit.patch, hit.velocity, hit.pitch, hit.gate)["life"] for hit in hits)
    assert alive_after(hits, end + 0.05) == 0
    assert alive_after(hits, 0.1) > 0


@pytest.mark.parametrize("synth", MELODIC)
def test_a_melodic_voice_plays_its_note_and_stops_after_its_gate(synth: str) -> None:
    sound = hear_all([Hit(0.0, fresh(synth), NORMAL, 57, 0.3)], 1.5)[:, 0]
    power = np.abs(np.fft.rfft(sound[: RATE // 2] * np.hanning(RATE // 2)))
    strong = [2.0 * place for place in np.flatnonzero(power > 0.2 * power.max())]
    assert any(abs(found - 220) <= 2 for found in strong)
    release = float(shown(fresh(synth), "release")) / 1000
    assert not sound[round((0.3 + release + 0.03) * RATE) :].any()
    assert 0.02 < np.max(np.abs(sound)) < 0.5


def test_every_synth_has_a_synthdef() -> None:
    assert set(synthdefs.VOICES) == set(PARAMETERS)


@pytest.mark.parametrize("wave", ["Sine", "Triangle", "Saw"])
@pytest.mark.parametrize("mode", ["Decay", "Sine", "Noise"])
@pytest.mark.parametrize("depth", [-48, 48])
def test_no_pitch_is_too_high_or_too_low_for_a_wave(wave: str, mode: str, depth: float) -> None:
    patch = drum(mix=100, osc_wave=wave, osc_freq=20_000, mod_mode=mode, mod_amount=depth, osc_velocity=0)
    for bent in (patch, patch.but(mod_rate=0.0), patch.but(mod_rate=1.0)):
        assert np.max(np.abs(hear(bent, 0.3, 1.0, 127))) < 0.5
