"""How well loops are understood: `python -m benchmarks.loops GROOVE_ZIP [--split test]`.

Loops of 2, 4 and 8 bars are cut from performances of the Groove MIDI Dataset at bar lines, rendered with our own kits
at the tempo they were played at, and listened to: their tempo as heard, and with it told the steps and offsets of their
hits. A performance may give two loops, of other bars and on another kit. Nothing was learned from the test split.

Three questions are asked of steps, and no hit is left out of any of them: of the steps that are played, how many are
heard; of those heard, how many are played; of the hits whose onset was found at all, how many lie on their own step.
Below stand the same loops as recordings, with silence before and after them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepsteps_live.listening.onset import Onset
from deepsteps_live.listening.onsets import onsets
from deepsteps_live.listening.rows import rows
from deepsteps_live.listening.tempo import beats_of
from deepsteps_live.session.hits import RATE
from scripts.drum_loops import SLOTS, Floats, Hit, Kit, Performance, kits, mixed, performances

BARS = (2, 4, 8, 4)
EARLY = 0.5  # of a step: a hit this much before the loop is its first, or its last bar's
FEWEST = 8  # hits in a loop
FOUND = 0.05  # seconds between a hit and its onset, at most
SILENCES = ((0.2, 1.5), (0.3, 1.5))  # seconds before and after a recording, least and most

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Loop:
    """A performance's bars as audio, and the places of their hits in steps."""

    name: str
    bpm: float
    bars: int
    places: Numbers
    audio: Floats


@dataclass(frozen=True, slots=True)
class Steps:
    """Of one loop: steps played, heard, both; hits whose onset was found, those of them on their step; errors in ms."""

    played: int
    heard: int
    both: int
    found: int
    placed: int
    errors: Numbers


def main(words: Sequence[str] | None = None) -> int:
    """Render, listen, print each figure beside what issue 4 asks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loops", description=__doc__)
    parser.add_argument("zip", type=Path, metavar="GROOVE_ZIP")
    parser.add_argument("--split", default="test")
    parser.add_argument("--most", type=int, default=250, help="loops")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="a line for every loop")
    options = parser.parse_args(words)
    rng = np.random.default_rng(options.seed)
    loops = made(list(performances(options.zip, options.split)), options.most, rng)
    heard = [onsets(loop.audio, RATE) for loop in loops]
    recorded = [in_silence(loop.audio, rng) for loop in loops]
    guesses = [beats_of(known, len(loop.audio) / RATE) for loop, known in zip(loops, heard, strict=True)]
    if options.verbose:
        for loop, guess in zip(loops, guesses, strict=True):
            print(f"{loop.name:<36} {loop.bars} bars {loop.bpm:6.1f} heard {guess.bpm:6.1f} {guess.confidence:.2f}")
    steps = [steps_of(loop, known) for loop, known in zip(loops, heard, strict=True)]
    print(f"{len(loops)} loops of {len({loop.name for loop in loops})} performances of the {options.split} split")
    report(np.array([guess.bpm / loop.bpm for loop, guess in zip(loops, guesses, strict=True)]), steps)
    report_recordings(loops, recorded)
    return 0


def made(played: list[Performance], most: int, rng: np.random.Generator) -> list[Loop]:
    """Loops of performances in turn, as many as are long enough of the first `most`."""
    sounds, found = kits(), []
    for number in range(most):
        performance, bars, kit = played[number % len(played)], BARS[number % len(BARS)], sounds[number % len(sounds)]
        hits = cut(performance, bars, rng, kit)
        if hits is not None:
            step = 15 / performance.bpm
            audio = looped(hits, kit, rng, bars * 16 * step)
            places = np.array([hit.seconds / step for hit in hits])
            found.append(Loop(performance.name, performance.bpm, bars, places, audio))
    return found


def cut(performance: Performance, bars: int, rng: np.random.Generator, kit: Kit) -> list[Hit] | None:
    """So many bars from a bar line on, of drums that the kit has; None where there are too few hits or bars."""
    bar, step = 240 / performance.bpm, 15 / performance.bpm
    length = int(performance.hits[-1].seconds / bar) + 1
    if length < bars:
        return None
    start = int(rng.integers(0, length - bars + 1)) * bar
    found = [
        Hit(hit.seconds - start, hit.drum, hit.velocity)
        for hit in performance.hits
        if -EARLY * step <= hit.seconds - start < bars * bar - EARLY * step and set(SLOTS[hit.drum]) <= kit.keys()
    ]
    return found if len(found) >= FEWEST else None


def looped(hits: list[Hit], kit: Kit, rng: np.random.Generator, seconds: float) -> Floats:
    """A loop as it is exported: what rings over its end, or sounds before its beginning, is folded into it."""
    length = round(seconds * RATE)
    shifted = [Hit(hit.seconds + length / RATE, hit.drum, hit.velocity) for hit in hits]  # room for early hits
    x = mixed(shifted, kit, rng, 4 * length / RATE + 1, vary=True)
    return np.asarray(x[: 4 * length].reshape(4, length).sum(axis=0))


def in_silence(audio: Floats, rng: np.random.Generator) -> tuple[float, Floats]:
    """Audio as a recording, and the seconds of silence before it."""
    before, after = (round(rng.uniform(*each) * RATE) for each in SILENCES)
    return before / RATE, np.pad(audio, (before, after))


def steps_of(loop: Loop, known: Sequence[Onset]) -> Steps:
    """A loop's rows, its tempo told, compared with its hits."""
    steps, step = loop.bars * 16, 15 / loop.bpm
    told = beats_of(known, len(loop.audio) / RATE, bpm=loop.bpm)
    claims = {
        (row.bar - 1) * 16 + int(place): row.pattern.offsets[place]
        for row in rows(known, told)
        for place in np.flatnonzero(row.pattern.hits)
    }
    own = np.rint(loop.places).astype(int) % steps
    played = set(own.tolist())
    onset_places = np.array([onset.seconds / step for onset in known])
    away = np.abs(_around(onset_places[None, :] - loop.places[:, None], steps)).min(axis=1, initial=np.inf)
    found = away * step < FOUND
    near = [
        np.abs(_around(loop.places - (place + offset), steps)).min() * step * 1000 for place, offset in claims.items()
    ]
    placed = sum(int(place) in claims for place in own[found])
    return Steps(len(played), len(claims), len(played & claims.keys()), int(found.sum()), placed, np.array(near))


