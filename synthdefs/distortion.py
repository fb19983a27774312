"""The drum's distortion: y = makeup * (c * (bend * (|c| - c^2) + 1) + offset) + leak * x, c = clip(drive * x - 1/3).

Microtonic's fits this curve sample by sample, to 1e-5 of the energy, so it bends at the sample rate, and so do we.
What folds over by that lies 26 dB and more below a tone of 500 Hz even at 100 %, under noise it is not heard, and
above HIGH (sound/structure.py) a tone alone is `smoothed`: each sample is the mean of the curve on the way from the
last one (antiderivative anti-aliasing), and a pole takes the droop of that mean back, to 0.4 dB at 12 kHz.

dist_drive, dist_bend, dist_ceiling, dist_offset, dist_makeup, dist_leak   the constants of `sound.microtonic.Curve`
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

from supriya import SynthDefBuilder
from supriya.ugens import FOS, Delay1, UGenOperable

DISTORTION = ("dist_drive", "dist_bend", "dist_ceiling", "dist_offset", "dist_makeup", "dist_leak")
DROOP = 0.6  # of the pole against the droop, a zero at minus as much
TINY = 1e-9  # keeps 0 / 0 at 0


def distorted(builder: SynthDefBuilder, sound: UGenOperable) -> UGenOperable:
    """The curve at every sample."""
    _, bent = _clipped(builder, sound)
    size = abs(bent)
    curve = bent * ((size - size.squared()) * builder["dist_bend"] + 1) + builder["dist_offset"]
    return curve * builder["dist_makeup"] + sound * builder["dist_leak"]


def smoothed(builder: SynthDefBuilder, sound: UGenOperable) -> UGenOperable:
    """The curve's mean from sample to sample: (F(u) - F(v)) / (u - v), with F its integral.

    Where neither is clipped, the difference of the polynomial is divided out, so that nothing cancels in single
    precision: with s = |a| + |b| and p = |a||b|, (a + b) * (1/2 + bend * ((s^2 - p) / 3s - (s^2 - 2p) / 4)).
    What lies beyond the ceiling adds its share as far as the way goes there.
    """
    pushed, bent = _clipped(builder, sound)
    last_pushed, last_bent = _clipped(builder, Delay1.ar(source=sound))

    sizes, product = abs(bent) + abs(last_bent), abs(bent) * abs(last_bent)
    square = sizes.squared()
    bulge = (square - product) / (sizes * 3 + TINY) - square * 0.25 + product * 0.5
    inside = (bent + last_bent) * (bulge * builder["dist_bend"] + 0.5)

    over, last_over = pushed - bent, last_pushed - last_bent
    ceiling = builder["dist_ceiling"]
    edge = ((ceiling - ceiling.squared()) * builder["dist_bend"] + 1) * ceiling  # the curve there
    moved = pushed - last_pushed
    beyond = (abs(over) - abs(last_over)) * edge - inside * (over - last_over)
    mean = inside + beyond * moved / (moved.squared() + TINY)

    restored = FOS.ar(source=mean + builder["dist_offset"], a_0=1 + DROOP, a_1=0, b_1=-DROOP)
    return restored * builder["dist_makeup"] + sound * builder["dist_leak"]


def _clipped(builder: SynthDefBuilder, sound: UGenOperable) -> tuple[UGenOperable, UGenOperable]:
    pushed = sound * builder["dist_drive"] - 1 / 3
    return pushed, pushed.clip2(builder["dist_ceiling"])
