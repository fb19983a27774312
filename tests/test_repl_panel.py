"""The panel as lines, without a terminal: what of the music is seen at which size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.output.plain_text import PlainTextOutput

from deepsteps_live.errors import BadInput
from deepsteps_live.music import LiveSet, Pattern, Track, pattern
from deepsteps_live.repl import grid
from deepsteps_live.repl.panel import Panel, drawable
from deepsteps_live.repl.panel_keys import KEY_TABLE
from deepsteps_live.repl.panel_lines import bar, curve, height_of, machine, panel, training
from deepsteps_live.repl.panel_view import EDIT, KEYS, MAP, Part, Scene, Spot, View
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.training import Progress
from tests.typing_in import shown as value_of

MODES = ("play", EDIT, MAP, KEYS)


def text(part: Part) -> list[str]:
    return ["".join(piece for _, piece in line) for line in part.lines]


def scene(*tracks: Track, **fields: object) -> Scene:
    return Scene(LiveSet(tracks, focus=tracks[0].name if tracks else "seq"), **fields)  # type: ignore[arg-type]


def row(track: Track, width: int = 80, **fields: object) -> str:
    return text(panel(scene(track, **fields), width, 12))[2]


def styles(track: Track, word: str, **fields: object) -> list[str]:
    line = panel(scene(track, **fields), 80, 12).lines[2]
    return [piece for style, piece in line if word in style]


def drawn(instrument: Instrument, width: int, rows: int, **fields: object) -> Part:
    session = instrument.session
    seen = Scene(session.live_set, decode=session.models.decode, **fields)  # type: ignore[arg-type]
    return panel(seen, width, height_of(seen, width, rows))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("width", "rows"), [(80, 24), (160, 50), (40, 24), (40, 12), (20, 11), (300, 100), (60, 10)])
def test_it_fits_every_size(instrument: Instrument, mode: str, width: int, rows: int) -> None:
    lines = text(drawn(instrument, width, rows, beat=5.3, view=View(mode)))
    assert len(lines) <= rows - 5
    assert max(len(line) for line in lines) <= width


@pytest.mark.parametrize(("width", "rows"), [(10, 24), (80, 6)])
def test_where_there_is_no_room_there_is_no_panel(instrument: Instrument, width: int, rows: int) -> None:
    assert height_of(Scene(instrument.session.live_set), width, rows) == 0


def test_all_tracks_and_latents_are_seen_in_a_small_terminal(instrument: Instrument) -> None:
    lines = text(drawn(instrument, 80, 24))
    names = [line[1:].split()[0] for line in lines[2:11]]
    assert names == [track.name for track in instrument.session.live_set]
    assert lines[11].split()[:2] == ["a", "-0.74"]


def test_a_large_terminal_shows_what_each_latent_does(instrument: Instrument) -> None:
    lines = text(drawn(instrument, 160, 50))
    assert sum(line.startswith(("+", "-")) for line in lines) == 10
    assert " c   -1.09" in "\n".join(lines)


def test_a_hit_is_as_high_as_it_is_loud() -> None:
    loud = Pattern((True,) * 4, (1.0, 0.5, 0.13, 0.0))
    assert row(Track("kick", loud))[11:27] == " ██  ▄▄  ▂▂  ▁▁ "


def test_loud_hits_are_bright_and_soft_ones_dim() -> None:
    kick = Track("kick", Pattern((True,) * 3, (1.0, 0.5, 0.1)))
    assert [styles(kick, word) for word in ("strong", "plain", "weak")] == [[" ██ "], [" ▄▄ "], [" ▁▁ "]]


def test_how_sure_a_step_is_is_a_shade() -> None:
    unsure = Pattern((True, True, False, False, False), probabilities=(0.7, 0.5, 0.4, 0.2, 0.05))
    assert row(Track("kick", unsure))[11:31] == " ▅▓  ▅▒  ▒▒  ░░  ·  "


def test_early_and_late_hits_are_marked() -> None:
    felt = Pattern((True,) * 3, offsets=(-0.2, 0.2, 0.01))
    assert row(Track("kick", felt))[11:23] == "‹▅▅  ▅▅› ▅▅ "
    assert row(Track("kick", felt, groove=0.1))[11:23] == " ▅▅  ▅▅  ▅▅ "


def test_a_roll_shows_its_count() -> None:
    assert row(Track("kick", pattern("4x-")))[11:23] == " ▅4  ▅▅  ·  "


@pytest.mark.parametrize(("width", "cells"), [(1, "▅▅·"), (2, "▅4▅ · "), (3, " ▅4 ▅  · ")])
def test_narrow_cells_keep_what_matters(width: int, cells: str) -> None:
    steps = pattern("4x-")
    made = grid.cells_of(steps, 3, 0, grid.Shape(0, 3, width), frozenset(), steps.offsets)
    assert "".join(piece for _, piece in made) == cells


def test_the_playhead_stands_on_the_step_that_sounds() -> None:
    kick = Track("kick", pattern("x-x-"))
    assert styles(kick, "playhead", beat=0.6) == [" ▅▅ "]
    assert styles(kick, "playhead", beat=0.3) == [" ·  "]
    assert styles(kick, "playhead") == []


def test_mute_solo_and_who_follows_are_flags() -> None:
    tracks = (Track("kick", solo=True), Track("snare", mute=True), Track("hat", follows="kick"))
    assert [line[9] for line in text(panel(scene(*tracks), 80, 12))[2:5]] == ["S", "M", "←"]


def test_a_track_that_a_solo_silences_is_soft() -> None:
    tracks = (Track("kick", pattern("x"), solo=True), Track("snare", pattern("x")))
    lines = panel(scene(*tracks), 80, 12).lines
    assert [style for style, piece in lines[3] if "▅" in piece] == ["class:soft"]


def test_64_steps_are_paged_with_the_playhead() -> None:
    long = Track("kick", pattern("x" + "-" * 47 + "X" + "-" * 15))
    assert "1/2" in row(long)
    assert "2/2" in row(long, beat=12.1)
    assert row(long, width=160).count("█") == 1


def test_a_length_shows_the_pattern_again() -> None:
    assert row(Track("kick", pattern("x---"), length=8)).count("▅▅") == 2


def test_more_tracks_than_lines_show_those_around_the_focus() -> None:
    many = LiveSet(tuple(Track(f"t{place}") for place in range(40)), focus="t30")
    names = [line[1:5].strip() for line in text(panel(Scene(many), 80, 12))[2:11]]
    assert "t30" in names


def test_the_head_says_where_the_music_is() -> None:
    kick = Track("kick")
    head = text(panel(scene(kick, beat=9.5, tempo=120.0, state={"recording": 3.9}), 80, 12))[0]
    assert head.split() == [
        "bar",
        "3",
        "·●··",
        "120",
        "bpm",
        "rec",
        "3",
        "s",
        "swing",
        "0",
        "C",
        "pentmin",
        "clock",
        "internal",
    ]


def test_the_line_below_says_how_the_machine_fares() -> None:
    state = {"cpu": 12.3, "synths": 14, "lookahead": 0.1456, "late_bundles": 2, "sound": False}
    line = "".join(piece for _, piece in machine(scene(Track("kick"), state=state)))
    assert line.split() == ["no", "sound", "server", "cpu", "12%", "voices", "14", "ahead", "146", "ms", "late", "2"]


def test_a_training_shows_the_curve_of_its_loss() -> None:
    assert training(Progress(40, 200, (8.0, 4.0, 2.0, 1.0), 1.5)) == "training 40/200  loss 1.00 █▄▂▁  1.5 s"
    assert training(Progress()) == "training"
    assert len(curve(tuple(range(1000)), 12)) == 12


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "───┼───"), (1, "───┼█──"), (-3, "███┼───"), (3.5, "───┼██▸"), (-9, "◂██┼───")]
)
def test_a_latent_is_a_bar_in_data_units(value: float, shown: str) -> None:
    assert bar(value, 7) == shown


def test_a_latent_that_moves_by_itself_has_a_mark(instrument: Instrument) -> None:
    instrument.run("c = lfo(8, -1, 1)")
    assert " c~" in text(drawn(instrument, 80, 24, beat=2.0))[11]


@pytest.mark.parametrize(
    ("x", "y", "spot"),
    [
        (2, 2, Spot("name", "kick")),
        (12, 2, Spot("step", "kick", 0)),
        (74, 3, Spot("step", "snare", 15)),
        (78, 3, None),
        (30, 0, None),
        (30, 1, None),
        (25, 11, Spot("latent", "seq", 1)),
    ],
)
def test_every_place_knows_what_stands_there(instrument: Instrument, x: int, y: int, spot: Spot | None) -> None:
    assert drawn(instrument, 80, 24).find(x, y) == spot


def test_every_key_is_listed(instrument: Instrument) -> None:
    lines = text(drawn(instrument, 80, 40, view=View(KEYS)))
    assert all(any(line.startswith(f" {key}") for line in lines) for key, _ in KEY_TABLE)


def test_a_set_without_tracks_is_drawn() -> None:
    assert text(panel(Scene(LiveSet()), 80, 12))[0].startswith(" stopped")


def test_an_error_in_drawing_is_one_line(instrument: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Panel(instrument)
    monkeypatch.setattr(instrument.session, "beat", lambda: "no beat")
    assert text(made.draw(80, 12))[0].startswith(" panel: TypeError")


def test_no_panel_is_drawn_to_a_file_or_on_a_dumb_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with (tmp_path / "out").open("w") as file:
        assert not drawable(PlainTextOutput(file))
    assert drawable(DummyOutput())
    monkeypatch.setenv("TERM", "dumb")
    assert not drawable(DummyOutput())


def test_the_words_of_the_panel(instrument: Instrument) -> None:
    assert "no panel here" in value_of(instrument, "panel()")
    instrument.session.screen = made = Panel(instrument)
    assert "F4" in value_of(instrument, "panel()")
    assert not made.shown
    value_of(instrument, 'latent_map("a", "c")')
    assert (made.shown, made.view) == (True, replace(View(), mode=MAP, across=0, up=2))
    with pytest.raises(BadInput, match='no latent "e"'):
        instrument.run('latent_map("a", "e")')
