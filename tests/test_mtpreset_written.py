"""Kits and patches that were read, written and read again are equal, to the last bit."""

import math
from pathlib import Path

import pytest
from hypothesis import given, settings

from deepsteps_live import places
from deepsteps_live.errors import BadInput
from deepsteps_live.music import Patch
from deepsteps_live.sound import (
    Kit,
    drum_text,
    fresh,
    kit_text,
    parse_drum,
    parse_kit,
    read_drum,
    read_kit,
    read_patch,
    shown,
    turn,
    write_drum,
    write_kit,
)
from tests.sound_kits import kits, patches

BESIDE = ("level", "tempo", "swing", "step_rate", "fill_rate", "mutes", "patterns", "pattern")

# Of a file that Microtonic wrote, without its values.
TOP = ["Pattern", "StepRate", "Swing", "FillRate", "MastVol", "Mutes", "DrumPatches", "Patterns"]
PATCH = [
    *("Name", "Modified", "OscWave", "OscFreq", "OscAtk", "OscDcy", "ModMode", "ModRate", "ModAmt", "NFilMod"),
    *("NFilFrq", "NFilQ", "NStereo", "NEnvMod", "NEnvAtk", "NEnvDcy", "Mix", "DistAmt", "EQFreq", "EQGain", "Level"),
    *("Pan", "Output", "Choke", "OscVel", "NVel", "ModVel"),
]


def lines_of(text: str, tabs: int) -> list[str]:
    """The lines of a text that stand this deep, without their tabs."""
    return [line[tabs:] for line in text.split("\r\n") if line.startswith("\t" * tabs) and line[tabs] not in "\t}"]


@given(kits())
@settings(max_examples=60, deadline=None)
def test_a_kit_that_was_read_and_written_reads_back_equal(kit: Kit) -> None:
    read = parse_kit(kit_text(kit), "any.mtpreset")
    assert parse_kit(kit_text(read), "any.mtpreset") == read


@given(kits())
@settings(max_examples=60, deadline=None)
def test_all_that_stands_beside_the_patches_reads_back_equal(kit: Kit) -> None:
    read = parse_kit(kit_text(kit), "any.mtpreset")
    assert [getattr(read, name) for name in BESIDE] == [getattr(kit, name) for name in BESIDE]


@given(patches())
@settings(max_examples=60, deadline=None)
def test_a_patch_that_was_never_in_a_file_is_off_by_less_than_a_display_shows(patch: Patch) -> None:
    read = parse_drum(drum_text(patch), "any.mtdrum")
    assert read.name == patch.name
    assert [value for _, value in read.values] == pytest.approx([value for _, value in patch.values], abs=2e-12)


@pytest.mark.parametrize("path", sorted(places.KITS.glob("*.mtpreset")), ids=lambda path: str(path.stem))
def test_a_shipped_kit_goes_to_a_file_and_back(path: Path, tmp_path: Path) -> None:
    kit = read_kit(path)
    write_kit(kit, tmp_path / "mine.mtpreset")
    assert read_kit(tmp_path / "mine.mtpreset") == kit


def test_what_was_turned_by_hand_reads_back_equal() -> None:
    patch = turn(turn(turn(fresh("drum", "x"), "decay", 400), "noise_env", "Linear"), "noise_decay", 33.3)
    assert parse_drum(drum_text(patch), "x.mtdrum") == patch
    assert '\tNEnvDcy: "33.3 ms"\r\n' in drum_text(patch)


def test_a_patch_goes_to_a_file_of_its_own_and_back(tmp_path: Path) -> None:
    patch = read_patch("kits/default.mtpreset:1")
    write_drum(patch, tmp_path / "kick.mtdrum")
    assert read_drum(tmp_path / "kick.mtdrum") == read_patch(str(tmp_path / "kick.mtdrum")) == patch


def test_keys_stand_in_microtonics_order() -> None:
    text = kit_text(read_kit(places.DEFAULT_KIT))
    assert [line.split(":")[0] for line in lines_of(text, 1)] == TOP
    assert [line.split(":")[0] for line in lines_of(text, 3)][: len(PATCH)] == PATCH
    assert text.startswith('MicrotonicPresetV3: {\r\n\tPattern: "a"\r\n')
    assert text.endswith("\t}\r\n}\r\n")
    assert text.count("\n") == text.count("\r\n")


