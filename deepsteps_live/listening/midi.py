"""MIDI files as onsets, beats and rows: a lane for every drum of channel 10, and one for every other channel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mido

from deepsteps_live.errors import BadInput
from deepsteps_live.listening.heard import Beats, Heard
from deepsteps_live.listening.onset import Onset
from deepsteps_live.listening.rows import STEPS, Note, in_bars
from deepsteps_live.listening.tempo import MOST_BARS
from deepsteps_live.music.drums import DRUM_OF

ENDINGS = (".mid", ".midi", ".kar")
DRUMS = 9  # the channel of drums, from 0
STEPS_A_BEAT = 4
SIXTY_SECONDS = 60_000_000  # in microseconds, the unit of a MIDI tempo
STRAIGHT = 500_000  # microseconds a beat where a file says nothing: 120 bpm


def read(path: Path) -> Heard:
    """A MIDI file as it is heard; BadInput naming the file when it cannot be read or has no notes."""
    try:
        file = mido.MidiFile(path)  # type: ignore[no-untyped-call]
        messages = list(mido.merge_tracks(file.tracks))  # type: ignore[no-untyped-call]
    except Exception as error:  # mido raises whatever the bytes lead it to
        raise BadInput(f"{path} is no MIDI file that can be read: {' '.join(str(error).split())[:120]}") from None
    ticks, seconds, tempo, tempos, meters = 0, 0.0, STRAIGHT, [], set()
    lanes: dict[str, list[Note]] = {}
    onsets = []
    for message in messages:
        ticks += message.time
        seconds += message.time / max(1, file.ticks_per_beat) * tempo / 1e6
        if message.type == "set_tempo":
            tempo = message.tempo
            tempos.append(tempo)
        elif message.type == "time_signature":
            meters.add(f"{message.numerator}/{message.denominator}")
        elif message.type == "note_on" and message.velocity > 0:
            place, velocity = ticks / max(1, file.ticks_per_beat) * STEPS_A_BEAT, message.velocity / 127
            lanes.setdefault(_lane(message), []).append((place, velocity))
            onsets.append(Onset(seconds, velocity))
    if not lanes:
        raise BadInput(f"{path} has no notes in it")
    last = max(place for notes in lanes.values() for place, _ in notes)
    bars = min(MOST_BARS, int((last + 0.5) // STEPS) + 1)
    beats = Beats(SIXTY_SECONDS / (tempos or [STRAIGHT])[0], 0.0, bars, 1.0, "MIDI")
    rows = tuple(row for lane, notes in lanes.items() for row in in_bars(notes, beats, lane))
    return Heard(path, tuple(onsets), beats, rows, seconds, note=_said(meters, tempos))


def _lane(message: Any) -> str:
    if message.channel == DRUMS:
        return DRUM_OF.get(message.note, f"note {message.note}")
    return f"channel {message.channel + 1}"


def _said(meters: set[str], tempos: list[int]) -> str:
    other = sorted(meters - {"4/4"})
    parts = [f"{', '.join(other)} is read in bars of 16 steps"] if other else []
    parts += [f"its tempo changes {len(tempos) - 1} times; rows follow its beats"] if len(set(tempos)) > 1 else []
    return "; ".join(parts)
