"""Listening at the prompt and on the command line: from recordings to rows, grooves, latents and models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from deepsteps_live.repl.command_line import main
from deepsteps_live.session.instrument import Instrument
from tests.test_listening_files import loop, midi
from tests.typing_in import shown, wrong


@pytest.fixture
def loops(folders: Path) -> Path:
    """A folder with a loop, a MIDI file and what is neither."""
    (folders / "loops").mkdir()
    loop(folders / "loops" / "amen_120bpm.wav")
    midi(folders / "loops" / "beat.mid")
    (folders / "loops" / "bad.wav").write_text("no recording")
    return folders / "loops"


def test_recordings_become_rows_with_their_sources_and_a_picture(instrument: Instrument, loops: Path) -> None:
    text = shown(instrument, "listen('loops')")
    assert [row.source for row in instrument.session.dataset.rows] == [
        "amen_120bpm.wav bar 1",
        "amen_120bpm.wav bar 2",
        "beat.mid bar 1 kick",
        "beat.mid bar 1 snare",
        "beat.mid bar 1 channel 3",
    ]
    assert "╷" in text
    assert "bad.wav is no recording" in text
    assert text.endswith("5 rows heard; the dataset has 5")
    instrument.run("undo()")
    assert len(instrument.session.dataset) == 0


def test_tempo_and_lanes_are_told(instrument: Instrument, loops: Path) -> None:
    instrument.run("listen('loops/amen_120bpm.wav', bars=1, split=True)")
    assert {row.source for row in instrument.session.dataset.rows} >= {"amen_120bpm.wav bar 1 low"}
    assert "60 bpm (told)" in shown(instrument, "listen('loops/*.wav', bpm=60)")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("listen()", "listen() wants recordings"),
        ("listen('loops/bad.wav')", "bad.wav is no recording that can be read"),
        ("listen('loop')", 'no file in . "loop"; did you mean "loops"?'),
        ("listen('loops/*.flac')", "no file fits"),
        ("listen('loops/amen_120bpm.wav', bpm=-3)", "bpm is a number from 40 to 300"),
        ("encode('loops/bad.wav')", "bad.wav is no recording"),
        ("groove_from('loops/none.wav')", "there is no file"),
    ],
)
def test_what_is_wrong_is_one_line_and_the_rows_stay(
    instrument: Instrument, loops: Path, typed: str, said: str
) -> None:
    instrument.run("capture(kick)")
    assert said in wrong(instrument, typed)
    assert len(instrument.session.dataset) == 1


def test_the_groove_of_a_recording_is_worn(instrument: Instrument, loops: Path) -> None:
    instrument.run("snare.groove = groove_from('loops/amen_120bpm.wav') * 0.7")
    groove = instrument.session.live_set.track("snare").groove
    assert groove.amount == 0.7  # type: ignore[union-attr]
    assert len(groove.offsets) == 16  # type: ignore[union-attr]


def test_a_recording_is_encoded(instrument: Instrument, loops: Path) -> None:
    instrument.run("seq.latents = encode('loops/amen_120bpm.wav')")
    assert str(instrument.pattern("seq")).lower() == "x---x---x---x---"


def test_a_recording_is_shown_as_it_is_heard(instrument: Instrument, loops: Path) -> None:
    assert "2 bars at 120 bpm" in shown(instrument, "show('loops/amen_120bpm.wav')")
    assert "1 bar at 100 bpm (MIDI)" in shown(instrument, "show('loops/beat.mid')")
    instrument.run("show('loops/amen_120bpm.wav', 'amen.png')")
    with Image.open("amen.png") as image:
        assert image.size == (1200, 800)
        assert {(0xD9, 0x82, 0x2B), (0x2F, 0x6D, 0xB5)} <= {pixel for _, pixel in image.getcolors(1 << 20)}


def test_the_command_line_listens(loops: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["listen", str(loops), "--json"]) == 0
    printed = capsys.readouterr()
    files = json.loads(printed.out)["files"]
    assert [Path(each["path"]).name for each in files] == ["amen_120bpm.wav", "beat.mid"]
    assert "bad.wav is no recording" in printed.err
    amen = files[0]
    assert amen["onsets"] == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5], abs=0.003)
    assert (amen["bpm"], len(amen["rows"])) == (120, 2)
    assert amen["rows"][0]["hits"] == [1, 0, 0, 0] * 4
    assert set(amen["rows"][0]) >= {"hits", "offsets", "velocities"}
    assert main(["listen", str(loops / "amen_120bpm.wav")]) == 0
    assert "2 bars at 120 bpm" in capsys.readouterr().out


def test_the_command_line_trains_and_the_same_seed_gives_the_same_file(
    loops: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.npz", "b.npz"):
        words = ["train", str(loops), "--out", name, "--epochs", "2", "--seed", "3", "--json"]
        assert main(words) == 0
        document = json.loads(capsys.readouterr().out)
        assert document["rows"] == 5
        assert document["card"]["style"] == "groove"
    assert main(["decode", "a.npz", "--latents", "0.4,0,0,0", "--json"]) == 0
    one = capsys.readouterr().out
    assert main(["decode", "b.npz", "--latents", "0.4,0,0,0", "--json"]) == 0
    assert capsys.readouterr().out == one


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["train", "loops", "--out", "a.wav"], 'a model is a .npz file: "a.npz"'),
        (["train", "loops", "--out", "a.npz", "--style", "wyde"], 'did you mean "wide"?'),
        (["train", "loops/bad.wav", "--out", "a.npz"], "bad.wav is no recording"),
        (["train", "loops", "--out", "a.npz", "--epochs", "0"], "a whole number from 1"),
        (["listen", "nowhere"], "nowhere"),
        (["listen", "loops", "--bpm", "fast"], "bpm is a number"),
    ],
)
def test_the_command_lines_errors_are_one_line(
    loops: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(words) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert said in error
