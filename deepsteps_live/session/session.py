"""The session: makes LiveSets, sends them to the engine, remembers what was, and runs the performer's own functions."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from deepsteps_live.errors import Fault
from deepsteps_live.music import BEATS_PER_BAR, LiveSet, codec, tempo_at
from deepsteps_live.session.dataset import Dataset
from deepsteps_live.session.history import History
from deepsteps_live.session.models import Models
from deepsteps_live.session.shared_scenes import Documents, Scenes, SharedScenes

Edit = Callable[[LiveSet], LiveSet]
AHEAD = 1.0  # beats: time for what comes after a wait to land on its bar
SEND_AFTER = 0.05  # seconds: a block that runs longer is heard while it runs
TRIES = 20  # how often edits are made again on a set that another prompt has changed meanwhile


@dataclass(frozen=True, slots=True)
class State:
    """What undo goes back to: the set, the functions that run beside it, the dataset, the scenes."""

    live_set: LiveSet
    jobs: dict[str, Any]
    dataset: Dataset
    scenes: Scenes


class EngineLink(Protocol):
    """What the session asks of an engine; `engine.client.Engine` is one."""

    state: dict[str, Any]

    def ask(self, do: str, **fields: Any) -> Any:
        """An answer, or BadInput or Fault."""


class Screen(Protocol):
    """What is drawn above a prompt; `repl.panel.Panel` is one."""

    def panel(self, shown: bool | None) -> str:
        """Show the panel, hide it, or (None) the other of the two; what to say."""

    def latent_map(self, across: str, up: str) -> str:
        """Show the map of two latents of the track in focus; what to say."""


class Running(Protocol):
    """What runs beside the set: `functions.Functions` is one."""

    jobs: dict[str, Any]


class Session:
    """One performer's hold on the set.

    Edits are functions from LiveSet to LiveSet. All edits of one block are one step of the history; a block
    that fails changes nothing. Without an engine (`link` None) the set is made but not played, as for rendering.
    """

    def __init__(self, live_set: LiveSet, models: Models, *, tell: Callable[[str], None] = print) -> None:
        self.models = models
        self.tell = tell
        self.link: EngineLink | None = None
        self.screen: Screen | None = None  # of a prompt that has one
        self.functions: Running | None = None  # what of a performer's own is remembered with the set
        self.start: Callable[[], None] = self._start  # what play() does
        self.meter: Callable[[str], Callable[[int, int], None]] = lambda what: lambda done, total: None
        self.on_midi: Callable[[str, float, Sequence[int]], None] = lambda port, at, message: None  # what came in
        self.on_osc: Callable[[str, list[Any], float, tuple[str, int]], None] = lambda *message: None
        self.keys: Callable[[Callable[[], bool]], Iterator[float]] | None = None  # times of keys pressed, until told
        self.wait: Callable[[float], None] = self._wait  # how beats pass
        self._live_set = live_set
        self._dataset = Dataset()
        self._scenes: Scenes = {}
        self._shared_scenes = SharedScenes(models)
        self._sent: set[str] = set()
        self._serial: int | None = None  # of the engine's newest set that we know
        self._history = History(self._state())
        self._lock = threading.RLock()
        self._draft = threading.local()

    # The set

    @property
    def live_set(self) -> LiveSet:
        """The set as it is, edits of the running block included."""
        draft: _Block | None = getattr(self._draft, "block", None)
        return draft.live_set if draft is not None and draft.edits else self._live_set

    def edit(self, change: Edit) -> None:
        """Change the set: with the rest of the block when one runs, else at once. BadInput leaves it as it was."""
        draft: _Block | None = getattr(self._draft, "block", None)
        if draft is None:
            with self.block():
                self.edit(change)
            return
        draft.live_set = change(self.live_set)
        draft.edits.append(change)
        if draft.live_set != draft.began_with and time.monotonic() - draft.began > SEND_AFTER:
            self.flush()

    @property
    def dataset(self) -> Dataset:
        """What a model will learn from."""
        return self._dataset

    def learn(self, dataset: Dataset) -> None:
        """Change the dataset: a step of undo, with the rest of the block."""
        with self._keeping():
            self._dataset = dataset

    @property
    def scenes(self) -> Scenes:
        """Sets that were put by, by their names; read only."""
        return self._scenes

    def keep_scenes(self, scenes: Scenes) -> None:
        """Change the scenes: a step of undo, with the rest of the block."""
        with self._keeping():
            self._scenes = dict(scenes)

    @contextlib.contextmanager
    def _keeping(self) -> Iterator[None]:
        draft: _Block | None = getattr(self._draft, "block", None)
        if draft is None:
            with self.block():
                yield
        else:
            draft.kept = True
            yield

    @contextlib.contextmanager
    def block(self, *, remembered: bool = True, whole: float = False) -> Iterator[None]:
        """Edits made inside are one change: sent at the end, or all taken back when something raises.

        `remembered` makes it a step of undo; `whole` lets all of it wait for the bar, or for the next multiple of so
        many, as all that is inside a block that waits does.
        """
        self.flush()
        around: _Block | None = getattr(self._draft, "block", None)
        before, place = self._state(), self._history.place
        self._draft.block = draft = _Block(before.live_set, (around is not None and around.whole) or whole)
        try:
            yield
            self.flush()
        except BaseException:
            if draft.sent:
                self._replace(before.live_set, whole=False)
            if remembered or draft.jumped:
                self._run(before.jobs)
            if draft.jumped or draft.kept:
                self._dataset, self._scenes = before.dataset, before.scenes
            if draft.jumped:
                self._history.return_to(place)
            raise
        finally:
            self._draft.block = around
            if around is not None:
                around.live_set = self._live_set
                around.sent = around.sent or draft.sent
                around.jumped = around.jumped or draft.jumped
                around.kept = around.kept or draft.kept
        if around is None:
            self._share_scenes()
            if remembered and (draft.sent or self._state() != before):
                self._history.add(self._state())

    def flush(self) -> None:
        """Send what the running block has changed so far, and take up what another thread has changed meanwhile."""
        draft: _Block | None = getattr(self._draft, "block", None)
        if draft is None:
            return
        with self._lock:
            if edits := list(draft.edits):
                draft.edits.clear()
                draft.sent = True
                self._make(edits, whole=draft.whole)
            draft.live_set = self._live_set

    def _make(self, edits: list[Edit], *, whole: float) -> None:
        """Make edits on the newest set: once more on what another prompt made of it, when that one was first."""
        for tries_left in reversed(range(TRIES)):
            live_set = self._live_set
            for change in edits:
                live_set = change(live_set)
            if self._replace(live_set, whole=whole, forced=tries_left == 0):
                return

    def undo(self, times: int = 1) -> None:
        """Back to the set before the last edits."""
        self.flush()
        self._jump(self._history.undo(times))

    def redo(self, times: int = 1) -> None:
        """Forward again through what was undone."""
        self.flush()
        self._jump(self._history.redo(times))

    def back(self, number: int) -> None:
        """To the state of that number, as history() shows it; a step of undo, and no state is lost."""
        self.flush()
        self._jump(self._history.back(number))

    @property
    def history(self) -> History[State]:
        """What was, for reading."""
        return self._history

    @property
    def undone(self) -> int:
        """How many edits redo() could make again."""
        return self._history.undone

    def _jump(self, state: State) -> None:
        with self._lock:
            self._replace(state.live_set, whole=False)
            self._run(state.jobs)
            self._dataset, self._scenes = state.dataset, state.scenes
            draft: _Block | None = getattr(self._draft, "block", None)
            if draft is None:
                self._share_scenes()
            else:
                draft.live_set = state.live_set
                draft.sent = draft.jumped = True

    def _state(self) -> State:
        return State(self._live_set, {} if self.functions is None else self.functions.jobs, self._dataset, self._scenes)

    def _run(self, jobs: dict[str, Any]) -> None:
        if self.functions is not None:
            self.functions.jobs = jobs

    def _replace(self, live_set: LiveSet, *, whole: float, forced: bool = True) -> bool:
        """Whether the set is now this one: unless `forced`, not when the engine has one that we have not seen."""
        with self._lock:
            if live_set != self._live_set:
                if not self._send(live_set, whole=whole, forced=forced):
                    return False
                self._live_set = live_set
            return True

    # The engine

    def attach(self, link: EngineLink, *, take_its_set: bool) -> list[str]:
        """Play through this engine: take up the set that it plays, or send it ours. What it had to say so far."""
        answer = link.ask("hello")
        live_set, arrays = codec.loads(answer["document"], "the engine's set")
        link.state = answer["state"]
        with self._lock:
            self.link = link
            self._serial = answer.get("serial")
            self._sent = set(arrays)
            self.models.add(arrays)
            if take_its_set and live_set.tracks:
                self._live_set = live_set
                self._scenes = self._shared_scenes.taken({}, answer.get("scenes", {}))
                self._history = History(self._state())
            else:
                self._send(self._live_set, whole=False)
                self._shared_scenes.forget()
                self._share_scenes()
        return list(answer["notices"])

    def changed_elsewhere(self, document: str, serial: int | None = None) -> None:
        """Another prompt on the same engine changed the set; what is older than what we know is let go by."""
        live_set, arrays = codec.loads(document, "the engine's set")
        with self._lock:
            if serial is not None and self._serial is not None and serial <= self._serial:
                return
            self._serial = serial
            self.models.add(arrays)
            self._sent.update(arrays)
            self._live_set = live_set
            self._history.add(self._state())

    def ask(self, do: str, **fields: Any) -> Any:
        """Ask the engine, after sending it what the running block has changed."""
        self.flush()
        if self.link is None:
            raise Fault("there is no engine to ask")
        return self.link.ask(do, **fields)

    def scenes_elsewhere(self, documents: Documents) -> None:
        """Another prompt on the same engine put scenes by, or forgot some."""
        with self._lock:
            self._scenes = self._shared_scenes.taken(self._scenes, documents)
            self._history.add(self._state())

    def _share_scenes(self) -> None:
        """Have the engine keep the scenes as they are."""
        if self.link is not None and (news := self._shared_scenes.news(self._scenes)):
            with contextlib.suppress(Fault):  # it is being restarted, and is told them all when it is back
                self.link.ask("keep", scenes=news)

    def tempo(self) -> float:
        """The tempo that is heard now, in bpm; of a stopped set the one that it begins with."""
        if self.link is not None and (state := self.link.state).get("playing"):
            return float(state["tempo"])
        return tempo_at(self.live_set, 0.0)

    def beat(self) -> float | None:
        """The beat that is heard now, or None when nothing plays."""
        return self.beat_at(time.monotonic())

    def beat_at(self, seconds: float) -> float | None:
        """The beat that is heard at a time of the monotonic clock, near now, or None when nothing plays."""
        if self.link is None or not (state := self.link.state).get("playing"):
            return None
        return float(state["beat"] + (seconds - state["at"]) * state["tempo"] / 60)

    def next_bar(self) -> int:
        """The bar, from 0, on which a pattern that is changed now comes in."""
        beat, quant = self.beat(), self.live_set.quant
        if beat is None:
            return 0
        bar = beat / BEATS_PER_BAR
        return math.floor(bar) if quant == 0 else math.ceil((math.floor(bar / quant) + 1) * quant)

    def _start(self) -> None:
        if self.link is not None:
            self.ask("play")

    def pass_time(self, beats: float) -> None:
        """Let so many beats pass, but for the last one: what the block changes then comes in whole, on the bar."""
        self.flush()
        self.wait(max(0.0, beats - AHEAD))
        if (draft := getattr(self._draft, "block", None)) is not None:
            draft.whole = True

    def _wait(self, beats: float) -> None:
        """Let so many beats be heard, or return at once when nothing plays."""
        began = self.beat()
        while began is not None and (now := self.beat()) is not None and now < began + beats:
            time.sleep(min(0.05, (began + beats - now) * 60 / self.tempo()))

    def document(self) -> str:
        """The set and the scenes with their models, as they are saved."""
        scenes = {name: scene.live_set for name, scene in self.scenes.items()}
        arrays: dict[str, bytes] = {}
        for live_set in (self.live_set, *scenes.values()):
            arrays |= self.models.arrays(live_set)
        return codec.dumps(self.live_set, arrays, scenes)

    def _send(self, live_set: LiveSet, *, whole: float, forced: bool = True) -> bool:
        """Send the set. False when the engine has a newer one than we knew, which we know then."""
        if self.link is None:
            return True
        new = {hashed: array for hashed, array in self.models.arrays(live_set).items() if hashed not in self._sent}
        try:
            base = None if forced else self._serial
            answer = self.link.ask("change", document=codec.dumps(live_set, new), whole=whole, base=base) or {}
        except Fault as fault:
            # The engine is being restarted with the newest set: keep it, and say so.
            self.tell(str(fault))
            return True
        if "newer" in answer:
            self.changed_elsewhere(answer["newer"], answer["serial"])
            return False
        self._serial = answer.get("serial")
        self._sent.update(new)
        return True


class _Block:
    """The edits of one block, and the set that they make."""

    def __init__(self, live_set: LiveSet, whole: float) -> None:
        self.live_set = live_set
        self.began_with = live_set
        self.whole = whole
        self.edits: list[Edit] = []
        self.began = time.monotonic()
        self.sent = False
        self.jumped = False  # to another state of the history
        self.kept = False  # other scenes or another dataset
