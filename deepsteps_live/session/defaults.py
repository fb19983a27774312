"""The set that plays right after start: the default kit, drums and a line from the shipped model, in a minor key."""

from __future__ import annotations

from deepsteps_live import places, sound
from deepsteps_live.music import LiveSet, Track, pattern
from deepsteps_live.session.models import Models

DRUMS = ("kick", "snare", "hat", "openhat", "clap", "tom", "perc", "cymbal")

# What each lane of the default groove is asked for; the model answers with its own timing and velocities.
GROOVE = {
    "kick": "X-----x---X-----",
    "snare": "----X--x-x--X---",
    "hat": "x-X-x-X-x-X-x-Xx",
    "openhat": "--------------x-",
    "perc": "---x--x----x--x-",
    "seq": "x--x--x-x--x--x-",
}
LEVEL = 1.5  # dB, of the master; with it the set is at -16 LUFS
PITCHES = (48, 48, 60, 51, 48, 55, 58, 60, 46, 48, 60, 53, 48, 55, 63, 58)


def starting_set(models: Models) -> LiveSet:
    """Eight drums and `seq`, all on the shipped model."""
    kit = sound.read_kit(places.DEFAULT_KIT)
    drums = tuple(_track(models, name, sound=patch) for name, patch in zip(DRUMS, kit.patches, strict=True))
    voice = sound.fresh("pluck", "Pluck")
    line = _track(models, "seq", sound=voice, pitches=PITCHES, level=2.0, gate=160.0, delay=0.15)
    return LiveSet((*drums, line), tempo=112.0, level=LEVEL, swing=0.08, scale="pentmin", key=2)


def _track(models: Models, name: str, **fields: object) -> Track:
    if name not in GROOVE:
        return Track(name, model=models.default, **fields)  # type: ignore[arg-type]
    latents = models.encode(models.default, pattern(GROOVE[name]))
    return Track(name, latents=latents, model=models.default, **fields)  # type: ignore[arg-type]
