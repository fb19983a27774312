"""MIDI files: what is exported is read back equal, to a tick, and bytes that are none are one line."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import mido
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deepsteps_live.errors import BadInput
from deepsteps_live.listening import listen_file
from deepsteps_live.music import (
    RATES,
    LiveSet,
    Pattern,
    Score,
    Track,
    euclid,
    events,
    lfo,
    pattern,
    take_in,
)
from deepsteps_live.music.drums import GENERAL_MIDI
from deepsteps_live.repl.command_line import main
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.midi_file import TICKS, Feel, exported, feel_of
from deepsteps_live.session.patterns import pattern as typed
from deepsteps_live.session.patterns import pattern_for
from tests.strategies import decode, live_sets

BAR = 4 * TICKS
TOLERANCE = 1.01 / TICKS  # beats: rounded once, and once more where two hits would share a tick

quick = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def export(path: Path, live_set: LiveSet, bars: int) -> Path:
    path.write_bytes(exported(Score.of(live_set), bars, decode, path.stem).content)
    return path


def one(name: str = "kick", *, swing: float = 0.0, **fields: Any) -> LiveSet:
    """A set of one track."""
    return LiveSet((Track(name, **fields),), swing=swing)


def notes(path: Path) -> list[tuple[int, str, int, int, int]]:
    """(tick, track, channel, note, velocity) of every note-on, in order of time."""
    found = []
    for track in mido.MidiFile(path).tracks:
        tick = 0
        for message in track:
            tick += message.time
            if message.type == "note_on":
                found.append((tick, track.name, message.channel, message.note, message.velocity))
    return sorted(found)


# Read back equal.


@st.composite
def bars_of(draw: st.DrawFn, farthest: float) -> tuple[float, int, Pattern]:
    """A rate, a number of bars, and hits with velocities and offsets on as many steps."""
    rate = draw(st.sampled_from(sorted(RATES.values())))
    bars = draw(st.integers(1, int(64 // (4 * rate))))
    count = bars * int(4 * rate)
    lane = lambda values: tuple(draw(st.lists(values, min_size=count, max_size=count)))  # noqa: E731
    velocities = lane(st.floats(1 / 127, 1))
    return rate, bars, Pattern((True, *lane(st.booleans())[1:]), velocities, lane(st.floats(-farthest, farthest)))


def assert_equal(found: Pattern, wanted: Pattern, rate: float) -> None:
    assert found.hits == wanted.hits
    assert found.velocities == pytest.approx(wanted.velocities, abs=0.51 / 127)
    assert found.offsets == pytest.approx(wanted.offsets, abs=TOLERANCE * rate)
    assert found.ratchets == wanted.ratchets


@quick
@given(bars_of(0.39), st.floats(0, 1), st.floats(20, 300))
def test_hits_velocities_and_offsets_are_read_back_to_a_tick(
    tmp_path: Path, written: tuple[float, int, Pattern], swing: float, tempo: float
) -> None:
    rate, bars, wanted = written
    near = Pattern(wanted.hits, wanted.velocities, tuple(offset * (1 - 0.8 * swing) for offset in wanted.offsets))
    path = export(tmp_path / "a.mid", one(pattern=near, rate=rate, swing=swing).but(tempo=tempo), bars)
    assert_equal(typed(path, track="kick"), near, rate)


@quick
@given(bars_of(0.5), st.floats(0, 1))
def test_a_track_plays_what_was_read_back_as_before_to_a_tick(
    tmp_path: Path, written: tuple[float, int, Pattern], swing: float
) -> None:
    rate, bars, wanted = written
    before = one(pattern=wanted, rate=rate, swing=swing)
    path = export(tmp_path / "a.mid", before, bars)
    after = before.but_track("kick", pattern=typed(path, bars=bars))
    assert played(after, bars) == [pytest.approx(each, abs=2 * TOLERANCE) for each in played(before, bars)]


def played(live_set: LiveSet, bars: int) -> list[float]:
    return [event.beat for event in events(live_set, -1, 4 * bars + 2) if event.grid < 4 * bars]


@quick
@given(st.lists(st.sampled_from("-xX23456789"), min_size=16, max_size=16), st.floats(0, 0.6))
def test_rolls_are_read_back(tmp_path: Path, steps: list[str], swing: float) -> None:
    wanted = pattern("X" + "".join(steps[1:]))
    path = export(tmp_path / "a.mid", one(pattern=wanted, swing=swing), 1)
    assert_equal(typed(path), wanted, 4)


def test_a_roll_that_ends_early_is_read_back(tmp_path: Path) -> None:
    wanted = Pattern((True, True, False, False), ratchets=(2.5, 3.25, 1.0, 1.0))
    found = typed(export(tmp_path / "a.mid", one(pattern=wanted), 1))
    assert found.ratchets == pytest.approx(wanted.ratchets, abs=0.05)


def test_two_hits_in_one_tick_are_two_notes(tmp_path: Path) -> None:
    live_set = one(pattern=Pattern((True, True, False, False), offsets=(0.5, -0.5, 0, 0)))
    path = export(tmp_path / "a.mid", live_set, 1)
    assert [tick for tick, *_ in notes(path)][:2] == [TICKS / 8, TICKS / 8 + 1]
    assert typed(path).hits == (True, True, False, False)


def test_on_steps_of_another_rate_what_sounded_is_read(tmp_path: Path) -> None:
    path = export(tmp_path / "a.mid", one(pattern=pattern("xx"), swing=0.5), 1)
    assert typed(path, rate="1/32").offsets[3] == pytest.approx(-0.2, abs=TOLERANCE * 8)


@pytest.mark.parametrize("steps", [5, 7, 16, 17, 32])
def test_a_rhythm_of_its_own_length_is_read_back_as_long_as_it_was(tmp_path: Path, steps: int) -> None:
    path = export(tmp_path / "a.mid", one(pattern=euclid(3, steps), swing=0.3), 4)
    assert typed(path) == euclid(3, steps)


def test_hits_that_are_drawn_are_read_as_they_fell(tmp_path: Path) -> None:
    live_set = one(pattern=pattern("xxxx").chance(0.5))
    found = typed(export(tmp_path / "a.mid", live_set, 4))
    assert [step for step, hit in enumerate(found.hits) if hit] == [event.step for event in events(live_set, 0, 16)]


def test_swing_that_changes_on_the_way_is_no_offset(tmp_path: Path) -> None:
    straight = one(pattern=pattern("xxxxxxxxxxxxxxx-"))
    score = take_in(Score.of(straight), straight.but(swing=0.5), 3.5, whole=True)
    (tmp_path / "a.mid").write_bytes(exported(score, 2, decode, "a").content)
    assert typed(tmp_path / "a.mid").offsets == pytest.approx((0.0,) * 16, abs=0.01)


def test_a_track_that_was_silent_is_silent(instrument: Instrument) -> None:
    instrument.run('export("loop.mid")\nclap.pattern = "x---"\nclap.pattern = "loop.mid"')
    assert str(instrument.track("clap").track.pattern) == "-" * 16


def test_a_line_that_was_silent_beside_another_is_silent(tmp_path: Path) -> None:
    live_set = LiveSet((Track("seq", pattern=pattern("x--x"), pitches=(60,)), Track("bass", pitches=(36,))))
    path = export(tmp_path / "a.mid", live_set, 1)
    assert not any(pattern_for(live_set.track("bass"), path).hits)


def test_a_file_goes_to_the_prompt_and_back(instrument: Instrument) -> None:
    instrument.run('before = hat.pattern\nexport("loop.mid", bars=8)\nhat.pattern = "loop.mid"')
    assert_equal(instrument.track("hat").track.pattern, instrument.namespace["before"], 4)


# Which notes, which bars.


def foreign(path: Path, struck: list[tuple[float, int]], *, channel: int = 9, meter: tuple[int, int] = (4, 4)) -> Path:
    """A file of another program: (beat, note) of every hit."""
    track = mido.MidiTrack([mido.MetaMessage("time_signature", numerator=meter[0], denominator=meter[1])])
    now = 0
    for beat, note in sorted(struck):
        track.append(mido.Message("note_on", channel=channel, note=note, velocity=64, time=round(beat * 480) - now))
        now = round(beat * 480)
    mido.MidiFile(ticks_per_beat=480, tracks=[track]).save(path)
    return path


BEAT = [(0.0, 36), (1.0, 38), (1.5, 42), (2.0, 35), (2.5, 46), (3.0, 38), (3.5, 39)]


@pytest.mark.parametrize(
    ("asked", "steps"),
    [
        ({}, "x---x-x-x-x-x-x-"),
        ({"track": "kick"}, "x-------x-------"),
        ({"track": "snare"}, "----x-------x---"),
        ({"track": "clap"}, "--------------x-"),
        ({"note": 36}, "x---------------"),
        ({"rate": "1/8"}, "x-xxxxxx"),
        ({"rate": 2.0, "track": "hat"}, "---x----"),
    ],
)
def test_notes_are_asked_for_by_drum_or_number(tmp_path: Path, asked: dict[str, Any], steps: str) -> None:
    assert str(typed(foreign(tmp_path / "a.mid", BEAT), **asked)) == steps


@pytest.mark.parametrize("channel", [9, 0])
def test_a_drum_picks_its_own_notes(instrument: Instrument, channel: int) -> None:
    foreign(Path("a.mid"), BEAT, channel=channel)
    instrument.run('kick.pattern = "a.mid"\nsnare.pattern = "a.mid"')
    assert str(instrument.track("kick").track.pattern) == "x-------x-------"
    assert str(instrument.track("snare").track.pattern) == "----x-------x---"


def test_a_melody_gives_any_track_its_rhythm(instrument: Instrument) -> None:
    foreign(Path("a.mid"), [(0, 60), (0.75, 67), (1.5, 72)], channel=3)
    instrument.run('kick.pattern = "a.mid"')
    assert str(instrument.track("kick").track.pattern) == "x--x--x---------"


def test_a_track_of_the_file_is_asked_for_by_its_name(tmp_path: Path) -> None:
    live_set = LiveSet((Track("rim", pattern=pattern("x---")), Track("wood", pattern=pattern("--x-"))))
    path = export(tmp_path / "a.mid", live_set, 1)
    assert str(typed(path, track="Wood")) == "--x-"


def test_a_loop_that_repeats_is_given_once(tmp_path: Path) -> None:
    path = foreign(tmp_path / "a.mid", [(bar * 4 + beat, 36) for bar in range(4) for beat in (0, 2.25)])
    assert str(typed(path)) == "x--------x------"


def test_one_that_does_not_has_up_to_four_bars(tmp_path: Path) -> None:
    path = foreign(tmp_path / "a.mid", [(bar * 4 + bar / 4, 36) for bar in range(6)])
    assert [step for step, hit in enumerate(typed(path).hits) if hit] == [0, 17, 34, 51]
    assert [step for step, hit in enumerate(typed(path, bar=5, bars=2).hits) if hit] == [4, 21]


def test_a_hit_just_before_the_end_of_a_loop_is_its_first(tmp_path: Path) -> None:
    found = typed(foreign(tmp_path / "a.mid", [(2, 36), (3.95, 36)]))
    assert str(found) == "x-------x-------"
    assert found.offsets[0] == pytest.approx(-0.2)


@pytest.mark.parametrize(("meter", "steps"), [((3, 4), 12), ((6, 8), 12), ((7, 8), 14), ((5, 4), 20)])
def test_a_bar_is_as_long_as_the_files_meter_says(tmp_path: Path, meter: tuple[int, int], steps: int) -> None:
    assert len(typed(foreign(tmp_path / "a.mid", [(0, 36), (1, 36)], meter=meter))) == steps


def test_of_a_chord_the_loudest_counts(tmp_path: Path) -> None:
    struck = [
        mido.Message("note_on", note=note, velocity=velocity) for note, velocity in ((60, 30), (64, 90), (67, 50))
    ]
    mido.MidiFile(tracks=[mido.MidiTrack(struck)]).save(tmp_path / "a.mid")
    assert typed(tmp_path / "a.mid")[0] == pytest.approx(90 / 127)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"track": "kik"}, 'no track in a.mid "kik"; did you mean "kick"?'),
    ({"track": "ride"}, 'no track in a.mid "ride"; '),
    ({"note": 40}, "a.mid has no note 40; it has 35, 36, 38, 39, 42, 46"),
    ({"note": 128}, "a note is a number from 0 to 127, not 128"),
    ({"note": 36, "track": "kick"}, "a track or a note, not both"),
    ({"bars": 2}, "bars is a number from 1 to 1, not 2"),
    ({"bar": 2}, "the bar to begin with is a number from 1 to 1, not 2"),
    ({"rate": "1/17"}, 'no rate "1/17"; did you mean "1/1'),
]


@pytest.mark.parametrize(("asked", "said"), WRONG)
def test_what_a_file_does_not_have_is_said(tmp_path: Path, asked: dict[str, Any], said: str) -> None:
    path = foreign(tmp_path / "a.mid", BEAT)
    with pytest.raises(BadInput) as error:
        typed(path, **asked)
    assert str(error.value).startswith(said)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    foreign(tmp_path / "beat.mid", BEAT)
    with pytest.raises(BadInput, match=r'did you mean "beat\.mid"'):
        typed(str(tmp_path / "bat.mid"))


def test_steps_take_no_words_of_files() -> None:
    assert typed("x---") == pattern("x---")
    with pytest.raises(BadInput, match="go with a MIDI file"):
        typed("x---", bars=2)


# What stands in the file.


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(live_sets)
def test_every_event_is_a_note_and_every_note_ends_before_the_next_of_its_pitch(
    tmp_path: Path, live_set: LiveSet
) -> None:
    path = export(tmp_path / "a.mid", live_set, 2)
    heard = [event for event in events(live_set, -1, 11, decode) if event.grid < 8]
    early = BAR if any(round(event.beat * TICKS) < 0 for event in heard) else 0
    found: dict[str, list[int]] = defaultdict(list)
    for tick, name, *_ in notes(path):
        found[name].append(tick - early)
    for name in ("kick", "snare", "seq"):
        wanted = [event.beat * TICKS for event in heard if event.track == name]
        assert len(found[name]) == len(wanted)
    sounding: set[tuple[int, int]] = set()
    for message in mido.merge_tracks(mido.MidiFile(path).tracks):
        if message.type in ("note_on", "note_off"):
            place = (message.channel, message.note)
            assert (place in sounding) == (message.type == "note_off")
            sounding ^= {place}
    assert not sounding


def test_drums_are_on_channel_10_and_melodies_on_the_others(tmp_path: Path) -> None:
    drums = [Track(name, pattern=pattern("x")) for name in ("kick", "clap", "perc")]
    lines = [Track(f"line{place}", pattern=pattern("x"), pitches=(48,)) for place in range(10)]
    path = export(tmp_path / "a.mid", LiveSet((*drums, *lines), scale="chromatic"), 1)
    first = {name: (channel, note) for tick, name, channel, note, _ in notes(path) if tick == 0}
    assert [first[track.name] for track in drums] == [(9, GENERAL_MIDI[track.name]) for track in drums]
    assert [first[track.name][0] for track in lines] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 10]


def test_a_hit_before_beat_0_is_kept_in_a_bar_ahead_with_a_marker(tmp_path: Path) -> None:
    early = Pattern((True, False, False, False), offsets=(-0.25, 0, 0, 0))
    path = export(tmp_path / "a.mid", one(pattern=early), 1)
    assert notes(path)[0][0] == BAR - TICKS / 16
    conductor = mido.MidiFile(path).tracks[0]
    assert [(message.text, message.time) for message in conductor if message.type == "marker"] == [("1", BAR)]
    assert typed(path) == early


def test_a_gate_is_as_long_in_ticks_as_it_is_in_seconds(tmp_path: Path) -> None:
    path = export(tmp_path / "a.mid", one(pattern=pattern("x---"), gate=250.0).but(tempo=60), 1)
    first_off = next(message for message in mido.MidiFile(path).tracks[1] if message.type == "note_off")
    assert first_off.time == TICKS / 4


def tempos(path: Path) -> list[tuple[int, float]]:
    tick, found = 0, []
    for message in mido.MidiFile(path).tracks[0]:
        tick += message.time
        if message.type == "set_tempo":
            found.append((tick, round(mido.tempo2bpm(message.tempo), 2)))
    return found


def test_tempo_changes_stand_where_they_come_in(tmp_path: Path) -> None:
    slow = one(pattern=pattern("x---"))
    score = take_in(Score.of(slow), slow.but(tempo=90), 6.0, whole=True)
    (tmp_path / "a.mid").write_bytes(exported(score, 4, decode, "a").content)
    assert tempos(tmp_path / "a.mid") == [(0, 120), (2 * BAR, 90)]


def test_a_tempo_that_moves_is_written_as_it_moves(tmp_path: Path) -> None:
    path = export(tmp_path / "a.mid", one().but(tempo=lfo(4, 100, 140, "square")), 2)
    assert tempos(path) == [(0, 140), (TICKS * 2, 100), (TICKS * 4, 140), (TICKS * 6, 100)]


def test_a_tempo_that_a_file_cannot_say_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"3\.6 bpm or faster, not 2"):
        export(tmp_path / "a.mid", one().but(tempo=2), 1)


def test_the_file_is_as_long_as_its_bars(tmp_path: Path) -> None:
    path = export(tmp_path / "a.mid", one(pattern=pattern("x---------------")), 3)
    assert sum(message.time for message in mido.MidiFile(path).tracks[0]) == 3 * BAR


def test_a_name_in_any_letters_is_kept(tmp_path: Path) -> None:
    path = export(tmp_path / "a.mid", one("низ", pattern=pattern("x--x")), 1)
    assert str(typed(path, track="низ")) == "x--x"


@given(st.integers(1, 64), st.sampled_from(sorted(RATES.values())), st.floats(0, 1), st.integers(1, 10_000))
def test_what_a_lane_feels_like_is_read_as_it_was_written(steps: int, rate: float, swing: float, bars: int) -> None:
    feel = Feel(steps, rate, swing, bars)
    assert feel_of(str(feel)) == feel


# From the prompt and the command line.


def test_export_says_what_it_wrote(instrument: Instrument) -> None:
    said: list[str] = []
    instrument.run('kick.pattern = "x---"\nkick.solo = True', show=said.append)
    instrument.run('export("loop.mid", bars=2)', show=said.append)
    assert said[-1].endswith("loop.mid: 2 bars, 9 tracks, 8 notes")


def test_a_file_of_statements_is_exported_with_what_unfolds_in_it(
    folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("piece.py").write_text('tempo = 100\nkick.pattern = "x---"\nkick.solo = True\nwait(1)\ntempo = 140\n')
    assert main(["export", "piece.py", "piece.mid", "--bars", "3"]) == 0
    assert tempos(Path("piece.mid")) == [(0, 100), (BAR, 140)]
    assert capsys.readouterr().out == ""


def test_a_file_can_be_listened_to(instrument: Instrument) -> None:
    instrument.run('kick.pattern = "x--x"\nkick.solo = True\nexport("loop.mid", bars=2)')
    assert [str(row.pattern) for row in listen_file(Path("loop.mid")).rows] == ["x--xx--xx--xx--x"] * 2


# What is no MIDI file.


def test_five_thousand_mutated_files_are_read_or_are_one_line(tmp_path: Path) -> None:
    rng, path = random.Random(1), tmp_path / "a.mid"
    live_set = LiveSet((Track("kick", pattern=pattern("x--4")), Track("seq", pattern=euclid(5, 16), pitches=(48, 50))))
    plain = export(path, live_set, 1).read_bytes()
    for _ in range(5_000):
        path.write_bytes(mutated(plain, rng))
        for read in (typed, listen_file):
            try:
                read(path)
            except BadInput as error:
                assert "\n" not in str(error)
                assert len(str(error)) < 300


def mutated(content: bytes, rng: random.Random) -> bytes:
    found = bytearray(content)
    kinds = rng.choice((1, 5))  # bytes alone keep the file's shape, and so lead deeper into it
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(found) or 1)
        match rng.randrange(kinds):
            case 0:
                found[place : place + 1] = bytes([rng.randrange(rng.choice((128, 256)))])
            case 1:
                del found[place : place + rng.randrange(1, 20)]
            case 2:
                found[place:place] = rng.randbytes(rng.randrange(1, 9))
            case 3:
                found[place : place + 4] = rng.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xff\x51\x03\x00"))
            case 4:
                found[place:place] = b"\xff" * rng.choice((1, 9, 300))
    return bytes(found)


@pytest.mark.parametrize(
    ("ticks", "said"), [(-7768, "counts the frames of a film"), (0, "counts the frames of a film")]
)
def test_a_file_that_does_not_count_beats_is_refused(tmp_path: Path, ticks: int, said: str) -> None:
    path = foreign(tmp_path / "a.mid", BEAT)
    path.write_bytes(path.read_bytes()[:12] + ticks.to_bytes(2, "big", signed=True) + path.read_bytes()[14:])
    with pytest.raises(BadInput, match=said):
        typed(path)


def test_a_file_that_lasts_for_weeks_is_refused(tmp_path: Path) -> None:
    late = b"\xff" * 200 + b"\x7f\x90\x24\x40"
    head = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0MTrk"
    (tmp_path / "a.mid").write_bytes(head + len(late).to_bytes(4, "big") + late)
    for read in (typed, listen_file):
        with pytest.raises(BadInput, match="it lasts for weeks"):
            read(tmp_path / "a.mid")


def test_a_file_without_notes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has no notes in it"):
        typed(export(tmp_path / "a.mid", one(), 1))
