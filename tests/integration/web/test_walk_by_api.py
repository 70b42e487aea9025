"""The chain of the duty room by the API alone, and what the console's and the wall's boards show of it.

Water rises → alert → acknowledged → incident with procedure → unit sent, with its task → warning approved
by a second person and sent → closed → after-action report in Word.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import docx
import httpx
import pytest
from tests.integration.web.conftest import Site, token_of, until

GAUGE = "urn:ngsi-ld:FloodMonitoring:cau-do"
PHONE, PLATE = "0912345678", "14A-567.89"
"""What an operator may type into a title, and what a public place must never show."""


async def write(
    client: httpx.AsyncClient, method: str, path: str, body: Any = None, version: int | None = None
) -> Any:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    answer = await client.request(method, path, json=body, headers=headers)
    assert answer.status_code < 300, f"{method} {path}: {answer.text}"
    return answer.json()


async def read(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.text}"
    return answer.json()


async def level(site: Site, metres: float) -> None:
    """The gauge speaks: levels I, II, III lie at 2, 3 and 4 metres."""
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    gauge = {
        "id": GAUGE,
        "type": "FloodMonitoring",
        "name": {"type": "Property", "value": "Trạm thủy văn Cầu Đò"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.1, 21.05]}},
        **{
            name: {"type": "Property", "value": value, "unitCode": "MTR"}
            for name, value in (("warningLevel", 2.0), ("alertLevel", 3.0), ("dangerLevel", 4.0))
        },
        "currentLevel": {"type": "Property", "value": metres, "unitCode": "MTR", "observedAt": at},
    }
    answer = await site.administrator.post("/ngsi-ld/v1/entityOperations/upsert", json=[gauge])
    assert answer.status_code in {201, 204}, answer.text


@pytest.fixture
async def second(site: Site) -> httpx.AsyncClient:
    """The leader on duty, who has no hand in what he approves."""
    root = (await read(site.administrator, "/api/v1/orgs"))["items"][0]["id"]
    body = {"username": "lanhdao", "display_name": "Trần Thị Lãnh Đạo", "org_id": root}
    made = await write(site.administrator, "POST", "/api/v1/accounts", body)
    grant = {"role": "duty_head", "org_id": root}
    await write(site.administrator, "POST", f"/api/v1/accounts/{made['account']['id']}/grants", grant)
    client = site.client()
    body = {"token": token_of(made["one_time_password_link"]), "password": "một mật khẩu dài"}
    assert (await client.post("/api/v1/set-password", json=body)).status_code < 300
    return client


async def test_from_rising_water_to_the_report_in_word_by_the_api(
    site: Site, second: httpx.AsyncClient
) -> None:
    me = site.administrator
    root = (await read(me, "/api/v1/orgs"))["items"][0]["id"]
    pump = {"name": "Máy bơm 01", "kind": "pump", "org_id": root, "location": [107.101, 21.051]}
    pump = await write(me, "POST", "/api/v1/resources", pump)

    async def listening() -> Any:
        return (await read(me, "/api/v1/alert-rules"))["listening_since"]

    await until(listening)  # what was observed before the rules first looked raises nothing
    await level(site, 1.2)
    await level(site, 4.4)

    async def alarmed() -> Any:
        queue = (await read(me, "/api/v1/boards/duty"))["queue"]
        return next((one for one in queue["items"] if one["rule"] == "water-level-3"), None)

    alert = await until(alarmed)
    assert (alert["priority"], alert["state"], alert["value"]) == (1, "new", 4.4)
    assert "acknowledge" in alert["acts"]
    acts = f"/api/v1/alerts/{alert['id']}/acts"
    acked = await write(me, "POST", acts, {"do": {"act": "acknowledge"}}, alert["version"])
    assert acked["state"] == "acked"

    title = f"Ngập Cầu Đò, gọi ông Ba {PHONE}, xe {PLATE}"
    new = {"kind": "flood", "severity": 2, "title": title, "alert_ids": [alert["id"]]}
    incident = await write(me, "POST", "/api/v1/incidents", new)
    at = f"/api/v1/incidents/{incident['id']}"

    async def act(**facts: Any) -> Any:
        now = await read(me, at)
        return await write(me, "POST", f"{at}/acts", {"do": facts}, now["version"])

    await act(act="dispatch", resource_ids=[pump["id"]])
    duty = await read(me, "/api/v1/boards/duty")
    assert [one["incident_id"] for one in duty["resources"]] == [incident["id"]]
    assert duty["queue"]["items"][0]["incident_id"] == incident["id"]
    tasks = (await read(me, "/api/v1/tasks?view=all"))["items"]
    assert {"kind": "incident", "id": str(incident["id"])} in [task["source"] for task in tasks]

    running = await read(me, f"{at}/procedure")
    if running["run"] is None:
        await write(me, "POST", f"{at}/procedure", {})
        running = await read(me, f"{at}/procedure")
    verify = next(step for step in running["run"]["steps"] if step["id"] == "verify")
    done = {"do": {"act": "done", "text": "Xem camera: nước tràn bờ"}}
    await write(me, "POST", f"{at}/procedure/steps/verify", done, verify["version"])
    steps = {step["id"]: step for step in (await read(me, f"{at}/procedure"))["run"]["steps"]}
    assert steps["verify"]["state"] == "done"
    assert steps["warn-public"]["state"] == "open"

    number = next(one["ref"] for one in steps["warn-public"]["actions"] if one["kind"] == "cap_draft")
    warning = f"/api/v1/warnings/{number.removeprefix('warning:')}"
    drafted = await read(me, warning)
    assert drafted["incident_id"] == incident["id"]
    for who, word in ((me, "submit"), (second, "approve"), (me, "send")):
        now = await read(who, warning)
        if word == "approve":
            refused = await me.post(
                f"{warning}/acts",
                json={"do": {"act": "approve"}},
                headers={"Idempotency-Key": uuid.uuid4().hex, "If-Match": f'"{now["version"]}"'},
            )
            assert refused.status_code in {403, 409}, "nobody approves what he has submitted"
        await write(who, "POST", f"{warning}/acts", {"do": {"act": word}}, now["version"])
    feed = (await site.client().get("/cap/feed.atom")).text
    assert drafted["identifier"] in feed

    # The wall, while it lasts: the kind and where, never what somebody has typed, never a person.
    wall = await read(me, "/api/v1/boards/wall")
    [shown] = wall["incidents"]["items"]
    assert (shown["kind_vi"], shown["severity"]) == ("Ngập lụt", 2)
    said = json.dumps(wall, ensure_ascii=False)
    for private in (PHONE, PLATE, "ông Ba", "Quản trị", "Trần Thị", "@"):
        assert private not in said
    assert wall["alerts"]["counts"]["acked"] >= 1

    await act(act="verify", text="Đã xem camera", by_means="camera")
    await act(act="classify", severity=2)
    await act(act="contain", text="Nước rút")
    closed = await act(act="close", text="Không thiệt hại về người")
    assert closed["state"] == "closed"
    report = await me.get(f"{at}/after-action?format=docx")
    assert report.status_code == 200, report.text
    paper = docx.Document(BytesIO(report.content))
    text = "\n".join(one.text for one in paper.paragraphs) + "\n".join(
        cell.text for table in paper.tables for line in table.rows for cell in line.cells
    )
    for expected in (incident["code"], "Xác minh mực nước", "Không thiệt hại về người", "Máy bơm 01"):
        assert expected in text
    assert (await read(me, "/api/v1/boards/duty"))["incidents"] == []


async def test_the_console_is_narrowed_by_its_address_and_says_which_word_is_none(site: Site) -> None:
    me = site.administrator
    for number in range(3):
        body = {"title": f"Báo tin {number}", "priority": 2 + number % 2, "sector": "transport"}
        await write(me, "POST", "/api/v1/alerts", body)
    whole = (await read(me, "/api/v1/boards/duty"))["queue"]
    high = (await read(me, "/api/v1/boards/duty?priority=2"))["queue"]
    assert {one["priority"] for one in high["items"]} == {2}
    assert len(high["items"]) < len(whole["items"])
    one = high["items"][0]
    shelve = {"do": {"act": "shelve", "minutes": 30, "reason": "chờ đội sửa chữa"}}
    await write(me, "POST", f"/api/v1/alerts/{one['id']}/acts", shelve, one["version"])
    shelved = (await read(me, "/api/v1/boards/duty?state=shelved"))["queue"]
    assert [each["id"] for each in shelved["items"]] == [one["id"]]
    assert one["id"] not in [each["id"] for each in (await read(me, "/api/v1/boards/duty"))["queue"]["items"]]
    refused = await me.get("/api/v1/boards/duty?priority=9&state=lost")
    assert refused.status_code in {400, 422}
    assert {fault["field"] for fault in refused.json()["faults"]} == {"priority", "state"}


async def test_a_part_that_one_may_not_see_says_so_and_empties_nothing_else(site: Site) -> None:
    made = await write(
        site.administrator, "POST", "/api/v1/roles",
        {"name": "man_hinh", "vi": "Màn hình", "en": "Screen", "permissions": ["entity.read"]},
    )  # fmt: skip
    root = (await read(site.administrator, "/api/v1/orgs"))["items"][0]["id"]
    body = {"name": "tường", "org_id": root, "permissions": made["permissions"]}
    key = (await write(site.administrator, "POST", "/api/v1/keys", body))["secret"]
    client = site.client(Authorization=f"Bearer {key}")
    wall = await read(client, "/api/v1/boards/wall")
    assert wall["incidents"] == wall["alerts"] == wall["tasks"] == wall["feeds"] == {"state": "forbidden"}
    assert wall["cameras"]["state"] == "ok"
    duty = await read(client, "/api/v1/boards/duty")
    assert [duty[part] for part in ("queue", "incidents", "resources", "shifts", "feeds")] == [None] * 5
    displays = await read(client, "/api/v1/displays")
    assert {"wall-6m", "room-75"} <= {one["display"] for one in displays["items"]}
