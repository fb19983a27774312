"""The models at hand: by content hash, as a set names them, and by the file or name that a performer types."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deepsteps_live import model, places
from deepsteps_live.engine.decoder import Decoder, as_pattern
from deepsteps_live.errors import BadInput
from deepsteps_live.music import LiveSet, Pattern

SHIPPED = "groove"  # the name of the model that ships


class Models:
    """Models that were loaded, and the one `decode` that goes through them."""

    def __init__(self) -> None:
        self.decode = Decoder()
        self.default = self.load(SHIPPED)

    def load(self, name: str) -> str:
        """The hash of a model by its file, or by the name of the one that ships. BadInput when it cannot be read."""
        path = places.DEFAULT_WEIGHTS if name == SHIPPED else Path(name).expanduser()
        found = model.load(path)
        self.decode.add({found.hash: found.to_bytes()})
        return found.hash

    def add(self, arrays: Mapping[str, bytes]) -> None:
        """Take in models that came with a set."""
        self.decode.add(dict(arrays))

    def arrays(self, live_set: LiveSet) -> dict[str, bytes]:
        """The models that a set needs, as `.npz` bytes by hash."""
        return self.decode.arrays(live_set)

    def get(self, hashed: str) -> model.Model:
        """The model of that hash."""
        if hashed not in self.decode.models:
            raise BadInput(f'model {hashed[:8]} is not at hand; load it again: seq.model = "mine.npz"')
        return self.decode.models[hashed]

    def encode(self, hashed: str, pattern: Pattern) -> tuple[float, ...]:
        """The latents that decode nearest to a pattern of 16 steps."""
        if len(pattern) != 16:
            raise BadInput(f"a model knows bars of 16 steps, not {len(pattern)}")
        return tuple(float(z) for z in self.get(hashed).encode(pattern.hits, pattern.offsets, pattern.velocities))

    def pattern(self, hashed: str, latents: tuple[float, ...], tolerance: float = 0.5) -> Pattern:
        """What a model makes of four latents."""
        return as_pattern(self.get(hashed).decode(latents), tolerance)
