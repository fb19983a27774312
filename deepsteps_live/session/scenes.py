"""Scenes: the set as it was, put by under a name, recalled on the bar, and everything between two of them.

Numbers and signals lie between those of the two scenes, sounds too where one synth plays both; what is discrete
(patterns, scales, mutes, tracks) switches at one half. STAYS is of the stage, and no scene changes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from deepsteps_live import sound
from deepsteps_live.errors import BadInput, no_such, number
from deepsteps_live.music import (
    KEYS,
    Groove,
    LiveSet,
    Signal,
    Table,
    Track,
    Value,
    pattern_at,
    tempo_at,
    value_at,
)
from deepsteps_live.music.signals import Lfo, Ramp, Walk
from deepsteps_live.session.controls import RANGES
from deepsteps_live.session.settings import SET_SETTINGS, TRACK_SETTINGS, Setting
from deepsteps_live.session.shared_scenes import Scene

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

STAYS = ("quant", "focus", "clock", "clock_out")
WAY = "go"  # the name under which a way between two scenes runs
LONGEST = 40  # characters of a name

Blend = Callable[[Value, Value], Value]  # of what stands in one scene and in the other


def scene(instrument: Instrument, name: int | str) -> str:
    """Put the set by as it is: scene(1), scene("drop"); go(1) brings it back, save() keeps it with the set."""
    session, word = instrument.session, _word(name)
    kept = Scene(session.live_set, instrument.functions.assigned())
    session.keep_scenes({**session.scenes, word: kept})
    return f"scene {word}: {_brief(session.live_set)}"


def go(instrument: Instrument, first: int | str, second: int | str | None = None, x: Any = 0.5) -> None:
    """Recall a scene on the bar: go(1), go("drop"); go(1, 2, 0.3) is between two; x may be a signal or a function."""
    one = _scene(instrument, first)
    if second is None:
        _recall(instrument, one)
        return
    two = _scene(instrument, second).live_set
    functions = instrument.functions
    if isinstance(x, Signal):
        moving = x
        x = lambda beat: value_at(moving, beat)  # noqa: E731
    elif not callable(x):
        x = _share(x)
    functions.end_assigned()

    def put(along: Any) -> None:
        made = between(one.live_set, two, along)
        instrument.session.edit(lambda now: _on_stage(made, now))

    functions.assign(WAY, x, "beat", put)


def scenes(instrument: Instrument) -> str:
    """The scenes, as music; the one that plays with a star."""
    kept, now = instrument.session.scenes, instrument.session.live_set
    if not kept:
        return "no scenes yet; scene(1) puts the set by"
    return "\n\n".join(
        _listed(instrument, name, found.live_set, plays=_on_stage(found.live_set, now) == now)
        for name, found in kept.items()
    )


def forget_scene(instrument: Instrument, name: int | str) -> None:
    """Forget a scene: forget_scene(1); undo() brings it back."""
    _scene(instrument, name)
    session, word = instrument.session, _word(name)
    session.keep_scenes({each: found for each, found in session.scenes.items() if each != word})


def between(first: LiveSet, second: LiveSet, x: Value) -> LiveSet:
    """The set between two: at 0 the first, at 1 the second, 0 to 1.

    A Table of x, of the bar that plays and the one that comes, makes Tables of what may move; the rest is as the
    coming bar's first x says.
    """
    if x == 0 or x == 1:
        return second if x else first
    near = second if _coming(x) >= 0.5 else first
    others = {track.name: track for track in (first if near is second else second)}
    tracks = tuple(
        track
        if track.name not in others
        else _track_between(*((others[track.name], track) if near is second else (track, others[track.name])), x)
        for track in near
    )
    return near.but(tracks=tracks, **_settings(first, second, x, SET_SETTINGS))


def _track_between(first: Track, second: Track, x: Value) -> Track:
    near = second if _coming(x) >= 0.5 else first
    changes = _settings(first, second, x, TRACK_SETTINGS)
    if first.latents is not None and second.latents is not None and first.model == second.model:
        pairs = zip(first.latents, second.latents, strict=True)
        changes["latents"] = tuple(_between(one, two, x, moves=True, geometric=False) for one, two in pairs)
    old, new = dict(first.cc), dict(second.cc)
    changes["cc"] = tuple(
        (
            controller,
            _between(old[controller], new[controller], x, moves=True, geometric=False)
            if controller in old and controller in new
            else value,
        )
        for controller, value in near.cc
    )
    return replace(near, **changes, **_sound(first, second, x))


def _settings(first: Any, second: Any, x: Value, table: dict[str, Setting]) -> dict[str, Any]:
    """The settings of two sets or tracks that are numbers or signals in both, between them."""
    found = {}
    for name, setting in table.items():
        reach = RANGES.get(name)
        if reach is None or reach.kind != "number" or name in STAYS:
            continue
        one, two = getattr(first, name), getattr(second, name)
        if one != two and not any(value is None or isinstance(value, Groove) for value in (one, two)):
            found[name] = _between(one, two, x, moves=bool(setting.moves), geometric=reach.geometric)
    return found


def _between(one: Value, two: Value, x: Value, *, moves: bool, geometric: bool) -> Value:
    """A value between two: number or signal; over a Table of x a Table where that is allowed."""

    def bend(low: float, high: float, share: float) -> float:
        if geometric and low > 0 and high > 0:
            return float(low ** (1 - share) * high**share)
        return low + (high - low) * share

    if one == two:
        return one
    if isinstance(x, Table) and moves:
        beats = [x.start + place * x.beats for place in range(len(x.values))]
        pairs = zip(beats, x.values, strict=True)
        return replace(x, values=tuple(bend(value_at(one, at), value_at(two, at), _held(share)) for at, share in pairs))
    share = _coming(x)
    if isinstance(one, Signal) or isinstance(two, Signal):
        return _signal_between(one, two, lambda low, high: bend(low, high, share)) or (two if share >= 0.5 else one)
    return bend(one, two, share)


def _signal_between(one: Value, two: Value, bend: Callable[[float, float], float]) -> Value | None:
    """Two signals of the same way of moving, or one and a number, between them; None when there is no such thing."""
    model = two if isinstance(two, Signal) else one
    if not isinstance(model, Lfo | Ramp | Walk):
        return None
    first, second = _ends(one, model), _ends(two, model)
    if first is None or second is None:
        return None
    return replace(model, low=bend(first[0], second[0]), high=bend(first[1], second[1]))


def _ends(value: Value, model: Lfo | Ramp | Walk) -> tuple[float, float] | None:
    """The ends of a signal that moves as `model` does; a number ends where it begins."""
    if not isinstance(value, Signal):
        return value, value
    if not isinstance(value, Lfo | Ramp | Walk) or replace(value, low=model.low, high=model.high) != model:
        return None
    return value.low, value.high


def _sound(first: Track, second: Track, x: Value) -> dict[str, Any]:
    """What of a track is its sound, between two: on the way from patch to patch where one synth plays both."""
    near = second if _coming(x) >= 0.5 else first
    switched = {name: getattr(near, name) for name in ("sound", "toward", "morph")}
    one, two = (_still(track) for track in (first, second))
    if one is None or two is None or one.synth != two.synth or one == two:
        return switched
    if isinstance(x, Table):
        return {"sound": one, "toward": two, "morph": replace(x, values=tuple(map(_held, x.values)))}
    return {"sound": sound.morph(one, two, _coming(x)), "toward": None, "morph": 0.0}


def _still(track: Track) -> Any:
    """The sound of a track as far as it is morphed, or None when it moves by itself."""
    if track.sound is None or track.toward is None:
        return track.sound
    return None if isinstance(track.morph, Signal) else sound.morph(track.sound, track.toward, track.morph)


def _coming(x: Value) -> float:
    """How far, as the coming bar begins."""
    return _held(x.values[len(x.values) // 2] if isinstance(x, Table) else value_at(x, 0.0))


def _held(share: float) -> float:
    return min(1.0, max(0.0, share))


def _recall(instrument: Instrument, found: Scene) -> None:
    session, functions = instrument.session, instrument.functions
    with session.block(whole=session.live_set.quant):
        functions.end_assigned({name: job for name, job in found.jobs.items() if name != WAY})
        session.edit(lambda now: _on_stage(found.live_set, now))


def _on_stage(live_set: LiveSet, now: LiveSet) -> LiveSet:
    """A scene's set with what the stage has now."""
    stays = {name: getattr(now, name) for name in STAYS}
    if all(track.name != now.focus for track in live_set):
        stays["focus"] = live_set.focus
    return live_set.but(**stays)


