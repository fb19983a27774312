"""What one hit tells its SynthDef: physical values, computed from a patch, a velocity and a pitch.

Every control that is named here exists in the SynthDef of the patch's structure, and only those.
Times are in seconds, frequencies in Hz, gains linear.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from deepsteps_live.music import Patch
from deepsteps_live.sound.microtonic import (
    BURST_FALL,
    SCALE,
    SECTION,
    Curve,
    bursts,
    curve,
    loudness,
    noise_weight,
    pan_gains,
    shares,
    softness,
)
from deepsteps_live.sound.patches import physical
from deepsteps_live.sound.structure import Structure, structure

OWN_PITCH = 60  # the MIDI note at which a drum sounds as its patch says
QUIET = 10 ** (-84 / 20)  # of full scale; a voice that fell below it is over
FALL = 0.001  # what an exponential envelope falls to in its displayed time, -60 dB
CLEAN = Curve(1.0, 0.0, 1e6, 0.0, 1.0, 0.0)
SEMITONE = math.log(2) / 12  # in natural logarithms of frequency
HIGHEST = 20_000.0  # Hz; where pitch is modulated the SynthDef stops there itself
MARGIN = 0.005  # seconds that a voice outlives its envelopes
OPENS = 0.5  # how much a melodic voice's tone follows its loudness: the exponent between the two
BRIGHTEST = 9.0  # radians, the bell's index at 100 %
HARDEST = 4.0  # radians, how far the keys are bent at 100 % bark
TINE = 6.27  # the second mode of a bar that is held at one end, against its first

Controls = dict[str, float]

# What a ringing voice follows: controls that depend on the patch alone, as `live` gives them.
SIDES = ("left", "right")
FILTER = ("cutoff", "rq")
LIVE = {
    "drum": (*SIDES, "noise_freq", "noise_rq", "noise_weight", "eq_freq", "eq_gain", "eq_rq"),
    "pluck": (*SIDES, *FILTER),
    "bass": (*SIDES, *FILTER),
    "bell": SIDES,
    "keys": SIDES,
}


def controls(patch: Patch, velocity: float, pitch: float | None = None, gate: float = 0.1) -> Controls:
    """The controls of one hit.

    velocity  0 to 1, MIDI's 0 to 127; 64/127 is Microtonic's plain step, 1 its accent
    pitch     MIDI note; a drum is transposed by its distance from 60, None is the drum's own
    gate      seconds that a melodic voice is held; a drum has none
    """
    shape = structure(patch)
    return CONTROLS[patch.synth](physical(patch), shape, velocity, pitch, gate)


def live(patch: Patch) -> Controls:
    """What `/n_set` tells a ringing voice when its patch is turned: those of LIVE that the patch's structure has.

    None of them depends on velocity or pitch. Level and pan are in `left` and `right`.
    """
    turned, shape = physical(patch), structure(patch)
    if patch.synth == "drum":
        return _drum_live(turned, shape)
    return _sides(turned["level"], turned["pan"]) | (_filter(turned) if "cutoff" in LIVE[patch.synth] else {})


def _drum_live(turned: Controls, shape: Structure) -> Controls:
    found = _sides(turned["level"] - max(turned["eq_gain"], 0) / 2, turned["pan"], SCALE)
    if shape.filter:
        quality = turned["noise_q"]
        found |= {"noise_freq": turned["noise_freq"], "noise_rq": 1 / quality, "noise_weight": noise_weight(quality)}
    if shape.equaliser:
        wide = turned["eq_gain"] > 0
        found |= {"eq_freq": turned["eq_freq"], "eq_gain": turned["eq_gain"], "eq_rq": 2.0 if wide else 0.5}
    return found


def _sides(level: float, pan: float, scale: float = 1.0) -> Controls:
    amplitude = _decibels(level) * scale
    left, right = pan_gains(pan)
    return {"left": amplitude * left, "right": amplitude * right}


def _filter(turned: Controls) -> Controls:
    return {"cutoff": turned["cutoff"], "rq": 1 / turned["resonance"]}


def _drum(turned: Controls, shape: Structure, velocity: float, pitch: float | None, gate: float) -> Controls:
    hit = _drum_live(turned, shape)
    drive = curve(turned["distortion"]) if shape.distortion else CLEAN
    loudest = max(hit["left"], hit["right"]) * max(1.0, drive.slope) * _decibels(max(turned["eq_gain"], 0))
    life = 0.0
    if shape.wave:
        hit |= _oscillator(turned, shape, velocity, pitch)
        life = _end(hit["osc_attack"], hit["osc_decay"], hit["osc_gain"] * loudest)
    if shape.filter:
        hit |= _noise(turned, shape, velocity)
        straight = shape.envelope == "linear"
        end = _straight_end if straight else _end
        noisiest = hit["noise_gain"] * hit["noise_weight"] * loudest
        life = max(life, end(hit["noise_attack"], hit["noise_decay"], noisiest))
    if not shape.wave and not shape.filter:
        return {"left": 0.0, "right": 0.0, "life": MARGIN}
    if shape.distortion:
        hit |= _distortion(drive)
    if shape.equaliser:
        life += _ringing(turned["eq_freq"], turned["eq_gain"])
    return hit | {"life": life + MARGIN}


def _oscillator(turned: Controls, shape: Structure, velocity: float, pitch: float | None) -> Controls:
    attack = turned["osc_attack"] / 1000
    gain = shares(turned["mix"] / -100 + 1)[0] * loudness(velocity, turned["osc_velocity"]) * SECTION[shape.wave]
    transposed = 0.0 if pitch is None else pitch - OWN_PITCH
    bend = turned["mod_amount"] * softness(velocity, turned["mod_velocity"]) ** 2
    found = {
        "osc_attack": attack,
        "osc_start": FALL if attack else 1.0,
        "osc_decay": turned["osc_decay"] / 1000,
        "osc_gain": gain,
    }
    if not shape.modulation:  # an endless sweep stays at its peak
        transposed += bend
    elif shape.modulation == "decay":
        found |= {"mod_amount": bend * SEMITONE, "mod_time": min(turned["mod_rate"] / 1000, 10_000.0)}
    else:
        found |= {"mod_amount": bend * SEMITONE, "mod_rate": turned["mod_rate"]}
    frequency = turned["osc_freq"] * 2 ** (transposed / 12)
    return found | {"osc_freq": frequency if shape.modulation else min(frequency, HIGHEST)}


def _noise(turned: Controls, shape: Structure, velocity: float) -> Controls:
    attack = turned["noise_attack"] / 1000
    share = shares(turned["mix"] / -100 + 1)[1]
    found = {
        "noise_ring": _ring(turned["noise_freq"], turned["noise_q"], shape.filter),
        "noise_attack": attack,
        "noise_decay": turned["noise_decay"] / 1000,
        "noise_gain": share * loudness(velocity, turned["noise_velocity"]),
    }
    if shape.envelope == "exp":
        found["noise_start"] = FALL if attack else 1.0
    elif shape.envelope == "linear":
        found["noise_start"] = 0.0 if attack else 1.0
    else:
        found["burst_rate"] = bursts(turned["noise_attack"]) / attack if attack else 0.0
        found["burst_fall"] = BURST_FALL / 20 * math.log(10)
    return found


def _ring(frequency: float, resonance: float, mode: str) -> float:
    """Seconds in which the power that is left in a filter falls to 1 / e; a low-pass has a slow pole at low Q."""
    if mode == "lp" and resonance < 0.5:
        resonance = resonance / (1 - math.sqrt(1 - 4 * resonance**2))
    return resonance / (2 * math.pi * frequency)


def _distortion(drive: Curve) -> Controls:
    return {
        "dist_drive": drive.drive,
        "dist_bend": drive.bend,
        "dist_ceiling": drive.ceiling,
        "dist_offset": drive.offset,
        "dist_makeup": drive.makeup,
        "dist_leak": drive.leak,
    }


def _end(attack: float, decay: float, loudest: float) -> float:
    """When an exponential envelope is below QUIET; never before its displayed decay is played, or beyond twice it."""
    floor = min(max(QUIET / max(loudest, QUIET), FALL**2), FALL)
    return attack + decay * math.log(floor) / math.log(FALL)


def _straight_end(attack: float, decay: float, loudest: float) -> float:
    return attack + decay


def _ringing(frequency: float, decibels: float) -> float:
    """Seconds until the equaliser's resonance is below QUIET."""
    resonance = 10 ** (decibels / 40) * (0.5 if decibels > 0 else 2.0)
    return resonance / (math.pi * frequency) * -math.log(QUIET)


