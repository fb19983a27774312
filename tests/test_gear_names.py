"""Ports are meant by their names, or by a part of them."""

import pytest

from deepsteps_live.gear.names import OURS, is_ours, matching
from deepsteps_live.outputs import audio

PORTS = [
    ("alsa", "Elektron Digitakt:Elektron Digitakt MIDI 1 24:0"),
    ("alsa", "Digitone:Digitone MIDI 1 28:0"),
    ("jack", "synth:in"),
    ("jack", "synth-01:in"),
]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("digitakt", 0), ("Elektron", 0), ("DIGITONE", 1), ("synth:in", 2), ("synth", 2), ("synth-01", 3), ("in", 2)],
)
def test_part_of_a_name_is_enough(wanted: str, found: int) -> None:
    assert matching(wanted, PORTS) == PORTS[found]


def test_a_port_that_is_not_there_is_none() -> None:
    assert matching("Keystep", PORTS) is None


def test_our_own_ports_are_known() -> None:
    assert is_ours("deepsteps-01:in")
    assert not is_ours("synth:in")


def test_no_client_of_ours_is_called_like_a_server_of_ours() -> None:
    assert not {OURS, "SuperCollider"} & set(audio.NAMES)
