"""events(): what sounds when."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepsteps_live.music import LiveSet, Pattern, Track, euclid, events, lead_in, pattern, strips
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
    assert len({(event.track, event.step) for event in found}) == len(found)
    for event in found:
        assert event.step >= 0
        rate = live_set.track(event.track).rate
        assert -0.5 - 1e-9 <= (event.beat - event.grid) * rate <= 1.3 + 1e-9


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
    assert [strip.heard for strip in strips(live_set, 0)] == [False, True]


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

    (strip,) = strips(one(Track("kick", level=ramp(4, -8, 0), pan=ramp(4, -2, 2))), 2)
    assert (strip.level, strip.pan) == (-4, 0)
