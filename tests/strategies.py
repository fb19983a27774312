"""Hypothesis strategies: any pattern, track and LiveSet a performer could make."""

from hypothesis import strategies as st

from deepsteps_live.music import RATES, SCALES, Groove, LiveSet, Patch, Pattern, Track, choose, lfo, ramp, walk

units = st.floats(0, 1, allow_nan=False)
offsets = st.floats(-0.5, 0.5, allow_nan=False)


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    """Any pattern of 1 to 64 steps."""
    hits = draw(st.lists(st.booleans(), min_size=1, max_size=64))
    lane = lambda values: draw(st.lists(values, min_size=len(hits), max_size=len(hits)))  # noqa: E731
    rolls = st.just(1.0) | st.floats(1, 16)
    return Pattern(tuple(hits), tuple(lane(units)), tuple(lane(offsets)), tuple(lane(units)), tuple(lane(rolls)))


latents = st.floats(-3, 3, allow_nan=False)
signals = st.one_of(
    st.builds(lfo, st.floats(0.5, 32), latents, latents, st.sampled_from(["sine", "triangle", "square"])),
    st.builds(ramp, st.floats(0.5, 32), latents, latents),
    st.builds(walk, st.floats(0.5, 32), latents, latents, st.integers(0, 9)),
    st.builds(
        lambda beats, values: choose(beats, *values), st.floats(0.5, 32), st.lists(latents, min_size=1, max_size=5)
    ),
)


_grooves = st.integers(1, 20).flatmap(
    lambda steps: st.builds(
        Groove, st.tuples(*[offsets] * steps), st.tuples(*[st.floats(0, 4, allow_nan=False)] * steps), units
    )
)
_patches = st.builds(Patch, st.just("drum"), st.text(max_size=9), st.just((("osc_freq", 0.5),)))


def tracks(name: str) -> st.SearchStrategy[Track]:
    """Any track of that name."""
    return st.builds(
        Track,
        name=st.just(name),
        pattern=patterns(),
        follows=st.sampled_from(["", "", "kick", "seq"]),
        latents=st.none() | st.tuples(*[latents | signals] * 4),
        tolerance=units,
        pitches=st.none() | st.lists(st.integers(0, 127), min_size=1, max_size=16).map(tuple),
        scale=st.none() | st.sampled_from(sorted(SCALES)),
        key=st.none() | st.integers(0, 11),
        length=st.none() | st.integers(1, 64),
        rate=st.sampled_from(sorted(RATES.values())),
        gate=st.floats(1, 1000),
        groove=units | _grooves,
        swing=st.none() | units,
        level=st.floats(-60, 6) | signals,
        pan=st.floats(-1, 1),
        reverb=units | signals,
        delay=units | signals,
        mute=st.booleans(),
        solo=st.booleans(),
        sound=st.none() | _patches,
        toward=st.none() | _patches,
        morph=units | signals,
        voices=st.none() | st.integers(1, 16),
    )


live_sets = st.builds(
    LiveSet,
    tracks=st.tuples(tracks("kick"), tracks("snare"), tracks("seq")),
    tempo=st.floats(20, 300),
    swing=units,
    scale=st.sampled_from(sorted(SCALES)),
    key=st.integers(0, 11),
    seed=st.integers(0, 1000),
    level=st.floats(-60, 6) | signals,
    lowpass=st.floats(20, 20_000) | signals,
    resonance=st.floats(0.5, 20) | signals,
    delay_time=st.floats(1 / 16, 4),
)


def decode(model: str, latents: tuple[float, ...], tolerance: float) -> Pattern:
    """A stand-in for a model: another pattern, early and late, at every latent point."""
    heights = [(abs(sum(latents)) * 7 + step * 0.37) % 1.0 for step in range(16)]
    return Pattern(
        tuple(height > tolerance for height in heights),
        tuple(heights),
        tuple(height - 0.5 for height in heights),
        tuple(heights),
    )
