"""The words of the prompt: commands that do something, and values to build with.

To add a command: a function that takes the instrument first, with a docstring whose first line is its help, and its
row in COMMANDS.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepsteps_live import engine, places
from deepsteps_live.errors import BadInput, number, whole
from deepsteps_live.music import (
    BEATS_PER_BAR,
    LiveSet,
    Pattern,
    Score,
    Track,
    choose,
    codec,
    euclid,
    lfo,
    ramp,
    walk,
)
from deepsteps_live.session.answering import ANSWERING
from deepsteps_live.session.gear import GEAR
from deepsteps_live.session.history import MOST_STATES, listed
from deepsteps_live.session.kits import KITS
from deepsteps_live.session.learning import LEARNING
from deepsteps_live.session.modelling import MODELLING
from deepsteps_live.session.paths import midi_file, take_file
from deepsteps_live.session.paths import save as write
from deepsteps_live.session.patterns import pattern
from deepsteps_live.session.running import RUNNING
from deepsteps_live.session.scenes import SCENES
from deepsteps_live.session.shared_scenes import Scene
from deepsteps_live.session.showing import picture
from deepsteps_live.session.sounds import patch_of
from deepsteps_live.session.tour import tour

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

NO_SCREEN = "there is no panel here; deepsteps on a terminal draws one"


def play(instrument: Instrument) -> None:
    """Start playing, at bar 1."""
    instrument.session.start()


def stop(instrument: Instrument) -> None:
    """Stop, at once."""
    if instrument.session.link is not None:
        instrument.session.ask("stop")


def panic(instrument: Instrument) -> None:
    """Silence everything that sounds now, and have MIDI gear forget everything; playing goes on."""
    if instrument.session.link is not None:
        instrument.session.ask("panic")


def undo(instrument: Instrument, times: int = 1) -> None:
    """Take back the last edits."""
    instrument.session.undo(times)


def redo(instrument: Instrument, times: int = 1) -> None:
    """Do again what was undone."""
    instrument.session.redo(times)


def history(instrument: Instrument, count: int = 20) -> str:
    """What was: the newest states with their numbers and what changed; back(12) goes to one."""
    past, models = instrument.session.history, instrument.session.models
    return listed(past.steps, past.current.number, whole("count", count, 1, MOST_STATES), models.name_of)


def back(instrument: Instrument, number: int) -> None:
    """Go to a state by its number in history(): back(12); undo() returns, and no state is lost."""
    instrument.session.back(number)


def add(instrument: Instrument, name: str, sound: Any = "bass") -> Any:
    """Add a track: add("bass"), add("ride", "default:8")."""
    patch = patch_of(sound)
    melodic = patch.synth != "drum"
    if not str(name).isidentifier() or instrument.find(str(name)) is not None:
        raise BadInput(f'a new track needs a free name, one word: add("bass"), not "{name}"')
    track = Track(
        str(name), sound=patch, pitches=(48,) * 16 if melodic else None, model=instrument.session.models.default
    )
    instrument.session.edit(lambda live_set: live_set.but(tracks=(*live_set.tracks, track)))
    return instrument.track(str(name))


def remove(instrument: Instrument, track: Any) -> None:
    """Remove a track: remove("bass")."""
    name = instrument.track(str(getattr(track, "name", track))).name
    instrument.session.edit(lambda live_set: _without(live_set, name))
    instrument.functions.leave(name)


def _without(live_set: LiveSet, name: str) -> LiveSet:
    left = tuple(track for track in live_set if track.name != name)
    focus = left[0].name if left and live_set.focus == name else live_set.focus
    return live_set.but(tracks=left, focus=focus)


def save(instrument: Instrument, name: str) -> str:
    """Save the set with its models and scenes: save("friday"). Where it went."""
    return write(_set_file(name), instrument.session.document().encode())


def load(instrument: Instrument, name: str) -> None:
    """Load a saved set with its scenes: load("friday"). Functions that ran on the old one end."""
    path = _set_file(name)
    try:
        live_set, arrays, kept = codec.loads_with_scenes(path.read_bytes(), str(name))
    except FileNotFoundError:
        known = sorted(file.stem for file in places.sets_folder().glob("*.json"))
        raise BadInput(f'no set "{name}"; saved are {", ".join(known) or "none yet"}') from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from None
    instrument.session.models.add(arrays)
    instrument.session.edit(lambda _: live_set)
    instrument.session.keep_scenes({name: Scene(found) for name, found in kept.items()})
    instrument.functions.jobs = {}


def rec(instrument: Instrument, file: str | None = None, apart: bool = False) -> str:
    """Record to a WAV: rec("take1.wav"); rec() ends it. apart=True takes outputs A and B in files of their own."""
    if file is None:
        seconds = instrument.session.ask("stop_recording")
        return f"recorded {seconds:.1f} s"
    path = take_file(file)
    instrument.session.ask("record", path=str(path), apart=bool(apart))
    return f"recording to {path}; rec() ends it"


def render(instrument: Instrument, file: str, bars: int = 4, apart: bool = False) -> str:
    """Render the set to a WAV, faster than real time: render("loop.wav", bars=8). apart=True as in rec()."""
    session = instrument.session
    path = take_file(file)
    count = whole("bars", bars, 1, 10_000)
    arrays = session.models.arrays(session.live_set)
    seconds = engine.bounce(Score.of(session.live_set), arrays, path, count, apart=bool(apart))
    return f"{path}: {count} bar{'s' * (count > 1)}, rendered in {seconds:.1f} s"


def export(instrument: Instrument, file: str, bars: int = 4) -> str:
    """Write the set to a MIDI file, a track for each of its own: export("loop.mid", bars=8)."""
    from deepsteps_live.session.midi_file import export_to  # heavy, and needed by few

    session = instrument.session
    path, count = midi_file(file), whole("bars", bars, 1, 10_000)
    return export_to(path, Score.of(session.live_set), count, session.models.decode)


def show(instrument: Instrument, what: Any, file: str | None = None) -> str:
    """A picture: show(kick), show(hat.pattern), show("default:3"), show("a.wav"), drawn by show(kick, "kick.png")."""
    return picture(instrument, what, file)


def wait(instrument: Instrument, bars: float) -> None:
    """Let the music play on for so many bars; what the next statements change lands there: wait(4)."""
    instrument.session.pass_time(number("bars", bars, 0, 10_000) * BEATS_PER_BAR)


def panel(instrument: Instrument, shown: bool | None = None) -> str:
    """Hide the panel above the prompt, or show it again: panel(), panel(False); F1 lists its keys."""
    screen = instrument.session.screen
    return NO_SCREEN if screen is None else screen.panel(None if shown is None else bool(shown))


def latent_map(instrument: Instrument, across: str = "a", up: str = "b") -> str:
    """Open the map of two latents of the track in focus: latent_map(), latent_map("a", "c"); arrows move the point."""
    screen = instrument.session.screen
    return NO_SCREEN if screen is None else screen.latent_map(str(across), str(up))


def words(instrument: Instrument, about: Any = None) -> str:
    """This list; help(kick), help("tempo") or help(play) says more."""
    from deepsteps_live.session.help import help_text  # which reads this file's tables

    return help_text(instrument, about)


def _set_file(name: str) -> Path:
    path = Path(str(name)).expanduser()
    if path.suffix == ".json":
        return path
    if len(path.parts) != 1:
        raise BadInput(f'a set goes by a word, save("friday"), or by a file, save("{name}.json")')
    return places.sets_folder() / f"{name}.json"


COMMANDS: dict[str, Callable[..., Any]] = {
    "play": play,
    "stop": stop,
    "panic": panic,
    "undo": undo,
    "redo": redo,
    "history": history,
    "back": back,
    "add": add,
    "remove": remove,
    **KITS,
    **RUNNING,
    **SCENES,
    "save": save,
    "load": load,
    "rec": rec,
    "render": render,
    "export": export,
    "show": show,
    "panel": panel,
    "latent_map": latent_map,
    "wait": wait,
    **LEARNING,
    **MODELLING,
    **ANSWERING,
    **GEAR,
    "tour": tour,
    "help": words,
}

VALUES: dict[str, Any] = {
    "pattern": pattern,
    "Pattern": Pattern,
    "euclid": euclid,
    "lfo": lfo,
    "ramp": ramp,
    "walk": walk,
    "choose": choose,
}
