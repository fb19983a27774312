"""How far apart two processes are that share a beat by Ableton Link: `python -m benchmarks.link [--minutes 5]`.

Each process has a LinkClock of its own and changes the tempo in turn; ten times a second both say which beat the same
moment has for them.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time

from deepsteps_live.engine.link import QUANTUM, LinkClock

EVERY = 0.1  # seconds between questions
TURN = 10.0  # seconds between tempo changes
SETTLE = 1.0  # seconds after one in which the news travels: told apart


def peer() -> None:
    """Answer `SECONDS BPM` with the beat and the tempo that the moment has here; BPM 0 changes nothing."""
    clock, bpm = LinkClock(120.0), 120.0
    for line in sys.stdin:
        seconds, wanted = map(float, line.split())
        bpm = wanted or bpm
        heard = clock.look(seconds, bpm)
        bpm = heard.bpm or bpm
        print(heard.tempo.beat(seconds), heard.tempo.bpm_at(0.0), clock.peers, flush=True)


def ask(process: subprocess.Popen[str], seconds: float, bpm: float) -> tuple[float, float, int]:
    assert process.stdin is not None
    assert process.stdout is not None
    print(seconds, bpm, file=process.stdin, flush=True)
    beat, tempo, peers = process.stdout.readline().split()
    return float(beat), float(tempo), int(peers)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--peer", action="store_true")
    options = parser.parse_args()
    if options.peer:
        peer()
        return
    command = [sys.executable, "-m", "benchmarks.link", "--peer"]
    pair = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) for _ in range(2)
    ]
    rng = random.Random(1)
    while ask(pair[0], time.monotonic(), 0)[2] == 0:
        time.sleep(EVERY)
    began = turned = time.monotonic()
    steady, turning, changes = [], [], 0
    while time.monotonic() - began < options.minutes * 60:
        wanted = [0.0, 0.0]
        if time.monotonic() - turned > TURN:
            turned, changes = time.monotonic(), changes + 1
            wanted[changes % 2] = float(rng.randrange(60, 180))
        now = time.monotonic()
        (first, bpm, _), (second, _, _) = (ask(process, now, bpm) for process, bpm in zip(pair, wanted, strict=True))
        apart = (first - second + QUANTUM / 2) % QUANTUM - QUANTUM / 2
        (turning if now - turned < SETTLE else steady).append(abs(apart) * 60 / bpm * 1000)
        time.sleep(EVERY)
    for process in pair:
        process.terminate()
        process.wait()
    for name, found in (("steady", sorted(steady)), ("in the second of a change", sorted(turning))):
        if found:
            middle, high = found[len(found) // 2], found[int(0.99 * (len(found) - 1))]
            print(f"{name}: {len(found)} looks, ms apart p50 {middle:.4f} p99 {high:.4f} max {found[-1]:.4f}")
    print(f"{changes} changes of tempo in {options.minutes:g} minutes")


if __name__ == "__main__":
    main()
