"""The load generator: a process of its own, keep-alive connections, closed or open loop.

It speaks just enough HTTP/1.1 to send a prebuilt request and read one whole answer, so that what is measured
is the server and not the client.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import multiprocessing.connection
import signal
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from haidang.bench import workload


class Plan(msgspec.Struct, frozen=True):
    """What to send: prebuilt (target, body) pairs in a file, sent round and round."""

    port: int
    method: str
    requests: Path
    """msgpack list of [target, body]; a body's time mark is replaced when it is sent."""
    connections: int
    seconds: float
    headers: dict[str, str] = {}
    rate_per_s: float | None = None
    """Open loop: requests are due at this rate, and latency counts from when a request was due."""
    limit: int | None = None
    """Stop after this many requests, however short the time."""


class Load(msgspec.Struct, frozen=True):
    """What came of a plan."""

    done: int
    seconds: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]
    sample: str
    """The beginning of the last answer that was no success, to say why."""

    @property
    def per_s(self) -> float:
        """Answers per second, of whatever status."""
        return self.done / self.seconds

    def refused(self) -> int:
        """How many answers were no success."""
        return sum(count for status, count in self.statuses.items() if not 200 <= status < 300)


def write_requests(path: Path, requests: Sequence[tuple[str, bytes]]) -> Path:
    """Store prebuilt requests for a plan."""
    path.write_bytes(msgspec.msgpack.encode(list(requests)))
    return path


def run(plan: Plan) -> Load:
    """Carry the plan out in a process of its own and return what came of it."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(msgspec.msgpack.encode(plan, enc_hook=str), sender))
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # the child inherits it: Ctrl-C is ours to act on
    process.start()
    signal.signal(signal.SIGINT, before)
    sender.close()
    try:
        raw = receiver.recv_bytes()
    except EOFError:
        raise RuntimeError("the load generator died; its own message stands above") from None
    except KeyboardInterrupt:
        process.terminate()
        raise
    finally:
        process.join()
    return msgspec.msgpack.decode(raw, type=Load)


def _work(raw_plan: bytes, sender: multiprocessing.connection.Connection) -> None:
    plan = msgspec.msgpack.decode(raw_plan, type=Plan, dec_hook=lambda kind, value: kind(value))
    sender.send_bytes(msgspec.msgpack.encode(asyncio.run(_Generator(plan).run())))


class _Generator:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        pairs: list[tuple[str, bytes]] = msgspec.msgpack.decode(
            plan.requests.read_bytes(), type=list[tuple[str, bytes]]
        )
        extra = "".join(f"{name}: {value}\r\n" for name, value in plan.headers.items())
        self.requests = [
            (
                f"{plan.method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{extra}"
                f"Content-Length: {len(body)}\r\n\r\n".encode(),
                body,
            )
            for target, body in pairs
        ]
        self.sent = 0
        self.last_ms = 0
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.sample = ""

    async def run(self) -> Load:
        started = time.perf_counter()
        self.end = started + self.plan.seconds
        self.started = started
        async with asyncio.TaskGroup() as group:
            for _ in range(self.plan.connections):
                group.create_task(self._connection())
        seconds = time.perf_counter() - started
        ordered = sorted(self.latencies) or [0.0]
        return Load(
            done=len(self.latencies),
            seconds=seconds,
            p50_ms=ordered[len(ordered) // 2] * 1000,
            p99_ms=ordered[int(len(ordered) * 0.99)] * 1000,
            statuses=dict(self.statuses),
            sample=self.sample,
        )

    async def _connection(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.plan.port, limit=1 << 20)
        try:
            while (turn := await self._turn()) is not None:
                number, due = turn
                head, body = self.requests[number % len(self.requests)]
                writer.write(head + workload.stamp(body, self._time_ms()))
                status, text = await _answer(reader)
                self.latencies.append(time.perf_counter() - due)
                self.statuses[status] += 1
                if not 200 <= status < 300:
                    self.sample = text[:400].decode(errors="replace")
        finally:
            writer.close()

    async def _turn(self) -> tuple[int, float] | None:
        # The next request's number and the moment its latency counts from; None when the plan is over.
        number, now = self.sent, time.perf_counter()
        rate = self.plan.rate_per_s
        due = now if rate is None else self.started + number / rate
        if due >= self.end or (self.plan.limit is not None and number >= self.plan.limit):
            return None
        self.sent += 1
        if due > now:
            await asyncio.sleep(due - now)
        return number, due

    def _time_ms(self) -> int:
        # Never ahead of the clock: what a later load sends of the same entities would be late then. An entity
        # comes again only after all others, so no two of its observations share an instant.
        self.last_ms = max(self.last_ms, int(time.time() * 1000))
        return self.last_ms


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at >= 0:
        length = int(lower[at + 15 : lower.index(b"\r\n", at)])
        return status, await reader.readexactly(length)
    if b"transfer-encoding: chunked" not in lower:
        return status, b""
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return status, body
