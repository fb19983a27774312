"""The onsets of long recordings, found chunk by chunk: a whole hour at once would fill the memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deepsteps_live.listening.onset import Onset
from deepsteps_live.listening.onsets import CLOSE, onsets

CHUNK = 240  # seconds that are listened to at once
MARGIN = 2  # seconds on both sides that are heard too, so that a hit at a chunk's edge is a hit like others
FAINT = 0.003  # of the strongest onset: what is weaker is a quiet chunk's noise


def onsets_in_chunks(samples: NDArray[np.floating], rate: int, chunk: int = CHUNK) -> tuple[Onset, ...]:
    """The onsets of samples (n,), in order; a recording no longer than `chunk` seconds is heard at once."""
    seconds = len(samples) / rate
    if seconds <= chunk:
        return onsets(samples, rate)
    found: list[Onset] = []
    for start in range(0, int(np.ceil(seconds)), chunk):
        first = max(0, start - MARGIN)
        for onset in onsets(samples[first * rate : (start + chunk + MARGIN) * rate], rate):
            at = first + onset.seconds
            if start <= at < start + chunk and (not found or at - found[-1].seconds > CLOSE):
                found.append(Onset(at, onset.strength, onset.low, onset.mid, onset.high))
    strongest = max((onset.strength for onset in found), default=0.0)
    return tuple(onset for onset in found if onset.strength >= FAINT * strongest)
