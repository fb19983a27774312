"""The words of models: training them, changing between them, and moving in their latents.

To add a word: a function that takes the instrument first, with a docstring whose first line is its help, and its row
in MODELLING.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from deepsteps_live import model as learning
from deepsteps_live.errors import BadInput, Fault, no_such, whole
from deepsteps_live.music import LATENTS, LiveSet, Pattern, Value, leader, mapped, value_at
from deepsteps_live.session import answering
from deepsteps_live.session.dataset import Dataset
from deepsteps_live.session.explaining import explained
from deepsteps_live.session.hearing import bar_of
from deepsteps_live.session.models import PREVIOUS, card_of
from deepsteps_live.session.paths import new_file, save

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument
    from deepsteps_live.session.session import Session
    from deepsteps_live.session.tracks import TrackHandle

STYLE = learning.Order().style
COMPARISON = "compare"  # the name under which it runs


def train(
    instrument: Instrument,
    epochs: int | None = None,
    batch: int | None = None,
    style: str = STYLE,
    seed: int = 0,
    warm: bool = False,
    name: str = "",
) -> str:
    """Learn from the dataset, beside the music: train(), train(style="wide", seed=2); cancel() keeps the old model.

    The new model comes in on the next bar line, on all tracks that share the model of the track in focus. Styles are
    in `model.STYLES`; `warm=True` goes on from the model that plays.
    """
    session = instrument.session
    if not len(session.dataset):
        raise BadInput("the dataset is empty; listen() or capture() fills it")
    if style not in learning.STYLES:
        raise no_such("style", style, learning.STYLES)
    old = _in_focus(instrument)
    settings = {
        "style": style,
        "epochs": None if epochs is None else whole("epochs", epochs, 1, 100_000),
        "batch": None if batch is None else whole("batch", batch, 1, 100_000),
        "seed": whole("seed", seed, 0, 2**31),
        "name": session.models.free_name(name),
        "data": f"{len(session.dataset)} rows",
    }
    rows = packed_rows(session.dataset, session.models.get(old).to_bytes() if warm else None)

    def done(content: bytes) -> None:
        session.tell(_taken_in(instrument, content, old))

    def failed(why: str) -> None:
        session.tell(f"{why}; the model that plays is as it was")

    instrument.trainer.train(settings, rows, done=done, failed=failed)
    if session.link is None:  # nothing plays that could go on meanwhile
        instrument.trainer.wait()
        instrument.trainer.close()
    return f'training "{settings["name"]}" ({style}) on {settings["data"]}; cancel() keeps the old model'


def model(instrument: Instrument, name: str | None = None) -> str:
    """The model's card; another model comes in on the bar: model("m2"), model("previous"), model("decoder.json")."""
    old = _in_focus(instrument)
    if name is None:
        return "\n".join(card_of(instrument.session.models.get(old)))
    _end_comparison(instrument)
    new = instrument.session.models.load(str(name))
    _switch(instrument, old, new)
    return "\n".join(card_of(instrument.session.models.get(new)))


def models(instrument: Instrument) -> str:
    """The models that can be named, the one of the track in focus with a star."""
    kept, playing = instrument.session.models, _in_focus(instrument)
    lines = []
    for name in kept.names():
        try:
            hashed = kept.load(name)
        except BadInput as error:
            lines.append(f"  {name:<12} {error}")
        else:
            lines.append(f"{'*' if hashed == playing else ' '} {name:<12} {kept.get(hashed).info()}")
    return "\n".join(lines)


def save_model(instrument: Instrument, file: str) -> str:
    """Save the model of the track in focus: save_model("amen.npz"); save_model("decoder.json") for the plug-in."""
    found = instrument.session.models.get(_in_focus(instrument))
    if str(file).lower().endswith(".json"):
        path = new_file(file, ".json", "the plug-in's model is")
        if path.name != "decoder.json":
            raise BadInput(f'the plug-in reads "decoder.json" and "encoder.json", not "{path.name}"')
        files = {path.with_name(part): content for part, content in learning.to_plugin(found).items()}
    else:
        files = {new_file(file, ".npz", "a model is"): found.to_bytes()}
    return ", ".join(save(path, content) for path, content in files.items())


def compare(instrument: Instrument, first: str = PREVIOUS, second: str | None = None, bars: int = 1) -> str:
    """Play two models by turns, a bar each: compare(), compare("m1", "m2"); model("m2") chooses and ends it."""
    kept = instrument.session.models
    one = kept.load(str(first))
    two = _in_focus(instrument) if second is None else kept.load(str(second))
    if one == two:
        raise BadInput("these two are the same model; models() lists what can be compared")
    turns = itertools.cycle((one, two))

    def turn() -> None:
        here = next(turns)
        put_model(instrument.session, (one, two), here)

    _switch(instrument, _in_focus(instrument), two)
    instrument.functions.every(bars, turn, COMPARISON)
    return "\n".join([*card_of(kept.get(one)), "", *card_of(kept.get(two))])


def surprise(instrument: Instrument, *tracks: Any, seed: int | None = None) -> tuple[float, ...]:
    """Latents drawn as the model's rows lie: surprise() for the track in focus, surprise(kick, hat); a seed repeats."""
    rng = np.random.default_rng(None if seed is None else whole("seed", seed, 0, 2**31))
    drawn: tuple[float, ...] = ()
    for handle in _handles(instrument, tracks):
        found = learning.surprise(instrument.session.models.get(handle.track.model), rng)
        drawn = tuple(round(z, 3) for z in found)
        handle.latents = drawn
    return drawn


