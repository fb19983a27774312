"""Kits at the prompt: kit(), save_kit(), save_sound(), randomize()."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from deepsteps_live import places
from deepsteps_live.errors import BadInput, Fault
from deepsteps_live.music import ACCENT, NORMAL, LiveSet, events, pattern
from deepsteps_live.session.defaults import DRUMS
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.sound import Kit, Lane, MachinePattern, fresh, read_drum, read_kit, write_kit

SHIPPED = read_kit(places.DEFAULT_KIT)
SILENT = MachinePattern()


def steps(text: str) -> tuple[bool, ...]:
    return tuple(letter == "#" for letter in text.ljust(16, "-"))


def machine(
    triggers: str, accents: str = "", fills: str = "", length: int = 16, chained: bool = False
) -> MachinePattern:
    """A pattern in which only the first channel plays."""
    lane = Lane(steps(triggers), steps(accents), steps(fills))
    return MachinePattern(length, chained, (lane, *[Lane()] * 7))


def patterns(*some: MachinePattern) -> tuple[MachinePattern, ...]:
    return (*some, *[SILENT] * (12 - len(some)))


@pytest.fixture
def said(instrument: Instrument) -> Callable[[str], str]:
    """Types a line; what it shows."""

    def type_in(line: str) -> str:
        shown: list[str] = []
        instrument.run(line, show=shown.append)
        return shown[-1] if shown else ""

    return type_in


def the_set(instrument: Instrument) -> LiveSet:
    return instrument.session.live_set


def test_a_kit_brings_its_sounds_by_their_keys_and_nothing_else(instrument: Instrument) -> None:
    text = 'MicrotonicPresetV3: { Tempo: 99 bpm, DrumPatches: { 2: { Name: "b" }, 1: { Name: "a" } } }'
    Path("mine.mtpreset").write_text(text)
    before = the_set(instrument)
    instrument.run('kit("mine.mtpreset")')
    names = [track.sound.name for track in the_set(instrument) if track.sound]
    assert names[:3] == ["a", "b", "Hat"]
    assert the_set(instrument).tempo == before.tempo
    assert [track.latents for track in the_set(instrument)] == [track.latents for track in before]


def test_a_kit_says_which_slots_are_empty(said: Callable[[str], str]) -> None:
    write_kit(replace(SHIPPED, patches=(SHIPPED.patches[0], None, *SHIPPED.patches[2:7], None)), "mine.mtpreset")
    assert said('kit("mine.mtpreset")') == "mine: 6 sounds; none for snare, cymbal, which keep theirs"


def test_a_kit_ends_a_morph(instrument: Instrument) -> None:
    instrument.run('kick.morph("default:2", lambda beat: 0.5); kit("default")')
    kick = the_set(instrument).track("kick")
    assert (kick.toward, kick.morph, instrument.functions.names()) == (None, 0.0, [])


def test_patterns_come_with_velocities_rolls_and_all_that_is_said_of_them(instrument: Instrument) -> None:
    kit = replace(
        SHIPPED,
        patterns=patterns(SILENT, machine("#-##", "#-#-", "--#-", length=12)),
        pattern="b",
        fill_rate=3.0,
        tempo=97.5,
        swing=0.25,
        step_rate="1/8T",
        mutes=(False, True, *[False] * 6),
        level=-3.0,
    )
    write_kit(kit, "mine.mtpreset")
    instrument.run('kick.length = 3; kick.swing = 0.9; kit("mine.mtpreset", patterns=True)')
    live_set = the_set(instrument)
    kick = live_set.track("kick")
    assert kick.pattern.hits == (True, False, True, True, *[False] * 8)
    assert kick.pattern.velocities[:4] == (ACCENT, 0.0, ACCENT, NORMAL)
    assert kick.pattern.ratchets[:4] == (1.0, 1.0, 3.0, 1.0)
    assert (kick.latents, kick.length, kick.swing, kick.rate) == (None, None, None, 3.0)
    assert (live_set.tempo, live_set.swing, live_set.level) == (97.5, 0.25, -3.0)
    assert [live_set.track(name).mute for name in DRUMS] == list(kit.mutes)


def test_an_odd_length_stays_with_the_song(instrument: Instrument) -> None:
    write_kit(replace(SHIPPED, patterns=patterns(machine("#", length=5))), "mine.mtpreset")
    instrument.run('kit("mine.mtpreset", patterns="A")')
    found = events(the_set(instrument), 5, 10)
    assert [event.step for event in found if event.track == "kick"] == [20, 25, 30, 35]


def test_a_chain_is_joined(instrument: Instrument, said: Callable[[str], str]) -> None:
    one, two = machine("#", length=12, chained=True), machine("-#", length=4)
    write_kit(replace(SHIPPED, patterns=patterns(one, two, machine("####"))), "mine.mtpreset")
    assert said('kit("mine.mtpreset", patterns=True)') == "mine: 8 sounds; pattern a b (16 steps)"
    assert the_set(instrument).track("kick").pattern == pattern("x-----------" + "-x--")


def test_a_chain_that_is_too_long_says_what_was_taken(instrument: Instrument, said: Callable[[str], str]) -> None:
    write_kit(replace(SHIPPED, patterns=(machine("#", chained=True),) * 12), "mine.mtpreset")
    told = said('kit("mine.mtpreset", patterns="c")')
    assert told == "mine: 8 sounds; pattern c d e f (64 steps); without g h i j k l, as a track has 64 steps"
    assert len(the_set(instrument).track("kick").pattern) == 64


def test_a_kit_with_patterns_is_one_step_of_undo_and_ends_functions(instrument: Instrument) -> None:
    instrument.run("kick.a = lambda beat: 0.5; hat.pattern = lambda bar: 'x---'; kick.level = lambda beat: -3")
    before, jobs = the_set(instrument), instrument.functions.names()
    instrument.run('kit("minimal", patterns=True)')
    assert instrument.functions.names() == ["kick.level"]
    assert the_set(instrument) != before
    instrument.run("undo()")
    assert (the_set(instrument), instrument.functions.names()) == (before, jobs)


def test_a_silent_file_is_quiet_rather_than_impossible(instrument: Instrument) -> None:
    write_kit(replace(SHIPPED, level=float("-inf")), "mine.mtpreset")
    instrument.run('kit("mine.mtpreset", patterns=True)')
    assert the_set(instrument).level == -100


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('kit("none.mtpreset")', 'cannot read the kit "none.mtpreset"'),
        ('kit("broken.mtpreset", patterns=True)', "broken.mtpreset, line 2: Length is 1 to 16"),
        ('kit("default", patterns="m")', "patterns is True, False or a letter from a to l, not 'm'"),
        ('kit("default", patterns=3)', "patterns is True, False or a letter from a to l, not 3"),
        ('kick.sound = "none.mtdrum"', 'cannot read the patch "none.mtdrum"'),
        ('kick.sound = "broken.mtpreset:1"', "broken.mtpreset, line 2: Length is 1 to 16"),
        ('kick.sound = "hole.mtpreset:2"', "hole.mtpreset has no patch in slot 2"),
        ('save_kit("mine")', 'a kit is kept in a .mtpreset file: "mine.mtpreset"'),
        ('save_kit("nowhere/mine.mtpreset")', "there is no folder"),
        ('save_sound(kick, "kick.wav")', 'a drum\'s sound is kept in a .mtdrum file: "kick.mtdrum"'),
        ('save_sound(seq, "seq.mtdrum")', "a .mtdrum file holds a drum, not a"),
        ("randomize(kick, 2)", "how much is randomized is a number from 0 to 1, not 2"),
        ("randomize(True)", "how much is randomized is a number from 0 to 1, not True"),
        ("randomize('kik')", 'no track "kik"; did you mean "kick"?'),
        ("randomize(0.2, 0.3)", "randomize() takes a sound and how much of it"),
        ("randomize(kick, seed='x')", "seed is a number from 0 to"),
    ],
)
def test_what_cannot_be_is_one_line_and_changes_nothing(line: str, said: str, instrument: Instrument) -> None:
    text = "MicrotonicPresetV3: { DrumPatches: { 1: {:} }"
    Path("broken.mtpreset").write_text(f"{text}\nPatterns: {{ a: {{ Length: 0 }} }} }}")
    Path("hole.mtpreset").write_text(f"{text} }}")
    before = the_set(instrument)
    with pytest.raises(BadInput) as error:
        instrument.run(line)
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)
    assert the_set(instrument) == before


def test_a_saved_kit_comes_back_equal(instrument: Instrument, said: Callable[[str], str]) -> None:
    instrument.run('kit("noise"); randomize(0.3); kick.sound.decay = 333.3')
    instrument.run("tempo = 97.3; swing = 0.29; level = -2.5; hat.mute = True")
    for name, typed in zip(DRUMS, ("X---x---", "----X---", "x-x3", *["-"] * 5), strict=True):
        instrument.run(f'{name}.pattern = "{typed}"')
    before = the_set(instrument)
    assert said('save_kit("mine.mtpreset")') == str(Path("mine.mtpreset").absolute())
    instrument.run('kit("default"); tempo = 60; swing = 0; level = 0; hat.mute = False; kick.pattern = "x"')
    instrument.run('kit("mine.mtpreset", patterns=True)')
    after = the_set(instrument)
    assert [track.sound for track in after] == [track.sound for track in before]
    assert (after.tempo, after.swing, after.level) == (97.3, 0.29, -2.5)
    assert after.track("hat").mute
    assert rhythm(after) == rhythm(before)


def rhythm(live_set: LiveSet) -> list[tuple[float, str, float]]:
    """When which drum sounds, and how hard."""
    return [(event.beat, event.track, event.velocity) for event in events(live_set, 0, 16)]


def test_a_saved_kit_reads_back_as_the_kit_that_was_loaded(instrument: Instrument) -> None:
    first = machine("#-#-#-", "#", "--#", chained=True)
    kit = replace(SHIPPED, patterns=patterns(first, machine("----#")), tempo=133.0, step_rate="1/32", swing=0.1)
    write_kit(kit, "mine.mtpreset")
    instrument.run('kit("mine.mtpreset", patterns=True); save_kit("again.mtpreset")')
    assert read_kit("again.mtpreset") == kit


def test_tracks_of_different_lengths_are_written_until_they_meet_again(instrument: Instrument) -> None:
    for name in DRUMS:
        instrument.run(f'{name}.pattern = "x---"')
    instrument.run('hat.pattern = "x-x"; hat.length = 5; save_kit("mine.mtpreset")')
    written = read_kit("mine.mtpreset").patterns
    assert [(p.length, p.chained) for p in written[:3]] == [(16, True), (4, False), (16, False)]
    hat = written[0].lanes[2].triggers + written[1].lanes[2].triggers[:4]
    assert hat == tuple(letter == "x" for letter in "x-xx-" * 4)


def test_what_a_kit_cannot_say_is_said(instrument: Instrument, said: Callable[[str], str]) -> None:
    for name in DRUMS:
        instrument.run(f'{name}.pattern = "x---"')
    instrument.run('kick.pattern = Pattern((True,), (0.3,), (0.2,), (0.5,)); snare.pattern = "23-2"; snare.swing = 0.9')
    instrument.run('clap.rate = 8; tom.sound = "bass"; hat.pan = -0.5')
    assert said('save_kit("mine.mtpreset")').split("; it cannot say ")[1] == (
        "the sound (tom), the track's level, pan and sends (hat), the rhythm at another rate (clap), offsets (kick), "
        "probabilities (kick), velocities beside 64 and 127 (kick), rolls of other than 2 (snare), "
        "a swing of its own (snare)"
    )


def test_a_drum_track_with_another_sound_keeps_its_slot(instrument: Instrument) -> None:
    instrument.run('kick.sound = "bass"; kit("minimal")')
    sounds = [track.sound for track in the_set(instrument)][:8]
    assert sounds == list(read_kit("kits/minimal.mtpreset").patches)


def test_a_morphed_sound_is_saved_as_it_is_heard(instrument: Instrument) -> None:
    instrument.run('kick.morph("default:2", 1); save_kit("mine.mtpreset")')
    saved = read_kit("mine.mtpreset").patches[0]
    assert saved is not None
    assert SHIPPED.patches[1] is not None
    assert (saved.name, saved.values) == ("Kick", SHIPPED.patches[1].values)


def test_a_full_disk_is_one_line(instrument: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("deepsteps_live.sound.writing.write_whole", full)
    with pytest.raises(Fault, match=r"mine\.mtpreset was not saved: No space left on device"):
        instrument.run('save_kit("mine.mtpreset")')


@pytest.mark.parametrize("what", ["kick", "'kick'", "kick.sound", "kick.sound.patch", "'default:1'"])
def test_a_sound_goes_to_a_file_of_its_own_and_back(what: str, instrument: Instrument) -> None:
    instrument.run(f'save_sound({what}, "mine.mtdrum"); snare.sound = "mine.mtdrum"')
    assert the_set(instrument).track("snare").sound == the_set(instrument).track("kick").sound
    assert read_drum("mine.mtdrum").name == "Kick"


@pytest.mark.parametrize("what", ["kick, 0.2", "kick.sound, 0.2", "'kick', 0.2", "kick"])
def test_one_sound_is_randomized_and_undone(what: str, instrument: Instrument) -> None:
    before = the_set(instrument)
    instrument.run(f"randomize({what})")
    changed = [track.name for track in the_set(instrument) if track != before.track(track.name)]
    assert changed == ["kick"]
    instrument.run("undo()")
    assert the_set(instrument) == before


def test_all_drums_are_randomized_and_the_line_is_not(instrument: Instrument) -> None:
    before = the_set(instrument)
    instrument.run("randomize(0.1)")
    assert [track.name for track in the_set(instrument) if track == before.track(track.name)] == ["seq"]


def test_the_seed_that_is_said_does_the_same_again(instrument: Instrument, said: Callable[[str], str]) -> None:
    seed = said("randomize(kick, 0.4)").split("seed=")[1].split()[0]
    found = the_set(instrument).track("kick").sound
    assert said("randomize(kick, 0.4)").split("seed=")[1].split()[0] != seed
    instrument.run(f"undo(2); randomize(kick, 0.4, seed={seed})")
    assert the_set(instrument).track("kick").sound == found


def test_a_patch_gives_a_patch(instrument: Instrument) -> None:
    instrument.run("snare.sound = randomize(kick.sound.patch, 0.2, seed=3)")
    assert the_set(instrument).track("snare").sound != the_set(instrument).track("kick").sound


def test_kits_are_equal_when_they_say_the_same() -> None:
    assert Kit("one", (fresh("drum"),)) == Kit("two", (fresh("drum"),)) != Kit("one", (fresh("drum", "x"),))
