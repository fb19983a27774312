"""Scales, keys and the snapping rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepsteps_live.errors import BadInput
from deepsteps_live.music import KEYS, SCALES, key_named, scale_named, snap


@pytest.mark.parametrize("name", SCALES)
def test_every_scale_rises_from_0_within_the_octave(name: str) -> None:
    tones = SCALES[name]
    assert tones[0] == 0
    assert list(tones) == sorted(set(tones))
    assert tones[-1] <= 11


def test_there_are_14_scales() -> None:
    assert len(SCALES) == 14


@pytest.mark.parametrize(
    ("note", "scale", "key", "snapped"),
    [  # the reference pairs of facts/deepsteps.md, section 7
        (60, "pentmin", 0, 60),
        (62, "pentmin", 0, 60),
        (64, "pentmin", 0, 63),
        (71, "pentmin", 0, 70),
        (66, "major", 0, 65),
        (61, "major", 0, 60),
        (63, "natmin", 0, 63),
        (64, "natmin", 0, 63),
        (71, "natmin", 0, 70),
        (61, "dorian", 0, 60),
        (71, "dorian", 0, 70),
        (64, "blues", 0, 63),
        (69, "blues", 0, 67),
        (61, "wholetone", 0, 60),
        (71, "wholetone", 0, 70),
        (70, "harmmin", 0, 68),
        (60, "chromatic", 2, 62),
        (65, "pentmaj", 0, 64),
        (66, "pentmaj", 0, 64),
        (71, "pentmaj", 0, 69),
    ],
)
def test_notes_snap_down_to_the_scale_in_c_then_go_up_by_the_key(note: int, scale: str, key: int, snapped: int) -> None:
    assert snap(note, scale, key) == snapped


@given(st.integers(0, 127), st.sampled_from(sorted(SCALES)), st.integers(0, 11))
def test_a_snapped_note_lies_in_the_key(note: int, scale: str, key: int) -> None:
    snapped = snap(note, scale, key)
    assert 0 <= snapped <= 127
    assert snapped == 127 or (snapped - key) % 12 in SCALES[scale]


@pytest.mark.parametrize(("name", "number"), [("C", 0), ("d", 2), ("F#", 6), ("Bb", 10), (11, 11)])
def test_keys_go_by_name_or_number(name: object, number: int) -> None:
    assert key_named(name) == number


def test_every_key_has_its_number() -> None:
    assert [key_named(name) for name in KEYS] == list(range(12))


def test_an_unknown_scale_names_the_nearest() -> None:
    with pytest.raises(BadInput, match='no scale "majr"; did you mean "major"'):
        scale_named("majr")


def test_an_unknown_key_lists_the_keys() -> None:
    with pytest.raises(BadInput, match='no key "H"; keys are C, C#'):
        key_named("H")
