"""Renders examples/loops, the loops that the tour trains on: `python -m scripts.make_loops [FOLDER]`.

All of them are ours: patterns written down here, played by the kits that ship through the offline scsynth. To add a
loop: a row in LOOPS; a lane is a drum of the kit and two bars of steps (X accent, x hit, o soft, - rest) in a feel.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from deepsteps_live.synthdefs import seed
from numpy.typing import NDArray

from deepsteps_live import places, sound
from deepsteps_live.music import BEATS_PER_BAR, LiveSet, Pattern, Track, events, lead_in, mix
from deepsteps_live.outputs.mixer import ROOT, Mixer, definitions
from deepsteps_live.outputs.offline import Timed, run
from deepsteps_live.outputs.osc import ADD_TO_TAIL, message
from deepsteps_live.sound.kit import SLOTS

RATE = 24_000  # of the files; scsynth renders at twice that
BARS = 2
PEAK = 0.89
TAIL = 1.0  # seconds that ring on after the last bar, and go round
SEED_NODE = 999  # of a synth that is gone before the first hit
DRUMS = ("kick", "snare", "hat", "openhat", "clap", "tom", "perc", "cymbal")
VELOCITY = {"X": 1.0, "x": 0.72, "o": 0.4, "-": 0.0}

# How far each of four sixteenths is behind (or, below 0, ahead of) the grid, in steps.
FEELS: dict[str, tuple[float, float, float, float]] = {
    "straight": (0.0, 0.0, 0.0, 0.0),
    "shuffled": (0.0, 0.24, 0.0, 0.24),
    "swung": (0.0, 0.36, 0.02, 0.36),
    "late": (0.1, 0.14, 0.1, 0.14),
    "early": (-0.06, 0.0, -0.08, 0.0),
    "drunk": (0.02, 0.3, -0.12, 0.16),
    "samba": (0.0, -0.12, -0.14, 0.04),
}

Lane = tuple[str, str]  # two bars of steps, and their feel


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop: its style, its tempo in bpm, its kit, and what each drum plays."""

    style: str
    bpm: int
    kit: str
    lanes: dict[str, Lane]

    @property
    def file(self) -> str:
        """Its name tells its tempo, as those of good loops do."""
        return f"{self.style}_{self.bpm}bpm.flac"


LOOPS = (
    Loop(
        "house",
        124,
        "electronic",
        {
            "kick": ("X---X---X---X---X---X---X---X-x-", "straight"),
            "clap": ("----X-------X-------X-------X--o", "late"),
            "openhat": ("--x---x---x---x---x---x---x---x-", "straight"),
        },
    ),
    Loop(
        "garage",
        132,
        "electronic",
        {
            "kick": ("X-----x-------x-X---------x---x-", "shuffled"),
            "snare": ("----X-------X-------X--o----X---", "late"),
            "hat": ("x-ox-ox-x-ox-oxox-ox-ox-x-ox-oxo", "shuffled"),
        },
    ),
    Loop(
        "techno",
        136,
        "noise",
        {
            "kick": ("X---X---X---X---X---X---X---X---", "straight"),
            "hat": ("--x---x---x---x---x---x---x-x-x-", "straight"),
            "perc": ("---x--x----x------xx--x----x--x-", "straight"),
        },
    ),
    Loop(
        "boom_bap",
        90,
        "lofi",
        {
            "kick": ("X--x----o-X-----X-----xo--X-----", "late"),
            "snare": ("----X--o----X-------X--o-o--X---", "late"),
            "hat": ("x-x-x-x-x-x-x-x-x-x-x-x-x-x-x-xo", "swung"),
        },
    ),
    Loop(
        "drunk",
        84,
        "lofi",
        {
            "kick": ("X-----x---x----oX--x------x-----", "drunk"),
            "snare": ("----X-------X--o----X-------X---", "early"),
            "hat": ("x-x-x-x-x-xox-x-x-x-xox-x-x-x-x-", "drunk"),
        },
    ),
    Loop(
        "funk",
        104,
        "acoustic",
        {
            "kick": ("X-x-------x--x--X-x---x---x-----", "straight"),
            "snare": ("----X--o-o--X--o----X--o-o-oX---", "late"),
            "hat": ("x-x-x-x-x-x-x-x-x-x-x-x-x-x-x---", "early"),
        },
    ),
    Loop(
        "breakbeat",
        138,
        "acoustic",
        {
            "kick": ("X-X-------XX----X-X-------X-----", "straight"),
            "snare": ("----X--x-x--X--x----X--x-x----X-", "shuffled"),
            "cymbal": ("x-x-x-x-x-x-x-x-x-x-x-x-x-x-x-x-", "straight"),
        },
    ),
    Loop(
        "samba",
        100,
        "percussion",
        {
            "kick": ("x---X--xx---X--xx---X--xx---X--x", "samba"),
            "perc": ("x-x--x-x-xx-x-x-x-x--x-x-xx-x-xx", "samba"),
            "hat": ("XooXXooXXooXXooXXooXXooXXooXXooX", "samba"),
        },
    ),
    Loop(
        "afro",
        116,
        "percussion",
        {
            "kick": ("X-----x---X-----X-----x---x-----", "straight"),
            "snare": ("---x--o----x--x----x--o----x-ox-", "late"),
            "perc": ("x--x--x---x-x---x--x--x---x-x---", "straight"),
        },
    ),
    Loop(
        "dembow",
        96,
        "minimal",
        {
            "kick": ("X---X---X---X---X---X---X---X---", "straight"),
            "snare": ("---X--X----X--X----X--X----X--XX", "late"),
            "hat": ("x-o-x-o-x-o-x-o-x-o-x-o-x-o-x-oo", "straight"),
        },
    ),
    Loop(
        "minimal",
        122,
        "minimal",
        {
            "kick": ("X---X---X---X---X---X---X---X--x", "straight"),
            "perc": ("--x--x----x-------x--x-----x--x-", "shuffled"),
            "cymbal": ("------o-------x-------o---o-----", "late"),
        },
    ),
    Loop(
        "half_time",
        140,
        "default",
        {
            "kick": ("X-----x---------X--x------x---x-", "straight"),
            "snare": ("--------X---------------X-----o-", "late"),
            "hat": ("x-x-x-xxx-x-x-x-x-x-xxx-x-x-x---", "shuffled"),
        },
    ),
)


