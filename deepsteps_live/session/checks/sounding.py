"""Checks of what sound needs: scsynth, the audio system, real-time priority, MIDI, ports."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path

import psutil

from deepsteps_live import preferences
from deepsteps_live.session.cards import audio_devices, pipewire_runs
from deepsteps_live.session.checks.check import LINUX, Check, as_root, first_line, install
from deepsteps_live.session.devices import Found, midi_ports, some
from deepsteps_live.session.jack import jack

LIMITS = "/etc/security/limits.d/audio.conf"
LONGEST = 50.0  # ms of a block beyond which nobody can play along
OSC_PORT = 57_130
LOCKED = 64 * 2**20  # bytes that JACK wants to keep in memory


def scsynth() -> Check:
    """SuperCollider's server."""
    path = shutil.which("scsynth") or _mac_scsynth()
    if path is None:
        return Check("scsynth", False, "not found", install("supercollider-server"), runs=True)
    return Check("scsynth", True, f"{first_line([path, '-v']).split(' (')[0]} at {path}")


def _mac_scsynth() -> str | None:
    path = Path("/Applications/SuperCollider.app/Contents/Resources/scsynth")
    return str(path) if path.exists() else None


def audio() -> Check:
    """The audio system under it."""
    if not LINUX:
        return Check("audio", True, "CoreAudio" if sys.platform == "darwin" else "the system's own")
    if (running := jack()) is not None:
        return Check("audio", True, f'JACK "{running.server}" runs, and is used')
    if shutil.which("pw-jack") and pipewire_runs():
        return Check("audio", True, "PipeWire, through pw-jack")
    path = shutil.which("jackd")
    if path is None:
        return Check("audio", False, "no JACK", install("jackd2"), runs=True)
    return Check("audio", True, f"{first_line([path, '--version'])} at {path}, started when it is needed")


def block() -> Check:
    """Sample rate and block, of what runs or of what will be started."""
    if LINUX and (running := jack()) is not None:
        ms = running.period * 1000 / running.rate
        found = f"{running.rate} Hz, {running.period} frames ({ms:.1f} ms)"
        return Check("rate and block", ms <= LONGEST, found, "jack_bufsize 256", runs=True)
    if not LINUX:
        rates = sorted({device.rate for device in audio_devices() if device.outputs and device.rate})
        return Check("rate and block", True, f"{', '.join(map(str, rates)) or 'the system decides'} Hz")
    rate, period = preferences.value("rate"), preferences.value("period")
    return Check("rate and block", True, f"{rate} Hz, {period} frames ({period * 1000 / rate:.1f} ms) when it starts")


def devices() -> Check:
    """Sound cards that can play."""
    playing = [device.name for device in audio_devices() if device.outputs]
    return Check("devices", True, some(playing) or "none: plays on JACK's dummy driver, recording works")


def real_time() -> Check:
    """Whether JACK, scsynth and the engine may ask for real-time priority, and keep their memory."""
    if not LINUX:
        return Check("real-time", True, "given by the system")
    import resource

    priority, memory = (resource.getrlimit(name)[0] for name in (resource.RLIMIT_RTPRIO, resource.RLIMIT_MEMLOCK))
    found = f"priority up to {_limit(priority)}, memory locked up to {_limit(memory, 2**20)}{' MB' * (memory > 0)}"
    if os.geteuid() == 0:
        return Check("real-time", True, "permitted: this is root")
    if priority == 0:
        return Check("real-time", False, "not permitted: sound may stutter under load", *_permit())
    small = memory != resource.RLIM_INFINITY and memory < LOCKED
    return Check("real-time", not small, found, *(_permit() if small else ("", False)))


def _permit() -> tuple[str, bool]:
    """The line that permits it: limits for the group `audio` first, then this user in it."""
    if not Path(LIMITS).exists():
        limits = r"@audio - rtprio 95\n@audio - memlock unlimited\n"
        return f"printf '{limits}' | {as_root(f'tee {LIMITS}')}  # then log in again", True
    return f"{as_root('usermod')} -aG audio {os.environ.get('USER', '$USER')}  # then log in again", True


def _limit(value: int, unit: int = 1) -> str:
    return "any size" if value < 0 else str(value // unit)


def midi() -> Check:
    """MIDI ports."""
    found = midi_ports()
    if not found.importable:
        return Check("midi", False, found.wrong, f"{sys.executable} -m pip install supriya-midi", runs=True)
    if found.wrong:
        return Check("midi", False, found.wrong, "unplug the MIDI devices and plug them in again")
    if LINUX and Path("/dev/snd").exists() and not Path("/dev/snd/seq").exists():
        return Check("midi", False, "ALSA's sequencer is not loaded", as_root("modprobe snd-seq"), runs=True)
    return Check("midi", True, _ports(found))


def _ports(found: Found) -> str:
    if not found.outputs and not found.inputs:
        return "no ports"
    return f"out: {some(found.outputs) or 'none'}; in: {some(found.inputs) or 'none'}"


def ports() -> Check:
    """What else makes sound through scsynth, and whether the port for OSC is free."""
    running = [f"scsynth {process.pid}" for process in psutil.process_iter() if _name(process).startswith("scsynth")]
    osc = "free" if _is_free(OSC_PORT) else "taken: the next free one is used"
    return Check("ports", True, f"udp {OSC_PORT} (OSC) is {osc}; {some(running) or 'no scsynth'} running")


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.Error:
        return ""


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
