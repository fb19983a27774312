"""The styles of training. To add one: a row in STYLES, whose line says what it does to the sliders."""

from __future__ import annotations

from dataclasses import dataclass

from deepsteps_live.errors import no_such


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained.

    encoder, decoder  units of the hidden layers
    own, crossed      rows of a pool: the performer's own, each as often as the others, and such as cross their beats
    renew             epochs, after which a pool is made anew
    epochs            passes through the pool
    groove            weight of offsets and velocities against hits
    shrink            pull of the latents to 0
    spread            of the first decoder weights: higher bends the box more finely from the start
    warm_up           share of all steps in which the rate rises; then it falls in a line to 0
    """

    encoder: tuple[int, ...] = (48,)
    decoder: tuple[int, ...] = (48, 64)
    own: int = 4736
    crossed: int = 3456
    renew: int = 2
    epochs: int = 32
    batch: int = 128
    rate: float = 0.032
    beta1: float = 0.9
    beta2: float = 0.98
    groove: float = 0.62
    shrink: float = 0.006
    spread: float = 1.15
    warm_up: float = 0.03


@dataclass(frozen=True, slots=True)
class Style:
    """A way to train, in a line for the player. `recipe` is None for the original network, which has its own."""

    line: str
    recipe: Recipe | None


MEMORY = Recipe(own=544, crossed=96, renew=1000, epochs=64, batch=64, rate=0.04, groove=0.85, spread=1.6, shrink=0.003)
WIDE = Recipe(own=2048, crossed=6144, epochs=28, rate=0.035, spread=0.9)
SHIPPED = Recipe(
    encoder=(128, 128),
    decoder=(128, 128),
    own=60_416,
    crossed=0,
    renew=1,
    epochs=60,
    batch=256,
    rate=0.01,
    beta2=0.99,
    groove=1.0,
    shrink=0.01,
    spread=1.0,
)

STYLES = {
    "groove": Style("your bars, and between them bars that mix their beats: half home, half new ground", Recipe()),
    "memory": Style("your own bars and hardly anything else: a slider walks from loop to loop", MEMORY),
    "wide": Style("many different beats made of yours: a slider leads far away from your loops", WIDE),
    "classic": Style("the original Deep Steps network: rougher; it travels to and from the plug-in", None),
}
DEFAULT = "groove"


def style_named(name: str) -> Style:
    """A style by its name, BadInput with the nearest one."""
    if name not in STYLES:
        raise no_such("style", name, STYLES)
    return STYLES[name]
