"""The voice that ours is measured against: one SynthDef with every branch, chosen by Select, for every patch.

It is built as the norns engine is (facts/supertonic.md, 1A.2 to 1A.9), from core unit generators: three oscillators,
three modulators, three filters on each of two channels and three noise envelopes always run.
"""

# mypy: disable-error-code="attr-defined,no-any-return,union-attr,operator"

from __future__ import annotations

import math

from supriya import SynthDef, SynthDefBuilder
from supriya.ugens import (
    DC,
    HPF,
    LPF,
    RLPF,
    Amplitude,
    BBandPass,
    BHiPass,
    BLowPass,
    BPeakEQ,
    Decay,
    Envelope,
    EnvGen,
    FreeSelf,
    Impulse,
    Lag,
    LFNoise0,
    LFTri,
    Out,
    Saw,
    Select,
    SinOsc,
    TDelay,
    Trig,
    UGenOperable,
    WhiteNoise,
    XFade2,
)

from deepsteps_live.music import Patch
from deepsteps_live.sound import shown

NAME = "monolith"
VOICES = 7  # that take turns, each cutting off the one before
LOUDER = 100.0  # noise before it is clipped
SIDE = math.sqrt(0.5)  # of two noises that are spread

# The controls and the parameters that they come from; choices are numbered.
NUMBERS = {
    "dist": "distortion", "eq_freq": "eq_freq", "eq_gain": "eq_gain", "level": "level", "mix": "mix",
    "mod_amount": "mod_amount", "mod_rate": "mod_rate", "noise_attack": "noise_attack", "noise_decay": "noise_decay",
    "noise_freq": "noise_freq", "noise_q": "noise_q", "osc_attack": "osc_attack", "osc_decay": "osc_decay",
    "osc_freq": "osc_freq", "osc_velocity": "osc_velocity", "noise_velocity": "noise_velocity",
    "mod_velocity": "mod_velocity",
}  # fmt: skip
CHOICES = {
    "wave": ("osc_wave", ("Sine", "Triangle", "Saw")),
    "mod_mode": ("mod_mode", ("Decay", "Sine", "Noise")),
    "filter": ("noise_filter", ("LP", "BP", "HP")),
    "envelope": ("noise_env", ("Exp", "Linear", "Mod")),
    "stereo": ("noise_stereo", ("Off", "On")),
}


def controls(patch: Patch) -> dict[str, float]:
    """What a hit of a patch tells the monolith."""
    found = {control: _finite(shown(patch, name)) for control, name in NUMBERS.items()}
    if shown(patch, "mod_mode") == "Decay":
        found["mod_rate"] = 1000 / found["mod_rate"]
    return found | {control: float(words.index(str(shown(patch, name)))) for control, (name, words) in CHOICES.items()}


def _finite(value: float | str) -> float:
    return min(max(float(value), -100.0), 1e6)


def build() -> SynthDef:
    """The SynthDef."""
    named = {**dict.fromkeys(NUMBERS, 0.0), **dict.fromkeys(CHOICES, 0.0)}
    builder = SynthDefBuilder(velocity=64.0, lowpass=20_000.0, lowpass_rq=1.0, **named)
    with builder:
        loud = builder["velocity"] / 64
        noises = [(WhiteNoise.ar() * LOUDER).clip2(1) for _ in range(2)]
        osc_attack, osc_decay = builder["osc_attack"] / 1000, builder["osc_decay"] / 1000
        attack, decay = builder["noise_attack"] / 1000, builder["noise_decay"] * 1.4 / 1000
        longer = (osc_attack + osc_decay) > (attack + decay)
        turn = builder["dist"] / 100 * (math.pi / 2)
        knee = turn.cos() * 0.05 + turn.sin() * builder["dist"] * 0.003

        tone = _tone(builder, noises[1], osc_attack, osc_decay, knee, loud, longer)
        hiss = _hiss(builder, noises, attack, decay, knee, loud, longer)
        place = _steep(builder["mix"]) * 2
        sound = [_mixed(place, side, tone) for side in hiss]

        push = _steep(builder["dist"]) * 10 + 1
        out = [_finished(builder, channel, push) for channel in sound]
        late = TDelay.kr(source=Impulse.kr(frequency=0), duration=0.03)
        for channel in out:
            FreeSelf.kr(trigger=(Amplitude.kr(source=channel) < 0.001) * late)
        Out.ar(bus=0, source=out)
    return builder.build(name=NAME)


def _steep(percent: UGenOperable) -> UGenOperable:
    return 1 / (((50 - percent) / 8).exponential() + 1)


