"""Plan sheets, forms and schedules over HTTP: from the file to the register, repeats made harmless."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
from tests.integration.web.conftest import Site
from tests.unit.programme.sheets.test_schedules import mspdi, task
from tests.unit.programme.sheets.workbooks import plan_sheet, written

API = "/api/v1/programme"


def key(version: int | None = None) -> dict[str, str]:
    seen = {} if version is None else {"If-Match": f'"{version}"'}
    return {"Idempotency-Key": uuid.uuid4().hex} | seen


async def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_sheet_goes_from_the_file_into_the_register(site: Site) -> None:
    agency = await site.agency("ngan")
    client, made = agency.client, plan_sheet(21)
    new = {"code": "KH-WEB", "name": "Kế hoạch", "period_from": 2016, "period_to": 2020}
    program = (await ok(await client.post(API + "/programs", json=new, headers=key()), 201))["id"]
    content, sent = written(made.grid), key()
    path = f"{API}/imports?program={program}&name=ke-hoach.xlsx&valid_from=2019-12-06"
    brought = await ok(await client.post(path, content=content, headers=sent), 201)
    assert brought["state"] == "compared"
    assert brought["report"]["plan_total_dong"] == made.total_dong
    again = await ok(await client.post(path, content=content, headers=sent), 201)
    assert again["id"] == brought["id"], "the same key answers the same import"
    at = f"{API}/imports/{brought['id']}"
    shown = await ok(await client.get(at + "?kind=added"))
    assert shown["diff"]["hash"] == brought["diff"]["hash"]
    assert (
        len(shown["diff"]["rows"]) == shown["diff"]["counts"]["added"] == len(made.projects) + made.groups - 1
    )
    assert (await client.get(at + "/file")).content == content
    body = {"diff": brought["diff"]["hash"], "decision": {"doc_number": "1/NQ", "signed_on": "2019-12-06"}}
    assert (await client.post(at + "/approve", json=body, headers=key())).status_code == 428
    done = await ok(await client.post(at + "/approve", json=body, headers=key(brought["version"])))
    assert done["state"] == "approved"
    assert done["result"]["reconciliation"]["total_dong"] == made.total_dong
    tree = await ok(await client.get(f"{API}/programs/{program}/tree?year=2020&valid_on=2020-06-30"))
    assert str(made.total_dong) in str(tree)
    listed = await ok(await client.get(f"{API}/imports?program={program}"))
    assert [each["state"] for each in listed["items"]] == ["approved"]
    late = await client.post(at + "/reject", json={"reason": "x"}, headers=key(done["version"]))
    assert late.json()["code"] == "programme-import-settled"
    await forms_and_schedules(client, program)


async def forms_and_schedules(client: httpx.AsyncClient, program: int) -> None:
    exported = await client.get(f"{API}/forms/progress?program={program}&year=2020&period=3")
    assert exported.status_code == 200, exported.text
    compared = await ok(await client.post(API + "/forms/compare", content=exported.content))
    assert compared["counts"]["unchanged"] == len(compared["rows"]) > 0
    rows = [{"key": compared["rows"][0]["key"], "version": 0, "value": "12.5", "text": "Đúng tiến độ"}]
    body = {"form": "progress", "program": program, "year": 2020, "period": 3, "rows": rows}
    done = await ok(await client.post(API + "/forms/apply", json=body, headers=key()))
    assert done["items"][0]["done"]
    stale = await client.post(
        API + "/forms/apply", json=body | {"rows": [rows[0] | {"version": 7}]}, headers=key()
    )
    assert stale.status_code == 207
    project = rows[0]["key"]
    at = f"{API}/projects/{project}/schedule"
    found = await ok(await client.post(at + "/compare", content=mspdi(task(1, "Khởi công"))))
    [line] = found["rows"]
    taken = {name: line[name] for name in ("name", "milestone_kind")} | line["after"]
    assert await ok(await client.post(at + "/apply", json={"rows": [taken]}, headers=key())) == {
        "added": 1, "changed": 0
    }  # fmt: skip
    refused = await client.post(at + "/compare", content=b"\xd0\xcf\x11\xe0")
    assert refused.json()["code"] == "schedule-unreadable"
