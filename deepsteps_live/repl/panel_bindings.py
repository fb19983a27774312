"""What the keys of the panel do; `panel_keys` lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from deepsteps_live.music import leader, pattern_at
from deepsteps_live.repl.grid import length_of
from deepsteps_live.repl.panel import NOTCH, Panel
from deepsteps_live.repl.panel_view import EDIT, KEYS, MAP, PLAY, View

ARROWS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
FAR = 5  # times as far with shift


def panel_bindings(panel: Panel) -> KeyBindings:
    """The keys; those of the map leave a line that is being typed alone."""
    keys = KeyBindings()
    _modes(keys, panel)
    _edit(keys, panel)
    _map(keys, panel)
    return keys


def _modes(keys: KeyBindings, panel: Panel) -> None:
    def toggle(mode: str) -> Callable[[KeyPressEvent], None]:
        def press(event: KeyPressEvent) -> None:
            panel.hands.end()
            panel.note = ""
            panel.shown = True
            begun = Editor(panel).begin() if mode == EDIT else panel.view
            leaving = panel.view.mode == mode
            panel.view = replace(begun, mode=PLAY if leaving else mode, erasing=False)

        return press

    for key, mode in (("f1", KEYS), ("f2", EDIT), ("f3", MAP)):
        keys.add(key)(toggle(mode))

    @keys.add("f4")
    def _(event: KeyPressEvent) -> None:
        panel.leave_mode()
        panel.panel(None)

    @keys.add("escape", filter=Condition(lambda: panel.view.mode != PLAY), eager=True)
    def _(event: KeyPressEvent) -> None:
        panel.leave_mode()


def _edit(keys: KeyBindings, panel: Panel) -> None:
    editing = Condition(lambda: panel.shown and panel.view.mode == EDIT)
    editor = Editor(panel)

    def bind(key: str, do: Callable[[], None]) -> None:
        keys.add(key, filter=editing, eager=True)(lambda event: do())

    for name, (x, y) in ARROWS.items():
        bind(name, lambda x=x, y=y: editor.go(x, y))  # type: ignore[misc]
        bind(f"s-{name}", lambda x=x, y=y: editor.paint(x, y))  # type: ignore[misc]
    for digit in range(10):
        bind(str(digit), lambda digit=digit: editor.put(digit / 9))  # type: ignore[misc]
    bind(" ", editor.toggle)
    bind("x", editor.erase)
    bind("c", lambda: panel.hands.clear(editor.name))
    bind("m", lambda: panel.hands.switch(editor.name, "mute"))
    bind("s", lambda: panel.hands.switch(editor.name, "solo"))
    bind("u", panel.hands.undo)
    bind("tab", lambda: editor.track(1))
    bind("s-tab", lambda: editor.track(-1))

    @keys.add("enter", filter=editing, eager=True)
    @keys.add(Keys.Any, filter=editing)
    def _(event: KeyPressEvent) -> None:
        panel.note = "Esc leaves the steps"


class Editor:
    """The cursor of the edit mode."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    @property
    def name(self) -> str:
        """The track that it is on."""
        tracks = self._panel.instrument.session.live_set.tracks
        return tracks[min(self._panel.view.row, len(tracks) - 1)].name

    def begin(self) -> View:
        """The view with the cursor on the track in focus."""
        live_set = self._panel.instrument.session.live_set
        names = [track.name for track in live_set]
        row = names.index(live_set.focus) if live_set.focus in names else 0
        return replace(self._panel.view, row=row, step=0)

    def go(self, x: int, y: int) -> None:
        """Move; erase where it comes when it erases."""
        self._move(x, y)
        if self._panel.view.erasing:
            self._set(0.0, gesture=True)

    def paint(self, x: int, y: int) -> None:
        """A hit here and one where it goes."""
        self._set(None, gesture=True)
        self._move(x, y)
        self._set(None, gesture=True)

    def put(self, velocity: float) -> None:
        """A velocity, 0 to 1."""
        self._set(velocity)

    def toggle(self) -> None:
        """A rest where there is a hit, a hit where there is none."""
        self._panel.hands.toggle(self.name, self._panel.view.step)

    def erase(self) -> None:
        """Erase from here on, or no more."""
        panel = self._panel
        panel.view = replace(panel.view, erasing=not panel.view.erasing)
        if panel.view.erasing:
            self._set(0.0, gesture=True)

    def track(self, by: int) -> None:
        """Another track, into focus."""
        self._move(0, by)
        self._panel.hands.focus(self.name)

    def _set(self, velocity: float | None, *, gesture: bool = False) -> None:
        self._panel.hands.step(self.name, self._panel.view.step, velocity, gesture=gesture)

    def _move(self, x: int, y: int) -> None:
        session = self._panel.instrument.session
        live_set, view = session.live_set, self._panel.view
        row = (view.row + y) % len(live_set.tracks)
        track = live_set.tracks[row]
        pattern = pattern_at(live_set, track, session.beat() or 0.0, session.models.decode)
        length = length_of(leader(live_set, track), pattern)
        step = (view.step + x) % length if x else min(view.step, length - 1)
        self._panel.view = replace(view, row=row, step=step)


def _map(keys: KeyBindings, panel: Panel) -> None:
    empty = Condition(lambda: panel.shown and panel.view.mode == MAP and not get_app().current_buffer.text)

    def bind(key: str, do: Callable[[], None]) -> None:
        keys.add(key, filter=empty, eager=True)(lambda event: do())

    def move(x: int, y: int, far: float) -> None:
        across, up = panel.view.across, panel.view.up
        by = NOTCH * far
        focus = panel.instrument.session.live_set.focus
        panel.hands.latents(focus, lambda now: {across: now[across] + x * by, up: now[up] - y * by})

    for name, (x, y) in ARROWS.items():
        bind(name, lambda x=x, y=y: move(x, y, 1))  # type: ignore[misc]
        bind(f"s-{name}", lambda x=x, y=y: move(x, y, FAR))  # type: ignore[misc]

    def other(across: int, up: int) -> None:
        view = replace(panel.view, across=(panel.view.across + across) % 4, up=(panel.view.up + up) % 4)
        if view.across == view.up:
            view = replace(view, across=(view.across + across) % 4, up=(view.up + up) % 4)
        panel.view = view

    def jump(*, nearest: bool) -> None:
        focus = panel.instrument.session.live_set.focus
        cloud = panel.scene().cloud

        def change(now: tuple[float, ...]) -> dict[int, float]:
            row = cloud.nearest(now) if nearest else None
            return dict(enumerate(cloud.mean if row is None else cloud.points[row]))

        panel.hands.latents(focus, change)

    bind("tab", lambda: other(1, 0))
    bind("s-tab", lambda: other(0, 1))
    bind("home", lambda: jump(nearest=False))
    bind("end", lambda: jump(nearest=True))
