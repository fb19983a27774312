"""The words of models at the prompt: training, changing, comparing, moving in the latents."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from deepsteps_live.music import lfo, mapped, value_at, walk
from deepsteps_live.music.signals import Lfo
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.measure import some_rows
from deepsteps_live.session.modelling import packed_rows
from tests.typing_in import shown, wrong

QUICK = "train(epochs=2"  # a training in a child of its own, of which nothing is expected but that it ends


@pytest.fixture
def told(instrument: Instrument) -> list[str]:
    """What the instrument says by itself; its dataset has rows."""
    lines: list[str] = []
    instrument.session.tell = lines.append
    instrument.session.learn(some_rows(64))
    return lines


def playing(instrument: Instrument, track: str = "seq") -> str:
    session = instrument.session
    return session.models.get(session.live_set.track(track).model).name


def test_a_trained_model_comes_in_on_all_tracks_that_share_the_old_one(instrument: Instrument, told: list[str]) -> None:
    shipped = instrument.session.models.default
    instrument.run(f"{QUICK}, name='amen')\nwait(0)")
    assert {playing(instrument, track.name) for track in instrument.session.live_set} == {"amen"}
    assert "amen" in told[-1]
    assert 'model("previous") goes back' in told[-1]
    instrument.run('model("previous")')
    assert {track.model for track in instrument.session.live_set} == {shipped}
    instrument.run('model("previous")')
    assert playing(instrument) == "amen"


def test_a_track_with_a_model_of_its_own_keeps_it(instrument: Instrument, told: list[str]) -> None:
    instrument.run(f"{QUICK}, name='one')\n")
    instrument.run("kick.model = 'groove'")
    instrument.run(f"{QUICK}, name='two', seed=2)")
    assert playing(instrument, "seq") == "two"
    assert playing(instrument, "kick") != "two"


def test_a_trained_model_is_kept_and_found_by_its_name(instrument: Instrument, told: list[str], folders: Path) -> None:
    instrument.run(f"{QUICK})")
    instrument.run(f"{QUICK}, seed=2)")
    assert [path.name for path in sorted(folders.rglob("m*.npz"))] == ["m1.npz", "m2.npz"]
    listed = shown(instrument, "models()").splitlines()
    assert [line.split()[0] for line in listed] == ["groove", "m1", "*"]
    instrument.run('model("m1")')
    assert playing(instrument) == "m1"
    instrument.run(f"{QUICK}, name='m1', seed=3)")
    assert playing(instrument) == "m1-2"


def test_a_model_travels_to_the_plugin_and_back(instrument: Instrument, told: list[str], folders: Path) -> None:
    instrument.run(f"{QUICK}, style='classic')")
    instrument.run("a, b, c, d = 0.4, -0.7, 1, 0.2")
    before = instrument.pattern("seq")
    instrument.run('save_model("decoder.json")')
    assert set(json.loads((folders / "decoder.json").read_text())) >= {"ops", "latent_dim", "input_dim"}
    instrument.run('model("groove")')
    instrument.run('model("decoder.json")')
    assert instrument.pattern("seq").hits == before.hits


def test_our_own_model_does_not_fit_the_plugin(instrument: Instrument) -> None:
    assert 'train(style="classic") makes one' in wrong(instrument, 'save_model("decoder.json")')


def test_a_model_is_saved_to_a_file_and_loaded(instrument: Instrument, folders: Path) -> None:
    instrument.run('save_model("mine.npz"); model("mine.npz")')
    assert (folders / "mine.npz").is_file()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("train(style='wyde')", 'no style "wyde"; did you mean "wide"?'),
        ("train(epochs=0)", "epochs is a number from 1"),
        ("train(name='a b')", "a model goes by a word"),
        ("cancel()", "no training runs"),
        ("model('previous')", "no other model has played yet"),
        ("model('gruve')", 'no model "gruve"; did you mean "groove"?'),
        ("compare('groove', 'groove')", "these two are the same model"),
        ("save_model('x.wav')", 'a model is a .npz file: "x.npz"'),
        ("blend(kick, snare, 'half')", "blend() takes how far as a number or a signal"),
        ("decode(1, 2)", "decode() takes four latents"),
        ("tolerance = 2", "tolerance is a number from 0 to 1"),
    ],
)
def test_what_is_wrong_is_one_line(instrument: Instrument, told: list[str], typed: str, said: str) -> None:
    assert said in wrong(instrument, typed)


def test_without_rows_nothing_is_trained(instrument: Instrument) -> None:
    assert wrong(instrument, "train()") == "the dataset is empty; listen() or capture() fills it"


def test_a_training_that_fails_leaves_the_model(instrument: Instrument, told: list[str]) -> None:
    old = playing(instrument)
    instrument.run("train(style='classic', warm=True)")
    assert playing(instrument) == old
    assert "always starts afresh" in told[-1]
    assert "the model that plays is as it was" in told[-1]


def test_a_model_is_undone(instrument: Instrument, told: list[str]) -> None:
    shipped = instrument.session.models.default
    instrument.run(f"{QUICK})")
    instrument.run("undo()")
    assert instrument.session.live_set.track("seq").model == shipped


def test_two_models_are_compared_bar_by_bar(instrument: Instrument, told: list[str]) -> None:
    instrument.run(f"{QUICK}, name='one')")
    text = shown(instrument, "compare()")
    assert "one" in text
    heard = []
    for bar in range(1, 5):
        instrument.functions.bar(bar)
        heard.append(playing(instrument))
    assert heard[0] != heard[1]
    assert heard[:2] == heard[2:]
    instrument.run('model("one")')
    instrument.functions.bar(5)
    assert playing(instrument) == "one"
    assert instrument.functions.names() == []


def test_surprise_moves_the_latents_and_a_seed_repeats_it(instrument: Instrument) -> None:
    once = shown(instrument, "surprise(seed=3)")
    assert instrument.session.live_set.track("seq").latents == once
    assert shown(instrument, "surprise(kick, seed=3)") == once
    assert instrument.session.live_set.track("kick").latents == once
    assert shown(instrument, "surprise()") != once


def test_a_blend_lies_between_two_tracks_and_may_move(instrument: Instrument) -> None:
    instrument.run("kick.latents = 0, 0, 0, 0; snare.latents = 1, -1, 2, 0")
    assert shown(instrument, "blend(kick, snare, 0.25)") == (0.25, -0.25, 0.5, 0)
    assert shown(instrument, "blend(kick, (1, 1, 1, 1), 0.5)") == (0.5,) * 4
    instrument.run("seq.latents = blend(kick, snare, lfo(16, 0, 1))")
    latents = instrument.session.live_set.track("seq").latents
    assert latents is not None
    assert isinstance(latents[1], Lfo)
    assert (latents[1].low, latents[1].high) == (0, -1)


@pytest.mark.parametrize("signal", [lfo(8, 0.2, 0.7), walk(4, -1, 3, seed=2), 0.3])
def test_a_mapped_signal_goes_from_low_to_high(signal: object) -> None:
    for beat in (0, 1.3, 7.9):
        assert value_at(mapped(signal, 2, -4), beat) == pytest.approx(2 - 6 * value_at(signal, beat))  # type: ignore[arg-type]


def test_the_tolerance_is_that_of_the_focus_and_may_move(instrument: Instrument) -> None:
    instrument.run("a = 0.3; tolerance = 1")
    assert not any(instrument.pattern("seq").hits)
    instrument.run("tolerance = 0.001")
    many = instrument.pattern("seq").hits
    instrument.run("tolerance = ramp(4, 0.001, 1)")  # not playing: its value at beat 0
    assert sum(instrument.pattern("seq").hits) == sum(many) > 0
    assert "sound" in shown(instrument, "help('tolerance')")


def test_explain_names_every_step_with_its_margin_and_the_nearest_rows(instrument: Instrument, told: list[str]) -> None:
    instrument.run("train(epochs=10)")
    instrument.run("a = 0.5; tolerance = 0.4")
    lines = shown(instrument, "explain(seq)").splitlines()
    played = instrument.pattern("seq")
    for step, line in enumerate(lines[2:18]):
        number, sign, probability, margin = line.split()[:4]
        assert int(number) == step + 1
        assert (sign == "x") == played.hits[step] == (float(margin) > 0)
        assert float(probability) == pytest.approx(played.probabilities[step], abs=5e-4)
    assert "nearest rows" in lines[18]
    assert "steps away" in lines[19]


def test_a_pattern_of_ones_own_is_explained_as_the_model_sees_it(instrument: Instrument) -> None:
    text = shown(instrument, 'explain("x---x---x---x---")')
    assert text.startswith("x---x---x---x---")


def test_what_the_child_is_sent_holds_the_rows_and_where_they_came_from() -> None:
    dataset = some_rows(5)
    with np.load(io.BytesIO(packed_rows(dataset)), allow_pickle=False) as arrays:
        rows, sources = arrays["rows"], str(arrays["sources"])
    assert rows.shape == (5, 48)
    assert rows[2, :16].tolist() == [float(hit) for hit in dataset.rows[2].pattern.hits]
    assert sources.split("\n") == [row.source for row in dataset.rows]
