"""Training: from rows to a model. Seeded: the same rows and seed give the same model, bit for bit, on one machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from deepsteps_live.errors import BadInput, Fault, whole
from deepsteps_live.model.about import About, density_of, examples_of
from deepsteps_live.model.classic import Classic, as_plugin_input
from deepsteps_live.model.figures import own_figures
from deepsteps_live.model.layers import Array, Network, forward
from deepsteps_live.model.learner import MOST_MEASURED, Learner
from deepsteps_live.model.model import GrooveModel, Model
from deepsteps_live.model.plugin import PluginModel, encoder_in_units, in_units, run
from deepsteps_live.model.rows import as_input, checked
from deepsteps_live.model.styles import DEFAULT, Recipe, style_named

CLASSIC_EPOCHS, CLASSIC_BATCH = 200, 16  # of the original
WARM = 0.25  # of the rate, when a model goes on from what it knows


@dataclass(frozen=True, slots=True)
class Progress:
    """How far training is: epochs done of all, the mean loss of a row (nats, and weighted squared errors), seconds."""

    epoch: int
    epochs: int
    loss: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of a training.

    style   a row of STYLES     epochs, batch  None takes the style's own
    name    what the model is called            data  what its card says it learned from
    warm    a model to go on from, of our own network; its sizes stay
    """

    style: str = DEFAULT
    epochs: int | None = None
    batch: int | None = None
    seed: int = 0
    name: str = ""
    data: str = ""
    warm: Model | None = None


def learn(
    rows: Array,
    order: Order = Order(),
    sources: Sequence[str] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Generator[Progress, None, Model]:
    """Train on rows (N, 48) of hits 0/1, offsets -0.5..0.5 in steps and velocities 0..1, a `Progress` an epoch.

    The generator returns the model; closing it cancels, and nothing is left behind. Time and memory are bounded for
    any number of rows: an epoch is a pass through a pool of fixed size (see `Learner.epochs`), a model carries at most
    4,096 rows. BadInput for rows that nothing can be learned from, Fault when the loss is no number any more.
    """
    style, found = style_named(order.style), checked(rows)
    if sources is not None and len(sources) != len(found):
        raise BadInput(f"{len(found)} rows need as many sources, not {len(sources)}")
    if style.recipe is None:
        return _classic(found, order, sources, clock)
    return _own(found, _adapted(style.recipe, order), order, sources, clock)


def train(
    rows: Array,
    order: Order = Order(),
    sources: Sequence[str] | None = None,
    progress: Callable[[Progress], object] = lambda step: None,
) -> Model | None:
    """`learn` to its end, `progress` called after each epoch; None when that returns False, which cancels."""
    steps = learn(rows, order, sources)
    while True:
        try:
            if progress(next(steps)) is False:
                return None
        except StopIteration as end:
            found: Model = end.value
            return found


def learn_recipe(
    rows: Array,
    recipe: Recipe,
    order: Order,
    sources: Sequence[str] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Generator[Progress, None, Model]:
    """`learn` with a recipe of one's own instead of a style's."""
    return _own(checked(rows), _adapted(recipe, order), order, sources, clock)


def _own(
    rows: Array, recipe: Recipe, order: Order, sources: Sequence[str] | None, clock: Callable[[], float]
) -> Generator[Progress, None, Model]:
    x, began = as_input(rows), clock()
    learner = Learner(recipe, np.random.default_rng(order.seed), _start(order))
    steps, step = recipe.epochs * ((recipe.own + recipe.crossed) // recipe.batch), 0
    with np.errstate(all="ignore"):
        for epoch, batches in zip(range(1, recipe.epochs + 1), learner.epochs(x), strict=False):
            for batch in batches:
                learner.learn(batch, _rate(recipe, step, steps))
                step += 1
            yield _progress(epoch, recipe.epochs, learner.loss(), clock() - began)
    return _model(learner.network(x), rows, x, order, sources, recipe)


def _classic(
    rows: Array, order: Order, sources: Sequence[str] | None, clock: Callable[[], float]
) -> Generator[Progress, None, Model]:
    if order.warm is not None:
        raise BadInput('style "classic" always starts afresh; warm goes with the other styles')
    began, epochs = clock(), _count("epochs", CLASSIC_EPOCHS if order.epochs is None else order.epochs)
    classic = Classic(
        as_plugin_input(rows), _count("batch", CLASSIC_BATCH if order.batch is None else order.batch), order.seed
    )
    with np.errstate(all="ignore"):
        for epoch in range(1, epochs + 1):
            yield _progress(epoch, epochs, classic.epoch(), clock() - began)
    encoder, decoder = classic.ops()
    latents = run(encoder, classic.rows)
    described = {**_card(order, len(rows)), "sizes": "32-16-8-4-8-16-32", "epochs": epochs}
    units = density_of(latents)
    plain = PluginModel(in_units(decoder, units), encoder_in_units(encoder, units))
    about = About(order.name, described, examples_of(rows, sources), density_of(run(plain.encoder, classic.rows)))
    model = PluginModel(plain.decoder, plain.encoder, about)
    card = {**described, **own_figures(model, rows, run(plain.encoder, classic.rows))}
    return PluginModel(plain.decoder, plain.encoder, replace(about, card=card))


def _model(
    network: Network, rows: Array, x: Array, order: Order, sources: Sequence[str] | None, recipe: Recipe
) -> Model:
    latents = forward(network.encoder, x[:: len(x) // MOST_MEASURED + 1])
    measured = rows[:: len(x) // MOST_MEASURED + 1]
    plain = GrooveModel(network, {}, order.name, examples_of(rows, sources), density_of(latents))
    card = {**_card(order, len(rows)), "sizes": network.sizes, "epochs": recipe.epochs}
    return replace(plain, card={**card, **own_figures(plain, measured, latents)})


def _card(order: Order, count: int) -> dict[str, str | float]:
    return {"style": order.style, "data": order.data or f"{count} rows", "rows": count, "seed": order.seed}


def _start(order: Order) -> Network | None:
    if order.warm is None:
        return None
    if not isinstance(order.warm, GrooveModel):
        raise BadInput('only a model of the styles "groove", "memory" and "wide" can go on; train without warm')
    return order.warm.network


def _adapted(recipe: Recipe, order: Order) -> Recipe:
    """The recipe with the epochs and the batch that were asked for; a warm start learns more gently."""
    epochs = recipe.epochs if order.epochs is None else _count("epochs", order.epochs)
    batch = recipe.batch if order.batch is None else _count("batch", order.batch)
    pool = max(recipe.own, batch - recipe.crossed)
    rate = recipe.rate * (1 if order.warm is None else WARM)
    return replace(recipe, epochs=epochs, batch=batch, own=pool, rate=rate)


def _count(name: str, value: int) -> int:
    return whole(name, value, 1, 100_000)


def _progress(epoch: int, epochs: int, loss: float, gone: float) -> Progress:
    if not np.isfinite(loss):
        raise Fault(f"training diverged in epoch {epoch}; try another seed, or start afresh instead of warm")
    return Progress(epoch, epochs, loss, gone / epoch * (epochs - epoch))


def _rate(recipe: Recipe, step: int, steps: int) -> float:
    return recipe.rate * min(1.0, (step + 1) / max(1.0, recipe.warm_up * steps)) * (1 - step / steps)
