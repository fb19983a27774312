"""A score as a Standard MIDI file: a track for each lane, off-grid timing and tempo changes kept."""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mido

from deepsteps_live.errors import BadInput
from deepsteps_live.listening.midi import DRUMS, SIXTY_SECONDS
from deepsteps_live.music import BEATS_PER_BAR, Decode, Event, LiveSet, Score, Track, general_midi, leader, pattern_at
from deepsteps_live.music.events import EARLIEST, LATEST
from deepsteps_live.session.paths import save

TICKS = 960  # of a beat
BAR = TICKS * BEATS_PER_BAR
SLOWEST_RATE = 2  # steps a beat
LONGEST_TEMPO = 2**24 - 1  # microseconds a beat that a MIDI file can say: 3.58 bpm
MELODIC = [channel for channel in range(16) if channel != DRUMS]

Message = mido.Message | mido.MetaMessage
Timed = tuple[int, int, Message]  # its tick, its place among those of one tick, and it

_FIRST, _OFF, _ON = range(3)


@dataclass(frozen=True, slots=True)
class Feel:
    """What a lane's notes do not say, as a text in its track at beat 0 and wherever it changes.

    steps  before the lane starts again       rate   steps a beat
    swing  0 to 1, which is in the notes      bars   of the whole file
    """

    steps: int
    rate: float
    swing: float
    bars: int

    def __str__(self) -> str:
        return f"deepsteps: {self.steps} steps, {self.rate:g} a beat, swing {self.swing!r}, {self.bars} bars"


_SWING = r"(\d(?:\.\d{1,20})?(?:e-\d{1,3})?)"
_FEEL = re.compile(rf"deepsteps: (\d{{1,2}}) steps, ([2-8]) a beat, swing {_SWING}, (\d{{1,5}}) bars")


def feel_of(text: str) -> Feel | None:
    """What a text in a file says, or None when it is another's."""
    found = _FEEL.fullmatch(text)
    if found is None:
        return None
    steps, rate, swing, bars = found.groups()
    return Feel(max(1, int(steps)), float(rate), min(1.0, float(swing)), max(1, int(bars)))


@dataclass(frozen=True, slots=True)
class Exported:
    """A MIDI file as bytes, how many tracks and notes it has, and whether it begins a bar before beat 0."""

    content: bytes
    tracks: int
    notes: int
    early: bool

    def __str__(self) -> str:
        early = "; a hit sounds before bar 1, which is the file's second bar" if self.early else ""
        return f"{_count(self.tracks, 'track')}, {_count(self.notes, 'note')}{early}"


def exported(score: Score, bars: int, decode: Decode, name: str) -> Exported:
    """So many bars of a score as a MIDI file of format 1, named `name`, 960 ticks a beat.

    Drums are on channel 10 with their names' notes in General MIDI, lanes with pitches on the other channels in turn.
    When a hit sounds before beat 0 the file begins a whole bar earlier, with a marker "1" at beat 0. BadInput when
    the tempo is slower than a MIDI file can say.
    """
    last = bars * BEATS_PER_BAR
    lead = EARLIEST / SLOWEST_RATE
    events = [event for event in score.events(-lead, last + LATEST / SLOWEST_RATE, decode) if event.grid < last]
    early = bool(events) and round(events[0].beat * TICKS) < 0
    start = BAR if early else 0
    tempi = score.tempi(-lead, last)
    lanes = _lanes(score)
    written: dict[str, list[Timed]] = {name: [] for name in lanes}
    for lane, message in _notes(events, lanes, tempi, start):
        written[lane].append(message)
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS, charset="utf-8")  # type: ignore[no-untyped-call]
    file.tracks.append(_conductor(name, tempi, start, last))
    for lane, messages in written.items():
        file.tracks.append(_track(lane, [*_feels(score, lane, bars, start, decode), *messages]))
    content = io.BytesIO()
    file.save(file=content)  # type: ignore[no-untyped-call]
    return Exported(content.getvalue(), len(lanes), len(events), early)


def _lanes(score: Score) -> dict[str, int]:
    """The tracks of all sets of a score, each with the channel of its pitches."""
    names = dict.fromkeys(track.name for _, live_set in score.parts for track in live_set)
    pitched = {track.name for _, live_set in score.parts for track in live_set if track.pitches is not None}
    melodic = [name for name in names if name in pitched]
    return {name: MELODIC[melodic.index(name) % len(MELODIC)] if name in pitched else DRUMS for name in names}