def blend(instrument: Instrument, first: Any, second: Any, x: Value = 0.5) -> tuple[Value, ...]:
    """Latents between two tracks' or patterns': seq.latents = blend(kick, snare, 0.5); x may be a signal."""
    one, two = latents_of(instrument, first), latents_of(instrument, second)
    try:
        return tuple(mapped(x, low, high) for low, high in zip(one, two, strict=True))
    except TypeError:
        raise BadInput(f"blend() takes how far as a number or a signal: blend(kick, snare, 0.5), not {x!r}") from None


def decode(instrument: Instrument, *latents: float) -> Pattern:
    """The pattern of four latents in the focused track's model: kick.pattern = decode(0.4, -1.2, 0, 0.7)."""
    if len(latents) != LATENTS:
        raise BadInput("decode() takes four latents: decode(0.4, -1.2, 0, 0.7)")
    session = instrument.session
    focused = session.live_set.track(session.live_set.focus)
    tolerance = value_at(focused.tolerance, session.beat() or 0.0)
    return session.models.pattern(focused.model, tuple(float(z) for z in latents), tolerance)


def encode(instrument: Instrument, what: Any) -> tuple[float, ...]:
    """The four latents that decode nearest to a bar: seq.latents = encode(kick), encode("amen.wav")."""
    hashed = what.track.model if hasattr(what, "track") else _in_focus(instrument)
    return instrument.session.models.encode(hashed, bar_of(instrument, what))


def explain(instrument: Instrument, what: Any = None, *bases: Any) -> str:
    """Why a track plays what it plays, step by step: explain(), explain(seq), explain(snare, kick).

    Of latents: each step's probability, its margin over the tolerance, and the rows it is nearest to. Of what was
    drawn by `like`, or with bases: each step's probability and the hits that raised or lowered it.
    """
    session = instrument.session
    handle = what if hasattr(what, "track") else instrument.track(session.live_set.focus)
    track = leader(session.live_set, handle.track)
    of_track = what is None or what is handle
    played = instrument.pattern(track.name) if of_track else bar_of(instrument, what)
    answer = answering.answered(instrument, handle, played, bases)
    if of_track and answer is not None:
        return answering.why(handle, answer)
    tolerance = value_at(track.tolerance, session.beat() or 0.0)
    decoded = of_track and track.latents is not None
    return explained(session.models.get(track.model), played, tolerance, decoded=decoded)


def latents_of(instrument: Instrument, what: Any) -> tuple[float, ...]:
    """Four numbers as they are, the latents that a track has now, or those that encode a bar."""
    if hasattr(what, "track") and what.track.latents is not None:
        beat = instrument.session.beat() or 0.0
        return tuple(value_at(latent, beat) for latent in what.track.latents)
    if isinstance(what, tuple) and len(what) == LATENTS:
        return tuple(float(z) for z in what)
    return encode(instrument, what)


def packed_rows(dataset: Dataset, warm: bytes | None = None) -> bytes:
    """What the training child is sent: rows (N, 48), their sources, and a model to go on from."""
    arrays = {
        "rows": rows_array(dataset),
        "sources": np.array("\n".join(row.source.replace("\n", " ") for row in dataset.rows)),
    }
    if warm is not None:
        arrays["warm"] = np.frombuffer(warm, np.uint8)
    written = io.BytesIO()
    np.savez(written, allow_pickle=False, **arrays)
    return written.getvalue()


def rows_array(dataset: Dataset) -> NDArray[np.float32]:
    """Rows (N, 48): hits 0 or 1, offsets in steps, velocities."""
    rows = [(*row.pattern.hits, *row.pattern.offsets, *row.pattern.velocities) for row in dataset.rows]
    return np.array(rows, np.float32)


def put_model(session: Session, old: tuple[str, ...], new: str) -> None:
    """Let a model come in on all tracks that have one of the old ones; all go by their hashes."""

    def change(live_set: LiveSet) -> LiveSet:
        for track in live_set:
            if track.model in old and track.model != new:
                live_set = live_set.but_track(track.name, model=new)
        return live_set

    session.edit(change)


def _taken_in(instrument: Instrument, content: bytes, old: str) -> str:
    """Let a trained model come in for an old one; what to say about it."""
    session = instrument.session
    found = session.models.take(content)
    _end_comparison(instrument)
    shares = any(track.model == old for track in session.live_set)
    with session.block():
        _switch(instrument, old, found.hash)
    if shares:
        session.history.note(f"trained {found.name}")
    where = 'it plays from the next bar; model("previous") goes back' if shares else f'model("{found.name}") plays it'
    try:
        session.models.save(found)
    except Fault as fault:
        where += f"; {fault}"
    return f"{found.info()}; {where}"


def _switch(instrument: Instrument, old: str, new: str) -> None:
    """Let a model come in on all tracks that have the old one."""
    if old != new:
        instrument.session.models.previous = old
    put_model(instrument.session, (old,), new)


def _end_comparison(instrument: Instrument) -> None:
    if COMPARISON in instrument.functions.names():
        instrument.functions.cancel(COMPARISON)


def _in_focus(instrument: Instrument) -> str:
    live_set = instrument.session.live_set
    return live_set.track(live_set.focus).model


def _handles(instrument: Instrument, tracks: tuple[Any, ...]) -> list[TrackHandle]:
    names = [str(getattr(track, "name", track)) for track in tracks] or [instrument.session.live_set.focus]
    return [instrument.track(name) for name in names]


MODELLING: dict[str, Callable[..., Any]] = {
    "train": train,
    "model": model,
    "models": models,
    "save_model": save_model,
    "compare": compare,
    "decode": decode,
    "encode": encode,
    "surprise": surprise,
    "blend": blend,
    "explain": explain,
}
