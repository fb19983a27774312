"""The drum: Microtonic's oscillator and noise, mixed, distorted and equalised (facts/supertonic.md, 1B).

All controls come from `sound.controls`. Times are in seconds.

osc_freq                  Hz
osc_attack, osc_decay     rise from `osc_start`, and time to -60 dB
osc_gain                  of the oscillator at its peak
mod_amount                natural logarithm of the frequency ratio at the modulator's peak
mod_time, mod_rate        seconds to -60 dB of a sweep; Hz of the others
noise_freq, noise_rq      Hz, and the reciprocal of Q
noise_weight, noise_ring  RMS against that at Q 1; seconds in which the power left in the filter falls to 1 / e
noise_attack, noise_decay rise from `noise_start`, and time to -60 dB (linear: to nothing)
noise_gain                of the noise at its peak, besides its weight
burst_rate, burst_fall    of a clap: Hz, and nepers from one burst to the next
dist_...                  see `distortion`
eq_freq, eq_gain, eq_rq   Hz, dB, and the reciprocal of Q
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr"

import math
from collections.abc import Callable

from supriya import SynthDef, SynthDefBuilder
from supriya.ugens import (
    A2K,
    DC,
    FOS,
    BBandPass,
    BHiPass,
    BLowPass,
    BPeakEQ,
    ControlDur,
    Envelope,
    EnvGen,
    Lag,
    LFSaw,
    Line,
    SampleRate,
    SinOsc,
    UGenOperable,
    WhiteNoise,
)
from supriya.ugens.osc import Osc

from deepsteps_live.sound import Structure

from .distortion import DISTORTION, distorted, smoothed
from .voice import end, voice
from .waves import table

FALL = 0.001  # -60 dB, where an exponential attack starts
FLOOR = 1e-6  # -120 dB, in twice the displayed decay: the same law, further down
START = math.pi / 4  # every wave starts at 45 degrees
GLIDE = 0.3  # seconds in which the equaliser's frequency goes where it is turned, evenly in pitch
HIGHEST = 20_000.0  # Hz; a sweep of 96 semitones asks for more

OSCILLATOR = ("osc_freq", "osc_attack", "osc_start", "osc_decay", "osc_gain")
MODULATION = {
    "decay": ("mod_amount", "mod_time"),
    "sine": ("mod_amount", "mod_rate"),
    "noise": ("mod_amount", "mod_rate"),
}
NOISE = ("noise_freq", "noise_rq", "noise_weight", "noise_ring", "noise_attack", "noise_decay", "noise_gain")
ENVELOPE = {"exp": ("noise_start",), "linear": ("noise_start",), "mod": ("burst_rate", "burst_fall")}
EQUALISER = ("eq_freq", "eq_gain", "eq_rq")

Sound = list[UGenOperable]  # one channel, or two


def build(structure: Structure) -> SynthDef:
    """The SynthDef of a drum's structure: only the parts that it has."""
    builder = voice(_controls(structure))
    with builder:
        sound = [sum(parts[1:], parts[0]) for parts in zip(*_sources(builder, structure), strict=True)]
        if structure.distortion:
            distort = smoothed if structure.smooth else distorted
            sound = [distort(builder, channel) for channel in sound]
        if structure.equaliser:
            sound = _equalised(builder, sound)
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
        noise = _noise(builder, structure.filter, channels)
        envelope = NOISE_ENVELOPES[structure.envelope](builder)
        sources.append([channel * envelope for channel in noise])
    return sources or [[DC.ar(source=0)]]


def _oscillator(builder: SynthDefBuilder, structure: Structure) -> UGenOperable:
    bend = MODULATORS[structure.modulation](builder) * builder["mod_amount"] if structure.modulation else None
    frequency = builder["osc_freq"] if bend is None else (bend.exponential() * builder["osc_freq"]).min(HIGHEST)
    envelope = _exponential(builder, "osc") * builder["osc_gain"]
    if structure.wave == "sine":
        return SinOsc.ar(frequency=frequency, phase=START) * envelope
    octaves = (SampleRate.ir() * 0.5 / builder["osc_freq"]).log2()  # below half the sample rate
    if bend is not None:
        octaves = octaves - A2K.kr(source=bend) / math.log(2)
    return Osc.ar(buffer_id=table(structure.wave, octaves), frequency=frequency, initial_phase=START) * envelope


def _sweep(builder: SynthDefBuilder) -> UGenOperable:
    # Envelopes run a sample ahead; the first segment, of no length, takes one sample and makes up for it.
    return EnvGen.ar(envelope=Envelope([1, 1, FLOOR], [0, builder["mod_time"] * 2], ["exponential"]))


