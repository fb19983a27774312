"""How the kits sit: `python -m benchmarks.kits [KIT.mtpreset ...]` prints what every patch measures, alone and dry.

Loudness is ITU-R BS.1770's momentary maximum (400 ms) of one hit at the default velocity. Without arguments all
shipped kits and the melodic synths are measured. The table goes to standard error, a JSON document to standard output.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.loudness import momentary
from deepsteps_live import engine, places, sound
from deepsteps_live.music import NORMAL, Event, Patch

RATE = 44_100  # of what `engine.hits` gives
ACCENT = 1.0
MIDDLE, HELD = 60, 0.3  # a melodic patch's note, and seconds of its gate
LOW, HIGH = 150.0, 3000.0  # Hz; below a kick, above a hat
GONE = 1e-3  # of its peak; a sound that stays below it is over
RISEN = 0.9  # of its peak, where an attack ends

Audio = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One hit at the default velocity, and what an accent changes.

    lufs      its loudest 400 ms
    accent    LU that an accent is louder
    peak      dBFS of the accent
    attack    ms until it has risen to nine tenths of its peak
    seconds   until it stays 60 dB below its peak
    centroid  Hz, the middle of its spectrum's power
    low, high shares of its energy below 150 Hz and above 3 kHz, 0 to 1
    crest     dB of its peak above the RMS of its loudest 50 ms
    offset    its mean against its peak, 0 to 1
    """

    name: str
    lufs: float
    accent: float
    peak: float
    attack: float
    seconds: float
    centroid: float
    low: float
    high: float
    crest: float
    offset: float


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kits", description=__doc__)
    parser.add_argument("kits", nargs="*", help="kit files (all that ship, and the melodic synths)")
    files = parser.parse_args().kits
    found = {
        str(file): measured_kit(sound.read_kit(file).patches)
        for file in files or sorted(places.KITS.glob("*.mtpreset"))
    }
    if not files:
        found["melodic"] = measured_kit([sound.fresh(synth, synth) for synth in sound.MELODIC])
    for name, rows in found.items():
        print(_table(name, rows), file=sys.stderr)
    print(json.dumps({name: [asdict(row) for row in rows] for name, rows in found.items()}, indent=2))
    return 0


def measured_kit(patches: Sequence[Patch | None]) -> list[Measured]:
    """Every patch of a kit, measured; empty slots are left out."""
    there = [patch for patch in patches if patch is not None]
    audio = engine.hits([_hit(patch, velocity) for patch in there for velocity in (NORMAL, ACCENT)])
    return [measured(patch.name, *audio[2 * n : 2 * n + 2]) for n, patch in enumerate(there)]


def measured(name: str, plain: Audio, accent: Audio) -> Measured:
    """The figures of a patch from a hit at the default velocity and one at full velocity, (samples, 2) each."""
    size = np.abs(plain).max(axis=1)
    peak = max(float(size.max()), 1e-9)
    over = int(np.flatnonzero(size >= GONE * peak)[-1]) + 1 if size.any() else 0
    power, frequencies = _spectrum(plain)
    total = max(float(power.sum()), 1e-30)
    return Measured(
        name=name,
        lufs=round(momentary(plain, RATE), 2),
        accent=round(momentary(accent, RATE) - momentary(plain, RATE), 2),
        peak=round(_decibels(float(np.abs(accent).max())), 2),
        attack=round(1000 * int(np.argmax(size >= RISEN * peak)) / RATE, 1),
        seconds=round(over / RATE, 3),
        centroid=round(float((power * frequencies).sum()) / total),
        low=round(float(power[frequencies < LOW].sum()) / total, 3),
        high=round(float(power[frequencies > HIGH].sum()) / total, 3),
        crest=round(_decibels(peak) - _decibels(_loudest(plain, round(0.05 * RATE))), 1),
        offset=round(abs(float(plain[:over].mean())) / peak, 4) if over else 0.0,
    )


def _hit(patch: Patch, velocity: float) -> Event:
    pitch = MIDDLE if patch.synth in sound.MELODIC else None
    return Event(0.0, 0.0, patch.name, 0, velocity, pitch, HELD, patch)


def _spectrum(audio: Audio) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Power of both channels, without the offset that nobody hears, and Hz: (bins,) each."""
    power = (np.abs(np.fft.rfft(audio.astype(np.float64), axis=0)) ** 2).sum(axis=1)
    frequencies = np.fft.rfftfreq(len(audio), 1 / RATE)
    power[frequencies < 20] = 0
    return power, frequencies


def _loudest(audio: Audio, length: int) -> float:
    """RMS of the loudest so many samples, in the louder channel."""
    below = np.cumsum(np.pad(audio.astype(np.float64) ** 2, ((1, length), (0, 0))), axis=0)
    return float(np.sqrt((below[length:] - below[:-length]).max() / length))


def _decibels(ratio: float) -> float:
    return float(20 * np.log10(max(ratio, 1e-10)))


def _table(name: str, rows: Sequence[Measured]) -> str:
    mean = sum(row.lufs for row in rows) / len(rows)
    head = (
        f"{name}: mean {mean:.1f} LUFS\n{'':18}LUFS   off accent  peak attack seconds centroid  low high crest offset"
    )
    lines = [
        f"{row.name[:16]:17}{row.lufs:6.1f}{row.lufs - mean:6.1f}{row.accent:7.1f}{row.peak:6.1f}{row.attack:7.1f}"
        f"{row.seconds:8.2f}{row.centroid:9.0f}{row.low:5.2f}{row.high:5.2f}{row.crest:6.1f}{row.offset:7.3f}"
        for row in rows
    ]
    return "\n".join([head, *lines, ""])


if __name__ == "__main__":
    sys.exit(main())
