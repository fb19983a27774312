"""The map of two latents: rows as dots, density, the point that plays, and what moves it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deepsteps_live.music import LiveSet, Track
from deepsteps_live.repl.latent_map import Plot, bar_text, map_part, picture, reach_of, strip
from deepsteps_live.repl.map_points import NOWHERE, Cloud, Clouds
from deepsteps_live.repl.panel import Panel
from deepsteps_live.repl.panel_view import MAP, Part, Scene, Spot, View
from deepsteps_live.session.instrument import Instrument
from tests.stage_helpers import wait_for
from tests.test_repl_editing import typed

pytestmark = pytest.mark.usefixtures("folders")

F3, TAB, BACK, HOME, END = "\x1bOR", "\t", "\x1b[Z", "\x1b[H", "\x1b[F"
RIGHT, UP, FAR = "\x1b[C", "\x1b[A", "\x1b[1;2D"

FLAT = replace(NOWHERE, covariance=((0.0,) * 4,) * 4)  # no density


def text(part: Part) -> list[str]:
    return ["".join(piece for _, piece in line) for line in part.lines]


def at(*latents: float, cloud: Cloud = FLAT) -> Scene:
    return Scene(LiveSet((Track("seq", latents=latents),)), cloud=cloud, view=View(MAP))


def latents(instrument: Instrument) -> tuple[float, ...]:
    found = instrument.session.live_set.track("seq").latents
    assert found is not None
    return tuple(float(value) for value in found)  # type: ignore[arg-type]


def test_the_point_stands_where_its_latents_are() -> None:
    lines = text(map_part(at(0, 0, 0, 0), 33, 12))
    assert [(y, line.index("◉")) for y, line in enumerate(lines) if "◉" in line] == [(5, 15)]


def test_a_point_far_outside_stays_on_the_map() -> None:
    assert "◉" in "".join(text(map_part(at(99, -99, 0, 0), 33, 12)))


def test_rows_are_dots() -> None:
    cloud = replace(FLAT, points=((-2.9, 2.9, 0, 0), (2.9, -2.9, 0, 0)))
    cells = picture(cloud, Plot(10, 5, 3.0), 0, 1)
    marked = [(x, y) for y, line in enumerate(cells) for x, (_, glyph) in enumerate(line) if glyph > "\u2800"]
    assert marked == [(0, 0), (9, 4)]


def test_the_density_is_shaded_where_it_lies() -> None:
    moved = replace(NOWHERE, mean=(1.5, 0.0, 0.0, 0.0))
    assert "".join(glyph for _, glyph in picture(moved, Plot(12, 5, 3.0), 0, 1)[2]) == "     ··░░░░·"


def test_the_map_reaches_as_far_as_its_rows() -> None:
    assert reach_of(NOWHERE, (0, 0, 0, 0)) == 3
    assert reach_of(replace(NOWHERE, points=((4.2, 0, 0, 0),)), (0, 0, 0, 0)) == 4.5
    assert reach_of(NOWHERE, (0, 0, 5.2, 0)) == 6


def test_every_cell_gives_back_its_values() -> None:
    plot = Plot(30, 12, 3.0)
    for x, y in ((0, 0), (17, 5), (29, 11)):
        column, line = plot.cell(*plot.values(x, y))
        assert (int(column), int(line)) == (x, y)


def test_a_place_of_the_map_is_a_point() -> None:
    spot = map_part(at(0, 0, 0, 0), 33, 13).find(29, 0)
    assert spot is not None
    assert (spot.kind, spot.track) == ("point", "seq")
    assert spot.point[0] > 2.5 < spot.point[1]


def test_strips_show_what_a_latent_does(instrument: Instrument) -> None:
    track = instrument.session.live_set.track("seq")
    decode = instrument.session.models.decode
    lines = strip(track.model, (0.0, 0.0, 0.0, 0.0), 2, 0.5, decode, 5)
    shown = ["".join(piece for _, piece in line) for line in lines]
    assert shown[0].startswith("c +0.00")
    assert shown[1][5:21] == bar_text(decode(track.model, (0.0, 0.0, 2.5, 0.0), 0.5))
    assert [style for (style, _), *_ in lines[1:]].index("class:strong") == 2


def test_the_nearest_row_is_known() -> None:
    cloud = Cloud(((0.0, 0, 0, 0), (2.0, 0, 0, 0)), ("one", "two"))
    assert cloud.nearest((1.5, 0, 0, 0)) == 1
    assert NOWHERE.nearest((0, 0, 0, 0)) is None


def test_the_rows_of_the_model_are_found_beside_the_music(instrument: Instrument) -> None:
    clouds = Clouds(instrument.session)
    hashed = instrument.session.models.default
    wait_for(lambda: len(clouds.cloud(hashed).points) == 512)
    assert len(clouds.cloud(hashed).sources) == 512


def test_the_rows_of_the_dataset_come_before_the_models(instrument: Instrument) -> None:
    instrument.run("capture(kick); capture(hat)")
    clouds = Clouds(instrument.session)
    hashed = instrument.session.models.default
    wait_for(lambda: len(clouds.cloud(hashed).points) == 2)
    assert clouds.cloud(hashed).sources[0].startswith("kick")


def test_arrows_move_the_point(instrument: Instrument) -> None:
    before = latents(instrument)
    now = latents(typed(instrument, F3, RIGHT, RIGHT, UP))
    assert now[:2] == pytest.approx((before[0] + 0.2, before[1] + 0.1), abs=0.02)
    assert now[2:] == before[2:]


def test_shift_moves_it_far(instrument: Instrument) -> None:
    before = latents(instrument)
    assert latents(typed(instrument, F3, FAR))[0] == pytest.approx(before[0] - 0.5, abs=0.02)


def test_tab_takes_another_latent(instrument: Instrument) -> None:
    before = latents(instrument)
    now = latents(typed(instrument, F3, TAB, RIGHT))
    assert (now[0], now[2]) == (before[0], pytest.approx(before[2] + 0.1, abs=0.02))


def test_home_is_the_mean(instrument: Instrument) -> None:
    assert latents(typed(instrument, F3, HOME)) == pytest.approx((0, 0, 0, 0), abs=0.01)


def test_a_line_that_is_being_typed_keeps_its_keys(instrument: Instrument) -> None:
    before = latents(instrument)
    typed(instrument, F3, "tempo = 19", "\x1b[D", "\x1b[C", "0\r")
    assert instrument.session.live_set.tempo == 190
    assert latents(instrument) == before


def test_the_mouse_puts_the_point(instrument: Instrument) -> None:
    panel = Panel(instrument)
    panel.view = View(MAP, across=1, up=3)
    panel._touch(Spot("point", "seq", 0, (1.25, -0.5)), begins=True)
    panel.hands.settle()
    assert latents(instrument)[1::2] == (1.25, -0.5)
