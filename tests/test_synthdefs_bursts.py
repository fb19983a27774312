"""The clap's bursts, heard in the mean of many: each where facts/supertonic.md, 1B.3, has it, within a millisecond."""

import numpy as np
import pytest

from deepsteps_live.sound.microtonic import bursts
from tests.sound_render import RATE, Hit, drum, hear_all

pytestmark = pytest.mark.renders

TIMES = 48  # hits that are averaged
WINDOW = 0.00025  # seconds


def rises(attack: float) -> list[float]:
    """Seconds at which the mean energy of a clap jumps up, its attack in ms."""
    clap = drum(mix=0, noise_env="Mod", noise_attack=attack, noise_decay=50, noise_freq=20_000, noise_filter="LP")
    length = attack / 1000 + 0.1
    sound = hear_all([Hit(place * length, clap, 1.0) for place in range(TIMES)], TIMES * length + 0.1)[:, 0]
    size = round(WINDOW * RATE)
    energy = np.mean(
        [
            np.square(sound[start : start + round(length * RATE) // size * size]).reshape(-1, size).mean(axis=1)
            for start in (round(place * length * RATE) for place in range(TIMES))
        ],
        axis=0,
    )
    level = 10 * np.log10(energy + 1e-12)
    up = np.flatnonzero(level[2:] - level[:-2] > 9) + 1
    return [float(place * size / RATE) for place, before in zip(up, [-9, *up], strict=False) if place - before > 2]


@pytest.mark.parametrize("attack", [15.0, 30.0, 68.0, 151.0, 411.0])
def test_every_burst_comes_when_it_should(attack: float) -> None:
    count = bursts(attack)
    wanted = [attack / 1000 * place / count for place in range(1, int(count) + 1)]  # the first is the hit itself
    assert rises(attack) == pytest.approx(wanted, abs=0.001)
