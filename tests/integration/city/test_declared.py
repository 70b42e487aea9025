"""Attributes that a pack declares as asked for by value: the same answers, found by an index."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city import declared
from haidang.city.model import Origin
from haidang.city.packs import load_packs
from haidang.city.query.entities import entity_page
from haidang.city.query.grammar import parse
from haidang.city.query.selection import parse_types
from haidang.city.query.sql import Question, where
from haidang.city.service import City
from haidang.city.store import read
from haidang.organisation.permissions import system

SYSTEM = system("tests")
NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)
ORIGIN = Origin(1, None, None, "test")
PACK = """
type: Gauge
vi: Thước đo
en: Gauge
attributes:
  level: {vi: Mực nước, en: Level, indexed: true}
  state: {vi: Trạng thái, en: State, indexed: true}
"""
VALUES: list[Any] = [
    0,
    1,
    2.5,
    5.6,
    5.600000000000000001,
    -3,
    10**40,
    1e308,
    "on",
    "off",
    "o" * 300,
    True,
    None,
]
QUESTIONS = [
    "level>5.6", "level>=5.6", "level<0", "level<=1", "level==2.5", "level==1..3", "level==1,2.5,10",
    'level=="on"', 'state=="on"', 'state=="on","off"', "level==true", "level~=o.*",
    "level", "level>1;level<6", "level!=1",
    'level>1;state=="on"', 'level>5|state=="off"', "level.observedAt>2026-03-16T00:00:00Z", "unheard>1",
    'level=="' + "o" * 300 + '"',
]  # fmt: skip


def gauge(number: int, level: Any, at: datetime, **members: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": f"urn:ngsi-ld:Gauge:{number:05}",
        "type": "Gauge",
        "state": {"type": "Property", "value": "on" if number % 3 else "off"},
    }
    if level is not None:
        shown = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        body["level"] = {"type": "Property", "value": level, "observedAt": shown, **members}
    return body


def odd(at: datetime) -> list[dict[str, Any]]:
    """Gauges whose level is no plain observed value."""
    shown = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    two = [
        {"type": "Property", "value": 1, "observedAt": shown},
        {"type": "Property", "value": 7, "observedAt": shown, "datasetId": "urn:d:2"},
    ]
    forms: list[Any] = [
        two,
        {"type": "Property", "value": [1, 9]},
        {"type": "Property", "value": {"a": 8}},
        {"type": "Property", "value": 6.5},
        {"type": "Property", "value": 6.5, "unitCode": "MTR"},
        {"type": "Property", "value": 6.5, "quality": {"type": "Property", "value": 1}},
        {"type": "LanguageProperty", "languageMap": {"vi": "on", "en": "off"}},
    ]
    return [{**gauge(900 + place, None, at), "level": form} for place, form in enumerate(forms)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("declared")
    (found / "sectors/water/types").mkdir(parents=True)
    (found / "sectors/water/sector.yaml").write_text("{name: water, vi: Nước, en: Water}\n")
    (found / "sectors/water/types/gauge.yaml").write_text(PACK)
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, folder: Path) -> AsyncIterator[City]:
    clock = FixedClock(NOON)
    opened = await City.open(db, Settings(data_dir=folder), clock)
    # Some are there before the values are kept, for a declaration comes to a city that lives.
    await opened.close()
    async with db.transaction() as conn:
        await conn.execute("DELETE FROM declared")
    (folder / "sectors/water/types/gauge.yaml").write_text(PACK.replace(", indexed: true", ""))
    opened = await City.open(db, Settings(data_dir=folder), clock)
    entities = [gauge(number, value, NOON) for number, value in enumerate(VALUES)]
    assert not (await opened.upsert(SYSTEM, entities, origin=ORIGIN)).failed
    packs = load_packs([folder / "sectors"])
    await declared.settle(db, opened.terms, packs)
    (folder / "sectors/water/types/gauge.yaml").write_text(PACK)
    await declared.settle(db, opened.terms, load_packs([folder / "sectors"]))
    await declared.learn(db, opened.terms)
    later = NOON + timedelta(minutes=1)
    more = [gauge(100 + number, value, later, unitCode="MTR") for number, value in enumerate(VALUES)]
    assert not (await opened.upsert(SYSTEM, more + odd(later), origin=ORIGIN)).failed
    yield opened
    await opened.close()


async def found(city: City, q: str, *, kept: bool = True) -> list[str]:
    known = city.terms.declared
    if not kept:
        city.terms.declared = {}
    try:
        question = Question(types=parse_types("Gauge"), q=parse(q, frozenset()))
        page = await entity_page(city.db, city.terms, SYSTEM, question, limit=1_000)
    finally:
        city.terms.declared = known
    return [row.id.removeprefix("urn:ngsi-ld:Gauge:") for row in page.rows]


@pytest.mark.parametrize("q", QUESTIONS)
async def test_a_declared_attribute_answers_as_any_other(city: City, q: str) -> None:
    assert city.terms.declared, "nothing is declared"
    assert await found(city, q) == await found(city, q, kept=False)


async def test_the_questions_find_something(city: City) -> None:
    assert "00003" in await found(city, "level>=5.6")
    assert {"00900", "00901", "00903", "00904", "00905"} <= set(await found(city, "level>5.6"))
    assert await found(city, 'level=="on"') == ["00008", "00108", "00906"]


async def test_what_changes_or_goes_is_followed(city: City, clock: FixedClock) -> None:
    later = NOON + timedelta(minutes=5)
    await city.upsert(SYSTEM, [gauge(700, 77, later), gauge(701, 77, later)], origin=ORIGIN)
    assert await found(city, "level==77") == ["00700", "00701"]
    await city.upsert(SYSTEM, [gauge(700, 78, later + timedelta(minutes=1))], origin=ORIGIN)
    assert await found(city, "level==77") == ["00701"]
    await city.upsert(SYSTEM, [gauge(700, None, later)], origin=ORIGIN, replace=True)
    assert await found(city, "level==78") == []
    await city.delete(SYSTEM, "urn:ngsi-ld:Gauge:00701")
    async with city.db.transaction() as conn:
        left = await conn.execute(
            "SELECT count(*) FROM entity_value i LEFT JOIN entity e USING (eid)"
            " WHERE e.eid IS NULL OR i.v = 77"
        )
        assert await left.fetchone() == (0,)


async def test_a_rare_value_is_found_by_the_index(city: City) -> None:
    later = NOON + timedelta(minutes=9)
    many = [gauge(10_000 + number, number % 50, later) for number in range(4_000)]
    for start in range(0, 4_000, 1_000):
        await city.upsert(SYSTEM, many[start : start + 1_000], origin=ORIGIN)
    question = Question(types=parse_types("Gauge"), q=parse("level>3000", frozenset()))
    asked = where(question, city.terms, city.terms.context, SYSTEM, standing=True)
    async with city.db.transaction() as conn:
        await conn.execute("ANALYZE entity, entity_static, entity_value")
        plan: list[str] = []

        class Explaining:
            async def execute(self, text: Any, values: Any) -> Any:
                explained = await conn.execute("EXPLAIN " + text.as_string(conn), values)
                plan.extend(line for (line,) in await explained.fetchall())
                return await conn.execute(text, values)

        rows = await read.page(Explaining(), asked.sql, asked.values, 100, 0)  # type: ignore[arg-type]
    assert any("entity_value_number" in line for line in plan), "\n".join(plan)
    assert not any("Seq Scan" in line for line in plan), "\n".join(plan)
    assert {row.id[-5:] for row in rows} >= {"00006", "00007"}


async def test_subscriptions_ask_of_states_and_not_of_the_table(city: City) -> None:
    question = Question(types=parse_types("Gauge"), q=parse("level>3", frozenset()))
    assert "entity_value" not in where(question, city.terms, city.terms.context, SYSTEM).sql


async def test_what_is_declared_no_more_is_kept_until_the_next_start(city: City, folder: Path) -> None:
    (folder / "sectors/water/types/gauge.yaml").write_text(
        PACK.replace("Mực nước, en: Level, indexed: true", "M, en: L")
    )
    packs = load_packs([folder / "sectors"])
    level = city.terms.attr_id("level", city.terms.context)

    async def kept() -> int:
        async with city.db.transaction() as conn:
            row = await (
                await conn.execute("SELECT count(*) FROM entity_value WHERE attr_id = %s", (level,))
            ).fetchone()
        assert row is not None
        return int(row[0])

    await declared.settle(city.db, city.terms, packs)
    await declared.learn(city.db, city.terms)
    assert set(city.terms.declared) == {city.terms.attr_id("state", city.terms.context)}
    assert await kept() > 0
    await declared.settle(city.db, city.terms, packs)
    assert await kept() == 0
    (folder / "sectors/water/types/gauge.yaml").write_text(PACK.replace(", indexed: true", ""))
    for _ in range(2):
        await declared.settle(city.db, city.terms, load_packs([folder / "sectors"]))
    async with city.db.transaction() as conn:
        row = await (
            await conn.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%_values'")
        ).fetchone()
    assert row == (0,)
