"""The words of the prompt, typed into an instrument that plays nowhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from deepsteps_live.errors import BadInput
from deepsteps_live.music import Table, euclid, lfo, pattern
from deepsteps_live.session import commands, paths
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.opening import offline_instrument
from deepsteps_live.session.piece import Piece, render_file
from deepsteps_live.session.settings import SET_SETTINGS, TRACK_SETTINGS
from tests.typing_in import shown, wrong

pytestmark = pytest.mark.usefixtures("folders")


SET_VALUES = {
    "tempo": (126, 126.0),
    "swing": (0.2, 0.2),
    "quant": (2, 2.0),
    "scale": ("dorian", "dorian"),
    "key": ("D", 2),
    "seed": (7, 7),
    "level": (-3, -3.0),
    "lowpass": (900, 900.0),
    "resonance": (3, 3.0),
    "reverb_time": (4, 4.0),
    "reverb_tone": (2000, 2000.0),
    "delay_time": (0.5, 0.5),
    "delay_feedback": (0.7, 0.7),
    "clock": ("link", "link"),
    "clock_out": (["Digitakt"], ("Digitakt",)),
    "focus": ("kick", "kick"),
}
TRACK_VALUES = {
    "pattern": ("x-X-", pattern("x-X-")),
    "latents": ((1, 0, -1, 0.5), (1.0, 0.0, -1.0, 0.5)),
    "tolerance": (0.3, 0.3),
    "pitches": ([60, 62], (60, 62)),
    "scale": ("blues", "blues"),
    "key": ("Bb", 10),
    "length": (12, 12),
    "rate": ("1/32", 8.0),
    "gate": (250, 250.0),
    "groove": (0.5, 0.5),
    "swing": (0.4, 0.4),
    "level": (-6, -6.0),
    "pan": (-0.5, -0.5),
    "reverb": (0.3, 0.3),
    "delay": (0.2, 0.2),
    "voices": (3, 3),
    "mute": (1, True),
    "solo": (True, True),
    "synth": (False, False),
    "program": (5, 5),
    "bend": (-0.5, -0.5),
}
SWITCHES = ("mute", "solo", "synth")
NAMES = ("clock", "clock_out")  # any word may be the name of a port


@pytest.mark.parametrize("name", SET_SETTINGS)
def test_every_setting_of_the_set_is_assigned_and_read_back(name: str, instrument: Instrument) -> None:
    value, read = SET_VALUES[name]
    instrument.run(f"{name} = {value!r}")
    assert shown(instrument, name) == read


@pytest.mark.parametrize("name", [name for name in TRACK_SETTINGS if name != "model"])
def test_every_setting_of_a_track_is_assigned_and_read_back(name: str, instrument: Instrument) -> None:
    value, read = TRACK_VALUES[name]
    instrument.run(f"snare.{name} = {value!r}")
    assert shown(instrument, f"snare.{name}") == read


@pytest.mark.parametrize(
    "value", ["float('nan')", "float('inf')", "-10**9", "10**400", "'majr'", "object()", "[]", "{}", "print"]
)
@pytest.mark.parametrize(
    "place",
    [
        *(name for name in SET_SETTINGS if name not in NAMES),
        *(f"kick.{name}" for name in TRACK_SETTINGS if name not in SWITCHES),
    ],
)
def test_a_senseless_value_is_one_line_and_changes_nothing(place: str, value: str, instrument: Instrument) -> None:
    wrong(instrument, f"{place} = {value}")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("snair", 'no name "snair"; did you mean "snare"?'),
        ('scale = "majr"', 'no scale "majr"; did you mean "major"?'),
        ("kick.patern = 'x'", 'no track setting "patern"; did you mean "pattern"?'),
        ("kick.sound.dekay = 3", 'no drum parameter "dekay"; did you mean "decay"?'),
        ("kick.sound.decay = 99999", "osc_decay is a number from 10 to 10000 ms, not 99999"),
        ("tempo = 0", "tempo (bpm) is a number from 1 to 999, not 0"),
        ("kick.pattern = 'x-y-'", '"y" at step 3 of a pattern; X is an accent, x a hit, 2 to 9 a roll, - a rest'),
        ("a = float('nan')", "a latent is a number from -100 to 100, not nan"),
        ("seq.latents = 1, 2, 3", "latents are four numbers or signals: seq.latents = 0.4, -1.2, 0, 0.7"),
        ("kick = 3", 'kick is a track; change what it plays: kick.pattern = "x---"; choose another name'),
        ("play = 3", "play is a command of the instrument; choose another name"),
        ("del kick", "kick belongs to the instrument and cannot be deleted"),
        ('focus = "snair"', 'no track "snair"; did you mean "snare"?'),
        (
            "kick.gate = lambda beat: 1",
            "kick.gate cannot be a function; functions move pattern, latents, morph and the faders",
        ),
        (
            "swing = lambda beat: 1",
            "swing cannot be a function; functions move pattern, latents, morph and the faders",
        ),
        ("undo()", "there is nothing to undo"),
        ('seq.model = "none.npz"', "there is no model file none.npz"),
        ('kick.sound = "none.mtpreset:1"', 'cannot read the kit "none.mtpreset"'),
        ('load("friday")', 'no set "friday"; saved are none yet'),
        ('rec("take.mp3")', 'a take is a .wav file: "take.wav"'),
        ('render("nowhere/x.wav")', "there is no folder"),
        ('add("kick")', "a new track needs a free name"),
        ("encode('x---')", "a model knows bars of 16 steps, not 4"),
        ("every(2, 5)", "every() calls a function"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("x ===", "SyntaxError: invalid syntax"),
        ("raise ValueError('two\\nlines')", "ValueError: two lines"),
        ("class E(Exception):\n    def __str__(self): raise E\nraise E", "E"),
    ],
)
def test_a_mistake_says_what_would_be_right(typed: str, said: str, instrument: Instrument) -> None:
    assert wrong(instrument, typed).startswith(said) or said in wrong(instrument, typed)


def test_a_block_with_a_mistake_in_the_middle_changes_nothing(instrument: Instrument) -> None:
    wrong(instrument, "tempo = 99\nkick.pattern = lambda bar: 'x'\nsnair\nswing = 1")
    assert instrument.functions.names() == []


def test_latents_belong_to_the_track_in_focus(instrument: Instrument) -> None:
    instrument.run("focus = 'kick'\na = 0.5\nb = lfo(8, -1, 1)")
    latents = instrument.session.live_set.track("kick").latents
    assert latents is not None
    assert latents[:2] == (0.5, lfo(8, -1, 1))


def test_a_pattern_of_ones_own_takes_the_place_of_latents(instrument: Instrument) -> None:
    instrument.run("kick.pattern = euclid(5, 16)")
    track = instrument.session.live_set.track("kick")
    assert (track.latents, track.pattern) == (None, euclid(5, 16))


def test_a_track_on_latents_shows_what_its_model_plays(instrument: Instrument) -> None:
    instrument.run("kick.latents = 0, 0, 0, 0")
    assert shown(instrument, "kick.pattern") == shown(instrument, "decode(0, 0, 0, 0)")


def test_another_tolerance_plays_more_or_fewer_steps(instrument: Instrument) -> None:
    instrument.run("seq.latents = 0.6, -0.4, 0.9, 0.2")  # between bars, where the model is not sure of every step
    counts = [sum(shown(instrument, f"seq.tolerance = {t}\nseq.pattern").hits) for t in (0.05, 0.5, 0.95)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[2]


def test_what_is_encoded_decodes_to_itself(instrument: Instrument) -> None:
    instrument.run("snare.latents = encode('----x-------x---')")
    assert str(shown(instrument, "snare.pattern")).replace("X", "x") == "----x-------x---"


def test_functions_of_the_beat_become_tables(instrument: Instrument) -> None:
    instrument.run("seq.level = lambda beat: -beat")
    level = instrument.session.live_set.track("seq").level
    assert isinstance(level, Table)
    assert level.at(2) == -2


def test_a_sound_is_turned_in_its_own_units(instrument: Instrument) -> None:
    instrument.run("kick.sound.decay = 400\nkick.sound.osc_wave = 'Saw'")
    assert shown(instrument, "kick.sound.decay") == pytest.approx(400)
    assert shown(instrument, "kick.sound.osc_wave") == "Saw"


def test_a_sound_can_be_another_tracks(instrument: Instrument) -> None:
    instrument.run("kick.sound = snare.sound\nkick.sound.decay += 50")
    live_set = instrument.session.live_set
    assert live_set.track("kick").sound != live_set.track("snare").sound


def test_a_kit_fills_the_eight_drums_in_their_order(instrument: Instrument) -> None:
    instrument.run("kick.sound = 'bass'\nkit('default')")
    names = [track.sound.name for track in instrument.session.live_set if track.sound]
    assert names[:3] == ["Kick", "Snare", "Hat"]
    assert names[-1] == "Pluck"


def test_a_track_is_added_and_removed(instrument: Instrument) -> None:
    instrument.run("add('bass')\nbass.pattern = 'x---'")
    assert instrument.session.live_set.tracks[-1].name == "bass"
    instrument.run("remove(bass)")
    assert "bass" not in instrument.namespace.known()


def test_the_start_is_a_groove_on_the_shipped_model(instrument: Instrument) -> None:
    tracks = {track.name: track for track in instrument.session.live_set}
    assert list(tracks) == ["kick", "snare", "hat", "openhat", "clap", "tom", "perc", "cymbal", "seq"]
    for name in ("kick", "snare", "hat", "seq"):
        assert any(instrument.pattern(name).hits)
        assert tracks[name].model == instrument.session.models.default


def test_a_set_is_saved_and_loaded_with_its_models(instrument: Instrument) -> None:
    instrument.run("tempo = 99\na = lfo(8)\nkick.sound.decay = 500\nsave('friday')")
    saved = instrument.session.live_set
    other = offline_instrument()
    other.run("load('friday')")
    assert other.session.live_set == saved


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"format": 9, "set": {}}'])
def test_a_broken_set_is_refused_and_changes_nothing(content: bytes, instrument: Instrument, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_bytes(content)
    assert "broken.json" in wrong(instrument, "load('broken.json')")


def test_saving_to_a_full_or_closed_folder_is_said(instrument: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(paths, "write_whole", full)
    assert "was not saved: No space left on device" in wrong(instrument, "save('friday')")


def test_render_writes_as_many_bars_as_were_asked_for(instrument: Instrument) -> None:
    instrument.run("tempo = 120\nrender('loop.wav', bars=2)")
    samples, rate = soundfile.read("loop.wav")
    assert rate in (44_100, 48_000)
    assert len(samples) / rate == pytest.approx(4 + 0.0625 + 1, abs=0.05)
    assert 0.25 < np.abs(samples).max() < 0.99


def test_a_piece_unfolds_over_its_bars() -> None:
    instrument = offline_instrument()
    text = "quant = 1\nkick.pattern = 'x---'\nwait(2)\nkick.pattern = '--x-'\ntempo = 90\nwait(1)\nswing = 1"
    score = Piece(instrument).score(text, "piece", 4)
    grids = [event.grid for event in score.events(0, 16) if event.track == "kick"]
    assert grids == [*(float(beat) for beat in range(8)), *(beat + 0.5 for beat in range(8, 16))]
    assert [(beat, live_set.tempo, live_set.swing) for beat, live_set in score.parts][1:] == [
        (8.0, 90.0, 0.08),
        (12.0, 90.0, 1.0),
    ]


def test_functions_run_where_they_are_due_in_a_piece() -> None:
    instrument = offline_instrument()
    text = "kick.pattern = lambda bar: 'x---------------' if bar % 2 else '----------------'"
    score = Piece(instrument).score(text, "piece", 4)
    assert [event.grid for event in score.events(0, 16) if event.track == "kick"] == [4.0, 12.0]


def test_every_runs_in_a_piece() -> None:
    instrument = offline_instrument()
    text = "kick.pattern = 'x---------------'\nevery(1, lambda: setattr(kick, 'pattern', kick.pattern.rotate(4)))"
    score = Piece(instrument).score(text, "piece", 4)
    assert [event.grid for event in score.events(0, 16) if event.track == "kick"] == [0.0, 5.0, 10.0, 15.0]


def test_a_file_renders(tmp_path: Path) -> None:
    (tmp_path / "piece.py").write_text("tempo = 200\nplay()\nwait(1)\nkick.mute = True\n")
    render_file("piece.py", tmp_path / "out.wav", 2)
    assert soundfile.info("out.wav").duration > 2.4


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(BadInput, match="there is no file none"):
        render_file("none.py", Path("out.wav"), 1)


@pytest.mark.parametrize("name", [*commands.COMMANDS, *commands.VALUES, *SET_SETTINGS, *TRACK_SETTINGS])
def test_every_word_has_help(name: str, instrument: Instrument) -> None:
    assert len(shown(instrument, f"help({name!r})")) > len(name) + 5


def test_help_lists_every_word(instrument: Instrument) -> None:
    text = shown(instrument, "help()")
    for name in [*commands.COMMANDS, *commands.VALUES, *SET_SETTINGS, *TRACK_SETTINGS]:
        assert name in text


def test_a_command_without_its_brackets_says_what_to_type(instrument: Instrument) -> None:
    assert repr(shown(instrument, "stop")) == "stop(): Stop, at once."


def test_help_on_a_typo_names_the_nearest(instrument: Instrument) -> None:
    assert 'did you mean "tempo"?' in wrong(instrument, "help('tmpo')")


def test_what_is_called_and_not_set_says_so(instrument: Instrument) -> None:
    with pytest.raises(BadInput, match=r"like is called, not set: snare\.like\(\.\.\.\)"):
        instrument.track("snare").like = "kick"
