"""A prompt begins as settings.toml and startup.py say, and goes on when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepsteps_live import places, preferences, sound
from deepsteps_live.preferences import TABLE
from deepsteps_live.session.defaults import starting_set
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.user_files import definitions, prefer, start_up


@pytest.fixture
def own(folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEEPSTEPS_CONFIG", str(folders))
    return folders


def preferred(instrument: Instrument, text: str) -> list[str]:
    """What is said of settings.toml."""
    preferences.settings_file().write_text(text)
    said: list[str] = []
    prefer(instrument, said.append)
    return said


def started(instrument: Instrument, text: str, *, joined: bool = False) -> list[str]:
    """What is said of startup.py."""
    preferences.startup_file().write_bytes(text.encode())
    said: list[str] = []
    start_up(instrument, said.append, joined=joined)
    return said


def test_the_set_begins_as_the_settings_say(instrument: Instrument, own: Path) -> None:
    assert preferred(instrument, 'tempo = 133\nswing = 0.3\nquant = 2\nkit = "noise"\n') == []
    live_set = instrument.session.live_set
    assert (live_set.tempo, live_set.swing, live_set.quant) == (133, 0.3, 2)
    kick = live_set.track("kick").sound
    assert kick == sound.read_kit(places.KITS / "noise.mtpreset").patches[0]


def test_the_defaults_are_those_of_the_set_that_ships(instrument: Instrument) -> None:
    live_set = starting_set(instrument.session.models)
    assert [TABLE[name].default for name in ("tempo", "swing", "quant")] == [
        live_set.tempo,
        live_set.swing,
        live_set.quant,
    ]


def test_a_kit_that_is_not_there_is_one_line_and_the_rest_holds(instrument: Instrument, own: Path) -> None:
    (said,) = preferred(instrument, 'kit = "nowhere.mtpreset"\ntempo = 133\n')
    assert said.startswith(f'{own}/settings.toml: cannot read the kit "nowhere.mtpreset"')
    assert instrument.session.live_set.tempo == 133


def test_without_files_nothing_is_said(instrument: Instrument, own: Path) -> None:
    said: list[str] = []
    prefer(instrument, said.append)
    start_up(instrument, said.append, joined=False)
    assert said == []


def test_startup_is_run(instrument: Instrument, own: Path) -> None:
    assert started(instrument, "def busy():\n    hat.pattern = 'xx'\n\ntempo = 133\n") == []
    instrument.run("busy()")
    assert instrument.session.live_set.tempo == 133
    assert str(instrument.pattern("hat")) == "xx"


def test_windows_line_ends_and_marks_are_read(instrument: Instrument, own: Path) -> None:
    assert started(instrument, "\ufeffif True:\r\n    tempo = 133\r\n") == []
    assert instrument.session.live_set.tempo == 133


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tempo = 133\n\nboo()\n", 'startup.py, line 3: no name "boo"; help() lists the words'),
        ("tempo = 133\nx ===\n", "startup.py, line 2: SyntaxError: invalid syntax"),
        ("tempo = 133\nraise SystemExit", "startup.py, line 2: SystemExit"),
        ("raise KeyboardInterrupt", "startup.py was stopped"),
    ],
)
def test_an_error_in_startup_is_one_line_with_its_place(
    text: str, said: str, instrument: Instrument, own: Path
) -> None:
    before = instrument.session.live_set
    assert started(instrument, text) == [f"{own}/{said}"]
    assert instrument.session.live_set == before


def test_a_startup_that_is_no_text_is_one_line(instrument: Instrument, own: Path) -> None:
    preferences.startup_file().write_bytes(b"\xff\xfe")
    said: list[str] = []
    start_up(instrument, said.append, joined=False)
    assert len(said) == 1
    assert "cannot be read as text" in said[0]


def test_a_prompt_that_joins_takes_definitions_and_leaves_the_music(instrument: Instrument, own: Path) -> None:
    before = instrument.session.live_set
    assert started(instrument, "import math\ntempo = 133\ndef busy():\n    return math.pi\nplay()\n", joined=True) == []
    assert instrument.session.live_set == before
    instrument.run("assert busy() > 3")


def test_definitions_stay_on_their_lines() -> None:
    text = (
        "tempo = 1\n@staticmethod\ndef f():\n    x = 1\n\n    return x\nif 1:\n    def g(): pass\nimport a; tempo = 2"
    )
    assert definitions(text).split("\n") == [
        "",
        "@staticmethod",
        "def f():",
        "    x = 1",
        "",
        "    return x",
        "",
        "",
        "",
    ]


def test_what_python_cannot_read_is_left_to_say_so() -> None:
    assert definitions("x ===") == "x ==="
