"""The instrument in IPython: the prompt's names act in cells, a cell is one change, and all can be given back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from deepsteps_live.music import pattern
from deepsteps_live.repl.notebook import Notebook
from deepsteps_live.repl.notebook_display import GAP, STEP, Said, pattern_html
from deepsteps_live.session.instrument import Instrument


class Shell(InteractiveShell):
    """IPython without a terminal; what it shows as an error is kept."""

    wrong: list[str]

    def init_history(self) -> None:
        super().init_history()
        self.history_manager.enabled = False

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        self.wrong += ["\n".join(stb)]


@pytest.fixture
def shell(folders: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.setenv("IPYTHONDIR", str(folders))
    main = sys.modules["__main__"]
    made = Shell()
    made.wrong = []
    yield made
    made.restore_sys_module_state()
    sys.modules["__main__"] = main


@pytest.fixture
def notebook(shell: Shell, instrument: Instrument) -> Notebook:
    return Notebook(shell, instrument, lambda: None)


def cell(notebook: Notebook, text: str) -> Any:
    """Run a cell; the value that it shows."""
    return notebook.shell.run_cell(text).result


def test_assignment_to_a_bound_name_acts(notebook: Notebook, instrument: Instrument) -> None:
    cell(notebook, "tempo = 131\nkick.pattern = 'x---'")
    assert instrument.session.live_set.tempo == 131
    assert str(instrument.pattern("kick")) == "x---"


def test_bound_names_are_read_as_they_are_now(notebook: Notebook, instrument: Instrument) -> None:
    instrument.run("tempo = 99")
    assert cell(notebook, "tempo") == 99


def test_names_of_ones_own_stay_from_cell_to_cell(notebook: Notebook) -> None:
    cell(notebook, "mine = 3\ndef twice():\n    return mine * 2 + quant")
    assert cell(notebook, "twice()") == 7


def test_a_function_acts_with_global(notebook: Notebook, instrument: Instrument) -> None:
    cell(notebook, "def faster():\n    global tempo\n    tempo = 141\nfaster()")
    assert instrument.session.live_set.tempo == 141


def test_a_cell_that_fails_changes_nothing_and_says_so_in_a_line(notebook: Notebook, instrument: Instrument) -> None:
    before = instrument.session.live_set
    cell(notebook, "tempo = 131\n\nkick.pattern = 'y'")
    assert instrument.session.live_set == before
    assert notebook.shell.wrong == [
        '"y" at step 1 of a pattern; X is an accent, x a hit, 2 to 9 a roll, - a rest (line 3)'
    ]


def test_an_error_of_ones_own_keeps_its_traceback_and_changes_nothing(
    notebook: Notebook, instrument: Instrument
) -> None:
    before = instrument.session.live_set
    cell(notebook, "tempo = 131\n1 / 0")
    assert instrument.session.live_set == before
    assert "ZeroDivisionError" in notebook.shell.wrong[0]


def test_a_wrong_name_is_one_line_with_the_nearest(notebook: Notebook) -> None:
    cell(notebook, "snair")
    assert notebook.shell.wrong == ['no name "snair"; did you mean "snare"?']


def test_a_command_cannot_be_assigned(notebook: Notebook, instrument: Instrument) -> None:
    cell(notebook, "play = 3")
    assert notebook.shell.wrong == ["play is a command of the instrument; choose another name"]


def test_what_a_function_leaves_with_global_can_fail_too(notebook: Notebook, instrument: Instrument) -> None:
    before = instrument.session.live_set
    result = notebook.shell.run_cell("swing = 0.5\ndef wrong():\n    global tempo\n    tempo = 0\nwrong()")
    assert notebook.shell.wrong == ["tempo (bpm) is a number from 1 to 999, not 0"]
    assert not result.success
    assert instrument.session.live_set == before


def test_undo_takes_back_a_cell(notebook: Notebook, instrument: Instrument) -> None:
    before = instrument.session.live_set
    cell(notebook, "tempo = 131\nswing = 0.5")
    cell(notebook, "undo()")
    assert instrument.session.live_set == before


def test_empty_cells_and_cells_within_cells_leave_nothing_open(notebook: Notebook, instrument: Instrument) -> None:
    before = instrument.session.live_set
    for text in ("", "   \n", "x ===", "%%capture said\ntempo = 131\nhelp()", "get_ipython().run_cell('swing = 0.5')"):
        cell(notebook, text)
    assert instrument.session.live_set == before.but(tempo=131, swing=0.5)
    cell(notebook, "undo(2)")
    assert instrument.session.live_set == before


def test_a_command_wins_over_a_magic_of_its_name(notebook: Notebook, folders: Any) -> None:
    cell(notebook, 'save("friday")')
    assert list(folders.rglob("friday.json"))


def test_magics_see_the_same_names(notebook: Notebook, instrument: Instrument) -> None:
    cell(notebook, "%time tempo = 131")
    assert instrument.session.live_set.tempo == 131


def test_classes_of_a_cell_can_be_pickled(notebook: Notebook) -> None:
    assert cell(notebook, "import pickle\nclass Mine: pass\ntype(pickle.loads(pickle.dumps(Mine()))) is Mine") is True


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("sna", "snare"),
        ("kick.lev", "kick.level"),
        ("x = 1\nkick.lev", "x = 1\nkick.level"),
        ('scale = "dor', 'scale = "dorian'),
    ],
)
def test_the_completer_knows_the_names(notebook: Notebook, typed: str, whole: str) -> None:
    with provisionalcompleter():
        found = list(notebook.shell.Completer.completions(typed, len(typed)))
    assert whole in [typed[: each.start] + each.text + typed[each.end :] for each in found]


def test_text_of_a_command_is_shown_as_text(notebook: Notebook) -> None:
    found = cell(notebook, 'help("tempo")')
    shown, _ = notebook.shell.display_formatter.format(found)
    assert shown["text/plain"] == "tempo: tempo in bpm, 1 to 999; may move"


def test_text_of_several_lines_is_shown_in_lines(notebook: Notebook) -> None:
    shown, _ = notebook.shell.display_formatter.format(Said("a\nb"))
    assert shown["text/plain"] == "a\nb"


@pytest.mark.parametrize("text", ["kick", "kick.pattern"])
def test_patterns_and_tracks_are_shown_as_pictures(notebook: Notebook, text: str) -> None:
    shown, _ = notebook.shell.display_formatter.format(cell(notebook, text))
    assert "<svg" in shown["text/html"]


def test_a_picture_has_a_bar_a_hit_and_more_for_a_roll() -> None:
    count = pattern_html(pattern("x---X---")).count("<rect")
    assert count == 8 + 2
    assert pattern_html(pattern("3---X---")).count("<rect") == count + 2


def test_an_early_hit_stands_to_the_left() -> None:
    early = replace(pattern("-x"), offsets=(0.0, -0.25))
    assert f'x="{GAP + STEP * 0.75:.1f}"' in pattern_html(early)


def test_ones_own_names_that_are_bound_give_way_and_come_back(shell: Shell, instrument: Instrument) -> None:
    shell.run_cell("tempo = 'mine'\nother = 4")
    notebook = Notebook(shell, instrument, lambda: None)
    assert cell(notebook, "tempo") == instrument.session.live_set.tempo
    cell(notebook, "other += 1\nfresh = 6")
    notebook.give_back()
    assert shell.run_cell("tempo, other, fresh").result == ("mine", 5, 6)


def test_given_back_the_shell_is_as_it_was(shell: Shell, instrument: Instrument) -> None:
    names, module, main = shell.user_ns, shell.user_module, sys.modules["__main__"]
    Notebook(shell, instrument, lambda: None).give_back()
    shell.run_cell("tempo = 3\nsnair")
    assert (shell.user_ns, shell.user_module, sys.modules["__main__"]) == (names, module, main)
    assert "NameError" in shell.wrong[0]
    assert instrument.session.live_set.tempo != 3


def test_ctrl_c_takes_the_cell_back(notebook: Notebook, instrument: Instrument) -> None:
    before = instrument.session.live_set
    cell(notebook, "tempo = 131\nraise KeyboardInterrupt")
    assert notebook.shell.wrong == ["stopped; the music goes on"]
    assert instrument.session.live_set == before
