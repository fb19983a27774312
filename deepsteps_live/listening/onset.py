"""What is heard of a recording: its onsets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Onset:
    """One hit: `seconds` from the file's first sample; how strong it is, in all and in three bands, 0 and up.

    `strength` grows with the loudness of the attack: twice the amplitude of the same hit is about twice the strength,
    and so are `low`, `mid` and `high`, its shares in the bands of kick, snare and hat.
    """

    seconds: float
    strength: float
    low: float = 0.0
    mid: float = 0.0
    high: float = 0.0
