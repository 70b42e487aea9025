"""Tables of indices over HTTP: loaded, corrected with a reason, analysed; wrong files named, nothing lost."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import psycopg
import pytest
from tests.integration.web.conftest import Site

API = "/api/v1/indices"
HEAD = "unit,transparency,timeliness,digitisation,online,satisfaction,published"
TABLE = f"{HEAD}\nXã A,10,11,12,13,14,60\nXã B,9,9,9,9,9,45\nXã C,18,20,22,22,,82\n"


def key(version: int | None = None) -> dict[str, str]:
    seen = {} if version is None else {"If-Match": f'"{version}"'}
    return {"Idempotency-Key": uuid.uuid4().hex} | seen


def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def load(client: httpx.AsyncClient, text: str, year: int, **asked: Any) -> httpx.Response:
    given = {"method": "DVC-766", "name": "diem.csv", "year": year} | asked
    return await client.post(API + "/tables", params=given, content=text.encode(), headers=key())


async def test_a_table_is_kept_as_it_came_and_computed(site: Site) -> None:
    client = (await site.agency("tinh")).client
    made = ok(await load(client, TABLE, 2024, title="Điểm phục vụ"), 201)
    assert (made["index_code"], made["year"], made["method_changed"]) == ("DVC", 2024, False)
    at = f"{API}/tables/{made['id']}"
    shown = ok(await client.get(at))["report"]
    assert [(row["unit"], row["computed"], row["rank"]) for row in shown["rows"]] == [
        ("Xã A", 60.0, 1), ("Xã B", 45.0, 2), ("Xã C", None, None),
    ]  # fmt: skip
    assert shown["rows"][2]["missing"] == ["satisfaction"]
    assert (await client.get(at + "/file")).content == TABLE.encode()
    again = await load(client, TABLE, 2024)
    assert (again.status_code, again.json()["code"]) == (409, "index-table-known")
    assert again.json()["table"] == made["id"]


async def test_a_unit_is_analysed_and_followed_through_the_years(site: Site) -> None:
    client = (await site.agency("huyen")).client
    ok(await load(client, TABLE, 2023), 201)
    made = ok(await load(client, TABLE.replace("B,9,9,9,9,9,45", "B,12,9,9,9,9,48"), 2024), 201)
    at = f"{API}/tables/{made['id']}/analysis"
    told = ok(await client.get(at, params={"unit": "xa b", "neighbours": "Xã A", "place": 1}))
    assert (told["place"], told["units"], told["total"]) == (2, 2, 48.0)
    assert sum(part["adds"] for part in told["gaps"][0]["components"]) == told["gaps"][0]["gap"] == 12.0
    assert told["what_if"]["needed"]["lacking"] == 12.0
    assert (await client.get(at, params={"unit": "Xã Không"})).status_code == 404
    trend = ok(await client.get(API + "/trend", params={"index": "DVC", "unit": "Xã B"}))
    assert [point["total"] for point in trend["points"]] == [45.0, 48.0]
    assert trend["changes"][0]["components"][0] == {
        "code": "transparency", "own": 9.0, "other": 12.0, "adds": 3.0,
    }  # fmt: skip


async def test_a_correction_takes_the_place_and_the_former_stays(site: Site) -> None:
    client = (await site.agency("sua")).client
    made = ok(await load(client, TABLE, 2024), 201)
    at = f"{API}/tables/{made['id']}/corrections"
    content = TABLE.replace(",14,60", ",15,61").encode()
    asked = {"name": "moi.csv", "reason": "gõ nhầm"}
    assert (await client.post(at, params=asked, content=content, headers=key())).status_code == 428
    stale = await client.post(at, params=asked, content=content, headers=key(9))
    assert stale.json()["code"] == "version-conflict"
    right = ok(await client.post(at, params=asked, content=content, headers=key(1)), 201)
    assert (right["corrects"], right["reason"]) == (made["id"], "gõ nhầm")
    former = ok(await client.get(f"{API}/tables/{made['id']}"))
    assert former["superseded_at"] is not None
    assert former["report"]["rows"][0]["published"] == 60.0
    listed = ok(await client.get(API + "/tables", params={"index": "DVC", "year": 2024}))
    assert right["id"] in {each["id"] for each in listed["items"]}
    assert made["id"] not in {each["id"] for each in listed["items"]}
    once_more = await client.post(at, params=asked, content=content, headers=key(2))
    assert once_more.json()["code"] == "index-table-known"


async def test_a_wrong_file_is_named_and_taken_only_when_asked(site: Site) -> None:
    client = (await site.agency("sai")).client
    wrong = TABLE.replace("Xã B,9", "Xã B,x").replace(",13,", ",23,")
    refused = await load(client, wrong, 2024)
    assert (refused.status_code, refused.json()["code"]) == (422, "index-table-faults")
    assert [each["field"] for each in refused.json()["faults"]] == ["2:online", "3:transparency"]
    assert ok(await client.get(API + "/tables"))["items"] == []
    tried = await client.post(API + "/compute", params={"method": "DVC-766"}, content=wrong.encode())
    assert [each["row"] for each in ok(tried)["faults"]] == [2, 3]
    made = ok(await load(client, wrong, 2024, with_faults="true"), 201)
    rows = ok(await client.get(f"{API}/tables/{made['id']}"))["report"]["rows"]
    assert [row["why"] for row in rows] == ["out_of_scale", "row", "not_rated"]
    for params in ({"method": "NO"}, {"method": "PCI-2013"}):
        answer = await client.post(API + "/compute", params=params, content=b"\xff\x00")
        assert answer.status_code in {404, 422}
    unsaid = await client.post(
        API + "/tables", params={"method": "DVC-766", "name": "a"}, content=TABLE.encode(), headers=key()
    )
    assert unsaid.json()["faults"][0]["field"] == "year"


async def test_a_shared_table_is_seen_and_not_corrected_by_others(site: Site) -> None:
    ours, others = (await site.agency("chung")).client, (await site.agency("rieng")).client
    made = ok(await load(ours, TABLE, 2025, shared="true"), 201)
    at = f"{API}/tables/{made['id']}"
    assert ok(await others.get(at))["report"]["summary"]["rated"] == 2
    asked = {"name": "a.csv", "reason": "chen vào"}
    tried = await others.post(at + "/corrections", params=asked, content=TABLE.encode(), headers=key(1))
    assert tried.status_code == 403


async def test_methods_are_shown_with_what_they_wait_for(site: Site) -> None:
    client = (await site.agency("xem")).client
    listed = ok(await client.get(API + "/methods"))["items"]
    assert {"PCI-2013", "PAPI-2018", "DTI-2022"} <= {each["method"] for each in listed}
    tree = ok(await client.get(API + "/methods/PAR-2020"))
    assert tree["template"] is True
    assert [each["max"] for each in tree["tree"]] == [None] * 8
    assert (await client.get(API + "/methods/NO")).status_code == 404


async def test_what_was_loaded_is_kept_by_the_database(site: Site) -> None:
    client = (await site.agency("giu")).client
    made = ok(await load(client, TABLE, 2024), 201)
    for query in (
        "UPDATE index_table SET title = 'x' WHERE id = %s",
        "UPDATE index_table SET superseded_at = now(), content = '' WHERE id = %s",
        "DELETE FROM index_table WHERE id = %s",
        "TRUNCATE index_table",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with site.house.db.transaction() as connection:
                await connection.execute(query, (made["id"],) if "%s" in query else ())
