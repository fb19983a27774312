"""Strip, master and recorder, heard through offline scsynth."""

from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from supriya import SynthDef, SynthDefBuilder
from supriya.ugens import Out, SinOsc

from deepsteps_live import synthdefs
from tests.sound_render import RATE, Audio, decibels, definition, needs_scsynth, rendered

pytestmark = [needs_scsynth, pytest.mark.renders]

BUS = 16
Commands = list[tuple[float, list[Any]]]


@lru_cache(maxsize=1)
def source() -> SynthDef:
    """A sine on both channels of BUS."""
    builder = SynthDefBuilder(amplitude=1.0, freq=440.0, offset=0.0)
    with builder:
        sine = SinOsc.ar(frequency=builder["freq"]) * builder["amplitude"] + builder["offset"]
        Out.ar(bus=BUS, source=[sine, sine])
    return builder.build(name="source")


def through(mixer: SynthDef, later: Commands = [], seconds: float = 0.4, **controls: float) -> Audio:  # noqa: B006
    """The source, played through a strip or a master; controls that the source has are the source's."""
    own = {name: controls.pop(name) for name in ("amplitude", "freq", "offset") if name in controls}
    commands: Commands = [
        (0.0, definition(source())),
        (0.0, definition(mixer)),
        (0.0, ["/s_new", mixer.name, 1001, 0, 0, "in_", BUS, "out", 0, *_flat(controls)]),
        (0.0, ["/s_new", "source", 1000, 0, 0, *_flat(own)]),
    ]
    return rendered([*commands, *later], seconds)


def _flat(controls: dict[str, float]) -> list[Any]:
    return [part for pair in controls.items() for part in pair]


def peaks(sound: Audio) -> list[float]:
    return [float(value) for value in np.max(np.abs(sound), axis=0)]


@pytest.mark.parametrize(
    ("controls", "sides"),
    [
        ({}, [1, 1]),
        ({"level": 0.25}, [0.25, 0.25]),
        ({"pan": 1.0}, [0, 1]),
        ({"pan": -0.5}, [1, 0.5]),
        ({"heard": 0.0}, [0, 0]),
    ],
)
def test_a_strip_starts_where_it_is_set(controls: dict[str, float], sides: list[float]) -> None:
    assert peaks(through(synthdefs.strip(), **controls)) == pytest.approx(sides, abs=1e-3)


@pytest.mark.parametrize(("name", "within"), [("heard", 0.013), ("hold", 0.013), ("level", 0.15)])
def test_a_strip_goes_silent_without_a_click(name: str, within: float) -> None:
    sound = through(synthdefs.strip(), [(0.2, ["/n_set", 1001, name, 0])], freq=31.0)[:, 0]
    steps = np.abs(np.diff(sound))
    assert np.max(steps[9600:]) <= np.max(steps[:9600]) * 1.5
    assert np.max(np.abs(sound[round((0.2 + within) * RATE) :])) < 2e-3


def test_a_muted_strip_comes_back_in_10_ms() -> None:
    sound = through(synthdefs.strip(), [(0.2, ["/n_set", 1001, "heard", 1])], heard=0.0)
    assert not sound[: 9600 - 64].any()
    assert np.max(np.abs(sound[round(0.213 * RATE) :])) == pytest.approx(1, abs=1e-3)


def test_the_master_passes_what_is_below_its_ceiling_late_by_its_latency() -> None:
    sound = through(synthdefs.master(), amplitude=0.95, freq=1000.0)[:, 0]
    late = round(synthdefs.LATENCY * RATE)
    expected = 0.95 * np.sin(2 * np.pi * 1000 * (np.arange(len(sound)) - late) / RATE)
    assert np.max(np.abs(sound - expected)[late + 4800 :]) < 0.01


@pytest.mark.parametrize("amplitude", [1.0, 3.0, 100.0, 1e6])
@pytest.mark.parametrize("freq", [40.0, 3000.0])
def test_the_master_never_peaks_above_its_ceiling(amplitude: float, freq: float) -> None:
    peak = decibels(max(peaks(through(synthdefs.master(), amplitude=amplitude, freq=freq))))
    assert -0.5 < peak < -0.1


def test_the_master_takes_dc_away() -> None:
    sound = through(synthdefs.master(), seconds=1.0, amplitude=0.1, freq=480.0, offset=0.3)
    assert abs(float(np.mean(sound[-4800:]))) < 1e-3


def test_the_master_survives_what_is_no_number() -> None:
    sound = through(
        synthdefs.master(), [(0.1, ["/n_set", 1000, "offset", float("nan")]), (0.2, ["/n_set", 1000, "offset", 0.0])]
    )
    assert np.isfinite(sound).all()
    assert max(peaks(sound[RATE // 4 :])) > 0.8


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_a_recorder_writes_as_many_channels_as_it_is_built_for(channels: int) -> None:
    recorder = synthdefs.recorder(channels)  # its disk thread keeps real time, so it is not heard offline
    writer = recorder.ugens[-1]
    assert recorder.name == f"ds-recorder-{channels}"
    assert type(writer).__name__ == "DiskOut"
    assert len(writer.inputs) == 1 + channels
