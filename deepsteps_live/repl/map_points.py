"""The points of a latent map: training rows in a model's latents, found beside the music, and how dense they lie."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deepsteps_live.errors import DeepstepsError

if TYPE_CHECKING:
    from deepsteps_live.session.session import Session

STEPS = 16
AT_ONCE = 16  # rows that are encoded between two rests, so that typing stays fluent
REST = 0.005  # seconds

Row = tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]  # hits, offsets, velocities
Point = tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """Points of training rows, the rows' sources, and the mean and covariance (4 × 4) of the model's density."""

    points: tuple[Point, ...] = ()
    sources: tuple[str, ...] = ()
    mean: Point = (0.0,) * 4
    covariance: tuple[Point, ...] = tuple(tuple(float(i == j) for j in range(4)) for i in range(4))

    def nearest(self, point: Sequence[float]) -> int | None:
        """The number of the row nearest to a point, or None when there are no rows."""
        distances = [sum((one - two) ** 2 for one, two in zip(row, point, strict=True)) for row in self.points]
        return distances.index(min(distances)) if distances else None


NOWHERE = Cloud()


class Clouds:
    """The cloud of a model and a dataset, encoded in a thread of its own; what is there so far is given at once."""

    def __init__(self, session: Session, changed: Callable[[], None] = lambda: None) -> None:
        self._session = session
        self._changed = changed
        self._key: object = None
        self._cloud = NOWHERE

    def cloud(self, hashed: str) -> Cloud:
        """The rows of the dataset, or of the model when the dataset is empty, in the latents of a model."""
        dataset = self._session.dataset
        if self._key is None or self._key != (hashed, id(dataset)):
            self._key = key = (hashed, id(dataset))
            self._cloud = NOWHERE
            threading.Thread(target=self._fill, args=(hashed, dataset, key), name="latent-map", daemon=True).start()
        return self._cloud

    def _fill(self, hashed: str, dataset: object, key: object) -> None:
        try:
            model = self._session.models.get(hashed)
        except DeepstepsError:
            return
        rows, sources = self._rows(hashed)
        mean = tuple(float(value) for value in model.density.mean)
        covariance = tuple(tuple(float(value) for value in line) for line in model.density.covariance)
        points: list[Point] = []
        for first in range(0, len(rows), AT_ONCE):
            points += [tuple(model.encode(*row)) for row in rows[first : first + AT_ONCE]]
            if self._key != key:
                return
            self._cloud = Cloud(tuple(points), sources[: len(points)], mean, covariance)
            self._changed()
            time.sleep(REST)

    def _rows(self, hashed: str) -> tuple[list[Row], tuple[str, ...]]:
        dataset = self._session.dataset
        if len(dataset):
            found = [(row.pattern.hits, row.pattern.offsets, row.pattern.velocities) for row in dataset.rows]
            return list(found), tuple(row.source for row in dataset.rows)
        examples = self._session.models.get(hashed).examples
        lanes = [tuple(float(value) for value in row) for row in examples.rows]
        return [(row[:STEPS], row[STEPS : 2 * STEPS], row[2 * STEPS :]) for row in lanes], examples.sources
