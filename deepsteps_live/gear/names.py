"""Names of MIDI ports: which one is meant, and which are our own."""

from __future__ import annotations

from collections.abc import Sequence

OURS = "deepsteps"  # the name under which other programs see us
VIRTUAL = "virtual:"  # begins the name of a port that is made, not found

Port = tuple[str, str]  # the system's name and the port's


def matching(wanted: str, ports: Sequence[Port]) -> Port | None:
    """The port that is meant by a name: the one called so, else one that begins so, else one that has it in its name.

    Capitals do not count; of several the one with the shortest name, then the first.
    """
    word = wanted.lower()
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [port for port in ports if any(fits(name, word) for name in _names(port[1]))]
        if found:
            return min(found, key=lambda port: len(port[1]))
    return None


def is_ours(name: str) -> bool:
    """Whether a port is one that we made: listening to it would be listening to ourselves."""
    return name.startswith(OURS)


def _names(name: str) -> tuple[str, ...]:
    """A port's whole name and, where it has a client and a port, that of the port."""
    lowered = name.lower()
    return (lowered, lowered.split(":", 1)[1]) if ":" in lowered else (lowered,)
