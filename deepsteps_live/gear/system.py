"""The MIDI systems of this machine, through RtMidi, and the ports that they have."""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import os
import sys
from pathlib import Path
from typing import Any

from deepsteps_live.gear.names import OURS

if sys.platform.startswith("linux"):
    # The wheel of RtMidi carries an old libjack that today's JACK refuses; the system's, loaded first, wins.
    with contextlib.suppress(OSError):
        ctypes.CDLL("libjack.so.0", mode=ctypes.RTLD_GLOBAL)

import supriya_midi

NO_START_SERVER, SERVER_NAME = 0x01, 0x04  # JackNoStartServer, JackServerName


def systems() -> dict[str, Any]:
    """The MIDI systems that run here, best first, by name."""
    found = {supriya_midi.get_api_name(api): api for api in supriya_midi.get_compiled_apis()}
    found.pop("dummy", None)
    if "alsa" in found and not Path("/dev/snd/seq").exists():
        del found["alsa"]
    if "jack" in found and not _jack_runs():
        del found["jack"]
    return found


def output(system: str) -> Any:
    """A client that can send."""
    return supriya_midi.MidiOut(supriya_midi.get_compiled_api_by_name(system), OURS)


def source(system: str) -> Any:
    """A client that can receive, clock included."""
    made = supriya_midi.MidiIn(supriya_midi.get_compiled_api_by_name(system), OURS)
    made.ignore_types(sysex=True, timing=False, active_sense=True)
    return made


class _Jack:
    """A JACK server that this process is a client of, so as to know when it is gone."""

    def __init__(self) -> None:
        self.alive = False
        self._gone = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self._ended)
        name = ctypes.util.find_library("jack")
        if name is None:
            return
        library = ctypes.CDLL(name)
        library.jack_client_open.restype = ctypes.c_void_p
        library.jack_set_error_function(_QUIET)
        library.jack_set_info_function(_QUIET)
        status = ctypes.c_int(0)
        server = os.environ.get("JACK_DEFAULT_SERVER", "default").encode()
        client = library.jack_client_open(
            b"deepsteps-look", NO_START_SERVER | SERVER_NAME, ctypes.byref(status), server
        )
        if client:
            self.alive = True
            library.jack_on_shutdown(ctypes.c_void_p(client), self._gone, None)
            library.jack_activate(ctypes.c_void_p(client))

    def _ended(self, argument: object) -> None:
        self.alive = False


_jack: list[_Jack] = []  # the last one that was asked


def _jack_runs() -> bool:
    """Whether the JACK server that our environment names answers. Nothing is started by asking, and of one that has
    answered it is known until it ends: a client that comes and goes would disturb its music.
    """
    if not (_jack and _jack[0].alive):
        _jack[:] = [_Jack()]
    return _jack[0].alive


_QUIET = ctypes.CFUNCTYPE(None, ctypes.c_char_p)(lambda text: None)
