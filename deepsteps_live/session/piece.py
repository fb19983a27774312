"""A file of prompt statements, played without a clock: the score that `render` and `export` need."""

from __future__ import annotations

from pathlib import Path

from deepsteps_live import engine
from deepsteps_live.errors import BadInput
from deepsteps_live.music import BEATS_PER_BAR, Score, take_in
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.mistakes import run_file
from deepsteps_live.session.opening import offline_instrument
from deepsteps_live.session.session import AHEAD


def read_file(name: str) -> str:
    """The statements of a file, or BadInput when it cannot be read."""
    path = Path(name).expanduser()
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(f"there is no file {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read as text: {error}") from None


def render_file(file: str, path: Path, bars: int) -> float:
    """Render so many bars of a file of statements to a WAV. Seconds it took."""
    instrument = offline_instrument()
    score = Piece(instrument).score(read_file(file), file, bars)
    models = instrument.session.models
    arrays = {hashed: array for _, live_set in score.parts for hashed, array in models.arrays(live_set).items()}
    return engine.bounce(score, arrays, path, bars)


def export_file(file: str, path: Path, bars: int) -> str:
    """Write so many bars of a file of statements to a MIDI file; what was written, in a line."""
    from deepsteps_live.session.midi_file import export_to  # heavy, and needed by few

    instrument = offline_instrument()
    score = Piece(instrument).score(read_file(file), file, bars)
    return export_to(path, score, bars, instrument.session.models.decode)


class Piece:
    """Runs statements in beats of its own: `wait(4)` moves four bars on, functions run where they are due."""

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        self._score: Score | None = None
        self._beat = 0.0
        self._bar = 1  # whose functions run next
        instrument.session.wait = self.wait

    def score(self, text: str, name: str, bars: int) -> Score:
        """The score of so many bars of a file."""
        run_file(self._instrument, text, name)
        self._take()
        self.wait(max(0.0, bars * BEATS_PER_BAR - self._beat))
        return self._score or Score.of(self._instrument.session.live_set)

    def wait(self, beats: float) -> None:
        """Let so many beats pass; what was changed until now comes in, and every bar's functions run ahead of it."""
        self._take()
        ends = self._beat + beats
        while (ahead := BEATS_PER_BAR * self._bar - AHEAD) <= ends:
            self._beat = max(self._beat, ahead)
            self._instrument.functions.bar(self._bar)
            self._take()
            self._bar += 1
        self._beat = ends

    def _take(self) -> None:
        session = self._instrument.session
        wanted = session.live_set
        if self._score is None:
            self._score = Score.of(wanted)
        elif wanted != self._score.last:
            self._score = take_in(self._score, wanted, self._beat, session.models.decode, whole=True)
