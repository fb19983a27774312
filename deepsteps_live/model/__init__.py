"""The autoencoder: arrays in, arrays out. Four latents to a bar of 16 steps and back."""

from deepsteps_live.model.about import About, Density, Examples, Near
from deepsteps_live.model.compiled import Row
from deepsteps_live.model.files import from_bytes, load
from deepsteps_live.model.layers import LATENTS, Network
from deepsteps_live.model.model import GrooveModel, Model, nearest, surprise
from deepsteps_live.model.plugin import PluginModel, to_plugin
from deepsteps_live.model.styles import STYLES, Recipe
from deepsteps_live.model.training import Order, Progress, learn, train

__all__ = [
    "LATENTS",
    "STYLES",
    "About",
    "Density",
    "Examples",
    "GrooveModel",
    "Model",
    "Near",
    "Network",
    "Order",
    "PluginModel",
    "Progress",
    "Recipe",
    "Row",
    "from_bytes",
    "learn",
    "load",
    "nearest",
    "surprise",
    "to_plugin",
    "train",
]