def _decibels(level: float) -> float:
    return float(10 ** (level / 20))


def _pluck(turned: Controls, shape: Structure, velocity: float, pitch: float | None, gate: float) -> Controls:
    hit = _voice(turned, velocity, pitch, gate)
    return hit | {"detune": turned["detune"] / 1200 * math.log(2), "sub": turned["sub"] / 100}


def _bass(turned: Controls, shape: Structure, velocity: float, pitch: float | None, gate: float) -> Controls:
    hit = _voice(turned, velocity, pitch, gate)
    return hit | {"drop": turned["drop"] * SEMITONE, "drive": 1 + 5 * turned["drive"] / 100}


def _bell(turned: Controls, shape: Structure, velocity: float, pitch: float | None, gate: float) -> Controls:
    hit = _held(turned, velocity, pitch, gate)
    brightness = BRIGHTEST * (turned["brightness"] / 100) ** 2 * hit["gain"] ** OPENS
    return hit | {
        "ratio": turned["ratio"],
        "index": min(brightness, _unfolded(hit["freq"], turned["ratio"])),
        "fade": turned["fade"] / 1000,
        "apart": turned["shimmer"] / 1200 * math.log(2),
        "strike": turned["strike"] / 100 * hit["gain"] ** OPENS,
    }


def _keys(turned: Controls, shape: Structure, velocity: float, pitch: float | None, gate: float) -> Controls:
    hit = _held(turned, velocity, pitch, gate)
    tine = hit["freq"] * TINE
    return hit | {
        "bark": min(HARDEST * (turned["bark"] / 100) ** 2 * hit["gain"], _unfolded(hit["freq"], 1.0)),
        "fade": turned["fade"] / 1000,
        "tine": turned["tine"] / 100 * hit["gain"] ** OPENS if tine < HIGHEST else 0.0,
        "tine_freq": min(tine, HIGHEST),
        "tremolo": turned["tremolo"] / 100,
    }


