"""Sounds at the prompt: sends, morphs, followers, and what the master does."""

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.music import Table, events
from deepsteps_live.music.signals import Lfo
from deepsteps_live.session.instrument import Instrument


def track(instrument: Instrument, name: str):  # type: ignore[no-untyped-def]
    return instrument.session.live_set.track(name)


def test_sends_and_the_master_are_assigned(instrument: Instrument) -> None:
    instrument.run("snare.reverb = 0.3; hat.delay = lfo(8, 0, 0.5); lowpass = 800; resonance = 4; delay_time = 0.5")
    assert track(instrument, "snare").reverb == 0.3
    assert isinstance(track(instrument, "hat").delay, Lfo)
    live_set = instrument.session.live_set
    assert (live_set.lowpass, live_set.resonance, live_set.delay_time) == (800, 4, 0.5)


def test_the_masters_lowpass_may_be_a_function_of_the_beat(instrument: Instrument) -> None:
    instrument.run("lowpass = lambda beat: 500 + beat")
    assert isinstance(instrument.session.live_set.lowpass, Table)
    instrument.run("lowpass = 900")
    assert (instrument.session.live_set.lowpass, instrument.functions.names()) == (900, [])


def test_seq_follows_the_kick_until_it_has_a_rhythm_of_its_own(instrument: Instrument) -> None:
    instrument.run("seq.follow(kick)")
    assert track(instrument, "seq").follows == "kick"
    found = events(instrument.session.live_set, 0, 16, instrument.session.models.decode)
    assert [e.beat for e in found if e.track == "seq"] == [e.beat for e in found if e.track == "kick"] != []
    instrument.run("seq.pattern = 'x---'")
    assert track(instrument, "seq").follows == ""


@pytest.mark.parametrize("typed", ["seq.follow()", "seq.a = 0.4", "seq.latents = 1, 0, 0, 0", "undo()"])
def test_following_ends(typed: str, instrument: Instrument) -> None:
    instrument.run("seq.follow('kick')")
    instrument.run(typed)
    assert track(instrument, "seq").follows == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("seq.follow('kik')", 'no track "kik"; did you mean "kick"?'),
        ("seq.follow(seq)", "seq plays the rhythm of seq already"),
        ("kick.follow(seq); seq.follow(kick)", "kick plays the rhythm of seq already"),
        ("kick.morph('bass')", "a drum patch morphs to another one"),
        ("kick.morph('default:2', 1.5)", "morph is a number from 0 to 1, not 1.5"),
        ("kick.reverb = 2", "reverb is a number from 0 to 1, not 2"),
        ("kick.voices = 0", "voices is a number from 1 to 16, not 0"),
        ("lowpass = 5", "lowpass (Hz) is a number from 20 to 20000, not 5"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(typed: str, said: str, instrument: Instrument) -> None:
    before = instrument.session.live_set
    with pytest.raises(BadInput) as error:
        instrument.run(typed)
    assert str(error.value).startswith(said)
    assert instrument.session.live_set == before


def test_a_morph_keeps_the_sound_it_starts_from(instrument: Instrument) -> None:
    instrument.run("kick.morph(snare, 0.3)")
    kick, snare = track(instrument, "kick"), track(instrument, "snare")
    assert (kick.toward, kick.morph, kick.sound) == (snare.sound, 0.3, instrument.session.live_set.track("kick").sound)
    instrument.run("kick.morph()")
    assert (track(instrument, "kick").toward, track(instrument, "kick").morph) == (None, 0.0)


def test_a_morph_may_be_a_signal_or_a_function_and_a_new_sound_ends_it(instrument: Instrument) -> None:
    instrument.run("kick.morph('default:3', lambda beat: 0.5)")
    assert isinstance(track(instrument, "kick").morph, Table)
    instrument.run("kick.morph('default:3', lfo(16, 0, 1))")
    assert isinstance(track(instrument, "kick").morph, Lfo)
    assert instrument.functions.names() == []
    instrument.run("kick.sound = 'default:1'")
    assert track(instrument, "kick").toward is None


def test_a_whole_kit_morphs_and_comes_back_in_one_step(instrument: Instrument) -> None:
    instrument.run("morph('default', 0.25)")
    moved = [each.name for each in instrument.session.live_set if each.toward is not None]
    assert moved == ["kick", "snare", "hat", "openhat", "clap", "tom", "perc", "cymbal"]
    instrument.run("undo()")
    assert all(each.toward is None for each in instrument.session.live_set)


def test_help_knows_what_a_track_does(instrument: Instrument) -> None:
    shown: list[object] = []
    instrument.run("help(seq)", show=shown.append)
    assert "seq.follow(track)" in str(shown)
    assert "seq.morph(other, x)" in str(shown)


def test_a_kit_that_does_not_ship_is_said_with_the_nearest(instrument: Instrument) -> None:
    with pytest.raises(BadInput, match='no kit "nois"; did you mean "noise"'):
        instrument.run("kit('nois')")
