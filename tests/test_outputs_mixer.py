"""What the mixer tells scsynth: caps, chokes, morphs, sends, sounds that are turned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from supriya.osc import OscMessage

from deepsteps_live import sound
from deepsteps_live.errors import BadInput
from deepsteps_live.music import Event, LiveSet, Patch, Track, mix
from deepsteps_live.outputs.mixer import Mixer
from deepsteps_live.outputs.morphs import STEPS
from deepsteps_live.outputs.osc import Datagram
from deepsteps_live.sound import fresh, turn
from tests.mixer_render import heard, hit
from tests.sound_render import needs_scsynth

pytestmark = pytest.mark.renders

DRUM = fresh("drum")
CHOKING = DRUM.but(choke=1.0)
NOISE = turn(turn(DRUM, "mix", 0), "osc_wave", "saw")
SET = LiveSet((Track("hat", sound=DRUM), Track("openhat", sound=DRUM)))


def ready(live_set: LiveSet) -> Mixer:
    mixer = Mixer()
    mixer.know(mixer.missing(live_set))
    mixer.channels(live_set)
    mixer.mix(mix(live_set, 0))
    return mixer


def told(messages: list[Datagram]) -> list[list[Any]]:
    found = [OscMessage.from_datagram(each) for each in messages]
    return [[each.address, *each.contents] for each in found]


def said(messages: list[Datagram]) -> list[str]:
    return [each[0] for each in told(messages)]


def event(track: str, patch: Patch, **fields: Any) -> Event:
    return Event(0.0, 0.0, track, 0, 0.6, None, 0.1, patch, **fields)


def after(messages: list[Datagram], name: str) -> Any:
    """The value that stands behind a control's name in the last message that has it."""
    found = [each for each in told(messages) if name in each]
    return found[-1][found[-1].index(name) + 1] if found else None


@pytest.mark.parametrize("voices", [2, 3, 16])
def test_the_newest_voices_ring_up_to_the_cap(voices: int) -> None:
    mixer = ready(SET)
    hits = [mixer.hit(event("hat", DRUM, voices=voices), number * 0.001) for number in range(voices + 1)]
    first_voice = told(hits[0])[0][2]
    assert [said(each) for each in hits[:-1]] == [["/s_new"]] * voices
    assert told(hits[-1])[0] == ["/n_set", first_voice, "hold", 0.0]


def test_a_voice_that_is_over_does_not_count() -> None:
    mixer = ready(SET)
    hits = [mixer.hit(event("hat", DRUM, voices=2), number * 60.0) for number in range(4)]
    assert [said(each) for each in hits] == [["/s_new"]] * 4


def test_of_two_choking_hits_at_one_time_the_lower_channel_sounds_alone() -> None:
    mixer = ready(SET)
    pairs = mixer.in_order([(event("openhat", CHOKING), 1.0), (event("hat", CHOKING), 1.0 + 1e-9)])
    sounded = [each.track for each, due in pairs if "/s_new" in said(mixer.hit(each, due))]
    assert sounded == ["hat"]


def test_a_later_choking_hit_cuts_all_the_voices_of_the_others() -> None:
    mixer = ready(SET)
    for number in range(3):
        mixer.hit(event("hat", CHOKING, voices=4), number * 0.01)
    cut = told(mixer.hit(event("openhat", CHOKING, voices=4), 0.5))
    assert [each[0] for each in cut] == ["/n_set", "/s_new"]
    assert cut[0][2:] == ["hold", 0.0]


def test_sounds_that_do_not_choke_sound_together() -> None:
    mixer = ready(SET)
    assert ["/s_new" in said(mixer.hit(event(name, DRUM), 1.0)) for name in ("hat", "openhat")] == [True, True]


def morphing() -> LiveSet:
    return SET.but_track("hat", toward=NOISE)


def test_every_structure_of_a_morph_is_prepared() -> None:
    needed = {sound.structure(sound.morph(DRUM, NOISE, step / STEPS)) for step in range(STEPS + 1)}
    assert Mixer().missing(morphing()) == needed | {sound.structure(DRUM)}


@pytest.mark.parametrize("amount", [0.0, 0.25, 0.5, 1.0])
def test_a_morphing_hit_plays_the_patch_between(amount: float) -> None:
    mixer = ready(morphing())
    voice = told(mixer.hit(event("hat", DRUM, toward=NOISE, morph=amount), 0.0))[-1]
    between = sound.morph(DRUM, NOISE, amount)
    assert voice[1] == sound.structure(between).name
    assert voice[voice.index("life") + 1] == pytest.approx(sound.controls(between, 0.6)["life"], rel=1e-5)


def test_a_morph_whose_structure_is_not_there_plays_the_nearest_and_is_counted() -> None:
    mixer = ready(SET)  # knows where the morph begins, not where it goes
    assert said(mixer.hit(event("hat", DRUM, toward=NOISE, morph=1.0), 0.0)) == ["/n_set", "/s_new"]
    assert mixer.unprepared == 1


