"""How the panel looks: the terminal's own colours only, so that it is legible on light and on dark."""

from __future__ import annotations

from prompt_toolkit.styles import Attrs, Style

_DIM = "dim" if "dim" in Attrs._fields else ""  # older releases of prompt_toolkit know no dim

STYLES = {
    "strong": "bold",
    "plain": "",
    "weak": _DIM,
    "soft": _DIM,
    "beat": "",
    "focus": "bold fg:ansicyan",
    "flag": "bold fg:ansimagenta",
    "alarm": "bold fg:ansired",
    "meter": "fg:ansigreen",
    "dot": "bold fg:ansicyan",
    "playhead": "reverse",
    "cursor": "bold reverse fg:ansimagenta",
}

STYLE = Style.from_dict(STYLES)
