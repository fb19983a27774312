"""How late gear sounds beside the synth: a click on both by turns, heard on an audio input."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deepsteps_live import engine
from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.music import LiveSet, MidiOut, Pattern, Track
from deepsteps_live.session.grid import Floats
from deepsteps_live.session.measure import click

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

BEAT = 0.5  # seconds between a click of the synth and the gear's after it
CLICKS = 8  # of each
LEAD = 0.6  # seconds before the first
QUIET_FOR = 0.15  # seconds below that before another click can begin
LOUD = 0.2  # of the loudest sample: a click
NOISE = 0.002  # of full scale; below it nothing was heard
FEWEST = 4  # of each


def click_set(out: MidiOut) -> LiveSet:
    """Clicks of the synth on whole seconds, of the gear between them."""
    ours = Track("ours", Pattern((True, False)), rate=2.0, sound=click())
    theirs = Track("theirs", Pattern((False, True)), rate=2.0, synth=False, midi=(out,), gate=60.0)
    return LiveSet((ours, theirs), tempo=60.0, focus="ours")


def apart(samples: NDArray[np.float64], rate: float) -> Floats:
    """Seconds by which each click of the gear is later than it should be after the synth's before it.

    `samples` (n,) begin with one of the synth's, which come every two BEATs. BadInput when too few are heard.
    """
    peak = float(np.max(np.abs(samples), initial=0.0))
    loud = np.flatnonzero(np.abs(samples) > max(NOISE, LOUD * peak)) / rate
    begins = loud[np.diff(loud, prepend=-1.0) > QUIET_FOR]
    if len(begins) < 2:
        raise BadInput(f"{len(begins)} clicks were heard; let the input hear the synth and the gear, then try again")
    place = np.round((begins - begins[0]) / BEAT).astype(int)
    ours = {int(number): at for number, at in zip(place, begins, strict=True) if number % 2 == 0}
    late = [
        at - ours[int(number) - 1] - BEAT for number, at in zip(place, begins, strict=True) if int(number) - 1 in ours
    ]
    if len(late) < FEWEST:
        raise BadInput(f"the gear was heard {len(late)} times of {CLICKS}; is its port right, and does it sound?")
    return np.asarray(late)


def align(instrument: Instrument, port: str, channel: int = 1, note: int = 60) -> str:
    """Have gear sound together with the synth: align("Digitakt") plays clicks on both, listens, and sets the offset.

    An audio input must hear both: the mixer's output, or a microphone. The music has to be stopped.
    """
    session = instrument.session
    state = session.ask("state")
    if state["playing"]:
        raise BadInput("align() plays clicks of its own; stop() first")
    before, offsets = session.live_set, state["midi"]["offsets"]
    out = MidiOut(str(port), channel, note)
    if server := state["midi"]["jack"]:
        os.environ["JACK_DEFAULT_SERVER"] = server
    try:
        with session.block(remembered=False):
            session.edit(lambda live_set: click_set(out))
        _until_open(instrument, out.port)
        samples, rate = engine.line_in(lambda: _play(instrument))
    finally:
        with session.block(remembered=False):
            session.edit(lambda live_set: before)
    late = apart(samples.sum(axis=1), rate)
    middle = float(np.median(late))
    seconds = offsets.get(out.port, 0.0) / 1000 - middle
    session.ask("offset", port=out.port, seconds=seconds)
    spread = float(np.ptp(late)) * 1000
    return (
        f"{out.port} was {middle * 1000:+.1f} ms late (spread {spread:.1f} ms); its offset is {seconds * 1000:+.1f} ms"
    )


def _play(instrument: Instrument) -> None:
    session = instrument.session
    beats = 2 * BEAT * CLICKS
    session.ask("play", at=time.monotonic() + LEAD, until=beats)
    time.sleep(LEAD + beats + 0.5)
    session.ask("stop")


def _until_open(instrument: Instrument, port: str) -> None:
    deadline = time.monotonic() + 3.0
    while not instrument.session.ask("state")["midi"]["outs"].get(port):
        if time.monotonic() > deadline:
            raise Fault(f'no MIDI port "{port}" is there; midi() lists those that are')
        time.sleep(0.05)
