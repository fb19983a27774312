"""What a voice costs: `python -m benchmarks.voices [KIT.mtpreset ...] [--times N]`, offline.

For every structure that the shipped kits and those given have: the share of one core that a ringing voice takes. For
every kit, sixteenths on all eight tracks at 120 bpm for 30 s, four times:

ours             as it is played: the whole mixer, one voice a track
ours_bare        no mixer, and every hit rings out
monolith         the same hits on the monolith; every hit rings out
monolith_seven   the same, on seven voices that take turns

Only scsynth's own processor time counts, its start and the wave tables included. All are run in turn, N times over,
and medians are taken. The table goes to standard error, a JSON document to standard output.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks import monolith
from deepsteps_live import places, sound
from deepsteps_live.music import NORMAL, LiveSet, Patch, Score, Track, no_model, pattern
from deepsteps_live.outputs.mixer import Mixer, definitions
from deepsteps_live.outputs.offline import Timed, render, run
from deepsteps_live.outputs.osc import message, new_voice

TEMPO, BARS, STEP = 120.0, 15, 0.125  # bpm, bars (30 s), seconds of a step
SECONDS, STEPS = 30.0, 240
RINGING, RINGS = 24, 4.0  # voices at once, and for how many seconds
FIRST_NODE = 1000
EVENLY = pattern("x" * 16)

Work = Callable[[Path], None]


def main() -> int:
    """Measure, show a table, print one JSON document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.voices", description=__doc__)
    parser.add_argument("kits", nargs="*", type=Path, help="further kits")
    parser.add_argument("--times", type=int, default=5, help="how often each is run (5)")
    given = parser.parse_args()
    found = measured([*sorted(places.KITS.glob("*.mtpreset")), *given.kits], given.times)
    print(table(found), file=sys.stderr)
    print(json.dumps(found, indent=2))
    return 0


def measured(files: Sequence[Path], times: int) -> dict[str, Any]:
    """The figures of every kit, and of every structure in them."""
    kits = {_name(file): [patch for patch in sound.read_kit(file).patches if patch] for file in files}
    shapes = {sound.structure(patch).name: patch for patches in kits.values() for patch in patches}
    works: dict[tuple[str, str], Work] = {("nothing", ""): _ringing(None)}
    works |= {("voice", name): _ringing(_long(patch)) for name, patch in sorted(shapes.items())}
    for name, patches in kits.items():
        works |= {(how, name): work(patches) for how, work in PLAYED.items()}
    spent = _spent(works, times)
    empty = spent["nothing", ""]
    return {
        "voices": {
            name: {"percent_of_a_core": round(100 * max(0.0, spent["voice", name] - empty) / (RINGING * RINGS), 4)}
            for name in sorted(shapes)
        },
        "kits": {name: _figures({how: spent[how, name] for how in PLAYED}) for name in kits},
    }


def _name(file: Path) -> str:
    return file.stem if file.parent == places.KITS else f"{file.parent.name}/{file.stem}"


def _figures(spent: dict[str, float]) -> dict[str, Any]:
    return {
        "seconds": {how: round(taken, 3) for how, taken in spent.items()},
        "times_realtime": {how: round(SECONDS / taken, 1) for how, taken in spent.items()},
        "ratio_as_played": round(spent["monolith"] / spent["ours"], 1),
        "ratio_bare": round(spent["monolith"] / spent["ours_bare"], 1),
        "ratio_seven": round(spent["monolith_seven"] / spent["ours"], 1),
    }


def _spent(works: dict[tuple[str, str], Work], times: int) -> dict[tuple[str, str], float]:
    """Seconds of processor time that scsynth takes for each: the median of several rounds."""
    taken: dict[tuple[str, str], list[float]] = {key: [] for key in works}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(times):
            for key, work in works.items():
                before = _children()
                work(Path(folder) / "sound.wav")
                taken[key].append(_children() - before)
    return {key: statistics.median(values) for key, values in taken.items()}


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _long(patch: Patch) -> Patch:
    """The same structure, ringing as long as it can."""
    return patch.but(osc_decay=1.0, noise_decay=1.0)


def _ringing(patch: Patch | None) -> Work:
    def commands() -> Iterator[Timed]:
        shapes = {sound.structure(patch)} if patch else set()
        yield 0.0, [*Mixer().first(), *definitions(shapes)]
        for node in range(FIRST_NODE, FIRST_NODE + RINGING):
            if patch:
                yield 0.0, [new_voice(sound.structure(patch).name, node, 0, 0, sound.controls(patch, NORMAL) | LONG)]

    return lambda path: run(commands(), RINGS, path)


LONG = {"life": RINGS + 1}


def _ours(patches: Sequence[Patch]) -> Work:
    tracks = tuple(Track(f"track{n}", EVENLY, sound=patch) for n, patch in enumerate(patches))
    score = Score(((0.0, LiveSet(tracks, tempo=TEMPO)),))
    return lambda path: render(score, path, BARS, no_model, tail=0.0)


def _bare(patches: Sequence[Patch]) -> Work:
    def commands() -> Iterator[Timed]:
        yield 0.0, [*Mixer().first(), *definitions({sound.structure(patch) for patch in patches})]
        nodes = count(FIRST_NODE)
        for step in range(STEPS):
            for patch in patches:
                told = sound.controls(patch, NORMAL)
                yield step * STEP, [new_voice(sound.structure(patch).name, next(nodes), 0, 0, told)]

    return lambda path: run(commands(), SECONDS, path)


def _monolith(patches: Sequence[Patch], voices: int = STEPS * 8) -> Work:
    """Each hit takes the next of so many voices, and what still rings there is freed."""
    told = [[part for pair in monolith.controls(patch).items() for part in pair] for patch in patches]
    definition = message("/d_recv", monolith.build().compile())

    def commands() -> Iterator[Timed]:
        yield 0.0, [definition]
        nodes = count(FIRST_NODE)
        for step in range(STEPS):
            for controls in told:
                node = next(nodes)
                freed = [message("/n_free", node - voices)] if node - voices >= FIRST_NODE else []
                yield step * STEP, [*freed, message("/s_new", monolith.NAME, node, 0, 0, *controls)]

    return lambda path: run(commands(), SECONDS, path)


PLAYED: dict[str, Callable[[Sequence[Patch]], Work]] = {
    "ours": _ours,
    "ours_bare": _bare,
    "monolith": _monolith,
    "monolith_seven": lambda patches: _monolith(patches, monolith.VOICES),
}


def table(found: dict[str, Any]) -> str:
    """The figures as text."""
    rows = [f"{name:55}{each['percent_of_a_core']:9.4f} % of a core" for name, each in found["voices"].items()]
    heads = ("ours", "bare", "monolith", "seven", "as played", "bare")
    rows += ["", f"{'times real time; ratios':40}" + "".join(f"{head:>11}" for head in heads)]
    for name, each in found["kits"].items():
        ratios = (each["ratio_as_played"], each["ratio_bare"])
        rows.append(f"{name:40}" + "".join(f"{value:11.1f}" for value in (*each["times_realtime"].values(), *ratios)))
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
