"""The audio system under scsynth: a running JACK or PipeWire, else a JACK of our own.

Only what was started here is ever stopped; it also ends when this process is killed (see `watched`).
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from deepsteps_live import places, preferences
from deepsteps_live.errors import Fault

JACK_UP_WITHIN = 5.0  # seconds
PRIORITY = 70
GRACE = 0.4  # seconds that JACK outlives an engine that was killed: MIDI ports end their notes through it
NO_START_SERVER = 0x01  # JackNoStartServer
SERVER_NAME = 0x04  # JackServerName
PLAYBACK = 1  # JackPlaybackLatency
# No client of ours may be called like a server: JACK's sockets are named after either, and the later one takes the
# place of the earlier.
NAMES = ("deepsteps-jack", "deepsteps-jack-2", "deepsteps-jack-3", "deepsteps-jack-4", "deepsteps-jack-5")


@dataclass
class Audio:
    """How scsynth reaches the speakers.

    command   what stands before `scsynth`, such as pw-jack
    variables what its environment says
    started   the JACK that was started for it, if any
    """

    command: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    started: subprocess.Popen[bytes] | None = None
    watcher: subprocess.Popen[bytes] | None = None
    lock: IO[bytes] | None = None

    def close(self) -> None:
        """Stop what was started."""
        if self.started is not None:
            ended(self.started, self.watcher)
            self.started = None
        if self.lock is not None:
            self.lock.close()


class AudioSystem:
    """The audio system that an engine plays on: found or started once, and kept while scsynth comes and goes."""

    def __init__(self) -> None:
        self._audio: Audio | None = None

    def up(self, notice: Callable[[str], None]) -> Audio:
        """The audio system, running; Fault with the line that mends it when there is none."""
        if self._audio is None or not _lives(self._audio):
            self.close()
            self._audio = open_audio(notice)
        return self._audio

    def close(self) -> None:
        """Stop what was started."""
        audio, self._audio = self._audio, None
        if audio is not None:
            audio.close()


def _lives(audio: Audio) -> bool:
    """Whether a JACK that was started still runs; one that was found is looked for again."""
    return (
        audio.started is not None
        and audio.started.poll() is None
        and jack_answers(audio.variables["JACK_DEFAULT_SERVER"])
    )


def open_audio(notice: Callable[[str], None]) -> Audio:
    """The audio system of this machine, started if need be; Fault with the line that mends it when there is none."""
    if not sys.platform.startswith("linux"):
        return Audio()
    name = os.environ.get("JACK_DEFAULT_SERVER", "default")
    if jack_answers(name):
        return Audio(variables=_jack_variables(name))
    if shutil.which("pw-jack") and _pipewire_runs():
        quantum = f"{preferences.value('period') * 2}/{preferences.value('rate')}"
        return Audio(("pw-jack",), {"PIPEWIRE_QUANTUM": quantum, "SC_JACK_DEFAULT_OUTPUTS": "playback"})
    return _start_jack(notice)


def jack_answers(name: str) -> bool:
    """Whether a JACK server of that name runs; the library is asked, nothing is started."""
    library = _libjack()
    if library is None:
        return False
    status = ctypes.c_int(0)
    client = library.jack_client_open(
        b"deepsteps-look", NO_START_SERVER | SERVER_NAME, ctypes.byref(status), name.encode()
    )
    if not client:
        return False
    library.jack_client_close(ctypes.c_void_p(client))
    return True


def latency(variables: Mapping[str, str]) -> float:
    """Seconds from when a sample is made to when JACK hands it to the speakers; 0 where that is not known.

    `variables` say which JACK, as `Audio.variables` do.
    """
    library = _libjack()
    if library is None:
        return 0.0
    status = ctypes.c_int(0)
    server = variables.get("JACK_DEFAULT_SERVER", os.environ.get("JACK_DEFAULT_SERVER", "default")).encode()
    client = ctypes.c_void_p(
        library.jack_client_open(b"deepsteps-look", NO_START_SERVER | SERVER_NAME, ctypes.byref(status), server)
    )
    if not client:
        return 0.0
    library.jack_port_by_name.restype = ctypes.c_void_p
    speaker = ctypes.c_void_p(library.jack_port_by_name(client, b"system:playback_1"))
    frames = (ctypes.c_uint32 * 2)()
    if speaker:
        library.jack_port_get_latency_range(speaker, PLAYBACK, ctypes.byref(frames))
    seconds = frames[1] / max(1, library.jack_get_sample_rate(client))
    library.jack_client_close(client)
    return float(seconds)


def watched(process: subprocess.Popen[bytes], grace: float = 0.0) -> subprocess.Popen[bytes] | None:
    """A watcher that ends `process` when this process is gone, however it went, after `grace` seconds.

    It waits for the end of a pipe that only this process holds open: no polling, and kill -9 closes pipes too.
    """
    shell = shutil.which("sh")
    if shell is None:
        return None
    return subprocess.Popen(
        [
            shell,
            "-c",
            f'read line || {{ sleep {grace}; kill "$0"; sleep 1; kill -9 "$0"; }} 2>/dev/null',
            str(process.pid),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[bytes], watcher: subprocess.Popen[bytes] | None) -> None:
    """End a process of ours and its watcher, and wait for both."""
    process.terminate()
    try:
        process.wait(2.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if watcher is not None and watcher.stdin is not None:
        with contextlib.suppress(OSError):
            watcher.stdin.write(b"done\n")
            watcher.stdin.close()
        watcher.wait()


def may_be_real_time() -> bool:
    """Whether JACK may ask for real-time priority."""
    import resource

    limit = resource.getrlimit(resource.RLIMIT_RTPRIO)[0]
    return os.geteuid() == 0 or limit == resource.RLIM_INFINITY or limit >= PRIORITY


def _start_jack(notice: Callable[[str], None]) -> Audio:
    jackd = shutil.which("jackd")
    if jackd is None:
        raise Fault("there is no JACK; install it: sudo apt-get install jackd2")
    card = _sound_card()
    lock, name = (None, os.environ.get("JACK_DEFAULT_SERVER", "default")) if card else _free_name()
    driver = ["-d", "dummy"] if card is None else ["-d", "alsa", "-d", card, "-P"]
    priority = ["-R", "-P", str(PRIORITY)] if may_be_real_time() else ["-r"]
    block = ["-r", str(preferences.value("rate")), "-p", str(preferences.value("period"))]
    log = places.log_folder() / "jack.log"
    with log.open("wb") as says:
        process = subprocess.Popen(
            [jackd, "-n", name, *priority, *driver, *block],
            stdin=subprocess.DEVNULL,
            stdout=says,
            stderr=says,
            start_new_session=True,
            env={**os.environ, "JACK_NO_AUDIO_RESERVATION": "1"},
        )
    variables = {**_jack_variables(name), "DEEPSTEPS_JACK": str(process.pid)}  # another one of that name is another one
    audio = Audio((), variables, process, watched(process, GRACE), lock)
    deadline = time.monotonic() + JACK_UP_WITHIN
    while not jack_answers(name):
        if process.poll() is not None or time.monotonic() > deadline:
            audio.close()
            raise Fault(f"JACK did not start: {_why(log)}; {log} says more")
        time.sleep(0.02)
    if card is None:
        notice("no sound card: playing on JACK's dummy driver, recording works")
    return audio


def _free_name() -> tuple[IO[bytes] | None, str]:
    """A name for a JACK of our own, and the lock that keeps it ours.

    JACK remembers at most eight names, those of servers that were killed included, and takes one back only for a
    server of the same name. So names are few and used again.
    """
    import fcntl

    if name := os.environ.get("JACK_DEFAULT_SERVER"):
        return None, name
    for name in NAMES:
        lock = Path(tempfile.gettempdir(), f"deepsteps-{os.getuid()}-{name}.lock").open("wb")  # noqa: SIM115 - held as long as JACK
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not jack_answers(name):
                return lock, name
        lock.close()
    raise Fault(f"{len(NAMES)} engines play on JACK's dummy driver already; end one of them")


def _why(log: Path) -> str:
    """What JACK gave as its reason."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    reasons = [line for line in lines if any(word in line.lower() for word in ("cannot", "fail", "too many", "error"))]
    return (reasons or lines or ["it said nothing"])[0]


def _jack_variables(name: str) -> dict[str, str]:
    return {"JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1", "SC_JACK_DEFAULT_OUTPUTS": "system"}


def _sound_card() -> str | None:
    """The first ALSA card that can play, as `hw:NAME`."""
    cards = Path("/proc/asound/cards")
    lines = cards.read_text().splitlines() if cards.exists() else []
    names = [line.split("[", 1)[1].split("]", 1)[0].strip() for line in lines if "[" in line]
    playing = [name for name in names if any(Path(f"/proc/asound/{name}").glob("pcm*p"))]
    return f"hw:{playing[0]}" if playing else None


def _pipewire_runs() -> bool:
    folder = os.environ.get("PIPEWIRE_RUNTIME_DIR") or os.environ.get("XDG_RUNTIME_DIR")
    return folder is not None and Path(folder, "pipewire-0").exists()


def _libjack() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("jack")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    library.jack_client_open.restype = ctypes.c_void_p
    library.jack_set_error_function(_QUIET)
    library.jack_set_info_function(_QUIET)
    return library


_QUIET = ctypes.CFUNCTYPE(None, ctypes.c_char_p)(lambda text: None)
