"""How a session begins: the instrument with its starting set, on a stage or without one."""

from __future__ import annotations

import threading
from collections.abc import Callable

from deepsteps_live.session.answering import shipped
from deepsteps_live.session.defaults import starting_set
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.models import Models
from deepsteps_live.session.session import Session
from deepsteps_live.session.stage import Stage
from deepsteps_live.session.user_files import prefer, start_up


def offline_instrument() -> Instrument:
    """An instrument whose set is made but not played."""
    models = Models()
    return Instrument(Session(starting_set(models), models))


def instrument_at_prompt(stage: Stage, tell: Callable[[str], None]) -> Instrument:
    """An instrument on a stage as the user prefers it: settings.toml where the set is new, and startup.py."""
    begun = offline_instrument()
    if not stage.found:
        prefer(begun, tell)
    models = begun.session.models
    instrument = instrument_on(stage, tell, Instrument(Session(begun.session.live_set, models)))
    start_up(instrument, tell, joined=stage.found)
    return instrument


def instrument_on(stage: Stage, tell: Callable[[str], None], instrument: Instrument | None = None) -> Instrument:
    """An instrument that plays on a stage, with the stage's set when something plays there already."""
    instrument = instrument or offline_instrument()
    instrument.session.tell = stage.tell = tell
    for notice in stage.join(instrument.session):
        tell(notice)
    instrument.trainer.warm_up()
    threading.Thread(target=shipped, name="prior-read", daemon=True).start()  # before it is asked for, not when
    return instrument
