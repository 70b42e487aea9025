"""Questions to a real city: every one written through the writer, answered in SQL, filtered by scope."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.city.model import Origin
from haidang.city.query.entities import Page, by_name, entity, entity_page
from haidang.city.query.geo import parse_geo
from haidang.city.query.grammar import parse
from haidang.city.query.selection import parse_types
from haidang.city.query.sql import Question
from haidang.city.service import City
from haidang.city.store.read import Row
from haidang.organisation.permissions import PERMISSIONS, Principal, Scope, system

SYSTEM = system("tests")
TRAFFIC, HEALTH = 11, 12
NOW = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)


def agency(org: int) -> Principal:
    return Principal(f"account:{org}", "x", org, (Scope(frozenset(PERMISSIONS), frozenset({org})),))


def air(number: int, **attributes: Any) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:AirQualityObserved:{number:03}",
        "type": "AirQualityObserved",
        "name": {"type": "Property", "value": f"Trạm Hoà Bình {number}"},
        "location": {
            "type": "GeoProperty",
            "value": {"type": "Point", "coordinates": [107.0 + number / 100, 20.9]},
        },
        "pm25": {
            "type": "Property",
            "value": number * 1.5,
            "unitCode": "GQ",
            "observedAt": "2026-03-16T02:00:00Z",
        },
        "level": {
            "type": "Property",
            "value": "high" if number % 2 else "low",
            "observedAt": "2026-03-16T02:00:00Z",
        },
    } | attributes


RICH = {
    "id": "urn:ngsi-ld:Camera:1",
    "type": "Camera",
    "name": {"type": "Property", "value": 'Camera "cầu Rồng"'},
    "on": {"type": "Property", "value": True},
    "tags": {"type": "Property", "value": ["đường", "cầu"]},
    "installed": {"type": "Property", "value": {"@type": "DateTime", "@value": "2025-07-01T07:00:00+07:00"}},
    "checked": {"type": "Property", "value": "2026-01-01T00:00:00.5Z"},
    "address": {"type": "Property", "value": {"city": {"name": "Huế"}, "no": 5}},
    "road": {"type": "Relationship", "object": "urn:ngsi-ld:Road:9"},
    "speed": [
        {"type": "Property", "value": 30, "datasetId": "urn:x:a"},
        {"type": "Property", "value": 90, "datasetId": "urn:x:b"},
    ],
    "heat": {
        "type": "Property",
        "value": 21.5,
        "unitCode": "CEL",
        "observedAt": "2026-03-16T01:00:00Z",
        "accuracy": {"type": "Property", "value": 0.5},
    },
    "location": {
        "type": "GeoProperty",
        "value": {"type": "Polygon", "coordinates": [[[107, 20], [107.1, 20], [107.1, 20.1], [107, 20]]]},
    },
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("city"))
    opened = await City.open(db, settings, FixedClock(NOW))
    mine = [air(number) for number in range(1, 31)]
    theirs = [air(number) for number in range(31, 41)]
    origin = Origin(TRAFFIC, "06478", "environment", "test")
    for entities, at in (
        (mine, origin),
        (theirs, Origin(HEALTH, "06481", "environment", "test")),
        ([RICH], origin),
    ):
        result = await opened.upsert(SYSTEM, entities, origin=at)
        assert not result.failed
    yield opened
    await opened.close()


async def ask(
    city: City, who: Principal = SYSTEM, limit: int = 100, offset: int = 0, **question: Any
) -> Page:
    return await entity_page(
        city.db, city.terms, who, Question(**question), limit=limit, offset=offset, count=True
    )


def numbers(page: Page) -> list[int]:
    return [int(row.id.rsplit(":", 1)[1]) for row in page.rows]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("pm25>55.5", [38, 39, 40]),
        ("pm25>=55.5;level==\"high\"", [37, 39]),
        ("pm25==57..58.5", [38, 39]),
        ("pm25==57,60", [38, 40]),
        ("pm25!=1.5..58.5", [40]),
        ('level!="high";pm25<4', [2]),
        ('name~="Bình (1|2)$"', [1, 2]),
        ('level!~="^h";pm25<=3', [2]),
        ("pm25<2|pm25>59", [1, 40]),
        ('pm25.unitCode=="GQ";pm25<2', [1]),
        ("pm25.observedAt>2026-03-16T01:59:59Z;pm25<2", [1]),
        ("pm25.observedAt>2026-03-16T02:00:00Z", []),
        ("unheard", []), ("unheard==1|pm25<2", [1]), ("pm25==\"1.5\"", []),
    ],
)  # fmt: skip
async def test_q_over_stations(city: City, q: str, expected: list[int]) -> None:
    page = await ask(city, types=parse_types("AirQualityObserved"), q=parse(q))
    assert numbers(page) == expected
    assert page.total == len(expected)


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("on==true", True), ("on==false", False), ("on!=false", True), ("on!=true", False), ("on==1", False),
        ('tags=="cầu"', True), ('tags=="cau"', False), ('tags!="x"', True), ('tags~="^c"', True),
        ("installed==2025-07-01T00:00:00Z", True), ("installed>2025-07-01T00:00:00Z", False),
        ("checked>2026-01-01T00:00:00Z", True), ("checked<2026-01-01T00:00:01Z", True),
        ("checked==2025-12-31T00:00:00Z..2026-01-02T00:00:00Z", True),
        ('address[city.name]=="Huế"', True), ("address[city]", True), ("address[street]", False),
        ("address[no]>4", True), ('address[city.name]~="^Hu"', True), ('address[city.name]!="Vinh"', True),
        ("road==urn:ngsi-ld:Road:9", True), ('road=="urn:ngsi-ld:Road:9"', True), ("road==urn:x:y", False),
        ("speed>80", True), ("speed<20", False), ("speed==30", True),
        ("heat.accuracy==0.5", True), ("heat.accuracy>1", False), ("heat.accuracy", True),
        ("heat.observedAt==2026-03-16T01:00:00Z", True),
        ('heat.unitCode=="CEL"', True), ("heat.missing", False),
        (r'name=="Camera \"cầu Rồng\""', True), ("createdAt>2020-01-01T00:00:00Z", True),
        ("modifiedAt<2020-01-01T00:00:00Z", False), ("location", True),
        ("name==\"'; DROP TABLE entity; --\"", False), ("address[\"'||1\"]", False),
    ],
)  # fmt: skip
async def test_q_over_every_form(city: City, q: str, found: bool) -> None:
    page = await ask(city, types=parse_types("Camera"), q=parse(q))
    assert (page.total == 1) is found


async def test_types_ids_patterns_attributes(city: City) -> None:
    assert (await ask(city)).total == 41
    assert (await ask(city, types=parse_types("Camera,Road"))).total == 1
    assert (await ask(city, types=parse_types("Camera;AirQualityObserved"))).total == 0
    assert (await ask(city, types=parse_types("Unheard"))).total == 0
    assert numbers(await ask(city, ids=("urn:ngsi-ld:Camera:1", "urn:x:none"))) == [1]
    assert numbers(await ask(city, id_pattern=".*:00[12]$")) == [1, 2]
    assert (await ask(city, attributes=("heat", "unheard"))).total == 1
    assert (await ask(city, attributes=("unheard",))).total == 0


@pytest.mark.parametrize("pattern", ["(", "[", "a{2,1}", "*", "\\"])
async def test_a_faulty_pattern_is_a_problem(city: City, pattern: str) -> None:
    with pytest.raises(Problem) as caught:
        await ask(city, id_pattern=pattern)
    assert caught.value.kind.status == 400


async def test_paging_counts_exactly(city: City) -> None:
    seen: list[str] = []
    while True:
        page = await ask(city, limit=7, offset=len(seen))
        assert page.total == 41
        seen += [row.id for row in page.rows]
        assert page.more is (len(seen) < 41)
        if not page.more:
            break
    assert len(set(seen)) == 41
    empty = await ask(city, limit=0)
    assert (empty.total, empty.rows) == (41, [])
    with pytest.raises(Problem) as caught:
        await ask(city, limit=1_001)
    assert caught.value.kind.code == "too-many-results"


@pytest.mark.parametrize(
    ("georel", "geometry", "coordinates", "expected"),
    [
        ("near;maxDistance==1100", "Point", "[107.05,20.9]", [4, 5, 6]),
        (
            "within",
            "Polygon",
            "[[[107,20.8],[107.035,20.8],[107.035,21],[107,21],[107,20.8]]]",
            [1, 2, 3],
        ),
        ("intersects", "Polygon", "[[[107.05,20.05],[107.2,20.05],[107.2,20.0],[107.05,20.05]]]", [1]),
        ("equals", "Point", "[107.07,20.9]", [7]),
    ],
)
async def test_geo(city: City, georel: str, geometry: str, coordinates: str, expected: list[int]) -> None:
    geo = parse_geo(georel=georel, geometry=geometry, coordinates=coordinates, geoproperty=None)
    page = await ask(city, geo=geo)
    assert numbers(page) == expected
    assert page.total == len(expected)


async def test_disjoint_counts_the_rest(city: City) -> None:
    geo = parse_geo(georel="disjoint", geometry="Point", coordinates="[107.07,20.9]", geoproperty=None)
    page = await ask(city, geo=geo, limit=5)
    assert (page.total, len(page.rows), page.more) == (40, 5, True)


async def test_two_agencies_do_not_see_each_other(city: City) -> None:
    one, other = agency(TRAFFIC), agency(HEALTH)
    assert (await ask(city, one)).total == 31
    assert (await ask(city, other)).total == 10
    assert (await ask(city, agency(99))).total == 0
    theirs = "urn:ngsi-ld:AirQualityObserved:031"
    assert await entity(city.db, city.terms, one, theirs) is None
    assert await entity(city.db, city.terms, other, theirs) is not None
    assert {row[0] for row in await by_name(city.db, one, "hoa binh 31", 10)} == set()
    assert {row[0] for row in await by_name(city.db, other, "HÒA bình 31", 10)} == {theirs}


async def test_names_are_found_without_accents(city: City) -> None:
    found = await by_name(city.db, SYSTEM, "hoa binh 4", 10)
    assert [row[2] for row in found] == ["Trạm Hoà Bình 4", "Trạm Hoà Bình 40"]
    assert [row[0] for row in await by_name(city.db, SYSTEM, "cau rong", 10)] == ["urn:ngsi-ld:Camera:1"]
    assert await by_name(city.db, SYSTEM, "100%", 10) == []
    assert await by_name(city.db, SYSTEM, "  ", 10) == []


async def test_unknown_tenant_is_empty(city: City) -> None:
    assert (await ask(city, tenant="nowhere")).total == 0


async def test_readers_of_one_moment_share_a_statement_and_each_sees_only_his(city: City) -> None:
    statements: list[tuple[int, ...]] = []
    plain = city.together._read

    async def counted(principal: Principal, tenant: str, ids: set[str]) -> dict[str, Row]:
        statements.append((len(ids),))
        return await plain(principal, tenant, ids)

    traffic, health = agency(TRAFFIC), agency(HEALTH)
    asked = [(who, number) for number in range(1, 41) for who in (traffic, health, traffic)]
    city.together._read = counted  # type: ignore[method-assign]
    try:
        found = await asyncio.gather(
            *(city.together.entity(who, air(number)["id"]) for who, number in asked),
            city.together.entity(traffic, "urn:ngsi-ld:AirQualityObserved:none"),
            city.together.entity(traffic, air(1)["id"], tenant="unheard-of"),
        )
    finally:
        del city.together._read
    assert found[-2:] == [None, None]
    for (who, number), row in zip(asked, found, strict=False):
        visible = (number <= 30) == (who is traffic)
        assert (row.id if row else None) == (air(number)["id"] if visible else None)
    assert len(statements) == 3, "two rights and another tenant: three statements for 122 questions"


async def test_a_reader_that_goes_away_takes_nothing_from_the_others(city: City) -> None:
    ids = [air(number)["id"] for number in range(1, 31)] * 20
    tasks = [asyncio.create_task(city.together.entity(SYSTEM, id_)) for id_ in ids]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    rows = await asyncio.gather(*tasks[1::2])
    assert [row.id for row in rows if row] == ids[1::2]
    alone = await asyncio.wait_for(city.together.entity(SYSTEM, ids[0]), 5)
    assert alone and alone.id == ids[0], "the lanes are free again"


async def test_a_failing_statement_fails_its_askers_and_no_later_one(city: City) -> None:
    async def broken(*_: object) -> dict[str, Row]:
        raise RuntimeError("the database is away")

    city.together._read = broken  # type: ignore[assignment,method-assign]
    try:
        outcomes = await asyncio.gather(
            *(city.together.entity(SYSTEM, air(number)["id"]) for number in (1, 2)), return_exceptions=True
        )
    finally:
        del city.together._read
    assert all(isinstance(one, RuntimeError) for one in outcomes)
    assert await city.together.entity(SYSTEM, air(1)["id"]) is not None
