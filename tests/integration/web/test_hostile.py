"""What somebody sends who means harm: every answer is a problem that says so, and the house stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.integration.web.conftest import Site
from tests.integration.web.test_door import problem

from haidang.web.asgi import Message
from haidang.web.door import Door


@pytest.mark.parametrize(
    "query",
    ["after=%C2%B2", "after=%D9%A3", "after=-1", "&".join(f"a{number}=1" for number in range(60))],
)
async def test_a_stream_asked_for_nonsense(site: Site, query: str) -> None:
    problem(await site.administrator.get(f"/api/v1/stream?{query}"), 400, "invalid-request")


@pytest.mark.parametrize(
    "value", ["bytes=0-" + "9" * 5_000, "bytes=" + "9" * 5_000 + "-", "bytes=0-1," * 900]
)
async def test_a_range_of_numbers_without_end_is_no_range(site: Site, value: str) -> None:
    (site.settings.data_dir / "basemap.pmtiles").write_bytes(bytes(range(100)))
    answer = await site.client().get("/basemap.pmtiles", headers={"Range": value})
    assert answer.status_code == 200
    assert len(answer.content) == 100


@pytest.mark.parametrize(
    "name",
    ["to", "from"],
)
@pytest.mark.parametrize("when", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
async def test_history_at_the_ends_of_the_calendar(site: Site, name: str, when: str) -> None:
    made = await site.administrator.post(
        "/ngsi-ld/v1/entityOperations/upsert",
        json=[{"id": "urn:x:calendar", "type": "Camera", "count": {"type": "Property", "value": 1}}],
    )
    assert made.status_code < 300, made.text
    answer = await site.administrator.get(f"/api/v1/entities/urn:x:calendar/history?{name}={when}")
    assert answer.status_code in {200, 400}, answer.text


@pytest.mark.parametrize(
    "path",
    [
        "directive-quality?to=",
        "directive-quality?from=",
        "directive-reports/weekly?date=",
        "directive-counts?by=all&since=",
    ],
)
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_figures_of_years_that_no_calendar_here_has(site: Site, path: str, day: str) -> None:
    problem(await site.administrator.get(f"/api/v1/{path}{day}"), 400, "invalid-request")


async def test_the_broker_refuses_in_its_own_form_whoever_refuses(site: Site) -> None:
    answer = await site.client(Authorization="Bearer hd_dead").get("/ngsi-ld/v1/entities?type=Camera")
    body = problem_of_broker(answer, 401, "unauthenticated")
    assert body["request_id"] == answer.headers["x-request-id"]
    large = await site.administrator.post(
        "/ngsi-ld/v1/entityOperations/upsert",
        content=b"[" + b" " * site.settings.body_limit_bytes + b"]",
        headers={"Content-Type": "application/json"},
    )
    problem_of_broker(large, 413, "too-large")


def problem_of_broker(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (body["code"], body["status"]) == (code, status)
    assert body["title"].isascii()
    assert not body["title_vi"].isascii()
    return body


async def test_the_writers_own_entrance_is_not_there_for_strangers(site: Site) -> None:
    for secret in ("", "Bearer ", "Bearer wrong"):
        answer = await site.client(Authorization=secret).post("/internal/v1/write", content=b"{}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["title_en"] == "Not found"


async def test_a_password_a_browser_adds_by_itself_is_no_key(site: Site) -> None:
    agency = await site.agency("canh")
    answer = await agency.client.post(
        "/api/v1/session/password",
        json={"old": "x", "new": "y"},
        headers={"Origin": "http://evil.example", "Authorization": "Basic YTpi"},
    )
    problem(answer, 403, "cross-site-request")


async def test_behind_a_proxy_the_numbers_need_a_key(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(site.settings), "public_url", "https://city.example")
    problem(await site.client().get("/metrics"), 401, "unauthenticated")


async def dripping() -> AsyncIterator[bytes]:
    while True:
        yield b" "
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("path", ["/api/v1/session", "/ngsi-ld/v1/entities", "/internal/v1/write"])
async def test_a_body_that_never_ends_is_not_waited_for(site: Site, path: str) -> None:
    door = site.server._door
    assert door is not None
    slow = Door(door._inner, settings=site.settings, identity=site.house.identity, body_s=0.2)
    cookies = "; ".join(f"{name}={value}" for name, value in site.administrator.cookies.items())
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [
            (b"host", b"127.0.0.1:8080"),
            (b"content-type", b"application/json"),
            (b"content-length", b"100000"),
            (b"cookie", cookies.encode()),
            (b"authorization", f"Bearer {site.house.city.secret}".encode()),
        ][: 5 if path.startswith("/internal") else 4],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8080),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    async with asyncio.timeout(10):
        await slow(scope, receive, send)
    assert sent[0]["status"] == 408
    assert b"body-too-slow" in sent[1]["body"]


async def test_behind_a_proxy_one_guesser_does_not_lock_out_the_others(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(site.settings), "public_url", "https://city.example")

    async def guess(seen: str) -> int:
        answer = await site.client().post(
            "/api/v1/session",
            json={"username": "nobody.here", "password": "x"},
            headers={"X-Forwarded-For": seen},
        )
        return answer.status_code

    assert [await guess(f"192.0.2.{number}, 203.0.113.9") for number in range(6)] == [401] * 5 + [429]
    assert await guess("203.0.113.9, 203.0.113.10") == 401
