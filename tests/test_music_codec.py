"""The codec: what is saved reads back equal, and what is wrong is named."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepsteps_live.errors import BadInput
from deepsteps_live.music import LiveSet, Patch, Track, codec, lfo, pattern
from tests.strategies import live_sets

SMALL = LiveSet(
    (Track("kick", pattern("x---"), latents=(lfo(8), 0, 0, 0), sound=Patch("drum", "Kick", (("mix", 0.5),))),)
)


@given(live_sets)
@settings(max_examples=60, deadline=None)
def test_a_set_reads_back_equal(live_set: LiveSet) -> None:
    assert codec.loads(codec.dumps(live_set)) == (live_set, {})


def test_arrays_travel_along() -> None:
    assert codec.loads(codec.dumps(SMALL, {"abc": b"\x00\xff"}))[1] == {"abc": b"\x00\xff"}


def wrong(change: Any) -> str:
    document = json.loads(codec.dumps(SMALL))
    change(document)
    with pytest.raises(BadInput) as error:
        codec.loads(json.dumps(document), "friday")
    assert "\n" not in str(error.value)
    return str(error.value)


def test_an_unknown_field_names_the_nearest() -> None:
    assert wrong(lambda d: d["set"].update(temp=3)) == 'friday: no field "temp"; did you mean "tempo"?'


def test_a_value_out_of_range_is_named_with_its_place() -> None:
    said = wrong(lambda d: d["set"]["tracks"][0].update(pan=7))
    assert said == "friday: track 1: pan is a number from -1 to 1, not 7"


def test_a_wrong_signal_is_named() -> None:
    said = wrong(lambda d: d["set"]["tracks"][0]["latents"].__setitem__(0, {"signal": "lfoo"}))
    assert 'no signal "lfoo"; did you mean "lfo"?' in said


def test_a_newer_format_is_refused() -> None:
    assert "format 2; this version reads format 1" in wrong(lambda d: d.update(format=2))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', "null", "[" * 100_000, '{"format":1,"set":[]}'])
def test_what_is_no_set_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(BadInput) as error:
        codec.loads(text)
    assert "\n" not in str(error.value)


junk = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(["tracks", "tempo", "scale", "key", "focus"]), junk)
@settings(max_examples=200, deadline=None)
def test_junk_in_a_set_gives_a_set_or_one_line(field: str, value: object) -> None:
    data = codec.to_data(SMALL)
    data[field] = value
    try:
        codec.from_data(data)
    except BadInput as error:
        assert "\n" not in str(error)


@given(st.sampled_from(sorted(codec.to_data(SMALL)["tracks"][0])), junk)
@settings(max_examples=300, deadline=None)
def test_junk_in_a_track_gives_a_track_or_one_line(field: str, value: object) -> None:
    data = codec.to_data(SMALL)
    data["tracks"][0][field] = value
    try:
        codec.from_data(data)
    except BadInput as error:
        assert "\n" not in str(error)
