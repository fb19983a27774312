"""Between Microtonic's patterns and ours: what a kit's chain plays on each track, and tracks as a chain of patterns."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deepsteps_live.music import ACCENT, NORMAL, RATES, LiveSet, Pattern, Track, leader
from deepsteps_live.music.pattern import MOST_STEPS
from deepsteps_live.sound import Kit, Lane, MachinePattern, chain
from deepsteps_live.sound.machine_patterns import CHANNELS, LETTERS, NO_PATTERNS, STEPS

LOUD = 0.75  # velocity from which a hit is an accent
LONGEST = STEPS * len(LETTERS)  # steps that twelve patterns hold


@dataclass(frozen=True, slots=True)
class Chain:
    """What a chain plays: a pattern for each channel, the letters that are in it, those too many for a pattern."""

    patterns: tuple[Pattern, ...]
    taken: str
    left: str


@dataclass(frozen=True, slots=True)
class Rhythms:
    """Tracks as Microtonic's patterns, and in words what of them those cannot say."""

    patterns: tuple[MachinePattern, ...]
    step_rate: str
    fill_rate: float
    unsaid: tuple[str, ...]


def played(kit: Kit, first: str) -> Chain:
    """The patterns of a kit from `first` on, as long as they are chained and 64 steps hold them, one after another."""
    letters, steps, taken = chain(kit.patterns, first), 0, ""
    for letter in letters:
        steps += _pattern(kit, letter).length
        if steps > MOST_STEPS:
            break
        taken += letter
    patterns = tuple(_channel(kit, taken, channel) for channel in range(CHANNELS))
    return Chain(patterns, taken, letters[len(taken) :])


def rhythms(live_set: LiveSet, tracks: Sequence[Track], patterns: Sequence[Pattern]) -> Rhythms:
    """Tracks, with what each of them plays, as patterns a, b, ..., chained where one is not long enough."""
    leaders = [leader(live_set, track) for track in tracks]
    heard = [rhythm.length or len(pattern) for rhythm, pattern in zip(leaders, patterns, strict=True)]
    rate = _most([rhythm.rate for rhythm in leaders], RATES["1/16"])
    fill = _most([roll for pattern in patterns for roll in pattern.ratchets if roll > 1], 2.0)
    fitting = [rhythm.rate == rate for rhythm in leaders]
    length = _common([steps for steps, fits in zip(heard, fitting, strict=True) if fits])
    grids = [
        pattern.take([step % steps % len(pattern) for step in range(steps)]) if fits else None
        for pattern, steps, fits in zip(patterns, heard, fitting, strict=True)
    ]
    names = {value: name for name, value in RATES.items()}
    unsaid = (*_unsaid(live_set, tracks, leaders, patterns, rate, fill), *_cut(tracks, heard, fitting, length))
    return Rhythms(_machine(grids, length), names[rate], fill, unsaid)


def _pattern(kit: Kit, letter: str) -> MachinePattern:
    return kit.patterns[LETTERS.index(letter)]


def _channel(kit: Kit, letters: str, channel: int) -> Pattern:
    """Accents are as loud as Microtonic's 127, other hits as its 64; fills are rolls."""
    steps = [
        (lane.triggers[step], lane.accents[step], lane.fills[step])
        for pattern in (_pattern(kit, letter) for letter in letters)
        for lane in (pattern.lanes[channel],)
        for step in range(pattern.length)
    ]
    return Pattern(
        tuple(trigger for trigger, _, _ in steps),
        tuple(ACCENT if accent else NORMAL for _, accent, _ in steps),
        ratchets=tuple(kit.fill_rate if fill else 1.0 for _, _, fill in steps),
    )


def _machine(grids: Sequence[Pattern | None], length: int) -> tuple[MachinePattern, ...]:
    made = []
    for first in range(0, length, STEPS):
        steps = range(first, min(first + STEPS, length))
        lanes = [_lane(grid, steps) for grid in grids] + [Lane()] * (CHANNELS - len(grids))
        made.append(MachinePattern(len(steps), steps.stop < length, tuple(lanes)))
    return (*made, *NO_PATTERNS[len(made) :])


def _lane(pattern: Pattern | None, steps: range) -> Lane:
    if pattern is None:
        return Lane()
    places = [step % len(pattern) for step in steps]
    rest = (False,) * (STEPS - len(steps))
    return Lane(
        tuple(pattern.hits[place] for place in places) + rest,
        tuple(pattern.velocities[place] >= LOUD for place in places) + rest,
        tuple(pattern.ratchets[place] > 1 for place in places) + rest,
    )


def _common(lengths: Sequence[int]) -> int:
    """The steps after which all start again together, or the longest where twelve patterns do not hold as many."""
    together = math.lcm(*lengths) if lengths else STEPS
    return together if together <= LONGEST else max(lengths)


def _most(values: Sequence[float], otherwise: float) -> float:
    return Counter(values).most_common(1)[0][0] if values else otherwise


def _cut(tracks: Sequence[Track], heard: Sequence[int], fitting: Sequence[bool], length: int) -> Iterator[str]:
    for track, steps, fits in zip(tracks, heard, fitting, strict=True):
        if fits and length % steps:
            yield f"the {steps} steps of {track.name} against {length}"


def _unsaid(
    live_set: LiveSet,
    tracks: Sequence[Track],
    leaders: Sequence[Track],
    patterns: Sequence[Pattern],
    rate: float,
    fill: float,
) -> Iterator[str]:
    """What of the tracks' rhythms gets lost, a phrase for each kind of it."""
    each = list(zip(tracks, leaders, patterns, strict=True))
    kinds = {
        "the rhythm at another rate": [track for track, rhythm, _ in each if rhythm.rate != rate],
        "offsets": [track for track, _, pattern in each if any(pattern.offsets)],
        "probabilities": [track for track, rhythm, pattern in each if rhythm.latents is None and _chancy(pattern)],
        "velocities beside 64 and 127": [track for track, _, pattern in each if _shaded(pattern)],
        f"rolls of other than {fill:g}": [t for t, _, pattern in each if set(pattern.ratchets) - {1.0, fill}],
        "a swing of its own": [t for t, rhythm, _ in each if rhythm.swing not in (None, live_set.swing)],
    }
    for kind, some in kinds.items():
        if some:
            yield f"{kind} ({', '.join(track.name for track in some)})"


def _chancy(pattern: Pattern) -> bool:
    return any(hit and chance < 1 for hit, chance in zip(pattern.hits, pattern.probabilities, strict=True))


def _shaded(pattern: Pattern) -> bool:
    return bool(
        {velocity for velocity, hit in zip(pattern.velocities, pattern.hits, strict=True) if hit} - {NORMAL, ACCENT}
    )
