"""The whole centre from outside: it serves, streams, refuses what it must, and its docs stay at home."""

from __future__ import annotations

import json
from typing import Any

import httpx
from playwright.async_api import Page
from tests.acceptance.conftest import Centre


async def test_it_says_who_it_is(server: Centre) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        site = (await client.get("/api/v1/site")).json()
        assert site["demo"] is True
        assert site["province_code"] == "HD"
        assert "mô phỏng" in site["name"]
        assert site["needs_first_administrator"] is False
        assert site["signed_in"] is False
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["ok"]) == (200, True)


async def test_every_answer_carries_the_security_headers(server: Centre) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        for path in ("/", "/api/v1/site", "/api/v1/orgs", "/nothing.js", "/ngsi-ld/v1/entities", "/docs"):
            answer = await client.get(path)
            assert "default-src 'self'" in answer.headers["content-security-policy"], path
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert answer.headers["x-request-id"], path


async def test_the_province_is_seen_moving(server: Centre) -> None:
    client = await server.signed_in()
    async with client, client.stream("GET", "/api/v1/stream?topics=entities", timeout=60) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        seen: list[str] = []
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                seen.append(line[7:])
            if line.startswith("data: ") and seen[-1] == "changes":
                body: dict[str, Any] = json.loads(line[6:])
                break
    assert seen[0] == "hello"
    assert all(row[11] for row in body["rows"]), "every row is marked as simulated"


async def test_whoever_was_away_gets_what_it_missed(server: Centre) -> None:
    client = await server.signed_in()
    async with client:
        before = (await client.get("/api/v1/boards/city")).json()["seq"]
        written = await client.post(
            "/ngsi-ld/v1/entityOperations/upsert",
            json=[{"id": "urn:ngsi-ld:Camera:missed", "type": "Camera", "status": {"value": "online"}}],
        )
        assert written.status_code in {201, 204}, written.text
        async with client.stream("GET", f"/api/v1/stream?after={before}", timeout=60) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: ") and "urn:ngsi-ld:Camera:missed" in line:
                    break
        await client.delete("/ngsi-ld/v1/entities/urn:ngsi-ld:Camera:missed")
        async with client.stream("GET", "/api/v1/stream", headers={"Last-Event-ID": str(before)}) as stream:
            async for line in stream.aiter_lines():
                if line == "event: reset":  # somebody left meanwhile: only a new snapshot is right
                    break


async def test_who_may_not_see_does_not(server: Centre) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        for path in ("/api/v1/stream", "/api/v1/boards/city", "/api/v1/accounts", "/api/v1/feeds"):
            refused = await client.get(path)
            assert refused.status_code == 401, path
            assert refused.headers["content-type"] == "application/problem+json"
        dead = await client.get("/api/v1/site", headers={"X-Api-Key": "hd_dead"})
        assert dead.status_code == 401


async def test_a_write_from_another_site_is_refused(server: Centre) -> None:
    client = await server.signed_in()
    async with client:
        refused = await client.delete("/api/v1/session", headers={"Sec-Fetch-Site": "cross-site"})
        assert refused.json()["code"] == "cross-site-request"
        assert (await client.get("/api/v1/session")).status_code == 200


async def test_the_api_docs_show_an_operation_and_ask_nobody_outside(
    server: Centre, anonymous_page: Page
) -> None:
    await anonymous_page.goto(f"{server.url}/docs")
    await anonymous_page.wait_for_selector(".docs-path")
    paths = await anonymous_page.locator(".docs-path").all_inner_texts()
    assert any("boards" in path for path in paths)
    await anonymous_page.get_by_role("link", name="/api/v1/site").click()
    await anonymous_page.get_by_role("button", name="Gửi").click()
    await anonymous_page.wait_for_selector('pre:has-text("province_code")')
