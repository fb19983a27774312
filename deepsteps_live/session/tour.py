"""The tour: ten steps that say what to type and why, and go on by themselves when it is done, however it was typed.

To add a step: a row in STEPS with its text, and a function of how things were when the step began and how they are.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from deepsteps_live.errors import no_such
from deepsteps_live.music import LiveSet, Signal
from deepsteps_live.session.dataset import Dataset

if TYPE_CHECKING:
    from deepsteps_live.session.instrument import Instrument

LOOK_EVERY = 0.2  # seconds; what is typed is looked at right after it ran
WORDS = ("next", "back", "stop")


@dataclass(frozen=True, slots=True)
class Seen:
    """How things are: what the tour goes by.

    undone   how many edits redo() could bring back
    answers  the last answer of each track that was asked for one
    """

    live_set: LiveSet
    dataset: Dataset
    playing: bool = False
    recording: bool = False
    undone: int = 0
    answers: tuple[Any, ...] = ()

    @property
    def latents(self) -> tuple[Any, ...]:
        """Those of the tracks that have any, with their names."""
        return tuple((track.name, track.latents) for track in self.live_set if track.latents is not None)

    @property
    def models(self) -> tuple[str, ...]:
        """Those of all tracks."""
        return tuple(track.model for track in self.live_set)

    @property
    def patterns(self) -> tuple[Any, ...]:
        """Those of all tracks that play one of their own."""
        return tuple((track.name, track.pattern) for track in self.live_set if track.latents is None)

    @property
    def signals(self) -> tuple[Any, ...]:
        """All that moves by itself."""
        fields = [getattr(self.live_set, name) for name in ("tempo", "level", "lowpass", "resonance")]
        for track in self.live_set:
            fields += [*(track.latents or ()), *(getattr(track, name) for name in MOVING)]
        return tuple(value for value in fields if isinstance(value, Signal))


MOVING = ("tolerance", "level", "pan", "reverb", "delay", "morph", "bend")  # of a track; its latents, too

Done = Callable[[Seen, Seen], bool]  # (how it was when the step began, how it is now)


@dataclass(frozen=True, slots=True)
class Step:
    """What to type and why, and whether it is done. The steps of one number belong together."""

    number: int
    text: str
    done: Done


def _in_key(seen: Seen) -> tuple[Any, ...]:
    own = tuple((track.scale, track.key) for track in seen.live_set)
    return (seen.live_set.scale, seen.live_set.key, own)


STEPS: tuple[Step, ...] = (
    Step(
        1,
        "play() starts the music, eight drums and a line.\nType it and press Enter.",
        lambda was, now: now.playing,
    ),
    Step(
        2,
        "tempo = 126 is faster, at once.\nMost things are set like this: a name, =, a value.",
        lambda was, now: now.live_set.tempo != was.live_set.tempo,
    ),
    Step(
        3,
        'kick.pattern = "X---x---X--xx---" is a beat of your own.\n'
        "X accent, x hit, - rest; it comes in on the next bar line, as patterns do.",
        lambda was, now: bool(set(now.patterns) - set(was.patterns)),
    ),
    Step(
        4,
        "a = 1.5 moves a slider of the line, seq; b c d are three more.\n"
        "A small neural network makes its rhythm of them; 0 is the mean of its bars.",
        lambda was, now: bool(set(now.latents) - set(was.latents)),
    ),
    Step(
        5,
        'scale = "dorian" and key = "G" say which notes the line plays.\nhelp("scale") lists the scales.',
        lambda was, now: _in_key(now) != _in_key(was),
    ),
    Step(
        6,
        'listen("loops") hears the twelve loops that came along.\n'
        'Each bar is a row; dataset shows them. Your own: listen("~/my/loops").',
        lambda was, now: len(now.dataset) > len(was.dataset),
    ),
    Step(
        7,
        "train() lets the network learn these rows, beside the music.\n"
        "It comes in on a bar line; then a = 1 and b = -1 lead through your loops.",
        lambda was, now: now.models != was.models,
    ),
    Step(
        8,
        "snare.like(kick) has the snare answer the kick,\nas drummers would. Ask again for another answer.",
        lambda was, now: now.answers != was.answers,
    ),
    Step(
        9,
        "a = lfo(8, -1.5, 1.5) is a slider that moves by itself,\nthere and back every 8 beats.",
        lambda was, now: bool(now.signals) and now.signals != was.signals,
    ),
    Step(10, 'rec("take.wav") records what you hear, from now on.', lambda was, now: now.recording),
    Step(10, "Let it play, change something; rec() ends the take.", lambda was, now: not now.recording),
    Step(10, "undo() takes back your last edit; redo() brings it again.", lambda was, now: now.undone > was.undone),
    Step(10, "stop() ends the music.", lambda was, now: not now.playing),
)

LAST = max(step.number for step in STEPS)
HOW = 'tour("next") goes past a step, tour("back") one back, tour("stop") ends it.\nNothing that you type can go wrong.'
END = "tour: that was it. help() lists all words, F1 the keys.\ndocs/guide.md goes on by task. Ctrl-D leaves."


def seen(instrument: Instrument) -> Seen:
    """How things are with an instrument."""
    session = instrument.session
    state = session.link.state if session.link is not None else {}
    return Seen(
        session.live_set,
        session.dataset,
        bool(state.get("playing")),
        state.get("recording") is not None,
        session.undone,
        tuple(instrument.answers.items()),
    )


class Tour:
    """Where a player is on the tour; it looks after every block and now and then, for what ends beside her typing."""

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        self._place: int | None = None
        self._was = Seen(instrument.session.live_set, instrument.session.dataset)
        self._watcher: threading.Thread | None = None
        self._lock = threading.RLock()

    @property
    def step(self) -> Step | None:
        """The step that waits to be done, or None off the tour."""
        return None if self._place is None else STEPS[self._place]

    def begin(self) -> str:
        """Begin, or say again where we are; what to say."""
        with self._lock:
            if self._place is not None:
                return self._said()
            first = self._go(0)
            self._watcher = threading.Thread(target=self._watch, name="tour", daemon=True)
            self._watcher.start()
            return f"{HOW}\n{first}"

    def move(self, word: str) -> str:
        """Go on, back, or end; what to say."""
        if word not in WORDS:
            raise no_such("word of the tour", word, WORDS)
        with self._lock:
            if word == "stop":
                self._place = None
                return "the tour is over; tour() begins it again"
            if self._place is None:
                return self.begin()
            return self._go(self._place + 1 if word == "next" else max(0, self._place - 1))

    def look(self) -> None:
        """Go on when the step is done."""
        with self._lock:
            if self._place is None:
                return
            now = seen(self._instrument)
            if STEPS[self._place].done(self._was, now):
                self._instrument.session.tell(self._go(self._place + 1))
            else:  # an edit empties redo(), and the next undo() counts again
                self._was = replace(self._was, undone=min(self._was.undone, now.undone))

    def _go(self, place: int) -> str:
        self._was = seen(self._instrument)
        self._place = place if place < len(STEPS) else None
        return END if self._place is None else self._said()

    def _said(self) -> str:
        step = self.step
        assert step is not None
        return f"tour {step.number} of {LAST}: {step.text}"

    def _watch(self) -> None:
        waiting = threading.Event()
        while self._place is not None and self._watcher is threading.current_thread():
            waiting.wait(LOOK_EVERY)
            self.look()


def tour(instrument: Instrument, word: str = "") -> str:
    """Ten steps to try, each waits until it is done: tour(); tour("next"), tour("back"), tour("stop")."""
    return instrument.tour.move(str(word)) if word else instrument.tour.begin()
