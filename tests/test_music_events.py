"""events(): what sounds when."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepsteps_live.music import (
    LiveSet,
    Patch,
    Pattern,
    Strip,
    Track,
    euclid,
    events,
    lead_in,
    leader,
    lfo,
    mix,
    pattern,
    ramp,
)
from tests.strategies import decode, live_sets


def beats(live_set: LiveSet, start: float, end: float) -> list[float]:
    return [event.beat for event in events(live_set, start, end)]


def one(track: Track, **fields: object) -> LiveSet:
    return LiveSet((track,), **fields)  # type: ignore[arg-type]


@given(live_sets, st.lists(st.floats(-0.5, 9), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_cutting_a_span_anywhere_gives_the_same_events(live_set: LiveSet, cuts: list[float]) -> None:
    edges = [-0.5, *sorted(cuts), 9.0]
    pieces = [event for a, b in pairwise(edges) for event in events(live_set, a, b, decode)]
    assert pieces == events(live_set, -0.5, 9.0, decode)


@given(live_sets)
@settings(max_examples=60, deadline=None)
def test_every_step_sounds_at_most_once_and_near_its_place(live_set: LiveSet) -> None:
    found = events(live_set, -0.5, 8, decode)
    assert len({(event.track, event.step, event.beat) for event in found}) == len(found)
    for event in found:
        assert event.step >= 0
        rate = leader(live_set, live_set.track(event.track)).rate
        assert -0.5 - 1e-9 <= (event.beat - event.grid) * rate <= 2.3 + 1e-9


@given(live_sets)
@settings(max_examples=30, deadline=None)
def test_events_come_in_order(live_set: LiveSet) -> None:
    found = [event.beat for event in events(live_set, -0.5, 8, decode)]
    assert found == sorted(found)


def test_every_hit_of_a_straight_pattern_sounds_on_its_step() -> None:
    assert beats(one(Track("kick", pattern("x--x"))), 0, 2) == [0, 0.75, 1, 1.75]


def test_a_span_is_half_open() -> None:
    live_set = one(Track("kick", pattern("x---")))
    assert beats(live_set, 0, 1) == [0]
    assert beats(live_set, 1, 2) == [1]


def test_an_early_step_1_falls_before_the_bar_line() -> None:
    early = Pattern((True, *[False] * 15), offsets=(-0.4, *[0.0] * 15))
    assert beats(one(Track("kick", early)), 3.5, 4) == pytest.approx([3.9])


def test_an_early_step_1_sounds_before_beat_0_when_playing_starts_there() -> None:
    live_set = one(Track("kick", Pattern((True, False), offsets=(-0.5, 0.0))))
    assert beats(live_set, -lead_in(live_set), 0.25) == [-0.125]


def test_groove_scales_the_offsets() -> None:
    late = Track("kick", Pattern((True, False), offsets=(0.4, 0.0)), groove=0.5)
    assert beats(one(late), 0, 0.5) == pytest.approx([0.05])


def test_swing_delays_every_second_step_by_microtonics_law() -> None:
    swung = one(Track("hat", pattern("xxxx")), swing=0.5)
    assert beats(swung, 0, 1) == pytest.approx([0, 0.35, 0.5, 0.85])


def test_a_track_may_swing_on_its_own() -> None:
    swung = one(Track("hat", pattern("xx"), swing=0.0), swing=1)
    assert beats(swung, 0, 0.5) == [0, 0.25]


def test_a_shorter_length_starts_again_sooner() -> None:
    assert beats(one(Track("kick", pattern("x---x---"), length=3)), 0, 2) == [0, 0.75, 1.5]


def test_patterns_of_other_lengths_drift_against_each_other() -> None:
    assert beats(one(Track("kick", pattern("x----"))), 0, 4) == [0, 1.25, 2.5, 3.75]


def test_a_rate_is_steps_per_beat() -> None:
    assert beats(one(Track("hat", pattern("x"), rate=8)), 0, 0.5) == [0, 0.125, 0.25, 0.375]


def test_pitches_go_round_with_the_steps_and_snap() -> None:
    line = one(Track("seq", pattern("xxxx"), pitches=(60, 62)), scale="pentmin", key=2)
    assert [event.pitch for event in events(line, 0, 1)] == [62, 62, 62, 62]


def test_a_muted_track_is_silent() -> None:
    assert beats(one(Track("kick", pattern("x"), mute=True)), 0, 4) == []


def test_solo_silences_the_others() -> None:
    live_set = LiveSet((Track("kick", pattern("x---")), Track("hat", pattern("x---"), solo=True)))
    assert {event.track for event in events(live_set, 0, 4)} == {"hat"}
    assert [strip.heard for strip in mix(live_set, 0).strips] == [False, True]


def test_a_step_of_half_probability_sounds_about_half_the_time() -> None:
    count = len(beats(one(Track("hat", pattern("x").chance(0.5))), 0, 500))
    assert 900 < count < 1100


def test_the_seed_decides_which_of_them() -> None:
    hat = one(Track("hat", euclid(16, 16).chance(0.5)))
    assert beats(hat, 0, 16) == beats(hat, 0, 16)
    assert beats(hat, 0, 16) != beats(hat.but(seed=1), 0, 16)


def test_a_track_on_latents_decodes_each_step_at_its_own_beat() -> None:
    seen: list[tuple[str, tuple[float, ...], float]] = []

    def watching(model: str, latents: tuple[float, ...], tolerance: float) -> Pattern:
        seen.append((model, latents, tolerance))
        return pattern("x")

    from deepsteps_live.music import ramp

    track = Track("seq", latents=(ramp(4, 0, 4), 0.0, 0.0, 0.0), model="m", tolerance=0.3)
    events(one(track), 1.0, 1.2, watching)
    assert ("m", (1.0, 0.0, 0.0, 0.0), 0.3) in seen


def test_a_decoded_hit_always_sounds() -> None:
    unsure = replace(pattern("x"), probabilities=(0.51,))
    track = Track("seq", latents=(0.0,) * 4)
    assert len(events(one(track), 0, 25, lambda *_: unsure)) == 100


def test_levels_and_pans_may_be_signals() -> None:
    from deepsteps_live.music import ramp

    (strip,) = mix(one(Track("kick", level=ramp(4, -8, 0), pan=ramp(4, -2, 2))), 2).strips
    assert (strip.level, strip.pan) == (-4, 0)


def test_a_roll_divides_its_step_evenly() -> None:
    assert beats(one(Track("kick", pattern("4---x---"))), 0, 2) == pytest.approx([0, 0.0625, 0.125, 0.1875, 1])


def test_a_roll_that_is_no_whole_number_fills_its_step_as_far_as_it_goes() -> None:
    assert beats(one(Track("kick", pattern("x---").ratchet(0, times=2.5))), 0, 1) == pytest.approx([0, 0.1, 0.2])


def test_a_swung_roll_reaches_to_the_next_step_and_no_further() -> None:
    found = beats(one(Track("kick", pattern("22"), swing=0.5)), 0, 0.5)
    assert found == pytest.approx([0, 0.175, 0.35, 0.425])


def test_a_follower_takes_the_rhythm_and_keeps_its_own_pitches() -> None:
    kick = Track("kick", pattern("x-X-").chance(0.5), rate=8.0, swing=0.3, groove=0.5)
    seq = Track("seq", pattern("xxxx"), follows="kick", pitches=(48, 50, 52, 53))
    found = events(LiveSet((kick, seq), scale="chromatic"), 0, 8)
    ours, theirs = ([event for event in found if event.track == name] for name in ("seq", "kick"))
    assert [(event.beat, event.velocity) for event in ours] == [(event.beat, event.velocity) for event in theirs]
    assert {event.pitch for event in ours} == {48, 52}


def test_those_that_follow_each_other_in_a_ring_still_play() -> None:
    live_set = LiveSet((Track("kick", pattern("x---"), follows="seq"), Track("seq", pattern("x---"), follows="kick")))
    assert len(events(live_set, 0, 1)) == 2


def test_a_follower_whose_leader_is_gone_plays_its_own() -> None:
    assert beats(one(Track("seq", pattern("x-x-"), follows="kick")), 0, 1) == [0, 0.5]


def test_an_event_says_how_far_its_sound_is_moved() -> None:
    soft, hard = Patch("drum", "soft"), Patch("drum", "hard")
    track = Track("kick", pattern("x---"), sound=soft, toward=hard, morph=ramp(4, 0, 2), voices=3)
    found = events(one(track), 0, 4)
    assert [(event.toward, event.morph, event.voices) for event in found] == [
        (hard, morph, 3) for morph in (0, 0.5, 1, 1)
    ]


def test_the_mix_of_a_moment_has_its_signals_read_and_its_limits_kept() -> None:
    live_set = one(
        Track("kick", reverb=ramp(4, 0, 2), delay=0.3, sound=Patch("drum", "x", (("output", 1.0),))),
        lowpass=lfo(4, 100, 1000),
        level=ramp(4, 0, 40),
        delay_time=0.5,
    )
    found = mix(live_set, 3)
    assert found.strips[0] == Strip("kick", reverb=1.0, delay=0.3, output="B")
    assert (found.master.level, found.master.lowpass, found.master.delay_time) == (10, pytest.approx(100), 0.25)
