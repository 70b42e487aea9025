"""aggrMethods and aggrPeriodDuration over the rows of the log, asked as clients ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, agency, client

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.service import City

ID = "urn:ngsi-ld:Gauge:1"
SPAN = "timerel=between&timeAt=2026-03-01T00:00:00Z&endTimeAt=2026-03-03T00:00:00Z"
SUMMED = f"/temporal/entities/{ID}?{SPAN}&options=aggregatedValues"
ALL = "totalCount,distinctCount,sum,avg,min,max,stddev,sumsq"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def http(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    clock = FixedClock(datetime(2026, 3, 16, 2, 0, tzinfo=UTC))
    city = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), clock)
    async with client(city, agency(ORG_A)) as found:
        for day, hour, level, sky in [
            (1, 0, 2, "mây"),
            (1, 12, 4.0, "mưa"),
            (2, 6, 9, "mưa"),
            (3, 0, 100, "x"),
        ]:
            at = f"2026-03-{day:02}T{hour:02}:00:00Z"
            body = [{
                "id": ID, "type": "Gauge",
                "level": {"type": "Property", "value": level, "unitCode": "MTR", "observedAt": at},
                "sky": {"type": "Property", "value": sky, "observedAt": at},
            }]  # fmt: skip
            answer = await found.post("/entityOperations/upsert?options=update", json=body)
            assert answer.status_code in (201, 204), answer.text
        yield found
    await city.close()


def day(number: int) -> str:
    return f"2026-03-{number:02}T00:00:00Z"


async def summed(http: httpx.AsyncClient, rest: str) -> Any:
    answer = await http.get(f"{SUMMED}&{rest}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_every_method_over_days(http: httpx.AsyncClient) -> None:
    level = (await summed(http, f"aggrMethods={ALL}&aggrPeriodDuration=P1D"))["level"]
    first, second = [day(1), day(2)], [day(2), day(3)]
    assert level == {
        "type": "Property",
        "totalCount": [[2, *first], [1, *second]],
        "distinctCount": [[2, *first], [1, *second]],
        "sum": [[6.0, *first], [9.0, *second]],
        "avg": [[3.0, *first], [9.0, *second]],
        "min": [[2.0, *first], [9.0, *second]],
        "max": [[4.0, *first], [9.0, *second]],
        "stddev": [[1.0, *first], [0.0, *second]],
        "sumsq": [[20.0, *first], [81.0, *second]],
    }


@pytest.mark.parametrize("period", ["", "&aggrPeriodDuration=PT0S"])
async def test_without_a_period_all_is_one(http: httpx.AsyncClient, period: str) -> None:
    body = await summed(http, f"aggrMethods=sum,totalCount{period}")
    assert body["level"] == {
        "type": "Property",
        "sum": [[15.0, day(1), day(3)]],
        "totalCount": [[3, day(1), day(3)]],
    }
    assert body["sky"] == {"type": "Property", "totalCount": [[3, day(1), day(3)]]}


async def test_text_is_counted_and_ordered_not_summed(http: httpx.AsyncClient) -> None:
    bounds = [day(1), day(3)]
    body = await summed(http, "aggrMethods=min,max&attrs=sky")
    assert body["sky"] == {"type": "Property", "min": [["mây", *bounds]], "max": [["mưa", *bounds]]}
    body = await summed(http, "aggrMethods=avg,distinctCount&attrs=sky")
    assert body.keys() == {"id", "type", "sky"}
    assert body["sky"] == {"type": "Property", "distinctCount": [[2, day(1), day(3)]]}


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("P1M", "2026-04-01T00:00:00Z"),
        ("P1Y", "2027-03-01T00:00:00Z"),
        ("P2M", "2026-05-01T00:00:00Z"),
        ("P1Y2M3DT4H5M6S", "2027-05-04T04:05:06Z"),
        ("P1W", "2026-03-08T00:00:00Z"),
    ],
)
async def test_1_2_aggr_period_duration(http: httpx.AsyncClient, period: str, end: str) -> None:
    body = await summed(http, f"aggrMethods=max&aggrPeriodDuration={period}&attrs=level")
    assert body["level"]["max"] == [[9.0, day(1), end]]


async def test_1_2_aggr_months_are_counted_from_the_start_of_the_question(http: httpx.AsyncClient) -> None:
    span = "timerel=after&timeAt=2026-01-31T06:00:00Z&options=aggregatedValues"
    answer = await http.get(
        f"/temporal/entities/{ID}?{span}&aggrMethods=totalCount&aggrPeriodDuration=P1M&attrs=level"
    )
    assert answer.json()["level"]["totalCount"] == [[4, "2026-02-28T06:00:00Z", "2026-03-31T06:00:00Z"]]


async def test_1_2_aggr_periods_begin_with_the_first_instance_where_nothing_else_is_said(
    http: httpx.AsyncClient,
) -> None:
    await http.post(
        "/temporal/entities",
        json={
            "id": "urn:ngsi-ld:Gauge:2",
            "type": "Other",
            "level": [
                {"type": "Property", "value": value, "observedAt": f"2020-08-01T{at}:00Z"}
                for value, at in [(67, "12:03"), (53, "13:05"), (40, "14:07")]
            ],
        },
    )
    answer = await http.get(
        "/temporal/entities/urn:ngsi-ld:Gauge:2?options=aggregatedValues&aggrMethods=avg&aggrPeriodDuration=PT1H"
    )
    assert answer.json()["level"]["avg"] == [
        [67.0, "2020-08-01T12:03:00Z", "2020-08-01T13:03:00Z"],
        [53.0, "2020-08-01T13:03:00Z", "2020-08-01T14:03:00Z"],
        [40.0, "2020-08-01T14:03:00Z", "2020-08-01T15:03:00Z"],
    ]


async def test_1_2_aggr_methods_on_every_kind_of_value(http: httpx.AsyncClient) -> None:
    def seen(value: Any, minute: int, **more: Any) -> dict[str, Any]:
        at = f"2020-08-01T12:{minute:02}:00Z"
        return {"type": "Property", "value": value, "observedAt": at, **more}

    body = {
        "id": "urn:ngsi-ld:Gauge:3",
        "type": "Other",
        "open": [seen(True, 1), seen(False, 2), seen(True, 3)],
        "queue": [seen(["a", "b"], 1), seen([], 2)],
        "status": [seen({"a": 1}, 1), seen({"a": 1}, 2)],
        "pump": [seen(1, 1), seen(3, 2), seen(10, 1, datasetId="urn:x:b")],
        "near": [
            {"type": "Relationship", "object": f"urn:x:{one % 2}", "observedAt": f"2020-08-01T12:0{one}:00Z"}
            for one in range(3)
        ],
    }
    assert (await http.post("/temporal/entities", json=body)).status_code == 201
    path = "/temporal/entities/urn:ngsi-ld:Gauge:3?options=aggregatedValues"
    found = (await http.get(f"{path}&aggrMethods={ALL}")).json()

    def of(shown: dict[str, Any]) -> dict[str, Any]:
        return {method: pairs[0][0] for method, pairs in shown.items() if isinstance(pairs, list)}

    sizes = {"totalCount": 2, "distinctCount": 2, "sum": 2.0, "avg": 1.0, "min": 0.0, "max": 2.0}
    assert of(found["queue"]) == sizes | {"stddev": 1.0, "sumsq": 4.0}
    assert {name: of(found["open"])[name] for name in ("sum", "max", "totalCount")} == {
        "sum": 2.0, "max": 1.0, "totalCount": 3,
    }  # fmt: skip
    assert of(found["status"]) == {"totalCount": 2, "distinctCount": 1}
    assert found["near"]["type"] == "Relationship"
    assert of(found["near"]) == {"totalCount": 3, "distinctCount": 2}
    assert [(one.get("datasetId"), of(one)["sum"]) for one in found["pump"]] == [
        (None, 4.0),
        ("urn:x:b", 10.0),
    ]
    only = (await http.get(f"{path}&aggrMethods=sum&attrs=pump&datasetId=@none")).json()
    assert of(only["pump"]) == {"sum": 4.0}
    for attr in ("near", "status"):
        refused = await http.get(f"{path}&aggrMethods=sum,avg&attrs={attr}")
        assert refused.status_code == 400
        assert refused.json()["type"].endswith("/InvalidRequest")
    entered = (await http.get(f"{path}&aggrMethods=sum&attrs=open&timeproperty=createdAt")).json()
    assert of(entered["open"]) == {"sum": 2.0}


async def test_1_2_aggregates_follow_a_correction_at_once(http: httpx.AsyncClient) -> None:
    path = f"/temporal/entities/{ID}"
    body = (await http.get(f"{path}?{SPAN}&attrs=level")).json()
    wrong = body["level"][-1]
    for value in (90, wrong["value"]):
        fragment = {"type": "Property", "value": value, "unitCode": "MTR", "observedAt": wrong["observedAt"]}
        answer = await http.patch(f"{path}/attrs/level/{wrong['instanceId']}", json=fragment)
        assert answer.status_code == 204
        assert (await summed(http, "aggrMethods=max&attrs=level"))["level"]["max"][0][0] == value


async def test_a_query_and_its_body_sum_up_alike(http: httpx.AsyncClient) -> None:
    by_get = await http.get(
        f"/temporal/entities?type=Gauge&{SPAN}&options=aggregatedValues&aggrMethods=avg&aggrPeriodDuration=PT12H"
    )
    body = {
        "type": "Query",
        "entities": [{"type": "Gauge"}],
        "temporalQ": {
            "timerel": "between",
            "timeAt": day(1),
            "endTimeAt": day(3),
            "aggrMethods": ["avg"],
            "aggrPeriodDuration": "PT12H",
        },
    }
    by_post = await http.post("/temporal/entityOperations/query?options=aggregatedValues", json=body)
    assert by_get.status_code == by_post.status_code == 200, by_post.text
    assert by_get.json() == by_post.json()
    assert [value for value, _, _ in by_get.json()[0]["level"]["avg"]] == [2.0, 4.0, 9.0]


@pytest.mark.parametrize(
    "rest",
    ["", "aggrMethods=median", "aggrMethods=avg&lastN=3", "aggrMethods=avg&timeproperty=deletedAt"]
    + [
        f"aggrMethods=avg&aggrPeriodDuration={one}"
        for one in (
            "1D",
            "P",
            "PT",
            "P1H",
            "PT1D",
            "-P1D",
            "P1.5D",
            "P1W2D",
            "P9999999999Y",
            "P999999999D",
            "٣",
        )
    ],
)
async def test_what_cannot_be_summed_up_is_refused(http: httpx.AsyncClient, rest: str) -> None:
    answer = await http.get(f"{SUMMED}&{rest}".rstrip("&"))
    assert answer.status_code == 400, answer.text
