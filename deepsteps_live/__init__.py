"""A live-coding instrument: latents become rhythms, and SuperCollider plays them on time."""

from typing import Any

from deepsteps_live import places

__version__ = "0.1.0"

# In the source tree synthdefs/ stands beside this package, in a wheel inside it; either way it is
# imported as deepsteps_live.synthdefs.
if places.BESIDE not in map(str, __path__):
    __path__.append(places.BESIDE)


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext deepsteps_live` in IPython or Jupyter."""
    from deepsteps_live.repl import notebook

    notebook.load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext deepsteps_live`."""
    from deepsteps_live.repl import notebook

    notebook.unload(shell)
