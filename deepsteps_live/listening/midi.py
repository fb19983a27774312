"""MIDI files as notes, and as onsets, beats and rows: a lane for each drum of channel 10 and each other channel."""

from __future__ import annotations

from dataclasses import dataclass
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
LONGEST = 2**31  # ticks: days, at any resolution


@dataclass(frozen=True, slots=True)
class Played:
    """A note as it begins.

    tick, seconds  when
    velocity       1 to 127
    note           0 to 127
    channel        0 to 15
    part           the name of the file's track that it stands in, or ""
    """

    tick: int
    seconds: float
    velocity: int
    note: int
    channel: int
    part: str

    @property
    def lane(self) -> str:
        """The drum that it is on channel 10, else its channel."""
        if self.channel == DRUMS:
            return DRUM_OF.get(self.note, f"note {self.note}")
        return f"channel {self.channel + 1}"


@dataclass(frozen=True, slots=True)
class Written:
    """A MIDI file.

    ticks    of a beat
    notes    in order of time, at least one
    tempos   microseconds a beat, in order of time
    meters   (numerator, denominator), in order of time
    texts    (tick, name of the file's track, text), in order of time
    seconds  its length
    """

    path: Path
    ticks: int
    notes: tuple[Played, ...]
    tempos: tuple[int, ...]
    meters: tuple[tuple[int, int], ...]
    texts: tuple[tuple[int, str, str], ...]
    seconds: float


def written(path: Path) -> Written:
    """What stands in a MIDI file; BadInput naming the file when it cannot be read or has no notes."""
    ticks, messages = _messages(path)
    now, seconds, tempo = 0, 0.0, STRAIGHT
    notes, tempos, meters, texts = [], [], [], []
    for tick, part, message in messages:
        seconds += (tick - now) / ticks * tempo / 1e6
        now = tick
        if message.type == "set_tempo" and message.tempo > 0:
            tempo = message.tempo
            tempos.append(tempo)
        elif message.type == "time_signature":
            meters.append((message.numerator, message.denominator))
        elif message.type == "text":
            texts.append((tick, part, _text(message.text)))
        elif message.type == "note_on" and message.velocity > 0:
            notes.append(Played(tick, seconds, message.velocity, message.note, message.channel, part))
    if not notes:
        raise BadInput(f"{path} has no notes in it")
    return Written(path, ticks, tuple(notes), tuple(tempos), tuple(meters), tuple(texts), seconds)


def read(path: Path) -> Heard:
    """A MIDI file as it is heard; BadInput naming the file when it cannot be read or has no notes."""
    file = written(path)
    lanes: dict[str, list[Note]] = {}
    for note in file.notes:
        lanes.setdefault(note.lane, []).append((note.tick / file.ticks * STEPS_A_BEAT, note.velocity / 127))
    onsets = tuple(Onset(note.seconds, note.velocity / 127) for note in file.notes)
    last = max(place for notes in lanes.values() for place, _ in notes)
    bars = min(MOST_BARS, int((last + 0.5) // STEPS) + 1)
    beats = Beats(SIXTY_SECONDS / (file.tempos or (STRAIGHT,))[0], 0.0, bars, 1.0, "MIDI")
    rows = tuple(row for lane, notes in lanes.items() for row in in_bars(notes, beats, lane))
    return Heard(path, onsets, beats, rows, file.seconds, note=_said(file))


def _messages(path: Path) -> tuple[int, list[tuple[int, str, Any]]]:
    """The ticks of a beat, and all messages of a file as `_merged` gives them; BadInput when it cannot be read."""
    try:
        file = mido.MidiFile(path)  # type: ignore[no-untyped-call]
        messages = _merged(file)
    except Exception as error:  # mido raises whatever the bytes lead it to
        said = " ".join(str(error).split())[:120] or "it ends too soon"
        raise BadInput(f"{path} is no MIDI file that can be read: {said}") from None
    if file.ticks_per_beat <= 0:
        raise BadInput(f"{path} counts the frames of a film; give a MIDI file in beats")
    if messages and messages[-1][0] > LONGEST:
        raise BadInput(f"{path} is no MIDI file that can be read: it lasts for weeks")
    return file.ticks_per_beat, messages


def _merged(file: Any) -> list[tuple[int, str, Any]]:
    """(tick, name of its track, message) of all tracks, in order of time."""
    found = []
    for track in file.tracks:
        part, tick = _text(track.name), 0
        for message in track:
            tick += message.time
            found.append((tick, part, message))
    return sorted(found, key=lambda each: each[0])


def _text(read: str) -> str:
    """A text that mido read byte for byte: in UTF-8 when it can be that."""
    content = read.encode("latin1")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return read


def _said(file: Written) -> str:
    meters = {f"{numerator}/{denominator}" for numerator, denominator in file.meters}
    other = sorted(meters - {"4/4"})
    parts = [f"{', '.join(other)} is read in bars of 16 steps"] if other else []
    changes = len(file.tempos) - 1
    parts += [f"its tempo changes {changes} times; rows follow its beats"] if len(set(file.tempos)) > 1 else []
    return "; ".join(parts)
