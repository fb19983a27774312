"""Typing into an instrument."""

from __future__ import annotations

from typing import Any

import pytest

from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.mistakes import explained


def shown(instrument: Instrument, text: str) -> Any:
    """What the last expression of a block gives."""
    values: list[Any] = []
    instrument.run(text, show=values.append)
    return values[0] if values else None


def wrong(instrument: Instrument, text: str) -> str:
    """The one line that a wrong block gives; the set is as it was."""
    before = instrument.session.live_set
    with pytest.raises(BaseException) as error:  # noqa: PT011 - whatever it is, it is explained
        instrument.run(text)
    said = explained(error.value, instrument)
    assert "\n" not in said
    assert instrument.session.live_set == before
    return said
