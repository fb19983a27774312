"""What OSC messages do, and that nothing that comes in does harm."""

from __future__ import annotations

import random
import struct
import time
from typing import Any

import pytest
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from deepsteps_live.errors import BadInput
from deepsteps_live.outputs.osc_door import OscDoor, packed
from deepsteps_live.session.controls import control, places
from deepsteps_live.session.instrument import Instrument
from deepsteps_live.session.osc import WORDS, act, address_of, addresses
from tests.typing_in import shown

Heard = list[tuple[str, list[Any], float]]


@pytest.mark.parametrize(
    ("address", "value", "place", "found"),
    [
        ("/tempo", 128, "tempo", 128.0),
        ("/latent/a", 0.3, "a", 0.3),
        ("/tolerance", 0.4, "tolerance", 0.4),
        ("/track/snare/mute", 1, "snare.mute", True),
        ("/track/snare/mute", False, "snare.mute", False),
        ("/track/snare/latent/b", -1.5, "snare.b", -1.5),
        ("/track/kick/level", -6, "kick.level", -6.0),
        ("/track/kick/sound/osc_decay", 300, "kick.sound.osc_decay", 300.0),
        ("/track/kick/length", 12.0, "kick.length", 12),
        ("/scale", "dorian", "scale", "dorian"),
        ("/track/seq/key", "D", "seq.key", 2),
    ],
)
def test_a_control_has_an_address(address: str, value: Any, place: str, found: Any, instrument: Instrument) -> None:
    act(instrument, address, [value])
    assert shown(instrument, place) == found


def test_every_control_can_be_set_by_its_address(instrument: Instrument) -> None:
    for place in list(places(instrument)):
        middle = (control(instrument, place).low + control(instrument, place).high) / 2
        act(instrument, address_of(place), [middle])


def test_addresses_are_all_different(instrument: Instrument) -> None:
    known = list(addresses(instrument))
    assert len(set(known)) == len(known)


def test_a_pattern_can_be_sent(instrument: Instrument) -> None:
    act(instrument, "/track/kick/pattern", ["x---X---"])
    assert str(shown(instrument, "kick.pattern")) == "x---X---"


def test_the_snare_answers_the_kick(instrument: Instrument) -> None:
    before = shown(instrument, "snare.pattern")
    act(instrument, "/like", ["snare", "kick"])
    assert shown(instrument, "snare.pattern") != before


def test_words_are_steps_of_undo_and_controls_are_not(instrument: Instrument) -> None:
    act(instrument, "/track/kick/pattern", ["x---"])
    act(instrument, "/track/kick/level", [-9])
    act(instrument, "/undo", [])
    assert len(shown(instrument, "kick.pattern")) == 16


@pytest.mark.parametrize(
    ("address", "values", "said"),
    [
        ("/tempoo", [1], 'no OSC address "/tempoo"; did you mean "/tempo"?'),
        ("/track/snair/mute", [1], 'no OSC address "/track/snair/mute"; did you mean "/track/snare/mute"?'),
        ("/tempo", [1000], "/tempo is a number from 1 to 999, not 1000"),
        ("/tempo", ["fast"], "/tempo is a number from 1 to 999"),
        ("/tempo", [], "/tempo takes one value, not 0"),
        ("/like", ["snare"], "/like takes track tracks, not 1 values"),
        ("/like", ["snair", "kick"], 'no track "snair"; did you mean "snare"?'),
        ("/kit", ["/etc/passwd"], '/kit takes a name, letters and digits, not "/etc/passwd"'),
        ("/kit", ["../noise"], "/kit takes a name, letters and digits"),
        ("/track/kick/pattern", ["/tmp/a.mid"], 'a pattern is "x---X---"'),
        ("/track/kick/pattern", [3], "/track/kick/pattern takes a word, not 3"),
        ("/__class__", [1], "no OSC address"),
        ("/track/kick/sound/__dict__", [1], "no OSC address"),
        ("", [], "no OSC address"),
    ],
)
def test_what_is_wrong_is_one_line(address: str, values: list[Any], said: str, instrument: Instrument) -> None:
    before = instrument.session.live_set
    with pytest.raises(BadInput) as error:
        act(instrument, address, values or [1] if address in ("",) else values)
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)
    assert instrument.session.live_set == before