def test_a_morph_to_another_synth_is_bad_input() -> None:
    with pytest.raises(BadInput):
        Mixer().missing(SET.but_track("hat", toward=fresh("bass")))


def test_an_effect_is_made_when_somebody_first_sends_and_rests_when_nobody_does() -> None:
    mixer = ready(SET)
    sending, dry = mix(SET.but_track("hat", reverb=0.5), 0), mix(SET, 0)
    opened, closed, again = (mixer.mix(each) for each in (sending, dry, sending))
    assert [each[1] for each in told(opened) if each[0] == "/s_new"] == ["ds-reverb"]
    assert (after(closed, "open"), after(again, "open")) == (0.0, 1.0)
    assert "/s_new" not in said(again)


def test_a_set_that_sends_nothing_has_no_effects() -> None:
    assert "/s_new" not in said(Mixer().mix(mix(SET, 0)))


def test_a_silenced_effect_is_made_anew_at_the_next_hit() -> None:
    mixer = ready(SET.but_track("hat", delay=0.5))
    assert said(mixer.silence()) == ["/n_set", "/n_run", "/n_set"]
    assert told(mixer.hit(event("hat", DRUM), 0.0))[0][:2] == ["/s_new", "ds-delay"]


@pytest.mark.parametrize(("beats", "tempo", "seconds"), [(0.75, 120, 0.375), (4, 20, 6.0), (4, 1, 7.5)])
def test_echoes_longer_than_the_delay_are_halved(beats: float, tempo: float, seconds: float) -> None:
    live_set = SET.but(tempo=tempo, delay_time=beats).but_track("hat", delay=1.0)
    mixer = ready(SET)
    made = mixer.mix(mix(live_set, 0))
    assert next(each[each.index("time") + 1] for each in told(made) if "ds-delay" in each) == pytest.approx(seconds)


def test_output_b_is_another_pair_of_buses() -> None:
    mixer = ready(SET)
    assert after(mixer.mix(mix(SET.but_track("hat", sound=DRUM.but(output=1.0)), 0)), "b") == 1.0


def test_only_what_changed_of_the_master_is_sent() -> None:
    mixer = ready(SET)
    assert told(mixer.mix(mix(SET.but(lowpass=500.0), 0))) == [["/n_set", 110, "lowpass", 500.0]]


@pytest.mark.parametrize(("name", "value", "heard"), [("level", -20, {"left", "right"}), ("decay", 50, set())])
def test_the_ringing_voice_follows_what_can_be_followed(name: str, value: float, heard: set[str]) -> None:
    mixer = ready(SET)
    now, _ = mixer.channels(SET.but_track("hat", sound=turn(DRUM, name, value)))
    assert {part for each in told(now) for part in each[2::2]} == heard


def test_a_ringing_voice_follows_the_filter() -> None:
    quiet = LiveSet((Track("hat", sound=NOISE),))
    mixer = ready(quiet)
    now, _ = mixer.channels(quiet.but_track("hat", sound=turn(NOISE, "noise_freq", 300)))
    assert after(now, "noise_freq") == pytest.approx(300, rel=1e-3)


def test_a_ringing_voice_keeps_its_own_sound_when_the_kit_changes() -> None:
    mixer = ready(SET)
    other = Patch("drum", "another", turn(DRUM, "level", -20).values)
    assert mixer.channels(SET.but_track("hat", sound=other))[0] == []


def test_a_ringing_voice_does_not_follow_while_it_morphs() -> None:
    mixer = ready(morphing())
    assert mixer.channels(morphing().but_track("hat", sound=turn(DRUM, "level", -20)))[0] == []


@needs_scsynth
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_sounds_through_everything_stay_below_full_scale(seed: int) -> None:
    rng = np.random.default_rng(seed)
    patches = [_random(rng, synth) for synth in (*sound.PARAMETERS, *["drum"] * 12)]
    tracks = [
        Track(f"t{number}", sound=patch, level=rng.uniform(-10, 10), reverb=rng.random(), delay=rng.random())
        for number, patch in enumerate(patches)
    ]
    live_set = LiveSet(tuple(tracks), level=10.0, lowpass=20 * 1000 ** rng.random(), resonance=rng.uniform(0.5, 20))
    hits = [hit(0.01 + 0.03 * n, f"t{n}", patch, velocity=rng.random()) for n, patch in enumerate(patches)]
    audio = heard(live_set, hits, 1.5)
    assert np.isfinite(audio).all()
    assert 0.1 < np.abs(audio).max() < 1


def _random(rng: np.random.Generator, synth: str) -> Patch:
    """A patch anywhere in the box, its corners often."""
    return fresh(synth).but(**{name: rng.choice([0, 1, rng.random(), rng.random()]) for name, _ in fresh(synth).values})
