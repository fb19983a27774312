"""A synth in a process of its own: `python -m tests.gear_synth NAME` prints what its MIDI input hears, and when."""

from __future__ import annotations

import json
import sys
import time

from deepsteps_live.gear import system

if __name__ == "__main__":
    midi = system.supriya_midi
    client = midi.MidiIn(midi.get_compiled_api_by_name(next(iter(system.systems()))), sys.argv[1])
    client.ignore_types(sysex=True, timing=False, active_sense=True)
    client.set_callback(lambda message, delta, data: print(json.dumps([time.monotonic(), list(message)]), flush=True))
    client.open_virtual_port("in")
    print("[]", flush=True)
    sys.stdin.read()
