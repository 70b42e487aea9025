"""The temporal API under a client that means harm: floods, far times, foreign names, endless durations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, ORG_B, agency, client

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.query import evolution, instances
from haidang.city.service import City

DAY = datetime(2026, 3, 1, tzinfo=UTC)
PATH = "/temporal/entities/urn:ngsi-ld:Meter:flood"
COUNT = 2_500


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("city"))
    opened = await City.open(db, settings, FixedClock(datetime(2026, 3, 16, tzinfo=UTC)))
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def http(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client(city, agency(ORG_A)) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def flooded(city: City) -> None:
    async with client(city, agency(ORG_A)) as http:
        answer = await http.post("/temporal/entities", json=meter("flood", COUNT))
        assert answer.status_code == 201, answer.text


def meter(name: str, count: int) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:Meter:{name}",
        "type": "Meter",
        "flow": [one(number, second=number) for number in range(count)],
    }


def one(value: Any, *, second: float = 0, **more: Any) -> dict[str, Any]:
    observed = (DAY + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {"type": "Property", "value": value, "observedAt": observed, **more}


async def total(http: httpx.AsyncClient, name: str) -> Any:
    answer = await http.get(
        f"/temporal/entities/urn:ngsi-ld:Meter:{name}?format=aggregatedValues&aggrMethods=totalCount,sum"
    )
    assert answer.status_code == 200, answer.text
    flow = answer.json()["flow"]
    return flow["totalCount"][0][0], flow["sum"][0][0]


@pytest.mark.usefixtures("flooded")
async def test_a_large_write_is_whole_and_harmless_to_repeat(http: httpx.AsyncClient) -> None:
    whole = (COUNT, sum(range(COUNT)))
    assert await total(http, "flood") == whole
    assert (await http.post("/temporal/entities", json=meter("flood", COUNT))).status_code == 204
    assert await total(http, "flood") == whole
    present = await http.get("/entities/urn:ngsi-ld:Meter:flood")
    assert present.json()["flow"]["value"] == COUNT - 1


async def test_telemetry_gets_between_large_writes(http: httpx.AsyncClient) -> None:
    loop = asyncio.get_running_loop()
    large = [
        asyncio.create_task(http.post("/temporal/entities", json=meter(f"l{n}", COUNT))) for n in range(5)
    ]
    await asyncio.sleep(0)
    waits: list[float] = []
    while not all(task.done() for task in large):
        began = loop.time()
        body = {
            "id": "urn:ngsi-ld:Meter:live",
            "type": "Meter",
            "flow": {"type": "Property", "value": len(waits)},
        }
        answer = await http.post("/entityOperations/upsert", json=[body])
        assert answer.status_code in (201, 204), answer.text
        waits.append(loop.time() - began)
    assert {task.result().status_code for task in large} == {201}
    assert len(waits) > 5  # not one long wait for all of it


@pytest.mark.usefixtures("flooded")
@pytest.mark.parametrize("by", ["createdAt", "modifiedAt"])
async def test_1_2_lastN_of_what_was_entered_together(  # noqa: N802
    http: httpx.AsyncClient, by: str
) -> None:
    answer = await http.get(f"{PATH}?timeproperty={by}&lastN=3")
    assert [one["value"] for one in answer.json()["flow"]] == [COUNT - 3, COUNT - 2, COUNT - 1]


async def test_1_2_more_than_an_answer_holds_entered_together(http: httpx.AsyncClient) -> None:
    path = "/temporal/entities/urn:ngsi-ld:Meter:burst"
    for start in (0, 6_000):
        body = meter("burst", 0) | {"flow": [one(n, second=n) for n in range(start, start + 6_000)]}
        assert (await http.post("/temporal/entities", json=body)).status_code in (201, 204)
    answer = await http.get(f"{path}?timeproperty=createdAt")
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("TooComplexQuery")
    answer = await http.get(f"{path}?timeproperty=createdAt&lastN=2")
    assert [each["value"] for each in answer.json()["flow"]] == [11_998, 11_999]
    span = "timerel=after&timeAt=2026-01-01T00:00:00Z"
    found = await http.get(
        f"/temporal/entities?type=Meter&{span}&timeproperty=createdAt&datasetId=@none&count=true"
    )
    assert found.status_code == 403
    found = await http.get(
        f"/temporal/entities?type=Meter&{span}&timeproperty=createdAt&datasetId=urn:x:none"
    )
    assert (found.status_code, found.json()) == (200, [])


@pytest.mark.usefixtures("flooded")
async def test_1_2_an_empty_stretch_is_passed(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where 20,000 rows hold nothing of the instance asked for, the answer says how far it looked."""
    monkeypatch.setattr(evolution, "ROWS_MAX", 1_001)
    late = one(1, second=3_000, datasetId="urn:x:late")
    assert (await http.post(f"{PATH}/attrs", json={"flow": [late]})).status_code == 204
    since, ranges = "2026-03-01T00:00:00Z", []
    for _ in range(5):
        answer = await http.get(f"{PATH}?timerel=after&timeAt={since}&datasetId=urn:x:late")
        ranges.append(answer.headers.get("content-range"))
        if answer.status_code == 200:
            break
        assert answer.status_code == 206
        since = answer.headers["content-range"].split("/")[0][-len("2026-03-01T00:16:39.999999Z") :]
    assert [each["value"] for each in answer.json()["flow"]] == [1], ranges
    assert len(ranges) == 3


@pytest.mark.usefixtures("flooded")
async def test_1_2_what_one_question_may_look_at(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instances, "EFFORT_MAX", 2_000)
    answer = await http.get(f"{PATH}?datasetId=urn:x:nowhere")
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("TooComplexQuery")
    assert (await http.get(f"{PATH}?lastN=5")).status_code == 200


