"""The tour: every step waits until it is done, goes on by itself then, and never stands in the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import soundfile

from deepsteps_live import places
from deepsteps_live.errors import BadInput
from deepsteps_live.listening import listen_file
from deepsteps_live.session import tour
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.tour import LAST, STEPS
from scripts.make_loops import LOOPS, Lane, Loop, pattern, render
from tests.typing_in import shown, wrong

pytestmark = pytest.mark.usefixtures("folders")

LANES = [lane for loop in LOOPS for lane in loop.lanes.values()]


class Pretended:
    """An engine of which only the state is asked."""

    def __init__(self) -> None:
        self.state: dict[str, object] = {"playing": False, "recording": None}

    def ask(self, do: str, **fields: object) -> object:
        playing, recording = self.state["playing"], self.state["recording"]
        self.state = {
            "playing": {"play": True, "stop": False}.get(do, playing),
            "recording": {"record": 0.0, "stop_recording": None}.get(do, recording),
            "tempo": 112.0,
            "beat": 0.0,
            "at": time.monotonic(),
        }
        return {"change": {}, "stop_recording": 1.0}.get(do)


@pytest.fixture
def told(instrument: Instrument, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the tour says of itself, looked at after each block alone."""
    monkeypatch.setattr(tour.Tour, "_watch", lambda self: None)
    lines: list[str] = []
    instrument.session.tell = lines.append
    instrument.session.link = Pretended()  # type: ignore[assignment]
    yield lines
    instrument.session.link = None


TYPED = (
    "play()",
    "tempo = 126",
    'kick.pattern = "X---x---X--xx---"',
    "a = 1.5",
    'scale = "dorian"',
    'listen("loops")',
    "train()\ntrained()",
    "snare.like(kick)",
    "a = lfo(8, -1.5, 1.5)",
    'rec("take.wav")',
    "rec()",
    "undo()",
    "stop()",
)


def where(instrument: Instrument) -> int | None:
    return None if instrument.tour.step is None else STEPS.index(instrument.tour.step)


def test_who_types_what_the_tour_says_comes_to_its_end(instrument: Instrument, told: list[str]) -> None:
    instrument.namespace["trained"] = instrument.trainer.wait
    instrument.run("tour()")
    for place, typed in enumerate(TYPED):
        assert where(instrument) == place
        instrument.run(typed)
        instrument.tour.look()
    assert [line for line in told if line.startswith("tour")][-1] == tour.END
    assert where(instrument) is None


@pytest.mark.parametrize(("step", "typed"), list(zip(STEPS, TYPED, strict=True)), ids=TYPED)
def test_a_step_says_what_to_type(step: tour.Step, typed: str) -> None:
    assert typed.split(",")[0].split("\n")[0] in step.text


@pytest.mark.parametrize("step", STEPS, ids=TYPED)
def test_a_step_is_one_or_two_lines(step: tour.Step) -> None:
    lines = f"tour {step.number} of {LAST}: {step.text}".splitlines()
    assert len(lines) <= 2
    assert max(map(len, lines)) <= 77  # "* " goes before them, and a terminal has 80 columns


def test_there_are_ten_steps() -> None:
    assert [*dict.fromkeys(step.number for step in STEPS)] == list(range(1, 11))


@pytest.mark.parametrize(
    ("place", "typed"),
    [
        (1, "tempo = lfo(8, 110, 120)"),
        (2, "tom.pattern = euclid(5, 16)"),
        (3, "hat.latents = 1, 1, 0, 0"),
        (4, "seq.key = 'F#'"),
        (5, "capture(kick)"),
        (7, "hat.like(kick, snare)"),
        (8, "hat.pan = walk(4)"),
    ],
)
def test_another_way_to_do_it_counts(place: int, typed: str, instrument: Instrument, told: list[str]) -> None:
    instrument.run("tour()" + "\ntour('next')" * place)
    instrument.run(typed)
    assert where(instrument) == place + 1


@pytest.mark.parametrize("place", range(len(STEPS) - 3))
def test_a_step_waits_while_something_else_is_done(place: int, instrument: Instrument, told: list[str]) -> None:
    instrument.run("tour()" + "\ntour('next')" * place)
    instrument.run("kick.mute = True")
    wrong(instrument, "kick.pattern = 'x-y'")
    assert where(instrument) == place


