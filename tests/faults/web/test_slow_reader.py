"""A live screen that does not read: told to start again, then hung up on; nobody else notices."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from pathlib import Path
from typing import Any

import msgspec
from tests.faults.serving import LIMIT_S, Serving, serving, signed

from haidang.base.database import Database

ENTITIES = 300
LONG = "x" * 1_200
"""Long ids make long frames of few entities."""


class Screen:
    """One open stream, over a plain socket: it reads when it is told to."""

    def __init__(self, server: Serving, key: str) -> None:
        self._server = server
        self._key = key
        self.events: list[str] = []

    async def __aenter__(self) -> Screen:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        self.socket.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self.socket, ("127.0.0.1", self._server.port))
        request = (
            f"GET /api/v1/stream?topics=entities HTTP/1.1\r\nHost: 127.0.0.1:{self._server.port}\r\n"
            f"Authorization: Bearer {self._key}\r\n\r\n"
        )
        await loop.sock_sendall(self.socket, request.encode())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.socket.close()

    async def read(self) -> None:
        """Take events until the connection ends."""
        loop, rest = asyncio.get_running_loop(), b""
        with contextlib.suppress(ConnectionError):
            while chunk := await loop.sock_recv(self.socket, 1 << 20):
                *lines, rest = (rest + chunk).split(b"\n")
                self.events += [line[7:].decode() for line in lines if line.startswith(b"event: ")]

    def count(self, event: str) -> int:
        return self.events.count(event)


def station(number: int, value: int) -> dict[str, Any]:
    return {
        "id": f"urn:x:station:{LONG}:{number}",
        "type": "AirQualityObserved",
        "pm25": {"type": "Property", "value": value},
    }


async def write(server: Serving, value: int) -> None:
    body = msgspec.json.encode([station(number, value) for number in range(ENTITIES)])
    answer = await server.http.post(
        "/ngsi-ld/v1/entityOperations/upsert?options=update",
        content=body,
        headers={"content-type": "application/json"},
    )
    assert answer.status_code in (201, 204), answer.text


async def joined(server: Serving, count: int) -> None:
    async with asyncio.timeout(LIMIT_S):
        while await server.metric("haidang_stream_clients") != count:
            await asyncio.sleep(0.02)


async def test_a_screen_that_does_not_read_is_hung_up_on_and_others_see_everything(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    async with serving(database_url, tmp_path) as server:
        key = await signed(db, server)
        async with Screen(server, key) as quick, Screen(server, key) as slow:
            reading = asyncio.create_task(quick.read())
            await joined(server, 2)
            await write(server, 0)
            before, value = server.memory_bytes(), 0
            async with asyncio.timeout(LIMIT_S):
                while await server.metric("haidang_stream_clients") == 2:
                    value += 1
                    await write(server, value)
            grown_mb = (server.memory_bytes() - before) / 1e6
            assert await server.metric("haidang_stream_overflows_total") >= 2, "reset first, then the end"
            assert grown_mb < 48, f"{grown_mb:.0f} MB more"

            # The others: still there, told of everything, never told to start again.
            seen = quick.count("changes")
            await write(server, value + 1)
            async with asyncio.timeout(5):
                while quick.count("changes") == seen:
                    await asyncio.sleep(0.01)
            assert quick.count("reset") == 0
            assert seen >= 3
            assert await server.metric("haidang_stream_clients") == 1

            await asyncio.wait_for(
                slow.read(), 10
            )  # what the kernel held, and then the end of the connection
            assert slow.count("changes") >= 1
            reading.cancel()
        await joined(server, 0)


async def test_a_screen_that_does_not_read_does_not_hold_up_the_stop(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    async with serving(database_url, tmp_path) as server, Screen(server, await signed(db, server)) as slow:
        await joined(server, 1)
        value = 0
        async with asyncio.timeout(LIMIT_S):  # until it has more unsent than the kernel takes
            while await server.metric("haidang_stream_overflows_total") < 1:
                value += 1
                await write(server, value)
        server.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(server.process.wait(), 15) == 0
        await slow.read()
