"""Where the writer says that others reach it: never an address that means the asker's own machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from haidang.base.database import Connection
from haidang.base.settings import Settings
from haidang.city.forward import own_address


class Towards:
    """A connection to a database, of which only the socket matters."""

    def __init__(self, end: socket.socket) -> None:
        self.fileno = end.fileno


@contextmanager
def database(host: str | None) -> Iterator[Connection]:
    """Yield a connection to a database at an address of this machine, or over a Unix socket."""
    if host is None:
        one, other = socket.socketpair()
        with one, other:
            yield cast(Connection, Towards(one))
        return
    with socket.create_server((host, 0)) as server, socket.create_connection(server.getsockname()) as end:
        yield cast(Connection, Towards(end))


@pytest.mark.parametrize(
    ("given", "towards", "address"),
    [
        ({"host": "127.0.0.1"}, None, "http://127.0.0.1:8080"),
        ({"host": "10.1.2.3", "port": 81}, None, "http://10.1.2.3:81"),
        ({"host": "fd00::7"}, None, "http://[fd00::7]:8080"),
        ({"host": "0.0.0.0"}, None, "http://127.0.0.1:8080"),
        ({"host": "::"}, None, "http://[::1]:8080"),
        ({"host": "0.0.0.0"}, "127.0.0.1", "http://127.0.0.1:8080"),
        ({"host": "::"}, "127.0.0.1", "http://127.0.0.1:8080"),
        ({"host": "0.0.0.0", "internal_url": "https://a.example/"}, "127.0.0.1", "https://a.example"),
    ],
)
def test_the_writer_announces_an_address_that_others_reach(
    given: dict[str, Any], towards: str | None, address: str
) -> None:
    with database(towards) as connection:
        found = own_address(Settings(data_dir=Path("/x"), **given), connection)
    assert found == f"{address}/internal/v1/write"


def test_a_loopback_address_beside_a_database_elsewhere_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("haidang.city.forward._local_host", lambda _: "10.0.0.7")
    with capture_logs() as said, database(None) as connection:
        assert own_address(Settings(data_dir=Path("/x")), connection).startswith("http://127.0.0.1:8080/")
        assert "internal_url" in said[0]["event"]
        said.clear()
        wide = Settings(data_dir=Path("/x"), host="0.0.0.0")
        assert own_address(wide, connection) == "http://10.0.0.7:8080/internal/v1/write"
        assert not said
