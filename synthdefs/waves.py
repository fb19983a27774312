"""Band-limited triangle and saw: wavetables that scsynth fills itself, and the oscillator that reads them.

Table j of a wave holds its harmonics up to 2^(j / 6), so that at every frequency there is one whose highest harmonic
lies below half the sample rate and less than two semitones from it, whatever the sample rate is. Sixth octaves keep
a step from one to the next at the edge of hearing. Which table is read follows the frequency once in a block.

Filling them costs scsynth some 30 ms: each begins as a copy of the one before, and only new harmonics are added.
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

import math
from collections.abc import Callable, Iterator

from supriya.ugens import UGenOperable

FIRST_BUFFER = 512
SIZE = 4096  # samples of a table: what is between them is interpolated, 60 dB down and more
STEPS = 6  # tables an octave
WAVETABLE = 2  # flag of /b_gen: in the form that Osc reads
CLEAR = 4  # flag of /b_gen: begin anew

Message = list[object]


def _triangle(harmonic: int) -> float:
    return 8 / math.pi**2 * math.sin(math.pi / 2 * harmonic) / harmonic**2 if harmonic % 2 else 0.0


def _saw(harmonic: int) -> float:
    return 2 / math.pi * (-1) ** (harmonic + 1) / harmonic


# Wave: its buffers, how many tables it has, and the amplitude of each harmonic. A triangle's fade fast.
TABLES: dict[str, tuple[int, int, Callable[[int], float]]] = {
    "triangle": (FIRST_BUFFER, 43, _triangle),
    "saw": (FIRST_BUFFER + 43, 59, _saw),
}


def highest(table: int) -> int:
    """The highest harmonic that a table holds."""
    return int(2 ** (table / STEPS) + 1e-9)


def messages() -> list[Message]:
    """What an empty scsynth is told, in this order, so that it has all tables."""
    return [each for first, count, amplitude in TABLES.values() for each in _tables(first, count, amplitude)]


def _tables(first: int, count: int, amplitude: Callable[[int], float]) -> Iterator[Message]:
    held = 0
    for table in range(count):
        harmonics = range(held + 1, highest(table) + 1)
        held = highest(table)
        yield ["/b_alloc", first + table, SIZE * 2, 1]
        if table:
            yield ["/b_gen", first + table, "copy", 0, first + table - 1, 0, -1]
        pairs = [float(part) for each in harmonics for part in (each, amplitude(each)) if amplitude(each)]
        if pairs:
            yield ["/b_gen", first + table, "sine2", WAVETABLE | (0 if table else CLEAR), *pairs]


def table(wave: str, octaves: UGenOperable) -> UGenOperable:
    """The buffer for a frequency so many octaves below half the sample rate."""
    first, count, _ = TABLES[wave]
    return math.floor(octaves * STEPS).clip(0, count - 1) + first
