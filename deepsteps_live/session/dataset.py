"""The dataset: bars that a model learns from, each with where it came from. A value; it prints as music."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from deepsteps_live.errors import BadInput, number, whole
from deepsteps_live.music import NORMAL, Pattern, codec

STEPS = 16  # of a row
COLUMNS = 2 * STEPS  # of the original app's dataset.csv: steps, then where in its step each sounds
FORMAT = 1
MOST_SHOWN = 100  # rows, when a dataset prints


@dataclass(frozen=True, slots=True)
class Row:
    """One bar of 16 steps and its source: "loops/amen.wav bar 2", "kick", ..."""

    pattern: Pattern
    source: str

    def __repr__(self) -> str:
        return f"{self.pattern}  {self.source}"

    def __post_init__(self) -> None:
        if len(self.pattern) != STEPS:
            raise BadInput(f"a row is a bar of {STEPS} steps, not {len(self.pattern)}")
        if not any(self.pattern.hits):
            raise BadInput("a row without a hit teaches nothing; capture something that plays")


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows, numbered from 1 as they are printed."""

    rows: tuple[Row, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> Row:
        """A row by its number, from 1; BadInput when there is none."""
        return self.rows[whole("a row", place, 1, len(self.rows)) - 1]

    def __add__(self, rows: Iterable[Row]) -> Dataset:
        return Dataset(self.rows + tuple(rows))

    def without(self, *numbers: int) -> Dataset:
        """The dataset without these rows; BadInput when there is no such row."""
        if not self.rows:
            raise BadInput("the dataset is empty; listen() or capture() fills it")
        gone = {whole("a row", each, 1, len(self.rows)) for each in numbers}
        return Dataset(tuple(row for place, row in enumerate(self.rows, start=1) if place not in gone))

    def __repr__(self) -> str:
        if not self.rows:
            return "the dataset is empty; listen() or capture() fills it"
        width = len(str(len(self.rows)))
        lines = [f"{place:>{width}}  {row.pattern}  {row.source}" for place, row in enumerate(self.rows, start=1)]
        if len(lines) > MOST_SHOWN:
            left_out = f"{'':>{width}}  ... {len(lines) - MOST_SHOWN} more; dataset[120] is one of them"
            lines[MOST_SHOWN // 2 : -MOST_SHOWN // 2] = [left_out]
        different = len({row.pattern.hits for row in self.rows})
        plural = "" if len(self.rows) == 1 else "s"
        return "\n".join([*lines, f"{len(self.rows)} row{plural}, {different} different"])


def to_bytes(dataset: Dataset, suffix: str) -> bytes:
    """A dataset as a file: `.json` keeps all of it, `.csv` is the original app's, without velocities and sources."""
    if suffix == ".csv":
        return _to_csv(dataset).encode()
    rows = [{"source": row.source, "pattern": codec.pattern_to_data(row.pattern)} for row in dataset.rows]
    return json.dumps({"format": FORMAT, "rows": rows}, separators=(",", ":")).encode()


def from_bytes(content: bytes, path: Path) -> Dataset:
    """The dataset of a file, or BadInput naming the file and the place."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is no dataset: it is not text") from None
    return _from_csv(text, path.name) if path.suffix == ".csv" else _from_json(text, path.name)


def _to_csv(dataset: Dataset) -> str:
    """16 steps, 0 or 1, then 16 places in the step: 0.5 on the grid, 0 where there is no hit."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for row in dataset.rows:
        hits = [int(hit) for hit in row.pattern.hits]
        places = [0.5 + offset if hit else 0.0 for hit, offset in zip(hits, row.pattern.offsets, strict=True)]
        writer.writerow([*hits, *places])
    return written.getvalue()


def _from_csv(text: str, name: str) -> Dataset:
    rows = []
    for line, values in enumerate(csv.reader(io.StringIO(text)), start=1):
        if not values:
            continue
        if len(values) != COLUMNS:
            raise BadInput(f"{name}, line {line}: a row has {COLUMNS} columns, not {len(values)}")
        found = [_column(value, f"{name}, line {line}") for value in values]
        hits = tuple(value > 0.5 for value in found[:STEPS])
        if any(hits):
            offsets = tuple(min(0.5, max(-0.5, value - 0.5)) for value in found[STEPS:])
            rows.append(Row(Pattern(hits, (NORMAL,) * STEPS, offsets), f"{name} line {line}"))
    return Dataset(tuple(rows))


def _column(value: str, where: str) -> float:
    try:
        return number("a column", float(value), -1e6, 1e6)
    except ValueError:
        raise BadInput(f'{where}: a column is a number, not "{value[:20]}"') from None


def _from_json(text: str, name: str) -> Dataset:
    try:
        document = json.loads(text)
        written = document["rows"] if document["format"] == FORMAT else None
    except (ValueError, KeyError, TypeError, RecursionError):
        written = None
    if not isinstance(written, list):
        raise BadInput(f"{name} is no dataset of format {FORMAT}")
    return Dataset(tuple(_row(each, f"{name}: row {place}") for place, each in enumerate(written, start=1)))


def _row(data: object, where: str) -> Row:
    if not isinstance(data, dict) or not isinstance(data.get("source"), str):
        raise BadInput(f"{where} has a source and a pattern")
    try:
        return Row(codec.pattern_from_data(data.get("pattern"), where), data["source"])
    except BadInput as error:
        raise BadInput(str(error) if str(error).startswith(where) else f"{where}: {error}") from None
