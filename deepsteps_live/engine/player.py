"""The player: joins the score, the scheduler and the outputs. It plays LiveSets and runs nothing that was typed."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deepsteps_live.engine.clock_out import ClockOut, Pulse
from deepsteps_live.engine.decoder import Decoder
from deepsteps_live.engine.pressing import pressed
from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.music import (
    Control,
    Event,
    LiveSet,
    Score,
    at_once,
    controls,
    lead_in,
    mix,
    mix_moves,
    take_in,
    tempo_at,
)
from deepsteps_live.timing import Clock, Scheduler, Tempo

if TYPE_CHECKING:
    from deepsteps_live.outputs import Midi, Output

FOREVER = float("inf")
START_AFTER = 0.06  # seconds from the command to the lead-in: time to send the first bundles ahead
READY_WITHIN = 8.0  # seconds a command waits for the sound server to come up

Change = tuple[
    LiveSet, float, LiveSet | None
]  # the set wanted, the bars that all of it waits for, what waits so already


Item = Event | Control | Pulse


class Player:
    """Plays one LiveSet after another, on time.

    A change goes into a queue that the scheduler's thread empties before it asks for the next span:
    the score is swapped there and nowhere else, so nothing is locked and no step is lost or doubled.
    """

    def __init__(
        self,
        sound: Output,
        midi: Midi,
        clock: Clock,
        *,
        notify: Callable[[str], None] = print,
        thread_begins: Callable[[], None] = lambda: None,
    ) -> None:
        self.sound = sound
        self.midi = midi
        self.guard = threading.RLock()  # one command at a time; the scheduler never takes it
        self.notify = notify
        self.changed: Callable[[], None] = lambda: None  # the set was changed by other than a prompt
        self.decode = Decoder()
        self.wanted = LiveSet()
        self._score = Score.of(self.wanted)
        self._changes: queue.SimpleQueue[Change] = queue.SimpleQueue()
        self._until = FOREVER
        self._serial = 0
        self._crowded = False
        self._whole = False  # the newest change waits for the bar with all that it has
        self._clock_out = ClockOut(midi.say)
        self._followed: Tempo | None = None  # the map of an external clock, while there is one
        self._thread_begins = thread_begins
        self._thread: threading.Thread | None = None
        self._clock = clock
        self.playing = False
        self._scheduler: Scheduler[Item] = Scheduler(
            clock,
            self._pull,
            self._push,
            failed=self._failed,
            report=lambda text: self.notify(text),
            keep=lambda item: isinstance(item, Pulse),  # gear counts them
        )

    # What a prompt asks for, one command at a time.

    def change(self, live_set: LiveSet, arrays: dict[str, bytes], *, whole: float = 0) -> None:
        """Play `live_set` from now on: its patterns at the bar (see `quant`), all else at once.

        `whole` lets all of it wait for the next multiple of so many bars. BadInput when a model is missing or corrupt;
        then nothing changes.
        """
        self.decode.add(arrays)
        if missing := self.decode.missing(live_set):
            raise BadInput(f"the engine has no model {missing[0][:8]}; send it along")
        playable = self._with_tracks_that_still_play(live_set)
        self.sound.prepare(playable)
        self._clock_out.keep(live_set.clock_out)
        self.midi.prepare(playable)
        before = self.wanted if self._whole and not whole else None
        self.wanted = live_set
        self._serial += 1
        self._whole = self.playing and (bool(whole) or before is not None)
        if self.playing:
            self._changes.put((live_set, whole, before))
            self._scheduler.wake()
        else:
            self._score = Score.of(live_set)
            self.midi.control((control, None) for control in _settings(live_set))
        self._mix_now()

    def play(
        self,
        *,
        beat: float | None = None,
        at: float | None = None,
        until: float | None = None,
        record: str | None = None,
        apart: bool = False,
    ) -> None:
        """Start at `beat` (0), sounding at `at` (now) in seconds of the clock; go silent at beat `until`.

        `record` names a WAV that begins with the lead-in, so that an early first step is in it; `apart` makes it two.
        """
        if not self.sound.ready(READY_WITHIN) and record:
            raise Fault("nothing can be recorded without a sound server; `deepsteps doctor` says what is missing")
        if self.playing:
            return
        live_set = self.wanted
        first_beat = 0.0 if beat is None else beat
        bpm = tempo_at(live_set, first_beat) if self._followed is None else self._followed.bpm_at(first_beat)
        self._score = Score.of(live_set)
        self._until = FOREVER if until is None else until
        lead = lead_in(live_set) * 60 / bpm
        start = self._clock.now() + START_AFTER if at is None else at - lead
        if record:
            start += 0.15  # the file is open before the first sound
            self.sound.record(Path(record), start, apart=apart)
        self._mix_now()
        self.playing = True
        self._scheduler.start(bpm, first_beat - lead_in(live_set), start)

    def stop(self) -> None:
        """Silence, at once; the next `play` starts at beat 0."""
        if self.playing:
            self._scheduler.stop()
            self.playing = False
        while not self._changes.empty():
            self._changes.get()
        self._score = Score.of(self.wanted)
        self._whole = False
        self.sound.silence()
        self.midi.silence()
        self._clock_out.stop()
        self._mix_now()

    def panic(self) -> None:
        """Silence everything that sounds, and tell gear to forget everything; playing goes on."""
        self.sound.silence()
        self.midi.panic()

    def follow(self, tempo: Tempo | None) -> None:
        """Take the map from beats to seconds of an external clock; None: our own tempo again, from where we are."""
        self._followed = tempo
        if tempo is not None:
            self._scheduler.follow(tempo)
        elif self.playing:
            self._scheduler.set_tempo(self._score.tempo_at(self._scheduler.frontier))

    def place(self) -> float | None:
        """The beat that is heard now, or None when nothing plays."""
        return self._scheduler.position() if self.playing else None

    def retempo(self, bpm: float) -> None:
        """Somebody outside has changed the tempo: the set has it from now on, as the prompts are told."""
        self.change(self.wanted.but(tempo=bpm), {})
        self.changed()

    def heard(self, port: str, at: float, message: Sequence[int]) -> None:
        """A note that came in plays the tracks whose `keys` it is, at once."""
        events, begins = pressed(self.wanted, port, message)
        for event in events:
            for output in (self.sound, self.midi):
                output.hold(event) if begins else output.release(event)

    def begun(self, port: str) -> None:
        """A MIDI port has just opened: its gear is told everything, and our clock starts it on the next beat."""
        self._clock_out.forget([port])
        self.midi.control((control, None) for control in _settings(self.wanted) if control.out.port == port)

    def record(self, path: str, *, apart: bool = False) -> None:
        """Record what is heard from now on, or `apart` outputs A and B to two files."""
        if not self.sound.ready(READY_WITHIN):
            raise Fault("nothing can be recorded without a sound server; `deepsteps doctor` says what is missing")
        self.sound.record(Path(path), apart=apart)

    def stop_recording(self) -> float:
        """End the recording; its length in seconds."""
        return self.sound.stop_recording()

    def arrays(self) -> dict[str, bytes]:
        """The models of the wanted set."""
        return self.decode.arrays(self.wanted)

    def state(self) -> dict[str, Any]:
        """Where the music is and how the engine fares.

        beat (now heard), at (seconds of the clock), playing, tempo, serial (of the newest change), landed (whether
        all changes have come in), then the scheduler's status and the sound's.
        """
        beat = self._scheduler.position() if self.playing else 0.0
        return {
            "beat": beat,
            "at": self._clock.now(),
            "playing": self.playing,
            "tempo": self._scheduler.tempo.bpm_at(beat) if self.playing else tempo_at(self.wanted, 0.0),
            "serial": self._serial,
            "landed": self._landed(),
            "until": None if self._until == FOREVER else self._until,
            **self._scheduler.status(),
            **self.sound.status(),
            **self.midi.status(),
        }

    def tidy(self) -> None:
        """Let go of the channels of tracks that have played their last bar. Called now and then, off the scheduler."""
        if self._crowded and self._landed():
            self._crowded = False
            self.sound.prepare(self.wanted)

    def late(self, seconds: float) -> None:
        """The sound server got something so many seconds too late: look farther ahead."""
        self._scheduler.report_late(seconds)

    def close(self) -> None:
        """Stop and end the outputs."""
        self.stop()
        self.midi.close()
        self.sound.close()

    # The scheduler's thread.

    def _pull(self, start: float, end: float) -> list[tuple[float, Item]]:
        if threading.current_thread() is not self._thread:  # the scheduler has a new thread at every start
            self._thread = threading.current_thread()
            self._thread_begins()
        if not self._changes.empty():
            self._take_in(start, end)
        elif self._score.tempo_moves:
            self._keep_tempo(end)
        self._score = self._score.trimmed(start)
        if self._whole or mix_moves(self.wanted):
            self._mix_now()
        events = [event for event in self._score.events(start, end, self.decode) if event.grid < self._until]
        found: list[tuple[float, Item]] = [(event.beat, event) for event in events]
        found += [(control.beat, control) for control in self._score.controls(start, end)]
        found += self._clock_out.pulses(self._score.at(start).clock_out, start, end)
        return found

    def _push(self, items: list[tuple[Item, float]]) -> None:
        events = [(item, due) for item, due in items if isinstance(item, Event)]
        if events:
            self.sound.play(events)
            self.midi.play(events)
        self.midi.control((item, due) for item, due in items if isinstance(item, Control))
        for item, due in items:
            if isinstance(item, Pulse):
                self._clock_out.send(item, due)

    def _take_in(self, start: float, end: float) -> None:
        """Swap the score. The span up to `end` keeps its tempo; a new one begins there, or where its set does."""
        while not self._changes.empty():
            wanted, whole, before = self._changes.get()
            self._score = take_in(self._score, wanted, start, self.decode, whole=whole, before=before)
        self._keep_tempo(end, self._score.parts[-1][0])

    def _keep_tempo(self, end: float, last: float = -FOREVER) -> None:
        """Tell the scheduler the tempo from `end` on, as far as one that moves is needed, and past `last`."""
        if self._followed is None:
            for beat, bpm in self._score.tempi(end, max(end + 1.0, last + 1e-6)):
                self._scheduler.set_tempo(bpm, beat)  # what was to come later is dropped by this

    def _failed(self, error: Exception) -> None:
        self.notify(f"the scheduler met {type(error).__name__}: {error}; the music goes on")

    def _landed(self) -> bool:
        beat = self._scheduler.position() if self.playing else 0.0
        return self._changes.empty() and self._score.at(beat) == self.wanted

    def _with_tracks_that_still_play(self, live_set: LiveSet) -> LiveSet:
        """The set, and behind it the tracks that it has no more but that play on to their bar."""
        names = {track.name for track in live_set}
        leaving = {track.name: track for _, part in self._score.parts for track in part if track.name not in names}
        self._crowded = self.playing and bool(leaving)
        return live_set.but(tracks=(*live_set.tracks, *leaving.values())) if self._crowded else live_set

    def _mix_now(self) -> None:
        beat = self._scheduler.position() if self.playing else 0.0
        playing = self._score.at(beat)
        if self._whole and playing == self.wanted and self._changes.empty():
            self._whole = False
        live_set = playing if self._whole else at_once(playing, self.wanted) if self.playing else self.wanted
        mixed = mix(live_set, beat)
        self.sound.mix(mixed)
        self.midi.mix(mixed)


def _settings(live_set: LiveSet) -> list[Control]:
    """What all gear of a set is told when nothing moves."""
    return controls(live_set, 0.0, 1e-9)