def test_every_word_stands_for_a_command(instrument: Instrument) -> None:
    from deepsteps_live.session.commands import COMMANDS
    from deepsteps_live.session.tracks import TRACK_METHODS

    known = {*COMMANDS, *TRACK_METHODS, "focus"}
    assert {word.command for word in WORDS.values()} <= known


def test_a_mistake_goes_back_to_its_sender_once_a_second(instrument: Instrument) -> None:
    told: list[str] = []
    replies: list[tuple[tuple[str, int], str]] = []
    instrument.session.tell = told.append
    instrument.osc_in.reply = lambda to, text: replies.append((to, text))
    for _ in range(100):
        instrument.osc_in.take("/tempo", [-1], ("127.0.0.1", 9000))
    assert told == ["OSC /tempo: /tempo is a number from 1 to 999, not -1"]
    assert replies == [(("127.0.0.1", 9000), told[0])]


def test_time_tags_are_honoured(instrument: Instrument) -> None:
    now = time.monotonic()
    instrument.osc_in.heard("/tempo", [150], now + 0.15, ("", 0))
    instrument.osc_in.heard("/tempo", [140], now, ("", 0))
    while shown(instrument, "tempo") != 140:
        assert time.monotonic() < now + 0.14
    while shown(instrument, "tempo") != 150:
        assert time.monotonic() < now + 5
    assert time.monotonic() >= now + 0.15


@pytest.fixture
def door() -> Any:
    heard: Heard = []
    made = OscDoor(lambda address, values, due, sender: heard.append((address, values, due)), lambda text: None)
    made.found = heard  # type: ignore[attr-defined]
    yield made
    made.close()


def test_a_bundle_comes_with_its_time(door: Any) -> None:
    bundle = OscBundleBuilder(time.time() + 2.0)  # type: ignore[arg-type]
    builder = OscMessageBuilder("/tempo")
    builder.add_arg(120)
    bundle.add_content(builder.build())
    door.take(bundle.build().dgram, ("127.0.0.1", 9))
    address, values, due = door.found[0]
    assert (address, values) == ("/tempo", [120])
    assert due - time.monotonic() == pytest.approx(2.0, abs=0.1)


def test_what_is_sent_is_read_back(door: Any) -> None:
    door.take(packed("/x", [1, 0.5, "a", True]), ("127.0.0.1", 9))
    assert door.found[0][:2] == ("/x", [1, 0.5, "a", True])


def test_it_listens_on_this_machine_alone(door: Any) -> None:
    assert door.address[0] == "127.0.0.1"


def test_two_engines_have_two_ports(door: Any) -> None:
    other = OscDoor(lambda *message: None, lambda text: None)
    assert other.address[1] != door.address[1]
    other.close()


def test_a_hundred_thousand_broken_packets_do_no_harm(instrument: Instrument) -> None:
    rng, told = random.Random(7), list[str]()
    instrument.session.tell = told.append
    door = OscDoor(lambda address, values, due, sender: instrument.osc_in.take(address, values), told.append)
    good = [
        packed("/tempo", [120.5]),
        packed("/track/kick/mute", [1]),
        packed("/latent/a", [0.25]),
        packed("/tolerance", [0.5]),
        b"#bundle\0" + bytes(8) + struct.pack(">i", 16) + packed("/tempo", [99.0]),
    ]
    for _ in range(100_000):
        datagram = bytearray(rng.choice(good))
        for _ in range(rng.randrange(1, 4)):
            datagram[rng.randrange(len(datagram))] = rng.randrange(256)
        door.take(bytes(datagram[: rng.choice([len(datagram), rng.randrange(len(datagram) + 1)])]), ("127.0.0.1", 9))
    door.close()
    assert door.malformed > 1000
    assert len(told) < 200  # two kinds of line, each once a second
    assert 1 <= instrument.session.tempo() <= 999


def test_a_hundred_thousand_midi_messages_do_no_harm(instrument: Instrument) -> None:
    rng = random.Random(8)
    instrument.run("learn(a)\nseq.keys('')")
    for _ in range(100_000):
        message = [rng.randrange(128, 256), *(rng.randrange(256) for _ in range(rng.randrange(4)))]
        if message[0] in (0xFA, 0xFB, 0xFC):
            continue  # transport asks an engine
        instrument.midi_in.take([("port", 0.0, message)])


def test_the_page_is_what_the_tables_say_now() -> None:
    from scripts.make_osc_table import PAGE, page

    assert PAGE.read_text() == page(), "python -m scripts.make_osc_table writes it"
