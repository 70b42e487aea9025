"""What a device, a gateway or a stranger sends to harm: it alone is refused, with a reason."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, agency, client, stored

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.service import ATTRIBUTES_MAX, City

NOW = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
GOOD = '{"id":"urn:x:good","type":"Camera","v":{"type":"Property","value":1}}'
BATCH = "/entityOperations/upsert"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    city = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("data")), FixedClock(NOW))
    yield city
    await city.close()


@pytest_asyncio.fixture(loop_scope="session")
async def api(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, agency(ORG_A)) as found:
        yield found


async def refused_alone(api: httpx.AsyncClient, bad: str | bytes, id_: str | None = "urn:x:bad") -> Any:
    """Send a bad entity between two good ones: they stay, it is refused; return the refusal."""
    content = bad.encode() if isinstance(bad, str) else bad
    body = b"[%b, %b ,%b]" % (GOOD.encode(), content, GOOD.replace("good", "good2").encode())
    answer = await api.post(BATCH, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 207, answer.text
    found = answer.json()
    assert found["success"] == ["urn:x:good", "urn:x:good2"]
    (error,) = found["errors"]
    if id_ is not None:
        assert error["entityId"] == id_
    assert error["error"]["status"] == 400
    assert error["error"]["detail"] and error["error"]["detail_vi"]
    return error["error"]


@pytest.mark.parametrize("kind", ['["Property"]', '{"a":1}', "[]", "17", "null"])
@pytest.mark.parametrize(
    "attribute",
    [
        '{"type":%s,"value":1}',
        '[{"type":%s,"value":1}]',
        '{"value":{"type":%s,"coordinates":[1,2]}}',
        '{"type":"GeoProperty","value":{"type":%s,"coordinates":[106,10]}}',
        '{"type":"Property","value":1,"inner":{"type":%s,"value":1}}',
        '{"type":"Property","value":1,"unitCode":%s}',
        '{"type":"Property","value":1,"observedAt":%s}',
        '{"type":"Property","value":1,"datasetId":%s}',
        '{"type":"Relationship","object":%s}',
    ],
)
async def test_a_type_that_is_no_text_costs_only_its_entity(
    api: httpx.AsyncClient, attribute: str, kind: str
) -> None:
    body = f'[{GOOD},{{"id":"urn:x:bad","type":"Camera","v":{attribute % kind}}}]'
    answer = await api.post(BATCH, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {201, 204, 207}, answer.text
    if answer.status_code == 207:
        assert answer.json()["success"] == ["urn:x:good"]
        assert answer.json()["errors"][0]["error"]["status"] == 400


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "-Infinity",
        "1e999",
        '"\\ud800"',
        '"\\u0000"',
        "tru",
        "[" * 10_000 + "]" * 10_000,
        '{"a":' * 990 + "1" + "}" * 990,
        '{"a":"]}\\"","b":NaN}',
        "9" * 5_000,
    ],
    ids=lambda value: str(value)[:12],
)
async def test_what_is_no_json_costs_only_its_entity(api: httpx.AsyncClient, value: str) -> None:
    await refused_alone(
        api, f'{{"id":"urn:x:bad","type":"Camera","v":{{"type":"Property","value":{value}}}}}'
    )


async def test_bytes_that_are_no_text_cost_only_their_entity(api: httpx.AsyncClient) -> None:
    await refused_alone(api, b'{"id":"urn:x:bad","type":"Camera","v":"\xff\xfe"}')
    answer = await api.post("/entityOperations/delete", content=b'["urn:x:good2","\\ud800","urn:x:none"]',
        headers={"content-type": "application/json"})  # fmt: skip
    assert answer.status_code == 207
    assert answer.json()["success"] == ["urn:x:good2"]
    assert len(answer.json()["errors"]) == 2


@pytest.mark.parametrize(
    "body", ["[", "[}", '["a]', '[{"a":NaN}', "[1,2]]", "x[NaN,1]", "[NaN]", "[NaN,1] [2]"]
)
async def test_where_nothing_can_be_saved_the_whole_is_refused(api: httpx.AsyncClient, body: str) -> None:
    answer = await api.post(BATCH, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 207}, answer.text
    if answer.status_code == 207:
        assert answer.json()["success"] == []


@pytest.mark.parametrize("observed", [None, "2026-03-16T02:00:00Z"])
@pytest.mark.parametrize("value", [1e20, 10**30, 1e308, -(2**63) - 1, 2**64])
async def test_a_number_beyond_64_bit_can_be_read_again(
    api: httpx.AsyncClient, value: float, observed: str | None
) -> None:
    id_ = f"urn:x:big:{quote(str(value))}:{observed}"
    attribute = {"type": "Property", "value": value} | ({"observedAt": observed} if observed else {})
    made = await api.post(
        BATCH, json=[{"id": id_, "type": "Camera", "v": attribute, "w": {"value": {"a": [value]}}}]
    )
    assert made.status_code == 201, made.text
    for path in (
        f"/entities/{quote(id_)}",
        f"/entities?id={quote(id_)}",
        f"/temporal/entities/{quote(id_)}?timerel=after&timeAt=2020-01-01T00:00:00Z",
    ):
        answer = await api.get(path)
        assert answer.status_code == 200, answer.text
    assert (await api.get(f"/entities/{quote(id_)}?options=keyValues")).json()["v"] == pytest.approx(value)


async def test_a_clock_that_runs_ahead_cannot_hide_what_follows(
    api: httpx.AsyncClient, db: Database, city: City
) -> None:
    def at(when: datetime, value: int) -> str:
        observed = when.strftime("%Y-%m-%dT%H:%M:%SZ")
        attribute = {"type": "Property", "value": value, "observedAt": observed}
        return json.dumps({"id": "urn:x:bad", "type": "Camera", "v": attribute})

    for ahead in (NOW + timedelta(days=2), datetime(9999, 12, 31, tzinfo=UTC)):
        error = await refused_alone(api, at(ahead, 1))
        assert error["faults"][0]["field"] == "v.observedAt"
    answer = await api.post(BATCH, content=f"[{at(NOW, 2)}]", headers={"content-type": "application/json"})
    assert answer.status_code in {201, 204}, answer.text
    assert (await stored(db, city, "urn:x:bad"))["v"]["value"] == 2


async def test_made_up_names_do_not_use_up_those_of_the_site(api: httpx.AsyncClient, city: City) -> None:
    before = len(city.terms.attr_ids)
    many = {f"madeUp{number}": 1 for number in range(ATTRIBUTES_MAX // 2)}
    await refused_alone(api, json.dumps({"id": "urn:x:bad", "type": "Camera", **many}))
    assert len(city.terms.attr_ids) - before < 10


async def test_ids_and_types_longer_than_an_index_holds(api: httpx.AsyncClient) -> None:
    wide = "".join(chr(0x4E00 + place * 7919 % 20_000) for place in range(2_000))
    await refused_alone(api, json.dumps({"id": f"urn:{wide}", "type": "Camera"}), f"urn:{wide}")
    kinds = [f"{wide[place : place + 500]}{place}" for place in range(20)]
    error = await refused_alone(api, json.dumps({"id": "urn:x:bad", "type": kinds}))
    assert "index" not in json.dumps(error)


@pytest.mark.parametrize(
    "pattern", ["(((a{0,255}){0,255}){0,255}){0,255}x", "(a{1,255}|b{1,255}|c{1,255}){1,255}"]
)
async def test_a_pattern_that_repeats_without_measure_is_refused(
    api: httpx.AsyncClient, pattern: str
) -> None:
    for params in ({"idPattern": pattern}, {"q": f'v~="{pattern}"'}):
        answer = await api.get("/entities", params={"type": "Camera"} | params)
        assert answer.status_code in {400, 403}, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
