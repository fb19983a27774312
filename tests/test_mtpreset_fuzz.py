"""Ten thousand damaged kits: each is a kit or one line that names the file's line."""

import random
import time
from dataclasses import replace

from deepsteps_live import places
from deepsteps_live.errors import BadInput
from deepsteps_live.sound import Kit, Lane, MachinePattern, kit_text, parse_drum, parse_kit, read_kit, structure
from deepsteps_live.sound.writing import drum_text
from tests.sound_kits import mutated

FILES = 10_000
SHIPPED = read_kit(places.DEFAULT_KIT)
WHOLE_KITS = 500  # of the ten thousand are eight patches and twelve patterns; the others are smaller and quicker


def small(rng: random.Random) -> Kit:
    """A kit of two patches with patterns that something is played in."""
    lanes = tuple(Lane(*(tuple(rng.random() < 0.4 for _ in range(16)) for _ in range(3))) for _ in range(8))
    patterns = (MachinePattern(rng.randint(1, 16), True, lanes), *[MachinePattern()] * 11)
    return replace(SHIPPED, patches=(*SHIPPED.patches[:2], *[None] * 6), patterns=patterns, tempo=121.0)


def outcome(text: str) -> str:
    """What became of a text: "kit", "patch", or the error."""
    try:
        for patch in parse_kit(text, "m.mtpreset").patches:
            assert patch is None or structure(patch)
    except BadInput as error:
        return str(error)
    return "kit"


def shortened(text: str) -> str:
    """A kit's text with its last ten patterns gone."""
    return text[: text.index("\t\tc: {")] + "\t}\r\n}\r\n"


def test_a_damaged_kit_is_a_kit_or_one_line_and_takes_no_time() -> None:
    rng = random.Random(20)
    whole = [kit_text(SHIPPED), places.DEFAULT_KIT.read_text(), kit_text(replace(small(rng), patches=SHIPPED.patches))]
    part = [shortened(kit_text(small(rng))) for _ in range(10)]
    part += [text.replace('"', "") for text in part[:3]]
    slow, kits = [], 0
    for number in range(FILES):
        text = mutated(rng.choice(whole if number < WHOLE_KITS else part), rng)
        begun = time.perf_counter()
        said = outcome(text)
        slow.append(time.perf_counter() - begun)
        kits += said == "kit"
        assert said == "kit" or (said.startswith("m.mtpreset, line ") and said.isprintable()), said
    assert FILES / 20 < kits < FILES  # some are sound, some are not
    assert sorted(slow)[-20] < 1  # a runaway, not a stopwatch


def test_a_damaged_drum_is_a_drum_or_one_line() -> None:
    rng = random.Random(21)
    assert SHIPPED.patches[0] is not None
    new = drum_text(SHIPPED.patches[0])
    texts = [new, new.replace('"', "").replace(": ", "=").replace("V3=", "V1=")]
    for _ in range(1000):
        try:
            assert structure(parse_drum(mutated(rng.choice(texts), rng), "m.mtdrum"))
        except BadInput as error:
            assert str(error).startswith("m.mtdrum, line ")
            assert str(error).isprintable()
