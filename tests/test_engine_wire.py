"""How prompt and engine talk."""

import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deepsteps_live.engine.wire import Link, Listener, connect
from deepsteps_live.errors import Fault


@pytest.fixture(params=[True, False], ids=["unix", "tcp"])
def ends(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Link, Link]]:
    """Both ends of a connection, over each kind of socket."""
    path = tmp_path / "engine.sock"
    listener = Listener(path, unix=request.param)
    accepted: list[Link] = []
    thread = threading.Thread(target=lambda: accepted.append(listener.accept()))
    thread.start()
    near = connect(path, unix=request.param)
    thread.join(5)
    yield near, accepted[0]
    for end in (near, *accepted):
        end.close()
    listener.close()


def test_messages_arrive_whole_and_in_order(ends: tuple[Link, Link]) -> None:
    near, far = ends
    sent = [{"number": number, "text": "ä" * 1000} for number in range(200)]
    for message in sent:
        near.send(message)
    incoming = far.messages()
    assert [next(incoming) for _ in sent] == sent


def test_closing_one_end_ends_the_others_messages(ends: tuple[Link, Link]) -> None:
    near, far = ends
    near.send({"last": 1})
    near.flush()
    near.close()
    assert list(far.messages()) == [{"last": 1}]


def test_a_reader_that_stopped_reading_never_holds_the_sender_up(ends: tuple[Link, Link]) -> None:
    near, _ = ends
    for number in range(20_000):
        near.send_state({"state": number, "padding": "x" * 500})
    assert near.open


def test_the_socket_is_this_users_alone(tmp_path: Path) -> None:
    listener = Listener(tmp_path / "engine.sock")
    assert stat.S_IMODE((tmp_path / "engine.sock").stat().st_mode) == 0o600
    listener.close()


def test_over_tcp_a_stranger_without_the_key_is_hung_up_on(tmp_path: Path) -> None:
    path = tmp_path / "engine.sock"
    listener = Listener(path, unix=False)
    accepted: list[Link] = []
    thread = threading.Thread(target=lambda: accepted.append(listener.accept()))
    thread.start()
    port = int(path.read_text().split()[0])
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall(b'{"key": "guess"}\n')
        assert stranger.recv(1) == b""
    friend = connect(path, unix=False)
    thread.join(5)
    assert len(accepted) == 1
    for end in (friend, *accepted):
        end.close()
    listener.close()


def test_no_engine_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="`deepsteps` starts one"):
        connect(tmp_path / "nobody.sock")
