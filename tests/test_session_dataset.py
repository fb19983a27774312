"""The dataset: rows with their sources, in files of two kinds."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deepsteps_live.errors import BadInput
from deepsteps_live.music import Pattern, pattern
from deepsteps_live.session.dataset import Dataset, Row, from_bytes, to_bytes

JSON, CSV = Path("loops.json"), Path("dataset.csv")


@st.composite
def rows(draw: st.DrawFn) -> Row:
    hits = draw(st.lists(st.booleans(), min_size=16, max_size=16).filter(any))
    lane = lambda values: tuple(draw(st.lists(values, min_size=16, max_size=16)))  # noqa: E731
    steps = Pattern(tuple(hits), lane(st.floats(0, 1)), lane(st.floats(-0.5, 0.5)))
    return Row(steps, draw(st.text(max_size=20)))


@given(st.lists(rows(), max_size=3))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_saved_dataset_is_the_same_again(some: list[Row]) -> None:
    dataset = Dataset(tuple(some))
    assert from_bytes(to_bytes(dataset, ".json"), JSON) == dataset


@given(st.lists(rows(), max_size=3))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_original_apps_csv_keeps_hits_and_their_places(some: list[Row]) -> None:
    again = from_bytes(to_bytes(Dataset(tuple(some)), ".csv"), CSV)
    assert [row.pattern.hits for row in again.rows] == [row.pattern.hits for row in some]
    for new, old in zip(again.rows, some, strict=True):
        assert new.pattern.offsets == pytest.approx(old.pattern.offsets, abs=1e-12)


def test_a_hit_in_the_middle_of_its_step_is_on_the_grid() -> None:
    (row,) = from_bytes(b"1," + b"0," * 15 + b"0.5," + b"0," * 14 + b"0\n", CSV).rows
    assert (row.pattern.hits[0], row.pattern.offsets[0], sum(row.pattern.hits)) == (True, 0.0, 1)


def test_rows_are_dropped_by_the_number_they_are_printed_with() -> None:
    dataset = Dataset(tuple(Row(pattern("x" + "-" * 15), name) for name in "abc"))
    assert [row.source for row in dataset.without(2).rows] == ["a", "c"]
    assert repr(dataset).splitlines()[1] == "2  x---------------  b"


@pytest.mark.parametrize(
    ("content", "path", "said"),
    [
        (b"\xff\xfe\x00", JSON, "loops.json is no dataset: it is not text"),
        (b"{}", JSON, "loops.json is no dataset of format 1"),
        (b'{"format":1,"rows":[{"source":"a"}]}', JSON, "loops.json: row 1 is an object"),
        (b'{"format":1,"rows":[{"source":"a","pattern":{"hits":[true]}}]}', JSON, "loops.json: row 1: a row is a bar"),
        (b"1,0\n", CSV, "dataset.csv, line 1: a row has 32 columns, not 2"),
        (b"a," * 31 + b"0", CSV, 'dataset.csv, line 1: a column is a number, not "a"'),
        (b"nan," * 31 + b"0", CSV, 'dataset.csv, line 1: a column is a number, not "nan"'),
    ],
)
def test_what_is_no_dataset_is_one_line(content: bytes, path: Path, said: str) -> None:
    with pytest.raises(BadInput) as error:
        from_bytes(content, path)
    assert str(error.value).startswith(said)


@pytest.mark.parametrize("number", [0, 4, 1.5])
def test_a_row_that_is_not_there_cannot_be_dropped(number: float) -> None:
    dataset = Dataset(tuple(Row(pattern("x" + "-" * 15), name) for name in "abc"))
    with pytest.raises(BadInput, match="a row is a"):
        dataset.without(number)  # type: ignore[arg-type]


def test_a_bar_without_a_hit_is_no_row() -> None:
    with pytest.raises(BadInput, match="teaches nothing"):
        Row(pattern("-" * 16), "silence")


def test_a_large_dataset_prints_its_beginning_and_its_end_and_a_row_by_its_number() -> None:
    many = Dataset(tuple(Row(pattern("x---" * 4), f"file {place}") for place in range(1, 301)))
    lines = repr(many).splitlines()
    assert len(lines) == 102
    assert "200 more" in lines[50]
    assert lines[-2].endswith("file 300")
    assert repr(many[120]) == "x---x---x---x---  file 120"
    with pytest.raises(BadInput, match="a row is a number from 1 to 300"):
        many[0]
