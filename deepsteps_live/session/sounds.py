"""Finding sounds: kits and patches by file, or by the name of a kit that ships."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from deepsteps_live import places, sound
from deepsteps_live.errors import BadInput, no_such
from deepsteps_live.music import LiveSet, Patch, Track, value_at
from deepsteps_live.sound.kit import SLOTS


def kit_file(name: str) -> Path:
    """The file of a kit: a path as typed, or a shipped kit by its bare name, such as "default"."""
    path = Path(name).expanduser()
    if path.suffix or len(path.parts) != 1 or path.exists():
        return path
    shipped = {file.stem: file for file in sorted(places.KITS.glob("*.mtpreset"))}
    if name not in shipped:
        raise no_such("kit", name, shipped)
    return shipped[name]


def slots(live_set: LiveSet) -> list[Track]:
    """The tracks of a kit's slots, in their order: the first eight that play drums, or have no notes of their own and
    could."""
    return [track for track in live_set if track.pitches is None or is_drum(track)][:SLOTS]


def is_drum(track: Track) -> bool:
    """Whether a drum synth plays it."""
    return track.sound is not None and track.sound.synth == "drum"


def sounding(track: Track, beat: float) -> Patch | None:
    """The sound that a track has at a beat, as far as it is morphed then."""
    if track.sound is None or track.toward is None:
        return track.sound
    return sound.morph(track.sound, track.toward, min(1.0, max(0.0, value_at(track.morph, beat))))


def patch_of(value: Any) -> Patch:
    """A patch from "file.mtpreset:3", "default:3", "file.mtdrum", a melodic synth's name, a Patch, a track's sound."""
    found = getattr(value, "patch", value)
    if isinstance(found, Patch):
        return found
    if not isinstance(found, str):
        raise BadInput(f'a sound is "kit.mtpreset:1", "default:1", a synth ({_melodic()}) or another track\'s sound')
    if found in sound.MELODIC:
        return sound.fresh(found, found)
    if sound.is_drum_file(found):
        return sound.read_drum(found)
    name, colon, slot = found.rpartition(":")
    if not colon or not slot.isdigit():
        raise BadInput(
            f'"{found}" names no sound; give a kit and a slot from 1 to 8: "default:1", or a synth: {_melodic()}'
        )
    return sound.read_patch(f"{kit_file(name)}:{slot}")


def _melodic() -> str:
    return ", ".join(sound.MELODIC)


def read(patch: Patch, parameter: str) -> float | str:
    """A parameter in its unit, without the dust of its law: 530.0, not 530.0000000000001."""
    value = sound.shown(patch, parameter)
    return value if isinstance(value, str) else round(value, 6)


def parameter_names(patch: Patch) -> list[str]:
    """What can be turned on a patch."""
    rows = [row.name for row in sound.PARAMETERS[patch.synth]]
    return [*rows, *sound.ALIASES] if patch.synth == "drum" else rows


def described(patch: Patch) -> str:
    """A patch, a parameter a line, with its value, unit and range."""
    rows = []
    for row in sound.PARAMETERS[patch.synth]:
        value = read(patch, row.name)
        if isinstance(value, str):
            rows.append((row.name, value, ", ".join(row.choices)))
        else:
            rule = sound.law(patch, row.name)
            rows.append((row.name, f"{value:.4g} {rule.unit}", rule.range()))
    names, values = (max(len(row[column]) for row in rows) + 2 for column in (0, 1))
    lines = [f"  {name:<{names}}{value:<{values}}{reach}".rstrip() for name, value, reach in rows]
    return "\n".join([f"{patch.name} ({patch.synth})", *lines])


def kit_data(kit: sound.Kit) -> dict[str, Any]:
    """A kit as plain JSON values: each patch's parameters in display units; an endless one is the word "inf"."""
    return {"name": kit.name, "patches": [None if patch is None else _patch_data(patch) for patch in kit.patches]}


def _patch_data(patch: Patch) -> dict[str, Any]:
    shown = {row.name: sound.shown(patch, row.name) for row in sound.PARAMETERS[patch.synth]}
    return {
        "name": patch.name,
        "parameters": {
            name: value if isinstance(value, str) or math.isfinite(value) else str(value)
            for name, value in shown.items()
        },
    }
