"""Which graph of unit generators a patch needs: only what is heard runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from deepsteps_live.music import Patch
from deepsteps_live.sound.parameters import parameters
from deepsteps_live.sound.patches import physical

WAVES = ("sine", "triangle", "saw")
MODULATIONS = ("decay", "sine", "noise")
FILTERS = ("lp", "bp", "hp")
HIGH = 600.0  # Hz; a tone alone from here on has its distortion smoothed
ENVELOPES = ("exp", "linear", "mod")


@dataclass(frozen=True, slots=True)
class Structure:
    """One SynthDef's worth of choices; empty words and False are parts that it does not have."""

    synth: str
    wave: str = ""
    modulation: str = ""
    filter: str = ""
    envelope: str = ""
    stereo: bool = False
    distortion: bool = False
    equaliser: bool = False
    smooth: bool = False  # distortion that does not alias

    @property
    def name(self) -> str:
        """The SynthDef's name, one to a structure: `ds-drum-sine-decay-lp-exp-mono-dist-eq`."""
        width = ("stereo" if self.stereo else "mono") if self.filter else ""
        ends = ("dist" if self.distortion else "", "smooth" if self.smooth else "", "eq" if self.equaliser else "")
        parts = ("ds", self.synth, self.wave, self.modulation, self.filter, self.envelope, width, *ends)
        return "-".join(part for part in parts if part)


@lru_cache(maxsize=1024)
def structure(patch: Patch) -> Structure:
    """The structure of a patch; synths without parts to leave out have one."""
    parameters(patch.synth)
    return _drum(physical(patch)) if patch.synth == "drum" else Structure(patch.synth)


def _drum(turned: dict[str, float]) -> Structure:
    if turned["level"] == -math.inf:
        return Structure("drum")
    oscillator, noise = turned["mix"] > 0, turned["mix"] < 100
    sweeps = turned["mod_amount"] != 0 and math.isfinite(turned["mod_rate"])
    return Structure(
        "drum",
        wave=WAVES[int(turned["osc_wave"])] if oscillator else "",
        modulation=MODULATIONS[int(turned["mod_mode"])] if oscillator and sweeps else "",
        filter=FILTERS[int(turned["noise_filter"])] if noise else "",
        envelope=ENVELOPES[int(turned["noise_env"])] if noise else "",
        stereo=noise and bool(turned["noise_stereo"]),
        distortion=turned["distortion"] > 0,
        equaliser=turned["eq_gain"] != 0,
        smooth=turned["distortion"] > 0 and not noise and turned["osc_freq"] >= HIGH,
    )
