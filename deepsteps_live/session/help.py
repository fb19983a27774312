"""What help() says, from the same tables as the code."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

from deepsteps_live.errors import BadInput, no_such
from deepsteps_live.model import STYLES
from deepsteps_live.music import SCALES
from deepsteps_live.session import commands
from deepsteps_live.session.settings import LATENT_NAMES, SET_SETTINGS, TRACK_SETTINGS
from deepsteps_live.session.sounds import described
from deepsteps_live.session.tracks import TRACK_METHODS, SoundHandle, TrackHandle

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

STYLE_NAMES = tuple(STYLES)
QUESTION = re.compile(r"\s*\??\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,2})\s*\??\s*")  # kick? ?kick kick.sound?

LATENT = "the latents of the track in focus, in units of the data: a = 0.4, b = lfo(8), c = lambda beat: ..."
SOUND = 'its sound: "kits/mine.mtpreset:1", "default:1", a synth, or kick.sound.decay = 400'


def help_text(instrument: Instrument, about: Any = None) -> str:
    """Help on a name, a track, a sound or a command; on everything without one."""
    if about is None:
        return _everything(instrument)
    if isinstance(about, str) and any(track.name == about for track in instrument.session.live_set):
        about = instrument.track(about)
    if isinstance(about, str) and "." in about:
        about = _on_track(instrument, about)
        if isinstance(about, str) and about in TRACK_SETTINGS:
            return f"{about}: {TRACK_SETTINGS[about].help}"
    if isinstance(about, TrackHandle):
        return _rows(f"{about.name}.", _track())
    if isinstance(about, SoundHandle):
        return described(about.patch)
    name = about if isinstance(about, str) else str(getattr(about, "__name__", type(about).__name__.lower()))
    texts = {**_commands(), **_values(), **{name: setting.help for name, setting in SET_SETTINGS.items()}}
    texts |= {name: setting.help for name, setting in TRACK_SETTINGS.items() if name not in texts}
    texts |= {name: _first_line(method) for name, method in TRACK_METHODS.items() if name not in texts}
    texts |= {**dict.fromkeys(LATENT_NAMES, LATENT), "sound": SOUND}
    name = "scale" if name in SCALES else name
    styles = "".join(f"\n  {style:<8} {row.line}" for style, row in STYLES.items())
    texts["train"] = f"{texts['train']}{styles}"
    texts["scale"] = f"{texts['scale']}: {', '.join(SCALES)}"
    if name in texts:
        return f"{name}{_arguments(name)}: {texts[name]}"
    if isinstance(about, str):
        raise no_such("help on", name, texts)
    raise BadInput(f'help() explains words, not {about!r:.40}: help("tempo"), help(kick), help(play)')


def asked(text: str) -> str:
    """A block that asks, `kick?`, as the one that answers, `help("kick")`; other blocks as they are."""
    if "?" not in text or (found := QUESTION.fullmatch(text)) is None:
        return text
    return f'help("{found[1]}")'


def _on_track(instrument: Instrument, place: str) -> Any:
    """What help("kick.level") and help("kick.sound") are about."""
    name, _, rest = place.partition(".")
    handle = instrument.track(name)
    return handle.sound if rest == "sound" else rest.rpartition(".")[2]


def _everything(instrument: Instrument) -> str:
    tracks = " ".join(track.name for track in instrument.session.live_set)
    return "\n".join(
        (
            f"tracks    {tracks}",
            "",
            _rows("", {name + _arguments(name): text for name, text in {**_commands(), **_values()}.items()}),
            "",
            _rows("", {name: setting.help for name, setting in SET_SETTINGS.items()}),
            _rows("", {" ".join(LATENT_NAMES): LATENT}),
            "",
            _rows("kick.", _track()),
        )
    )


def _track() -> dict[str, str]:
    does = {f"{name}({_names(method)})": _first_line(method) for name, method in TRACK_METHODS.items()}
    return {**{name: setting.help for name, setting in TRACK_SETTINGS.items()}, "sound": SOUND, **does}


def _commands() -> dict[str, str]:
    return {name: _first_line(function) for name, function in commands.COMMANDS.items()}


def _values() -> dict[str, str]:
    return {name: _first_line(value) for name, value in commands.VALUES.items()}


def _arguments(name: str) -> str:
    function = commands.COMMANDS.get(name) or commands.VALUES.get(name)
    if function is None:
        return ""
    return f"({_names(function)})"


def _names(function: Any) -> str:
    names = inspect.signature(function).parameters
    return ", ".join(name for name in names if name not in ("instrument", "self", "handle"))


def _first_line(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").split("\n", 1)[0]


def _rows(before: str, rows: dict[str, str]) -> str:
    width = max(len(before + name) for name in rows) + 2
    return "\n".join(f"{before + name:<{width}}{text}" for name, text in rows.items())
