"""The words of kits: sounds and patterns out of Microtonic's files and into them, and sounds left to chance.

To add a word: a function that takes the instrument first, with a docstring whose first line is its help, and its row
in KITS.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepsteps_live import sound
from deepsteps_live.errors import BadInput, Fault, whole
from deepsteps_live.music import RATES, LiveSet, Patch, Track, tempo_at, value_at
from deepsteps_live.session.kit_patterns import Chain, played, rhythms
from deepsteps_live.session.paths import new_file
from deepsteps_live.session.settings import LATENT_NAMES
from deepsteps_live.session.sounds import is_drum, kit_file, patch_of, slots, sounding
from deepsteps_live.session.tracks import SoundHandle
from deepsteps_live.sound.kit import SLOTS
from deepsteps_live.sound.machine_patterns import LETTERS

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

QUIETEST = -100.0  # dB, of the set's level; a file may say -inf


def kit(instrument: Instrument, file: str, patterns: bool | str = False) -> str:
    """Load the eight sounds of a kit: kit("noise"), kit("mine.mtpreset", patterns=True) with patterns, tempo, swing.

    patterns="c" takes pattern c instead of the one that the kit has chosen. Patterns that are chained follow one
    another, as many as 64 steps hold.
    """
    read = sound.read_kit(kit_file(str(file)))
    letter = _letter(read, patterns)
    chained = played(read, letter) if letter else None
    tracks = slots(instrument.session.live_set)
    _end_functions(instrument, tracks, rhythm=letter != "")
    instrument.session.edit(lambda live_set: _loaded(live_set, read, chained))
    return _told(read, tracks, chained)


def morph(instrument: Instrument, file: str | None = None, x: Any = 0.5) -> None:
    """Move all drums towards another kit: morph("noise", 0.3); x may be a signal. morph() is back."""
    patches = (None,) * SLOTS if file is None else sound.read_kit(kit_file(str(file))).patches
    for track, patch in zip(slots(instrument.session.live_set), patches, strict=False):
        if is_drum(track) and (file is None or patch is not None):
            instrument.track(track.name).morph(patch, x)


def save_kit(instrument: Instrument, file: str) -> str:
    """Save the drums' sounds, patterns, tempo, swing and mutes: save_kit("mine.mtpreset"). Says what is left out."""
    path = new_file(file, ".mtpreset", "a kit is kept in")
    live_set, beat = instrument.session.live_set, instrument.session.beat() or 0.0
    tracks = slots(live_set)
    said = rhythms(live_set, tracks, [instrument.pattern(track.name) for track in tracks])
    patches = [sounding(track, beat) if is_drum(track) else None for track in tracks]
    written = sound.Kit(
        name=path.stem,
        patches=(*patches, *[None] * (SLOTS - len(patches))),
        level=value_at(live_set.level, beat),
        tempo=tempo_at(live_set, 0.0),
        swing=live_set.swing,
        step_rate=said.step_rate,
        fill_rate=said.fill_rate,
        mutes=(*(track.mute for track in tracks), *[False] * (SLOTS - len(tracks))),
        patterns=said.patterns,
    )
    _write(path, lambda: sound.write_kit(written, path))
    unsaid = (*_unsaid(tracks, patches), *said.unsaid)
    return f"{path}; it cannot say {', '.join(unsaid)}" if unsaid else str(path)


def save_sound(instrument: Instrument, what: Any, file: str) -> str:
    """Save one drum sound: save_sound(kick, "kick.mtdrum"). Where it went."""
    patch = patch_of(instrument.track(what) if _is_track(instrument, what) else what)
    if patch.synth != "drum":
        raise BadInput(f"a .mtdrum file holds a drum, not a {patch.synth}; save() keeps that with the set")
    path = new_file(file, ".mtdrum", "a drum's sound is kept in")
    _write(path, lambda: sound.write_drum(patch, path))
    return str(path)


def randomize(instrument: Instrument, what: Any = 0.2, amount: float | None = None, seed: int | None = None) -> Any:
    """Move a sound by chance: randomize(kick, 0.2), randomize(0.2) all drums; a seed gives the same again.

    Every parameter moves by up to `amount`, 0 to 1, of its travel; level, pan, output, choke and what velocity does
    stay. A Patch gives a Patch; the sounds of tracks are changed.
    """
    chosen = random.randrange(2**31) if seed is None else whole("seed", seed, 0, 2**31)
    if isinstance(what, Patch):
        return sound.randomize(what, 0.2 if amount is None else amount, chosen)
    live_set = instrument.session.live_set
    if isinstance(what, (int, float)):
        if amount is not None:
            raise BadInput("randomize() takes a sound and how much of it: randomize(kick, 0.2), or randomize(0.2)")
        tracks, amount = [track for track in live_set if is_drum(track)], what
    else:
        name = what._track if isinstance(what, SoundHandle) else getattr(what, "name", what)
        tracks, amount = [live_set.track(str(name))], 0.2 if amount is None else amount
    moved = {
        track.name: sound.randomize(_own(track), amount, (chosen + place) % 2**31) for place, track in enumerate(tracks)
    }
    instrument.session.edit(lambda before: _sounding(before, moved))
    return f"{', '.join(moved)} moved by up to {amount:g}; seed={chosen} does the same again"


