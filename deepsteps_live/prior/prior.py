"""The prior: one drum's rhythm from others', always, at once.

Why networks and not a table: of test bars 18 % have a kick bar that no table of the training bars holds, and the
table's top answer is right less often than the commonest bar. A network a drum (see `network`) answers for any context,
knows which lanes it was shown, and keeps a bar's own repetitions together by seeing the steps drawn so far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepsteps_live import places
from deepsteps_live.errors import number, whole
from deepsteps_live.music.pattern import MOST_STEPS, Pattern
from deepsteps_live.prior.draw import Context, Net, draw
from deepsteps_live.prior.files import read
from deepsteps_live.prior.groove import SPAN, answers
from deepsteps_live.prior.names import DRUMS, drum
from deepsteps_live.prior.network import STEPS

Array = NDArray[np.float32]

HOTTEST = 10.0
FREE = 0.5  # of a drummer's spread around the median: how far a seed moves each velocity and offset
SOFTEST = 0.05  # a drawn hit is heard


@dataclass(frozen=True)
class Because:
    """What a hit of the basis does to a step: `change` in log-odds against a rest there (above 0: it raised it)."""

    base: str
    step: int
    change: float


@dataclass(frozen=True)
class Explained:
    """A step of an answer: its probability given the basis and the steps before, and reasons, the largest first."""

    step: int
    probability: float
    reasons: tuple[Because, ...]


@dataclass(frozen=True)
class Prior:
    """P(a drum's bar | other drums' bars, its bar before), and how drummers play given hits."""

    nets: Sequence[Net]
    groove: list[Array]
    spread: Array

    def like(
        self,
        target: str,
        bases: Mapping[str, Pattern],
        *,
        temperature: float = 1.0,
        density: float | None = None,
        keep: Mapping[int, bool] | None = None,
        groove: float = 1.0,
        seed: int,
    ) -> Pattern:
        """A rhythm for `target` that goes with the bases (names of drums or aliases: patterns of 1 to 64 sixteenths).

        The answer is as long as the longest basis (16 without any); a shorter one goes round. Bar after bar, each is
        drawn given the bases' bar and the one just drawn. temperature 0 (likeliest steps) to 10; density 0 to 1, the
        share of steps to hit; keep: steps of the answer, from 0, that are held; groove 0 (on the grid, plain
        velocities) to 1. Same seed, same answer. BadInput for names, numbers and steps that are not there.
        """
        lanes = {drum(name): basis for name, basis in bases.items()}
        length = max((len(basis) for basis in lanes.values()), default=STEPS)
        heat = number("a temperature", temperature, 0, HOTTEST)
        share = None if density is None else number("a density", density, 0, 1)
        held = {whole("a kept step", step, 0, length - 1): bool(hit) for step, hit in (keep or {}).items()}
        place, rng = drum(target), np.random.default_rng(whole("a seed", seed, 0, 2**63 - 1))
        others = {each: basis for each, basis in lanes.items() if each != place}
        before = _cells(lanes[place], 0)[0] if place in lanes else None
        hits: list[float] = []
        shown: list[float] = []
        for start in range(0, length, STEPS):
            here = {step - start: hit for step, hit in held.items() if start <= step < start + STEPS}
            context = _context(others, place, start, before)
            before, chances = draw(self.nets[place], context, rng, temperature=heat, density=share, keep=here)
            hits += before.tolist()
            shown += chances.tolist()
        plain = Pattern(tuple(hit > 0 for hit in hits[:length]))
        return self.humanize(target, plain, bases, amount=groove, seed=seed) if groove else plain

    def dream(
        self, name: str, seed: int, length: int = STEPS, *, temperature: float = 1.0, groove: float = 1.0
    ) -> Pattern:
        """A rhythm of this drum out of nothing, of 1 to 64 steps."""
        steps = whole("steps", length, 1, MOST_STEPS)
        rests = Pattern((False,) * steps)
        return self._onward(name, rests, None, seed, temperature, groove)

    def vary(self, name: str, pattern: Pattern, seed: int, *, temperature: float = 1.0, groove: float = 1.0) -> Pattern:
        """What would follow this pattern: as long as it, by P(bar 2 | bar 1) from its last 16 steps."""
        return self._onward(name, pattern, _cells(pattern, len(pattern) - STEPS)[0], seed, temperature, groove)

    def fill(
        self,
        patterns: Mapping[str, Pattern],
        seed: int,
        steps: int = 8,
        *,
        temperature: float = 1.0,
        groove: float = 1.0,
    ) -> dict[str, Pattern]:
        """The patterns with the last `steps` (1 to 16) played as a fill.

        Drum after drum in the order given, each hears those that are done and keeps its own steps before the fill.
        """
        count = whole("steps of a fill", steps, 1, STEPS)
        heat = number("a temperature", temperature, 0, HOTTEST)
        rng = np.random.default_rng(whole("a seed", seed, 0, 2**63 - 1))
        done: dict[str, Pattern] = {}
        heard: dict[int, Pattern] = {}
        for name, pattern in patterns.items():
            place, start = drum(name), len(pattern) - STEPS
            context = _context({each: heard[each] for each in heard if each != place}, place, start, None, fill=1.0)
            own = _cells(pattern, start)[0]
            keep = {step: own[step] > 0 for step in range(STEPS - min(count, len(pattern)))}
            bar, _ = draw(self.nets[place], context, rng, temperature=heat, keep=keep)
            tail = [bool(hit) for hit in bar[STEPS - min(count, len(pattern)) :]]
            before = pattern.hits[: len(pattern) - len(tail)]
            done[name] = heard[place] = Pattern((*before, *tail))
        return {name: self._joined(name, patterns[name], done, groove, seed, count) for name in patterns}

    def explain(self, target: str, bases: Mapping[str, Pattern], pattern: Pattern) -> list[Explained]:
        """For each step of `pattern` its probability, and which hits of the bases raised or lowered it how much."""
        place = drum(target)
        others = {drum(name): basis for name, basis in bases.items() if drum(name) != place}
        net, before = self.nets[place], None
        found: list[Explained] = []
        for start in range(0, len(pattern), STEPS):
            context = _context(others, place, start, before)
            bar = _cells(pattern, start)[0]
            odds = net.odds(context, bar)
            reasons: list[list[Because]] = [[] for _ in range(STEPS)]
            for lane, step in np.argwhere(context.lanes[list(others)] > 0) if others else ():
                base = list(others)[lane]
                without = context.lanes.copy()
                without[base, step] = 0
                change = odds - net.odds(Context(without, context.given), bar)
                for each in range(STEPS):
                    reasons[each].append(Because(DRUMS[base], start + int(step), float(change[each])))
            for each in range(min(STEPS, len(pattern) - start)):
                ordered = tuple(sorted(reasons[each], key=lambda reason: -abs(reason.change)))
                found.append(Explained(start + each, float(1 / (1 + np.exp(-odds[each]))), ordered))
            before = bar
        return found

    def humanize(
        self,
        name: str,
        pattern: Pattern,
        others: Mapping[str, Pattern],
        *,
        amount: float = 1.0,
        seed: int | None = None,
    ) -> Pattern:
        """The pattern with learned velocities and offsets on its hits, `amount` (0 to 1) of the way from its own.

        Conditioned on drum, step and all hits within its two bars. A seed moves each hit a little around the median,
        as a drummer would; without one the answer is the median.
        """
        share, place = number("an amount", amount, 0, 1), drum(name)
        if share == 0:
            return pattern
        rng = None if seed is None else np.random.default_rng(whole("a seed", seed, 0, 2**63 - 1))
        shown = {**{drum(other): basis for other, basis in others.items()}, place: pattern}
        velocities, offsets = list(pattern.velocities), list(pattern.offsets)
        for start in range(0, len(pattern), SPAN):
            loud, late = self._played(shown, place, start, rng)
            for step in range(start, min(start + SPAN, len(pattern))):
                if pattern.hits[step]:
                    velocities[step] += share * (float(loud[step - start]) - velocities[step])
                    offsets[step] += share * (float(late[step - start]) - offsets[step])
        return Pattern(pattern.hits, tuple(velocities), tuple(offsets), pattern.probabilities, pattern.ratchets)

    def _played(
        self, shown: Mapping[int, Pattern], place: int, start: int, rng: np.random.Generator | None
    ) -> tuple[Array, Array]:
        seen = np.zeros((len(DRUMS), SPAN), np.float32)
        for lane, basis in shown.items():
            seen[lane] = np.concatenate(_cells(basis, start, bars=2))
        own = slice(place * SPAN, (place + 1) * SPAN)
        loud, late = answers(seen.reshape(1, -1), self.groove)
        moves = rng.normal(0, FREE, (2, SPAN)) if rng is not None else np.zeros((2, SPAN))
        velocities = np.clip(loud[0, own] + moves[0] * self.spread[0, place], SOFTEST, 1)
        offsets = np.clip(late[0, own] + moves[1] * self.spread[1, place], -0.5, 0.5)
        return velocities, offsets

    def _onward(
        self, name: str, pattern: Pattern, before: Array | None, seed: int, temperature: float, groove: float
    ) -> Pattern:
        place, heat = drum(name), number("a temperature", temperature, 0, HOTTEST)
        rng = np.random.default_rng(whole("a seed", seed, 0, 2**63 - 1))
        hits: list[bool] = []
        for start in range(0, len(pattern), STEPS):
            before, _ = draw(self.nets[place], _context({}, place, start, before), rng, temperature=heat)
            hits += [bool(hit) for hit in before]
        plain = Pattern(tuple(hits[: len(pattern)]))
        return self.humanize(name, plain, {}, amount=groove, seed=seed)

    def _joined(
        self, name: str, old: Pattern, done: Mapping[str, Pattern], groove: float, seed: int, count: int
    ) -> Pattern:
        """The old pattern up to the fill, as it was, then the fill, played."""
        start = max(len(old) - count, 0)
        played = self.humanize(name, done[name], {k: p for k, p in done.items() if k != name}, amount=groove, seed=seed)
        tail = played[start:]
        return old[:start] + tail if start else tail


def load(path: Path = places.WEIGHTS / "prior.npz") -> Prior:
    """The prior of a file; the shipped one without a path. BadInput when the file is none."""
    return Prior(*read(path))


def bar_of(pattern: Pattern, start: int = 0) -> Array:
    """16 steps of a pattern from `start` on, round and round: (16,) of 0 and 1."""
    return _cells(pattern, start)[0]


def _cells(pattern: Pattern, start: int, bars: int = 1) -> list[Array]:
    hits = np.asarray(pattern.hits, np.float32)
    return [hits[(start + bar * STEPS + np.arange(STEPS)) % len(hits)] for bar in range(bars)]


def _context(others: Mapping[int, Pattern], place: int, start: int, before: Array | None, fill: float = 0.0) -> Context:
    lanes = np.zeros((len(DRUMS), STEPS), np.float32)
    given = np.zeros(len(DRUMS), np.float32)
    for lane, basis in others.items():
        lanes[lane], given[lane] = _cells(basis, start)[0], 1
    if before is not None:
        lanes[place], given[place] = before, 1
    return Context(lanes, given, fill)
