"""The models that a set's tracks go through, kept by content hash, as the one `decode` that `events()` asks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from deepsteps_live import model
from deepsteps_live.music import LiveSet, Pattern
from deepsteps_live.music.live_set import SILENCE


class Decoder:
    """Call it as `events()` does: (model hash, latents, tolerance) -> Pattern."""

    def __init__(self) -> None:
        self.models: dict[str, model.Model] = {}
        self._bytes: dict[str, bytes] = {}
        self._decode = lru_cache(maxsize=4096)(self._decoded)

    def __call__(self, hashed: str, latents: tuple[float, ...], tolerance: float) -> Pattern:
        """The pattern of a latent point; silence while a model is unknown."""
        return self._decode(hashed, latents, tolerance)

    def add(self, arrays: dict[str, bytes]) -> None:
        """Take in models as `.npz` bytes by their hash. BadInput when one is corrupt; then none is taken."""
        new = {hashed: content for hashed, content in arrays.items() if hashed not in self.models}
        if new:
            read = {hashed: model.from_bytes(content, f"model {hashed[:8]}") for hashed, content in new.items()}
            self.models.update(read)
            self._bytes.update(new)
            self._decode.cache_clear()

    def missing(self, live_set: LiveSet) -> list[str]:
        """Hashes of models that the set needs and that are not here."""
        return [hashed for hashed in needed(live_set) if hashed not in self.models]

    def arrays(self, live_set: LiveSet) -> dict[str, bytes]:
        """The models that a set needs, as they came in."""
        return {hashed: self._bytes[hashed] for hashed in needed(live_set) if hashed in self._bytes}

    def _decoded(self, hashed: str, latents: tuple[float, ...], tolerance: float) -> Pattern:
        found = self.models.get(hashed)
        return SILENCE if found is None else as_pattern(found.decode(latents), tolerance)


def as_pattern(row: model.Row, tolerance: float = 0.5) -> Pattern:
    """A decoded row as a Pattern: the steps more probable than `tolerance` are its hits."""
    return Pattern(
        tuple(bool(hit) for hit in row.hits(tolerance)),
        tuple(float(velocity) for velocity in row.velocities),
        tuple(float(offset) for offset in row.offsets),
        tuple(float(probability) for probability in row.probabilities),
    )


def needed(live_set: LiveSet) -> Iterable[str]:
    """The hashes of the models that the tracks of a set go through."""
    return dict.fromkeys(track.model for track in live_set if track.model)
