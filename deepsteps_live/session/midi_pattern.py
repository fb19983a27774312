"""A pattern from a MIDI file: which of its notes, which of its bars, on which steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deepsteps_live.errors import BadInput, no_such, whole
from deepsteps_live.listening.file import missing
from deepsteps_live.listening.midi import DRUMS, Played, Written, written
from deepsteps_live.music import BEATS_PER_BAR, Pattern
from deepsteps_live.music.drums import GENERAL_MIDI, NOTES
from deepsteps_live.music.pattern import MOST_STEPS
from deepsteps_live.session.midi_file import Feel, feel_of
from deepsteps_live.session.midi_steps import Grid, Hit, Struck, on_steps

WIDE = {"tom": ("lowtom", "midtom", "hightom"), "cymbal": ("crash", "ride")}  # drums that stand for several
ALONE = ("clap", "perc")  # drums whose notes are nobody else's
SIXTEENTHS = 4.0  # steps a beat
FARTHEST = 2  # steps after its own that a hit still sounds, swing and rolls included


@dataclass(frozen=True, slots=True)
class Lane:
    """Notes of a file, and the grid that they stand on.

    notes  those that were asked for        start  the tick of beat 0
    rate   steps a beat                     bar    steps of a bar
    total  steps of the file                feels  what the file says of these notes' grid, from which tick on
    loops  whether a hit just before the end belongs to the first step
    """

    file: Written
    notes: tuple[Played, ...]
    start: int
    rate: float
    bar: int
    total: int
    feels: tuple[tuple[int, Feel], ...]
    loops: bool

    @property
    def tick(self) -> float:
        """A tick in steps."""
        return self.rate / self.file.ticks

    def place(self, tick: int) -> float:
        """Where a tick is, in steps from beat 0."""
        return (tick - self.start) * self.tick


def read(path: Path) -> Written:
    """A MIDI file by its path, or BadInput in a line that names it."""
    if path.is_dir():
        raise BadInput(f"{path} is a folder; give a MIDI file in it")
    if not path.exists():
        raise missing(path)
    return written(path)


def pattern_of(
    file: Written, notes: tuple[Played, ...], *, bar: int = 1, bars: int | None = None, rate: float | None = None
) -> Pattern:
    """Some notes of a file as a pattern, from a bar on: so many bars, or as many as 64 steps hold.

    Without `bars` a rhythm that only repeats is given once. `rate` is steps a beat; a file that we wrote knows its own,
    and its swing is not read as offsets. BadInput for bars that the file does not have.
    """
    lane = _lane(file, notes, rate)
    first = (whole("the bar to begin with", bar, 1, lane.total // lane.bar) - 1) * lane.bar
    room = lane.total - first
    in_bars = min(room, MOST_STEPS // lane.bar * lane.bar)
    if bars is not None:
        return _pattern(_hits(lane, first, whole("bars", bars, 1, in_bars // lane.bar) * lane.bar))
    own = lane.feels[0][1].steps if len(lane.feels) == 1 else 0
    if 0 < own <= room and _repeat(hits := _hits(lane, first, min(room, MOST_STEPS)), own, lane.tick):
        return _pattern(hits[:own])
    hits = _hits(lane, first, in_bars)
    loop = next((steps for steps in range(lane.bar, in_bars, lane.bar) if _repeat(hits, steps, lane.tick)), in_bars)
    return _pattern(hits[:loop])


def notes_of(file: Written, track: str) -> tuple[Played, ...]:
    """The notes of a track: of the file's track of that name, of that drum, or of "channel 3".

    There are none when the file is ours and that track is silent in it; BadInput when there is no such track.
    """
    if _has(file, track):
        return tuple(each for each in file.notes if each.part.lower() == track.lower())
    for wanted in (
        [each for each in file.notes if each.channel == DRUMS and each.note in _drum_notes(track)],
        [each for each in file.notes if each.lane == track],
        [each for each in _drums(file) if each.note in _drum_notes(track)],
    ):
        if wanted:
            return tuple(wanted)
    raise no_such(f"track in {file.path.name}", track, _names(file))


def fitting(file: Written, track: str) -> tuple[Played, ...]:
    """The notes of a track when the file has drums or a track of that name, else all of them."""
    return notes_of(file, track) if _has(file, track) or _drums(file) else file.notes


def _has(file: Written, track: str) -> bool:
    """Whether a file has a track of that name: one with notes, or one that we wrote."""
    ours = (part for _, part, text in file.texts if feel_of(text) is not None)
    return track.lower() in {part.lower() for part in (*ours, *(each.part for each in file.notes))}


def notes_at(file: Written, note: int) -> tuple[Played, ...]:
    """The notes of one pitch, 0 to 127. BadInput when there are none."""
    pitch = whole("a note", note, 0, 127)
    found = tuple(each for each in file.notes if each.note == pitch)
    if not found:
        there = ", ".join(str(each) for each in sorted({each.note for each in file.notes})[:16])
        raise BadInput(f"{file.path.name} has no note {pitch}; it has {there}")
    return found


def _drum_notes(track: str) -> set[int]:
    """The notes that play the drum of a track's name."""
    others = {GENERAL_MIDI[name] for name in ALONE if name != track}
    plain = {note for name in WIDE.get(track, (track,)) for note in NOTES.get(name, ())}
    return (plain - others) | {GENERAL_MIDI[track]} if track in GENERAL_MIDI else set()


