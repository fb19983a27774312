"""The nine drums that the prior knows, and what other names count as; a new alias is a row of `ALIASES`."""

from __future__ import annotations

from deepsteps_live.errors import no_such
from deepsteps_live.music.drums import NOTES

DRUMS = tuple(NOTES)

ALIASES: dict[str, str] = {
    "bass": "kick",
    "bassdrum": "kick",
    "clap": "snare",
    "rim": "snare",
    "rimshot": "snare",
    "snap": "snare",
    "closedhat": "hat",
    "hihat": "hat",
    "shaker": "hat",
    "maraca": "hat",
    "tambourine": "hat",
    "perc": "midtom",
    "percussion": "midtom",
    "tom": "midtom",
    "conga": "midtom",
    "bongo": "hightom",
    "cowbell": "ride",
    "bell": "ride",
    "cymbal": "crash",
}


def drum(name: str) -> int:
    """The place, 0 to 8, of the drum that a track of this name counts as, or BadInput with the nearest name.

    Case, spaces, hyphens, underscores and a number at the end do not matter: "Open-Hat 2" is "openhat".
    """
    plain = "".join(letter for letter in str(name).lower() if letter not in " -_").rstrip("0123456789")
    known = ALIASES.get(plain, plain)
    if known not in NOTES:
        raise no_such("drum", name, (*DRUMS, *ALIASES))
    return DRUMS.index(known)
