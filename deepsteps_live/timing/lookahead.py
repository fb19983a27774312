"""Lookahead: how far ahead things are committed. Raised at once when they come late, lowered slowly."""

from __future__ import annotations

from dataclasses import dataclass

BASE = 0.100  # seconds; the floor
MOST = 1.0  # seconds
MARGIN = 0.010  # seconds more than would just have been enough
HOLD = 10.0  # seconds it stays raised
LOWERING = 0.005  # seconds a second after that
SETTLED = 0.25  # seconds after a raise, beyond the lookahead itself, in which old commitments may still come in late
HALF_A_STEP = 0.125  # beats; a groove may play half a sixteenth early


@dataclass(frozen=True, slots=True)
class Lookahead:
    """A pure function of the time since it was last raised.

    floor      seconds it comes down to
    peak       seconds it was raised to
    raised_at  when
    before     what it was before that
    """

    floor: float = BASE
    peak: float = BASE
    raised_at: float = 0.0
    before: float = BASE

    def base(self, now: float) -> float:
        """Seconds, without the half step."""
        return max(self.floor, self.peak - LOWERING * max(0.0, now - self.raised_at - HOLD))

    def total(self, now: float, bpm: float) -> float:
        """Seconds: base plus half a step at this tempo, at most MOST."""
        return min(MOST, self.base(now) + HALF_A_STEP * 60.0 / bpm)

    def raised(self, late: float, now: float) -> Lookahead:
        """The lookahead after something was `late` seconds late.

        Lateness just after a raise is still that of the old lookahead, so it counts from there: ten things
        late through one hitch raise it once. What no lookahead could bridge raises nothing.
        """
        if late >= MOST:
            return self
        settling = self.peak > self.before and now - self.raised_at < self.before + SETTLED
        before = self.before if settling else self.base(now)
        peak = min(MOST, max(before + late + MARGIN, self.base(now)))
        return Lookahead(self.floor, peak, now, before)
