"""Assignment to a bound name is a command."""

from collections.abc import Iterator
from typing import Any

import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.session.namespace import Bound, Namespace


class Desk:
    """Two bound names: `tempo`, which can be set, and `play`, which cannot."""

    def __init__(self) -> None:
        self.tempo: Any = 120
        self.names = Namespace(self.find, self.all)

    def find(self, name: str) -> Bound | None:
        if name == "tempo":
            return Bound(lambda: self.tempo, lambda value: setattr(self, "tempo", value), "bpm")
        return Bound(lambda: "playing", None, "a command") if name == "play" else None

    def all(self) -> Iterator[str]:
        yield from ("tempo", "play")

    def run(self, text: str) -> Namespace:
        exec(text, self.names)
        return self.names


def test_assignment_to_a_bound_name_sets_it() -> None:
    desk = Desk()
    desk.run("tempo = 126")
    assert desk.tempo == 126
    assert "tempo" not in dict(desk.names)


def test_a_bound_name_reads_as_it_is_now() -> None:
    assert Desk().run("found = tempo + 1")["found"] == 121


def test_changing_in_place_works() -> None:
    desk = Desk()
    desk.run("tempo += 5")
    assert desk.tempo == 125


def test_unpacking_works() -> None:
    desk = Desk()
    assert desk.run("tempo, other = 99, 7")["other"] == 7
    assert desk.tempo == 99


def test_functions_see_bound_names() -> None:
    assert Desk().run("def double():\n    return tempo * 2\nfound = double()")["found"] == 240


def test_functions_still_see_them_when_called_often() -> None:
    text = "def read():\n    return tempo\nfor _ in range(100):\n    found = read()\ntempo = 7\nlast = read()"
    assert Desk().run(text)["last"] == 7


def test_a_global_statement_in_a_function_acts_when_settled() -> None:
    desk = Desk()
    desk.run("def faster():\n    global tempo\n    tempo = 140\nfaster()").settle()
    assert desk.tempo == 140


def test_a_command_cannot_be_assigned() -> None:
    with pytest.raises(BadInput, match="play is a command; choose another name"):
        Desk().run("play = 3")


def test_a_bound_name_cannot_be_deleted() -> None:
    desk = Desk()
    with pytest.raises(NameError):
        desk.run("del tempo")
    assert desk.names["tempo"] == 120


def test_other_names_are_the_performers_own() -> None:
    assert Desk().run("mine = 3\nmine += 1")["mine"] == 4


def test_an_unknown_name_is_a_name_error() -> None:
    with pytest.raises(NameError, match="tempoo"):
        Desk().run("tempoo")


def test_known_names_are_bound_ones_and_own_ones() -> None:
    assert Desk().run("mine = 3").known() == ["mine", "play", "tempo"]
