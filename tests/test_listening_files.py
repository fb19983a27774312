"""Files and folders: what is read, and what is said of what cannot be."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from deepsteps_live.errors import BadInput
from deepsteps_live.listening import folder, listen_file, listen_many, picture
from deepsteps_live.listening.chunks import onsets_in_chunks
from tests.test_listening_onsets import RATE, kick, put, silence, snare

BAR = 2.0  # seconds at 120 bpm


def loop(path: Path, bars: int = 2, rate: int = RATE) -> Path:
    x = silence(bars * BAR, rate)
    for bar in range(bars):
        x = put(x, kick(rate), bar * BAR, bar * BAR + 1.0, rate=rate)
        x = put(x, snare(rate), bar * BAR + 0.5, bar * BAR + 1.5, rate=rate)
    soundfile.write(path, x * 0.5, rate)
    return path


def midi(path: Path, *, numerator: int = 4) -> Path:
    track = mido.MidiTrack(
        [
            mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(100)),
            mido.MetaMessage("time_signature", numerator=numerator, denominator=4),
            mido.Message("note_on", channel=9, note=36, velocity=127),
            mido.Message("note_on", channel=9, note=36, velocity=0, time=120),
            mido.Message("note_on", channel=9, note=38, velocity=64, time=360 + 12),
            mido.Message("note_on", channel=2, note=60, velocity=90, time=480 - 12),
        ]
    )
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks.append(track)
    file.save(path)
    return path


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.aiff", "a.mp3"])
def test_every_kind_of_recording_is_heard(name: str, tmp_path: Path) -> None:
    heard = listen_file(loop(tmp_path / name, bars=4))
    assert heard.beats.bpm == pytest.approx(120, rel=0.01)
    assert str(heard.rows[1].pattern).lower() == "x---x---x---x---"
    assert all(abs(offset) < 0.05 for offset in heard.rows[1].pattern.offsets)


def test_an_on_grid_loop_has_no_offsets(tmp_path: Path) -> None:
    heard = listen_file(loop(tmp_path / "a.wav"))
    assert [row.bar for row in heard.rows] == [1, 2]
    for row in heard.rows:
        assert row.pattern.hits[0]
        assert max(map(abs, row.pattern.offsets)) < 0.02


def test_a_midi_file_gives_a_row_for_every_drum_and_channel(tmp_path: Path) -> None:
    heard = listen_file(midi(tmp_path / "a.mid"))
    rows = {row.lane: row.pattern for row in heard.rows}
    assert set(rows) == {"kick", "snare", "channel 3"}
    assert (heard.beats.bpm, heard.beats.how) == (pytest.approx(100), "MIDI")
    assert rows["kick"].velocities[0] == 1
    assert rows["snare"].offsets[4] == pytest.approx(0.1)
    assert rows["channel 3"].hits[8]


def test_another_time_signature_is_said(tmp_path: Path) -> None:
    assert "3/4 is read in bars of 16 steps" in listen_file(midi(tmp_path / "a.mid", numerator=3)).note


def wrong(tmp_path: Path, name: str, content: bytes) -> str:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput) as error:
        listen_file(path)
    said = str(error.value)
    assert name in said
    assert "\n" not in said
    return said


def test_what_cannot_be_read_is_one_line_with_its_name(tmp_path: Path) -> None:
    head = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x44\xac\0\0\x88\x58\1\0\2\0\x10\0data\0\0\0\0"
    assert "no sound in it" in wrong(tmp_path, "header.wav", head)
    assert "no recording" in wrong(tmp_path, "text.wav", b"this is text, and no recording at all" * 9)
    assert "no recording" in wrong(tmp_path, "empty.wav", b"")
    assert "no recording" in wrong(tmp_path, "cut.flac", b"fLaC\0\0")
    assert "no MIDI file" in wrong(tmp_path, "text.mid", b"hello")
    assert "no MIDI file" in wrong(tmp_path, "empty.mid", b"")


def test_a_recording_of_nothing_and_one_without_numbers_are_one_line(tmp_path: Path) -> None:
    for name, x in (("quiet.wav", silence()), ("nan.wav", np.full(RATE, np.nan))):
        soundfile.write(tmp_path / name, x, RATE, subtype="FLOAT")
        with pytest.raises(BadInput, match=f"{name}: no hits heard"):
            listen_file(tmp_path / name)


def test_two_hours_are_one_line(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    frames = 2 * 3600 * 8000
    with path.open("wb") as file:  # a file with a hole in it: nothing is written but its header
        file.write(
            b"RIFF" + struct.pack("<I", 36 + frames) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
        )
        file.write(b"data" + struct.pack("<I", frames))
        file.truncate(44 + frames)
    with pytest.raises(BadInput, match="120 minutes long"):
        listen_file(path)


def test_an_acid_chunk_tells_the_tempo(tmp_path: Path) -> None:
    path = loop(tmp_path / "a.wav")
    content = path.read_bytes()
    acid = b"acid" + struct.pack("<IIHHfIHHf", 24, 0, 0, 0, 0.0, 8, 4, 4, 121.5)
    path.write_bytes(content[:4] + struct.pack("<I", len(content) - 8 + len(acid)) + content[8:] + acid)
    beats = listen_file(path).beats
    assert (beats.how, beats.bpm) == ("metadata", 121.5)


def test_a_folder_is_read_to_its_depth_and_a_bad_file_is_named_and_skipped(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    loop(tmp_path / "b.wav")
    loop(tmp_path / "in" / "a.flac")
    midi(tmp_path / "in" / "c.mid")
    (tmp_path / "bad.wav").write_text("no")
    (tmp_path / "notes.txt").write_text("no")
    steps: list[tuple[int, int]] = []
    heard, failed = listen_many([str(tmp_path)], progress=lambda done, total: steps.append((done, total)))
    assert [each.path.name for each in heard] == ["b.wav", "a.flac", "c.mid"]
    assert len(failed) == 1
    assert "bad.wav" in failed[0]
    assert steps[-1] == (4, 4)


def test_many_files_are_heard_by_several_processes_in_the_order_of_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "FEW", 2)
    for place in range(9):
        loop(tmp_path / f"{place}.wav", bars=1)
    (tmp_path / "4b.wav").write_text("no")
    heard, failed = listen_many([str(tmp_path / "*.wav")], split=True)
    assert [each.path.stem for each in heard] == [str(place) for place in range(9)]
    assert len(failed) == 1
    assert {row.lane for row in heard[0].rows} <= {"low", "mid", "high"}


def test_a_process_that_dies_loses_only_its_file(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.wav", "dies.wav", "z.wav")]
    answers = dict(folder._beside(deadly, files, lambda done, total: None))
    assert [answers[path] for path in files] == ["a", f"{files[1]}: listening to it ended the process that did", "z"]


def deadly(path: Path) -> str:
    if path.stem == "dies":
        os._exit(9)
    return path.stem


def test_every_file_is_progress(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        loop(tmp_path / name, bars=1)
    steps: list[tuple[int, int]] = []
    listen_many([str(tmp_path)], progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 2), (2, 2)]


def test_a_tempo_out_of_range_is_said_once_and_not_of_every_file(tmp_path: Path) -> None:
    loop(tmp_path / "a.wav")
    with pytest.raises(BadInput, match="bpm is a number from 40 to 300"):
        listen_many([str(tmp_path)], bpm=5000)
    with pytest.raises(BadInput, match="bars is a whole number"):
        listen_file(midi(tmp_path / "a.mid"), bars=1.5)  # type: ignore[arg-type]


def test_a_file_that_is_not_there_is_offered_its_nearest_name(tmp_path: Path) -> None:
    loop(tmp_path / "amen.wav")
    with pytest.raises(BadInput, match=r'did you mean "amen.wav"\?'):
        listen_file(tmp_path / "amne.wav")
    with pytest.raises(BadInput, match="there is no file"):
        listen_file(tmp_path / "nowhere" / "amen.wav")


def test_a_long_recording_heard_in_chunks_has_the_onsets_of_the_whole() -> None:
    x = put(silence(24.0), snare(), *(each * 0.5 for each in range(46)))
    whole, parts = onsets_in_chunks(x, RATE), onsets_in_chunks(x, RATE, chunk=5)
    assert len(whole) == len(parts) == 46
    for one, other in zip(whole, parts, strict=True):
        assert one.seconds == pytest.approx(other.seconds, abs=1e-4)
        assert one.strength == pytest.approx(other.strength, rel=0.1)


def test_one_channel_without_numbers_leaves_the_other_heard(tmp_path: Path) -> None:
    x, rate = soundfile.read(loop(tmp_path / "a.wav"), dtype="float32")
    soundfile.write(tmp_path / "b.wav", np.stack([x, np.full_like(x, np.nan)], axis=1), rate, subtype="FLOAT")
    assert len(listen_file(tmp_path / "b.wav").onsets) == 8


def test_names_that_name_nothing_say_so(tmp_path: Path) -> None:
    loop(tmp_path / "amen.wav")
    with pytest.raises(BadInput, match=r'did you mean "amen.wav"\?'):
        listen_many([str(tmp_path / "amne.wav")])
    with pytest.raises(BadInput, match="no file fits"):
        listen_many([str(tmp_path / "*.flac")])
    (tmp_path / "none").mkdir()
    with pytest.raises(BadInput, match="holds no recording"):
        listen_many([str(tmp_path / "none")])


def test_a_picture_shows_the_wave_its_onsets_and_the_rows(tmp_path: Path) -> None:
    lines = picture(listen_file(loop(tmp_path / "amen_120bpm.wav")), 64)
    assert lines[0].startswith("amen_120bpm.wav  2 bars at 120 bpm (file name, ")
    assert lines[1].count("╷") == 8
    assert len(lines[2].strip()) > 32
    assert lines[3].strip().lower().startswith("x---x---x---x---  bar 1")
    assert all(len(line) <= 64 for line in lines)
