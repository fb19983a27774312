"""Pictures: what a sound measures, how it and a pattern look as text, and the PNG."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from PIL import Image

from deepsteps_live.errors import BadInput
from deepsteps_live.music import Pattern, pattern
from deepsteps_live.session import showing
from deepsteps_live.session.drawing import SIZE, draw
from deepsteps_live.session.figures import bands, figures, midi_name, note_name, outline
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.pictures import MARGIN, axis, braille, round_step, sound_picture, times
from deepsteps_live.session.steps import pattern_picture
from tests.sound_render import needs_scsynth
from tests.typing_in import shown, wrong

RATE = 44_100
BLANK = "⠀"  # a letter of braille without dots


def sine(frequency: float, seconds: float = 1.0, level: float = 0.5) -> NDArray[np.float64]:
    tone = level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([tone, tone], axis=1)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("frequency", [30, 49.5, 440, 1000.3, 12_345])
def test_the_strongest_frequency_of_a_sine_is_its_own(frequency: float) -> None:
    assert figures(sine(frequency), RATE).frequency == pytest.approx(frequency, rel=0.002)


def test_a_sine_has_its_peak_and_its_rms() -> None:
    found = figures(sine(440, level=0.5), RATE)
    assert (found.peak, found.rms) == (pytest.approx(-6.02, abs=0.01), pytest.approx(-9.03, abs=0.01))


def test_a_sound_is_as_long_as_it_stays_above_a_thousandth_of_its_peak() -> None:
    falling = sine(1000) * 0.001 ** (np.arange(RATE) / RATE * 4)[:, None]
    assert figures(falling, RATE).seconds == pytest.approx(0.25, abs=0.001)


def test_an_offset_is_no_frequency() -> None:
    assert figures(sine(200, level=0.1) + 0.5, RATE).frequency == pytest.approx(200, rel=0.002)


def test_silence_is_said_to_be_silent() -> None:
    assert sound_picture(np.zeros((100, 2)), RATE, "hat") == ["hat: silence"]


@pytest.mark.parametrize("length", [0, 1, 7, 65_537])
def test_a_sound_of_any_length_has_a_picture(length: int) -> None:
    assert sound_picture(np.ones((length, 2)), RATE, "click")


@pytest.mark.parametrize(
    ("frequency", "name"), [(440, "A4"), (261.6256, "C4"), (27.5, "A0"), (446.4, "A4 +25 cents"), (430, "A4 -40 cents")]
)
def test_a_frequency_has_the_name_of_its_note(frequency: float, name: str) -> None:
    assert note_name(frequency) == name


def test_midi_note_60_is_c4() -> None:
    assert midi_name(60) == "C4"


def test_the_bands_of_pink_noise_are_level() -> None:
    rng = np.random.default_rng(1)
    white = np.fft.rfft(rng.standard_normal(RATE * 20))
    pink = np.fft.irfft(white / np.sqrt(np.maximum(np.arange(len(white)), 1)))[:, None]
    middle = bands(pink, RATE, 10)[1:9]
    assert np.ptp(middle) < 1.0


def test_an_outline_holds_every_peak() -> None:
    audio = sine(3000, 0.5)
    low, high = outline(audio, 10)
    assert (low.min(), high.max()) == (audio.min(), audio.max())


def test_dots_become_braille() -> None:
    dots = np.zeros((4, 4), bool)
    dots[0, 0] = dots[3, 3] = True
    assert braille(dots) == ["⠁⢀"]


def spectrum_peak(lines: list[str]) -> float:
    """Hz where the spectrum in a picture reaches its top row."""
    start = next(number for number, line in enumerate(lines) if line.startswith("strongest")) + 1
    top = lines[start].split("│")[1]
    columns = [place for place, letter in enumerate(top) if letter != BLANK]
    return float(20 * 1000 ** ((np.mean(columns) + 0.5) / (80 - MARGIN)))


@pytest.mark.parametrize("frequency", [60, 440, 5000])
def test_the_spectrum_of_a_sine_peaks_at_its_frequency(frequency: float) -> None:
    lines = sound_picture(sine(frequency), RATE, "tone")
    assert spectrum_peak(lines) == pytest.approx(frequency, rel=0.1)


def test_a_picture_says_the_figures() -> None:
    lines = sound_picture(sine(440), RATE, "tone")
    assert lines[0] == "tone: 1.000 s, peak -6.0 dBFS, RMS -9.0 dBFS in 0.4 s"
    assert "strongest at 440.0 Hz, A4" in lines


@pytest.mark.parametrize("width", [40, 80, 133])
def test_a_picture_is_as_wide_as_the_terminal(width: int) -> None:
    lines = sound_picture(sine(440), RATE, "a name that is much longer than forty columns are wide", width)
    assert max(map(len, lines)) == width


def test_labels_of_an_axis_do_not_touch() -> None:
    assert axis(12, [(0, "20"), (0.1, "50"), (0.5, "100"), (1, "20k")]) == "20   100 20k"


@pytest.mark.parametrize(("least", "step"), [(0.03, 0.05), (1, 1), (1.1, 2), (2.5, 5), (60, 100)])
def test_a_round_step_is_a_1_a_2_or_a_5(least: float, step: float) -> None:
    assert round_step(least) == pytest.approx(step)


def test_times_are_round() -> None:
    assert [label for _, label in times(0.5)] == ["0 ms", "100", "200", "300", "400", "500"]


def test_a_pattern_shows_its_velocities() -> None:
    lines = pattern_picture(pattern("x---X---"), "kick")
    assert lines == [
        "kick: 8 steps, 2 hits",
        "          1   ·   ·   ·   5   ·   ·   ·",
        "velocity                  ██",
        "          ██              ██",
        "          .50             1.00",
    ]


def test_a_pattern_shows_early_and_late() -> None:
    moved = Pattern((True, False, True, True), offsets=(-0.12, 0, 0, 0.3))
    assert "% ←early  ←12         →30" in pattern_picture(moved, "hat")


def test_a_pattern_shows_its_rolls_chances_and_notes() -> None:
    lines = pattern_picture(replace(pattern("x3"), probabilities=(0.7, 1.0)), "seq", notes=(48, 51))
    assert lines[-3:] == ["roll          ×3", "chance    70%", "note      C3  D#3"]


@pytest.mark.parametrize(("width", "blocks"), [(80, 4), (60, 8), (40, 16)])
def test_a_long_pattern_goes_on_below(width: int, blocks: int) -> None:
    lines = pattern_picture(pattern("x---" * 16), "kick", width)
    assert sum(line.startswith("velocity") for line in lines) == blocks
    assert max(map(len, lines)) <= width


def test_a_png_has_the_right_size(tmp_path: Path) -> None:
    draw(sine(440), RATE, "tone", tmp_path / "tone.png")
    with Image.open(tmp_path / "tone.png") as image:
        assert (image.format, image.size) == ("PNG", SIZE)


def test_the_png_of_a_sine_has_its_peak_where_it_belongs(tmp_path: Path) -> None:
    draw(sine(632.46), RATE, "tone", tmp_path / "tone.png")
    with Image.open(tmp_path / "tone.png") as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    orange = np.argwhere((pixels[445:735, 95:1155, 0] > 180) & (pixels[445:735, 95:1155, 2] < 90))
    highest = orange[orange[:, 0] == orange[:, 0].min()]
    assert highest[:, 1].mean() == pytest.approx((1155 - 95) / 2, abs=3)  # half way from 20 Hz to 20 kHz


def test_a_png_leaves_nothing_else(tmp_path: Path) -> None:
    draw(sine(440), RATE, "tone", tmp_path / "tone.png")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["tone.png"]


def test_a_silent_sound_is_not_drawn(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="hat is silent"):
        draw(np.zeros((100, 2)), RATE, "hat", tmp_path / "hat.png")


def test_a_pattern_is_shown_as_its_steps(instrument: Instrument) -> None:
    instrument.run('snare.pattern = "x-X-"')
    assert shown(instrument, "show(snare.pattern)") == shown(instrument, 'show("x-X-")')


def test_an_audio_file_is_shown(instrument: Instrument) -> None:
    soundfile.write("take.wav", sine(880), 48_000)
    assert re.search(r"strongest at 957\.\d Hz", shown(instrument, 'show("take.wav")'))  # 44.1 kHz heard at 48


def test_a_mono_file_is_shown(instrument: Instrument) -> None:
    soundfile.write("take.flac", sine(880)[:, 0], RATE)
    assert "strongest at 880.0 Hz, A5" in shown(instrument, 'show("take.flac")')


@needs_scsynth
@pytest.mark.parametrize("what", ["kick", "kick.sound", '"default:1"', '"kick"', "kick.sound.patch"])
def test_a_sound_goes_by_many_names(instrument: Instrument, what: str) -> None:
    picture = shown(instrument, f"show({what})")
    assert "Kick: " in picture.splitlines()[0]
    assert re.search(r"strongest at \d\d\.\d Hz", picture)


@needs_scsynth
def test_a_turned_sound_is_seen(instrument: Instrument) -> None:
    instrument.run("kick.sound.mix = 100; kick.sound.mod_amount = 0; kick.sound.osc_freq = 440; kick.sound.decay = 900")
    assert "A4" in shown(instrument, "show(kick)")


@needs_scsynth
def test_a_melodic_track_shows_its_steps_its_notes_and_its_sound(instrument: Instrument) -> None:
    instrument.run('seq.pattern = "x---"; seq.pitches = [57] * 16; key = "C"; scale = "chromatic"')
    picture = shown(instrument, "show(seq)")
    assert "note      A3" in picture
    assert "Hz, A3" in picture


@needs_scsynth
def test_a_sound_on_its_way_to_another_is_shown_there(instrument: Instrument) -> None:
    instrument.run("kick.morph(tom, 1.0)")
    strongest = shown(instrument, "show(kick)").split("strongest")[1].split("\n")[0]
    assert strongest == shown(instrument, "show(tom)").split("strongest")[1].split("\n")[0]


@needs_scsynth
def test_show_with_a_file_says_where_the_png_is(instrument: Instrument, tmp_path: Path) -> None:
    assert shown(instrument, 'show(kick, "kick.png")') == str(tmp_path / "kick.png")
    with Image.open("kick.png") as image:
        assert image.size == SIZE


WRONG = [
    ('show(kick, "kick.jpg")', 'a picture is a .png file: "kick.png"'),
    ('show(kick, "none/kick.png")', "there is no folder "),
    ('show(snare.pattern, "steps.png")', 'a .png shows a sound: show(kick, "kick.png")'),
    ('show("none.wav")', "none.wav cannot be read as audio: there is no such file"),
    ('show("wrong.wav")', "wrong.wav cannot be read as audio: "),
    ('show("folder.wav")', "folder.wav cannot be read as audio: "),
    ('show("kikc")', '"kikc" names no sound'),
    ("show(3)", 'a sound is "kit.mtpreset:1"'),
    ('show("none.mtpreset:1")', 'cannot read the kit "none.mtpreset"'),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_cannot_be_shown_is_one_line(instrument: Instrument, text: str, said: str) -> None:
    Path("wrong.wav").write_bytes(b"RIFF")
    Path("folder.wav").mkdir()
    assert wrong(instrument, text).startswith(said)


def test_a_long_take_is_looked_at_from_its_start(instrument: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "LONGEST", 1)
    soundfile.write("take.wav", sine(440, 3.0), RATE)
    assert shown(instrument, 'show("take.wav")').startswith("take.wav: 1.000 s")


def test_pillow_is_loaded_for_a_png_alone() -> None:
    text = "import sys; from deepsteps_live.session import commands; print('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout == "False\n"
