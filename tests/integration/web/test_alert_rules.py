"""Rules over HTTP: what holds, modes, trials; and whatever is sent is answered, never a fault of ours."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest
from tests.integration.web.conftest import Site

R = "/api/v1/alert-rules"
FAR = "9999-12-31T23:59:59-14:00"
"""In UTC it lies in the year 10000, which the database takes and gives back to nobody."""
SPAN = {"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"}


async def ask(site: Site, method: str, path: str, body: Any = None, version: int = 0) -> httpx.Response:
    headers = {"Idempotency-Key": uuid.uuid4().hex, "If-Match": f'"{version}"'}
    return await site.administrator.request(method, R + path, json=body, headers=headers)


async def test_the_way_of_a_rule(site: Site) -> None:
    listed = (await ask(site, "GET", "")).json()
    assert listed["faults"] == []
    [rule] = [one for one in listed["items"] if one["rule"] == "camera-lost"]
    assert (rule["mode"], rule["version"], rule["kind"], rule["sector"]) == (
        "on",
        0,
        "expression",
        "transport",
    )
    switched = await ask(site, "PUT", "/camera-lost/mode", {"mode": "trial", "reason": "đo thử"})
    assert (switched.status_code, switched.json()["mode"], switched.json()["version"]) == (200, "trial", 1)
    again = await ask(site, "PUT", "/camera-lost/mode", {"mode": "off", "reason": "đo thử"})
    assert (again.status_code, again.json()["current"]) == (409, 1)
    shown = (await ask(site, "GET", "/camera-lost")).json()
    assert (shown["mode"], shown["mode_reason"], shown["on_trial"]) == ("trial", "đo thử", [])
    assert shown["definition"]["when"]["expression"]["for"] == "15 minutes"
    tried = await ask(site, "POST", "/camera-lost/trial", SPAN)
    assert (tried.status_code, tried.json()["fired"]) == (200, 0)
    reloaded = (await ask(site, "POST", "/reload")).json()
    assert reloaded["rules"] == len(listed["items"])
    assert (await ask(site, "GET", "/schema")).json()["required"] == ["rules"]
    audit = (await site.administrator.get("/api/v1/audit?limit=5")).text
    assert "alert_rule.mode" in audit
    assert "alert_rule.reload" in audit


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/no-such", None, 404),
        ("GET", "/%00", None, 404),
        ("POST", "/no-such/trial", SPAN, 404),
        ("POST", "/camera-lost/trial", {"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, 400),
        ("POST", "/camera-lost/trial", {"from": "0001-01-01T00:00:00Z", "to": "0001-01-02T00:00:00Z"}, 400),
        ("POST", "/camera-lost/trial", {"from": "2020-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}, 400),
        ("POST", "/camera-lost/trial", {"from": "2026-01-01T00:00:00", "to": "2026-01-02T00:00:00"}, 400),
        ("POST", "/camera-lost/trial", SPAN | {"area": "\u0000"}, 400),
        ("POST", "/camera-lost/trial", SPAN | {"area": "không-có"}, 200),
        ("POST", "/camera-lost/trial", SPAN | {"set": {"that": None}}, 422),
        ("POST", "/camera-lost/trial", SPAN | {"set": {"that": "((("}}, 422),
        ("POST", "/camera-poor/trial", SPAN | {"set": {"below": None}}, 422),
        ("POST", "/camera-poor/trial", SPAN | {"set": {"below": 1e308, "clears_above": None}}, 200),
        ("PUT", "/camera-lost/mode", {"mode": "loud", "reason": "x"}, 400),
        ("PUT", "/camera-lost/mode", {"mode": "on", "reason": " "}, 400),
        ("PUT", "/camera-lost/overrides", {"entity": "\u0000", "off": True, "reason": "x"}, 400),
        ("PUT", "/camera-lost/overrides", {"entity": "urn:x:none", "off": True, "reason": "x"}, 404),
        ("DELETE", "/camera-lost/overrides?entity=urn:x:none", None, 404),
        ("DELETE", "/camera-lost/overrides?entity=%00", None, 400),
    ],
)
async def test_what_cannot_be_is_refused(site: Site, method: str, path: str, body: Any, status: int) -> None:
    answer = await ask(site, method, path, body)
    assert answer.status_code == status, answer.text


async def test_an_end_that_nobody_could_read_is_refused(site: Site) -> None:
    camera = {"id": "urn:x:camera", "type": "Camera", "status": {"type": "Property", "value": "online"}}
    made = await site.administrator.post("/ngsi-ld/v1/entityOperations/upsert", json=[camera])
    assert made.status_code == 201, made.text
    change = {"entity": "urn:x:camera", "off": True, "until": FAR, "reason": "x"}
    answer = await ask(site, "PUT", "/camera-lost/overrides", change)
    assert (answer.status_code, answer.json()["faults"][0]["field"]) == (400, "until")
    assert (await ask(site, "GET", "")).status_code == 200
