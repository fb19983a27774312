"""The autoencoder: arrays in, arrays out. Four latents to a bar of 16 steps and back."""

from deepsteps_live.model.files import from_bytes, load
from deepsteps_live.model.model import GrooveModel, Model, Row
from deepsteps_live.model.training import LATENTS, Network, Recipe, train

__all__ = ["LATENTS", "GrooveModel", "Model", "Network", "Recipe", "Row", "from_bytes", "load", "train"]
