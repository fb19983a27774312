"""The engine's own process: `python -m deepsteps_live.engine SOCKET [--server HOST:PORT]`. Started by the prompt."""

from __future__ import annotations

import argparse
import contextlib
import gc
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from deepsteps_live import outputs, places
from deepsteps_live.engine import offsets
from deepsteps_live.engine.feedback import Feedback
from deepsteps_live.engine.player import Player
from deepsteps_live.engine.server import ALONE, Server
from deepsteps_live.engine.supervised import Supervised
from deepsteps_live.engine.sync import LINK, Sync
from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.files import write_whole
from deepsteps_live.music import codec
from deepsteps_live.timing import RealClock, WallClock, priority

FIRST_BOOT = 12.0  # seconds


def main() -> int:
    """Serve until the last prompt has left."""
    parser = argparse.ArgumentParser(prog="deepsteps-engine")
    parser.add_argument("socket", type=Path)
    parser.add_argument("--server", metavar="HOST:PORT")
    parser.add_argument("--osc", metavar="HOST:PORT", default="")
    parser.add_argument("--alone", type=float, default=ALONE)
    options = parser.parse_args()
    priority.ask_for_process()
    notices: list[str] = []
    wall = WallClock()

    def notify(text: str) -> None:
        player.notify(text)

    def late(seconds: float) -> None:
        player.late(seconds)

    midi = outputs.Midi(
        notify=notify,
        heard=lambda *message: server.heard(*message),
        begun=lambda port: player.begun(port),
        offsets=offsets.read(),
    )
    audio = outputs.AudioSystem()
    speaker = [0.0]  # seconds to it

    def opened(variables: Mapping[str, str]) -> None:
        midi.use(variables)
        speaker[0] = outputs.latency(variables)

    sound = Supervised(
        lambda died: outputs.boot(
            wall_time=wall, audio=audio, died=died, notice=notify, late=late, server=options.server, opened=opened
        ),
        notify=notify,
    )
    player = Player(sound, midi, RealClock(), notify=notices.append, thread_begins=priority.ask_for_thread)
    sync = Sync(player, latency=lambda: speaker[0] + midi.offset_of(LINK))
    server = Server(options.socket, player, sync, alone=options.alone, notices=notices)
    try:
        server.door = outputs.OscDoor(server.heard_osc, notify, options.osc)
        server.feedback = Feedback(player, server.door)
    except Fault as fault:
        notify(str(fault))
    threading.Thread(target=_midi_without_sound, args=(sound, midi), daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: server.ended.set())
    gc.collect()
    gc.freeze()
    server.wait()
    _autosave(player, server.scenes)
    player.close()
    audio.close()
    server.close()
    return 0


def _midi_without_sound(sound: Supervised, midi: outputs.Midi) -> None:
    """Where there is no sound there may be gear all the same."""
    sound.ready(FIRST_BOOT)
    midi.begin()


def _autosave(player: Player, documents: Mapping[str, str]) -> None:
    arrays, scenes = player.arrays(), {}
    for name, document in documents.items():
        with contextlib.suppress(BadInput):
            scenes[name], found = codec.loads(document)
            arrays |= found
    with contextlib.suppress(OSError):
        write_whole(places.sets_folder() / "autosave.json", codec.dumps(player.wanted, arrays, scenes).encode())


if __name__ == "__main__":
    sys.exit(main())
