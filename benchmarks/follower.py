"""How steady a followed MIDI clock is: `python -m benchmarks.follower`. Simulated masters; figures in ms.

A beat is predicted 150 ms ahead, as the scheduler needs it; from the ninth beat on its error is collected for 88 beats.
Each figure is the median of all runs and, behind the stroke, the worst. What comes in a computer's own periods comes
late by half a period: that mean is taken off.
"""

from __future__ import annotations

import itertools
import math
import random
import time
from collections.abc import Callable

from tests.test_timing_follower import PULSES, Jitter, Master, Stalls, errors, in_periods, rms, white, with_bursts

KINDS: dict[str, Callable[[], Jitter]] = {
    "none": lambda: white(0),
    "1 ms rms": lambda: white(1),
    "3 ms rms": lambda: white(3),
    "JACK's periods": lambda: in_periods,
    "bursts of 20-50 ms": lambda: with_bursts,
    "stalls to 250 ms": Stalls,
}
LATE = {"JACK's periods": 128 / 48_000}  # seconds, on average
SEEDS = range(12)
TEMPI = (40, 60, 90, 120, 140, 180, 240)
SETTLED = 0.003  # seconds


def pair(values: list[float], digits: int = 3) -> str:
    return f"{sorted(values)[len(values) // 2]:.{digits}f}/{max(values):.{digits}f}"


def steadiness(master: Master, late: bool) -> tuple[float, float, float, float]:
    """Beats until it locks, tempo error in percent after 8 beats, then rms and worst error of a beat in ms."""
    locked = math.inf
    for pulse in range(8 * PULSES):
        master.run(1 / PULSES)
        if master.follower.locked:
            locked = min(locked, (pulse + 1) / PULSES)
    tempo = master.follower.tempo
    assert tempo is not None
    percent = abs(tempo.bpm_at(0) / master.bpm - 1) * 100
    found = errors(master, 88)
    mean = sum(found) / len(found) if late else 0.0
    return locked, percent, rms([each - mean for each in found]) * 1000, max(abs(each - mean) for each in found) * 1000


def settles(master: Master, late: float) -> float:
    """Beats after a step of 20 bpm until the beat is never off by more than 3 ms."""
    master.run(16)
    master.bpm += 20
    settled = 0.0
    for pulse in range(12 * PULSES):
        master.run(1 / PULSES)
        if abs(master.error() - late) > SETTLED:
            settled = (pulse + 1) / PULSES
    return settled


def step_after_a_gap(master: Master) -> float:
    """The most that the beat moves, in ms, from before a dropped second to two beats after it."""
    master.run(16)
    before = master.error()
    master.run(round(master.bpm / 60 * PULSES) / PULSES, heard=False)
    return max(abs(each - before) for each in (master.error(), *errors(master, 2))) * 1000


def slips(jitter: Callable[[], Jitter], each: Callable[[Master], None], starts: list[float]) -> tuple[int, int]:
    """In how many runs, of how many, the beat is off for good by a pulse."""
    runs = list(itertools.product(starts, SEEDS))
    found = 0
    for bpm, seed in runs:
        master = Master(bpm, jitter(), seed)
        master.run(12)
        each(master)
        master.run(12)
        found += abs(master.error()) > 0.4 * master.period
    return found, len(runs)


def step(master: Master) -> None:
    """Another tempo."""
    master.bpm = random.Random(int(master.bpm) + master.rng.randrange(100)).choice(TEMPI)


def ramp(master: Master) -> None:
    """Two bpm a beat for 16 beats."""
    for _ in range(16 * PULSES):
        master.bpm += 2 / PULSES
        master.run(1 / PULSES)


def lose(master: Master) -> None:
    """A pulse is lost."""
    master.run(1 / PULSES, heard=False)


def double(master: Master) -> None:
    """A pulse comes twice."""
    master.follower.pulse(master.last + 0.0005)


def costs() -> tuple[float, float]:
    """Microseconds of processor time a pulse: on average, and of the dearest hundredth."""
    master, found = Master(120, white(3)), []
    for number in range(10_000):
        at = number / 48 + master.rng.gauss(0, 0.003)
        began = time.thread_time()
        master.follower.pulse(at)
        found.append((time.thread_time() - began) * 1e6)
    return sum(found) / len(found), sorted(found)[-100]


def main() -> None:
    print(
        "kind of jitter        bpm  locked, beats  tempo off, %  beat rms     beat worst   +20 bpm, beats  lost second"
    )
    for name, jitter in KINDS.items():
        for bpm in (40.0, 97.37, 120.0, 240.0):
            rows = [steadiness(Master(bpm, jitter(), seed), name in LATE) for seed in SEEDS]
            locked, percent, off, worst = (pair(list(row)) for row in zip(*rows, strict=True))
            settled = pair([settles(Master(bpm, jitter(), seed), LATE.get(name, 0.0)) for seed in SEEDS], 2)
            gap = pair([step_after_a_gap(Master(bpm, jitter(), seed)) for seed in SEEDS])
            print(f"{name:<19}{bpm:>7}  {locked}    {percent}   {off}  {worst}  {settled:<15} {gap}", flush=True)
    print("\nruns that end a pulse off, at 40 to 240 bpm")
    for name in ("1 ms rms", "3 ms rms"):
        for each in (step, ramp, lose, double):
            found, runs = slips(KINDS[name], each, [float(bpm) for bpm in TEMPI])
            print(f"{name}: {found:>2} of {runs}: {(each.__doc__ or '').lower()}")
    print("\n{:.0f} us a pulse, {:.0f} us the dearest hundredth".format(*costs()))


if __name__ == "__main__":
    main()
