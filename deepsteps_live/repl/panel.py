"""The panel above the prompt: a thin shell that puts `panel_lines` into prompt_toolkit, 20 times a second at most."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition, is_done
from prompt_toolkit.layout import ConditionalContainer, Container, Dimension, HSplit, UIContent, UIControl, Window
from prompt_toolkit.mouse_events import MouseButton, MouseEvent, MouseEventType
from prompt_toolkit.output import Output
from prompt_toolkit.output.plain_text import PlainTextOutput
from prompt_toolkit.utils import is_dumb_terminal

from deepsteps_live.errors import no_such
from deepsteps_live.repl.editing import Hands, is_hit
from deepsteps_live.repl.grid import Line
from deepsteps_live.repl.map_points import NOWHERE, Clouds
from deepsteps_live.repl.panel_lines import height_of, machine, panel
from deepsteps_live.repl.panel_view import MAP, PLAY, Part, Scene, Spot, View
from deepsteps_live.repl.toolbar import toolbar
from deepsteps_live.session.instrument import Instrument

if TYPE_CHECKING:
    from prompt_toolkit.key_binding.key_bindings import NotImplementedOrNone

FRAME = 0.05  # seconds between looks at whether there is something new to draw
FIGURES = 0.2  # and to read other figures
NOTCH = 0.1  # data units that a wheel's notch moves a latent
HINTS = "F1 keys"


def drawable(output: Output) -> bool:
    """Whether a panel can be drawn: not to a file, and not on a terminal that cannot move its cursor."""
    return not isinstance(output, PlainTextOutput) and not is_dumb_terminal()


class Panel(UIControl):
    """What is looked at, and what keys and mouse do to it. `session.screen` is one."""

    def __init__(self, instrument: Instrument, *, shown: bool = True) -> None:
        self.instrument = instrument
        self.view = View()
        self.shown = shown
        self.note = ""  # a line about what went wrong
        self.hands = Hands(instrument, self._say, self._redraw)
        self._clouds = Clouds(instrument.session)
        self._part = Part([])
        self._paint: float | bool | None = False  # the velocity that a drag gives; False while there is none
        self._last: Spot | None = None
        self._toolbar: tuple[float, object, Line] = (0.0, None, [])
        self._app_redraw: Callable[[], None] = lambda: None

    # What the words of the prompt do.

    def panel(self, shown: bool | None) -> str:
        """Show it, hide it, or the other of the two."""
        self.shown = not self.shown if shown is None else shown
        return "F4 hides the panel, F1 lists its keys" if self.shown else "panel() or F4 shows the panel again"

    def latent_map(self, across: str, up: str) -> str:
        """Open the map of two latents."""
        names = "abcd"
        for name in (across, up):
            if name not in tuple(names):
                raise no_such("latent", name, names)
        self.shown = True
        self.view = View(MAP, across=names.index(across), up=names.index(up))
        return "arrows move the point, tab takes another latent, F3 leaves"

    # Drawing.

    def scene(self) -> Scene:
        """The music as it is."""
        session = self.instrument.session
        live_set = session.live_set
        scene = Scene(
            live_set,
            session.beat(),
            session.tempo(),
            session.link.state if session.link else {},
            self.instrument.trainer.progress,
            session.models.decode,
            NOWHERE,
            self.view,
        )
        if self.view.mode == MAP and scene.focus is not None:
            return replace(scene, cloud=self._clouds.cloud(scene.focus.model))
        return scene

    def draw(self, width: int, height: int) -> Part:
        """The panel's lines; when drawing fails, one line that says so."""
        try:
            return panel(self.scene(), width, height)
        except Exception as error:  # a picture is never worth the prompt
            return Part([[("class:alarm", f" panel: {type(error).__name__}: {error}"[:width])]])

    def height(self) -> int:
        """Lines that it wants in this terminal."""
        size = get_app().output.get_size()
        lines = get_app().current_buffer.document.line_count
        try:
            return height_of(self.scene(), size.columns, size.rows - min(lines - 1, size.rows // 2))
        except Exception:  # drawing says what it is
            return 1

    def toolbar(self) -> Line:
        """The line under the prompt: what the panel does not say. Figures there change five times a second at most."""
        made, key, line = self._toolbar
        now, new_key = time.monotonic(), (self.shown, self.note)
        if now - made > FIGURES or key != new_key:
            line = self._new_toolbar()
            self._toolbar = (now, new_key, line)
        return line

    def _new_toolbar(self) -> Line:
        try:
            if not self.shown or not self.height():
                return toolbar(self.instrument)
            note = [("fg:ansired", f" {self.note} ")] if self.note else []
            return [*note, *machine(self.scene(), HINTS)]
        except Exception as error:
            return [("fg:ansired", f" {type(error).__name__}: {error} ")]

    def create_content(self, width: int, height: int) -> UIContent:
        """What prompt_toolkit draws."""
        self._part = self.draw(width, min(height, self.height()))
        lines = self._part.lines
        return UIContent(lambda place: list(lines[place]), len(lines), show_cursor=False)

    def preferred_height(self, width: int, max_available_height: int, wrap_lines: bool, get_line_prefix: object) -> int:
        """Lines that it wants."""
        return self.height()

    def container(self, below: Container) -> Container:
        """The panel, and the prompt below it."""
        window = Window(self, height=lambda: Dimension(0, self.height(), self.height()), wrap_lines=False)
        return HSplit([ConditionalContainer(window, Condition(lambda: self.shown) & ~is_done), below])

    def follow(self) -> None:
        """While a line is edited, redraw when something has changed. Call it when the editing begins."""
        app = get_app()
        self._app_redraw = app.invalidate

        async def watch() -> None:
            before: object = None
            while True:
                self.hands.tick()
                size = app.output.get_size()
                now = (self.draw(size.columns, self.height()).lines if self.shown else [], self.toolbar())
                if now != before:
                    before = now
                    app.invalidate()
                await asyncio.sleep(FRAME)

        app.create_background_task(watch())

    # The mouse.

    def mouse_handler(self, mouse_event: MouseEvent) -> NotImplementedOrNone:
        """Toggle steps, put into focus, mute, move latents and the point of the map."""
        kind = mouse_event.event_type
        spot = self._part.find(mouse_event.position.x, mouse_event.position.y)
        if kind == MouseEventType.MOUSE_UP:
            self._paint, self._last = False, None
            self.hands.end()
        elif spot is None or (kind == MouseEventType.MOUSE_MOVE and mouse_event.button != MouseButton.LEFT):
            return NotImplemented
        elif kind in (MouseEventType.SCROLL_UP, MouseEventType.SCROLL_DOWN):
            return self._wheel(spot, NOTCH if kind == MouseEventType.SCROLL_UP else -NOTCH)
        elif mouse_event.button == MouseButton.RIGHT:
            if spot.kind == "name":
                self.hands.switch(spot.track, "mute")
        elif spot != self._last:
            self._touch(spot, begins=kind == MouseEventType.MOUSE_DOWN)
            self._last = spot
        return None

    def _wheel(self, spot: Spot, by: float) -> NotImplementedOrNone:
        if spot.kind != "latent":
            return NotImplemented
        self.hands.latents(spot.track, lambda now: {spot.value: now[spot.value] + by})
        return None

    def _touch(self, spot: Spot, *, begins: bool) -> None:
        session = self.instrument.session
        if spot.kind == "name" and begins:
            self.hands.focus(spot.track)
        elif spot.kind == "point":
            self.point(spot.track, spot.point)
        elif spot.kind == "step":
            if begins:
                beat = session.beat() or 0.0
                hit = is_hit(session.live_set, spot.track, spot.value, session.models.decode, beat)
                self._paint = 0.0 if hit else None
            if self._paint is not False:
                self.hands.step(spot.track, spot.value, self._paint, gesture=True)

    def point(self, track: str, point: tuple[float, float]) -> None:
        """Move the point of the map."""
        across, up = self.view.across, self.view.up
        self.hands.latents(track, lambda now: {across: point[0], up: point[1]})

    def _say(self, text: str) -> None:
        self.note = text

    def _redraw(self) -> None:
        self._app_redraw()

    def leave_mode(self) -> None:
        """Back to the tracks."""
        self.view = replace(self.view, mode=PLAY, erasing=False)
        self.note = ""
