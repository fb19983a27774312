"""Introspection at the prompt and on the command line."""

from __future__ import annotations

import json

import pytest

from deepsteps_live.music import pattern
from deepsteps_live.repl.command_line import main
from deepsteps_live.session.instrument import Instrument
from tests.typing_in import shown, wrong

KICK = "X---x---X--xx---"


@pytest.fixture
def set_up(instrument: Instrument) -> Instrument:
    instrument.run(f"kick.pattern = '{KICK}'; snare.pattern = '----x-------x---'; hat.pattern = 'x-x-x-x-x-x-x-x-'")
    return instrument


def playing(instrument: Instrument, name: str) -> str:
    return str(instrument.session.live_set.track(name).pattern)


def test_a_drum_answers_another(set_up: Instrument) -> None:
    drawn = shown(set_up, "snare.like(kick, seed=4)")
    track = set_up.session.live_set.track("snare")
    assert track.pattern == drawn
    assert track.latents is None
    assert len(drawn) == 16
    again = shown(set_up, "snare.like(kick, seed=4)")
    assert again == drawn
    set_up.run("undo()")
    assert shown(set_up, "hat.like(kick, snare, temperature=2, density=0.5, seed=1)").hits.count(True) in range(5, 12)


def test_it_is_never_the_bar_that_plays(set_up: Instrument) -> None:
    for _ in range(30):
        before = set_up.session.live_set.track("snare").pattern.hits
        set_up.run("snare.like(kick, temperature=0.3)")
        assert set_up.session.live_set.track("snare").pattern.hits != before


def test_kept_steps_stay(set_up: Instrument) -> None:
    for seed in range(12):
        drawn = shown(set_up, f"snare.like(kick, keep=[5, 13, 1], seed={seed})")
        assert (drawn.hits[4], drawn.hits[12], drawn.hits[0]) == (True, True, False)
        set_up.run("snare.pattern = '----x-------x---'")


def test_an_answer_grooves_or_is_straight(set_up: Instrument) -> None:
    played = shown(set_up, "snare.like(kick, seed=4)")
    straight = shown(set_up, "snare.like(kick, seed=4, groove=0)")
    assert played.hits == straight.hits
    assert any(played.offsets)
    assert not any(straight.offsets)


def test_the_second_bar_is_drawn_from_the_first(set_up: Instrument) -> None:
    drawn = shown(set_up, "kick.vary(seed=2)")
    assert len(drawn) == 32
    assert drawn[:16] == pattern(KICK)
    set_up.run("kick.vary(seed=3)")
    again = set_up.session.live_set.track("kick").pattern
    assert len(again) == 32
    assert again[:16] == pattern(KICK)
    assert again != drawn


def test_a_dream_is_as_long_as_told(set_up: Instrument) -> None:
    assert len(shown(set_up, "kick.dream(32, seed=1)")) == 32
    assert len(shown(set_up, "hat.dream()")) == 16


def test_a_fill_plays_once_and_what_was_comes_back(set_up: Instrument) -> None:
    before = {name: playing(set_up, name) for name in ("kick", "snare", "hat")}
    set_up.run("hat.latents = 0.5, 0, 0, 0")
    set_up.run("fill(8, seed=5)")
    during = {name: playing(set_up, name) for name in ("kick", "snare")}
    assert during != {name: before[name] for name in during}
    for name, played in during.items():
        assert played[:8] == before[name][:8]
    assert set_up.session.live_set.track("hat").latents is None
    set_up.functions.bar(1)
    assert {name: playing(set_up, name) for name in during} == {name: before[name] for name in during}
    assert set_up.session.live_set.track("hat").latents == (0.5, 0, 0, 0)
    assert set_up.functions.names() == []


def test_what_is_changed_during_a_fill_stays_and_two_fills_leave_nothing_behind(set_up: Instrument) -> None:
    before = playing(set_up, "kick")
    set_up.run("fill(seed=5)\nfill(seed=6)\nsnare.pattern = 'x---'")
    set_up.functions.bar(1)
    assert playing(set_up, "kick") == before
    assert playing(set_up, "snare") == "x---"


def test_hits_are_humanized_as_far_as_told(set_up: Instrument) -> None:
    full = shown(set_up, "humanize(hat, seed=1)")
    assert full.hits == pattern("x-x-x-x-x-x-x-x-").hits
    assert len({round(each, 3) for each in full.velocities[::2]}) > 3
    set_up.run("hat.pattern = 'x-x-x-x-x-x-x-x-'")
    half = shown(set_up, "humanize(hat, 0.5, seed=1)")
    assert half.offsets[4] == pytest.approx(full.offsets[4] / 2)


def test_an_answer_is_explained_by_its_basis(set_up: Instrument) -> None:
    set_up.run("snare.like(kick, seed=4)")
    lines = shown(set_up, "explain(snare)").splitlines()
    assert "snare like kick" in lines[0]
    assert len(lines) == 19
    assert "kick 1 " in "\n".join(lines)
    assert "hat like snare" in shown(set_up, "explain(hat, snare)")


def test_every_few_bars_another_answer(set_up: Instrument) -> None:
    set_up.run("every(2, lambda: snare.like(kick))")
    seen = []
    for bar in range(1, 9):
        set_up.functions.bar(bar)
        seen.append(playing(set_up, "snare"))
    assert len(set(seen)) == 5
    assert set_up.functions.names() == ["every1"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("snare.like()", "snare.like(kick)"),
        ("snare.like(seq)", 'no drum "seq"'),
        ("seq.like(kick)", 'no drum "seq"'),
        ("snare.like(kick, temperature=-1)", "a temperature is a number from 0 to 10"),
        ("snare.like(kick, density=2)", "a density is a number from 0 to 1"),
        ("snare.like(kick, keep=[17])", "a kept step is a number from 1 to 16"),
        ("snare.like(kick, seed='x')", "seed"),
        ("kick.dream(100)", "steps is a number from 1 to 64"),
        ("fill(40)", "steps is a number from 1 to 16"),
        ("humanize(seq)", 'no drum "seq"'),
        ("humanize(hat, 3)", "amount is a number from 0 to 1"),
    ],
)
def test_what_is_wrong_is_one_line(set_up: Instrument, typed: str, said: str) -> None:
    assert said in wrong(set_up, typed)


def test_the_command_line_answers(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["like", "kick", "x---x---x--xx---", "snare", "--n", "3", "--seed", "1", "--json"]
    assert main(words) == 0
    patterns = json.loads(capsys.readouterr().out)["patterns"]
    assert len(patterns) == 3
    assert set(patterns[0]) >= {"hits", "velocities", "offsets", "probabilities"}
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["patterns"] == patterns
    assert main(["like", "snare", "----x-------x---", "kick"]) == 0
    assert len(capsys.readouterr().out.strip()) == 16


@pytest.mark.parametrize("words", [["like", "kik", "x---", "snare"], ["like", "kick", "x?", "snare"], ["like", "kick"]])
def test_its_errors_are_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.count("\n") == 1
