"""The user's settings: what is written well is taken, what is not is one line and changes nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from deepsteps_live import preferences
from deepsteps_live.preferences import TABLE

README = (Path(__file__).parent.parent / "README.md").read_text()


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEEPSTEPS_CONFIG", str(tmp_path))
    return tmp_path


def write(text: str) -> tuple[dict[str, object], list[str]]:
    preferences.settings_file().write_text(text)
    return preferences.written()


def test_without_a_file_every_setting_is_its_default() -> None:
    assert preferences.written() == ({}, [])
    assert preferences.value("period") == 256


def test_a_setting_is_read() -> None:
    assert write("tempo = 140\npanel = false\n") == ({"tempo": 140, "panel": False}, [])
    assert preferences.value("tempo") == 140


def test_an_unknown_setting_is_one_line_with_the_nearest() -> None:
    right, wrong = write("tempp = 140\nquant = 2\n")
    assert right == {"quant": 2}
    assert wrong == [f'{preferences.settings_file()}: no setting "tempp"; did you mean "tempo"?']


@pytest.mark.parametrize(
    "line",
    [
        "tempo = 0",
        'tempo = "fast"',
        "tempo = nan",
        "tempo = true",
        "swing = 2",
        "quant = 1.5",
        "kit = 3",
        'panel = "yes"',
        "mouse = 1",
        "rate = 22050",
        "rate = true",
        "period = 100",
        'server = "here"',
        "server = 57110",
        "[tempo]\nbpm = 3",
    ],
)
def test_a_wrong_value_is_one_line_and_the_default_holds(line: str) -> None:
    right, wrong = write(line)
    assert right == {}
    assert len(wrong) == 1
    assert "\n" not in wrong[0]


@pytest.mark.parametrize("content", [b"tempo 3", b"\xff\xfe", b"tempo = 3\ntempo = 4\n"])
def test_a_file_that_is_no_toml_is_one_line(content: bytes) -> None:
    preferences.settings_file().write_bytes(content)
    right, wrong = preferences.written()
    assert (right, len(wrong)) == ({}, 1)
    assert "\n" not in wrong[0]


def test_the_example_sets_nothing() -> None:
    assert tomllib.loads(preferences.example()) == {}


def test_the_example_without_its_marks_is_every_default() -> None:
    lines = [line[2:] for line in preferences.example().splitlines() if " = " in line]
    assert tomllib.loads("\n".join(lines)) == {name: row.default for name, row in TABLE.items()}


@pytest.mark.parametrize("name", TABLE)
def test_every_default_is_right(name: str) -> None:
    assert TABLE[name].check(name, TABLE[name].default) == TABLE[name].default


@pytest.mark.parametrize("name", TABLE)
def test_a_settings_help_is_one_short_line(name: str) -> None:
    assert 0 < len(TABLE[name].help) <= 100


def test_the_readme_has_the_table() -> None:
    assert preferences.table() in README


def test_the_folder_is_the_systems_own_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEEPSTEPS_CONFIG")
    assert preferences.folder().name == "deepsteps"
