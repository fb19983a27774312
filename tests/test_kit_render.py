"""`deepsteps kit FILE --render DIR`: one dry WAV a patch, the hit at sample 0."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from deepsteps_live import engine, sound
from deepsteps_live.music import NORMAL, Patch
from deepsteps_live.repl.command_line import main
from deepsteps_live.session.hits import hit
from tests.sound_render import needs_scsynth

ONE_SINE = """MicrotonicPresetV3: {
    DrumPatches: {
        "3": {
            Name: "Sine"
            OscFreq: "441 Hz"
            OscDcy: "600 ms"
            ModAmt: "0 sm"
            Mix: "100.0 / 0.0"
            Level: "0 dB"
        }
    }
}
"""

pytestmark = [needs_scsynth, pytest.mark.renders]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.mtpreset").write_text(ONE_SINE)


def rendered(*words: str, kit: str = "one.mtpreset") -> int:
    return main(["kit", kit, "--render", "wavs", *words])


def loudest(file: str) -> float:
    return float(np.abs(soundfile.read(file)[0]).max())


def samples(file: str) -> list[float]:
    """What is in a file but for its header, which tells the time."""
    return list(soundfile.read(file)[0].ravel())


def sine() -> Patch:
    found = sound.read_patch("one.mtpreset:3")
    assert found.name == "Sine"
    return found


def test_every_patch_of_a_kit_has_its_file() -> None:
    rendered(kit="default")
    assert sorted(path.name for path in Path("wavs").iterdir()) == [f"{slot}.wav" for slot in range(1, 9)]


def test_an_empty_slot_has_no_file() -> None:
    rendered()
    assert [path.name for path in Path("wavs").iterdir()] == ["3.wav"]


def test_a_drum_file_is_a_kit_of_one() -> None:
    sound.write_drum(sine(), "sine.mtdrum")
    rendered(kit="sine.mtdrum")
    rendered()
    assert samples("wavs/1.wav") == samples("wavs/3.wav")


def test_a_file_is_stereo_float_at_44100_hz() -> None:
    rendered()
    found = soundfile.info("wavs/3.wav")
    assert (found.samplerate, found.channels, found.subtype, found.format) == (44_100, 2, "FLOAT", "WAV")


def test_a_hit_stands_at_sample_0_exactly() -> None:
    rendered()
    audio, rate = soundfile.read("wavs/3.wav")
    begins = audio[:500, 0]
    due = np.sin(2 * np.pi * 441 / rate * np.arange(500) + np.pi / 4)
    offsets = [np.dot(begins[20 + n : 480 + n], due[20:480]) for n in range(-2, 3)]
    assert int(np.argmax(offsets)) == 2
    assert begins[0] / begins[:100].max() == pytest.approx(np.sin(np.pi / 4), abs=0.01)


def test_no_limiter_holds_a_loud_hit_back() -> None:
    heard = engine.hits([hit(sound.turn(sine(), "level", level)) for level in (-20, 10)])
    assert np.abs(heard[1]).max() / np.abs(heard[0]).max() == pytest.approx(10 ** (30 / 20), rel=0.001)


def test_a_file_is_as_long_as_the_sound() -> None:
    rendered()
    life = sound.controls(sine(), NORMAL)["life"]
    assert life < soundfile.info("wavs/3.wav").duration < life + 0.1


def test_a_short_sound_has_half_a_second() -> None:
    (audio,) = engine.hits([hit(sound.turn(sine(), "osc_decay", 20))])
    assert len(audio) == 22_050


def test_a_file_is_the_same_every_time() -> None:
    rendered(kit="default")
    first = samples("wavs/3.wav")
    rendered(kit="default")
    assert samples("wavs/3.wav") == first


def test_a_harder_hit_is_louder() -> None:
    soft = sound.turn(sine(), "osc_velocity", 100)
    two = engine.hits([hit(soft, velocity / 127) for velocity in (64, 127)])
    assert np.abs(two[1]).max() > 1.5 * np.abs(two[0]).max()


def test_the_velocity_is_64_unless_told_otherwise() -> None:
    rendered()
    plain = samples("wavs/3.wav")
    rendered("--velocity", "64")
    assert samples("wavs/3.wav") == plain


def test_hits_beyond_the_outputs_of_one_run_are_all_heard() -> None:
    heard = engine.hits([hit(sine())] * 9)
    assert all(np.array_equal(audio, heard[0]) for audio in heard)


def test_no_hits_are_no_sounds() -> None:
    assert engine.hits([]) == []


def test_there_is_a_line_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert rendered(kit="default") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"wavs/{slot}.wav" for slot in range(1, 9)]


def test_json_is_one_document_with_the_files(capsys: pytest.CaptureFixture[str]) -> None:
    rendered("--json")
    found: Any = json.loads(capsys.readouterr().out)
    assert [(file["file"], file["slot"], file["name"]) for file in found["files"]] == [("wavs/3.wav", 3, "Sine")]
    assert found["files"][0]["peak"] == pytest.approx(20 * np.log10(loudest("wavs/3.wav")), abs=0.01)


def test_a_folder_is_made_with_those_above_it() -> None:
    assert main(["kit", "one.mtpreset", "--render", "a/b"]) == 0
    assert Path("a/b/3.wav").exists()


def test_nothing_else_is_left_in_the_folder() -> None:
    rendered()
    rendered()
    assert [path.name for path in Path("wavs").iterdir()] == ["3.wav"]


WRONG = [
    (["one.mtpreset", "--render", "one.mtpreset"], "one.mtpreset is a file; give a folder for the WAV files"),
    (["one.mtpreset", "--render", "one.mtpreset/a"], "the folder one.mtpreset/a cannot be made: "),
    (["one.mtpreset", "--render", ""], "deepsteps kit: argument --render: a folder has a name"),
    (
        ["one.mtpreset", "--render", "w", "--velocity", "128"],
        "deepsteps kit: argument --velocity: a velocity is ",
    ),
    (["one.mtpreset", "--render", "w", "--velocity", "x"], "deepsteps kit: argument --velocity: a velocity is "),
    (["one.mtpreset", "--velocity", "64"], "deepsteps kit: --velocity goes with --render DIR"),
    (["none.mtpreset", "--render", "w"], 'cannot read the kit "none.mtpreset"'),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_bad_input_is_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kit", *words]) == 2
    written = capsys.readouterr()
    assert written.err.startswith(said)
    assert (written.err.count("\n"), written.out) == (1, "")


def test_a_bad_kit_makes_no_folder() -> None:
    main(["kit", "none.mtpreset", "--render", "wavs"])
    assert not Path("wavs").exists()


def test_a_missing_scsynth_is_a_fault(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def find() -> Path:
        raise RuntimeError

    monkeypatch.setattr("deepsteps_live.outputs.offline.find", find)
    assert rendered() == 1
    assert capsys.readouterr().err.startswith("there is no scsynth; install it: ")


def test_a_file_that_cannot_be_written_is_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    Path("wavs/3.wav").mkdir(parents=True)
    assert rendered() == 1
    assert capsys.readouterr().err.startswith("wavs/3.wav was not written: ")
    assert [path.name for path in Path("wavs").iterdir()] == ["3.wav"]


def test_a_scsynth_that_fails_is_a_fault_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "scsynth"
    program.write_text("#!/bin/sh\necho 'it is raining'\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr("deepsteps_live.outputs.offline.find", lambda: program)
    assert rendered() == 1
    assert capsys.readouterr().err == "scsynth did not render: it is raining\n"
