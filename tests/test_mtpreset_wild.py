"""Files as they are met in the wild: other headers, pairs on one line, values that Microtonic clips, bare patches.

Such files are written by other programs and opened by Microtonic, which clips what is out of range.
"""

import pytest

from deepsteps_live.sound import parse_drum, parse_kit, shown

REST = "-" * 16
PATCH = """\t\t\tName: "Wild"
\t\t\tOscWave: Sine
\t\t\tOscFreq: 220.00000000 Hz
\t\t\tOscDcy: 800.00000000 ms
\t\t\tModMode: {mode}
\t\t\tModRate: {rate} ms
\t\t\tModAmt: {amount} sm
\t\t\tNFilMod: LP
\t\t\tNFilFrq: 20000.00000000 Hz
\t\t\tNFilQ: {q}
\t\t\tMix: 100.00000000 / 0.00000000
\t\t\tEQGain: {gain} dB
\t\t\tLevel: {level} dB
"""


def wild(
    header: str = "PresetV3",
    *,
    mode: str = "Decay",
    rate: str = "100.0",
    amount: str = "+0.0",
    q: str = "0.00000000",
    gain: str = "0.0",
    level: str = "0.0",
) -> str:
    patch = PATCH.format(mode=mode, rate=rate, amount=amount, q=q, gain=gain, level=level)
    lane = f"{{ Triggers: #{REST[1:]} Accents: {REST} Fills: {REST} }}"
    lanes = " ".join(f"{channel}: {lane}" for channel in range(1, 9))
    return (
        f"{header}: {{\n\tTempo: 30.00000000 bpm\n\tPattern: a\n\tStepRate: 1/16\n\tSwing: 0.00000000%\n"
        f"\tFillRate: 1.00000000x\n\tMastVol: 0.00000000 dB\n\tMutes: {{ Off, Off, Off, Off, Off, Off, Off, Off }}\n"
        f"\tDrumPatches: {{\n\t\t1: {{\n{patch}\t\t}}\n\t}}\n"
        f"\tPatterns: {{\n\t\ta: {{\n\t\t\tLength: 16\n\t\t\tChained: false\n\t\t\t1: {lane}\n\t\t}}\n"
        f"\t\tb: {{ Length: 16 Chained: false {lanes} }}\n\t}}\n}}\n"
    )


@pytest.mark.parametrize("header", ["PresetV3", "MicroTonicPresetV3", "MICROTONICPRESETV3"])
def test_the_header_of_other_programs_is_read(header: str) -> None:
    assert parse_kit(wild(header), "wild").patches[0] is not None


def test_pairs_apart_by_spaces_alone_are_pairs() -> None:
    kit = parse_kit(wild(), "wild")
    assert kit.patches[0] is not None
    first, second = kit.patterns[0], kit.patterns[1]
    assert (first.length, second.length, second.chained) == (16, 16, False)


@pytest.mark.parametrize(
    ("typed", "parameter", "clipped"),
    [
        ({"q": "0.00000000"}, "noise_q", 0.1),
        ({"amount": "+120.0"}, "mod_amount", 96.0),
        ({"mode": "Noise", "rate": "10000.0", "amount": "+10000.0"}, "mod_amount", 48.0),
        ({"mode": "Noise", "rate": "99999.0"}, "mod_rate", 20_000.0),
        ({"gain": "+60"}, "eq_gain", 40.0),
        ({"level": "+30"}, "level", 10.0),
    ],
)
def test_what_is_out_of_range_is_clipped_as_in_microtonic(
    typed: dict[str, str], parameter: str, clipped: float
) -> None:
    (patch,) = [patch for patch in parse_kit(wild(**typed), "wild").patches if patch is not None]
    assert shown(patch, parameter) == pytest.approx(clipped)


def test_a_fill_rate_of_one_is_no_roll() -> None:
    assert parse_kit(wild(), "wild").fill_rate == 1.0


def test_a_bare_patch_in_longer_words_is_read() -> None:
    text = "OscWave: Triangle\nModMode: Noise FM\nModRate: 244.983 Hz\nNFilMod: HP (hi-pass)\nNEnvMod: Modulate\n"
    patch = parse_drum(text, "perc.mtdrum")
    assert [shown(patch, name) for name in ("osc_wave", "mod_mode", "noise_filter", "noise_env")] == [
        *("Triangle", "Noise", "HP", "Mod")
    ]
    assert shown(patch, "mod_rate") == pytest.approx(244.983)
    assert patch.name == "perc"
