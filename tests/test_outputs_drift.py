"""The drift of scsynth's time: its loop imitated here, step by step, and what is learned of it."""

from __future__ import annotations

import math
import random

import pytest

from deepsteps_live.outputs.drift import Drift

RATE, PERIOD = 48_000.0, 256
STEP = PERIOD / RATE


class Loop:
    """A delay-locked loop as in Adriaensen's paper, fed by a card whose clock is off, through jittered callbacks."""

    def __init__(self, started_off: float, card: float, jitter: float = 20e-6) -> None:
        self.rng = random.Random(1)
        self.period = STEP * (1 + card)
        self.jitter = jitter
        self.b = 2 * math.pi * 0.012 * STEP
        self.now = 0.0
        self.anew(started_off)

    def anew(self, started_off: float) -> None:
        """As at the start and after an xrun."""
        self.began, self.count = self.now, 0
        self.ahead, self.e2, self.length = self.now - started_off, STEP, STEP

    def run(self, seconds: float, drift: Drift) -> float:
        """Go on so long, reporting ten times a second; the loop's true error then, without its jitter."""
        for _ in range(round(seconds / 0.1)):
            for _ in range(round(0.1 / STEP)):
                self.count += 1
                self.now = self.began + self.count * self.period
                error = self.now - self.ahead - self.length + self.rng.gauss(0, self.jitter)
                before = self.ahead
                self.ahead += self.length
                self.length = self.b * error + self.e2
                self.e2 += self.b**2 / 2 * error
                assert self.ahead > before
            drift.report(self.now, RATE, PERIOD / self.length)
        return self.now - self.ahead


@pytest.mark.parametrize("started_off", [-0.005, -0.001, 0.0, 0.002, 0.01])
@pytest.mark.parametrize("card", [-15e-6, 0.0, 15e-6])
def test_the_error_is_known_within_a_tenth_of_a_millisecond(started_off: float, card: float) -> None:
    loop, drift = Loop(started_off, card), Drift(0.0)
    for seconds in (1.0, 4.0, 15.0, 40.0):
        found = loop.run(seconds, drift)
        assert drift.error(loop.now) == pytest.approx(found, abs=0.1e-3)


def test_a_loop_that_begins_anew_is_noticed() -> None:
    loop, drift = Loop(0.001, 5e-6), Drift(0.0)
    loop.run(20.0, drift)
    loop.anew(-0.004)
    found = loop.run(10.0, drift)
    assert drift.error(loop.now) == pytest.approx(found, abs=0.1e-3)


def test_a_loop_that_has_settled_has_no_error() -> None:
    loop, drift = Loop(0.003, 0.0), Drift(0.0)
    loop.run(200.0, drift)
    assert abs(drift.error(loop.now)) < 0.02e-3


@pytest.mark.parametrize("actual", [0.0, -1.0, math.nan, math.inf])
def test_a_senseless_rate_is_passed_over(actual: float) -> None:
    drift = Drift(0.0)
    drift.report(1.0, RATE, actual)
    assert drift.error(1.0) == 0.0
