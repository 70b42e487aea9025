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


async def test_text_is_counted_not_summed(http: httpx.AsyncClient) -> None:
    body = await summed(http, "aggrMethods=avg,distinctCount&attrs=sky")
    assert body.keys() == {"id", "type", "sky"}
    assert body["sky"] == {"type": "Property", "distinctCount": [[2, day(1), day(3)]]}


async def test_months_are_those_of_the_calendar(http: httpx.AsyncClient) -> None:
    body = await summed(http, "aggrMethods=max&aggrPeriodDuration=P1M&attrs=level")
    assert body["level"]["max"] == [[9.0, day(1), "2026-04-01T00:00:00Z"]]


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
    ["", "aggrMethods=median", "aggrMethods=avg&lastN=3"]
    + [f"aggrMethods=avg&aggrPeriodDuration={one}" for one in ("1D", "P", "PT", "P2M", "-P1D")],
)
async def test_what_cannot_be_summed_up_is_refused(http: httpx.AsyncClient, rest: str) -> None:
    answer = await http.get(f"{SUMMED}&{rest}".rstrip("&"))
    assert answer.status_code == 400, answer.text