def _tone(
    builder: SynthDefBuilder,
    noise: UGenOperable,
    attack: UGenOperable,
    decay: UGenOperable,
    knee: UGenOperable,
    loud: UGenOperable,
    frees: UGenOperable,
) -> UGenOperable:
    rate = builder["mod_rate"]
    modulators = [
        Decay.ar(source=Impulse.ar(frequency=1e-4), decay_time=1 / (rate * 2)),
        SinOsc.ar(frequency=-rate),
        Lag.ar(source=LFNoise0.ar(frequency=rate * 4), lag_time=1 / (rate * 4)),
    ]
    depth = builder["mod_amount"] / 2 * (2 - builder["mod_velocity"] / 100) * loud
    bend = Select.ar(selector=builder["mod_mode"], sources=modulators) * depth
    frequency = (bend * (math.log(2) / 12)).exponential() * (builder["osc_freq"] + 5)
    waves = [SinOsc.ar(frequency=frequency), LFTri.ar(frequency=frequency) * 0.5, Saw.ar(frequency=frequency) * 0.5]
    tone = Select.ar(selector=builder["wave"], sources=waves)
    noisy = (builder["mod_mode"] > 1) * (decay >= 0.1)
    tone = Select.ar(selector=noisy, sources=[tone, LPF.ar(source=noise, frequency=rate.min(20_000))])
    shape = Envelope([1e-4, 1, 0.9, 1e-4], [attack, decay * knee, decay], ["exponential"])
    envelope = EnvGen.ar(envelope=shape, done_action=frees * 2)
    return (tone * envelope * (1 - builder["osc_velocity"] / 200) * loud).softclip()


def _hiss(
    builder: SynthDefBuilder,
    noises: list[UGenOperable],
    attack: UGenOperable,
    decay: UGenOperable,
    knee: UGenOperable,
    loud: UGenOperable,
    spared: UGenOperable,
) -> list[UGenOperable]:
    sources = [noises[0], Select.ar(selector=builder["stereo"], sources=noises)]
    special = builder["noise_q"].log() * 0.1092 + 0.0343
    ring = SinOsc.ar(frequency=builder["noise_freq"])
    filtered = [
        XFade2.ar(in_a=_filtered(builder, source), in_b=ring, pan=(special * 2 - 1).clip(-1, 1)) for source in sources
    ]
    straight = Envelope([1e-4, 1, 0.9, 1e-4], [attack, decay * knee, decay * (1 - knee)], ["linear"])
    again = 4311 / (builder["noise_attack"] + 28.4) + 11.44
    pulses = Decay.ar(source=Impulse.ar(frequency=again), decay_time=1 / again) * 0.85 + 0.15
    gate = Trig.ar(source=DC.ar(source=1), duration=attack + 0.001)
    after = Envelope([1e-3, 1e-3, 1, 1e-4], [attack, 0.001, decay], ["exponential"])
    envelopes = [
        EnvGen.ar(envelope=Envelope([1e-3, 1, 1e-4], [attack, decay], ["exponential"]), done_action=(1 - spared) * 2),
        EnvGen.ar(envelope=straight),
        pulses * gate + EnvGen.ar(envelope=after),
    ]
    envelope = Select.ar(selector=builder["envelope"], sources=envelopes)
    gain = (1 - builder["noise_velocity"] / 200) * loud * SIDE
    return [(side * envelope * gain).softclip() for side in filtered]


def _filtered(builder: SynthDefBuilder, source: UGenOperable) -> UGenOperable:
    frequency, quality = builder["noise_freq"], builder["noise_q"]
    narrow = (1 / quality).clip(0.5, 3)
    filters = [
        BLowPass.ar(source=source, frequency=frequency, reciprocal_of_q=narrow),
        BBandPass.ar(source=source, frequency=frequency, bandwidth=(2 / quality).clip(0.1, 6)),
        BHiPass.ar(source=source, frequency=frequency, reciprocal_of_q=narrow),
    ]
    return Select.ar(selector=builder["filter"], sources=filters)


def _mixed(place: UGenOperable, noise: UGenOperable, tone: UGenOperable) -> UGenOperable:
    """Half the noise, twice the noise, the tone: two crossfades as SelectX has them."""
    low = XFade2.ar(in_a=noise * 0.5, in_b=noise * 2, pan=place.clip(0, 1) * 2 - 1)
    return XFade2.ar(in_a=low, in_b=tone, pan=place.clip(1, 2) * 2 - 3)


def _finished(builder: SynthDefBuilder, sound: UGenOperable, push: UGenOperable) -> UGenOperable:
    pushed = (sound.sin() * push).softclip()
    equal = BPeakEQ.ar(source=pushed, frequency=builder["eq_freq"], reciprocal_of_q=1, gain=builder["eq_gain"] / 2)
    level = (builder["level"] * (math.log(10) / 20)).exponential() * 0.2
    high = HPF.ar(source=equal, frequency=20) * level
    return RLPF.ar(source=high, frequency=builder["lowpass"], reciprocal_of_q=builder["lowpass_rq"])
