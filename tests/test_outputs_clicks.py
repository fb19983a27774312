"""No click: whatever is done while a low tone rings, no step between samples is larger than the tone's own."""

from __future__ import annotations

import pytest

from deepsteps_live.music import LiveSet, Track
from tests.mixer_render import TONE, Change, heard, hit, jump, mixed, prepared
from tests.sound_render import drum, needs_scsynth

pytestmark = [needs_scsynth, pytest.mark.renders]

SET = LiveSet((Track("kick", sound=TONE), Track("tom", sound=TONE)))
CHOKING = TONE.but(choke=1.0)
OTHER = drum(osc_freq=47.0, osc_attack=30.0, osc_decay=900.0, mix=100.0, mod_amount=0.0, pan=-60.0)
BEGUN = hit(0.01, "kick", TONE)
AT = 0.29542  # seconds; the tone is at its height, between two samples, inside a block
SECONDS = 0.6
OWN = 1.4  # a fade in 5 or 10 ms adds so much to the tone at its height; a click is many times as large

MOVES = {
    "mute": SET.but_track("kick", mute=True),
    "solo": SET.but_track("tom", solo=True),
    "level": SET.but_track("kick", level=-100.0),
    "pan": SET.but_track("kick", pan=1.0),
    "master level": SET.but(level=-60.0),
    "low-pass": SET.but(lowpass=200.0),
    "resonance": SET.but(lowpass=300.0, resonance=8.0),
    "sends": SET.but_track("kick", reverb=1.0, delay=1.0),
    "output": SET.but_track("kick", sound=TONE.but(output=1.0)),
}


def largest(*changes: Change) -> float:
    """The largest step with these changes, as a ratio to the largest of the tone alone."""
    audio = heard(SET, [BEGUN, *changes], SECONDS, also=[OTHER, CHOKING])
    return jump(audio, AT - 0.01) / jump(heard(SET, [BEGUN], SECONDS), AT - 0.01)


@pytest.mark.parametrize("odd", [0, 1, 31.7, 63])
def test_a_retrigger_does_not_click(odd: float) -> None:
    assert largest(hit(AT + odd / 48_000, "kick", TONE)) < OWN


def test_ratchets_at_300_bpm_do_not_click() -> None:
    assert largest(*[hit(AT + number * 0.0125, "kick", TONE) for number in range(8)]) < OWN


def test_two_hits_within_a_block_do_not_click() -> None:
    assert largest(hit(AT, "kick", TONE), hit(AT + 0.0003, "kick", TONE)) < OWN


def test_a_voice_stolen_from_two_does_not_click() -> None:
    hits = [hit(AT + number * 0.02, "kick", TONE, voices=2) for number in range(6)]
    assert largest(*hits) < 2 * OWN  # two tones sound


def test_a_choke_does_not_click() -> None:
    quiet = CHOKING.but(level=0.0)
    changes = [hit(0.01, "kick", CHOKING), hit(AT, "tom", quiet)]
    audio = heard(SET, changes, SECONDS, also=[CHOKING, quiet])
    assert jump(audio, AT - 0.01) < OWN * jump(heard(SET, [BEGUN], SECONDS), AT - 0.01)
    assert abs(audio[round((AT + 0.05) * 48_000) :]).max() < 5e-3  # what is left is no DC going


@pytest.mark.parametrize("name", list(MOVES))
def test_a_move_and_its_way_back_do_not_click(name: str) -> None:
    assert largest(mixed(AT, MOVES[name]), mixed(AT + 0.1234, SET)) < OWN


def test_a_removed_track_does_not_click() -> None:
    assert largest(prepared(AT, LiveSet(SET.tracks[1:]))) < OWN


def test_a_new_kit_while_the_old_one_rings_does_not_click() -> None:
    kit = LiveSet((Track("kick", sound=OTHER), Track("tom", sound=OTHER)))
    assert largest(prepared(AT, kit), hit(AT + 0.1, "kick", OTHER)) < OWN


def test_a_sound_that_is_turned_while_it_rings_does_not_click() -> None:
    assert largest(prepared(AT, SET.but_track("kick", sound=TONE.but(level=0.3, pan=0.9)))) < OWN


def test_silence_does_not_click() -> None:
    assert largest((AT, lambda mixer: mixer.silence())) < OWN


def test_a_click_would_be_seen() -> None:
    loud = drum(osc_freq=60.0, osc_attack=0.0, osc_decay=4000.0, mix=100.0, mod_amount=0.0)  # starts at 45 degrees
    assert jump(heard(SET, [hit(AT, "kick", loud)], SECONDS, also=[loud])) > 5 * jump(heard(SET, [BEGUN], SECONDS))