def _drums(file: Written) -> list[Played]:
    """The drum notes of a file: those of channel 10, or all when they are on another but look like a kit's."""
    found = [each for each in file.notes if each.channel == DRUMS]
    if found:
        return found
    notes = {each.note for each in file.notes}
    kit = set(GENERAL_MIDI.values()).union(*NOTES.values())
    backbeat = _drum_notes("snare") | _drum_notes("clap") | _drum_notes("hat")
    return list(file.notes) if notes <= kit and notes & _drum_notes("kick") and notes & backbeat else []


def _names(file: Written) -> list[str]:
    """What notes of a file can be asked for by."""
    drums = {each.note for each in _drums(file)}
    named = [each.part for each in file.notes if each.part]
    known = [name for name in GENERAL_MIDI if drums & _drum_notes(name)]
    return list(dict.fromkeys([*named, *known, *(each.lane for each in file.notes if each.channel != DRUMS)]))


def _lane(file: Written, notes: tuple[Played, ...], rate: float | None) -> Lane:
    told = [(tick, part, feel) for tick, part, text in file.texts if (feel := feel_of(text)) is not None]
    parts = {each.part for each in notes}
    ways = {tuple((tick, feel) for tick, part, feel in told if part == each) for each in parts}
    feels = ways.pop() if len(ways) == 1 else ()
    steps = rate or (feels[0][1].rate if feels else SIXTEENTHS)
    bar = _bar(file, steps)
    start = told[0][0] if told else 0
    last = max(each.tick - start for each in file.notes) * steps / file.ticks
    total = (max(0, math.floor(last / bar)) + 1) * bar
    ours = told[0][2].bars * bar if told else 0
    if told and last < ours + FARTHEST:
        fit = feels if all(feel.rate == steps for _, feel in feels) else ()
        return Lane(file, notes, start, steps, bar, ours, fit, loops=False)
    return Lane(file, notes, start, steps, bar, total, (), loops=True)  # not ours, or longer now than when we wrote it


def _bar(file: Written, rate: float) -> int:
    """Steps of a bar, by the file's first meter where that is whole steps."""
    numerator, denominator = (file.meters or ((BEATS_PER_BAR, 4),))[0]
    steps = numerator * 4 / denominator * rate
    return int(steps) if steps == int(steps) and 1 <= steps <= MOST_STEPS else round(BEATS_PER_BAR * rate)


def _hits(lane: Lane, first: int, count: int) -> list[Hit | None]:
    """What so many steps from `first` on play; a rest is None."""
    grid = Grid(tuple((lane.place(tick), feel.swing) for tick, feel in lane.feels), lane.tick)
    begins, ends = max(0, first - FARTHEST), first + count + FARTHEST
    struck = [
        Struck(place, each.velocity)
        for each in lane.notes
        if begins - FARTHEST < (place := lane.place(each.tick)) < ends + FARTHEST
    ]
    found = on_steps(struck, grid, begins, min(ends, lane.total + lane.loops))
    if lane.loops and first == 0 and count == lane.total:
        _go_round(found, lane.total)
    return [found.get(step) for step in range(first, first + count)]


def _go_round(found: dict[int, Hit], end: int) -> None:
    """A hit just before the end is the first step's, when that has no louder one."""
    over = found.get(end)
    if over is not None and (0 not in found or found[0].velocity < over.velocity):
        found[0] = over


def _repeat(hits: list[Hit | None], steps: int, tick: float) -> bool:
    """Whether hits are the first `steps` of them over and over, to a tick."""
    return all(_alike(hit, hits[place % steps], tick) for place, hit in enumerate(hits))


def _alike(one: Hit | None, other: Hit | None, tick: float) -> bool:
    if one is None or other is None:
        return one is other
    return (
        one.velocity == other.velocity
        and abs(one.offset - other.offset) <= 2.01 * tick
        and abs(one.ratchet - other.ratchet) < 0.1
    )


def _pattern(hits: list[Hit | None]) -> Pattern:
    def lane(values: Mapping[int, float], rest: float) -> tuple[float, ...]:
        return tuple(values.get(place, rest) for place in range(len(hits)))

    played = {place: hit for place, hit in enumerate(hits) if hit is not None}
    return Pattern(
        tuple(hit is not None for hit in hits),
        lane({place: hit.velocity / 127 for place, hit in played.items()}, 0.0),
        lane({place: hit.offset for place, hit in played.items()}, 0.0),
        ratchets=lane({place: hit.ratchet for place, hit in played.items()}, 1.0),
    )
