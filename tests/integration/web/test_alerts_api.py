"""Alerts over HTTP: entered, heard of by screens, acted upon once, by versions; and bad questions refused."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import httpx
from tests.integration.web.conftest import Site

from haidang.organisation.permissions import system
from haidang.web.hub import Audience, Client

A = "/api/v1/alerts"


async def post(site: Site, path: str, body: Any, version: int | None = None, key: str = "") -> httpx.Response:
    headers = {"Idempotency-Key": key or uuid.uuid4().hex}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    return await site.administrator.post(path, json=body, headers=headers)


async def test_an_alert_from_a_call_to_its_end(site: Site) -> None:
    screen = Client(Audience(system("screen"), frozenset({"alerts"})))
    await site.house.hub.join(screen, None)
    body = {"title": "Khói ở kho hàng", "priority": 1, "reference": "114-1", "incident_kind": "fire"}
    key = uuid.uuid4().hex
    made = await post(site, A, body, key=key)
    assert made.status_code == 201, made.text
    assert (await post(site, A, body, key=key)).json() == made.json()  # a repeat enters nothing
    alert = made.json()
    assert (alert["state"], alert["count"], alert["version"]) == ("new", 1, 1)
    assert alert["acts"] == ["acknowledge", "shelve", "close", "note", "give_task"]
    heard = b""
    async with asyncio.timeout(20):
        while b"event: alert" not in heard:
            heard += await screen.take()
    assert f'"id":{alert["id"]}'.encode() in heard
    site.house.hub.leave(screen)

    acts = f"{A}/{alert['id']}/acts"
    do = {"do": {"act": "acknowledge"}}
    assert (await post(site, acts, do)).status_code == 428
    key = uuid.uuid4().hex
    acked = await post(site, acts, do, 1, key)
    assert (acked.json()["state"], acked.json()["version"], acked.json()["acked_by"]) == ("acked", 2, "Q")
    assert (await post(site, acts, do, 1, key)).json() == acked.json()
    late = await post(site, acts, {"do": {"act": "close", "reason": "Báo nhầm"}}, 1)
    assert late.status_code == 409
    assert (late.json()["code"], late.json()["yours"], late.json()["current"]) == ("version-conflict", 1, 2)
    refused = await post(site, acts, do, 2)
    assert (refused.status_code, refused.json()["hindrance"]) == (409, "state")

    queue = (await site.administrator.get(f"{A}/queue")).json()
    assert [item["id"] for item in queue["items"]] == [alert["id"]]
    assert (queue["counts"]["acked"], queue["groups"], queue["flood"]) == (1, [], None)
    assert queue["seq"] > 0
    many = {"do": {"act": "close", "reason": "Báo nhầm"},
            "items": [{"id": alert["id"], "version": 2}, {"id": 10**9, "version": 1}]}  # fmt: skip
    answer = await post(site, f"{A}/bulk", many)
    assert answer.status_code == 207
    assert [each.get("state") or each["problem"]["code"] for each in answer.json()["items"]] == [
        "closed", "not-found",
    ]  # fmt: skip
    assert (await site.administrator.get(f"{A}?state=closed")).json()["items"][0]["id"] == alert["id"]
    log = (await site.administrator.get(f"{A}/{alert['id']}/timeline")).json()["items"]
    assert [each["action"] for each in log] == ["alert.closed", "alert.acknowledged", "alert.raised"]


async def test_a_group_is_acknowledged_as_it_was_seen(site: Site) -> None:
    for number in range(3):
        await post(site, A, {"title": f"Mất điện {number}", "priority": 3})
    group = (await site.administrator.get(f"{A}/queue?state=new")).json()["items"][0]["group"]
    seen = (await site.administrator.get(f"{A}/queue")).json()["seen"]
    found = await post(site, f"{A}/bulk", {"do": {"act": "acknowledge"}, "group": group, "seen": seen})
    assert (found.status_code, found.json()["done"]) == (200, 3)
    again = await post(site, f"{A}/bulk", {"do": {"act": "acknowledge"}, "group": group, "seen": seen})
    assert again.status_code == 409


async def test_questions_that_mean_nothing_are_refused(site: Site) -> None:
    for question in ("state=lost", "priority=5", "group=x", "cursor=!!", "limit=500"):
        answer = await site.administrator.get(f"{A}?{question}")
        assert answer.status_code == 400, question
        assert answer.json()["faults"][0]["field"] == question.split("=")[0]
    for body in (
        {"do": {"act": "acknowledge"}},
        {"do": {"act": "acknowledge"}, "group": "1"},
        {"do": {"act": "note", "text": "x"}, "items": [{"id": 1, "version": 1}]},
    ):
        assert (await post(site, f"{A}/bulk", body)).status_code == 400


async def test_what_no_screen_would_send_is_refused_and_breaks_nothing(site: Site) -> None:
    for facts in (
        {"title": "có ký tự \u0000 rỗng"}, {"observed_at": "2026-03-16T02:30:00"}, {"owner_org": 10**12},
        {"area_code": "chưa có"}, {"location": [1e300, 10]}, {"title": "x" * 400}, {"respond_minutes": 10**9},
    ):  # fmt: skip
        answer = await post(site, A, {"title": "Báo cháy", "priority": 1} | facts)
        assert 400 <= answer.status_code < 500, (facts, answer.text)
    for path in ("/99999999999999999999", "?incident=99999999999999999999", "/quality?month=0001-01",
                 "/quality?month=9999-12", "?cursor=WzEsZmFsc2UsIjIwMjYtVzAxLTEiLDFd"):  # fmt: skip
        answer = await site.administrator.get(f"{A}{path}")
        assert answer.status_code < 500, (path, answer.text)
