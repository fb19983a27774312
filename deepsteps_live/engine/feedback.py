"""What OSC subscribers are told, up to 20 times a second: where the music is and what has changed.

FEEDBACK lists it; to add a message: its row, and its values in `telling`.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from typing import Any

from deepsteps_live.engine.player import Player
from deepsteps_live.music import BEATS_PER_BAR, pattern_at, value_at
from deepsteps_live.outputs import OscDoor

EVERY = 0.05  # seconds
FORGOTTEN = 600.0  # seconds without a word from a subscriber
MOST = 32  # subscribers

Address = tuple[str, int]
Told = tuple[str, tuple[Any, ...]]

FEEDBACK: dict[str, tuple[str, str]] = {  # address: types of its values, what it says
    "/playing": ("i", "1 while it plays, else 0"),
    "/playhead": ("fi", "the beat that is heard, and its bar, from 1"),
    "/tempo": ("f", "bpm"),
    "/latents": ("ffff", "a b c d of the track in focus"),
    "/focus": ("s", "the track in focus"),
    "/track/NAME/step": ("i", "the step that is heard, from 1"),
    "/track/NAME/pattern": ("s", "what it plays: X an accent, x a hit, - a rest"),
    "/track/NAME/mute": ("i", "1 when it is muted, else 0"),
    "/load": ("f", "percent of a core that scsynth takes"),
    "/late": ("i", "bundles that came late"),
}


class Feedback:
    """Tells every subscriber what has changed since it was last told."""

    def __init__(self, player: Player, door: OscDoor) -> None:
        self._player, self._door = player, door
        self._seen: dict[Address, float] = {}
        self._told: dict[Address, dict[str, tuple[Any, ...]]] = {}
        threading.Thread(target=self._run, name="osc-feedback", daemon=True).start()

    @property
    def subscribers(self) -> int:
        """How many follow."""
        return len(self._seen)

    def subscribe(self, who: Address) -> None:
        """Tell this one from now on, everything first."""
        if who in self._seen or len(self._seen) < MOST:
            self._told[who] = {}
            self._seen[who] = time.monotonic()

    def unsubscribe(self, who: Address) -> None:
        """Tell this one no more."""
        self._seen.pop(who, None)
        self._told.pop(who, None)

    def heard_from(self, host: str) -> None:
        """A word from a host: its subscribers live."""
        now = time.monotonic()
        self._seen.update({who: now for who in list(self._seen) if who[0] == host})

    def tell(self) -> None:
        """Tell everybody what is new."""
        if not self._seen:
            return
        news = list(telling(self._player))
        for who, seen in list(self._seen.items()):
            if time.monotonic() - seen > FORGOTTEN:
                self.unsubscribe(who)
                continue
            told = self._told.setdefault(who, {})
            for address, values in news:
                if told.get(address) != values:
                    told[address] = values
                    self._door.send(who, address, *values)

    def _run(self) -> None:
        while True:
            time.sleep(EVERY)
            self.tell()


def telling(player: Player) -> Iterator[Told]:
    """Everything that there is to tell now."""
    state, live_set = player.state(), player.wanted
    beat = float(state["beat"])
    yield "/playing", (int(state["playing"]),)
    if state["playing"]:
        yield "/playhead", (round(beat, 3), math.floor(beat / BEATS_PER_BAR) + 1)
    yield "/tempo", (round(float(state["tempo"]), 3),)
    yield "/focus", (live_set.focus,)
    for track in live_set:
        if track.name == live_set.focus:
            latents = track.latents or (0.0,) * 4
            yield "/latents", tuple(round(value_at(latent, beat), 4) for latent in latents)
        pattern = pattern_at(live_set, track, beat, player.decode)
        yield f"/track/{track.name}/pattern", (str(pattern),)
        yield f"/track/{track.name}/mute", (int(track.mute),)
        if state["playing"]:
            step = math.floor(max(0.0, beat) * track.rate) % (track.length or len(pattern)) % len(pattern)
            yield f"/track/{track.name}/step", (step + 1,)
    yield "/load", (round(float(state.get("cpu", 0.0)), 1),)
    yield "/late", (int(state.get("late_bundles", 0)),)
