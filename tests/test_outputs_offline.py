"""Scores through offline scsynth, and the mixer's messages."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from supriya.osc import OscMessage

from deepsteps_live import places, sound
from deepsteps_live.errors import BadInput
from deepsteps_live.music import Event, LiveSet, Patch, Score, Track, events, mix, no_model, pattern
from deepsteps_live.outputs import render
from deepsteps_live.outputs.mixer import MELODIC_VOICES, Mixer
from deepsteps_live.outputs.osc import Datagram, message, new_voice
from tests.sound_render import needs_scsynth

pytestmark = pytest.mark.renders

KIT = sound.read_kit(places.DEFAULT_KIT)
LEAD_IN = 0.0625  # seconds at 120 bpm
LATENCY = 0.01


def patch(number: int) -> Patch:
    found = KIT.patches[number - 1]
    assert found is not None
    return found


def straight(steps: str = "x---" * 4, **fields: object) -> LiveSet:
    return LiveSet((Track("hat", pattern(steps), sound=patch(3)),)).but(**fields)


def ready(live_set: LiveSet) -> Mixer:
    mixer = Mixer()
    mixer.know(mixer.missing(live_set))
    mixer.channels(live_set)
    return mixer


def said(messages: list[Datagram]) -> list[str]:
    return [OscMessage.from_datagram(each).address for each in messages]


def a_hit(track: str, with_sound: Patch) -> Event:
    return Event(0.0, 0.0, track, 0, 0.6, 60, 0.1, with_sound)


def onsets(audio: np.ndarray, rate: int, due: list[float]) -> np.ndarray:
    """Seconds at which the loudness first passes a twentieth of the peak, near each due time."""
    loud = np.abs(audio).max(axis=1)
    starts = [max(0, round(at * rate) - 300) for at in due]
    return np.array([start + np.argmax(loud[start : start + 900] > loud.max() / 20) for start in starts]) / rate


def rendered(score: Score, folder: Path, bars: int = 1) -> tuple[np.ndarray, int]:
    render(score, folder / "out.wav", bars, no_model, tail=0.5)
    audio, rate = soundfile.read(folder / "out.wav", always_2d=True)
    return audio, rate


@needs_scsynth
def test_a_render_is_its_bars_and_its_tail_long(tmp_path: Path) -> None:
    audio, rate = rendered(Score.of(straight()), tmp_path)
    assert rate == 48_000
    assert len(audio) / rate == pytest.approx(2.0 + LEAD_IN + 0.5, abs=0.005)


@needs_scsynth
def test_every_onset_of_a_render_is_where_it_is_due(tmp_path: Path) -> None:
    audio, rate = rendered(Score.of(straight()), tmp_path)
    due = [LEAD_IN + LATENCY + beat * 0.5 for beat in range(4)]
    assert np.ptp(onsets(audio, rate, due) - due) < 0.0005


@needs_scsynth
def test_a_tempo_holds_from_its_beat_on(tmp_path: Path) -> None:
    score = Score.of(straight()).changed(straight(tempo=240), 2.0)
    audio, rate = rendered(score, tmp_path)
    due = [LEAD_IN + LATENCY + at for at in (0, 0.5, 1.0, 1.25)]
    assert np.ptp(onsets(audio, rate, due) - due) < 0.0005


@needs_scsynth
def test_a_muted_track_is_not_in_a_render(tmp_path: Path) -> None:
    audio, _ = rendered(Score.of(straight().but_track("hat", mute=True)), tmp_path)
    assert not audio.any()


@needs_scsynth
def test_a_render_leaves_one_file(tmp_path: Path) -> None:
    rendered(Score.of(straight()), tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["out.wav"]


@needs_scsynth
@pytest.mark.parametrize("place", ["", "missing/out.wav"])
def test_a_render_to_no_file_is_bad_input(tmp_path: Path, place: str) -> None:
    with pytest.raises(BadInput):
        render(Score.of(straight()), tmp_path / place, 1, no_model)


@pytest.mark.parametrize("synth", list(sound.PARAMETERS))
def test_the_lean_s_new_is_what_supriya_would_say(synth: str) -> None:
    controls = sound.controls(sound.fresh(synth), 0.5, 60, 0.1)
    flat = [part for name, value in controls.items() for part in (name, float(value))]
    expected = message("/s_new", "ds-x", 2001, 1, 2000, "out", 18.0, *flat)
    assert new_voice("ds-x", 2001, 2000, 18, controls) == expected


def test_a_drum_cuts_its_own_last_voice() -> None:
    mixer = ready(straight())
    assert said(mixer.hit(a_hit("hat", patch(3)), 0.0)) == ["/n_set", "/s_new"]


def test_choking_patches_cut_each_other() -> None:
    choking = patch(3).but(choke=1.0)
    live_set = LiveSet((Track("hat", sound=choking), Track("openhat", sound=choking)))
    mixer = ready(live_set)
    mixer.hit(a_hit("hat", choking), 0.0)
    assert said(mixer.hit(a_hit("openhat", choking), 0.1)) == ["/n_set", "/n_set", "/s_new"]


def test_a_melodic_track_has_a_few_voices_and_no_more() -> None:
    pluck = sound.fresh("pluck")
    mixer = ready(LiveSet((Track("seq", sound=pluck),)))
    at_once = [said(mixer.hit(a_hit("seq", pluck), 0.0)) for _ in range(MELODIC_VOICES + 1)]
    assert at_once == [["/s_new"]] * MELODIC_VOICES + [["/n_set", "/s_new"]]


def test_an_event_whose_sound_was_not_prepared_is_counted() -> None:
    mixer = Mixer()
    assert (mixer.hit(a_hit("hat", patch(3)), 0.0), mixer.unprepared) == ([], 1)


def test_only_what_changed_in_the_mix_is_sent() -> None:
    live_set = LiveSet((Track("hat"), Track("kick")))
    mixer = ready(live_set)
    mixer.mix(mix(live_set, 0))
    louder = mix(live_set.but_track("hat", level=-6), 0)
    assert (said(mixer.mix(louder)), mixer.mix(louder)) == (["/n_set"], [])


def test_a_track_that_is_gone_fades_before_it_is_freed() -> None:
    live_set = LiveSet((Track("hat"), Track("kick")))
    now, later = ready(live_set).channels(replace(live_set, tracks=live_set.tracks[:1]))
    assert (said(now), said(later)) == (["/n_set", "/n_set"], ["/n_free"])


def test_a_set_that_is_prepared_again_has_nothing_new() -> None:
    mixer = ready(straight())
    assert (mixer.missing(straight()), mixer.channels(straight())) == (set(), ([], []))


def test_the_events_of_a_moment_are_played_in_the_order_of_the_tracks() -> None:
    live_set = LiveSet(tuple(Track(name, pattern("x"), sound=patch(1)) for name in ("kick", "snare")))
    found = [(event, event.beat) for event in events(live_set, 0, 0.1)]
    assert [event.track for event, _ in ready(live_set).in_order(found[::-1])] == ["kick", "snare"]


@needs_scsynth
def test_a_render_apart_is_two_files_that_begin_together(tmp_path: Path) -> None:
    tracks = [Track(name, pattern("x---" * 4), sound=patch(1).but(output=side)) for name, side in (("a", 0), ("b", 1))]
    files = render(Score.of(LiveSet(tuple(tracks))), tmp_path / "out.wav", 1, no_model, tail=0.2, apart=True)
    assert [file.name for file in files] == ["out-a.wav", "out-b.wav"]
    assert sorted(tmp_path.iterdir()) == list(files)
    a, b = (soundfile.read(file, always_2d=True)[0] for file in files)
    assert a.any()
    assert np.argmax(a.any(axis=1)) == np.argmax(b.any(axis=1))  # its noise differs, its first sample does not
    assert len(a) == len(b)


@needs_scsynth
def test_effects_return_on_output_a(tmp_path: Path) -> None:
    live_set = straight(delay_time=0.5).but_track("hat", sound=patch(3).but(output=1.0), delay=1.0)
    files = render(Score.of(live_set), tmp_path / "out.wav", 1, no_model, apart=True)
    echoes, dry = (soundfile.read(file, always_2d=True)[0] for file in files)
    first = round((LEAD_IN + 0.25) * 48_000)
    assert not echoes[: first - 10].any()
    assert np.abs(echoes[first : first + 2000]).max() > 0.05 * np.abs(dry).max()


@needs_scsynth
def test_a_sound_that_is_turned_between_hits_is_heard_in_the_ringing_voice(tmp_path: Path) -> None:
    long = sound.turn(sound.turn(sound.fresh("drum"), "decay", 4000), "level", 0)
    ringing = Score.of(straight("x---------------").but_track("hat", sound=long))
    turned = straight("x---------------").but_track("hat", sound=sound.turn(long, "level", -40))
    kept, _ = rendered(ringing, tmp_path)
    quiet, _ = rendered(ringing.changed(turned, 2.0), tmp_path)
    late = slice(round(1.3 * 48_000), round(1.5 * 48_000))
    assert np.abs(quiet[late]).max() < 0.02 * np.abs(kept[late]).max()
