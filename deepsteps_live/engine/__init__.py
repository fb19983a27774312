"""The engine: a process of its own that plays LiveSets and never runs what is typed. Here, what others ask of it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from deepsteps_live.music import Event, Score

if TYPE_CHECKING:
    from deepsteps_live.outputs.hits import Audio
    from deepsteps_live.outputs.line_in import Samples


def bounce(
    score: Score, arrays: Mapping[str, bytes], path: Path, bars: int, *, tail: float = 1.0, apart: bool = False
) -> float:
    """Render a score to a WAV through offline scsynth. Seconds it took; BadInput or Fault when it cannot be done.

    The file begins `music.lead_in` beats before beat 0 and rings on for `tail` seconds after the last bar.
    `apart` renders outputs A and B before the master, to two files.
    """
    with _for_good():
        from deepsteps_live import outputs
        from deepsteps_live.engine.decoder import Decoder

    began = time.monotonic()
    decode = Decoder()
    decode.add(dict(arrays))
    outputs.render(score, path, bars, decode, tail=tail, apart=apart)
    return time.monotonic() - began


def hits(events: Sequence[Event]) -> list[Audio]:
    """What each event sounds like alone, dry, at 44.1 kHz, from its first sample to its end: (samples, 2).

    Sound, velocity, pitch and gate of an event count. Fault when scsynth is missing or fails.
    """
    with _for_good():
        from deepsteps_live.outputs.hits import hits

    return hits(events)


def line_in(meanwhile: Callable[[], None]) -> tuple[Samples, float]:
    """What the system's audio inputs heard while `meanwhile` ran: (samples, 2), and the sample rate.

    Fault when scsynth is missing or fails.
    """
    with _for_good():
        from deepsteps_live.outputs.line_in import line_in

    return line_in(meanwhile)


@contextmanager
def _for_good() -> Iterator[None]:
    """Around what is loaded only where it is needed: a fifth faster without the collector, then never looked at."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
