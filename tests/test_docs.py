"""The pages and examples: their code runs, and all that can be typed stands in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deepsteps_live.repl.command_line import COMMANDS
from deepsteps_live.session import commands
from deepsteps_live.session.opening import offline_instrument
from deepsteps_live.session.piece import Piece
from deepsteps_live.session.settings import SET_SETTINGS, TRACK_SETTINGS, Setting
from deepsteps_live.session.tracks import TRACK_METHODS
from scripts.make_reference import PAGE, reference
from tests.test_listening_files import loop
from tests.test_tour import Pretended

pytestmark = pytest.mark.usefixtures("folders")

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))

GUIDE = (ROOT / "docs" / "guide.md").read_text()
PAGES = {page.name: page.read_text() for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}

CODE = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
GUIDE_CODE = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)


@pytest.mark.parametrize("code", CODE)
def test_the_code_in_the_readme_runs_line_by_line(code: str) -> None:
    Path("loops").mkdir()
    loop(Path("loops") / "amen.wav")
    instrument = offline_instrument()
    for line in code.splitlines():
        instrument.run(line)


def test_the_code_in_the_guide_runs_line_by_line_from_its_first_to_its_last() -> None:
    instrument = offline_instrument()
    for line in "".join(GUIDE_CODE).splitlines():
        instrument.session.link = Pretended() if "rec(" in line else None  # type: ignore[assignment]
        instrument.run(line)
        instrument.trainer.wait()


def test_the_pages_have_code() -> None:
    assert (len(CODE), len(GUIDE_CODE)) == (5, 11)


def test_the_reference_is_what_the_tables_say_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "`python -m scripts.make_reference` writes it anew"


WORDS = sorted({*commands.COMMANDS, *commands.VALUES, *SET_SETTINGS, *TRACK_SETTINGS, *TRACK_METHODS})


@pytest.mark.parametrize("word", WORDS)
def test_every_word_stands_in_a_page(word: str) -> None:
    assert [name for name, text in PAGES.items() if re.search(rf"`[^`\n]*\b{word}\b", text)]


@pytest.mark.parametrize("name", TRACK_METHODS)
def test_the_help_of_what_a_track_does_is_one_short_line(name: str) -> None:
    first = (TRACK_METHODS[name].__doc__ or "").splitlines()[0]
    assert 0 < len(first) <= 120


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: str(path.stem))
def test_every_example_plays_something(example: Path) -> None:
    instrument = offline_instrument()
    score = Piece(instrument).score(example.read_text(), example.name, 8)
    assert score.events(0, 32, instrument.session.models.decode)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_command_line_stands_in_the_readmes_table(name: str) -> None:
    assert re.search(rf"^\| `deepsteps {name}\b", README, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readmes_table_names_every_option(name: str) -> None:
    (row,) = re.findall(rf"^\| `deepsteps {name}\b(.*?)`", README, re.MULTILINE)
    options = {flag for flags, _ in COMMANDS[name][2] for flag in flags if flag.startswith("--")}
    assert options == set(re.findall(r"--\w+", row))


@pytest.mark.parametrize("flag", ["--pipe"])
def test_the_prompts_own_options_stand_in_the_readme(flag: str) -> None:
    assert f"`deepsteps {flag}`" in README


@pytest.mark.parametrize("call", sorted(set(re.findall(r"`(\w+)\(", README + GUIDE))))
def test_every_call_in_the_readme_and_the_guide_exists(call: str) -> None:
    assert call in {**commands.COMMANDS, **commands.VALUES}


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README + ARCHITECTURE))))
def test_every_link_leads_to_a_file(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("setting", [*SET_SETTINGS.values(), *TRACK_SETTINGS.values()], ids=lambda row: row.help[:20])
def test_a_settings_help_is_one_short_line(setting: Setting) -> None:
    assert 0 < len(setting.help) <= 100
    assert "\n" not in setting.help


@pytest.mark.parametrize("name", [*commands.COMMANDS, *commands.VALUES])
def test_a_words_help_is_one_short_line(name: str) -> None:
    function = commands.COMMANDS.get(name) or commands.VALUES[name]
    first = (function.__doc__ or "").splitlines()[0]
    assert 0 < len(first) <= 120
