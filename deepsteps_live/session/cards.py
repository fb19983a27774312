"""Sound cards, as ALSA, PipeWire or CoreAudio know them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOOK_WITHIN = 10.0  # seconds for a program that is asked
CARDS = Path("/proc/asound")


@dataclass(frozen=True, slots=True)
class Device:
    """A sound card or a program's sink. rate: samples a second, 0 when it is not known."""

    name: str
    system: str
    outputs: bool
    inputs: bool
    rate: int = 0


def audio_devices() -> list[Device]:
    """Sound cards; where PipeWire or CoreAudio runs, what they know of."""
    if sys.platform == "darwin":
        return core_audio(_said(["system_profiler", "-json", "SPAudioDataType"]))
    if pipewire_runs() and shutil.which("pw-dump"):
        return pipewire(_said(["pw-dump"]))
    return cards(CARDS)


def cards(folder: Path) -> list[Device]:
    """ALSA's cards from its folder in /proc."""
    listed = folder / "cards"
    text = listed.read_text(errors="replace") if listed.exists() else ""
    found = re.findall(r"^\s*(\d+) \[\S+\s*\]: .*? - (.*)$", text, re.MULTILINE)
    return [
        Device(name.strip(), "ALSA", any(folder.glob(f"card{number}/pcm*p")), any(folder.glob(f"card{number}/pcm*c")))
        for number, name in found
    ]


def pipewire(text: str) -> list[Device]:
    """PipeWire's sinks and sources from what pw-dump prints."""
    found = []
    for item in as_json(text, []):
        props = (item.get("info") or {}).get("props") or {}
        kind = props.get("media.class", "")
        if kind in ("Audio/Sink", "Audio/Source", "Audio/Duplex"):
            name = str(props.get("node.description") or props.get("node.name"))
            found.append(Device(name, "PipeWire", kind != "Audio/Source", kind != "Audio/Sink"))
    return found


def core_audio(text: str) -> list[Device]:
    """The devices from what macOS's system_profiler prints."""
    groups = as_json(text, {}).get("SPAudioDataType", [])
    return [
        Device(
            str(item.get("_name")),
            "CoreAudio",
            "coreaudio_device_output" in item,
            "coreaudio_device_input" in item,
            int(item.get("coreaudio_device_srate", 0)),
        )
        for group in groups
        for item in group.get("_items", [])
    ]


def pipewire_runs() -> bool:
    """Whether PipeWire serves this user."""
    folder = os.environ.get("PIPEWIRE_RUNTIME_DIR") or os.environ.get("XDG_RUNTIME_DIR")
    return folder is not None and Path(folder, "pipewire-0").exists()


def _said(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=LOOK_WITHIN, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def as_json(text: str, otherwise: Any) -> Any:
    """What a program printed as JSON, or `otherwise` when it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return otherwise
