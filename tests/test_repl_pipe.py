"""Blocks on standard input, and blocks at the prompt."""

import pytest

from deepsteps_live.repl.pipe import blocks
from deepsteps_live.repl.prompt import complete


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("play()\ntempo = 3\n", ["play()", "tempo = 3"]),
        ("def f():\n    return 1\n\nf()\n", ["def f():\n    return 1\n", "f()"]),
        ("def f():\n    return 1\nf()\n", ["def f():\n    return 1", "f()"]),
        (
            "for i in range(3):\n    play()\nelse:\n    stop()\n\n",
            ["for i in range(3):\n    play()\nelse:\n    stop()\n"],
        ),
        ("kick.pattern = (\n'x---'\n)\nplay()\n", ["kick.pattern = (\n'x---'\n)", "play()"]),
        ("x = 1\r\ny = 2\r\n", ["x = 1", "y = 2"]),
        ("wrong wrong\nplay()\n", ["wrong wrong", "play()"]),
        ("def f():\n    return 1", ["def f():\n    return 1"]),
        ("\n\n", []),
    ],
)
def test_input_falls_into_blocks(sent: str, found: list[str]) -> None:
    assert [block for block in blocks(sent.splitlines(keepends=True)) if block.strip()] == found


@pytest.mark.parametrize("text", ["play()", "a, b = 1, 2", "wrong wrong", "def f():\n    return 1\n", "x = 1\ny = 2"])
def test_enter_runs_a_whole_block(text: str) -> None:
    assert complete(text)


@pytest.mark.parametrize("text", ["def f():", "kick.pattern = (", "def f():\n    return 1", '"""open'])
def test_enter_goes_on_with_an_open_one(text: str) -> None:
    assert not complete(text)
