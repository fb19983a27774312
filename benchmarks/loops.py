"""How well loops are understood: `python -m benchmarks.loops GROOVE_ZIP [--split test]`.

Loops of 1 to 8 bars are cut from performances of the Groove MIDI Dataset at bar lines, rendered with our own kits at
the tempo they were played at, and listened to: their tempo as heard, and with it told the steps and offsets of their
hits. Nothing was learned from the test split.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from deepsteps_live.listening.onsets import onsets
from deepsteps_live.listening.rows import rows
from deepsteps_live.listening.tempo import beats_of
from deepsteps_live.session.hits import RATE
from scripts.drum_loops import Floats, Hit, Performance, kits, mixed, performances

BARS = (2, 4, 8, 4)
EARLY = 0.5  # of a step: a hit this much before the loop is its first, or its last bar's
FEWEST = 8  # hits in a loop


def main(words: Sequence[str] | None = None) -> int:
    """Render, listen, print each figure beside what issue 4 asks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loops", description=__doc__)
    parser.add_argument("zip", type=Path, metavar="GROOVE_ZIP")
    parser.add_argument("--split", default="test")
    parser.add_argument("--most", type=int, default=250, help="loops")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args(words)
    rng = np.random.default_rng(options.seed)
    sounds = kits()
    tempos, places, offsets, heard = [], [], [], []
    for number, performance in enumerate(pieces(list(performances(options.zip, options.split)), options.most)):
        bars = BARS[number % len(BARS)]
        found = cut(performance, bars, rng)
        if found is None:
            continue
        seconds = bars * 240 / performance.bpm
        x = looped(found, sounds[number % len(sounds)], rng, seconds)
        known = onsets(x, RATE)
        guess = beats_of(known, len(x) / RATE)
        tempos.append(guess.bpm / performance.bpm)
        if options.verbose:
            print(
                f"{performance.name:<40} {bars} bars {performance.bpm:6.1f} heard {guess.bpm:6.1f} {guess.confidence:.2f}"
            )
        step = 15 / performance.bpm
        truth = np.array([hit.seconds / step for hit in found])
        told = beats_of(known, len(x) / RATE, bpm=performance.bpm)
        for row in rows(known, told):
            for place in np.flatnonzero(row.pattern.hits):
                at = (row.bar - 1) * 16 + place
                away = (truth - at + bars * 8) % (bars * 16) - bars * 8
                near = away[np.abs(away - row.pattern.offsets[place]).argmin()]
                error = near - row.pattern.offsets[place]
                if abs(error) * step < 0.05:  # a hit of somebody's: is it on that one's own step?
                    places.append(abs(near) <= 0.5 + 0.01 / step * 0.1)
                    offsets.append(abs(error) * step * 1000)
        steps = {round(each) % (bars * 16) for each in truth}
        here = {
            (row.bar - 1) * 16 + int(place) for row in rows(known, told) for place in np.flatnonzero(row.pattern.hits)
        }
        heard.append((len(steps & here), len(steps), len(here)))
    ratios = np.array(tempos)
    octave = np.abs(ratios[:, None] / np.array([0.25, 0.5, 1, 2, 4]) - 1).min(axis=1) < 0.005
    right = np.abs(ratios - 1) < 0.005
    hit, truths, claims = np.sum(heard, axis=0)
    print(f"{len(ratios)} loops of the {options.split} split")
    _line("tempo, or an octave of it, within 0.5 %", octave.mean(), 0.90)
    _line("tempo within 0.5 %", right.mean(), 0.80)
    _line("heard hits on their own step", float(np.mean(places)), 0.97)
    print(
        f"{'median offset error, ms':<44}{np.median(offsets):8.3f}  within 5: {'met' if np.median(offsets) <= 5 else 'missed'}"
    )
    print(f"{'steps that are played and heard':<44}{hit / truths:8.3f}")
    print(f"{'steps that are heard and played':<44}{hit / claims:8.3f}")
    return 0


def pieces(played: list[Performance], most: int) -> list[Performance]:
    """Performances in turn, the same ones every time, until there are enough."""
    return [played[number % len(played)] for number in range(most)]


def cut(performance: Performance, bars: int, rng: np.random.Generator) -> list[Hit] | None:
    """So many bars of a performance, from a bar line on, or None where there are too few hits or bars."""
    bar, step = 240 / performance.bpm, 15 / performance.bpm
    length = int(performance.hits[-1].seconds / bar) + 1
    if length < bars:
        return None
    start = int(rng.integers(0, length - bars + 1)) * bar
    found = [
        Hit(hit.seconds - start, hit.drum, hit.velocity)
        for hit in performance.hits
        if -EARLY * step <= hit.seconds - start < bars * bar - EARLY * step
    ]
    return found if len(found) >= FEWEST else None


def looped(hits: list[Hit], kit: dict[int, tuple[Floats, Floats]], rng: np.random.Generator, seconds: float) -> Floats:
    """A loop as it is exported: what rings over its end, or sounds before its beginning, is folded into it."""
    length = round(seconds * RATE)
    lead = length  # a whole loop ahead, so that early hits have room
    shifted = [Hit(hit.seconds + lead / RATE, hit.drum, hit.velocity) for hit in hits]
    x = mixed(shifted, kit, rng, 4 * length / RATE + 1, vary=True)
    return np.sum([x[start : start + length] for start in range(0, 4 * length, length)], axis=0)


def _line(name: str, value: float, least: float) -> None:
    print(f"{name:<44}{value:8.3f}  at least {least}: {'met' if value >= least else 'missed'}")


if __name__ == "__main__":
    sys.exit(main())
