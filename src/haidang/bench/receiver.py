"""An endpoint of subscriptions, a process of its own: when each notification came, and how old it was.

Requests of the load generator carry the moment at which they were sent as the time of observation, so the age
of what a notification tells, on arrival, is the whole way: intake, commit, matching, outbox, delivery.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import multiprocessing.connection
import re
import signal
import time
from datetime import datetime
from typing import Self

_OBSERVED = re.compile(rb'"observedAt":"([^"]+)"')
_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Receiver:
    """The endpoint, running."""

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,))
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._process.start()
        signal.signal(signal.SIGINT, before)
        self.port: int = self._pipe.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    @property
    def uri(self) -> str:
        """Where notifications are to be sent."""
        return f"http://127.0.0.1:{self.port}/notify"

    def ages_ms(self) -> list[float]:
        """Return the ages of what has come since this was last asked, each in milliseconds."""
        self._pipe.send("ages")
        found: list[float] = self._pipe.recv()
        return found


def _work(pipe: multiprocessing.connection.Connection) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(pipe))


async def _serve(pipe: multiprocessing.connection.Connection) -> None:
    ages: list[float] = []

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                at = head.index(b"content-length:") + 15
                body = await reader.readexactly(int(head[at : head.index(b"\r\n", at)]))
                now_ms = time.time() * 1000
                writer.write(_ANSWER)
                # A notification may carry attributes of other moments: the newest is what it tells of.
                newest = max(datetime.fromisoformat(found.decode()) for found in _OBSERVED.findall(body))
                ages.append(now_ms - newest.timestamp() * 1000)
        writer.close()

    def asked() -> None:
        pipe.recv()
        pipe.send(list(ages))
        ages.clear()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    asyncio.get_running_loop().add_reader(pipe.fileno(), asked)
    pipe.send(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()
