"""What a performer holds in her hand: `kick`, and `kick.sound`. Assigning to them edits the set."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deepsteps_live import sound
from deepsteps_live.errors import BadInput, no_such
from deepsteps_live.music import Track, leader
from deepsteps_live.session import answering, gear, recording
from deepsteps_live.session.settings import LATENT_NAMES, TRACK_SETTINGS, latents_but, track_fields
from deepsteps_live.session.sounds import described, parameter_names, patch_of, read

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument


class TrackHandle:
    """A track of the set by its name. Its settings are in `settings.TRACK_SETTINGS`; `a b c d` are its latents."""

    def __init__(self, instrument: Instrument, name: str) -> None:
        object.__setattr__(self, "_instrument", instrument)
        object.__setattr__(self, "name", name)

    name: str
    _instrument: Instrument

    @property
    def track(self) -> Track:
        """The track as it is now."""
        return self._instrument.session.live_set.track(self.name)

    @property
    def sound(self) -> SoundHandle:
        """Its sound: `kick.sound.decay = 400`, `kick.sound = "kits/mine.mtpreset:1"`."""
        return SoundHandle(self._instrument, self.name)

    @property
    def patch(self) -> Any:
        """Its sound as a value."""
        return self.sound.patch

    def __getattr__(self, setting: str) -> Any:
        if setting in LATENT_NAMES:
            return (self.track.latents or (0.0,) * 4)[LATENT_NAMES.index(setting)]
        if setting not in TRACK_SETTINGS:
            raise _unknown(self.name, setting)
        if setting == "pattern":
            return self._instrument.pattern(self.name)
        return getattr(self.track, setting)

    def __setattr__(self, setting: str, value: Any) -> None:
        edits = self._instrument.session.edit
        functions = self._instrument.functions
        place = f"{self.name}.{setting}"
        if setting == "sound":
            patch = patch_of(value)
            edits(lambda live_set: live_set.but_track(self.name, sound=patch, toward=None, morph=0.0))
        elif setting == "model":
            hashed = self._instrument.session.models.load(str(value))
            edits(lambda live_set: live_set.but_track(self.name, model=hashed))
        elif setting in LATENT_NAMES:
            index = LATENT_NAMES.index(setting)
            put = self._putter(lambda value, track: {"latents": latents_but(track, index, value), "follows": ""})
            functions.assign(place, value, "beat", put)
        elif setting in TRACK_SETTINGS:
            put = self._putter(lambda value, track: track_fields(setting, value, track))
            functions.assign(place, value, TRACK_SETTINGS[setting].moves, put)
        elif setting == "name":
            raise BadInput(f"{self.name} keeps its name; remove({self.name}) and add() another")
        else:
            raise _unknown(self.name, setting)

    def follow(self, track: TrackHandle | str | None = None) -> None:
        """Take the rhythm of another track: seq.follow(kick); seq.follow() plays its own again."""
        if track is None:
            self._edit(follows="")
            return
        live_set = self._instrument.session.live_set
        lead = live_set.track(str(getattr(track, "name", track)))
        if leader(live_set, lead).name == self.name:
            raise BadInput(f"{lead.name} plays the rhythm of {self.name} already; follow another track")
        self._edit(follows=lead.name)

    def morph(self, other: Any = None, x: Any = 0.5) -> None:
        """Move its sound towards another: kick.morph("noise:1", 0.3); x may be a signal. kick.morph() is back."""
        functions = self._instrument.functions
        if other is None:
            functions.assign(f"{self.name}.morph", 0.0, "beat", self._putter(lambda value, track: {"morph": value}))
            self._edit(toward=None)
            return
        patch = patch_of(other)
        sound.morph(self.sound.patch, patch, 0)
        put = self._putter(lambda value, track: {"toward": patch, "morph": value})
        functions.assign(f"{self.name}.morph", x, "beat", put)

    @property
    def cc(self) -> gear.Controllers:
        """What its gear's controllers are set to: `seq.cc[74] = lfo(8, 0, 127)`."""
        return gear.Controllers(self)

    midi = gear.midi_out
    keys = gear.keys
    record = recording.record

    like = answering.like
    vary = answering.vary
    dream = answering.dream

    def _edit(self, **fields: Any) -> None:
        self._instrument.session.edit(lambda live_set: live_set.but_track(self.name, **fields))

    def _putter(self, fields: Callable[[Any, Track], dict[str, Any]]) -> Callable[[Any], None]:
        def put(value: Any) -> None:
            self._instrument.session.edit(
                lambda live_set: live_set.but_track(self.name, **fields(value, live_set.track(self.name)))
            )

        return put

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TrackHandle) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __dir__(self) -> list[str]:
        return sorted([*TRACK_SETTINGS, *TRACK_METHODS, "sound", "cc", *LATENT_NAMES, "name"])

    def __repr__(self) -> str:
        track, pattern = self.track, self.pattern
        driven = f"  latents {', '.join(_brief(value) for value in track.latents)}" if track.latents is not None else ""
        if track.follows:
            driven = f"  follows {track.follows}"
        moved = f", {_brief(track.morph)} of the way to {track.toward.name}" if track.toward else ""
        muted = "  muted" if track.mute else ""
        return f"{self.name:8} {pattern}  {track.sound.name if track.sound else 'no sound'}{moved}{driven}{muted}"

    __str__ = __repr__


TRACK_METHODS = {  # what a track does; all else is settings
    "follow": TrackHandle.follow,
    "morph": TrackHandle.morph,
    "like": TrackHandle.like,
    "vary": TrackHandle.vary,
    "dream": TrackHandle.dream,
    "midi": TrackHandle.midi,
    "keys": TrackHandle.keys,
    "record": TrackHandle.record,
}


class SoundHandle:
    """The sound of a track. Its parameters, in ms, Hz, dB and %, are in `sound.PARAMETERS`."""

    def __init__(self, instrument: Instrument, track: str) -> None:
        object.__setattr__(self, "_instrument", instrument)
        object.__setattr__(self, "_track", track)

    _instrument: Instrument
    _track: str

    @property
    def patch(self) -> Any:
        """The patch as a value: `snare.sound = kick.sound.patch`."""
        patch = self._instrument.session.live_set.track(self._track).sound
        if patch is None:
            raise BadInput(f'{self._track} has no sound; give it one: {self._track}.sound = "default:1"')
        return patch

    def __getattr__(self, parameter: str) -> Any:
        if parameter.startswith("_"):
            raise AttributeError(parameter)
        return read(self.patch, parameter)

    def __setattr__(self, parameter: str, value: Any) -> None:
        patch = sound.turn(self.patch, parameter, value)
        self._instrument.session.edit(lambda live_set: live_set.but_track(self._track, sound=patch))

    def __dir__(self) -> list[str]:
        return parameter_names(self.patch)

    def __repr__(self) -> str:
        return described(self.patch)


def _unknown(track: str, setting: str) -> Exception:
    if setting.startswith("_"):
        return AttributeError(setting)
    if setting in TRACK_METHODS:
        return BadInput(f"{setting} is called, not set: {track}.{setting}(...); help({setting!r}) says more")
    return no_such("track setting", setting, [*TRACK_SETTINGS, *TRACK_METHODS, "sound", "cc", *LATENT_NAMES])


def _brief(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float | int) else f"{value.name}()"
