"""One address cannot take all connections of the server."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from haidang.web import connections
from haidang.web.connections import Connections, room_for_connections


class Listener:
    """A port of this process, with both ends of each connection in our hands."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._server = self._stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
        self.port: int = self._server.getsockname()[1]

    def open(self, address: str, count: int) -> list[socket.socket]:
        """Connect from an address and return the clients' ends, in their order."""
        ends = []
        for _ in range(count):
            end = socket.create_connection(("127.0.0.1", self.port), 5, source_address=(address, 0))
            ends.append(self._stack.enter_context(end))
            self._stack.enter_context(self._server.accept()[0])
        return ends

    def close(self) -> None:
        self._stack.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.close()


def ended(end: socket.socket) -> bool:
    end.setblocking(False)
    try:
        return end.recv(1) == b""
    except BlockingIOError:
        return False


def test_an_address_keeps_its_share_and_the_others_all(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    greedy, modest = listener.open("127.0.0.2", 40), listener.open("127.0.0.3", 10)
    ours = Connections(listener.port, per_address=25)
    assert ours.sweep() == 0, "loopback stands for all clients of a proxy"
    monkeypatch.setattr(connections, "_loopback", lambda _: False)
    assert Connections(listener.port, per_address=0).sweep() == 0
    assert Connections(listener.port + 1, per_address=25).sweep() == 0, "another port is not ours"
    assert ours.sweep() == 15
    assert [ended(end) for end in greedy] == [False] * 25 + [True] * 15, "the oldest stay"
    assert not any(ended(end) for end in modest)


async def test_peers_are_hung_up_on_one_by_one(listener: Listener) -> None:
    ends = listener.open("127.0.0.1", 3)
    ours = Connections(listener.port, per_address=0)
    ours.end(ends[1].getsockname())
    ours._end_all()
    assert [ended(end) for end in ends] == [False, True, False]


def test_looking_at_descriptors_leaves_none_open(listener: Listener) -> None:
    listener.open("127.0.0.1", 3)
    before = len(connections._descriptors())
    ours = Connections(listener.port, per_address=1)
    assert ours.bound()
    ours.sweep()
    assert len(connections._descriptors()) == before


def test_what_the_kernel_keeps_for_a_peer_is_bounded(listener: Listener) -> None:
    assert Connections(listener.port, per_address=0).bound()
    with socket.create_connection(("127.0.0.1", listener.port), 5):
        taken, _ = listener._server.accept()
        with taken:
            assert taken.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * connections.UNSENT_BYTES
            stalled = taken.getsockopt(socket.IPPROTO_TCP, connections._TCP_USER_TIMEOUT)
            assert stalled == connections.STALLED_S * 1000


def test_there_is_room_for_more_connections_than_screens() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
        found = room_for_connections()
        assert (
            resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= found + connections.SPARE_DESCRIPTORS
            or found == 512
        )
        assert found == connections.CONNECTIONS_MAX or hard < 9_000
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
