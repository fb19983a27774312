"""The .mtpreset reader: both spellings, and one line for whatever is wrong."""

import math
import random
import time
from pathlib import Path

import pytest

from deepsteps_live import places
from deepsteps_live.errors import BadInput
from deepsteps_live.sound import Kit, parse_kit, read_kit, read_patch, shown, structure

KIT = places.DEFAULT_KIT.read_text()
NAMES = ["Kick", "Snare", "Hat", "Open hat", "Clap", "Tom", "Perc", "Cymbal"]


def kit(*lines: str, header: str = "MicrotonicPresetV3", slot: str = '"1"') -> Kit:
    return parse_kit("\n".join([header + ": {", "DrumPatches: {", slot + ": {", *lines, "}", "}", "}"]), "my.mtpreset")


def one(*lines: str, **spelling: str) -> dict[str, object]:
    patch = kit(*lines, **spelling).patches[0]
    assert patch is not None
    return {name: shown(patch, name) for name, _ in patch.values}


def refused(text: str) -> str:
    with pytest.raises(BadInput) as caught:
        parse_kit(text, "my.mtpreset")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_default_kit_has_its_eight_patches_in_order() -> None:
    assert [patch and patch.name for patch in read_kit(places.DEFAULT_KIT).patches] == NAMES


def test_the_hats_choke_each_other_and_nothing_else_does() -> None:
    chokes = [shown(patch, "choke") for patch in read_kit(places.DEFAULT_KIT).patches if patch]
    assert chokes == ["Off", "Off", "On", "On", "Off", "Off", "Off", "Off"]


def test_a_shipped_kit_is_found_by_its_short_path() -> None:
    assert read_patch("kits/default.mtpreset:2").name == "Snare"


def test_the_new_spelling_is_read() -> None:
    found = one('Name: "A"', 'OscWave: "Saw"', 'OscFreq: "54.25 Hz"', 'Level: "-3.3 dB"', 'OscVel: "32.0%"')
    assert found["osc_wave"] == "Saw"
    assert found["osc_freq"] == pytest.approx(54.25)
    assert found["level"] == pytest.approx(-3.3)
    assert found["osc_velocity"] == pytest.approx(32)


def test_the_old_spelling_is_read() -> None:
    found = one("ModMode: Decay", "ModAmt: +32.85000000 sm", "ModRate: 40 ms", header="MicroTonicPresetV3", slot="1")
    assert found["mod_amount"] == pytest.approx(32.85)
    assert found["mod_rate"] == pytest.approx(40)


def test_infinities_are_read() -> None:
    found = one('ModRate: "inf ms"', 'Level: "-inf dB"')
    assert (found["mod_rate"], found["level"]) == (math.inf, -math.inf)


def test_a_law_that_a_later_key_picks_is_the_right_one() -> None:
    found = one('NEnvDcy: "7 ms"', 'ModRate: "1500 Hz"', 'NEnvMod: "Linear"', 'ModMode: "Sine"')
    assert found["noise_decay"] == pytest.approx(7)
    assert found["mod_rate"] == pytest.approx(1500)


def test_the_key_and_not_the_order_says_the_slot() -> None:
    text = 'MicrotonicPresetV3: { DrumPatches: { "3": { Name: "c" }, "1": { Name: "a" } } }'
    assert [patch and patch.name for patch in parse_kit(text, "x").patches] == ["a", None, "c", *[None] * 5]


def test_comments_line_ends_and_escapes_are_read() -> None:
    text = "\ufeff\r\n// one\r\n/* two /* nested */ */\r\n" + KIT.replace("\n", "\r\n").replace(
        'Name: "Kick"', r'Name: "K\"\x41\u00e9\\n" // the first'
    )
    assert [patch and patch.name for patch in parse_kit(text, "x").patches] == ['K"Aé\\n', *NAMES[1:]]


def test_what_stands_beside_the_patches_is_kept() -> None:
    text = KIT.replace('MastVol: "0.0 dB"', 'MastVol: "-4.5 dB"\nTempo: 121.00000000 bpm').replace(
        'Swing: "0.0%"', 'Swing: "25.0%"'
    )
    text = text.replace('Mutes: { "Off", "Off"', 'Mutes: { "Off", "On"')
    found = parse_kit(text, "mine.mtpreset")
    assert (found.name, found.level, found.tempo, found.swing) == ("mine", -4.5, 121.0, 0.25)
    assert found.mutes == (False, True, *[False] * 6)


