"""The same score, the same mixer, through scsynth without a clock: a WAV, many times faster than it sounds."""

from __future__ import annotations

import heapq
import math
import struct
import subprocess
import tempfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import soundfile
from supriya.scsynth import find

from deepsteps_live.errors import Fault
from deepsteps_live.music import BEATS_PER_BAR, Decode, LiveSet, Score, lead_in, mix, mix_moves, tempo_at
from deepsteps_live.outputs.mixer import Mixer, definitions
from deepsteps_live.outputs.osc import Datagram, bundle, message
from deepsteps_live.outputs.takes import apart as files_apart
from deepsteps_live.outputs.takes import beside, check_writable

RATE = 48_000
MIX_EVERY = 0.01  # seconds between looks at levels and pans that move
CHUNK = 1.0  # beats of events asked for at a time
SIZES = ("-i", "0", "-m", "262144", "-w", "512", "-n", "8192", "-d", "2048", "-D", "0")

Timed = tuple[float, list[Datagram]]


def render(
    score: Score, path: Path, bars: int, decode: Decode, *, tail: float = 1.0, apart: bool = False
) -> tuple[Path, ...]:
    """Render `bars` bars of a score to a float stereo WAV at 48 kHz; the files that were written.

    It begins `lead_in` beats before beat 0 and rings on for `tail` seconds. `apart` renders outputs A and B before the
    master instead, to two files whose names end in -a and -b. BadInput when a file cannot be written, Fault when
    scsynth is missing or fails.
    """
    files = files_apart(path) if apart else (path,)
    for file in files:
        check_writable(file)
    seconds = _Seconds(score, bars * BEATS_PER_BAR)
    length = seconds(bars * BEATS_PER_BAR) + tail
    part = beside(path)
    try:
        run(_commands(score, seconds, bars, decode, apart=apart), length, part, channels=2 * len(files))
        if apart:
            _split(part, files)
        else:
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return files


def _split(part: Path, files: Sequence[Path]) -> None:
    """Two channels of `part` to each file."""
    audio, rate = soundfile.read(part, dtype="float32", always_2d=True)
    for number, file in enumerate(files):
        soundfile.write(beside(file), audio[:, 2 * number : 2 * number + 2], rate, subtype="FLOAT")
        beside(file).replace(file)


def run(commands: Iterable[Timed], length: float, part: Path, *, channels: int = 2, rate: int = RATE) -> None:
    """Write `length` seconds of float WAV: scsynth plays commands, in order of time, while they are still being made.

    Fault when scsynth is missing or fails; what it wrote by then lies at `part`.
    """
    try:
        program = [str(find()), *SIZES, "-o", str(channels)]
    except RuntimeError:
        raise Fault("there is no scsynth; install it: sudo apt-get install supercollider-server") from None
    with tempfile.TemporaryFile() as says:  # it says a line for each command: a pipe would be full
        with subprocess.Popen(
            [*program, "-N", "/dev/stdin", "_", str(part), str(rate), "WAV", "float"],
            stdin=subprocess.PIPE,
            stdout=says,
            stderr=subprocess.STDOUT,
        ) as scsynth:
            _play(scsynth, _packed(commands, length))
        if scsynth.returncode != 0:
            says.seek(0)
            said = [line for line in says.read().decode(errors="replace").splitlines() if line.strip()]
            raise Fault(f"scsynth did not render: {said[-1] if said else f'exit status {scsynth.returncode}'}")
    _check(part, length)


def _play(scsynth: subprocess.Popen[bytes], packets: Iterable[bytes]) -> None:
    """Everything to its standard input, and until it has ended; it is stopped when making the next packet fails."""
    assert scsynth.stdin is not None
    try:
        with suppress(BrokenPipeError), scsynth.stdin as pipe:  # its exit status says why it left
            pipe.writelines(packets)
        scsynth.wait()
    except BaseException:
        scsynth.kill()
        raise


class _Seconds:
    """Seconds of the file at a beat, up to `last` and at the last tempo beyond it."""

    def __init__(self, score: Score, last: float) -> None:
        self._anchors: list[tuple[float, float, float]] = []
        for beat, bpm in score.tempi(-lead_in(score.parts[0][1]), max(last, 1.0)):
            self._anchors.append((beat, self(beat) if self._anchors else 0.0, bpm))

    def __call__(self, beat: float) -> float:
        place = bisect_right(self._anchors, beat, key=lambda anchor: anchor[0])
        since, seconds, bpm = self._anchors[max(0, place - 1)]
        return seconds + (beat - since) * 60 / bpm


def _commands(score: Score, seconds: _Seconds, bars: int, decode: Decode, *, apart: bool = False) -> Iterator[Timed]:
    """Every message of the score at its second, in order of time."""
    mixer = Mixer()
    last = bars * BEATS_PER_BAR
    first = -lead_in(score.parts[0][1])
    structures = {shape for _, live_set in score.parts for shape in mixer.missing(live_set)}
    mixer.know(structures)
    yield 0.0, [*mixer.first(), *definitions(structures), *mixer.begin(), *mixer.channels(_all_tracks(score))[0]]
    if apart:
        yield 0.0, mixer.apart()
    for number, (begins, live_set) in enumerate(score.parts):
        start, end = max(begins, first), min([each for each, _ in score.parts[number + 1 :]] + [last])
        mixes = _mix(mixer, live_set, start, end, seconds)
        yield from heapq.merge(
            mixes, _events(mixer, score, start, end, seconds, decode, last), key=lambda pair: pair[0]
        )


def _all_tracks(score: Score) -> LiveSet:
    """A set with every track that any part has, so that all channels are there from the start."""
    return LiveSet(tuple({track.name: track for _, live_set in score.parts for track in live_set}.values()))


def _events(
    mixer: Mixer, score: Score, start: float, end: float, seconds: _Seconds, decode: Decode, last: float
) -> Iterator[Timed]:
    while start < end:
        until = min(start + CHUNK, end)
        found = [(event, seconds(event.beat)) for event in score.events(start, until, decode) if event.grid < last]
        for event, at in mixer.in_order(found):
            yield at, mixer.hit(event, at)
        start = until


def _mix(mixer: Mixer, live_set: LiveSet, start: float, end: float, seconds: _Seconds) -> Iterator[Timed]:
    """The mix when a set comes in and, where levels or pans are signals, every 10 ms while it holds."""
    yield seconds(start), [*mixer.retuned(live_set), *mixer.mix(mix(live_set, start))]
    if not mix_moves(live_set):
        return
    step = MIX_EVERY * tempo_at(live_set, start) / 60
    for number in range(1, math.ceil((end - start) / step)):
        yield seconds(start + number * step), mixer.mix(mix(live_set, start + number * step))


def _packed(commands: Iterable[Timed], length: float) -> Iterator[bytes]:
    """scsynth's score format: bundles in order of time, each after its length; the last one sets the file's end."""
    for at, messages in commands:
        if at < length and messages:
            yield _sized(bundle(messages, max(0.0, at), live=False))
    yield _sized(bundle([message("/c_set", 0, 0.0)], length, live=False))


def _sized(datagram: Datagram) -> bytes:
    return struct.pack(">i", len(datagram)) + datagram


def _check(part: Path, length: float) -> None:
    """A wrong graph renders a short file without an error."""
    try:
        found = soundfile.info(str(part)).duration
    except soundfile.LibsndfileError as error:
        raise Fault(f"scsynth rendered no WAV: {error}") from None
    if found < length - 0.01:
        raise Fault(f"scsynth rendered {found:.2f} s of {length:.2f} s")
