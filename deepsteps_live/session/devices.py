"""`deepsteps devices`: sound cards, JACK's ports and MIDI ports of this machine. Looking starts and changes nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from deepsteps_live.session.cards import LOOK_WITHIN, Device, as_json, audio_devices
from deepsteps_live.session.jack import JackPort, jack


@dataclass(frozen=True, slots=True)
class Found:
    """MIDI ports by name, or what is wrong with asking for them."""

    outputs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    importable: bool = True
    wrong: str = ""


def devices_data() -> dict[str, Any]:
    """All of it as JSON values."""
    running, found = jack(), midi_ports()
    return {
        "audio": [asdict(device) for device in audio_devices()],
        "jack": None if running is None else asdict(running),
        "midi": {"outputs": list(found.outputs), "inputs": list(found.inputs), "wrong": found.wrong},
    }


def devices_text() -> str:
    """All of it to read."""
    running, found = jack(), midi_ports()
    cards = [f"{device.name}  ({_ways(device)}{_rate(device)}, {device.system})" for device in audio_devices()]
    rows = _rows("audio", cards or ["no sound card: deepsteps plays on JACK's dummy driver, recording works"])
    if running is None:
        rows += _rows("jack", ["no server runs"])
    else:
        ours = [f'"{running.server}", {running.rate} Hz, {running.period} frames']
        rows += _rows("jack", [*ours, *(f"{port.name}  ({_kind(port)})" for port in running.ports)])
    rows += _rows("midi out", found.outputs or [found.wrong or "no ports"])
    return "\n".join(rows + _rows("midi in", found.inputs or [found.wrong or "no ports"]))


def midi_ports() -> Found:
    """MIDI ports, asked for in a process of its own: a driver that hangs or dies takes nothing with it."""
    jacks = "1" if jack() is not None else "0"
    try:
        done = subprocess.run(
            [sys.executable, "-c", LOOK_FOR_MIDI, jacks],
            capture_output=True,
            text=True,
            timeout=LOOK_WITHIN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Found(wrong="the MIDI system does not answer")
    if "ModuleNotFoundError" in done.stderr or "ImportError" in done.stderr:
        return Found(importable=False, wrong="supriya-midi cannot be imported")
    found = as_json((done.stdout.splitlines() or [""])[-1], None)
    if not isinstance(found, list):
        last = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        return Found(wrong=f"the MIDI system failed: {last}")
    return Found(tuple(found[0]), tuple(found[1]))


LOOK_FOR_MIDI = """
import contextlib, ctypes, json, os, sys
with contextlib.suppress(OSError):  # RtMidi's wheel carries an old libjack; the system's, loaded first, wins
    ctypes.CDLL("libjack.so.0", mode=ctypes.RTLD_GLOBAL)
import supriya_midi as midi
found = [], []
for api in midi.get_compiled_apis():
    name = midi.get_api_name(api)
    if name == "dummy" or name == "jack" and sys.argv[1] == "0":
        continue
    if name == "alsa" and not os.path.exists("/dev/snd/seq"):
        continue
    for ports, made in zip(found, (midi.MidiOut, midi.MidiIn)):
        ports += made(api, "deepsteps-look").get_ports()
print(json.dumps([[name for name in ports if "deepsteps-look" not in name] for ports in found]), flush=True)
os._exit(0)
"""


def some(names: Sequence[str], most: int = 4) -> str:
    """Names in a line, the first few of many."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _rows(title: str, lines: Iterable[str]) -> list[str]:
    return [f"{title if place == 0 else '':<10}{line}" for place, line in enumerate(lines)]


def _ways(device: Device) -> str:
    return " and ".join([*["out"] * device.outputs, *["in"] * device.inputs]) or "no ports"


def _rate(device: Device) -> str:
    return f", {device.rate} Hz" if device.rate else ""


def _kind(port: JackPort) -> str:
    return f"{'MIDI' if port.midi else 'audio'} {'in' if port.input else 'out'}"
