"""The door: whatever is sent, the answer says what is wrong, and nothing falls over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from tests.integration.web.conftest import Site

from haidang.web.server import Server

DEEP = 10_000


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is this problem, in both languages, and return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["code"] == code
    assert body["title"]
    assert body["title_vi" if answer.request.url.path.startswith("/ngsi-ld/") else "title_en"]
    assert "content-security-policy" in answer.headers
    assert "x-request-id" in answer.headers
    return body


@pytest.mark.parametrize(
    "path", ["/api/v1/session", "/ngsi-ld/v1/entities", "/ngsi-ld/v1/entityOperations/upsert"]
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\xfa",
        b'{"username": "\xff"}',
        b"[" * DEEP + b"]" * DEEP,
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b'"text"',
        b"17",
        b"NaN",
        b'{"username": 1, "password": []}',
        b'{"id": "urn:x:1", "type": "Camera", "a": ' + b'{"value": ' * 200 + b"1" + b"}" * 201,
    ],
    ids=lambda body: repr(body[:24]),
)
async def test_bad_bodies_are_told_so(site: Site, path: str, body: bytes) -> None:
    answer = await site.administrator.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 207}, answer.text[:300]
    assert "Traceback" not in answer.text
    if answer.status_code == 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["title"]


async def test_a_wrong_field_is_named_in_both_languages(site: Site) -> None:
    answer = await site.client().post("/api/v1/session", json={"username": 1, "password": "x"})
    (fault,) = problem(answer, 400, "invalid-request")["faults"]
    assert fault["field"] == "username"
    assert fault["en"] == "Expected `str`, got `int`"
    assert fault["vi"] == "Cần str, nhận được int"


async def test_too_large_a_body_is_refused_before_it_is_read(site: Site) -> None:
    limit = site.settings.body_limit_bytes
    for path in ("/api/v1/session", "/ngsi-ld/v1/entityOperations/upsert"):
        answer = await site.client().post(
            path,
            content=b"{}",
            headers={"Content-Length": str(limit + 1), "Content-Type": "application/json"},
        )
        assert problem(answer, 413, "too-large")["limit_bytes"] == limit


async def test_a_body_that_does_not_tell_its_length_is_counted(site: Site) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 65_536

    answer = await site.client().post(
        "/api/v1/session", content=endless(), headers={"Content-Type": "application/json"}
    )
    problem(answer, 413, "too-large")
    assert sent <= site.settings.body_limit_bytes / 65_536 + 2


@pytest.mark.parametrize(
    "path",
    ["/api/v1/nothing", "/api/", "/nothing.js", "/assets/gone-12345678.js", "/schema/x", "/health", "/a/%00"],
)
async def test_what_is_not_there_is_not_found(site: Site, path: str) -> None:
    problem(await site.client().get(path), 404, "not-found")


async def test_a_wrong_method_names_the_right_ones(site: Site) -> None:
    answer = await site.client().put("/api/v1/site", json={})
    problem(answer, 405, "method-not-allowed")
    assert "GET" in answer.headers["allow"]
    asked = await site.client().options("/api/v1/site")
    assert asked.status_code == 204
    assert "GET" in asked.headers["allow"]


async def test_head_is_get_without_the_body(site: Site) -> None:
    for path in ("/api/v1/site", "/docs", "/city"):
        got, headed = await site.client().get(path), await site.client().head(path)
        assert headed.status_code == got.status_code == 200
        assert headed.content == b""
        assert headed.headers["content-type"] == got.headers["content-type"]


async def test_every_screen_address_is_the_same_page(site: Site) -> None:
    pages = {
        (await site.client().get(path)).text
        for path in ("/", "/city", "/city/urn:ngsi-ld:Camera:1.2", "/feeds")
    }
    assert len(pages) == 1


async def test_the_base_map_is_read_in_ranges(site: Site) -> None:
    client = site.client()
    problem(await client.get("/basemap.pmtiles"), 404, "not-found")
    (site.settings.data_dir / "basemap.pmtiles").write_bytes(b"PMTiles" + bytes(100))
    part = await client.get("/basemap.pmtiles", headers={"Range": "bytes=0-6"})
    assert (part.status_code, part.content) == (206, b"PMTiles")
    assert (await client.get("/api/v1/site")).json()["basemap"] is True
    assert (await client.get("/haidang.toml")).status_code == 404, "nothing else of the data folder"


@pytest.mark.parametrize(
    "site_header", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
async def test_writes_from_other_sites_are_refused_and_keys_are_exempt(
    site: Site, site_header: dict[str, str]
) -> None:
    body = {"username": "quantri", "password": "x"}
    problem(
        await site.administrator.post("/api/v1/session", json=body, headers=site_header),
        403,
        "cross-site-request",
    )
    answer = await site.client().post(
        "/ngsi-ld/v1/entities", json={}, headers=site_header | {"Authorization": "Bearer hd_unknown"}
    )
    assert answer.status_code == 401


async def test_a_fault_of_ours_says_nothing_of_the_inside(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise ZeroDivisionError("secret of the inside")

    monkeypatch.setattr(site.house.health, "ready", broken)
    with capture_logs() as logs:
        answer = await site.client().get("/health/ready", headers={"X-Request-Id": "my-own-number"})
    body = problem(answer, 500, "internal-error")
    assert "secret of the inside" not in answer.text
    assert body["request_id"] == answer.headers["x-request-id"] == "my-own-number"
    assert any(entry.get("request_id") == "my-own-number" and entry.get("exc_info") for entry in logs)


async def test_the_access_log_holds_no_secret(site: Site) -> None:
    with capture_logs() as logs:
        await site.client().get(
            "/first-administrator?token=TOP-SECRET-TOKEN",
            headers={"Cookie": "haidang_session=SECRET-COOKIE", "X-Request-Id": "log-line-1"},
        )
        await site.client().get("/api/v1/site", headers={"Authorization": "Bearer hd_SECRET-KEY"})
    assert any(entry.get("path") == "/first-administrator" for entry in logs)
    assert "SECRET" not in str(logs)


async def test_metrics_are_for_this_machine_or_a_key(site: Site) -> None:
    here = await site.client().get("/metrics")
    assert here.status_code == 200
    assert "haidang_http_requests_total" in here.text
    for outside in ({"X-Forwarded-For": "203.0.113.7"}, {"Host": "city.example"}):
        problem(await site.client().get("/metrics", headers=outside), 401, "unauthenticated")
    made = await site.write(
        site.administrator,
        "POST",
        "/api/v1/keys",
        {"name": "prometheus", "org_id": 1, "permissions": ["system.read"]},
    )
    bearer = {"Authorization": f"Bearer {made['secret']}", "Host": "city.example"}
    assert (await site.client().get("/metrics", headers=bearer)).status_code == 200


async def test_taking_a_session_away_is_felt_at_once(site: Site) -> None:
    agency = await site.agency("nhanh")
    assert (await agency.client.get("/api/v1/session")).status_code == 200
    link = f"/api/v1/accounts/{agency.account_id}/password-link"
    await site.write(site.administrator, "POST", link)
    assert (await agency.client.get("/api/v1/session")).status_code == 401


async def test_the_description_holds_every_kind_of_route(site: Site) -> None:
    schema = (await site.client().get("/schema/openapi.json")).json()
    assert schema["openapi"].startswith("3.1")
    for path in ("/api/v1/boards/city", "/api/v1/stream", "/ngsi-ld/v1/entities/{entityId}/attrs/{attrName}"):
        assert path in schema["paths"], path
    operations = [
        operation["operationId"] for item in schema["paths"].values() for operation in item.values()
    ]
    assert len(operations) == len(set(operations))


async def test_a_stopping_server_takes_nothing_new(database_url: str, site: Site) -> None:
    server: Server = site.server
    assert server._door is not None
    server._door.open = False
    try:
        answer = await site.client().get("/api/v1/site")
        problem(answer, 503, "unavailable")
        assert answer.headers["retry-after"] == "5"
    finally:
        server._door.open = True