def test_the_last_pattern_has_no_next() -> None:
    text = kit_text(read_kit(places.DEFAULT_KIT))
    assert (text.count("Length: 16"), text.count("Chained: false")) == (12, 11)


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("osc_decay", 480, 'OscDcy: "480.0 ms"'),
        ("osc_attack", 0, 'OscAtk: "0.0 ms"'),
        ("mod_rate", math.inf, 'ModRate: "inf ms"'),
        ("mod_amount", -30.5, 'ModAmt: "-30.5 sm"'),
        ("noise_q", 0.7071, 'NFilQ: "0.7071"'),
        ("mix", 82, 'Mix: "82.0 / 18.0"'),
        ("distortion", 26.4, 'DistAmt: "26.4"'),
        ("level", -math.inf, 'Level: "-inf dB"'),
        ("pan", -22, 'Pan: "-22.0"'),
        ("osc_velocity", 32, 'OscVel: "32.0%"'),
        ("choke", "On", 'Choke: "On"'),
    ],
)
def test_values_have_their_units(name: str, value: float | str, line: str) -> None:
    assert line in lines_of(drum_text(turn(fresh("drum"), name, value)), 1)


def test_a_rate_of_modulation_is_in_hertz_unless_it_decays() -> None:
    patch = turn(turn(fresh("drum"), "mod_mode", "Noise"), "mod_rate", 1500)
    assert 'ModRate: "1500.0 Hz"' in lines_of(drum_text(patch), 1)


def test_no_number_has_an_exponent() -> None:
    text = drum_text(fresh("drum").but(noise_attack=1e-9, mod_amount=0.5 + 1e-9))
    assert not [line for line in text.splitlines() if "e-" in line]


def test_names_are_written_with_escapes_for_all_but_plain_letters() -> None:
    name = 'a "b"\\\n\té😀'
    text = drum_text(fresh("drum", name))
    assert text.isascii()
    assert 'Name: "a \\"b\\"\\\\\\x0A\\x09\\xE9\\U0001F600"' in lines_of(text, 1)
    assert parse_drum(text, "x").name == name


@pytest.mark.parametrize(
    "text",
    [
        'MicroTonicDrumPatchV1={ Name="Old" OscWave=Saw OscFreq=742.02Hz ModRate=0 Hz Mix=66.5/33.5 Path="a=b:c" }',
        'MicroTonicDrumPatchV2={\r\n\tName="Old"\r\n\tOscWave=Saw\r\n\tOscFreq=742.02000000Hz\r\n\tMix=66.5/33.5\r\n}',
        "MicroTonicDrumPatchV1 = { Name = Old, OscWave = Saw, OscFreq = 742.02 Hz, Mix = 66.5/33.5 }",
        'MicrotonicDrumPatchV3: { Name: "Old", OscWave: "Saw", OscFreq: "742.02 Hz", Mix: "66.5 / 33.5", New: {:} }',
        "MicroTonicDrumPatchV3: {\n\tName: Old\n\tOscWave: Saw\n\tOscFreq: +742.02000000 Hz\n\tMix: 66.5 / 33.5\n}\n",
    ],
    ids=["V1 on a line", "V2", "V1 with spaces", "V3 new", "V3 old"],
)
def test_every_version_of_a_drum_file_is_read(text: str) -> None:
    patch = parse_drum(text, "old.mtdrum")
    assert (patch.name, shown(patch, "osc_wave"), shown(patch, "osc_attack")) == ("Old", "Saw", pytest.approx(0))
    assert (shown(patch, "osc_freq"), shown(patch, "mix")) == (pytest.approx(742.02), pytest.approx(66.5))


def test_a_drum_without_a_name_is_called_after_its_file() -> None:
    assert parse_drum("MicrotonicDrumPatchV3: {:}", "boom.mtdrum").name == "boom"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("MicrotonicPresetV3: {}", 'my.mtdrum, line 1: the header "MicrotonicDrumPatchV3:" was expected'),
        ("MicroTonicDrumPatchV1={\nOscFreq=loud\n}", 'my.mtdrum, line 2: OscFreq is a number, not "loud"'),
        ("MicrotonicDrumPatchV3: { a }", "my.mtdrum, line 1: "),
    ],
)
def test_a_wrong_drum_file_is_one_line(text: str, said: str) -> None:
    with pytest.raises(BadInput) as error:
        parse_drum(text, "my.mtdrum")
    assert str(error.value).startswith(said)
