"""The engine's own process: `python -m deepsteps_live.engine SOCKET [--server HOST:PORT]`. Started by the prompt."""

from __future__ import annotations

import argparse
import contextlib
import gc
import signal
import sys
from pathlib import Path

from deepsteps_live import outputs, places
from deepsteps_live.engine import priority
from deepsteps_live.engine.player import Player
from deepsteps_live.engine.server import ALONE, Server
from deepsteps_live.engine.supervised import Supervised
from deepsteps_live.files import write_whole
from deepsteps_live.music import codec
from deepsteps_live.timing import RealClock, WallClock


def main() -> int:
    """Serve until the last prompt has left."""
    parser = argparse.ArgumentParser(prog="deepsteps-engine")
    parser.add_argument("socket", type=Path)
    parser.add_argument("--server", metavar="HOST:PORT")
    parser.add_argument("--alone", type=float, default=ALONE)
    options = parser.parse_args()
    priority.ask_for_process()
    notices: list[str] = []
    wall = WallClock()

    def notify(text: str) -> None:
        player.notify(text)

    def late(seconds: float) -> None:
        player.late(seconds)

    sound = Supervised(
        lambda died: outputs.boot(wall_time=wall, died=died, notice=notify, late=late, server=options.server),
        notify=notify,
    )
    player = Player(sound, RealClock(), notify=notices.append, thread_begins=priority.ask_for_thread)
    server = Server(options.socket, player, alone=options.alone, notices=notices)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: server.ended.set())
    gc.collect()
    gc.freeze()
    server.wait()
    _autosave(player)
    player.close()
    server.close()
    return 0


def _autosave(player: Player) -> None:
    with contextlib.suppress(OSError):
        write_whole(places.sets_folder() / "autosave.json", codec.dumps(player.wanted, player.arrays()).encode())


if __name__ == "__main__":
    sys.exit(main())
