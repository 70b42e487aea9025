"""Many live screens, a process of its own: they watch a few panels, which it also keeps changing.

It can be its own yardstick too: a plain server that writes a ready frame to as many sockets (``bare``).
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import multiprocessing.connection
import re
import signal
import time
from collections.abc import Sequence
from typing import Any, Self

import msgspec
import uvloop

from haidang.bench import machine, workload

TYPE = "BenchPanel"
PANELS = 100
RATE_PER_S = 40
TICK_S = 0.25
_ID = re.compile(rb"id: (\d+)\n")
_STAMP = re.compile(rb"\b(1[6-9]\d{11})\b")


class Seen(msgspec.Struct):
    """What the screens have been told since they were last asked."""

    frames: int
    bytes: int
    worst_ms: list[float]
    """For each frame: from the sending of the oldest change in it to its arrival at the last screen."""
    cpu_s: float
    """CPU time of the screens' own process so far."""


class Screens:
    """The process."""

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,))
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._process.start()
        signal.signal(signal.SIGINT, before)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process.pid  # noqa: S101 - started
        return self._process.pid

    def open(self, port: int, keys: Sequence[str], count: int) -> None:
        """Open so many screens more and return when each has been greeted."""
        self._ask("open", port, list(keys), count)

    def open_plain(self, port: int, count: int) -> None:
        """Open so many plain sockets to a bare server."""
        self._ask("open_plain", port, count)

    def change(self, port: int, key: str) -> None:
        """Make the panels, and change them :data:`RATE_PER_S` times a second from now on."""
        self._ask("change", port, key)

    def seen(self) -> Seen:
        """Return what came since this was last asked."""
        return msgspec.convert(self._ask("seen"), Seen)

    def bare(self, size: int) -> int:
        """Become a server that writes a frame of this size to every socket each tick; return its port."""
        return int(self._ask("bare", size))

    def written(self) -> int:
        """Return how many frames the bare server has written."""
        return int(self._ask("written"))

    def _ask(self, *question: Any) -> Any:
        self._pipe.send(question)
        answer = self._pipe.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


def _work(pipe: multiprocessing.connection.Connection) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(_Panels(pipe).run())


class _Screen(asyncio.Protocol):
    def __init__(self, panels: _Panels, request: bytes) -> None:
        self._panels = panels
        self._request = request
        self._greeted = False

    def connection_made(self, transport: Any) -> None:
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._panels.came(data)
        if not self._greeted:
            self._greeted = True
            self._panels.greeted += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._panels.lost += 1


class _Socket(asyncio.Protocol):
    def __init__(self, panels: _Panels) -> None:
        self._panels = panels

    def connection_made(self, transport: Any) -> None:
        self._panels.sockets.append(transport)

    def data_received(self, data: bytes) -> None:
        pass


class _Panels:
    """The inside of the process."""

    def __init__(self, pipe: multiprocessing.connection.Connection) -> None:
        self._pipe = pipe
        self.greeted = self.lost = self.frames = self.bytes = self.written = 0
        self.sockets: list[Any] = []
        self._oldest: dict[bytes, float] = {}
        self._last: dict[bytes, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        questions: asyncio.Queue[Any] = asyncio.Queue()
        asyncio.get_running_loop().add_reader(
            self._pipe.fileno(), lambda: questions.put_nowait(self._pipe.recv())
        )
        while True:
            name, *given = await questions.get()
            try:
                self._pipe.send(await getattr(self, f"_{name}")(*given))
            except Exception as error:
                self._pipe.send(error)

    def came(self, data: bytes) -> None:
        count = data.count(b"event: changes")
        if not count:
            return
        self.frames += count
        self.bytes += len(data)
        number = _ID.search(data)
        if number is not None:
            self._last[number[1]] = time.time() * 1000
            if number[1] not in self._oldest:
                self._oldest[number[1]] = min((float(one) for one in _STAMP.findall(data)), default=0)

    async def _open(self, port: int, keys: list[str], count: int) -> None:
        loop, wanted = asyncio.get_running_loop(), self.greeted + count
        for number in range(count):
            request = (
                f"GET /api/v1/stream?topics=entities&type={TYPE} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                f"Authorization: Bearer {keys[number % len(keys)]}\r\n\r\n"
            ).encode()
            await loop.create_connection(lambda request=request: _Screen(self, request), "127.0.0.1", port)  # type: ignore[misc]
            if number % 50 == 49:
                await asyncio.sleep(0)
        async with asyncio.timeout(120):
            while self.greeted < wanted:
                if self.lost:
                    raise RuntimeError(f"{self.lost} screens were turned away")
                await asyncio.sleep(0.02)

    async def _open_plain(self, port: int, count: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(count):
            await loop.create_connection(lambda: _Screen(self, b"GET"), "127.0.0.1", port)

    async def _change(self, port: int, key: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"

        async def send(number: int) -> None:
            at = workload.time_text(int(time.time() * 1000)).decode()
            value = {"type": "Property", "value": number, "observedAt": at}
            body = msgspec.json.encode(
                [{"id": f"urn:ngsi-ld:{TYPE}:{number % PANELS}", "type": TYPE, "shown": value}]
            )
            target = "/ngsi-ld/v1/entityOperations/upsert?options=update"
            line = f"POST {target} HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n"
            writer.write(line.encode() + body)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            if not answer.startswith((b"http/1.1 201", b"http/1.1 204")):
                raise RuntimeError(answer[:200].decode())
            at_ = answer.find(b"content-length:")
            if at_ >= 0:
                await reader.readexactly(int(answer[at_ + 15 : answer.index(b"\r\n", at_)]))

        for number in range(PANELS):
            await send(number)

        async def go_on() -> None:
            number, due = PANELS, time.perf_counter()
            while True:
                await send(number)
                number, due = number + 1, due + 1 / RATE_PER_S
                await asyncio.sleep(max(0.0, due - time.perf_counter()))

        self._tasks.add(asyncio.create_task(go_on()))

    async def _seen(self) -> dict[str, Any]:
        worst = [self._last[number] - oldest for number, oldest in self._oldest.items() if oldest]
        found = {
            "frames": self.frames,
            "bytes": self.bytes,
            "worst_ms": worst,
            "cpu_s": machine.cpu_s([multiprocessing.current_process().pid or 0]),
        }
        self.frames = self.bytes = 0
        self._oldest.clear()
        self._last.clear()
        return found

    async def _bare(self, size: int) -> int:
        frame = b"x" * size

        async def tick() -> None:
            while True:
                await asyncio.sleep(TICK_S)
                for transport in self.sockets:
                    transport.write(frame)
                self.written += len(self.sockets)

        server = await asyncio.get_running_loop().create_server(lambda: _Socket(self), "127.0.0.1", 0)
        self._tasks.add(asyncio.create_task(tick()))
        self._tasks.add(asyncio.create_task(server.serve_forever()))
        return int(server.sockets[0].getsockname()[1])

    async def _written(self) -> int:
        return self.written
