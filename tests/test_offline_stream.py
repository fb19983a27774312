"""A score goes to offline scsynth while it is being made."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from deepsteps_live import places, sound
from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.music import LiveSet, Pattern, Score, Track, lfo, no_model, pattern
from deepsteps_live.outputs import offline, render
from deepsteps_live.outputs.offline import Timed, run
from tests.sound_render import needs_scsynth

KICK, SNARE = sound.read_kit(places.DEFAULT_KIT).patches[:2]


def moving() -> Score:
    """Two sets one after the other, levels that move, hits that come early and late."""
    early = Pattern((True,) * 16, offsets=(-0.5,) * 16)
    late = Pattern((True,) * 16, offsets=(0.5,) * 16)
    first = LiveSet((Track("kick", early, sound=KICK, level=lfo(4, -20, 0)), Track("snare", late, sound=SNARE)))
    second = first.but(tempo=180, swing=0.5).but_track("kick", pattern=late).but_track("snare", pattern=early)
    return Score.of(first).changed(second, 4.0)


def test_commands_are_in_order_of_time() -> None:
    score = moving()
    times = [at for at, _ in offline._commands(score, offline._Seconds(score, 8), 2, no_model)]
    assert len(times) > 64
    assert times == sorted(times)


@needs_scsynth
def test_what_goes_wrong_while_the_score_is_made_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    def decode(model: str, latents: tuple[float, ...], tolerance: float) -> Pattern:
        if latents[0] > 0.9:
            raise BadInput("no such place")
        return pattern("x" * 16)

    ramp = lfo(64, 0, 1)
    score = Score.of(LiveSet((Track("kick", sound=KICK, latents=(ramp, 0.0, 0.0, 0.0)),)))
    with pytest.raises(BadInput, match="no such place"):
        render(score, tmp_path / "out.wav", 16, decode)
    assert list(tmp_path.iterdir()) == []


@needs_scsynth
def test_commands_that_are_long_in_coming_are_waited_for(tmp_path: Path) -> None:
    def commands() -> Iterator[Timed]:
        for number in range(1000):
            yield number / 1000, [offline.message("/c_set", 0, float(number))]

    run(commands(), 1.5, tmp_path / "out.wav")
    assert soundfile.info(tmp_path / "out.wav").duration == pytest.approx(1.5, abs=0.005)


def test_a_scsynth_that_leaves_early_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "find", lambda: shutil.which("false"))
    with pytest.raises(Fault, match="scsynth did not render: exit status 1"):
        run(((0.0, [bytes(60_000)]) for _ in range(100)), 1.0, tmp_path / "out.wav")


def test_a_scsynth_that_writes_nothing_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "find", lambda: shutil.which("true"))
    with pytest.raises(Fault, match="scsynth rendered no WAV"):
        run([], 1.0, tmp_path / "out.wav")
