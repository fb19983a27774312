"""How steady a followed MIDI clock is: `python -m benchmarks.follower`. Simulated masters; figures in ms.

A beat is predicted 150 ms ahead, as the scheduler needs it; from the ninth beat on its error is collected for 88 beats.
"""

from __future__ import annotations

import itertools
import time

from deepsteps_live.timing import Follower
from tests.test_timing_follower import Jitter, Master, errors, in_periods, rms, white, with_bursts

KINDS: dict[str, Jitter] = {
    "3 ms rms": white(3),
    "1 ms rms": white(1),
    "JACK's periods": in_periods,
    "bursts": with_bursts,
}
SEEDS = range(12)
TEMPI = (40, 60, 90, 120, 140, 180, 240)


def steadiness(bpm: float, jitter: Jitter, seed: int) -> tuple[float, float, float]:
    """rms and worst error of a beat in ms about its mean, tempo error in percent after 8 beats."""
    master = Master(bpm, jitter, seed)
    master.run(8)
    tempo = master.follower.tempo
    assert tempo is not None
    percent = abs(tempo.bpm_at(0) / bpm - 1) * 100
    found = errors(master, 88)
    mean = sum(found) / len(found) if jitter is in_periods else 0.0
    return rms([each - mean for each in found]) * 1000, max(abs(each - mean) for each in found) * 1000, percent


def middle(values: list[float]) -> str:
    return f"{sorted(values)[len(values) // 2]:.3f} (most {max(values):.3f})"


def slips(jitter: Jitter) -> tuple[int, int]:
    """How many steps of tempo, of how many, leave the beat a pulse off."""
    found = 0
    pairs = [(a, b, seed) for a, b in itertools.permutations(TEMPI, 2) for seed in range(6)]
    for before, after, seed in pairs:
        master = Master(before, jitter, seed)
        master.run(20)
        master.bpm = after
        master.run(20)
        found += abs(master.error()) > 0.004
    return found, len(pairs)


def main() -> None:
    for name, jitter in KINDS.items():
        for bpm in (40, 120, 240):
            rows = list(zip(*(steadiness(bpm, jitter, seed) for seed in SEEDS), strict=True))
            off, worst, percent = (middle(list(row)) for row in rows)
            print(f"{name:<15}{bpm:>4} bpm: beat rms {off}, worst {worst}; tempo after 8 beats off by {percent} %")
    for name in ("1 ms rms", "3 ms rms"):
        slipped, steps = slips(KINDS[name])
        print(f"{name}: a pulse slipped in {slipped} of {steps} steps of tempo")
    follower, began = Follower(), time.perf_counter()
    for number in range(20_000):
        follower.pulse(number * 0.02)
    print(f"{(time.perf_counter() - began) / 20_000 * 1e6:.1f} us a pulse")


if __name__ == "__main__":
    main()
