"""The models at hand: by content hash, as a set names them, and by the name or file that a performer types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from deepsteps_live import model, places
from deepsteps_live.engine.decoder import Decoder, as_pattern
from deepsteps_live.errors import BadInput, no_such
from deepsteps_live.music import LiveSet, Pattern
from deepsteps_live.session.paths import save

SHIPPED = "groove"  # the name of the model that ships
PREVIOUS = "previous"  # the word for the one that played before
NAME = re.compile(r"[A-Za-z0-9][\w-]{0,63}")


class Models:
    """Models that were loaded, and the one `decode` that goes through them."""

    def __init__(self) -> None:
        self.decode = Decoder()
        self.previous: str | None = None  # the hash of the one that the last switch took away
        self._named: dict[str, str] = {}
        self.default = self.load(SHIPPED)

    def load(self, name: str) -> str:
        """The hash of a model by its name or its file. BadInput when there is none or it cannot be read."""
        if name == PREVIOUS:
            if self.previous is None:
                raise BadInput("no other model has played yet; train() makes one")
            return self.previous
        if name in self._named:
            return self._named[name]
        found = model.load(self._path(name))
        self.add({found.hash: found.to_bytes()})
        self._named[name] = found.hash
        return found.hash

    def add(self, arrays: Mapping[str, bytes]) -> None:
        """Take in models as `.npz` bytes by hash, as they come with a set."""
        self.decode.add(dict(arrays))
        for hashed in arrays:
            if name := self.decode.models[hashed].name:
                self._named.setdefault(name, hashed)

    def take(self, content: bytes) -> model.Model:
        """Take in a model that was trained, under its name."""
        found = model.from_bytes(content, "the trained model")
        self.add({found.hash: content})
        self._named[found.name] = found.hash
        return found

    def save(self, found: model.Model) -> None:
        """Save a model under its name. Fault when that cannot be done."""
        save(_file(found.name), found.to_bytes())

    def free_name(self, wanted: str = "") -> str:
        """A name that no model has: the one that is wanted, or it with a number; without one "m1", "m2" and so on."""
        if wanted and not NAME.fullmatch(wanted):
            raise BadInput(f'a model goes by a word such as "friday", not "{wanted}"')
        taken = {SHIPPED, PREVIOUS, *self.names()}
        if wanted and wanted not in taken:
            return wanted
        before, number = (f"{wanted}-", 2) if wanted else ("m", 1)
        while f"{before}{number}" in taken:
            number += 1
        return f"{before}{number}"

    def names(self) -> list[str]:
        """The names that can be typed: the one that ships, then those that were trained, the newest last."""
        saved = sorted(places.models_folder().glob("*.npz"), key=lambda path: path.stat().st_mtime)
        return list(dict.fromkeys([SHIPPED, *(path.stem for path in saved), *self._named]))

    def name_of(self, hashed: str) -> str:
        """The name of a model that was loaded, or how its hash begins."""
        found = self.decode.models.get(hashed)
        return found.name if found is not None and found.name else hashed[:8]

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

    def _path(self, name: str) -> Path:
        if name == SHIPPED:
            return places.DEFAULT_WEIGHTS
        if NAME.fullmatch(name) and not Path(name).is_file():
            if not _file(name).is_file():
                raise no_such("model", name, self.names())
            return _file(name)
        return Path(name).expanduser()


def card_of(found: model.Model) -> Iterator[str]:
    """A model's card, line by line."""
    yield found.info()
    for key, value in found.card.items():
        yield f"  {key:<16}{value:.4g}" if isinstance(value, float) else f"  {key:<16}{value}"


def _file(name: str) -> Path:
    return places.models_folder() / f"{name}.npz"
