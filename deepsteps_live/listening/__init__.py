"""Recordings and MIDI files as onsets, beats and rows of 16 steps. Files in, values out."""

from deepsteps_live.listening.file import listen_file
from deepsteps_live.listening.folder import ENDINGS, listen_many
from deepsteps_live.listening.heard import Beats, Heard, HeardRow
from deepsteps_live.listening.onset import Onset
from deepsteps_live.listening.picture import first_line, picture

__all__ = ["ENDINGS", "Beats", "Heard", "HeardRow", "Onset", "first_line", "listen_file", "listen_many", "picture"]
