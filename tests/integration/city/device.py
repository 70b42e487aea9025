"""A context source as an agent of devices is one: takes commands over HTTP and obeys the test."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, NamedTuple

import msgspec


class Told(NamedTuple):
    """A command that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Device:
    """One HTTP server on a free port of this machine."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.status = 204
        self.answer: Any = None
        self.hang = False
        self.drop = False
        """Read the command and close without an answer."""
        self.reached = asyncio.Event()
        self.port = 0
        self._server: asyncio.Server | None = None

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> Device:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def forget(self) -> None:
        """Be as new."""
        self.told.clear()
        self.status, self.answer, self.hang, self.drop = 204, None, False, False
        self.reached.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value for name, _, value in (line.partition(": ") for line in lines) if value
            }
            raw = await reader.readexactly(int(headers.get("content-length", "0")))
            method, path, _ = first.split(" ")
            self.told.append(Told(method, path, headers, msgspec.json.decode(raw) if raw else None))
            self.reached.set()
            if self.hang:
                await reader.read()  # until the other side gives up
            elif not self.drop:
                body = b"" if self.answer is None else msgspec.json.encode(self.answer)
                writer.write(
                    f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
                )
                await writer.drain()
        writer.close()
