"""The tempo of a recording and where its bars begin: as told, as its name or its metadata say, or as it is heard."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from deepsteps_live.errors import BadInput, number, whole
from deepsteps_live.listening.heard import Beats
from deepsteps_live.listening.onset import Onset

SLOWEST, FASTEST = 40.0, 300.0  # bpm that can be told
HEARD_SLOWEST, HEARD_FASTEST = 60.0, 200.0  # bpm that are looked for
USUAL, SPREAD = 112.0, 0.38  # bpm, and the deviation of its logarithm (base 2): what tempos are like
MOST_BARS = 1000
WHOLE = 0.03  # of a bar: a recording this near to whole bars is a loop
ON_BEATS, ON_QUAVERS = 0.35, 0.5  # what onsets on those count, beside 1 for sixteenths
TRIPLETS = 0.9  # what onsets on triplets count instead of sixteenths
USUAL_COUNTS = 0.5
LOOP = 0.6  # what whole bars count in a recording that begins with a hit
LATER_LOOP = 0.3  # and in one that does not
AT_ONCE = 0.15  # seconds in which a recording that begins with a hit has its first
NEAR = 0.012  # seconds that a loop may be off whole bars: the deviation
FIRST_HIT, LED_TO = 0.5, 0.1  # for a bar that begins with the first onset, and for one up to PICK_UP steps later
PICK_UP = 3  # steps, at most, before the first bar
TEMPOS_APART = 0.002  # ratio between tempos that are tried
SAME = 0.02  # ratio within which two tempos are one
FINER = 161  # tempos within SAME of the likeliest, tried at last

_NUMBER = r"(?<![\d.])(\d{2,3}(?:\.\d{1,3})?)(?![\d])"
_NAMED = re.compile(rf"{_NUMBER}\s*[-_ ]?\s*bpm|bpm\s*[-_ ]?\s*{_NUMBER}", re.IGNORECASE)

Floats = NDArray[np.float64]


def tempo_in(text: str) -> float | None:
    """The tempo that a name gives: "loop_120bpm", "bpm 97.5"; a bare number is none."""
    for match in _NAMED.finditer(text):
        bpm = float(match.group(1) or match.group(2))
        if SLOWEST <= bpm <= FASTEST:
            return bpm
    return None


def in_range(bpm: float | None, bars: int | None) -> tuple[float | None, int | None]:
    """A tempo and a number of bars as they are told; BadInput for those out of range."""
    return (
        None if bpm is None else number("bpm", bpm, SLOWEST, FASTEST),
        None if bars is None else whole("bars", bars, 1, MOST_BARS),
    )


def beats_of(
    onsets: Sequence[Onset],
    seconds: float,
    *,
    bpm: float | None = None,
    bars: int | None = None,
    name: str = "",
    metadata: float | None = None,
) -> Beats:
    """Where the beats of a recording of so many seconds lie, from what is told, named, or written in it, else heard.

    `bars` alone says that the recording is so many bars long. BadInput for numbers out of range.
    """
    times = np.array([onset.seconds for onset in onsets])
    weights = np.sqrt([onset.strength for onset in onsets])
    told, count = in_range(bpm, bars)
    if told is None and count is not None:
        told = count * 240 / seconds
        if not SLOWEST / 2 <= told <= 2 * FASTEST:
            raise BadInput(f"{count} bars in {seconds:.1f} s would be {told:.0f} bpm; give another number of bars")
        return Beats(told, 0.0, count, 1.0, "told", looped=True)
    known = ((told, "told"), (tempo_in(name), "file name"), (metadata, "metadata"))
    for value, how in known:
        if value is not None:
            sure = 1.0 if how == "told" else _regularity(times, weights, value)
            return _placed(times, onsets, seconds, value, sure, how, count)
    value, sure = heard_tempo(times, weights, seconds)
    return _placed(times, onsets, seconds, value, sure, "heard", count)


def heard_tempo(times: Floats, weights: Floats, seconds: float) -> tuple[float, float]:
    """The likeliest tempo in bpm, and how sure that is.

    A tempo is likely when the onsets are regular at its pulses (sixteenths, triplets, eighths, beats), when it is a
    usual one, and when the recording is then a whole number of bars, which is likelier of one that begins with a hit.
    """
    if len(times) < 2:
        return _whole_tempo(seconds), 0.0
    span = np.log2(HEARD_FASTEST / HEARD_SLOWEST)
    tried = HEARD_SLOWEST * 2 ** np.linspace(0, span, int(span / TEMPOS_APART * np.log(2)) + 1)
    loops = [bars * 240 / seconds for bars in range(1, 65)]
    tried = np.concatenate([tried, [each for each in loops if HEARD_SLOWEST <= each <= HEARD_FASTEST]])
    scores = _scores(times, weights, seconds, tried)
    best = int(scores.argmax())
    others = scores[np.abs(np.log(tried / tried[best])) > SAME]
    sure = 1 / (1 + np.exp(-8 * (scores[best] - others.max(initial=-np.inf)))) if len(others) else 1.0
    found = float(tried[best])
    if _off(seconds, tried[best]) < 2 * NEAR:
        found = max(1, round(seconds * found / 240)) * 240 / seconds
    else:
        finer = found * np.exp(np.linspace(-SAME, SAME, FINER))
        found = float(finer[_regular(times, weights, finer).argmax()])
    return found, float(2 * sure - 1)


def _scores(times: Floats, weights: Floats, seconds: float, tried: Floats) -> Floats:
    usual = -0.5 * np.square(np.log2(tried / USUAL) / SPREAD)
    doubling = np.isin(np.maximum(np.rint(seconds * tried / 240), 1), (1, 2, 4, 8, 16, 32))
    loop = np.exp(-0.5 * np.square(_off(seconds, tried) / NEAR)) * np.where(doubling, 1.0, 0.5)
    loop *= LOOP if times[0] < AT_ONCE else LATER_LOOP
    return np.asarray(_regular(times, weights, tried) + USUAL_COUNTS * usual + loop)


def _regular(times: Floats, weights: Floats, tried: Floats) -> Floats:
    """How regular the onsets are at the pulses of each tempo."""
    beats, quavers, sixteenths, triplets = (_pulse(times, weights, tried * each) for each in (1.0, 2.0, 4.0, 3.0))
    return np.asarray(ON_BEATS * beats + ON_QUAVERS * quavers + np.maximum(sixteenths, TRIPLETS * triplets))


def _off(seconds: float, tried: Floats | float) -> Floats:
    """Seconds between a recording's length and the nearest whole number of bars at each tempo."""
    bars = np.multiply(seconds, tried) / 240
    return np.asarray(np.abs(bars - np.rint(bars)) * 240 / tried)