def _letter(read: sound.Kit, patterns: bool | str) -> str:
    """The letter of the first pattern to load, "" for none."""
    if isinstance(patterns, bool) or patterns is None:
        return read.pattern if patterns else ""
    letter = str(patterns).casefold()
    if len(letter) != 1 or letter not in LETTERS:
        raise BadInput(f"patterns is True, False or a letter from a to l, not {patterns!r:.40}")
    return letter


def _loaded(live_set: LiveSet, read: sound.Kit, chained: Chain | None) -> LiveSet:
    """The set with a kit's sounds, and with a chain of its patterns and all that goes with them."""
    for slot, track in enumerate(slots(live_set)):
        changes: dict[str, Any] = {}
        if (patch := read.patches[slot]) is not None:
            changes = {"sound": patch, "toward": None, "morph": 0.0}
        if chained is not None:
            changes |= {"pattern": chained.patterns[slot], "latents": None, "follows": "", "length": None}
            changes |= {"rate": RATES[read.step_rate], "swing": None, "mute": read.mutes[slot]}
        live_set = live_set.but_track(track.name, **changes)
    if chained is None:
        return live_set
    tempo = live_set.tempo if read.tempo is None else read.tempo
    return live_set.but(tempo=tempo, swing=read.swing, level=max(read.level, QUIETEST))


def _end_functions(instrument: Instrument, tracks: Iterable[Track], *, rhythm: bool) -> None:
    """Stop the performer's functions that would change again what a kit brings."""
    settings = ("morph", "pattern", *LATENT_NAMES) if rhythm else ("morph",)
    ended = {f"{track.name}.{setting}" for track in tracks for setting in settings} | ({"level"} if rhythm else set())
    functions = instrument.functions
    functions.jobs = {place: job for place, job in functions.jobs.items() if place not in ended}


def _told(read: sound.Kit, tracks: list[Track], chained: Chain | None) -> str:
    """What was loaded, in one line."""
    parts = [f"{read.name}: {sum(patch is not None for patch in read.patches)} sounds"]
    if empty := [track.name for track, patch in zip(tracks, read.patches, strict=False) if patch is None]:
        parts.append(f"none for {', '.join(empty)}, which keep theirs")
    if chained is not None:
        steps = len(chained.patterns[0])
        silent = "" if any(any(pattern.hits) for pattern in chained.patterns) else ", which is empty"
        parts.append(f"pattern {' '.join(chained.taken)} ({steps} steps){silent}")
        if chained.left:
            parts.append(f"without {' '.join(chained.left)}, as a track has 64 steps")
    return "; ".join(parts)


def _unsaid(tracks: list[Track], patches: list[Patch | None]) -> Iterable[str]:
    """What of the tracks' sounds and strips a kit cannot say."""
    kinds = {
        "the sound": [track for track, patch in zip(tracks, patches, strict=True) if patch is None and track.sound],
        "the track's level, pan and sends": [t for t in tracks if any((t.level, t.pan, t.reverb, t.delay))],
        "pitches": [track for track in tracks if track.pitches is not None],
        "solo": [track for track in tracks if track.solo],
    }
    return [f"{kind} ({', '.join(track.name for track in some)})" for kind, some in kinds.items() if some]


def _sounding(live_set: LiveSet, sounds: dict[str, Patch]) -> LiveSet:
    for name, patch in sounds.items():
        live_set = live_set.but_track(name, sound=patch)
    return live_set


def _own(track: Track) -> Patch:
    if track.sound is None:
        raise BadInput(f'{track.name} has no sound; give it one: {track.name}.sound = "default:1"')
    return track.sound


def _is_track(instrument: Instrument, what: Any) -> bool:
    return isinstance(what, str) and any(track.name == what for track in instrument.session.live_set)


def _write(path: Path, write: Callable[[], None]) -> None:
    try:
        write()
    except OSError as error:
        raise Fault(f"{path} was not saved: {error.strerror}") from None


KITS: dict[str, Callable[..., Any]] = {
    "kit": kit,
    "morph": morph,
    "save_kit": save_kit,
    "save_sound": save_sound,
    "randomize": randomize,
}
