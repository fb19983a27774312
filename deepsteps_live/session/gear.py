"""The words of gear: where a track's notes go, what plays it, which knobs move what, how late a port is.

To add a word: a function that takes the instrument first, with a docstring whose first line is its help, and its row
in GEAR; of a track, one that takes the track's handle first, and its row in TRACK_GEAR.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deepsteps_live.errors import BadInput, number
from deepsteps_live.music import LiveSet, MidiIn, MidiOut, Track, Value
from deepsteps_live.session import learned
from deepsteps_live.session.aligning import align

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument
    from deepsteps_live.session.tracks import TrackHandle

MOST_MS = 1000.0
OPEN_WITHIN = 2.0  # seconds
TAKES_PLACES = ("learn", "unlearn")  # words whose first argument is a place, not what stands there


def midi_out(
    handle: TrackHandle, port: str | None = None, channel: int = 1, note: int | None = None, only: bool | None = None
) -> None:
    """Play gear too: seq.midi("Digitakt", channel=1), with only=True without the synth; seq.midi() ends it.

    Part of a port's name is enough; "virtual:NAME" makes a port. `note` is a drum's, General MIDI's when not given.
    """
    if port is None:
        handle._edit(midi=(), synth=True)
        return
    out = MidiOut(_name(port), channel, note)

    def put(live_set: LiveSet) -> LiveSet:
        track = live_set.track(handle.name)
        others = tuple(each for each in track.midi if (each.port, each.channel) != (out.port, out.channel))
        synth = track.synth if only is None else not only
        return live_set.but_track(handle.name, midi=(*others, out), synth=synth)

    handle._instrument.session.edit(put)
    _say_what_is_missing(handle._instrument, out.port)


def keys(handle: TrackHandle, port: str | None = None, channel: int | None = None, note: int | None = None) -> None:
    """Be played by MIDI, at once: seq.keys("Keystep"), kick.keys("pads", note=36); seq.keys() ends it.

    Part of a port's name is enough; "" is all ports.
    """
    if port is None:
        handle._edit(keys=())
        return
    wanted = MidiIn(str(port), channel, note)
    handle._instrument.session.edit(
        lambda live_set: live_set.but_track(handle.name, keys=(*_without(live_set.track(handle.name), wanted), wanted))
    )


def _without(track: Track, wanted: MidiIn) -> list[MidiIn]:
    return [each for each in track.keys if each != wanted]


class Controllers:
    """Control changes of a track: `seq.cc[74] = lfo(8, 0, 127)`, `del seq.cc[74]`."""

    def __init__(self, handle: TrackHandle) -> None:
        self._handle = handle

    def _pairs(self) -> dict[int, Value]:
        return dict(self._handle.track.cc)

    def __getitem__(self, controller: int) -> Value:
        found = self._pairs()
        if controller not in found:
            raise BadInput(
                f"{self._handle.name} sends no cc {controller}; {self._handle.name}.cc[{controller}] = 64 begins"
            )
        return found[controller]

    def __setitem__(self, controller: int, value: Any) -> None:
        if value is None:
            del self[controller]
            return
        name = self._handle.name

        def put(given: Any) -> None:
            self._handle._instrument.session.edit(
                lambda live_set: live_set.but_track(
                    name, cc=tuple({**dict(live_set.track(name).cc), controller: given}.items())
                )
            )

        self._handle._instrument.functions.assign(f"{name}.cc[{controller}]", value, "beat", put)

    def __delitem__(self, controller: int) -> None:
        self[controller]
        left = tuple(pair for pair in self._handle.track.cc if pair[0] != controller)
        self._handle._edit(cc=left)

    def __repr__(self) -> str:
        rows = [f"cc {controller:<3} {value!r}" for controller, value in self._pairs().items()]
        return (
            "\n".join(rows)
            or f"{self._handle.name} sends no control changes; {self._handle.name}.cc[74] = lfo(8, 0, 127)"
        )


def midi(instrument: Instrument) -> str:
    """The MIDI ports of this machine, and what goes where."""
    state = _midi_state(instrument)
    live_set = instrument.session.live_set
    rows = [f"out  {name}" for name in state.get("ports", [])] or ["out  none"]
    rows += [f"in   {name}" for name in state.get("sources", [])] or ["in   none"]
    for track in live_set:
        rows += [f"{track.name} -> {out.port} channel {out.channel}{_missing(state, out.port)}" for out in track.midi]
        rows += [f"{track.name} <- {place.port or 'every port'}" for place in track.keys]
    rows += [f"clock -> {port}{_missing(state, port)}" for port in live_set.clock_out]
    rows += [f"clock <- {live_set.clock}"] if live_set.clock != "internal" else []
    rows += [f"{name} {ms:+g} ms" for name, ms in state.get("offsets", {}).items()]
    return "\n".join(rows)


def learn(instrument: Instrument, place: str, low: float | None = None, high: float | None = None) -> str:
    """Let a knob move something: learn(a), then turn the knob; learn(kick.level, -24, 0) from one value to another.

    Kept for this machine. The range of a latent is in units of the data.
    """
    return instrument.midi_in.learn(str(place), low, high)


def unlearn(instrument: Instrument, place: str | None = None) -> str:
    """Let go of a knob: unlearn(a); unlearn() of all."""
    left = () if place is None else learned.without(instrument.midi_in.learned, str(place))
    gone = len(instrument.midi_in.learned) - len(left)
    instrument.midi_in.keep(left)
    return f"{gone} knob{'' if gone == 1 else 's'} let go of"


def knobs(instrument: Instrument) -> str:
    """What each knob moves."""
    rows = [str(row) for row in instrument.midi_in.learned]
    return "\n".join(rows) or "no knob is learned; learn(a), then turn one"


def offset(instrument: Instrument, port: str, ms: float | None = None) -> str:
    """Send everything to a port so many ms later, or earlier: offset("Digitakt", 12); also "link".

    Kept for this machine.
    """
    name = _name(port)
    if ms is not None:
        instrument.session.ask("offset", port=name, seconds=number("offset (ms)", ms, -MOST_MS, MOST_MS) / 1000)
        return f"{name} {float(ms):+g} ms"
    return f"{name} {_midi_state(instrument).get('offsets', {}).get(name, 0.0):+g} ms"


def _name(port: Any) -> str:
    if not isinstance(port, str) or not port.strip():
        raise BadInput('a MIDI port goes by its name, or a part of it: "Digitakt"; midi() lists them')
    return port.strip()


def _midi_state(instrument: Instrument) -> dict[str, Any]:
    link = instrument.session.link
    return {} if link is None else dict(link.state.get("midi", {}))


def _missing(state: dict[str, Any], port: str) -> str:
    return "" if state.get("outs", {}).get(port) else "  (not there)"


def _say_what_is_missing(instrument: Instrument, port: str) -> None:
    """A port that is not there is waited for; one line says so when it has had the time to open."""

    def look() -> None:
        state = _midi_state(instrument)
        if state and not state["outs"].get(port, True):
            there = ", ".join(state["ports"]) or "none"
            instrument.session.tell(f'no MIDI port "{port}" yet (there is {there}); it is taken up when it comes')

    if instrument.session.link is not None:
        timer = threading.Timer(OPEN_WITHIN, look)
        timer.daemon = True
        timer.start()


GEAR: dict[str, Callable[..., Any]] = {
    "midi": midi,
    "learn": learn,
    "unlearn": unlearn,
    "knobs": knobs,
    "offset": offset,
    "align": align,
}