def test_undo_is_no_new_pattern_and_no_new_latent(instrument: Instrument, told: list[str]) -> None:
    instrument.run("snare.mute = True")
    instrument.run("tour()\ntour('next')\ntour('next')")
    instrument.run("undo()")
    assert where(instrument) == 2


def test_an_edit_and_its_undo_are_seen_though_something_was_undone_before(
    instrument: Instrument, told: list[str]
) -> None:
    instrument.run("kick.mute = True")
    instrument.run("undo()")
    instrument.run("tour()" + "\ntour('next')" * TYPED.index("undo()"))
    instrument.run("kick.mute = True")
    instrument.run("undo()")
    assert where(instrument) == TYPED.index("undo()") + 1


def test_back_goes_to_the_step_before_and_not_before_the_first(instrument: Instrument, told: list[str]) -> None:
    instrument.run("tour()\ntour('next')\ntour('back')\ntour('back')")
    assert where(instrument) == 0


def test_stop_ends_the_tour_and_nothing_more_is_said(instrument: Instrument, told: list[str]) -> None:
    instrument.run("tour()\ntour('stop')")
    instrument.run("play()")
    assert (where(instrument), told) == (None, [])


def test_tour_again_says_where_we_are(instrument: Instrument, told: list[str]) -> None:
    instrument.run("tour()\ntour('next')")
    assert shown(instrument, "tour()").startswith("tour 2 of 10: tempo = 126")


def test_past_the_last_step_is_the_end(instrument: Instrument, told: list[str]) -> None:
    assert shown(instrument, "tour()" + "\ntour('next')" * len(STEPS)) == tour.END


def test_a_wrong_word_says_which_are_right(instrument: Instrument, told: list[str]) -> None:
    assert wrong(instrument, "tour('nxt')").startswith('no word of the tour "nxt"; did you mean "next"?')


def test_what_ends_beside_the_typing_is_seen_too(instrument: Instrument) -> None:
    instrument.session.link = link = Pretended()  # type: ignore[assignment]
    lines: list[str] = []
    instrument.session.tell = lines.append
    instrument.run("tour()")
    link.ask("play")
    until(lambda: where(instrument) == 1)
    instrument.run("tour('stop')")
    instrument.session.link = None
    assert lines[0].startswith("tour 2 of 10")


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


# Its loops


def test_a_folder_of_ones_own_goes_before_the_tours(instrument: Instrument) -> None:
    from pathlib import Path

    Path("loops").mkdir()
    with pytest.raises(BadInput, match="loops holds no recording"):
        instrument.run('listen("loops")')


def test_one_of_the_loops_goes_by_its_name(instrument: Instrument) -> None:
    instrument.run('listen("loops/house_124bpm.flac")')
    assert len(instrument.session.dataset) == 2


def test_the_loops_are_those_of_the_script() -> None:
    assert sorted(path.name for path in places.LOOPS.iterdir()) == sorted(loop.file for loop in LOOPS)


def test_the_loops_are_small() -> None:
    assert sum(path.stat().st_size for path in places.LOOPS.iterdir()) < 3_000_000


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.style)
def test_a_loop_is_as_long_as_its_bars_and_is_heard_at_its_tempo(loop: Loop) -> None:
    heard = listen_file(places.LOOPS / loop.file)
    info = soundfile.info(places.LOOPS / loop.file)
    assert info.duration == pytest.approx(2 * 240 / loop.bpm, abs=1e-4)
    assert (heard.beats.bpm, len(heard.rows)) == (pytest.approx(loop.bpm), 2)


def test_a_loop_is_the_same_each_time_it_is_rendered() -> None:
    loop = min(LOOPS, key=lambda loop: len(loop.lanes) / loop.bpm)
    assert (render(loop) == render(loop)).all()


@pytest.mark.parametrize("lane", LANES, ids=lambda lane: lane[0])
def test_a_lane_is_two_bars(lane: Lane) -> None:
    assert len(pattern(lane)) == 32
