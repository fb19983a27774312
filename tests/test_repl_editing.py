"""Hands on the steps: what keys and mouse do to the set, and that all of it can be undone and is saved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Point
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.mouse_events import MouseButton, MouseEvent, MouseEventType
from prompt_toolkit.output import DummyOutput

from deepsteps_live.music import NORMAL, LiveSet, Track, codec, events, no_model, pattern
from deepsteps_live.repl.editing import Hands, cleared, put_step
from deepsteps_live.repl.panel import Panel
from deepsteps_live.repl.prompt import run_prompt
from deepsteps_live.session.instrument import Instrument

pytestmark = pytest.mark.usefixtures("folders")

F2, F4, SPACE, TAB, BACK, ESC = "\x1bOQ", "\x1bOS", " ", "\t", "\x1b[Z", "\x1b"
LEFT, RIGHT, UP, DOWN, PAINT = "\x1b[D", "\x1b[C", "\x1b[A", "\x1b[B", "\x1b[1;2C"


def typed(instrument: Instrument, *keys: str) -> Instrument:
    """The instrument after these keys, Ctrl-C and Ctrl-D."""
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
        keyboard.send_text("".join(keys) + "\x03\x04")
        run_prompt(instrument)
    screen = instrument.session.screen
    assert isinstance(screen, Panel)
    screen.hands.settle()
    return instrument


def track(instrument: Instrument, name: str) -> Track:
    return instrument.session.live_set.track(name)


def own(instrument: Instrument, steps: str) -> None:
    """The clap plays a pattern of its own and has the focus."""
    instrument.run(f'clap.pattern = "{steps}"; focus = "clap"')


def made(instrument: Instrument, *steps: tuple[int, float | None]) -> LiveSet:
    live_set = instrument.session.live_set
    for step, velocity in steps:
        live_set = put_step(live_set, "kick", step, velocity, instrument.session.models.decode)
    return live_set


@pytest.fixture
def panel(instrument: Instrument) -> Iterator[Panel]:
    found = Panel(instrument)
    found._part = found.draw(80, 12)
    yield found
    found.hands.settle()


def touch(panel: Panel, kind: MouseEventType, x: int, y: int, button: MouseButton = MouseButton.LEFT) -> None:
    panel.mouse_handler(MouseEvent(Point(x, y), kind, button, frozenset()))


def click(panel: Panel, x: int, y: int, button: MouseButton = MouseButton.LEFT) -> None:
    touch(panel, MouseEventType.MOUSE_DOWN, x, y, button)
    touch(panel, MouseEventType.MOUSE_UP, x, y, button)
    panel.hands.settle()


def test_space_toggles_the_step_under_the_cursor(instrument: Instrument) -> None:
    own(instrument, "x---")
    assert str(track(typed(instrument, F2, SPACE, RIGHT, SPACE), "clap").pattern) == "-x--"


def test_arrows_go_round(instrument: Instrument) -> None:
    own(instrument, "----")
    assert str(track(typed(instrument, F2, LEFT, SPACE, RIGHT, RIGHT, SPACE), "clap").pattern) == "-x-x"


def test_shift_paints(instrument: Instrument) -> None:
    own(instrument, "------")
    assert str(track(typed(instrument, F2, RIGHT, PAINT, PAINT), "clap").pattern) == "-xxx--"


def test_digits_set_the_velocity(instrument: Instrument) -> None:
    own(instrument, "x-xx")
    typed(instrument, F2, "9", RIGHT, "3", RIGHT, "0")
    assert track(instrument, "clap").pattern.velocities == pytest.approx((1.0, 1 / 3, 0.0, NORMAL))


def test_x_erases_while_moving(instrument: Instrument) -> None:
    own(instrument, "xxxxx")
    assert str(track(typed(instrument, F2, RIGHT, "x", RIGHT, "x", RIGHT), "clap").pattern) == "x--xx"


def test_c_clears_the_row(instrument: Instrument) -> None:
    own(instrument, "xxxx")
    assert str(track(typed(instrument, F2, "c"), "clap").pattern) == "----"


def test_tab_changes_the_track_and_the_focus(instrument: Instrument) -> None:
    own(instrument, "----")
    typed(instrument, F2, TAB, TAB, BACK, SPACE)
    assert instrument.session.live_set.focus == "tom"
    assert str(track(instrument, "tom").pattern)[0] == "x"


def test_m_mutes_and_s_solos(instrument: Instrument) -> None:
    own(instrument, "x---")
    typed(instrument, F2, "ms")
    assert (track(instrument, "clap").mute, track(instrument, "clap").solo) == (True, True)


def test_u_undoes(instrument: Instrument) -> None:
    own(instrument, "x---")
    assert str(track(typed(instrument, F2, "c", "u"), "clap").pattern) == "x---"


def test_what_is_typed_after_the_steps_are_left_is_a_line_again(instrument: Instrument) -> None:
    own(instrument, "x---")
    typed(instrument, F2, F2, "tempo = 99\r")
    assert instrument.session.live_set.tempo == 99
    assert str(track(instrument, "clap").pattern) == "x---"


def test_a_stroke_of_paint_is_one_step_of_undo(instrument: Instrument) -> None:
    own(instrument, "------")
    typed(instrument, F2, PAINT, PAINT, PAINT)
    instrument.session.undo()
    assert str(track(instrument, "clap").pattern) == "------"
    instrument.session.redo()
    assert str(track(instrument, "clap").pattern) == "xxxx--"


def test_a_step_set_by_hand_stays_on_a_track_with_latents(instrument: Instrument) -> None:
    before = instrument.pattern("kick")
    live_set = made(instrument, (1, None), (0, 0.0))
    assert live_set.track("kick").overrides == ((0, 0.0), (1, NORMAL))
    instrument.session.edit(lambda _: live_set)
    now = instrument.pattern("kick")
    assert (now.hits[:2], now.hits[2:]) == ((False, True), before.hits[2:])


def test_what_the_model_makes_itself_is_no_override(instrument: Instrument) -> None:
    live_set = made(instrument, (0, 0.0), (0, None), (1, None), (1, 0.0))
    assert live_set.track("kick").overrides == ()


def test_another_velocity_on_a_hit_of_the_model_is_an_override(instrument: Instrument) -> None:
    assert made(instrument, (0, 0.25)).track("kick").overrides == ((0, 0.25),)


@pytest.mark.parametrize("text", ["kick.a = 1", "kick.latents = 0, 0, 0, 0", 'kick.pattern = "x"', 'model("groove")'])
def test_overrides_go_when_the_pattern_is_made_anew(instrument: Instrument, text: str) -> None:
    instrument.session.edit(lambda _: made(instrument, (1, None)))
    instrument.run(text)
    kept = () if text != 'model("groove")' else ((1, NORMAL),)  # it plays already
    assert track(instrument, "kick").overrides == kept


def test_overrides_stay_when_anything_else_changes(instrument: Instrument) -> None:
    instrument.session.edit(lambda _: made(instrument, (1, None)))
    instrument.run("kick.level = -6; tempo = 99; kick.tolerance = 0.4")
    assert track(instrument, "kick").overrides == ((1, NORMAL),)


def test_overrides_are_saved(instrument: Instrument) -> None:
    live_set = made(instrument, (1, None), (0, 0.0))
    assert codec.loads(codec.dumps(live_set))[0] == live_set


def test_overrides_are_heard() -> None:
    made = pattern("x---")
    kick = Track("kick", latents=(0, 0, 0, 0), overrides=((0, 0.0), (2, 0.9), (60, 1.0)))
    heard = events(LiveSet((kick,)), 0, 1, lambda model, latents, tolerance: made)
    assert [(event.step, event.velocity) for event in heard] == [(2, 0.9)]


def test_a_hit_that_gets_another_velocity_keeps_its_roll() -> None:
    live_set = put_step(LiveSet((Track("kick", pattern("4---")),)), "kick", 0, 0.9, no_model)
    assert live_set.track("kick").pattern.ratchets[0] == 4


def test_a_track_that_follows_edits_whom_it_follows() -> None:
    live_set = LiveSet((Track("kick", pattern("x---")), Track("hat", follows="kick")))
    assert str(cleared(live_set, "hat", no_model).track("kick").pattern) == "----"


def test_a_click_toggles_a_step(panel: Panel) -> None:
    click(panel, 16, 6)
    assert str(track(panel.instrument, "clap").pattern)[:4] == "-x--"


def test_a_drag_gives_all_steps_what_the_first_one_gets(panel: Panel) -> None:
    panel.instrument.run('clap.pattern = "x-xx------------"')
    touch(panel, MouseEventType.MOUSE_DOWN, 12, 6)
    for x in (16, 17, 20):
        touch(panel, MouseEventType.MOUSE_MOVE, x, 6)
    touch(panel, MouseEventType.MOUSE_UP, 20, 6)
    panel.hands.settle()
    assert str(track(panel.instrument, "clap").pattern)[:4] == "---x"
    panel.instrument.session.undo()
    assert str(track(panel.instrument, "clap").pattern)[:4] == "x-xx"


def test_a_click_on_a_name_puts_it_into_focus_and_a_right_click_mutes(panel: Panel) -> None:
    click(panel, 3, 4)
    click(panel, 3, 3, MouseButton.RIGHT)
    assert panel.instrument.session.live_set.focus == "hat"
    assert track(panel.instrument, "snare").mute


def test_a_wheel_moves_a_latent_in_one_step_of_undo(panel: Panel) -> None:
    before = track(panel.instrument, "seq").latents
    assert before is not None
    for _ in range(3):
        touch(panel, MouseEventType.SCROLL_UP, 25, 11)
    panel.hands.settle()
    now = track(panel.instrument, "seq").latents
    assert now is not None
    assert now[1] == pytest.approx(before[1] + 0.3, abs=0.011)
    panel.instrument.session.undo()
    assert track(panel.instrument, "seq").latents == before


def test_a_mouse_that_only_moves_does_nothing(panel: Panel) -> None:
    moved = MouseEvent(Point(12, 6), MouseEventType.MOUSE_MOVE, MouseButton.NONE, frozenset())
    assert panel.mouse_handler(moved) is NotImplemented


def test_an_edit_that_cannot_be_made_says_why(instrument: Instrument) -> None:
    said: list[str] = []
    hands = Hands(instrument, said.append, lambda: None)
    hands.focus("clap")
    hands.switch("nobody", "mute")
    hands.undo()
    hands.settle()
    assert [line.split(";")[0] for line in said] == ['no track "nobody"']
    assert instrument.session.live_set.focus == "seq"


def test_f4_hides_the_panel(instrument: Instrument) -> None:
    screen = typed(instrument, F4).session.screen
    assert isinstance(screen, Panel)
    assert not screen.shown
