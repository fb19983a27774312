"""The prior's weights in a file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepsteps_live.errors import BadInput
from deepsteps_live.prior.draw import Net
from deepsteps_live.prior.names import DRUMS
from deepsteps_live.prior.network import FEATURES, STEPS

Array = NDArray[np.float32]


def read(path: Path) -> tuple[list[Net], list[Array], Array]:
    """The networks of the nine drums, the groove's [w, b, v, c], and its spreads (2, 9): velocity, offset.

    BadInput when the file is missing or holds something else.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            found = {name: np.asarray(file[name], np.float32) for name in file.files}
        w, v, c = found["w"], found["v"], found["c"]
        groove = [found[f"groove_{name}"] for name in "wbvc"]
        spread = found["spread"]
        size = 2 * STEPS * len(DRUMS)
        shapes = [w.shape[:2], v.shape, c.shape, groove[0].shape[0], groove[3].shape[0], spread.shape]
        right = [(len(DRUMS), FEATURES), (len(DRUMS), w.shape[2]), (len(DRUMS),), size, 2 * size, (2, len(DRUMS))]
        if shapes != right or not all(np.isfinite(array).all() for array in found.values()):
            raise ValueError("its arrays have other shapes")
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as error:
        raise BadInput(f"{path} is no prior: {error}") from None
    return [Net(w[i], v[i], float(c[i])) for i in range(len(DRUMS))], groove, spread


def write(path: Path, nets: list[Net], groove: list[Array], spread: Array) -> None:
    """The same, to a file; half precision: a quarter of a per mille of a weight is not heard."""
    arrays: dict[str, Array] = {f"groove_{name}": part for name, part in zip("wbvc", groove, strict=True)}
    arrays |= {"w": np.stack([net.w for net in nets]), "v": np.stack([net.v for net in nets])}
    arrays |= {"c": np.array([net.c for net in nets], np.float32), "spread": spread}
    with path.open("wb") as file:
        np.savez_compressed(
            file, allow_pickle=False, **{name: part.astype(np.float16) for name, part in arrays.items()}
        )
