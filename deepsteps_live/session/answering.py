"""The words of introspection: one drum's rhythm from others', the next bar from this one, grooves for given hits.

A track counts as the drum of its name (`prior.names`); what is drawn lands on the bar, as every pattern does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from deepsteps_live import prior
from deepsteps_live.errors import BadInput, number, whole
from deepsteps_live.music import Pattern, pattern
from deepsteps_live.music.pattern import MOST_STEPS
from deepsteps_live.session.dataset import STEPS

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument
    from deepsteps_live.session.tracks import TrackHandle

SEEDS = 2**31
TRIES = 16  # draws until one is not the bar that plays
REASONS = 3  # that are named for a step
FILL = "fill"  # the name under which patterns come back after one


@dataclass(frozen=True, slots=True)
class Answer:
    """What was drawn for a track, and what it answers."""

    pattern: Pattern
    bases: Mapping[str, Pattern]


@lru_cache(maxsize=1)
def shipped() -> prior.Prior:
    """The prior that ships, read once."""
    return prior.load()


def like(
    handle: TrackHandle,
    *bases: Any,
    temperature: float = 1.0,
    density: float | None = None,
    keep: Any = (),
    groove: float = 1.0,
    seed: int | None = None,
) -> Pattern:
    """Draw a rhythm that answers others: snare.like(kick), hat.like(kick, snare, temperature=1.5, keep=[1, 5]).

    `temperature` 0 (likeliest) to 10; `density` 0 to 1, the share of steps to hit; `keep` names steps, from 1, that
    stay as they are; `groove` 0 (straight) to 1. The same `seed` draws the same; without one it is never the bar that
    plays.
    """
    if not bases:
        raise BadInput(f"{handle.name}.like() wants what it answers: {handle.name}.like(kick)")
    instrument, shown = handle._instrument, _bases(handle._instrument, bases)
    now, name = handle.pattern, drum_of(handle)
    held = {step - 1: now.hits[step - 1] for step in _steps(keep, len(now))}
    heat, straight = number("a temperature", temperature, 0, 10), number("groove", groove, 0, 1)

    def drawn(chosen: int) -> Pattern:
        return shipped().like(name, shown, temperature=heat, density=density, keep=held, groove=straight, seed=chosen)

    found = _other(drawn, now, seed)
    handle.pattern = found
    instrument.answers[handle.name] = Answer(found, shown)
    return found


def vary(handle: TrackHandle, temperature: float = 1.0, groove: float = 1.0, seed: int | None = None) -> Pattern:
    """Draw what follows: kick.vary() keeps its first bar and draws the second from it."""
    now: Pattern = handle.pattern
    name = drum_of(handle)
    half = now if len(now) <= MOST_STEPS // 2 and len(now) != 2 * STEPS else now[: len(now) // 2]

    def drawn(chosen: int) -> Pattern:
        return half + shipped().vary(name, half, chosen, temperature=temperature, groove=groove)

    found = _other(drawn, now, seed)
    handle.pattern = found
    return found


def dream(
    handle: TrackHandle, length: int = STEPS, temperature: float = 1.0, groove: float = 1.0, seed: int | None = None
) -> Pattern:
    """Draw a rhythm out of nothing: kick.dream(), kick.dream(32)."""
    name = drum_of(handle)

    def drawn(chosen: int) -> Pattern:
        return shipped().dream(name, chosen, length, temperature=temperature, groove=groove)

    found = _other(drawn, handle.pattern, seed)
    handle.pattern = found
    return found


def fill(instrument: Instrument, steps: int = 8, temperature: float = 1.0, seed: int | None = None) -> str:
    """Play a fill at the end of the next bar on all drums: fill(), fill(4); what played before then comes back."""
    drums = {track.name: instrument.track(track.name) for track in instrument.session.live_set if _is_drum(track.name)}
    if not drums:
        raise BadInput('no track has the name of a drum; add("snare") does')
    instrument.functions.finish(FILL)
    before = {name: handle.pattern for name, handle in drums.items()}
    latents = {name: handle.track.latents for name, handle in drums.items()}
    chosen = _seed(seed)
    filled = shipped().fill(_by_drum(before), chosen, whole("steps", steps, 1, STEPS), temperature=temperature)
    for name, handle in drums.items():
        if (new := filled[name]) != before[name]:
            handle.pattern = new

    def back() -> None:
        for name, handle in drums.items():
            if handle.track.latents is None and handle.track.pattern == filled[name] != before[name]:
                if latents[name] is None:
                    handle.pattern = before[name]
                else:
                    handle.latents = latents[name]

    instrument.functions.once(FILL, back, instrument.session.next_bar() + 1)
    return f"a fill of {steps} steps in the next bar; seed={chosen} plays the same again"


def humanize(instrument: Instrument, track: Any, amount: float = 1.0, seed: int | None = None) -> Pattern:
    """Give a track's hits the velocities and timing of a drummer: humanize(hat), humanize(hat, 0.5)."""
    handle = instrument.track(str(getattr(track, "name", track)))
    others = {each.name: instrument.pattern(each.name) for each in instrument.session.live_set if _is_drum(each.name)}
    others.pop(handle.name, None)
    found = shipped().humanize(
        drum_of(handle), handle.pattern, others, amount=number("amount", amount, 0, 1), seed=_seed(seed)
    )
    handle.pattern = found
    return found


