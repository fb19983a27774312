"""The drum: Microtonic's oscillator and noise, mixed, distorted and equalised (facts/supertonic.md, 1B).

All controls come from `sound.controls`. Times are in seconds.

osc_freq                  Hz
osc_attack, osc_decay     rise from `osc_start`, and time to -60 dB
osc_gain                  of the oscillator at its peak
mod_amount                natural logarithm of the frequency ratio at the modulator's peak
mod_time, mod_rate        seconds to -60 dB of a sweep; Hz of the others
noise_freq, noise_rq      Hz, and the reciprocal of Q
noise_attack, noise_decay rise from `noise_start`, and time to -60 dB (linear: to nothing)
noise_gain                of the noise at its peak
burst_rate, burst_fall    of a clap: Hz, and nepers from one burst to the next
dist_...                  the constants of `sound.microtonic.Curve`
eq_freq, eq_gain, eq_rq   Hz, dB, and the reciprocal of Q
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

import math
from collections.abc import Callable

from supriya import SynthDef, SynthDefBuilder
from supriya.ugens import (
    DC,
    BBandPass,
    BHiPass,
    BLowPass,
    BPeakEQ,
    Envelope,
    EnvGen,
    LFNoise0,
    LFSaw,
    LFTri,
    SampleRate,
    SinOsc,
    UGenOperable,
    WhiteNoise,
)

from deepsteps_live.sound import Structure

from .voice import end, voice

FALL = 0.001  # -60 dB, where an exponential attack starts
FLOOR = 1e-6  # -120 dB, in twice the displayed decay: the same law, further down
HIGHEST = 20_000.0  # Hz; a sweep of 96 semitones asks for more

OSCILLATOR = ("osc_freq", "osc_attack", "osc_start", "osc_decay", "osc_gain")
MODULATION = {
    "decay": ("mod_amount", "mod_time"),
    "sine": ("mod_amount", "mod_rate"),
    "noise": ("mod_amount", "mod_rate"),
}
NOISE = ("noise_freq", "noise_rq", "noise_attack", "noise_decay", "noise_gain")
ENVELOPE = {"exp": ("noise_start",), "linear": ("noise_start",), "mod": ("burst_rate", "burst_fall")}
DISTORTION = ("dist_drive", "dist_bend", "dist_ceiling", "dist_offset", "dist_makeup", "dist_leak")
EQUALISER = ("eq_freq", "eq_gain", "eq_rq")

Sound = list[UGenOperable]  # one channel, or two


def build(structure: Structure) -> SynthDef:
    """The SynthDef of a drum's structure: only the parts that it has."""
    builder = voice(_controls(structure))
    with builder:
        sound = [sum(parts[1:], parts[0]) for parts in zip(*_sources(builder, structure), strict=True)]
        if structure.distortion:
            sound = [_distorted(builder, channel) for channel in sound]
        if structure.equaliser:
            sound = [_equalised(builder, channel) for channel in sound]
        end(builder, sound[0], sound[-1])
    return builder.build(name=structure.name)


def _controls(structure: Structure) -> list[str]:
    return [
        *(OSCILLATOR if structure.wave else ()),
        *(MODULATION[structure.modulation] if structure.modulation else ()),
        *(NOISE if structure.filter else ()),
        *(ENVELOPE[structure.envelope] if structure.envelope else ()),
        *(DISTORTION if structure.distortion else ()),
        *(EQUALISER if structure.equaliser else ()),
    ]


def _sources(builder: SynthDefBuilder, structure: Structure) -> list[Sound]:
    """Oscillator and noise, each as many channels as the structure has."""
    channels = 2 if structure.stereo else 1
    sources: list[Sound] = []
    if structure.wave:
        sources.append([_oscillator(builder, structure)] * channels)
    if structure.filter:
        envelope = NOISE_ENVELOPES[structure.envelope](builder) * builder["noise_gain"]
        sources.append([_filtered(builder, structure.filter) * envelope for _ in range(channels)])
    return sources or [[DC.ar(source=0)]]


def _oscillator(builder: SynthDefBuilder, structure: Structure) -> UGenOperable:
    frequency: UGenOperable = builder["osc_freq"]
    if structure.modulation:
        bend = MODULATORS[structure.modulation](builder) * builder["mod_amount"]
        frequency = (bend.exponential() * frequency).min(HIGHEST)
    envelope = _exponential(builder, "osc") * builder["osc_gain"]
    return WAVES[structure.wave](frequency) * envelope


def _sine(frequency: UGenOperable) -> UGenOperable:
    return SinOsc.ar(frequency=frequency, phase=math.pi / 4)


def _triangle(frequency: UGenOperable) -> UGenOperable:
    return LFTri.ar(frequency=frequency, initial_phase=0.5)


