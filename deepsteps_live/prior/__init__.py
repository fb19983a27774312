"""Introspection: one drum's rhythm from others', and how drummers play given hits. Pure: patterns in, patterns out."""

from deepsteps_live.prior.names import ALIASES, DRUMS, drum
from deepsteps_live.prior.prior import Because, Explained, Prior, load

__all__ = ["ALIASES", "DRUMS", "Because", "Explained", "Prior", "drum", "load"]
