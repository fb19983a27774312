"""Completion: the names that are there; completing runs nothing and never raises."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from deepsteps_live.music import KEYS, SCALES
from deepsteps_live.repl.completion import NameCompleter
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.opening import offline_instrument
from deepsteps_live.session.settings import TRACK_SETTINGS
from tests.fakes import FakeEngine


def offered(instrument: Instrument, text: str) -> list[str]:
    return [each.text for each in NameCompleter(instrument).get_completions(Document(text), CompleteEvent())]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tem", ["tempo"]),
        ("a = eucl", ["euclid"]),
        ("snare.pattern = kick.pat", ["pattern"]),
        ("kick.sound.osc_w", ["osc_wave"]),
        ("kick.pattern.rot", ["rotate"]),
        ('scale = "dor', ["dorian"]),
        ("kick.scale = 'mixo", ["mixolydian"]),
        ('kick.sound = "default:8', []),
        ('kit("def', ["default"]),
        ("for track in (kick, sna", ["snare"]),
        ("tempo", []),
        ("kick.nothing.", []),
        ("nobody.", []),
        ('print("kic', ["kick"]),
        ("3.", []),
        ("euclid(3, 8).rot", []),
        ("Pattern.rot", ["rotate"]),
    ],
)
def test_what_fits_is_offered(text: str, found: list[str], instrument: Instrument) -> None:
    assert offered(instrument, text) == found


def test_after_a_track_stand_all_its_settings(instrument: Instrument) -> None:
    assert set(TRACK_SETTINGS) <= set(offered(instrument, "kick."))


def test_inside_quotes_stand_all_scales_keys_and_sounds(instrument: Instrument) -> None:
    assert offered(instrument, 'scale = "') == list(SCALES)
    assert offered(instrument, 'key = "') == list(KEYS)
    assert offered(instrument, 'kick.sound = "default:') == [f"default:{slot}" for slot in range(1, 9)]


def test_a_setting_brings_its_help(instrument: Instrument) -> None:
    (found,) = NameCompleter(instrument).get_completions(Document("temp"), CompleteEvent())
    assert "bpm" in found.display_meta_text


def test_the_performers_own_names_are_offered() -> None:
    instrument = offline_instrument()
    instrument.run("my_fill = euclid(3, 8)")
    assert offered(instrument, "my_") == ["my_fill"]


def test_completing_runs_nothing_that_was_typed() -> None:
    instrument = offline_instrument()
    text = """
ran = []
class Trap:
    @property
    def open(self): ran.append(1); raise SystemExit
    def __dir__(self): ran.append(1); raise KeyError
    def __getattr__(self, name): ran.append(1); raise ValueError
trap = Trap()
"""
    instrument.run(text)
    for typed in ("trap.", "trap.open.", "trap.other.", "trap.a.b.", "ran.append(1)."):
        offered(instrument, typed)
    assert instrument.namespace["ran"] == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet="kicksoundtempo._='\"()[]: \n\\é0", max_size=30))
def test_completing_never_raises(instrument: Instrument, text: str) -> None:
    before = instrument.session.live_set
    offered(instrument, text)
    assert instrument.session.live_set == before


def metas(instrument: Instrument, text: str) -> dict[str, str]:
    found = NameCompleter(instrument).get_completions(Document(text), CompleteEvent())
    return {each.text: each.display_meta_text for each in found}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('load("', "friday"),
        ('load_dataset("', "breaks"),
        ('model("', "groove"),
        ('seq.model = "', "previous"),
        ('kit("', "noise"),
        ('add("ride", "', "default:8"),
        ('kick.sound = "', "pluck"),
        ('kick.rate = "', "1/16T"),
        ('focus = "', "hat"),
        ('train(style="', "wide"),
        ('lfo(8, shape="', "square"),
        ('go(1, "', "drop"),
        ('cancel("', "kick.level"),
        ('cancel("', "learn"),
        ('learn("', "kick.sound.osc_decay"),
        ('seq.midi("', "Digitakt"),
        ('seq.keys("', "Keystep"),
        ('clock = "', "Keystep"),
        ('help("', "tempo"),
        ("train(", "style="),
        ("snare.like(kick, ", "temperature="),
    ],
)
def test_what_is_there_by_name_is_offered(text: str, word: str, instrument: Instrument) -> None:
    instrument.run("kick.level = lambda beat: -6; scene('drop'); save('friday'); capture(kick); save_dataset('breaks')")
    instrument.run("learn(kick.pan)")
    instrument.session.link = link = FakeEngine()
    link.state["midi"] = {"ports": ["Digitakt"], "sources": ["Keystep"]}
    assert word in offered(instrument, text)


def test_files_are_offered_where_the_path_leads(instrument: Instrument, folders: Path) -> None:
    (folders / "loops").mkdir()
    for name in ("amen.wav", "think.mid", "notes.txt", ".hidden.wav"):
        (folders / "loops" / name).touch()
    assert offered(instrument, 'listen("loo') == ["loops", "loops/"]
    assert offered(instrument, 'listen("loops/') == ["loops/amen.wav", "loops/think.mid"]
    assert offered(instrument, "groove_from('loops/a") == ["loops/amen.wav"]
    assert offered(instrument, 'listen("nowhere/') == []


def test_a_patch_is_offered_with_its_name(instrument: Instrument) -> None:
    assert metas(instrument, 'kick.sound = "default:')["default:1"] == "Kick"


def test_a_kit_that_is_no_kit_offers_nothing(instrument: Instrument, folders: Path) -> None:
    (folders / "bad.mtpreset").write_text("nonsense {")
    assert not [text for text in offered(instrument, 'kick.sound = "bad.mtpreset:') if ":" in text]


def test_a_parameter_brings_its_value_range_and_unit(instrument: Instrument) -> None:
    found = metas(instrument, "kick.sound.osc_de")["osc_decay"]
    assert "; " in found
    assert "ms" in found


def test_a_command_brings_the_first_line_of_its_help(instrument: Instrument) -> None:
    assert metas(instrument, "und")["undo"] == "Take back the last edits."


def test_what_breaks_inside_offers_nothing(instrument: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instrument.namespace, "known", lambda: 1 // 0)
    assert offered(instrument, "tem") == []
