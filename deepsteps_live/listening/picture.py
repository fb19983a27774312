"""What was heard, to look at in a terminal: the waveform with its onsets, and the rows beneath."""

from __future__ import annotations

from itertools import pairwise

from deepsteps_live.listening.heard import Heard

LEVELS = " ▁▂▃▄▅▆▇█"
ONSET = "╷"
LONGEST_NAME = 28  # letters of a file's name that are shown
MOST_ROWS = 16  # that are drawn


def picture(heard: Heard, width: int) -> list[str]:
    """Lines no wider than `width`: name and beats, onsets above the waveform (where there is one), rows.

    A waveform's columns are equal stretches of the file; `╷` stands above those in which something begins.
    """
    lines = [first_line(heard)]
    if heard.note:
        lines.append(f"  {heard.note}")
    if heard.peaks:
        lines += [line.rstrip() for line in _waveform(heard, width - 2)]
    rows = [f"  {row.pattern}  bar {row.bar}{f' {row.lane}' if row.lane else ''}" for row in heard.rows]
    lines += rows[:MOST_ROWS]
    if len(rows) > MOST_ROWS:
        lines.append(f"  ... and {len(rows) - MOST_ROWS} rows more")
    return [line[:width] for line in lines]


def first_line(heard: Heard) -> str:
    """A file's name, its bars and tempo, how these are known, and its onsets."""
    beats = heard.beats
    bars = f"{beats.bars} bar{'s' * (beats.bars != 1)}"
    sure = "" if beats.how in ("told", "MIDI") else f", {beats.confidence:.0%} sure"
    length = f"{heard.seconds:.2f} s, {len(heard.onsets)} onset{'s' * (len(heard.onsets) != 1)}"
    name = heard.path.name
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME // 2]}…{name[1 - LONGEST_NAME // 2 :]}"
    return f"{name}  {bars} at {beats.bpm:.4g} bpm ({beats.how}{sure})  {length}"


def _waveform(heard: Heard, columns: int) -> list[str]:
    marks = [" "] * columns
    for onset in heard.onsets:
        marks[min(columns - 1, int(onset.seconds / heard.seconds * columns))] = ONSET
    edges = [column * len(heard.peaks) // columns for column in range(columns + 1)]
    loudest = [max(heard.peaks[first : max(first + 1, last)]) for first, last in pairwise(edges)]
    levels = [LEVELS[round(peak * (len(LEVELS) - 1))] for peak in loudest]
    return [f"  {''.join(marks)}", f"  {''.join(levels)}"]