def _vibrato(builder: SynthDefBuilder) -> UGenOperable:
    return SinOsc.ar(frequency=builder["mod_rate"], phase=math.pi / 2)


def _wander(builder: SynthDefBuilder) -> UGenOperable:
    """White noise through one pole at the rate, its RMS that of white noise, 1 / sqrt 3 of the depth, at any rate.

    Nothing official says what Microtonic's random modulation is. The two open models of it, libpo32's and pythonic's,
    both take low-passed white noise with the rate as its cut-off, which the rate's law, 0 to 20 kHz, bears out; held
    samples are known to be 2.4 to 6.7 dB off (1B.3b). That the power is held is ours: without it, as libpo32 has it,
    slow rates are not heard at all. At rates of 10 kHz, where the shipped sounds have theirs, both are within 2 dB.
    """
    pole = (builder["mod_rate"] * (-2 * math.pi) / SampleRate.ir()).exponential().min(0.99999)
    start = _running(-0.5 / pole.log())
    return FOS.ar(source=WhiteNoise.ar() * start, a_0=(1 - pole.squared()).sqrt(), a_1=0, b_1=pole)


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
    ramp = LFSaw.ar(frequency=builder["burst_rate"], initial_phase=-1)
    burst = ((ramp + 1) * (builder["burst_fall"] * -0.5)).exponential()
    tail = EnvGen.ar(
        envelope=Envelope(
            [0, 0, 1, FLOOR], [attack, 0, builder["noise_decay"] * 2], ["linear", "linear", "exponential"]
        )
    )
    return burst * tail.is_equal_to(0) + tail


def _noise(builder: SynthDefBuilder, mode: str, channels: int) -> Sound:
    """White noise through the filter, its loudness held whatever the filter leaves of it.

    The power of white noise after the filter follows from its coefficients: with c the cosine of the
    corner's angle and a = sin / 2Q, low-pass (1 - c)(1 + c + 2a) / 4a(1 + a), band-pass a / (1 + a).
    """
    frequency, rq = builder["noise_freq"], builder["noise_rq"]
    angle = frequency * 2 * math.pi / SampleRate.ir()
    sine = angle.sin()
    width = sine * rq * 0.5
    if mode == "bp":
        power = width / (width + 1)
    else:
        cosine = angle.cos() * (-1 if mode == "hp" else 1)
        power = (1 - cosine) * (1 + cosine + 2 * width) / (4 * width * (width + 1))
    gain = builder["noise_weight"] * builder["noise_gain"] / power.sqrt()
    # BBandPass takes octaves; these give the Q that is asked for after its own warping.
    octaves = _inverse_sinh(rq * 0.5) * (2 / math.log(2)) * sine / angle if mode == "bp" else None

    start = None if mode == "hp" else _running(builder["noise_ring"] * SampleRate.ir())

    def filtered() -> UGenOperable:
        source = WhiteNoise.ar() if start is None else WhiteNoise.ar() * start
        if mode == "bp":
            return BBandPass.ar(source=source, frequency=frequency, bandwidth=octaves)
        kind = BLowPass if mode == "lp" else BHiPass
        return kind.ar(source=source, frequency=frequency, reciprocal_of_q=rq)

    return [filtered() * gain for _ in range(channels)]


def _running(samples: UGenOperable) -> UGenOperable:
    """What white noise is multiplied by so that a resting filter sounds as if it had always run.

    The power that it would have gathered by now, falling to 1 / e in so many `samples`, is put in with the first
    block, and with the second, on the way back to 1: together a block and a third.
    """
    gathered = 1 - (SampleRate.ir() * ControlDur.ir() * (-4 / 3) / samples).exponential()
    # Lines run a step ahead: the first block gets what is half-way.
    return Line.kr(start=gathered**-0.5 * 2 - 1, stop=1, duration=ControlDur.ir() * 2)


def _inverse_sinh(value: UGenOperable) -> UGenOperable:
    return (value + (value.squared() + 1).sqrt()).log()


def _equalised(builder: SynthDefBuilder, sound: Sound) -> Sound:
    # It remembers low tones thousands of times their size: turned faster than this, it throws them out as a click.
    frequency = Lag.kr(source=builder["eq_freq"].log(), lag_time=GLIDE).exponential()
    gain, rq = (Lag.kr(source=builder[control], lag_time=GLIDE / 3) for control in ("eq_gain", "eq_rq"))
    return [BPeakEQ.ar(source=channel, frequency=frequency, reciprocal_of_q=rq, gain=gain) for channel in sound]


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