@pytest.mark.usefixtures("flooded")
@pytest.mark.parametrize(
    "duration", ["P3660000D", "P9999Y", "P120000M", "PT31536000000S", "P10000Y", "P100000W"]
)
@pytest.mark.parametrize("since", ["2026-01-01T00:00:00Z", "0001-01-01T00:00:00Z"])
async def test_1_2_aggrPeriodDuration_without_end(  # noqa: N802
    http: httpx.AsyncClient, duration: str, since: str
) -> None:
    for methods in ("avg,totalCount", "distinctCount"):
        answer = await http.get(
            f"{PATH}?format=aggregatedValues&aggrMethods={methods}&aggrPeriodDuration={duration}"
            f"&timerel=after&timeAt={since}"
        )
        assert answer.status_code in (200, 400, 403), answer.text


@pytest.mark.usefixtures("flooded")
@pytest.mark.parametrize(
    "instance",
    [
        "urn:ngsi-ld:Instance:999999999999999999-999999999",
        "urn:ngsi-ld:Instance:0-0",
        "urn:ngsi-ld:Instance:1-2147483648",
        "urn:ngsi-ld:Instance:1-1-zzzzzzzz",
        "urn:x:" + "a" * 3_000,
    ],
)
async def test_1_1_names_of_instances_that_are_none(http: httpx.AsyncClient, instance: str) -> None:
    path = f"{PATH}/attrs/flow/{instance}"
    assert (await http.delete(path)).status_code == 404
    assert (await http.patch(path, json={"type": "Property", "value": 1})).status_code == 404


@pytest.mark.usefixtures("flooded")
async def test_1_1_the_instance_of_another_agency_is_not_there(city: City, http: httpx.AsyncClient) -> None:
    shown = (await http.get(f"{PATH}?lastN=1")).json()["flow"][0]
    async with client(city, agency(ORG_B)) as other:
        own = meter("other", 1)
        assert (await other.post("/temporal/entities", json=own)).status_code == 201
        for owner in (PATH, "/temporal/entities/urn:ngsi-ld:Meter:other"):
            path = f"{owner}/attrs/flow/{shown['instanceId']}"
            assert (await other.patch(path, json={"type": "Property", "value": 1})).status_code == 404
            assert (await other.delete(path)).status_code == 404
        assert (await other.delete(PATH)).status_code == 404
        assert (await other.delete(f"{PATH}/attrs/flow?deleteAll=true")).status_code == 404
    assert (await http.get(f"{PATH}?lastN=1")).json()["flow"][0] == shown


@pytest.mark.usefixtures("flooded")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/temporal/entities//attrs"),
        ("DELETE", f"{PATH}/attrs//urn:x:1"),
        ("DELETE", f"{PATH}/attrs/%252e%252e"),
        ("DELETE", f"{PATH}/attrs/..."),
        ("DELETE", f"{PATH}/attrs/@e"),
        ("DELETE", f"{PATH}/attrs/a%20b"),
        ("PATCH", f"{PATH}/attrs/flow/no-uri"),
        ("DELETE", "/temporal/entities/no-uri"),
        ("DELETE", f"{PATH}/attrs/flow?deleteAll=perhaps"),
        ("DELETE", f"{PATH}/attrs/flow?datasetId=no-uri"),
        ("DELETE", f"{PATH}/attrs/flow?unknown=1"),
    ],
)
async def test_1_1_addresses_that_name_nothing(http: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await http.request(method, path, json={"flow": one(1)} if method != "DELETE" else None)
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(
    "flow",
    [
        [],
        [[]],
        [1],
        None,
        [one("9" * 10, second=1), 5],
        [one({"a": {"a": {}}}, observedAt="yesterday")],
        [one(1, observedAt="0000-01-01T00:00:00Z")],
        [one(1, observedAt="9999-12-31T23:59:59Z")],
        [one(1, observedAt=1_772_323_200)],
        [one(1, datasetId="no uri")],
        [one(1, datasetId=[])],
        {"type": "Property", "values": [[1]]},
        {"type": "Property", "values": [[1, 2]]},
        {"type": "Property", "values": {}},
        {"type": "Property", "values": [[1, "2026-03-01T00:00:00Z"]], "object": "urn:x:1"},
        [one(1, datasetId=f"urn:x:{number}") for number in range(1_001)],
    ],
)
async def test_1_1_bodies_that_mean_nothing(http: httpx.AsyncClient, flow: Any) -> None:
    body = {"id": "urn:ngsi-ld:Meter:none", "type": "Meter", "flow": flow}
    assert (await http.post("/temporal/entities", json=body)).status_code == 400
    assert (await http.get("/temporal/entities/urn:ngsi-ld:Meter:none")).status_code == 404


@pytest.mark.parametrize("number", ["1e400", "9" * 300, "-" + "9" * 300])
async def test_1_2_numbers_beyond_all_measure(http: httpx.AsyncClient, number: str) -> None:
    body = (
        '{"id": "urn:ngsi-ld:Meter:vast", "type": "Meter", "flow": [{"type": "Property", "value": '
        f'{number}, "observedAt": "2026-03-01T00:00:00Z"}}]}}'
    )
    answer = await http.post("/temporal/entities", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (201, 204, 400), answer.text
    methods = "avg,sumsq,min,totalCount"
    for question in ("", f"?format=aggregatedValues&aggrMethods={methods}"):
        answer = await http.get(f"/temporal/entities/urn:ngsi-ld:Meter:vast{question}")
        assert answer.status_code in (200, 404), answer.text
