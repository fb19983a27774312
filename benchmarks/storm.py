"""No stuck note: `python -m benchmarks.storm` edits at random while gear plays, and counts what is left sounding.

Two synths hear over real MIDI ports: patterns, pitches, gates, mutes, solos, channels and ports change, it is stopped,
started, panicked, undone, cables are pulled and put back. At the end it stops, and no note may sound.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time

from deepsteps_live.session.models import Models
from deepsteps_live.session.session import Session
from deepsteps_live.session.stage import Stage
from tests.gear_helpers import OFF, ON, Synth, gear_set, storm
from tests.stage_helpers import wait_for


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=0.01, help="seconds between edits (0.01)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ds-") as folder:
        os.environ |= {"DEEPSTEPS_RUNTIME": folder, "XDG_DATA_HOME": folder, "XDG_STATE_HOME": folder}
        stage = Stage(own="storm")
        stage.tell = lambda text: None
        session = Session(gear_set("one", "two"), Models(), tell=lambda text: None)
        stage.join(session)
        wait_for(lambda: session.ask("state")["midi"]["jack"])
        synths = [Synth(name, session.ask("state")["midi"]["jack"]) for name in ("one", "two")]
        wait_for(lambda: session.ask("state")["midi"]["outs"].get("two"))
        session.ask("play")
        began = time.monotonic()
        made = storm(session, synths, options.edits, options.seed, pause=options.pause)
        spent = time.monotonic() - began
        state = session.ask("state")
        session.ask("stop")
        time.sleep(2.0)
        for synth in synths:
            ons, offs = len(synth.of(ON)), len(synth.of(OFF))
            left = f"{synth.twice} began twice, {len(synth.sounding)} sound on"
            print(f"{synth.name}: {ons} notes began, {offs} ends, {left}")
        print(
            f"{made} edits in {spent:.0f} s; lookahead {state['lookahead'] * 1000:.0f} ms, {state['dropped']} dropped"
        )
        for synth in synths:
            synth.close()
        stage.leave()


if __name__ == "__main__":
    main()