def _notes(
    events: Sequence[Event], lanes: dict[str, int], tempi: Sequence[tuple[float, float]], start: int
) -> Iterator[tuple[str, Timed]]:
    """Every note's on and off with its lane. On one channel a pitch sounds once: its off comes before its next on."""
    places: dict[tuple[int, int], list[tuple[int, Event]]] = {}
    for event in events:
        pitch = general_midi(event.track) if event.pitch is None else event.pitch
        channel = DRUMS if event.pitch is None else lanes[event.track]
        places.setdefault((channel, pitch), []).append((start + round(event.beat * TICKS), event))
    for (channel, pitch), found in places.items():
        ons: list[int] = []
        for tick, _ in found:
            ons.append(max(tick, ons[-1] + 1) if ons else tick)
        for place, (on, (_, event)) in enumerate(zip(ons, found, strict=True)):
            held = max(1, round(event.gate * _tempo(tempi, event.beat) / 60 * TICKS))
            off = min([on + held, *ons[place + 1 : place + 2]])
            velocity = max(1, round(event.velocity * 127))
            yield event.track, (on, _ON, _note("note_on", channel, pitch, velocity))
            yield event.track, (off, _OFF, _note("note_off", channel, pitch, 0))


def _tempo(tempi: Sequence[tuple[float, float]], beat: float) -> float:
    return tempi[max(0, bisect_right(tempi, beat, key=lambda each: each[0]) - 1)][1]


def _conductor(name: str, tempi: Sequence[tuple[float, float]], start: int, last: int) -> mido.MidiTrack:
    """The track that holds what belongs to all: meter, tempo, where bar 1 is, and the end."""
    messages: list[Timed] = [
        (0, _FIRST, _meta("time_signature", numerator=BEATS_PER_BAR, denominator=4)),
        (start + last * TICKS, _ON, _meta("end_of_track")),
    ]
    if start:
        messages.append((start, _FIRST, _meta("marker", text="1")))
    told = {0 if number == 0 else max(0, start + round(beat * TICKS)): bpm for number, (beat, bpm) in enumerate(tempi)}
    messages += [(tick, _FIRST, _meta("set_tempo", tempo=_microseconds(bpm))) for tick, bpm in told.items()]
    return _track(name, messages)


def _microseconds(bpm: float) -> int:
    found = round(SIXTY_SECONDS / bpm)
    if found > LONGEST_TEMPO:
        raise BadInput(f"a MIDI file's tempo is 3.6 bpm or faster, not {bpm:g}; set another one, then export")
    return found


def _feels(score: Score, lane: str, bars: int, start: int, decode: Decode) -> Iterator[Timed]:
    said = None
    for begins, live_set in score.parts:
        track = next((track for track in live_set if track.name == lane), None)
        beat = max(0.0, begins)
        if track is not None and beat < bars * BEATS_PER_BAR:
            feel = _feel(live_set, leader(live_set, track), beat, bars, decode)
            if feel != said:
                yield start + round(beat * TICKS), _FIRST, _meta("text", text=str(feel))
            said = feel


def _feel(live_set: LiveSet, rhythm: Track, beat: float, bars: int, decode: Decode) -> Feel:
    steps = rhythm.length or len(pattern_at(live_set, rhythm, beat, decode))
    swing = live_set.swing if rhythm.swing is None else rhythm.swing
    return Feel(steps, rhythm.rate, float(swing), bars)


def _note(kind: str, channel: int, note: int, velocity: int) -> mido.Message:
    return mido.Message(kind, channel=channel, note=note, velocity=velocity)  # type: ignore[no-untyped-call]


def _meta(kind: str, **values: Any) -> mido.MetaMessage:
    return mido.MetaMessage(kind, **values)  # type: ignore[no-untyped-call]


def _track(name: str, messages: Sequence[Timed]) -> mido.MidiTrack:
    track = mido.MidiTrack([_meta("track_name", name=name)])
    now = 0
    for tick, _, message in sorted(messages, key=lambda each: each[:2]):
        track.append(message.copy(time=tick - now))  # type: ignore[no-untyped-call]
        now = tick
    return track


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def export_to(path: Path, score: Score, bars: int, decode: Decode) -> str:
    """Write so many bars of a score to a MIDI file; what was written, in a line. Fault when it cannot be."""
    made = exported(score, bars, decode, path.stem.encode("utf-8", "replace").decode())
    save(path, made.content)
    return f"{path}: {_count(bars, 'bar')}, {made}"
