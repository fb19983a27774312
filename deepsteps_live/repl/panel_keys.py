"""Every key of the panel, as F1 shows them. To change a key: its row here, and its binding in `panel_bindings`."""

from __future__ import annotations

KEY_TABLE: tuple[tuple[str, str], ...] = (
    ("F1", "this list, and away again"),
    ("F2", "edit steps, and leave"),
    ("F3", "map of two latents of the track in focus, and leave"),
    ("F4", "hide the panel, show it"),
    ("Esc", "leave the list, the steps, the map"),
    ("edit: arrows", "move: the column is a step, the row is a track"),
    ("edit: space", "toggle the step"),
    ("edit: shift+arrows", "paint hits while moving"),
    ("edit: 1 to 9, 0", "velocity of the step, 9 the loudest; 0 is a rest"),
    ("edit: x", "erase while moving, until x again"),
    ("edit: c", "clear the row"),
    ("edit: m, s", "mute, solo the track"),
    ("edit: tab", "next track, and it gets the focus; shift+tab the one before"),
    ("edit: u", "undo"),
    ("map: arrows", "move the point (on an empty line), with shift five times as far"),
    ("map: tab", "another latent across; shift+tab another one up"),
    ("map: home, end", "to the mean; to the nearest training row"),
    ("mouse", "click or drag: toggle steps; name: focus, right button: mute"),
    ("mouse", "wheel on a latent moves it; click or drag on the map: the point"),
)

KEY_LINES = tuple(f" {key:<19}{does}" for key, does in KEY_TABLE)
