"""Key presses with the time at which they came in, for tapping a rhythm."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterator

from prompt_toolkit.input import create_input
from prompt_toolkit.keys import Keys

LOOK = 0.02  # seconds between looks at whether it is over

ENDS = {Keys.Enter, Keys.ControlJ, Keys.ControlM, Keys.ControlD}


def key_times(over: Callable[[], bool]) -> Iterator[float]:
    """`time.monotonic()` of each key pressed, until Enter or until `over()`. Ctrl-C is KeyboardInterrupt."""
    keyboard = create_input()
    with keyboard.raw_mode():
        while not over():
            ready, _, _ = select.select([keyboard.fileno()], [], [], LOOK)
            now = time.monotonic()
            for press in keyboard.read_keys() if ready else []:
                if press.key == Keys.ControlC:
                    raise KeyboardInterrupt
                if press.key in ENDS:
                    return
                yield now