def _unfolded(frequency: float, ratio: float) -> float:
    """The greatest index at which no side band above HIGHEST is stronger than FALL.

    Side band n of frequency modulation is a Bessel function J_n(index), which is at most (index / 2)^n / n!.
    """
    first = max(1, math.floor((HIGHEST / frequency - 1) / ratio) + 1)
    return 2 * math.exp((math.lgamma(first + 1) + math.log(FALL)) / first)


def _voice(turned: Controls, velocity: float, pitch: float | None, gate: float) -> Controls:
    """A held voice of some wave through a filter, which the velocity opens too."""
    hit = _held(turned, velocity, pitch, gate)
    return (
        hit
        | _filter(turned)
        | {
            "wave": turned["wave"] / 100,
            "sweep": turned["sweep"] * math.log(2) * hit["gain"] ** OPENS,
            "sweep_decay": turned["sweep_decay"] / 1000,
        }
    )


def _held(turned: Controls, velocity: float, pitch: float | None, gate: float) -> Controls:
    """What every melodic voice has: a pitch, a gate, and the gain of its velocity."""
    release = turned["release"] / 1000
    return _sides(turned["level"], turned["pan"]) | {
        "freq": 440 * 2 ** (((OWN_PITCH if pitch is None else pitch) - 69) / 12),
        "attack": turned["attack"] / 1000,
        "decay": turned["decay"] / 1000,
        "release": release,
        "gate": gate,
        "gain": loudness(velocity, turned["velocity"]),
        "life": max(gate, turned["attack"] / 1000) + release + MARGIN,
    }


CONTROLS: dict[str, Callable[[Controls, Structure, float, float | None, float], Controls]] = {
    "drum": _drum,
    "pluck": _pluck,
    "bass": _bass,
    "bell": _bell,
    "keys": _keys,
}