def _pulse(times: Floats, weights: Floats, per_minute: Floats) -> Floats:
    """How regular the onsets are at each rate: 1 all on one grid, 0 anywhere."""
    turns = np.exp(2j * np.pi * np.outer(per_minute / 60, times))
    return np.asarray(np.abs(turns @ weights) / weights.sum())


def _regularity(times: Floats, weights: Floats, bpm: float) -> float:
    """How well the onsets fit a tempo that is known, 0 to 1."""
    if len(times) < 2:
        return 0.5
    return float(max(_pulse(times, weights, np.array([bpm * pulses]))[0] for pulses in (4.0, 3.0)))


def _placed(
    times: Floats, onsets: Sequence[Onset], seconds: float, bpm: float, sure: float, how: str, bars: int | None
) -> Beats:
    """The beats of a known tempo: a loop begins at once; a recording begins where its first bar seems to."""
    bar = 240 / bpm
    if _is_whole(seconds, bpm) and bars in (None, round(seconds / bar)):
        return Beats(bpm, 0.0, round(seconds / bar), sure, how, looped=True)
    start = _start(times, onsets, bpm) if len(times) else 0.0
    last = float(times[-1]) if len(times) else 0.0
    count = bars or max(1, math.floor((last - start) / bar + 1 / 32) + 1)
    return Beats(bpm, start, min(count, MOST_BARS), sure, how)


def _start(times: Floats, onsets: Sequence[Onset], bpm: float) -> float:
    """Seconds of the first bar: 0 when the first onset is there, else the likeliest sixteenth around the first onset.

    Kicks and loud hits speak for the one and the three, snares for two and four. That the bar begins with the first
    onset is likelier than that up to PICK_UP steps lead to it, and that likelier than that it begins with a rest.
    """
    step = 15 / bpm
    if times[0] < step / 2:
        return 0.0
    low, mid, strength = (np.array([getattr(onset, name) for onset in onsets]) for name in ("low", "mid", "strength"))
    low, mid, strength = (each / (each.max() or 1.0) for each in (low, mid, strength))
    steps = np.rint((times - times[0]) / step).astype(int)
    scores = {}
    for shift in range(-PICK_UP, 16 - PICK_UP):
        place = (steps + shift) % 16
        one, back = np.isin(place, (0, 8)), np.isin(place, (4, 12))
        scores[shift] = (low * one).sum() + (mid * back).sum() + (strength * (place == 0)).sum()
    most = max(scores.values()) or 1.0
    likely = {
        shift: score / most + (FIRST_HIT if shift == 0 else LED_TO * (shift < 0)) for shift, score in scores.items()
    }
    return float(times[0] - step * max(likely, key=lambda shift: likely[shift]))


def _is_whole(seconds: float, bpm: float) -> bool:
    bars = seconds * bpm / 240
    return round(bars) >= 1 and abs(bars - round(bars)) < WHOLE


def _whole_tempo(seconds: float) -> float:
    """The usual tempo at which a recording is a power of two of bars long."""
    tempos = [240 * 2**power / seconds for power in range(-4, 12)]
    return float(min(tempos, key=lambda bpm: abs(math.log2(bpm / USUAL))))