def pattern(lane: Lane) -> Pattern:
    """The pattern of a lane, with its feel."""
    steps, feel = lane
    velocities = tuple(VELOCITY[step] for step in steps)
    offsets = tuple(FEELS[feel][step % 4] if velocity else 0.0 for step, velocity in enumerate(velocities))
    return Pattern(tuple(velocity > 0 for velocity in velocities), velocities, offsets)


def live_set(loop: Loop) -> LiveSet:
    """The set that plays a loop."""
    patches = sound.read_kit(places.KITS / f"{loop.kit}.mtpreset").patches[:SLOTS]
    sounds = dict(zip(DRUMS, patches, strict=True))
    tracks = (Track(name, sound=sounds[name], pattern=pattern(lane)) for name, lane in loop.lanes.items())
    return LiveSet(tuple(tracks), tempo=float(loop.bpm))


def commands(played: LiveSet, bpm: float) -> Iterator[Timed]:
    """What scsynth is told, and when, in seconds: as in any render, but its noise is the same each time."""
    mixer = Mixer()
    structures = mixer.missing(played)
    mixer.know(structures)
    yield 0.0, [*mixer.first(), message("/d_recv", seed.seed().compile()), *definitions(structures)]
    yield 0.0, [message("/s_new", seed.NAME, SEED_NODE, ADD_TO_TAIL, ROOT)]
    yield 0.0, [*mixer.begin(), *mixer.channels(played)[0], *mixer.retuned(played), *mixer.mix(mix(played, 0.0))]
    second, last, before = 60 / bpm, BARS * BEATS_PER_BAR, lead_in(played)
    found = events(played, -before, last, grid=(0.0, last))
    for event, at in mixer.in_order([(event, (event.beat + before) * second) for event in found]):
        yield at, mixer.hit(event, at)


def render(loop: Loop) -> NDArray[np.float64]:
    """The samples of a loop, mono at RATE, exactly as long as its bars: what hangs over goes round."""
    played = live_set(loop)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loop.wav"
        run(commands(played, loop.bpm), (BARS * BEATS_PER_BAR + lead_in(played)) * 60 / loop.bpm + TAIL, path)
        audio, rate = soundfile.read(path, always_2d=True)
    assert rate == 2 * RATE
    count = 2 * round(BARS * BEATS_PER_BAR * 60 / loop.bpm * RATE)
    around = np.zeros(count)
    before = round(lead_in(played) * 60 / loop.bpm * rate)
    np.add.at(around, (np.arange(len(audio)) - before) % count, audio.mean(axis=1))
    half = np.fft.irfft(np.fft.rfft(around)[: count // 4 + 1], count // 2) / 2
    return np.asarray(half * PEAK / np.abs(half).max(), np.float64)


def main() -> None:
    """Render all of them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else places.LOOPS
    folder.mkdir(parents=True, exist_ok=True)
    for loop in LOOPS:
        path = folder / loop.file
        soundfile.write(path, render(loop), RATE, subtype="PCM_16")
        print(f"{path.name:<24}{path.stat().st_size // 1000:>4} kB")


if __name__ == "__main__":
    main()
