"""The command line: what is wrong is one line and an exit status, and --json is one document."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
import soundfile

from deepsteps_live import places, preferences
from deepsteps_live.repl import stage_door
from deepsteps_live.repl.command_line import COMMANDS, main
from deepsteps_live.session.checks import Check

KIT = places.DEFAULT_KIT.read_bytes()
WEIGHTS = places.DEFAULT_WEIGHTS.read_bytes()

FILES: dict[str, bytes] = {
    "scale.py": b'tempo = 120\nscale = "majr"\n',
    "letter.py": b'kick.pattern = "x-y-"\n',
    "nan.py": b'a = float("nan")\n',
    "tempo.py": b"tempo = 0\n",
    "syntax.py": b"tempo = 120\nx ===\n",
    "zero.py": b"def wrong():\n    1 / 0\n\nwrong()\n",
    "exit.py": b"exit()\n",
    "nul.py": b"tempo = 120\0\n",
    "name.py": b"snair.mute = True\n",
    "latin.py": b"# \xff\n",
    "half.mtpreset": KIT[: len(KIT) // 2],
    "word.mtpreset": b"hello",
    "half.npz": WEIGHTS[: len(WEIGHTS) // 2],
    "word.npz": b"hello",
    "empty.json": b"{}",
    "settings.toml": b"",
}

WRONG = [
    ("render scale.py o.wav", 'scale.py, line 2: no scale "majr"; did you mean "major"?'),
    (
        "render letter.py o.wav",
        'letter.py, line 1: "y" at step 3 of a pattern; X is an accent, x a hit, 2 to 9 a roll, - a rest',
    ),
    ("render nan.py o.wav", "nan.py, line 1: a latent is a number from -100 to 100, not nan"),
    ("render tempo.py o.wav", "tempo.py, line 1: tempo (bpm) is a number from 1 to 999, not 0"),
    ("render syntax.py o.wav", "syntax.py, line 2: SyntaxError: invalid syntax"),
    ("render zero.py o.wav", "zero.py, line 2: ZeroDivisionError: division by zero"),
    ("render exit.py o.wav", "exit.py, line 1: SystemExit"),
    ("render nul.py o.wav", "nul.py: "),
    ("render name.py o.wav", 'name.py, line 1: no name "snair"; did you mean "snare"?'),
    ("render latin.py o.wav", "latin.py cannot be read as text"),
    ("render none.py o.wav", "there is no file none.py"),
    ("render . o.wav", ". cannot be read as text"),
    ("render scale.py o.mp3", 'a take is a .wav file: "o.wav"'),
    ("render scale.py none/o.wav", "there is no folder"),
    ("render scale.py o.wav --bars 0", "deepsteps render: argument --bars: bars are a whole number from 1 to 10000"),
    ("render scale.py o.wav --bars 1.5", "deepsteps render: argument --bars: bars are a whole number from 1"),
    ("render scale.py o.wav --bars nan", "deepsteps render: argument --bars: bars are a whole number from 1"),
    ("render scale.py", "deepsteps render: the following arguments are required: OUT.wav"),
    ("export scale.py o.wav", 'an export is a .mid file: "o.mid"'),
    ("export none.py o.mid", "there is no file none.py"),
    ("export scale.py none/o.mid", "there is no folder"),
    ("export scale.py o.mid --bars 0", "deepsteps export: argument --bars: bars are a whole number from 1 to 10000"),
    ("run none.py", "there is no file none.py"),
    ("run scale.py --bars 0", "deepsteps run: argument --bars: bars are a whole number from 1 to 10000, not 0"),
    ("run scale.py --record o.mp3", 'a take is a .wav file: "o.wav"'),
    ("kit half.mtpreset", "half.mtpreset, line"),
    ("kit half.mtpreset --json", "half.mtpreset, line"),
    ("kit word.mtpreset", "word.mtpreset, line 1"),
    ("kit none.mtpreset", 'cannot read the kit "none.mtpreset"'),
    ("decode half.npz", "half.npz is no .npz"),
    ("decode word.npz --json", "word.npz is no .npz"),
    ("decode empty.json", "empty.json is no decoder.json"),
    ("decode none.npz", "there is no model file none.npz"),
    ("decode groove --latents nan,0,0,0", "a latent is a number from -100 to 100, not nan"),
    ("decode groove --latents 1e999,0,0,0", "a latent is a number from -100 to 100, not inf"),
    ("decode groove --latents 1,2", "latents are four numbers: --latents 0.4,-1.2,0,0.7"),
    ("decode groove --latents a,b,c,d", "latents are four numbers: --latents 0.4,-1.2,0,0.7"),
    ("listen", "deepsteps listen: the following arguments are required: PATH"),
    ("train nowhere", "deepsteps train: the following arguments are required: --out"),
    ("settings --write", "settings.toml is there already; edit it, or remove it first"),
    ("--echo", "deepsteps: --echo goes with --pipe: deepsteps --pipe --echo"),
    ("like kick x--- snair", 'no drum "snair"; did you mean "snare"?'),
    ("timing --bars 0", "deepsteps timing: argument --bars: bars are a whole number from 1 to 10000, not 0"),
    ("--server nowhere", "deepsteps: argument --server: this is HOST:PORT, such as 127.0.0.1:57110, not nowhere"),
    ("--server host:99999", "deepsteps: argument --server: this is HOST:PORT"),
    ("--osc nowhere", "deepsteps: argument --osc: this is HOST:PORT, such as 127.0.0.1:57110, not nowhere"),
    ("rendr a b", "deepsteps: argument COMMAND: invalid choice: 'rendr'"),
    ("--wrong", "deepsteps: unrecognized arguments: --wrong"),
]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("DEEPSTEPS_RUNTIME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "own"))
    monkeypatch.setenv("DEEPSTEPS_CONFIG", ".")
    monkeypatch.setattr(stage_door, "hear_click", lambda: Check("click", True, "seen"))
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)


@pytest.mark.parametrize(("typed", "said"), WRONG)
def test_bad_input_is_one_line_and_status_2(typed: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(typed.split()) == 2
    written = capsys.readouterr()
    assert written.err.startswith(said)
    assert written.err.count("\n") == 1
    assert written.out == ""


def test_every_command_is_given_bad_input_here() -> None:
    asked = {typed.split()[0] for typed, _ in WRONG}
    assert set(COMMANDS) - asked == {"attach", "doctor", "devices", "tour"}  # which take none


def test_a_wrong_file_leaves_no_wav(capsys: pytest.CaptureFixture[str]) -> None:
    main(["render", "scale.py", "o.wav"])
    assert list(Path().glob("**/*.wav")) == []


def test_a_missing_scsynth_is_a_fault(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def find() -> Path:
        raise RuntimeError

    monkeypatch.setattr("deepsteps_live.outputs.offline.find", find)
    Path("good.py").write_text("tempo = 120\n")
    assert main(["render", "good.py", "o.wav"]) == 1
    assert capsys.readouterr().err.startswith("there is no scsynth; install it: ")


def test_attaching_to_nothing_is_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attach"]) == 1
    assert capsys.readouterr().err == "no engine is playing; `deepsteps` starts one\n"


def test_ctrl_c_is_status_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(options: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(COMMANDS, "doctor", (interrupted, "", ()))
    assert main(["doctor"]) == 130


def test_a_file_is_rendered_and_standard_output_stays_empty(capsys: pytest.CaptureFixture[str]) -> None:
    Path("good.py").write_text("tempo = 240\nplay()\nwait(1)\nkick.mute = True\n")
    assert main(["render", "good.py", "o.wav", "--bars", "2"]) == 0
    assert soundfile.info("o.wav").duration == pytest.approx(2 + 1, abs=0.1)
    assert capsys.readouterr().out == ""


def document(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """The one JSON document that a command prints."""
    main([*words, "--json"])
    written = capsys.readouterr()
    return json.loads(written.out)


def test_decode_prints_one_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "decode", "groove", "--latents", "0.4,-1.2,0,0.7")
    assert {name: len(values) for name, values in found.items()} == dict.fromkeys(
        ("hits", "velocities", "offsets", "probabilities"), 16
    )


def test_decode_takes_latents_that_begin_with_a_minus(capsys: pytest.CaptureFixture[str]) -> None:
    assert document(capsys, "decode", "groove", "--latents=-1,0,0,0") != document(capsys, "decode", "groove")


def test_decode_without_json_prints_the_steps(capsys: pytest.CaptureFixture[str]) -> None:
    main(["decode", "groove"])
    steps = capsys.readouterr().out.strip()
    assert len(steps) == 16
    assert set(steps) <= set("Xx-")


def test_kit_prints_all_eight_patches(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "kit", "default")
    assert [len(patch["parameters"]) for patch in found["patches"]] == [25] * 8


def test_doctor_prints_a_row_a_check(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "doctor")
    assert all(set(row) == {"name", "ok", "found", "cure"} for row in found["checks"])


def test_doctor_names_the_line_that_mends(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "")
    assert main(["doctor"]) == 1
    assert "install" in capsys.readouterr().out


def test_devices_prints_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(document(capsys, "devices")) == {"audio", "jack", "midi"}


def test_devices_has_a_line_for_each_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices"]) == 0
    assert {line[:8].strip() for line in capsys.readouterr().out.splitlines()} >= {
        "audio",
        "jack",
        "midi out",
        "midi in",
    }


def test_settings_prints_the_example_and_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings"]) == 0
    assert capsys.readouterr().out == f"# settings.toml\n{preferences.example()}"


def test_settings_are_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSTEPS_CONFIG", str(tmp_path / "new"))
    assert main(["settings", "--write"]) == 0
    assert (tmp_path / "new" / "settings.toml").read_text() == preferences.example()


def test_timing_prints_what_was_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(stage_door, "measure", lambda bars, train: {"bars": bars, "train": train})
    assert document(capsys, "timing", "--bars", "2", "--train") == {"bars": 2, "train": True}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    assert COMMANDS[name][1] in " ".join(capsys.readouterr().out.split())
