"""Where an onset may be, and what is known of each such place: the numbers that `onsets` judges by."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from deepsteps_live.listening.spectrum import BANDS, FRAME, HOP, RATE, Floats

Indices = NDArray[np.int64]

SPANS = (4, 10, 25)  # ms before and after a place, over which its energy is compared
LEAST = 0.4  # mean rise of the logarithm (over the bands and the two shorter spans) of a candidate
APART = 10  # ms on each side in which a candidate rises most
LOUD = 99.5  # percentile of a recording's milliseconds that counts as its loudness
SPARSE = 0.01  # of its loudest millisecond, where hardly anything is played
FLOOR = 1e-5  # of that: energy that counts as nothing
NEIGHBOURS = 80  # ms in which another candidate is looked at
GROUP = 4  # bands of the spectrum taken together
RISEN = 0.35  # of a band's logarithm: it takes part in the onset
BEFORE, AFTER = 0.12, 0.06  # seconds around a place, over which the flux is averaged
LATE = 0.0017  # seconds by which the flux leads the envelope


def candidates(envelope: Floats, flux: Floats) -> tuple[Indices, Floats]:
    """Places in milliseconds (frames of the envelope), and their features (n, FEATURES)."""
    loud = np.maximum(np.percentile(envelope, LOUD, axis=0), SPARSE * envelope.max(axis=0)) + 1e-12
    rises, levels = zip(*(_rise(envelope, loud * FLOOR, span) for span in SPANS), strict=True)
    rise = (rises[0].mean(axis=1) + rises[1].mean(axis=1)).astype(np.float32)
    around = sliding_window_view(np.pad(rise, APART), 2 * APART + 1).max(axis=1)
    places = np.flatnonzero((rise >= around) & (rise > LEAST))
    if not len(places):
        return places, np.zeros((0, 0), np.float32)
    level = levels[1][places] - np.log10(loud)
    known = [*(each[places] for each in rises), level, *_spectral(places, flux), _beside(places, rise[places])]
    strongest = _near(places, flux, 1).max(axis=1)
    known.append(_beside(places, strongest)[:, :2])
    return places, np.concatenate(known, axis=1).astype(np.float32)


def _rise(envelope: Floats, floor: NDArray[np.float64], span: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How much the logarithm of the mean energy rises at each frame, and the logarithm (base 10) after it."""
    count = len(envelope)
    sums = np.cumsum(np.pad(envelope, ((span + 1, span), (0, 0))), axis=0, dtype=np.float64)
    before = (sums[span : span + count] - sums[:count]) / span + floor
    after = (sums[2 * span : 2 * span + count] - sums[span : span + count]) / span + floor
    return np.log(after / before), np.log10(after)


def _spectral(places: Indices, flux: Floats) -> list[NDArray[np.floating]]:
    """Of the flux: its course at a place, groups of bands, how many of them rise, the most, its surroundings."""
    total = flux.mean(axis=1)
    row = _rows(places, len(flux))
    course = total[_clipped(row, 3, len(flux))]
    near = flux[_clipped(row, 1, len(flux))].max(axis=1)
    groups = np.stack([flux[:, band : band + GROUP].mean(axis=1) for band in range(0, BANDS, GROUP)], axis=1)
    sums = np.concatenate([[0.0], np.cumsum(total, dtype=np.float64)])
    first = np.maximum(0, row - int(BEFORE * RATE / HOP))
    last = np.minimum(len(total), row + int(AFTER * RATE / HOP) + 1)
    return [
        course[:, 2:5].max(axis=1)[:, None],
        course,
        groups[_clipped(row, 1, len(flux))].max(axis=1),
        (near > RISEN).mean(axis=1)[:, None],
        np.sort(near, axis=1)[:, -4:].mean(axis=1)[:, None],
        ((sums[last] - sums[first]) / (last - first))[:, None],
    ]


def _near(places: Indices, flux: Floats, reach: int) -> NDArray[np.floating]:
    return np.asarray(flux.mean(axis=1)[_clipped(_rows(places, len(flux)), reach, len(flux))])


def _beside(places: Indices, heights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Heights of the candidates before and after where those are near, and how far away they are."""
    before, after = np.diff(places, prepend=-1000), np.diff(places, append=places[-1] + 1000)
    earlier = np.concatenate([[0.0], heights[:-1]]) * (before < NEIGHBOURS)
    later = np.concatenate([heights[1:], [0.0]]) * (after < NEIGHBOURS)
    return np.stack([earlier, later, np.minimum(before, 120) / 40, np.minimum(after, 120) / 40], axis=1)


def _rows(places: Indices, count: int) -> Indices:
    found = np.rint((places * FRAME / RATE + LATE) * RATE / HOP).astype(np.int64)
    return np.clip(found, 0, count - 1)


def _clipped(rows: Indices, reach: int, count: int) -> Indices:
    return np.asarray(np.clip(rows[:, None] + np.arange(-reach, reach + 1), 0, count - 1))