def _saw(frequency: UGenOperable) -> UGenOperable:
    """A ramp with a polynomial band-limited step; unlike Saw it can start at 45 degrees."""
    ramp = LFSaw.ar(frequency=frequency, initial_phase=0.25)
    steepness = SampleRate.ir() / (frequency * 2)
    after = (1 - (ramp + 1) * steepness).max(0)
    before = (1 - (1 - ramp) * steepness).max(0)
    return ramp + after.squared() - before.squared()


def _sweep(builder: SynthDefBuilder) -> UGenOperable:
    # Envelopes run a sample ahead; the first segment, of no length, takes one sample and makes up for it.
    return EnvGen.ar(envelope=Envelope([1, 1, FLOOR], [0, builder["mod_time"] * 2], ["exponential"]))


def _vibrato(builder: SynthDefBuilder) -> UGenOperable:
    return SinOsc.ar(frequency=builder["mod_rate"], phase=math.pi / 2)


def _wander(builder: SynthDefBuilder) -> UGenOperable:
    return LFNoise0.ar(frequency=builder["mod_rate"])


def _exponential(builder: SynthDefBuilder, section: str) -> UGenOperable:
    levels = [builder[f"{section}_start"], 1, FLOOR]
    times = [builder[f"{section}_attack"], builder[f"{section}_decay"] * 2]
    return EnvGen.ar(envelope=Envelope(levels, times, ["exponential"]))


def _straight(builder: SynthDefBuilder) -> UGenOperable:
    return EnvGen.ar(
        envelope=Envelope([builder["noise_start"], 1, 0], [builder["noise_attack"], builder["noise_decay"]], ["linear"])
    )


def _clap(builder: SynthDefBuilder) -> UGenOperable:
    """Equal bursts that fill the attack, then the decay."""
    attack = builder["noise_attack"]
    ramp = LFSaw.ar(frequency=builder["burst_rate"], initial_phase=1)
    burst = ((ramp + 1) * (builder["burst_fall"] * -0.5)).exponential()
    tail = EnvGen.ar(
        envelope=Envelope(
            [0, 0, 1, FLOOR], [attack, 0, builder["noise_decay"] * 2], ["linear", "linear", "exponential"]
        )
    )
    return burst * tail.is_equal_to(0) + tail


def _filtered(builder: SynthDefBuilder, mode: str) -> UGenOperable:
    """White noise through the filter, its loudness held whatever the filter leaves of it.

    The power of white noise after the filter follows from its coefficients: with c the cosine of the
    corner's angle and a = sin / 2Q, low-pass (1 - c)(1 + c + 2a) / 4a(1 + a), band-pass a / (1 + a).
    """
    frequency, rq = builder["noise_freq"], builder["noise_rq"]
    angle = frequency * 2 * math.pi / SampleRate.ir()
    width = angle.sin() * rq * 0.5
    cosine = angle.cos() * (-1 if mode == "hp" else 1)
    if mode == "bp":
        power = width / (width + 1)
        # BBandPass takes octaves; these give the Q that is asked for after its own warping.
        octaves = _inverse_sinh(rq * 0.5) * (2 / math.log(2)) * angle.sin() / angle
        return BBandPass.ar(source=WhiteNoise.ar(), frequency=frequency, bandwidth=octaves) / power.sqrt()
    power = (1 - cosine) * (1 + cosine + 2 * width) / (4 * width * (width + 1))
    kind = BLowPass if mode == "lp" else BHiPass
    return kind.ar(source=WhiteNoise.ar(), frequency=frequency, reciprocal_of_q=rq) / power.sqrt()


def _inverse_sinh(value: UGenOperable) -> UGenOperable:
    return (value + (value.squared() + 1).sqrt()).log()


def _distorted(builder: SynthDefBuilder, sound: UGenOperable) -> UGenOperable:
    pushed = sound * builder["dist_drive"] - 1 / 3
    bent = pushed.clip2(builder["dist_ceiling"])
    size = abs(bent)
    curve = bent * ((size - size.squared()) * builder["dist_bend"] + 1) + builder["dist_offset"]
    return curve * builder["dist_makeup"] + sound * builder["dist_leak"]


def _equalised(builder: SynthDefBuilder, sound: UGenOperable) -> UGenOperable:
    return BPeakEQ.ar(
        source=sound,
        frequency=builder["eq_freq"],
        reciprocal_of_q=builder["eq_rq"],
        gain=builder["eq_gain"],
    )


WAVES: dict[str, Callable[[UGenOperable], UGenOperable]] = {"sine": _sine, "triangle": _triangle, "saw": _saw}
MODULATORS: dict[str, Callable[[SynthDefBuilder], UGenOperable]] = {
    "decay": _sweep,
    "sine": _vibrato,
    "noise": _wander,
}
NOISE_ENVELOPES: dict[str, Callable[[SynthDefBuilder], UGenOperable]] = {
    "exp": lambda builder: _exponential(builder, "noise"),
    "linear": _straight,
    "mod": _clap,
}
