"""A sound output that comes back: booted in the background, restarted when it dies, silent meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from deepsteps_live.errors import DeepstepsError, Fault
from deepsteps_live.music import Event, LiveSet, Mix
from deepsteps_live.outputs import Output

RETRY_AFTER = (0.0, 0.5, 2.0, 5.0)  # seconds before each try; the last is repeated

Boot = Callable[[Callable[[], None]], Output]  # (called when it dies) -> a running output


class Supervised:
    """Stands for an Output that may not be there yet, or not be there just now.

    While it is away events are counted as unheard; when it is back the newest set is prepared and mixed again.
    """

    def __init__(self, boot: Boot, *, notify: Callable[[str], None]) -> None:
        self._boot = boot
        self._notify = notify
        self._sound: Output | None = None
        self._up = threading.Event()
        self._tried = threading.Event()
        self._closed = False
        self._live_set = LiveSet()
        self._mixed = Mix()
        self._unheard = 0
        self._restarts = -1
        self._start()

    def ready(self, timeout: float) -> bool:
        """Whether sound can be made, waiting at most so long for the first boot or a restart to be over."""
        self._tried.wait(timeout)
        return self._up.is_set()

    def prepare(self, live_set: LiveSet) -> None:
        """Load what the set needs, now or as soon as the output is there."""
        self._live_set = live_set
        if (sound := self._sound) is not None:
            sound.prepare(live_set)

    def play(self, events: Sequence[tuple[Event, float]]) -> None:
        """Pass events on."""
        if (sound := self._sound) is not None:
            sound.play(events)
        else:
            self._unheard += len(events)

    def hold(self, event: Event) -> None:
        """Pass a note on that begins now."""
        if (sound := self._sound) is not None:
            sound.hold(event)

    def release(self, event: Event) -> None:
        """Pass on that it ends."""
        if (sound := self._sound) is not None:
            sound.release(event)

    def mix(self, mix: Mix) -> None:
        """Pass the mix on."""
        self._mixed = mix
        if (sound := self._sound) is not None:
            sound.mix(mix)

    def silence(self) -> None:
        """Everything off."""
        if (sound := self._sound) is not None:
            sound.silence()

    def status(self) -> dict[str, Any]:
        """The output's status, whether it is there, and how often it had to be restarted."""
        found = {} if (sound := self._sound) is None else sound.status()
        return {**found, "sound": self._up.is_set(), "unheard": self._unheard, "restarts": max(0, self._restarts)}

    def record(self, path: Path, due: float | None = None, *, apart: bool = False) -> None:
        """Record to a WAV, or `apart` to two."""
        self._there().record(path, due, apart=apart)

    def stop_recording(self, due: float | None = None) -> float:
        """End the recording; its length in seconds."""
        return self._there().stop_recording(due)

    def close(self) -> None:
        """End it for good."""
        self._closed = True
        self._tried.wait(5.0)
        if (sound := self._sound) is not None:
            sound.close()

    def _there(self) -> Output:
        if self._sound is None:
            raise Fault("there is no sound server; `deepsteps doctor` says what is missing")
        return self._sound

    def _start(self) -> None:
        self._tried.clear()
        threading.Thread(target=self._keep_trying, name="sound-boot", daemon=True).start()

    def _died(self) -> None:
        if self._closed or self._sound is None:
            return
        self._sound = None
        self._up.clear()
        self._notify("the sound server died; starting it again")
        self._start()

    def _keep_trying(self) -> None:
        said = ""
        for wait in _waits():
            time.sleep(wait)
            if self._closed:
                break
            try:
                sound = self._boot(self._died)
                sound.prepare(self._live_set)
                sound.mix(self._mixed)
            except DeepstepsError as error:
                if str(error) != said:
                    said = str(error)
                    self._notify(f"no sound: {said}")
                self._tried.set()
                continue
            self._restarts += 1
            self._sound = sound
            self._up.set()
            break
        self._tried.set()


def _waits() -> list[float]:
    return [*RETRY_AFTER, *[RETRY_AFTER[-1]] * 10_000]
