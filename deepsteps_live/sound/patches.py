"""Reading and turning a patch in the units that a performer thinks in."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from deepsteps_live.errors import BadInput, no_such, number
from deepsteps_live.errors import whole as whole_number
from deepsteps_live.music import Patch
from deepsteps_live.sound.laws import Law
from deepsteps_live.sound.parameters import Parameter, parameter, parameters

# What a performer types for whichever section is the louder one.
ALIASES = {
    "freq": ("osc_freq", "noise_freq"),
    "attack": ("osc_attack", "noise_attack"),
    "decay": ("osc_decay", "noise_decay"),
}

# What randomize() leaves alone: a sound's place in the mix, and how it answers to accents.
KEPT = ("level", "pan", "output", "choke", "osc_velocity", "noise_velocity", "mod_velocity", "velocity")


@lru_cache(maxsize=1024)
def whole(patch: Patch) -> dict[str, float]:
    """Every normalised value of a patch, fresh ones where it has none of its own."""
    return {**_fresh(patch.synth), **dict(patch.values)}


@lru_cache(maxsize=1024)
def physical(patch: Patch) -> dict[str, float]:
    """Every parameter of a patch in its unit; a choice by its place in the row."""
    values = whole(patch)
    return {name: _read(values, row) for name, row in parameters(patch.synth).items()}


def fresh(synth: str, name: str = "fresh") -> Patch:
    """The patch that a synth starts with."""
    return Patch(synth, name, tuple(_fresh(synth).items()))


def named(patch: Patch, name: str) -> str:
    """The parameter that `name` means for this patch: an alias acts on the section that dominates the mix."""
    rows = parameters(patch.synth)
    if name in rows:
        return name
    if patch.synth == "drum" and name in ALIASES:
        oscillator, noise = ALIASES[name]
        return oscillator if whole(patch)["mix"] <= 0.5 else noise
    known = [*rows, *ALIASES] if patch.synth == "drum" else rows
    raise no_such(f"{patch.synth} parameter", name, known)


def shown(patch: Patch, name: str) -> float | str:
    """A parameter in display units, a choice as its word; an unknown name is BadInput with the nearest."""
    row = parameter(patch.synth, named(patch, name))
    normal = whole(patch)[row.name]
    if row.choices:
        return row.choices[row.chosen(normal)]
    return law(patch, row.name).show(normal)


def turn(patch: Patch, name: str, value: object) -> Patch:
    """`patch` with one parameter set, in display units or by a choice's word; out of range is BadInput."""
    row = parameter(patch.synth, named(patch, name))
    if row.choices:
        return patch.but(**{row.name: _choice(row, value)})
    rule = law(patch, row.name)
    return patch.but(**{row.name: rule.normal(rule.checked(row.name, value))})


def law(patch: Patch, name: str) -> Law:
    """The law of a continuous parameter, as the patch's own choices pick it."""
    row = parameter(patch.synth, name)
    if not row.laws:
        raise BadInput(f"{name} is a choice of {', '.join(row.choices)}, not a number")
    return law_in(whole(patch), row)


def law_in(values: dict[str, float], row: Parameter) -> Law:
    """The law of a continuous parameter's row among these normalised values, which may pick it."""
    return row.laws[_ROW_BY[row.by].chosen(values[row.by])] if row.by else row.laws[0]


def morph(patch: Patch, other: Patch, amount: float) -> Patch:
    """`patch` moved towards `other` in normalised values, 0 to 1; discrete parameters switch at one half."""
    amount = number("morph", amount, 0, 1)
    if patch.synth != other.synth:
        raise BadInput(f"a {patch.synth} patch morphs to another one, not to a {other.synth} patch")
    start, end, rows = whole(patch), whole(other), parameters(patch.synth)
    moved = {
        name: (end if amount >= 0.5 else start)[name] if row.choices else _between(start[name], end[name], amount)
        for name, row in rows.items()
    }
    return Patch(patch.synth, patch.name, tuple(moved.items()))


def randomize(patch: Patch, amount: float, seed: int) -> Patch:
    """`patch` with every normalised value moved by up to ± `amount`, 0 to 1, and kept in 0 to 1.

    A choice becomes another one with half that probability. KEPT stays. The same seed gives the same patch, whose
    values pass through a file unchanged.
    """
    amount = number("how much is randomized", amount, 0, 1)
    rng = Random(whole_number("seed", seed, 0, 2**31))
    values = whole(patch)
    for name, row in parameters(patch.synth).items():
        move, other = rng.uniform(-amount, amount), rng.random() < amount / 2
        chosen = rng.randrange(max(1, len(row.choices) - 1))
        if name in KEPT or amount == 0:
            continue
        if not row.choices:
            rule = law_in(values, row)
            values = {**values, name: rule.normal(rule.show(_between(values[name], values[name] + 1, move)))}
        elif other:
            others = [choice for choice in range(len(row.choices)) if choice != row.chosen(values[name])]
            values = {**values, name: others[chosen] / (len(row.choices) - 1)}
    return Patch(patch.synth, patch.name, tuple(values.items()))


def _between(start: float, end: float, amount: float) -> float:
    return min(max(start + (end - start) * amount, 0.0), 1.0)


def _read(values: dict[str, float], row: Parameter) -> float:
    normal = values[row.name]
    return row.chosen(normal) if row.choices else law_in(values, row).show(normal)


_ROW_BY = {name: parameters("drum")[name] for name in ("mod_mode", "noise_env")}


@lru_cache(maxsize=16)
def _fresh(synth: str) -> dict[str, float]:
    return {name: _start(row) for name, row in parameters(synth).items()}


def _start(row: Parameter) -> float:
    return _choice(row, row.start) if row.choices else row.laws[0].normal(float(row.start))


def _choice(row: Parameter, value: object) -> float:
    """The normalised value of a choice: its word in any case, or True and False for On and Off."""
    if isinstance(value, bool) and row.choices == ("Off", "On"):
        return float(value)
    words = [word.casefold() for word in row.choices]
    if not isinstance(value, str) or value.casefold() not in words:
        raise no_such(row.name, value, row.choices)
    return words.index(value.casefold()) / (len(words) - 1)
