"""What `show` is given, and its picture: tracks, sounds, patterns, WAV files."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from deepsteps_live import engine, listening, sound
from deepsteps_live.errors import BadInput
from deepsteps_live.music import Event, LiveSet, Pattern, Track, pattern, snap
from deepsteps_live.session.figures import Audio
from deepsteps_live.session.hearing import is_file
from deepsteps_live.session.hits import RATE, hit
from deepsteps_live.session.paths import new_file
from deepsteps_live.session.pictures import sound_picture
from deepsteps_live.session.sounds import patch_of, sounding
from deepsteps_live.session.steps import pattern_picture
from deepsteps_live.session.tracks import TrackHandle

if TYPE_CHECKING:
    from deepsteps_live.listening import Heard
    from deepsteps_live.session.instrument import Instrument

AUDIO_FILES = (".wav", ".aif", ".aiff", ".flac", ".ogg", ".mp3")
LONGEST = 300  # seconds of an audio file that are looked at
MIDDLE_C = 60
FEWEST = 3  # onsets of a recording that is more than a sound


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of a thing: its name, its sound (samples, channels), its steps with their notes, what is heard."""

    name: str
    audio: Audio | None = None
    rate: int = RATE
    steps: Pattern | None = None
    notes: Sequence[int] = ()
    heard: Heard | None = None


def picture(instrument: Instrument, what: Any, file: str | None = None) -> str:
    """The picture of something in text, or where its PNG is."""
    path = None if file is None else new_file(file, ".png", "a picture is")
    seen = view(instrument, what)
    if path is not None:
        return _drawn(seen, path)
    width = shutil.get_terminal_size((80, 24)).columns
    lines: list[str] = []
    if seen.steps is not None:
        lines += pattern_picture(seen.steps, seen.name, width, seen.notes)
    if seen.heard is not None:
        lines += listening.picture(seen.heard, width)
    elif seen.audio is not None:
        lines += sound_picture(seen.audio, seen.rate, seen.name, width)
    return "\n".join(lines)


def view(instrument: Instrument, what: Any) -> View:
    """What is to be seen of a track or its name, a pattern, a sound by any of its names, or an audio file."""
    if isinstance(what, str) and any(track.name == what for track in instrument.session.live_set):
        what = instrument.track(what)
    if isinstance(what, TrackHandle):
        return _track(instrument, what)
    if isinstance(what, Pattern):
        return View("pattern", steps=what)
    if isinstance(what, str) and Path(what).suffix.lower() in AUDIO_FILES:
        return _file(Path(what).expanduser())
    if is_file(what):
        heard = listening.listen_file(Path(what).expanduser())
        return View(heard.path.name, heard=heard)
    if isinstance(what, str) and what.strip() and set(what) <= set("xX-23456789 |"):
        return View("pattern", steps=pattern(what))
    return _patch(patch_of(what))


def _drawn(seen: View, path: Path) -> str:
    if seen.audio is None:
        raise BadInput('a .png shows a sound: show(kick, "kick.png"); a pattern is shown as text')
    from deepsteps_live.session.drawing import draw, draw_heard  # Pillow is loaded only here

    if seen.heard is not None:
        draw_heard(seen.audio, seen.rate, seen.heard, path)
    else:
        draw(seen.audio, seen.rate, seen.name, path)
    return str(path)


def _track(instrument: Instrument, handle: TrackHandle) -> View:
    """A drum's sound; of a melodic track its steps too."""
    live_set, track = instrument.session.live_set, handle.track
    audio = None if track.sound is None else _heard(_hit(live_set, track, instrument.session.beat() or 0.0))
    if track.pitches is None and audio is not None:
        return View(f"{track.name}, {handle.patch.name}", audio)
    name = f"{track.name}, {handle.patch.name}" if track.sound else track.name
    return View(name, audio, steps=handle.pattern, notes=_notes(live_set, track))


def _hit(live_set: LiveSet, track: Track, beat: float) -> Event:
    """A hit of a track as it would be played now, at the default velocity."""
    patch = sounding(track, beat)
    assert patch is not None
    notes = _notes(live_set, track)
    return hit(patch, pitch=notes[0] if notes else None, gate=track.gate / 1000)


def _notes(live_set: LiveSet, track: Track) -> list[int]:
    scale = live_set.scale if track.scale is None else track.scale
    key = live_set.key if track.key is None else track.key
    return [snap(note, scale, key) for note in track.pitches or ()]


def _patch(patch: Any) -> View:
    return View(patch.name, _heard(hit(patch, pitch=MIDDLE_C if patch.synth in sound.MELODIC else None)))


def _heard(event: Event) -> Audio:
    return engine.hits([event])[0]


def _file(path: Path) -> View:
    import soundfile  # heavy, and needed by few who come here

    try:
        with soundfile.SoundFile(str(path)) as file:
            audio = file.read(LONGEST * file.samplerate, dtype="float32", always_2d=True)
            return View(path.name, np.asarray(audio, np.float32), file.samplerate, heard=_loop(path))
    except (soundfile.LibsndfileError, OSError, TypeError, ValueError) as error:
        reason = "there is no such file" if not path.exists() else getattr(error, "error_string", str(error))
        raise BadInput(f"{path} cannot be read as audio: {reason}") from None


def _loop(path: Path) -> Heard | None:
    """A recording as it is heard, or None for a single sound."""
    try:
        heard = listening.listen_file(path)
    except BadInput:
        return None
    return heard if len(heard.onsets) >= FEWEST else None
