"""A level meter: tells whoever listens how loud a node is, as `/meter NODE -1 PEAK RMS PEAK RMS`, left then right."""

from collections.abc import Sequence
from typing import Any

from supriya.ugens import SendPeakRMS

ADDRESS = "/meter"
A_SECOND = 20
FALL = 1.0  # seconds in which a peak falls by 60 dB


def metered(channels: Sequence[Any]) -> None:
    """Meter the channels of the synth that is being built."""
    SendPeakRMS.kr(  # type: ignore[no-untyped-call]
        command_name=ADDRESS, peak_lag=FALL, reply_rate=A_SECOND, source=list(channels)
    )
