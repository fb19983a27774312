"""Whether the panel moves the music: `python -m benchmarks.beside_panel [--bars 16] [--times 3]`.

The same nine tracks are recorded by turns with nobody at a prompt and with a prompt whose panel is drawn in a terminal
of 160x50 (tmux); both times every onset's distance from the grid is told.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time

import numpy as np

from deepsteps_live.session.grid import grid_errors, spread
from deepsteps_live.session.measure import TEMPO, click_set, crowded, heard
from deepsteps_live.session.models import Models
from deepsteps_live.session.session import Session
from deepsteps_live.session.stage import Stage
from tests.stage_helpers import wait_for

TERMINAL = ("tmux", "-L", "beside-panel")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    errors: dict[str, list[float]] = {"alone": [], "panel": []}
    with tempfile.TemporaryDirectory(prefix="ds-") as folder:
        os.environ |= {"DEEPSTEPS_RUNTIME": folder, "XDG_DATA_HOME": folder, "XDG_STATE_HOME": folder}
        stage = Stage()
        stage.tell = lambda text: None
        models = Models()
        session = Session(crowded(click_set(), models.default), models, tell=lambda text: None)
        stage.join(session)
        wait_for(lambda: stage.engine.state.get("sound"))
        for _ in range(options.times):
            for who, found in errors.items():
                if who == "panel":
                    attach = [sys.executable, "-m", "deepsteps_live.repl.command_line", "attach"]
                    subprocess.run([*TERMINAL, "new-session", "-d", "-x", "160", "-y", "50", *attach], check=True)
                    time.sleep(3.0)
                    screen = subprocess.run([*TERMINAL, "capture-pane", "-p"], capture_output=True, text=True).stdout
                    assert "click" in screen, "the panel is not there"
                onsets, state = heard(stage, session, options.bars)
                found += grid_errors(onsets, 60 / TEMPO / 4)[0].tolist()
                if state["late_bundles"]:
                    print(f"{who}: {state['late_bundles']} bundles have come late so far")
                if who == "panel":
                    subprocess.run([*TERMINAL, "kill-server"], check=False)
                    time.sleep(1.0)
        stage.leave()
    for who, found in errors.items():
        print(f"{who}: {len(found)} onsets, ms {spread(np.asarray(found))}")


if __name__ == "__main__":
    main()
