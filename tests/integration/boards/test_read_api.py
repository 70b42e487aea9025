"""The application API over the city: what the screens get, as JSON, through the handlers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.testing import AsyncTestClient

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.boards.api import ROUTES as BOARDS
from haidang.boards.model import FIELDS
from haidang.city.api import ROUTES as CITY
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.organisation.permissions import PERMISSIONS, Principal, Scope, system

START = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
SYSTEM = system("tests")
ID = "urn:ngsi-ld:AirQualityObserved:1"


def agency(org: int) -> Principal:
    return Principal(f"account:{org}", "x", org, (Scope(frozenset(PERMISSIONS), frozenset({org})),))


def station(value: float, at: datetime) -> dict[str, Any]:
    observed = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "id": ID,
        "type": "AirQualityObserved",
        "name": {"type": "Property", "value": "Trạm Hạ Long"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.05, 20.93]}},
        "pm25": {"type": "Property", "value": value, "unitCode": "GQ", "observedAt": observed},
        "temperature": {"type": "Property", "value": 20.5, "observedAt": observed},
    }


def client_of(city: City, who: Principal) -> AsyncTestClient[Litestar]:
    def given(part: Any) -> Provide:
        return Provide(lambda: part, sync_to_thread=False)

    def as_problem(_: Request[Any, Any, Any], error: Problem) -> Response[dict[str, Any]]:
        return Response(error.document(), status_code=error.kind.status)

    parts = {"db": city.db, "settings": city.settings, "clock": city.clock, "city": city, "principal": who}
    return AsyncTestClient(
        Litestar(
            [*CITY, *BOARDS],
            dependencies={name: given(part) for name, part in parts.items()},
            exception_handlers={Problem: as_problem},
        )
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    clock = FixedClock(START)
    opened = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), clock)
    origin = Origin(1, "06478", "environment", "feed:air", simulated=True)
    for hour in range(3):
        await opened.upsert(SYSTEM, [station(10 + hour, clock.now())], origin=origin)
        clock.advance(timedelta(hours=1))
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def client(city: City) -> AsyncIterator[AsyncTestClient[Litestar]]:
    async with client_of(city, SYSTEM) as opened:
        yield opened


async def test_board(client: AsyncTestClient[Litestar]) -> None:
    found = (await client.get("/api/v1/boards/city")).json()
    assert found["fields"] == list(FIELDS)
    assert found["rows"] == [
        [ID, "AirQualityObserved", "Trạm Hạ Long", 107.05, 20.93, 1773633600000, 12, 1, "06478",
         "environment", "feed:air", True]
    ]  # fmt: skip
    (kind,) = found["types"]
    assert kind["label_vi"] == "Chất lượng không khí"
    assert kind["headline"]["unit"] == "µg/m³"
    assert (kind["count"], kind["simulated_count"], found["simulated"]) == (1, 1, True)
    assert (found["at"], found["truncated"], found["as_of"]) == (None, False, "2026-03-16T05:00:00Z")
    past = (await client.get("/api/v1/boards/city", params={"at": "2026-03-16T03:30:00Z"})).json()
    assert past["at"] == "2026-03-16T03:30:00Z"
    assert past["rows"][0][6] == 11
    assert past["seq"] < found["seq"]
    wrong = await client.get("/api/v1/boards/city", params={"at": "yesterday"})
    assert wrong.status_code == 400


async def test_replay(client: AsyncTestClient[Litestar]) -> None:
    span = {"from": "2026-03-16T02:30:00Z", "to": "2026-03-16T05:00:00Z"}
    found = (await client.get("/api/v1/replay", params=span)).json()
    assert found["next"] is None
    assert [(frame["at"], frame["rows"][0][6], frame["removed"]) for frame in found["frames"]] == [
        ("2026-03-16T03:00:00Z", 11, []),
        ("2026-03-16T04:00:00Z", 12, []),
    ]
    assert (await client.get("/api/v1/replay")).status_code == 400


async def test_entity(client: AsyncTestClient[Litestar]) -> None:
    found = (await client.get(f"/api/v1/entities/{ID}")).json()
    assert (found["name"], found["type_vi"], found["version"]) == ("Trạm Hạ Long", "Chất lượng không khí", 3)
    assert found["location"] == {"type": "Point", "coordinates": [107.05, 20.93]}
    assert found["simulated"] is True
    pm25, temperature = found["attributes"]
    assert pm25 == {
        "name": "pm25", "label_vi": "Bụi mịn PM2.5", "label_en": "PM2.5", "unit": "µg/m³",
        "unit_code": "GQ", "decimals": 1, "band": [0, 50], "kind": "Property", "value": 12,
        "observed_at": "2026-03-16T04:00:00Z", "received_at": None, "state": "fresh",
    }  # fmt: skip
    assert temperature["unit"] == "°C"
    then = (await client.get(f"/api/v1/entities/{ID}", params={"at": "2026-03-16T02:30:00Z"})).json()
    assert then["attributes"][0]["value"] == 10
    before = await client.get(f"/api/v1/entities/{ID}", params={"at": "2026-03-16T01:00:00Z"})
    assert before.status_code == 404


@pytest.mark.parametrize(("hours", "state"), [(0, "fresh"), (2, "stale"), (9, "dead")])
async def test_age_makes_a_value_stale_and_dead(city: City, hours: int, state: str) -> None:
    clock = FixedClock(city.clock.now() + timedelta(hours=hours))
    later = City(city.db, city.settings, clock)
    later.terms = city.terms
    async with client_of(later, SYSTEM) as client:
        found = (await client.get(f"/api/v1/entities/{ID}")).json()
    assert {one["state"] for one in found["attributes"]} == {state}


async def test_history(client: AsyncTestClient[Litestar]) -> None:
    path = f"/api/v1/entities/{ID}/history"
    raw = (await client.get(path, params={"attrs": "pm25"})).json()
    (series,) = raw["series"]
    assert [value for _, value in series["points"]] == [10, 11, 12]
    assert (series["label_vi"], series["unit"], raw["truncated"]) == ("Bụi mịn PM2.5", "µg/m³", False)
    assert (raw["from"], raw["to"]) == ("2026-03-15T05:00:00Z", "2026-03-16T05:00:00Z")
    hourly = (await client.get(path, params={"step": "hour", "from": "2026-03-16T03:00:00Z"})).json()
    points = {one["attr"]: one["points"] for one in hourly["series"]}
    assert points["pm25"] == [[1773630000000, 11, 11, 11, 1], [1773633600000, 12, 12, 12, 1]]
    assert set(points) == {"pm25", "temperature"}
    assert (await client.get(path, params={"step": "year"})).status_code == 400
    assert (await client.get(path, params={"from": "2027-01-01T00:00:00Z"})).status_code == 400


async def test_search(client: AsyncTestClient[Litestar]) -> None:
    (found,) = (await client.get("/api/v1/search", params={"q": "tram ha long"})).json()["items"]
    assert found == {
        "kind": "entity", "id": ID, "name": "Trạm Hạ Long", "subtitle": "Chất lượng không khí", "lon": 107.05,
        "lat": 20.93,
    }  # fmt: skip
    assert (await client.get("/api/v1/search", params={"q": " "})).json() == {"items": []}


async def test_sectors_have_names_in_both_languages(client: AsyncTestClient[Litestar]) -> None:
    items = {one["name"]: one for one in (await client.get("/api/v1/sectors")).json()["items"]}
    assert items["transport"] == {"name": "transport", "vi": "Giao thông", "en": "Transport"}


async def test_two_agencies(city: City) -> None:
    async with client_of(city, agency(2)) as other:
        assert (await other.get("/api/v1/boards/city")).json()["rows"] == []
        assert (await other.get(f"/api/v1/entities/{ID}")).status_code == 404
        assert (await other.get(f"/api/v1/entities/{ID}/history")).status_code == 404
        assert (await other.get("/api/v1/search", params={"q": "ha long"})).json() == {"items": []}
        span = {"from": "2026-03-16T01:00:00Z", "to": "2026-03-16T05:00:00Z"}
        assert (await other.get("/api/v1/replay", params=span)).json()["frames"] == []
        past = {"at": "2026-03-16T03:30:00Z"}
        assert (await other.get("/api/v1/boards/city", params=past)).json()["rows"] == []