def report(ratios: Numbers, steps: list[Steps]) -> None:
    """The figures of loops."""
    print(_line("tempo, or an octave of it, within 0.5 %", float(_octaves(ratios).mean()), 0.90))
    print(_line("tempo within 0.5 %", float((np.abs(ratios - 1) < 0.005).mean()), 0.80))
    played, heard, both, found, placed = (
        sum(getattr(each, name) for each in steps) for name in ("played", "heard", "both", "found", "placed")
    )
    print(_line("steps played that are heard", both / played, 0.97))
    print(_line("steps heard that are played", both / heard, 0.97))
    print(_line("hits with an onset that are on their step", placed / found, 0.97))
    error = float(np.median(np.concatenate([each.errors for each in steps])))
    print(f"{'median offset error, ms':<44}{error:8.3f}  at most 5: {'met' if error <= 5 else 'missed'}")


def report_recordings(loops: list[Loop], recorded: list[tuple[float, Floats]]) -> None:
    """The figures of the same with silence around them, of which nothing is asked."""
    ratios, away = [], []
    for loop, (before, audio) in zip(loops, recorded, strict=True):
        known, seconds = onsets(audio, RATE), len(audio) / RATE
        ratios.append(beats_of(known, seconds).bpm / loop.bpm)
        away.append((beats_of(known, seconds, bpm=loop.bpm).start - before) * loop.bpm / 15)
    found, places = np.array(ratios), _around(np.array(away), 16)
    print("the same with silence before and after")
    print(f"{'tempo, or an octave of it, within 0.5 %':<44}{_octaves(found).mean():8.3f}")
    print(f"{'tempo within 0.5 %':<44}{(np.abs(found - 1) < 0.005).mean():8.3f}")
    print(f"{'tempo within 2 %':<44}{(np.abs(found - 1) < 0.02).mean():8.3f}")
    print(f"{'first bar, the tempo told, on its step':<44}{(np.abs(places) < 0.5).mean():8.3f}")


def _octaves(ratios: Numbers) -> NDArray[np.bool_]:
    return np.asarray(np.abs(ratios[:, None] / np.array([0.25, 0.5, 1, 2, 4]) - 1).min(axis=1) < 0.005)


def _around(places: Numbers, steps: int) -> Numbers:
    """Distances in a circle of so many steps, from minus half of it."""
    return np.asarray((places + steps / 2) % steps - steps / 2)


def _line(name: str, value: float, least: float) -> str:
    return f"{name:<44}{value:8.3f}  at least {least}: {'met' if value >= least else 'missed'}"


if __name__ == "__main__":
    sys.exit(main())
