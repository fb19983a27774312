"""The JACK server that runs: its rate, its block and its ports. Looking starts and changes nothing."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

NO_START_SERVER = 0x01  # JackNoStartServer
SERVER_NAME = 0x04  # JackServerName
IS_INPUT, IS_PHYSICAL = 0x1, 0x4  # JackPortFlags


@dataclass(frozen=True, slots=True)
class JackPort:
    """A port of JACK, seen from JACK: what we play goes to its inputs."""

    name: str
    input: bool
    physical: bool
    midi: bool


@dataclass(frozen=True, slots=True)
class Jack:
    """A JACK server that runs. rate in Hz, period in frames."""

    server: str
    rate: int
    period: int
    ports: tuple[JackPort, ...]


def jack() -> Jack | None:
    """The JACK server that our environment names, if it runs."""
    server = os.environ.get("JACK_DEFAULT_SERVER", "default")
    with _client(server) as (library, client):
        if client is None:
            return None
        rate, period = library.jack_get_sample_rate(client), library.jack_get_buffer_size(client)
        return Jack(server, int(rate), int(period), tuple(_jack_ports(library, client)))


@contextmanager
def _client(server: str) -> Iterator[tuple[Any, ctypes.c_void_p | None]]:
    library = _libjack()
    status = ctypes.c_int(0)
    options = NO_START_SERVER | SERVER_NAME
    opened = library and library.jack_client_open(b"deepsteps-look", options, ctypes.byref(status), server.encode())
    if not opened:
        yield library, None
        return
    client = ctypes.c_void_p(opened)
    try:
        yield library, client
    finally:
        library.jack_client_close(client)


def _libjack() -> Any:
    name = ctypes.util.find_library("jack")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    library.jack_client_open.restype = ctypes.c_void_p
    library.jack_get_ports.restype = ctypes.POINTER(ctypes.c_char_p)
    library.jack_port_by_name.restype = ctypes.c_void_p
    library.jack_port_type.restype = ctypes.c_char_p
    library.jack_set_error_function(_QUIET)
    library.jack_set_info_function(_QUIET)
    return library


_QUIET = ctypes.CFUNCTYPE(None, ctypes.c_char_p)(lambda text: None)


def _jack_ports(library: Any, client: ctypes.c_void_p) -> Iterator[JackPort]:
    names = library.jack_get_ports(client, None, None, ctypes.c_ulong(0))
    for name in _texts(names):
        port = ctypes.c_void_p(library.jack_port_by_name(client, name))
        flags, kind = library.jack_port_flags(port), library.jack_port_type(port)
        yield JackPort(name.decode(), bool(flags & IS_INPUT), bool(flags & IS_PHYSICAL), b"midi" in kind)
    if names:
        library.jack_free(names)


def _texts(names: Any) -> Iterator[bytes]:
    place = 0
    while names and names[place]:
        yield names[place]
        place += 1
