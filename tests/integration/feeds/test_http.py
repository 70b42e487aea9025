"""Polling a real server on the loopback address."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
import yaml

from haidang.base.problems import Problem
from haidang.feeds.connectors import network
from haidang.feeds.connectors.http import HttpConnector, origin_of
from haidang.feeds.model.declaration import Declaration, HttpAuth, HttpSource, Secret
from haidang.feeds.model.reading import read
from haidang.feeds.model.rows import Row
from tests.integration.feeds.conftest import World
from tests.unit.feeds.declarations import base

RECORD = {
    "station": "cầu 1", "time": "2026-03-16T09:00:00+07:00", "lon": 107.05, "lat": 20.95,
    "temp": 21.5, "wind": "36 km/h", "status": "tốt", "name": "Cầu 1",
}  # fmt: skip


class Source:
    """A server whose answer the test writes: status, headers, body."""

    def __init__(self) -> None:
        self.body: bytes = b"{}"
        self.headers: dict[str, str] = {}
        self.status = 200
        self.asked: list[dict[str, str]] = []
        self.url = ""
        self.stall = False

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            asked = {
                name.lower(): value
                for name, _, value in (line.partition(": ") for line in head.split("\r\n"))
            }
            self.asked.append(asked)
            if self.stall:
                await asyncio.Event().wait()
            status, body = self.status, self.body
            if self.headers.get("ETag") and asked.get("if-none-match") == self.headers["ETag"]:
                status, body = 304, b""
            lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in self.headers.items()]
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest_asyncio.fixture(loop_scope="session")
async def source() -> AsyncIterator[Source]:
    made = Source()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/data"
    async with server:
        yield made


async def rows_of(source: HttpSource, **options: Any) -> list[Row]:
    options = {"allow_hosts": ("127.0.0.1",)} | options
    connector = HttpConnector(source, ("a",), **options)
    return [row async for batch in connector.batches() for row in batch.rows]


def declaration(source: Source, **more: Any) -> Declaration:
    settings = {"url": source.url, "records": "data.items"} | more
    declared = base(feed="polled", kind="http", period="1m", source=settings)
    return read(yaml.safe_dump(declared, allow_unicode=True))


async def test_a_poll_and_its_unchanged_repeat(world: World, source: Source) -> None:
    source.body = json.dumps({"data": {"items": [RECORD, 7, RECORD | {"temp": "hot"}]}}).encode()
    source.headers = {"ETag": '"v1"'}
    run = await world.run(declaration(source))
    assert (run.outcome, run.read, run.refused, run.faulty) == ("partial", 3, 1, 1)
    again = await world.run(declaration(source))
    assert (again.outcome, again.read) == ("ok", 0)
    assert "không có gì mới" in again.message_vi
    assert source.asked[-1]["if-none-match"] == '"v1"'
    (due,) = await world.rows("SELECT next_due_at FROM feed WHERE name = 'polled'")
    assert (due[0] - world.clock.now()).total_seconds() == 60


async def test_csv_over_http(source: Source) -> None:
    source.body = "a;b\n1;Hạ Long\n".encode()
    (row,) = await rows_of(HttpSource(url=source.url, format="csv"))
    assert row.values == {"a": "1", "b": "Hạ Long"}


async def test_a_private_address_needs_the_operators_leave(source: Source) -> None:
    for hosts in ((), ("127.0.0.1:9",)):
        with pytest.raises(Problem, match="feed_allow_hosts"):
            await rows_of(HttpSource(url=source.url), allow_hosts=hosts)
    assert source.asked == []
    port = source.url.split(":")[2].split("/")[0]
    assert await rows_of(HttpSource(url=source.url), allow_hosts=(f"127.0.0.1:{port}",))


@pytest.mark.parametrize(
    "host", ["localhost", "10.0.0.1", "169.254.169.254", "192.168.1.1", "::1", "0.0.0.0"]
)
async def test_private_addresses_in_every_form(host: str) -> None:
    with pytest.raises(Problem):
        await network.allowed(host, 80, ())


async def test_a_redirect_is_checked_again_and_carries_no_secret(source: Source) -> None:
    source.status, source.headers = 302, {"Location": "http://169.254.169.254/latest/"}
    with pytest.raises(Problem, match="private address"):
        await rows_of(HttpSource(url=source.url))
    source.headers = {"Location": source.url.replace("127.0.0.1", "localhost")}
    auth = HttpAuth(secret=Secret(env="KEY"))
    with pytest.raises(Problem, match="redirects"):
        await rows_of(
            HttpSource(url=source.url, auth=auth),
            allow_hosts=("127.0.0.1", "localhost"),
            environ={"KEY": "s3cret"},
        )
    secrets = [asked.get("authorization") for asked in source.asked[-4:]]
    assert secrets == ["Bearer s3cret", None, None, None]
    source.headers = {"Location": "file:///etc/passwd"}
    with pytest.raises(Problem):
        await rows_of(HttpSource(url=source.url))


async def test_secrets_come_from_outside(source: Source, tmp_path: Any) -> None:
    file = tmp_path / "key"
    file.write_text("abc\nrest")
    await rows_of(
        HttpSource(url=source.url, auth=HttpAuth(secret=Secret(file=str(file)), header="X-Key", prefix=""))
    )
    assert source.asked[-1]["x-key"] == "abc"
    for secret in (
        Secret(),
        Secret(env="NONE"),
        Secret(file=str(tmp_path / "none")),
        Secret(env="A", file="b"),
    ):
        with pytest.raises(Problem):
            await rows_of(HttpSource(url=source.url, auth=HttpAuth(secret=secret)), environ={})
    with pytest.raises(Problem, match="auth"):
        await rows_of(HttpSource(url=source.url, headers={"Authorization": "Bearer in the open"}))


async def test_limits_and_faults(source: Source) -> None:
    source.body = b'["' + b"x" * (1 << 20) + b'"]'
    with pytest.raises(Problem, match="MB"):
        await rows_of(HttpSource(url=source.url, size_max_mb=1))
    source.body = b"[{},{}]"
    with pytest.raises(Problem, match="rows"):
        await rows_of(HttpSource(url=source.url, rows_max=1))
    for body in (b"", b"<html>", b"\xff", b"[" * 100_000):
        source.body = body
        with pytest.raises(Problem):
            await rows_of(HttpSource(url=source.url))
    source.body, source.status = b"{}", 500
    with pytest.raises(Problem, match="500"):
        await rows_of(HttpSource(url=source.url))
    source.status = 200
    with pytest.raises(Problem, match="items"):
        await rows_of(HttpSource(url=source.url, records="items"))


async def test_a_source_that_does_not_answer(source: Source) -> None:
    source.stall = True
    with pytest.raises(Problem, match="No answer"):
        await rows_of(HttpSource(url=source.url, timeout=1))  # type: ignore[arg-type]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    with pytest.raises(Problem, match="failed"):
        await rows_of(HttpSource(url=f"http://127.0.0.1:{closed}/"))
    with pytest.raises(Problem, match="resolved"):
        await rows_of(HttpSource(url="http://does-not-exist.invalid/"))


@pytest.mark.parametrize(
    "other",
    ["http://a.example/x", "https://a.example:8443/x", "https://b.example/x", "https://a.example.vn/x"],
)
def test_a_secret_is_for_one_scheme_host_and_port(other: str) -> None:
    first = origin_of(httpx.URL("https://a.example/feed"))
    assert origin_of(httpx.URL("https://a.example:443/elsewhere")) == first
    assert origin_of(httpx.URL(other)) != first
