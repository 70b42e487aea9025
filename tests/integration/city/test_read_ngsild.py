"""The reading side of the NGSI-LD door, asked over HTTP as clients do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.model import Origin
from haidang.city.ngsild import app
from haidang.city.service import City
from haidang.organisation.permissions import PERMISSIONS, Principal, Scope, system

START = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
SYSTEM = system("tests")


def agency(org: int) -> Principal:
    return Principal(f"account:{org}", "x", org, (Scope(frozenset(PERMISSIONS), frozenset({org})),))


def at(minute: int) -> str:
    return (START + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")


def sensor(number: int, value: float, minute: int = 0) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:Device:{number}",
        "type": "Device",
        "name": {"type": "Property", "value": f"Trạm {number}"},
        "near": {"type": "Relationship", "object": "urn:ngsi-ld:Road:1"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.0, 20.9]}},
        "heat": {"type": "Property", "value": value, "unitCode": "CEL", "observedAt": at(minute)},
    }


class Door:
    """The broker as a client of one principal sees it."""

    def __init__(self, city: City, who: Principal) -> None:
        broker = app(city, city.db, city.settings, city.clock)

        async def signed_in(scope: Any, receive: Any, send: Any) -> None:
            scope["state"] = {"principal": who}
            await broker(scope, receive, send)

        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(signed_in), base_url="http://x/ngsi-ld/v1"
        )

    async def get(self, path: str, status: int = 200, **headers: str) -> httpx.Response:
        answer = await self.http.get(path, headers=headers)
        assert answer.status_code == status, answer.text
        return answer


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    clock = FixedClock(START)
    opened = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), clock)
    origin = Origin(1, None, None, "test")
    await opened.upsert(SYSTEM, [sensor(number, number) for number in range(1, 6)], origin=origin)
    for minute in range(1, 45):
        clock.advance(timedelta(minutes=1))
        await opened.upsert(SYSTEM, [sensor(1, minute + 0.5, minute)], origin=origin)
    await opened.upsert(SYSTEM, [sensor(9, 9)], origin=Origin(2, None, None, "test"))
    yield opened
    await opened.close()


@pytest.fixture
def door(city: City) -> Door:
    return Door(city, SYSTEM)


async def test_read_back_equals_what_was_sent(door: Door) -> None:
    found = await door.get("/entities/urn:ngsi-ld:Device:2")
    assert found.json() == sensor(2, 2)
    assert found.headers["content-type"] == "application/json"
    assert f"<{CORE}>" in found.headers["link"]
    slashed = await door.get("/entities/urn%3Angsi-ld%3ADevice%3A2/")
    assert slashed.json() == found.json()


async def test_forms(door: Door) -> None:
    plain = (await door.get("/entities/urn:ngsi-ld:Device:2?options=keyValues")).json()
    assert plain["heat"] == 2
    assert plain["near"] == "urn:ngsi-ld:Road:1"
    assert (await door.get("/entities/urn:ngsi-ld:Device:2?format=simplified")).json() == plain
    concise = (await door.get("/entities/urn:ngsi-ld:Device:2?options=concise")).json()
    assert concise["name"] == "Trạm 2"
    assert concise["heat"] == {"value": 2, "unitCode": "CEL", "observedAt": at(0)}
    stamped = (await door.get("/entities/urn:ngsi-ld:Device:2?options=sysAttrs")).json()
    assert stamped["createdAt"] == at(0)
    linked = (await door.get("/entities/urn:ngsi-ld:Device:2", Accept="application/ld+json")).json()
    assert linked["@context"] == CORE
    feature = (await door.get("/entities/urn:ngsi-ld:Device:2", Accept="application/geo+json")).json()
    assert feature["type"] == "Feature"
    assert feature["geometry"] == {"type": "Point", "coordinates": [107.0, 20.9]}
    assert feature["properties"]["type"] == "Device"
    several = (await door.get("/entities?type=Device", Accept="application/geo+json;q=1, */*;q=0.1")).json()
    assert several["type"] == "FeatureCollection"
    assert len(several["features"]) == 6


async def test_attrs_pick_omit(door: Door) -> None:
    assert set((await door.get("/entities/urn:ngsi-ld:Device:2?attrs=heat")).json()) == {"id", "type", "heat"}
    assert set((await door.get("/entities/urn:ngsi-ld:Device:2?pick=id,heat")).json()) == {"id", "heat"}
    assert "name" not in (await door.get("/entities/urn:ngsi-ld:Device:2?omit=name")).json()
    await door.get("/entities/urn:ngsi-ld:Device:2?attrs=unheard", 404)


async def test_pages_counts_links(door: Door) -> None:
    path, seen = "/entities?type=Device&limit=2&count=true", []
    while path:
        answer = await door.get(path)
        assert answer.headers["ngsild-results-count"] == "6"
        seen += [one["id"] for one in answer.json()]
        following = answer.links.get("next")
        path = following["url"].removeprefix("/ngsi-ld/v1") if following else ""
    assert seen == [f"urn:ngsi-ld:Device:{number}" for number in (1, 2, 3, 4, 5, 9)]
    assert "prev" in answer.links
    none = await door.get("/entities?type=Device&limit=0&count=true")
    assert (none.json(), none.headers["ngsild-results-count"]) == ([], "6")
    counted = await door.get("/entities?type=Device&options=count,keyValues")
    assert counted.headers["ngsild-results-count"] == "6"


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/entities", 400, "BadRequestData"),
        ("/entities?type=Device&colour=red", 400, "InvalidRequest"),
        ("/entities?type=Device&limit=x", 400, "InvalidRequest"),
        ("/entities?type=Device&limit=-1", 400, "InvalidRequest"),
        ("/entities?type=Device&limit=0", 400, "BadRequestData"),
        ("/entities?type=Device&limit=100000", 403, "TooManyResults"),
        ("/entities?type=Device&q=heat==", 400, "BadRequestData"),
        ("/entities?type=(", 400, "BadRequestData"),
        ("/entities?type=Device&options=pretty", 400, "InvalidRequest"),
        ("/entities?type=Device&georel=near", 400, "BadRequestData"),
        ("/entities?idPattern=(", 400, "BadRequestData"),
        ("/entities?id=nonsense", 400, "BadRequestData"),
        ("/entities?q=" + "(" * 4000 + "a", 403, "TooComplexQuery"),
        ("/entities/nonsense", 400, "BadRequestData"),
        ("/entities/urn:ngsi-ld:Device:77", 404, "ResourceNotFound"),
        ("/types/Unheard", 404, "ResourceNotFound"),
        ("/attributes/unheard", 404, "ResourceNotFound"),
        ("/temporal/entities/urn:ngsi-ld:Device:1?timerel=during", 400, "BadRequestData"),
        ("/temporal/entities?type=Device", 400, "BadRequestData"),
    ],
)
async def test_refusals(door: Door, path: str, status: int, kind: str) -> None:
    answer = await door.get(path, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"https://uri.etsi.org/ngsi-ld/errors/{kind}"


async def test_media_tenant_and_context(door: Door) -> None:
    await door.get("/entities?type=Device", 406, Accept="text/html")
    await door.get("/entities?type=Device", 404, **{"NGSILD-Tenant": "nowhere"})
    link = '<https://example.org/none.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
    await door.get("/entities?type=Device", 503, Link=link)


async def test_query_in_a_body(door: Door) -> None:
    body = {
        "type": "Query",
        "entities": [
            {"type": "Device", "id": "urn:ngsi-ld:Device:2"},
            {"idPattern": ":3$", "type": "Device"},
        ],
        "q": "heat>1",
        "geoQ": {"georel": "near;maxDistance==10", "geometry": "Point", "coordinates": [107.0, 20.9]},
        "attrs": ["heat"],
    }
    answer = await door.http.post("/entityOperations/query?count=true", json=body)
    assert answer.status_code == 200, answer.text
    assert [one["id"][-1] for one in answer.json()] == ["2", "3"]
    assert answer.headers["ngsild-results-count"] == "2"
    for wrong in ({"type": "Ask"}, {"type": "Query", "entities": [{"id": 3}]}, {"type": "Query", "x": 1}, []):
        assert (await door.http.post("/entityOperations/query", json=wrong)).status_code == 400


async def test_types_and_attributes(door: Door) -> None:
    assert (await door.get("/types")).json()["typeList"] == ["Device"]
    (details,) = (await door.get("/types?details=true")).json()
    assert details["attributeNames"] == ["heat", "location", "name", "near"]
    one = (await door.get("/types/Device")).json()
    assert one["entityCount"] == 6
    assert {each["attributeName"]: each["attributeTypes"] for each in one["attributeDetails"]} == {
        "heat": ["Property"], "location": ["GeoProperty"], "name": ["Property"], "near": ["Relationship"],
    }  # fmt: skip
    assert "heat" in (await door.get("/attributes")).json()["attributeList"]
    heat = (await door.get("/attributes/heat")).json()
    assert (heat["attributeCount"], heat["typeNames"]) == (6, ["Device"])
    assert (await door.get("/attributes?details=True")).json()[0]["attributeName"] == "heat"


async def test_history_of_one(door: Door) -> None:
    path = "/temporal/entities/urn:ngsi-ld:Device:1"
    whole = (await door.get(path)).json()
    assert [one["value"] for one in whole["heat"]] == [1] + [minute + 0.5 for minute in range(1, 45)]
    assert whole["heat"][0]["observedAt"] == at(0)
    assert "name" not in whole
    span = f"?timerel=between&timeAt={at(10)}&endTimeAt={at(12)}"
    assert [one["value"] for one in (await door.get(path + span)).json()["heat"]] == [10.5, 11.5]
    after = (await door.get(f"{path}?timerel=after&timeAt={at(44)}&options=temporalValues")).json()
    assert after["heat"] == {"type": "Property", "values": [[44.5, at(44)]]}
    last = (await door.get(f"{path}?lastN=2&attrs=heat&timerel=before&timeAt={at(40)}")).json()
    assert [one["value"] for one in last["heat"]] == [38.5, 39.5]
    recorded = f"{path}?timeproperty=modifiedAt&timerel=after&timeAt={at(44)}"
    assert [one["value"] for one in (await door.get(recorded)).json()["heat"]] == [44.5]
    everything = (await door.get(f"{path}?timeproperty=modifiedAt")).json()
    assert everything["name"][0]["value"] == "Trạm 1"
    assert everything["name"][0]["modifiedAt"] == at(0)


async def test_history_of_many(door: Door) -> None:
    answer = await door.get(f"/temporal/entities?type=Device&timerel=before&timeAt={at(1)}&count=true")
    assert answer.headers["ngsild-results-count"] == "6"
    assert [[one["value"] for one in each["heat"]] for each in answer.json()] == [
        [1],
        [2],
        [3],
        [4],
        [5],
        [9],
    ]
    body = {
        "type": "Query",
        "entities": [{"type": "Device"}],
        "temporalQ": {"timerel": "after", "timeAt": at(44)},
    }
    posted = await door.http.post("/temporal/entityOperations/query", json=body)
    assert [one["value"] for one in posted.json()[0]["heat"]] == [44.5]


async def test_a_cut_history_says_so(city: City, db: Database) -> None:
    conformance = City(db, Settings(data_dir=city.settings.data_dir, conformance=True), city.clock)
    conformance.terms = city.terms
    answer = await Door(conformance, SYSTEM).get("/temporal/entities/urn:ngsi-ld:Device:1", 206)
    assert len(answer.json()["heat"]) == 30
    assert answer.headers["content-range"] == f"date-time {at(0)}-{at(29)}/*"


async def test_two_agencies(city: City) -> None:
    one, two, nobody = Door(city, agency(1)), Door(city, agency(2)), Door(city, agency(3))
    theirs = "urn:ngsi-ld:Device:9"
    await one.get(f"/entities/{theirs}", 404)
    await one.get(f"/temporal/entities/{theirs}", 404)
    assert (await two.get(f"/entities/{theirs}")).json()["id"] == theirs
    for path in (
        "/entities?type=Device&count=true",
        f"/temporal/entities?type=Device&timerel=after&timeAt={at(0)}&count=true",
    ):
        counts = [(await each.get(path)).headers["ngsild-results-count"] for each in (one, two, nobody)]
        assert counts == ["5", "1", "0"]
    assert (await nobody.get("/types")).json()["typeList"] == []
    assert (await nobody.get("/attributes")).json()["attributeList"] == []
    assert (await two.get("/types/Device")).json()["entityCount"] == 1
