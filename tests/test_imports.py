"""The rooms import one way only. To allow an import, add it to the row of the room that needs it.

Both processes stand on the values: music, sound and model.
"""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = "deepsteps_live"

COMMONS = {"errors", "places", "files", "preferences", "__version__"}

MAY_IMPORT = {
    "music": set(),
    "model": set(),
    "timing": set(),
    "sound": {"music"},
    "prior": {"music"},
    "listening": {"music"},
    "synthdefs": {"sound", "music"},
    "gear": {"timing"},
    "outputs": {"music", "sound", "synthdefs", "gear"},
    "engine": {"timing", "outputs", "music", "sound", "model", "synthdefs"},
    "session": {"music", "model", "sound", "prior", "listening", "engine", "gear"},
    "repl": {"session", "music", "sound"},
}


def test_the_table_has_no_ring() -> None:
    TopologicalSorter(MAY_IMPORT).prepare()


def test_every_folder_of_code_is_a_room_of_the_table() -> None:
    folders = {path.parent.name for path in (ROOT / PACKAGE).glob("*/__init__.py")}
    assert folders <= set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_the_table_allows(room: str) -> None:
    allowed = MAY_IMPORT[room] | COMMONS | {room}
    wrong = {f"{path.name} imports {name}" for path in files(room) for name in rooms_in(path) if name not in allowed}
    assert not wrong


@pytest.mark.parametrize("common", ["errors", "places", "files", "preferences"])
def test_what_is_everybodys_imports_no_room(common: str) -> None:
    assert set(rooms_in(ROOT / PACKAGE / f"{common}.py")) <= COMMONS


def test_a_forbidden_import_is_found_wherever_and_however_it_is_written(tmp_path: Path) -> None:
    for text in (
        "import deepsteps_live.outputs.live",
        "from deepsteps_live import outputs",
        "from deepsteps_live.outputs import boot",
        "def late():\n    from deepsteps_live.outputs.live import x",
    ):
        (tmp_path / "some.py").write_text(text)
        assert list(rooms_in(tmp_path / "some.py")) == ["outputs"]


def files(room: str) -> list[Path]:
    return sorted((ROOT / room if room == "synthdefs" else ROOT / PACKAGE / room).rglob("*.py"))


def rooms_in(path: Path) -> Iterator[str]:
    """The rooms that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        for module in modules_in(node):
            package, _, rest = module.partition(".")
            if package == PACKAGE and rest:
                yield rest.split(".")[0]


def modules_in(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level < 2, "a relative import stays in its room"
        if node.level:
            return []
        if node.module == PACKAGE:
            return [f"{PACKAGE}.{alias.name}" for alias in node.names]
        return [node.module or ""]
    return []
