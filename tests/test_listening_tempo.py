"""Tempo and bars: told, named, written in the file, or heard."""

from __future__ import annotations

import numpy as np
import pytest

from deepsteps_live.errors import BadInput
from deepsteps_live.listening.onset import Onset
from deepsteps_live.listening.tempo import beats_of, tempo_in

ROCK = {0: "kick", 4: "snare", 8: "kick", 10: "kick", 12: "snare", **dict.fromkeys((2, 6, 14), "hat")}
STRENGTH = {"kick": (1.0, 1.0, 0.2, 0.1), "snare": (0.9, 0.1, 1.0, 0.5), "hat": (0.3, 0.0, 0.1, 1.0)}


def played(bpm: float, bars: int, start: float = 0.0, late: float = 0.0) -> list[Onset]:
    """A plain beat, its off-beats late by so many steps."""
    step = 15 / bpm
    return [
        Onset(start + (bar * 16 + place + late * (place % 4 == 2)) * step, *STRENGTH[drum])
        for bar in range(bars)
        for place, drum in sorted(ROCK.items())
    ]


@pytest.mark.parametrize(
    ("name", "bpm"),
    [
        ("amen_137bpm", 137.0),
        ("120 BPM loop", 120.0),
        ("bpm97.5-kit", 97.5),
        ("loop_bpm_174_dry", 174.0),
        ("break-92-bpm", 92.0),
        ("loop 120", None),
        ("1000bpm", None),
        ("9bpm", None),
        ("", None),
    ],
)
def test_a_name_tells_its_tempo(name: str, bpm: float | None) -> None:
    assert tempo_in(name) == bpm


@pytest.mark.parametrize("bpm", [70, 92.5, 110, 124, 140, 171])
@pytest.mark.parametrize("bars", [1, 2, 4])
def test_the_tempo_of_a_loop_is_heard(bpm: float, bars: int) -> None:
    found = beats_of(played(bpm, bars), bars * 240 / bpm)
    octaves = [found.bpm / bpm / 2**power for power in (-1, 0, 1)]
    assert min(abs(each - 1) for each in octaves) < 0.001
    assert found.how == "heard"
    assert found.start == 0
    assert found.looped


def test_a_usual_tempo_is_heard_in_its_own_octave() -> None:
    for bpm in (90, 100, 110, 120, 130):
        assert beats_of(played(bpm, 2), 480 / bpm).bpm == pytest.approx(bpm, rel=1e-3)


def test_a_recording_that_is_no_loop_is_heard_too_and_begins_at_its_first_bar() -> None:
    found = beats_of(played(103, 6, start=1.37), 1.37 + 6 * 240 / 103 + 1.9)
    assert found.bpm == pytest.approx(103, rel=0.005)
    assert found.start == pytest.approx(1.37, abs=0.02)
    assert (found.bars, found.looped) == (6, False)


def test_a_pick_up_before_the_first_bar_is_seen() -> None:
    step = 15 / 100
    up = [Onset(0.6 - step * 2, *STRENGTH["hat"]), Onset(0.6 - step, *STRENGTH["hat"])]
    found = beats_of(up + played(100, 4, start=0.6), 0.6 + 9.6 + 0.7, bpm=100)
    assert found.start == pytest.approx(0.6, abs=0.01)


def test_swung_material_keeps_its_tempo() -> None:
    assert beats_of(played(100, 4, late=0.33), 9.6).bpm == pytest.approx(100, rel=1e-3)


def test_what_is_told_counts_before_the_name_and_the_name_before_the_file() -> None:
    beat = played(120, 2)
    assert beats_of(beat, 4.0, bpm=60, name="90bpm", metadata=150).bpm == 60
    named = beats_of(beat, 4.0, name="90bpm", metadata=150)
    assert (named.bpm, named.how) == (90, "file name")
    written = beats_of(beat, 4.0, metadata=150)
    assert (written.bpm, written.how) == (150, "metadata")


def test_a_name_that_contradicts_the_recording_is_believed_but_not_trusted() -> None:
    beat = played(120, 4)
    right, wrong = (beats_of(beat, 8.0, name=f"{bpm}bpm").confidence for bpm in (120, 131))
    assert right > 0.95
    assert wrong < 0.5


def test_bars_tell_the_tempo() -> None:
    found = beats_of(played(100, 4), 9.6, bars=4)
    assert (found.bpm, found.bars, found.looped) == (pytest.approx(100), 4, True)


def test_a_loop_whose_tempo_and_bars_are_both_told_still_goes_round() -> None:
    assert beats_of(played(100, 4), 9.6, bpm=100, bars=4).looped
    assert not beats_of(played(100, 4), 9.6, bpm=100, bars=3).looped


def test_a_recording_whose_length_is_nearly_whole_bars_of_another_tempo_is_heard_by_its_hits() -> None:
    """Silence before it says that it is no loop, whatever whole bars its length would make."""
    seconds = 0.9 + 4 * 240 / 97 + 0.53
    assert beats_of(played(97, 4, start=0.9), seconds).bpm == pytest.approx(97, rel=0.002)


@pytest.mark.parametrize("told", [{"bpm": 0}, {"bpm": float("nan")}, {"bpm": 5000}, {"bars": 0}, {"bars": 900}])
def test_a_tempo_out_of_range_is_one_line(told: dict[str, float]) -> None:
    with pytest.raises(BadInput) as error:
        beats_of(played(100, 4), 9.6, **told)  # type: ignore[arg-type]
    assert "\n" not in str(error.value)


def test_one_onset_and_even_noise_give_a_tempo_without_confidence() -> None:
    assert beats_of([Onset(0.1, 1.0)], 2.0).confidence == 0
    rng = np.random.default_rng(1)
    anywhere = [Onset(float(each), 1.0) for each in np.sort(rng.uniform(0, 7.3, 30))]
    assert 60 <= beats_of(anywhere, 7.3).bpm <= 200
