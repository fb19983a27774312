"""Tapping in: keys pressed in time become a pattern."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from deepsteps_live.errors import BadInput, whole
from deepsteps_live.music import BEATS_PER_BAR, NORMAL, Pattern
from deepsteps_live.music.live_set import STEPS_PER_BEAT

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

MOST_BARS = 4
EARLY = 0.5 / STEPS_PER_BEAT  # beats before the bar line that still belong to its first step


def tapped(beats: Iterable[float], start: float, bars: int) -> Pattern:
    """The pattern of taps at these beats: each on the sixteenth nearest to it, with its offset; outside nothing counts.

    It begins at beat `start`; of two taps on one step the first stays.
    """
    steps = bars * BEATS_PER_BAR * STEPS_PER_BEAT
    hits, offsets = [False] * steps, [0.0] * steps
    for beat in beats:
        place = (beat - start) * STEPS_PER_BEAT
        step = math.floor(place + 0.5)
        if 0 <= step < steps and not hits[step]:
            hits[step], offsets[step] = True, place - step
    return Pattern(tuple(hits), (NORMAL,) * steps, tuple(offsets))


def tap_in(instrument: Instrument, bars: int) -> Pattern:
    """What is tapped on the keyboard from the next bar line on, for so many bars. BadInput when nothing is."""
    session, count = instrument.session, whole("bars", bars, 1, MOST_BARS)
    now = session.beat()
    if now is None:
        raise BadInput("tap() records along with the music; play() starts it")
    if session.keys is None:
        raise BadInput("tap() needs a terminal with a keyboard")
    start = BEATS_PER_BAR * math.ceil((now + EARLY) / BEATS_PER_BAR)
    end = start + count * BEATS_PER_BAR - EARLY
    session.tell(f"tap any key from bar {start // BEATS_PER_BAR + 1} on, {count} bar{'s' * (count > 1)}; Enter ends it")
    heard = [session.beat_at(seconds) for seconds in session.keys(lambda: (session.beat() or end) >= end)]
    found = tapped((beat for beat in heard if beat is not None), start, count)
    if not any(found.hits):
        raise BadInput("nothing was tapped in these bars; tap(kick) tries again")
    return found
