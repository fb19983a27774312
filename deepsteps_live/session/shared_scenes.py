"""Scenes as all prompts on one engine have them: the engine keeps a document of each, and tells the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deepsteps_live.music import LiveSet, codec
from deepsteps_live.session.models import Models

Documents = Mapping[str, str | None]  # by the name of a scene; None: it was forgotten


@dataclass(frozen=True, slots=True)
class Scene:
    """A set that was put by, and the functions that moved it, by their places."""

    live_set: LiveSet
    jobs: Mapping[str, Any] = field(default_factory=dict)


Scenes = Mapping[str, Scene]


class SharedScenes:
    """What the engine has of a prompt's scenes. Functions are of their own prompt, and are not shared."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._known: dict[str, LiveSet] = {}  # as the engine has them

    def news(self, scenes: Scenes) -> dict[str, str | None]:
        """What the engine has not heard of yet; from now on it has."""
        found: dict[str, str | None] = {name: None for name in self._known if name not in scenes}
        for name, scene in scenes.items():
            if self._known.get(name) != scene.live_set:
                found[name] = codec.dumps(scene.live_set, self._models.arrays(scene.live_set))
        self._known = {name: scene.live_set for name, scene in scenes.items()}
        return found

    def taken(self, scenes: Scenes, documents: Documents) -> dict[str, Scene]:
        """The scenes with what another prompt has put by or forgotten."""
        found = dict(scenes)
        for name, document in documents.items():
            if document is None:
                found.pop(name, None)
                self._known.pop(name, None)
            else:
                live_set, arrays = codec.loads(document, f"scene {name}")
                self._models.add(arrays)
                found[name] = Scene(live_set)
                self._known[name] = live_set
        return found

    def forget(self) -> None:
        """The engine is a new one: it has heard of nothing."""
        self._known = {}
