"""Plans of the questions that must stay quick when a city grows: by an index, never the whole table."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.city.model import Origin
from haidang.city.query.geo import parse_geo
from haidang.city.query.selection import parse_types
from haidang.city.query.sql import Question, where
from haidang.city.service import City
from haidang.city.store import history, log, read
from haidang.organisation.permissions import PERMISSIONS, Principal, Scope, system

SYSTEM = system("tests")
START = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
TYPES = ("Camera", "Streetlight", "Device")


def thing(number: int, at: datetime) -> dict[str, Any]:
    kind = TYPES[0 if number < 50 else 1 + number % 2]
    return {
        "id": f"urn:ngsi-ld:{kind}:{number:05}",
        "type": kind,
        "location": {
            "type": "GeoProperty",
            "value": {"type": "Point", "coordinates": [106 + number % 71 / 50, 20 + number / 6_000]},
        },
        "heat": {"type": "Property", "value": number, "observedAt": at.strftime("%Y-%m-%dT%H:%M:%SZ")},
    }


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    clock = FixedClock(START)
    opened = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), clock)
    for _ in range(3):
        entities = [thing(number, clock.now()) for number in range(6_000)]
        await opened.upsert(SYSTEM, entities, origin=Origin(1, None, None, "test"))
        clock.advance(timedelta(minutes=1))
    async with db.transaction() as conn:
        await conn.execute("ANALYZE entity, entity_static, change")
    yield opened
    await opened.close()


class Explaining:
    """A connection that answers every statement with its plan, and keeps them all."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.plan = ""

    async def execute(self, statement: Any, values: Any = None) -> Any:
        text = statement if isinstance(statement, str) else statement.as_string(self._conn)
        cursor = await self._conn.execute(f"EXPLAIN {text}", values)
        self.plan += "\n".join(row[0] for row in await cursor.fetchall())
        return await self._conn.execute("SELECT 1 WHERE false")


async def plan_of(city: City, ask: Any) -> str:
    async with city.db.transaction() as conn:
        explaining = Explaining(conn)
        await ask(explaining)
        return explaining.plan


def question(city: City, who: Principal = SYSTEM, **asked: Any) -> tuple[str, dict[str, Any]]:
    found = where(Question(**asked), city.terms, city.terms.context, who)
    return found.sql, found.values


async def test_one_entity_by_id(city: City) -> None:
    asked = question(city, ids=("urn:ngsi-ld:Camera:00001",))
    plan = await plan_of(city, lambda conn: read.page(conn, *asked, 1, 0))
    assert "entity_tenant_id_id_key" in plan
    assert "Seq Scan on entity" not in plan


async def test_a_rare_type(city: City) -> None:
    asked = question(city, types=parse_types("Camera"))
    plan = await plan_of(city, lambda conn: read.page(conn, *asked, 20, 0))
    assert "entity_type" in plan
    assert "Seq Scan on entity " not in plan


async def test_a_page_of_everything_reads_only_the_page(city: City) -> None:
    who = Principal("account:1", "x", 1, (Scope(frozenset(PERMISSIONS), frozenset({1})),))
    asked = question(city, who)
    plan = await plan_of(city, lambda conn: read.page(conn, *asked, 20, 0))
    assert "entity_tenant_id_id_key" in plan


async def test_near(city: City) -> None:
    geo = parse_geo(
        georel="near;maxDistance==2000", geometry="Point", coordinates="[106.5,20.5]", geoproperty=None
    )
    asked = question(city, geo=geo)
    plan = await plan_of(city, lambda conn: read.candidates(conn, *asked, "NULL::jsonb", [], 1_000))
    assert "entity_loc" in plan
    assert "entity_box" in plan


async def test_history_of_one(city: City) -> None:
    heat = city.terms.attr_id("heat")
    assert heat is not None
    plan = await plan_of(
        city, lambda conn: history.rows(conn, city.terms, 7, attrs=[heat], start=START, limit=100)
    )
    assert "eid_t_idx" in plan
    assert "Seq Scan on change_20260316" not in plan


async def test_the_log_after_a_number(city: City) -> None:
    async with city.db.transaction() as conn:
        head = await log.head(conn)
        rows = await log.rows_after(conn, head - 3, 1_000)
    assert head >= 18_000
    assert [row[0] for row in rows] == [head - 2, head - 1, head]


@pytest.mark.parametrize("after", [32_000, 2_147_483_000, 9_000_000_000])
async def test_the_log_is_read_past_the_ends_of_smaller_integers(city: City, after: int) -> None:
    async with city.db.transaction() as conn:
        assert await log.rows_after(conn, after, 1_000) == []


async def test_a_question_that_runs_too_long_is_stopped(city: City) -> None:
    with pytest.raises(Problem) as caught:
        async with read.reading(city.db) as conn:
            await conn.execute("SET LOCAL statement_timeout = 50")
            await conn.execute("SELECT pg_sleep(5)")
    assert caught.value.kind.code == "query-timeout"
