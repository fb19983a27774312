"""Parameters: what is shown, what is turned, and what is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepsteps_live.errors import BadInput
from deepsteps_live.music import Patch
from deepsteps_live.sound import PARAMETERS, Parameter, fresh, law, morph, shown, turn

ROWS = [(synth, row) for synth, rows in PARAMETERS.items() for row in rows]
NUMBERS = [(synth, row) for synth, row in ROWS if row.laws]
DRUM = fresh("drum")


def label(value: object) -> str:
    return value.name if isinstance(value, Parameter) else str(value)


def test_a_drum_has_microtonics_25_parameters() -> None:
    assert len(PARAMETERS["drum"]) == 25
    assert {row.name for row in PARAMETERS["drum"]} == {name for name, _ in DRUM.values}


@pytest.mark.parametrize(("synth", "row"), NUMBERS, ids=label)
@given(normal=st.floats(0, 1))
def test_what_is_shown_turns_back_to_the_same_value(synth: str, row: Parameter, normal: float) -> None:
    for rule in row.laws:
        assert rule.show(rule.normal(rule.show(normal))) == pytest.approx(rule.show(normal), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("synth", "row"), NUMBERS, ids=label)
def test_every_law_spans_its_range(synth: str, row: Parameter) -> None:
    for rule in row.laws:
        ends = sorted((rule.show(0), rule.show(1)))
        assert ends == pytest.approx([rule.low, rule.high])


@pytest.mark.parametrize(("synth", "row"), NUMBERS, ids=label)
def test_too_much_is_refused_with_name_and_unit(synth: str, row: Parameter) -> None:
    rule = law(fresh(synth), row.name)
    if math.isfinite(rule.high):
        with pytest.raises(BadInput, match=rf"^{row.name} is a number from .*{rule.unit}, not "):
            turn(fresh(synth), row.name, rule.high * 2 + 1)


@pytest.mark.parametrize(("synth", "row"), ROWS, ids=label)
@pytest.mark.parametrize("value", [math.nan, None, "loud", [], object(), 10**400])
def test_what_is_no_number_and_no_choice_is_refused(synth: str, row: Parameter, value: object) -> None:
    with pytest.raises(BadInput):
        turn(fresh(synth), row.name, value)


@pytest.mark.parametrize(
    ("name", "normal", "value"),
    [  # facts/supertonic.md 1B.2
        ("osc_freq", 0.47256, 523.25),
        ("osc_freq", 0.5, 632.46),
        ("osc_attack", 0.5, 315.5),
        ("osc_attack", 1.0, 10_000.0),
        ("osc_decay", 0.5, 316.2),
        ("mod_rate", 0.5, 353.33),
        ("mod_rate", 0.0, math.inf),
        ("mod_amount", 0.75, 24.0),
        ("mod_amount", 0.0, -96.0),
        ("noise_q", 0.1699, 0.7071),
        ("level", 1.0, 10.0),
        ("level", 0.0, -math.inf),
        ("eq_gain", 0.25, -20.0),
        ("mix", 0.25, 75.0),
        ("osc_velocity", 0.5, 100.0),
        ("pan", 0.25, -50.0),
    ],
)
def test_the_laws_are_microtonics(name: str, normal: float, value: float) -> None:
    assert shown(DRUM.but(**{name: normal}), name) == pytest.approx(value, rel=2e-4)


def test_the_mode_of_modulation_picks_the_law_of_its_rate() -> None:
    assert shown(turn(DRUM.but(mod_rate=1.0), "mod_mode", "Sine"), "mod_rate") == 2000
    assert shown(turn(DRUM.but(mod_rate=1.0), "mod_mode", "noise"), "mod_rate") == 20_000
    assert shown(DRUM.but(mod_rate=1.0), "mod_rate") == pytest.approx(10)


def test_a_linear_envelope_shows_two_thirds_of_the_time() -> None:
    linear = turn(DRUM.but(noise_decay=0.5), "noise_env", "Linear")
    assert shown(linear, "noise_decay") == pytest.approx(2 / 3 * 316.23, rel=1e-4)


def test_choices_are_words() -> None:
    assert shown(turn(DRUM, "osc_wave", "saw"), "osc_wave") == "Saw"
    assert turn(DRUM, "choke", True).get("choke", 0) == 1


def test_a_wrong_word_names_the_nearest() -> None:
    with pytest.raises(BadInput, match='no osc_wave "Sawe"; did you mean "Saw"'):
        turn(DRUM, "osc_wave", "Sawe")


def test_an_unknown_parameter_names_the_nearest() -> None:
    with pytest.raises(BadInput, match='no drum parameter "osc_decy"; did you mean "osc_decay"'):
        turn(DRUM, "osc_decy", 3)


def test_an_unknown_synth_names_the_nearest() -> None:
    with pytest.raises(BadInput, match='no synth "drumm"; did you mean "drum"'):
        shown(Patch("drumm", "x"), "level")


def test_decay_means_the_section_that_dominates() -> None:
    tone, noise = turn(DRUM, "mix", 80), turn(DRUM, "mix", 20)
    assert shown(turn(tone, "decay", 400), "osc_decay") == pytest.approx(400)
    assert shown(turn(noise, "decay", 400), "noise_decay") == pytest.approx(400)
    assert shown(turn(noise, "decay", 400), "osc_decay") == pytest.approx(316)


def test_a_morph_moves_numbers_and_switches_choices_at_one_half() -> None:
    start, end = turn(DRUM.but(pan=0.0), "osc_wave", "Sine"), turn(DRUM.but(pan=1.0), "osc_wave", "Saw")
    assert shown(morph(start, end, 0.25), "pan") == -50
    assert [shown(morph(start, end, x), "osc_wave") for x in (0, 0.49, 0.5, 1)] == ["Sine", "Sine", "Saw", "Saw"]


def test_a_patch_without_values_is_a_fresh_one() -> None:
    assert shown(Patch("drum", "x"), "osc_freq") == shown(DRUM, "osc_freq")


def test_no_attack_is_none_at_all() -> None:
    assert turn(DRUM, "osc_attack", 0).get("osc_attack", 1) == 0
