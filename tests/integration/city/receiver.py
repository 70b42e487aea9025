"""An endpoint as a subscriber has it: takes notifications over HTTP and does what a test tells it to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import msgspec

Answer = Callable[["Receiver", dict[str, Any]], int | None]


class Receiver:
    """One HTTP endpoint on a free port of this machine."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        """Everything that came, repetitions included."""
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.hang = False
        self.location = ""
        self.hangs_on = ""
        """Id of an entity whose notifications are never answered."""
        self.port = 0
        self._server: asyncio.Server | None = None
        self._came = asyncio.Condition()

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}/notify"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def ids(self) -> list[str]:
        return [body["id"] for body in self.bodies]

    @property
    def data(self) -> list[dict[str, Any]]:
        return [entity for body in self.bodies for entity in body["data"]]

    async def start(self) -> Receiver:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def came(self, count: int, limit_s: float = 15) -> list[dict[str, Any]]:
        """Return what came as soon as there are ``count``."""
        async with asyncio.timeout(limit_s), self._came:
            await self._came.wait_for(lambda: len(self.bodies) >= count)
        return self.bodies

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value
                    for name, _, value in (line.partition(": ") for line in head[1:])
                    if value
                }
                raw = await reader.readexactly(int(headers.get("content-length", "0")))
                async with self._came:
                    self.bodies.append(msgspec.json.decode(raw))
                    self.headers.append(headers)
                    self._came.notify_all()
                if self.hang or (self.hangs_on and self.hangs_on in raw.decode()):
                    await reader.read()
                    break
                extra = f"Location: {self.location}\r\n" if self.location else ""
                writer.write(f"HTTP/1.1 {self.status} X\r\n{extra}Content-Length: 0\r\n\r\n".encode())
                await writer.drain()
        writer.close()