def test_modulation_beyond_its_range_is_clipped_as_microtonic_does() -> None:
    assert one('ModMode: "Sine"', 'ModAmt: "96 sm"')["mod_amount"] == 48


def test_an_unknown_word_is_the_first_choice_as_in_microtonic() -> None:
    assert one('NEnvMod: "Gate"')["noise_env"] == "Exp"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('OscFreq: "loud"', 'my.mtpreset, line 4: OscFreq is a number, not "loud"'),
        ('Level: "nan dB"', 'my.mtpreset, line 4: Level is a number, not "nan dB"'),
        ("OscFreq: { 3 }", "my.mtpreset, line 4: OscFreq is a number, not {...}"),
        ('OscWave: "3"', 'my.mtpreset, line 4: OscWave is one of Sine, Triangle, Saw, not "3"'),
        ("OscFreq", "my.mtpreset, line 3: patch 1 is a struct of parameters in braces, not {...}"),
        ('Name: "Kick', 'my.mtpreset, line 4: this text has no end; a closing " was expected'),
        ("Name: Kick\nOscFreq: /* 3", "my.mtpreset, line 5: this comment never ends"),
        ("OscFreq:", 'my.mtpreset, line 5: a value was expected, not "}"'),
    ],
)
def test_a_wrong_line_is_named(line: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        kit(line)
    assert str(caught.value).startswith(said)


def test_a_cut_off_file_says_what_is_open() -> None:
    lines = KIT.splitlines()
    said = refused("\n".join(lines[:40]) + "\n")
    assert said == 'my.mtpreset, line 41: the file ends early; a "}" for the "{" of line 37 was expected'


@pytest.mark.parametrize(
    "text",
    [
        *["", "{", "}", ":", "\0\1\2\3", "RIFF....WAVEfmt ", "MicrotonicPresetV3", "MicrotonicPresetV3:", KIT + KIT],
        *["MicrotonicPresetV3: {}", "MicrotonicPresetV3: { DrumPatches: 3 }", "MicrotonicPresetV2: {}"],
        *['MicrotonicPresetV3: { DrumPatches: { "9": {:} } }', "MicrotonicPresetV3: " + "{" * 100_000],
        *["MicrotonicPresetV3: { a: " + "{" * 100_000, '"' * 100_001, "/*" * 100_000, "\\" * 100_001],
    ],
    ids=lambda text: ascii(text[:30]),
)
def test_what_is_no_kit_is_one_line(text: str) -> None:
    assert refused(text).startswith("my.mtpreset")


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cannot read the kit .*No such file"):
        read_kit(tmp_path / "none.mtpreset")


@pytest.mark.parametrize("where", ["", "kits/default.mtpreset", "kits/default.mtpreset:9", "kits/default.mtpreset:"])
def test_a_patch_without_a_slot_says_how(where: str) -> None:
    with pytest.raises(BadInput, match=r"slot 1 to 8, kits/mine\.mtpreset:1"):
        read_patch(where)


def test_binary_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "junk.mtpreset").write_bytes(random.Random(1).randbytes(20_000))
    with pytest.raises(BadInput, match=r"^junk\.mtpreset, line 1: the header"):
        read_kit(tmp_path / "junk.mtpreset")


def test_mutated_kits_are_kits_or_one_line_and_quick() -> None:
    rng = random.Random(7)
    pieces = [
        "{",
        "}",
        '"',
        ":",
        ",",
        "\n",
        "/*",
        "//",
        "\\",
        "-inf",
        "nan",
        "1e999",
        "\0",
        "é",
        "",
        '"1": {',
        "x" * 99,
    ]
    for _ in range(300):
        place, cut = rng.randrange(len(KIT)), rng.choice([0, 0, 1, 5, 300, 5000])
        text = KIT[:place] + rng.choice(pieces) * rng.choice([1, 1, 1, 50]) + KIT[place + cut :]
        begun = time.perf_counter()
        try:
            for patch in parse_kit(text, "m.mtpreset").patches:
                assert patch is None or structure(patch)
        except BadInput as error:
            assert "\n" not in str(error)
            assert str(error).startswith("m.mtpreset, line ")
        assert time.perf_counter() - begun < 2  # a runaway, not a stopwatch


@pytest.mark.parametrize("piece", ["//", "/* */", '"a" ', "a: {", "{", "a: 1,", "\\", "a b ", "/", "\n", "1 "])
def test_hostile_repetition_takes_linear_time(piece: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(BadInput):
        parse_kit("MicrotonicPresetV3: { " + piece * (1_500_000 // len(piece)), "h.mtpreset")
    assert time.perf_counter() - begun < 20