def _scene(instrument: Instrument, name: object) -> Scene:
    kept, word = instrument.session.scenes, _word(name)
    if not kept:
        raise BadInput(f"no scenes yet; scene({name!r:.40}) puts the set by")
    if word not in kept:
        raise no_such("scene", word, kept)
    return kept[word]


def _word(name: object) -> str:
    counted = isinstance(name, int) and not isinstance(name, bool) and abs(name) < 10**LONGEST
    word = str(name) if isinstance(name, str) or counted else ""
    if not word.strip() or len(word) > LONGEST or not word.isprintable():
        raise BadInput('a scene goes by a number or a word: scene(1), scene("drop")')
    return word


def _share(x: object) -> float:
    return number("x, how far to the second scene,", x, 0, 1)


def _listed(instrument: Instrument, name: str, live_set: LiveSet, *, plays: bool) -> str:
    decode = instrument.session.models.decode
    played = {track.name: pattern_at(live_set, track, 0.0, decode) for track in live_set}
    rows = [f"    {track:<8} {pattern}" for track, pattern in played.items() if any(pattern.hits)]
    return "\n".join([f"{'*' if plays else ' '} {name:<3} {_brief(live_set)}", *rows])


def _brief(live_set: LiveSet) -> str:
    tempo = f"{tempo_at(live_set, 0.0):.4g} bpm"
    return f"{tempo}, {KEYS[live_set.key]} {live_set.scale}, {len(live_set.tracks)} tracks"


SCENES: dict[str, Callable[..., Any]] = {"scene": scene, "go": go, "scenes": scenes, "forget_scene": forget_scene}
