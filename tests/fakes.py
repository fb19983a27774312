"""Outputs and engines that only write down what they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deepsteps_live.music import Event, LiveSet, Mix


class Notebook:
    """An output that keeps events with their due times, and everything else by name."""

    def __init__(self) -> None:
        self.events: list[tuple[Event, float]] = []
        self.calls: list[str] = []
        self.prepared: list[list[str]] = []
        self.mixed: list[Mix] = []

    def ready(self, timeout: float) -> bool:
        return True

    def prepare(self, live_set: LiveSet) -> None:
        self.calls.append("prepare")
        self.prepared.append([track.name for track in live_set])

    def play(self, events: Sequence[tuple[Event, float]]) -> None:
        self.events.extend(events)

    def hold(self, event: Event) -> None:
        self.calls.append(f"hold {event.track} {event.pitch}")

    def release(self, event: Event) -> None:
        self.calls.append(f"release {event.track} {event.pitch}")

    def mix(self, mix: Mix) -> None:
        self.mixed.append(mix)

    def silence(self) -> None:
        self.calls.append("silence")

    def status(self) -> dict[str, Any]:
        return {"late_bundles": 0}

    def record(self, path: Path, due: float | None = None, *, apart: bool = False) -> None:
        self.calls.append(f"record {path.name}{' apart' if apart else ''}")

    def stop_recording(self, due: float | None = None) -> float:
        self.calls.append("stop_recording")
        return 1.0

    def close(self) -> None:
        self.calls.append("close")


class FakeEngine:
    """An engine that answers yes and keeps what it was asked."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {"playing": False}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.document = '{"format": 1, "set": {}}'

    def ask(self, do: str, **fields: Any) -> Any:
        self.asked.append((do, fields))
        if do == "hello":
            return {"document": self.document, "state": self.state, "notices": ["hello there"]}
        if do == "change":
            self.document = fields["document"]
        return 1.5 if do == "stop_recording" else None

    def of(self, do: str) -> list[dict[str, Any]]:
        """The fields of every request of that name."""
        return [fields for name, fields in self.asked if name == do]


class MidiNotebook:
    """MIDI ports that keep what they are given, with the times it is due."""

    def __init__(self) -> None:
        self.events: list[tuple[Event, float]] = []
        self.controls: list[tuple[Any, float | None]] = []
        self.said: list[tuple[tuple[str, ...], float | None, tuple[Any, ...]]] = []
        self.calls: list[str] = []
        self.mixed: list[Mix] = []

    def prepare(self, live_set: LiveSet) -> None:
        self.calls.append("prepare")

    def play(self, events: Sequence[tuple[Event, float]]) -> None:
        self.events += [(event, due) for event, due in events if event.midi]

    def hold(self, event: Event) -> None:
        self.calls.append(f"hold {event.track} {event.pitch}")

    def release(self, event: Event) -> None:
        self.calls.append(f"release {event.track} {event.pitch}")

    def control(self, controls: Any) -> None:
        self.controls += controls

    def say(self, names: Any, due: float | None, *messages: Any) -> None:
        if names:
            self.said.append((tuple(names), due, messages))

    def mix(self, mix: Mix) -> None:
        self.mixed.append(mix)

    def silence(self) -> None:
        self.calls.append("silence")

    def panic(self) -> None:
        self.calls.append("panic")

    def status(self) -> dict[str, Any]:
        return {"midi": {}}

    def close(self) -> None:
        self.calls.append("close")
