"""The kits that ship: eight named sounds each, in balance, and each what its slot says."""

from functools import lru_cache

import numpy as np
import pytest

from benchmarks.kits import Measured, measured_kit
from deepsteps_live import engine, places
from deepsteps_live.music import NORMAL, Event, Patch
from deepsteps_live.session.defaults import DRUMS
from deepsteps_live.sound import MELODIC, MachinePattern, fresh, read_kit, shown
from tests.sound_render import RATE, Audio, Hit, decibels, hear_all, needs_scsynth

FILES = sorted(places.KITS.glob("*.mtpreset"))
KITS = {file.stem: read_kit(file) for file in FILES}
NAMES = {"default", "electronic", "acoustic", "minimal", "noise", "percussion", "lofi"}
SLOTS = [(kit, slot) for kit in KITS for slot in range(8)]

pytestmark = pytest.mark.renders

every_kit = pytest.mark.parametrize("kit", KITS)
every_slot = pytest.mark.parametrize(("kit", "slot"), SLOTS, ids=lambda value: str(value))


@lru_cache
def figures(kit: str) -> tuple[Measured, ...]:
    return tuple(measured_kit(KITS[kit].patches))


@lru_cache
def mean(kit: str) -> float:
    return float(np.mean([row.lufs for row in figures(kit)]))


def patch(kit: str, slot: int) -> Patch:
    found = KITS[kit].patches[slot]
    assert found is not None
    return found


def test_seven_kits_ship_and_the_default_is_one() -> None:
    assert set(KITS) == NAMES
    assert places.DEFAULT_KIT in FILES


def test_every_slot_of_every_kit_is_filled() -> None:
    assert all(patch is not None for kit in KITS.values() for patch in kit.patches)


def test_no_two_patches_have_the_same_name() -> None:
    names = [patch.name for kit in KITS.values() for patch in kit.patches if patch]
    assert len(set(names)) == len(names) == 8 * len(KITS)


def test_no_two_patches_are_the_same() -> None:
    assert len({patch.values for kit in KITS.values() for patch in kit.patches if patch}) == 8 * len(KITS)


@every_slot
def test_the_two_hats_choke_each_other_and_nothing_else_does(kit: str, slot: int) -> None:
    assert (shown(patch(kit, slot), "choke") == "On") == (DRUMS[slot] in ("hat", "openhat"))


@every_kit
def test_every_kit_but_the_default_brings_two_grooves_and_a_tempo(kit: str) -> None:
    busy = [letter for letter, each in zip("abcdefghijkl", KITS[kit].patterns, strict=True) if played(each)]
    assert (busy, KITS[kit].tempo is None) == (([], True) if kit == "default" else (["a", "b"], False))


def played(pattern: MachinePattern) -> bool:
    return any(any(lane.triggers) for lane in pattern.lanes)


def test_the_card_names_every_patch() -> None:
    card = (places.KITS / "README.md").read_text()
    assert not [patch.name for kit in KITS.values() for patch in kit.patches if patch and patch.name not in card]


@needs_scsynth
@every_slot
def test_a_patch_is_within_3_lu_of_its_kit(kit: str, slot: int) -> None:
    assert abs(figures(kit)[slot].lufs - mean(kit)) < 3


@needs_scsynth
def test_no_kit_is_2_lu_louder_than_another() -> None:
    means = [mean(kit) for kit in KITS]
    assert max(means) - min(means) < 2


@needs_scsynth
@pytest.mark.parametrize("synth", MELODIC)
def test_a_melodic_voice_is_within_3_lu_of_the_default_kit(synth: str) -> None:
    assert abs(measured_kit([fresh(synth)])[0].lufs - mean("default")) < 3


@needs_scsynth
@every_slot
def test_an_accent_is_clearly_louder_and_leaves_the_limiter_alone(kit: str, slot: int) -> None:
    row = figures(kit)[slot]
    assert row.accent > 1.5
    assert row.peak < -3


@needs_scsynth
@every_slot
def test_a_patch_is_heard_at_once_or_soon_and_is_over_in_6_seconds(kit: str, slot: int) -> None:
    row = figures(kit)[slot]
    assert row.attack < 80
    assert 0.01 < row.seconds < 6


@needs_scsynth
@every_slot
def test_a_patch_leaves_little_offset(kit: str, slot: int) -> None:
    assert figures(kit)[slot].offset < 0.06


@needs_scsynth
@every_kit
def test_a_kick_has_its_energy_below_150_hz_and_hats_theirs_above_3_khz(kit: str) -> None:
    row = figures(kit)
    assert row[0].low > 0.8
    assert min(row[2].high, row[3].high) > 0.8


@needs_scsynth
@every_kit
def test_an_open_hat_is_longer_than_the_closed_one(kit: str) -> None:
    assert figures(kit)[3].seconds > 2 * figures(kit)[2].seconds


@needs_scsynth
@every_kit
def test_a_clap_has_several_bursts_and_a_snare_has_one(kit: str) -> None:
    snare, clap = engine.hits([Event(0.0, 0.0, "hit", 0, NORMAL, None, 0.1, patch(kit, slot)) for slot in (1, 4)])
    assert bursts(clap) >= 3
    assert bursts(snare) == 1


@needs_scsynth
@every_kit
def test_a_busy_bar_touches_the_limiter_now_and_then_at_most(kit: str) -> None:
    rows = ["X---x--x--x-X---", "----X--x----X-x-", "x-x-x-xxx-x-x-x-", "--x---x---x---x-"]
    rows += ["------------x---", "-----------x--xx", "x--x--x---x--x--", "X---------------"]
    hits = [
        Hit(step * 0.125, patch(kit, slot), 1.0 if letter == "X" else NORMAL)
        for slot, letters in enumerate(rows)
        for step, letter in enumerate(letters)
        if letter != "-"
    ]
    sound = np.abs(hear_all(hits, 2.0)).max(axis=1)
    frames = sound.reshape(-1, RATE // 100).max(axis=1)
    assert np.mean(frames > 0.96) < 0.05
    assert -6 < decibels(float(sound.max())) < 6


def bursts(audio: Audio) -> int:
    """How often the level of 3 ms rises by 6 dB, to within 12 dB of its highest, before it falls by 6 dB again."""
    length = 132
    power = np.convolve((audio.astype(float) ** 2).sum(axis=1), np.ones(length) / length)[:: length // 3]
    level = 10 * np.log10(power + 1e-12)
    count, rising, extreme = 0, False, -120.0
    for value in level:
        if not rising and value > max(extreme + 6, level.max() - 12):
            count, rising, extreme = count + 1, True, value
        elif rising and value < extreme - 6:
            rising, extreme = False, value
        extreme = max(extreme, value) if rising else min(extreme, value)
    return count
