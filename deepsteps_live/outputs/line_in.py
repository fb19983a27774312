"""What comes in by the system's inputs, recorded through a scsynth of its own: the engine's has none."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

import deepsteps_live.synthdefs as synthdefs
from deepsteps_live.outputs.audio import AudioSystem
from deepsteps_live.outputs.osc import ADD_TO_TAIL, message
from deepsteps_live.outputs.scsynth import Scsynth

INPUTS = OUTPUTS = 2  # the inputs' buses come after the outputs'
RECORDER, BUFFER, FRAMES = 1000, 0, 131_072
LAST = 0.2  # seconds for the last half buffer to be on its way to the disk

Samples = NDArray[np.float64]


def line_in(meanwhile: Callable[[], None]) -> tuple[Samples, float]:
    """What the inputs heard while `meanwhile` ran: (samples, 2) and the sample rate. Fault when there is no scsynth."""
    audio = AudioSystem()
    scsynth = Scsynth(audio=audio, died=lambda: None, notice=lambda text: None, inputs=INPUTS)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "in.wav"
            scsynth.load_all([message("/d_recv", synthdefs.recorder(INPUTS).compile())])
            scsynth.ask(message("/b_alloc", BUFFER, FRAMES, INPUTS), "/done", "/b_alloc", BUFFER)
            write = message("/b_write", BUFFER, str(path), "wav", "float", 0, 0, 1)
            scsynth.ask(write, "/done", "/b_write", BUFFER)
            start = ("/s_new", f"ds-recorder-{INPUTS}", RECORDER, ADD_TO_TAIL, 0)
            scsynth.send([message(*start, "in_", float(OUTPUTS), "buffer", float(BUFFER))])
            meanwhile()
            time.sleep(LAST)
            scsynth.send([message("/n_free", RECORDER)])
            scsynth.ask(message("/b_close", BUFFER), "/done", "/b_close", BUFFER)
            samples, rate = soundfile.read(path, always_2d=True)
            return np.asarray(samples, np.float64), float(rate)
    finally:
        scsynth.close()
        audio.close()