def answered(instrument: Instrument, handle: TrackHandle, played: Pattern, bases: tuple[Any, ...]) -> Answer | None:
    """A pattern as the answer to these bases, or, without any, the answer that was drawn and still plays."""
    if bases:
        return Answer(played, _bases(instrument, bases))
    drawn = instrument.answers.get(handle.name)
    return drawn if drawn is not None and drawn.pattern == played else None


def why(handle: TrackHandle, answer: Answer) -> str:
    """Why an answer is what it is: every step's probability, and the hits of the bases that raised or lowered it."""
    lines = [f"{answer.pattern}  {handle.name} like {', '.join(answer.bases)}", "step         sure  because of"]
    for each in shipped().explain(drum_of(handle), answer.bases, answer.pattern):
        sign = "x" if answer.pattern.hits[each.step] else "-"
        reasons = [f"{reason.base} {reason.step + 1} {reason.change:+.2f}" for reason in each.reasons[:REASONS]]
        lines.append(f"{each.step + 1:>4} {sign}  {each.probability:>9.3f}  {', '.join(reasons)}")
    return "\n".join([*lines, "what a hit there does to the odds (logarithm): above 0 it makes the step likelier"])


def answers(base: str, steps: str, target: str, count: int, seed: int | None) -> list[Pattern]:
    """So many answers of one drum to another's pattern, for `deepsteps like`."""
    rng = random.Random(_seed(seed))
    shown = _by_drum({base: pattern(steps)})
    return [shipped().like(target, shown, seed=rng.randrange(SEEDS)) for _ in range(count)]


def drum_of(handle: TrackHandle) -> str:
    """The drum that a track counts as, or BadInput."""
    return prior.DRUMS[prior.drum(handle.name)]


def _bases(instrument: Instrument, bases: Iterable[Any]) -> dict[str, Pattern]:
    """Patterns by the name of a drum: tracks by theirs, a pattern counts as a kick."""
    found = {}
    for base in bases:
        name = getattr(base, "name", None)
        if name is None and isinstance(base, str) and any(base == each.name for each in instrument.session.live_set):
            name = base
        found[str(name or "kick")] = pattern(base) if name is None else instrument.pattern(str(name))
    return _by_drum(found)


def _by_drum(patterns: Mapping[str, Pattern]) -> dict[str, Pattern]:
    """The same; the prior knows aliases. BadInput for a name that is no drum's."""
    for name in patterns:
        prior.drum(name)
    return dict(patterns)


def _is_drum(name: str) -> bool:
    try:
        prior.drum(name)
    except BadInput:
        return False
    return True


def _steps(keep: Any, length: int) -> list[int]:
    """Steps, from 1, out of a number, a list, or a pattern whose hits name them."""
    if isinstance(keep, int):
        keep = (keep,)
    if isinstance(keep, str | Pattern):
        keep = [step + 1 for step, hit in enumerate(pattern(keep).hits) if hit]
    return [whole("a kept step", step, 1, length) for step in keep]


def _other(draw: Callable[[int], Pattern], now: Pattern, seed: int | None) -> Pattern:
    """A draw by its seed; without one, a draw whose hits are not those that play."""
    found = draw(_seed(seed))
    for _ in range(TRIES if seed is None else 0):
        if found.hits != now.hits:
            break
        found = draw(_seed(None))
    return found


def _seed(seed: int | None) -> int:
    return random.randrange(SEEDS) if seed is None else whole("seed", seed, 0, SEEDS)


ANSWERING: dict[str, Callable[..., Any]] = {"fill": fill, "humanize": humanize}
