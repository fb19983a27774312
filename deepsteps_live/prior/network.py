"""One small network a drum: the probability of each step given other drums, the bar before, and the steps so far.

A bar y of the target is p(y | context) = product over t of p(y_t | y_<t, context): always an answer, for any context.
For step t the network sees, in this order (FEATURES columns):

    step     16      which step t is
    lanes    9 x 16  the context's bars, turned so that t comes first; the target's own lane is its bar before
    past     15      the target's step 1 to 15 steps earlier in this bar, 0 before the bar
    given    9       which lanes are known: an empty bar is not an unknown one
    fill     1       1 in a fill

and answers log-odds = tanh(x w) v + c, with one w for all steps: what a kick two steps ago means is learned once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

STEPS = 16
DRUM_COUNT = 9
LANES = STEPS
PAST = LANES + DRUM_COUNT * STEPS
GIVEN = PAST + STEPS - 1
FILL = GIVEN + DRUM_COUNT
FEATURES = FILL + 1

TURNED = (np.arange(STEPS)[:, None] + np.arange(STEPS)) % STEPS  # [t, k]: the step k after t, round the bar
_LAG = np.arange(STEPS)[:, None] - 1 - np.arange(STEPS - 1)  # [t, k]: the step k + 1 before t
_EARLIER = np.maximum(_LAG, 0)
_INSIDE = (_LAG >= 0).astype(np.float32)
_WHICH = np.eye(STEPS, dtype=np.float32)


def features(lanes: Array, given: Array, fill: Array, bars: Array) -> Array:
    """What the network sees at every step.

    lanes (N, 9, 16), given (N, 9), fill (N,), bars (N, 16), all of 0 and 1; the answer is (N, 16, FEATURES).
    """
    count = len(lanes)
    seen = np.empty((count, STEPS, FEATURES), np.float32)
    seen[:, :, :LANES] = _WHICH
    known = lanes * given[:, :, None]
    seen[:, :, LANES:PAST] = known[:, :, TURNED].transpose(0, 2, 1, 3).reshape(count, STEPS, -1)
    seen[:, :, PAST:GIVEN] = bars[:, _EARLIER] * _INSIDE
    seen[:, :, GIVEN:FILL] = given[:, None, :]
    seen[:, :, FILL] = fill[:, None]
    return seen


def log_odds(seen: Array, w: Array, v: Array, c: float) -> Array:
    """(..., FEATURES) -> (...): the log-odds of a hit."""
    odds: Array = np.tanh(seen @ w) @ v + np.float32(c)
    return odds


def slopes(seen: Array, bars: Array, w: Array, v: Array, c: float) -> tuple[float, Array, Array, float]:
    """The mean loss of steps in nats, and its slopes by w, v and c: seen (M, FEATURES), bars (M,)."""
    hidden = np.tanh(seen @ w)  # (M, H)
    odds = hidden @ v + c  # (M,)
    loss = float(np.mean(np.logaddexp(0, odds) - bars * odds))
    wrong = (1 / (1 + np.exp(-odds)) - bars) / len(bars)  # (M,)
    inner = wrong[:, None] * v * (1 - hidden * hidden)  # (M, H)
    return loss, seen.T @ inner, hidden.T @ wrong, float(wrong.sum())
