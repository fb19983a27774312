"""The ledger of a MIDI port: every note that begins ends, once."""

from __future__ import annotations

import random

import pytest

from deepsteps_live.gear.ledger import CHANNELS, LATEST, Bytes, Ledger, panic


def at(ledger: Ledger, now: float) -> list[Bytes]:
    return [message for _, message in ledger.take(now)]


def sounding(sent: list[Bytes]) -> set[tuple[int, int]]:
    """The notes that gear still plays after these messages; a note that begins twice is a mistake."""
    on: set[tuple[int, int]] = set()
    for message in sent:
        key = (message[0] & 0x0F, message[1])
        if message[0] & 0xF0 == 0x90:
            assert key not in on, "a note began that sounded already"
            on.add(key)
        elif message[0] & 0xF0 == 0x80:
            on.discard(key)
    return on


def test_a_note_begins_and_ends_when_it_is_due() -> None:
    ledger = Ledger()
    ledger.note(1.0, 1.5, 2, 60, 100, "seq")
    assert at(ledger, 0.999) == []
    assert at(ledger, 1.0) == [(0x92, 60, 100)]
    assert at(ledger, 1.4) == []
    assert at(ledger, 1.5) == [(0x82, 60, 0)]


def test_the_same_note_again_ends_the_first_one_before_it_begins() -> None:
    ledger = Ledger()
    ledger.note(1.0, 3.0, 0, 60, 100, "seq")
    ledger.note(2.0, 4.0, 0, 60, 90, "bass")
    at(ledger, 1.0)
    assert at(ledger, 2.0) == [(0x80, 60, 0), (0x90, 60, 90)]
    assert at(ledger, 3.0) == []  # the first one's end is spent
    assert at(ledger, 4.0) == [(0x80, 60, 0)]


def test_an_end_and_a_beginning_at_one_time_come_in_that_order() -> None:
    ledger = Ledger()
    ledger.note(2.0, 3.0, 0, 61, 90, "seq")
    ledger.note(1.0, 2.0, 0, 60, 100, "seq")
    at(ledger, 1.0)
    assert at(ledger, 2.0) == [(0x80, 60, 0), (0x90, 61, 90)]


def test_a_note_that_is_late_by_more_than_a_frame_is_dropped_and_counted() -> None:
    ledger = Ledger()
    ledger.note(1.0, 2.0, 0, 60, 100, "seq")
    assert at(ledger, 1.0 + LATEST + 0.001) == []
    assert ledger.dropped == 1


def test_the_end_of_a_note_goes_out_however_late() -> None:
    ledger = Ledger()
    ledger.note(1.0, 2.0, 0, 60, 100, "seq")
    at(ledger, 1.0)
    assert at(ledger, 99.0) == [(0x80, 60, 0)]


def test_a_muted_tracks_notes_end_and_no_more_begin() -> None:
    ledger = Ledger()
    ledger.note(1.0, 9.0, 0, 60, 100, "seq")
    ledger.note(2.0, 9.0, 0, 62, 100, "seq")
    ledger.note(2.0, 9.0, 0, 64, 100, "bass")
    at(ledger, 1.0)
    assert ledger.mute(frozenset({"seq"})) == [(0x80, 60, 0)]
    assert at(ledger, 2.0) == [(0x90, 64, 100)]
    assert ledger.mute(frozenset()) == []


def test_quiet_ends_what_sounds_and_drops_what_waits() -> None:
    ledger = Ledger()
    ledger.note(1.0, 9.0, 0, 60, 100, "seq")
    ledger.note(5.0, 9.0, 0, 62, 100, "seq")
    at(ledger, 1.0)
    assert ledger.quiet() == [(0x80, 60, 0)]
    assert ledger.due is None


def test_a_key_that_is_held_ends_when_it_is_let_go_of() -> None:
    ledger = Ledger()
    ledger.note(1.0, float("inf"), 0, 60, 100, "seq")
    at(ledger, 1.0)
    assert ledger.release(0, 60) == [(0x80, 60, 0)]
    assert ledger.release(0, 60) == []


def test_the_clock_goes_before_the_notes_of_its_moment() -> None:
    ledger = Ledger()
    ledger.note(1.0, 2.0, 0, 60, 100, "seq")
    ledger.say(1.0, (0xB0, 74, 3))
    ledger.say(1.0, (0xF8,))
    assert at(ledger, 1.0) == [(0xF8,), (0xB0, 74, 3), (0x90, 60, 100)]


def test_panic_ends_all_sound_and_resets_every_channel() -> None:
    said = panic()
    assert len(said) == 4 * len(CHANNELS)
    assert {(0xB0, 120, 0), (0xBF, 123, 0), (0xB3, 121, 0), (0xE5, 0, 64)} <= set(said)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_every_note_ends(seed: int) -> None:
    rng, ledger, sent, now = random.Random(seed), Ledger(), list[Bytes](), 0.0
    for _ in range(2000):
        now += rng.expovariate(50)
        track = rng.choice("abc")
        what = rng.random()
        if what < 0.7:
            due = now + rng.uniform(-0.02, 0.3)
            ledger.note(due, due + rng.uniform(0, 0.5), rng.randrange(2), rng.randrange(60, 66), 100, track)
        elif what < 0.8:
            sent += ledger.mute(frozenset(rng.sample("abc", rng.randrange(4))))
        elif what < 0.82:
            sent += ledger.quiet()
        elif what < 0.9:
            sent += ledger.release(rng.randrange(2), rng.randrange(60, 66))
        sent += at(ledger, now)
    sent += at(ledger, now + 10)
    assert sounding(sent) == set()
    assert sum(message[0] & 0xF0 == 0x90 for message in sent) > 100
