"""The demonstration in a real database: made once, marked throughout, alive, and gone without a trace."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio

from haidang import organisation
from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.service import City
from haidang.demo.fleet import fleet
from haidang.demo.service import PAST, Demo

SCALE = 0.25
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def life() -> FixedClock:
    """A clock of today, so that the made-up past lies in partitions that exist."""
    return FixedClock(NOW)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, life: FixedClock, tmp_path_factory: object) -> AsyncIterator[City]:
    settings = Settings(data_dir=Path("/nonexistent"))
    await organisation.prepare(db, settings, life)
    city = await City.open(db, settings, life)
    yield city
    await city.close()


async def count(db: Database, what: str) -> int:
    async with db.transaction() as connection:
        row = await (await connection.execute(f"SELECT count(*) FROM {what}")).fetchone()
    assert row
    return int(row[0])


async def test_it_is_made_once_with_a_past_and_every_row_is_marked(
    db: Database, city: City, life: FixedClock
) -> None:
    began = time.perf_counter()
    await Demo(db, city, life, scale=SCALE).prepare()
    took_s = time.perf_counter() - began
    devices = fleet(SCALE)
    assert await count(db, "entity") == len(devices)
    assert await count(db, "entity WHERE NOT simulated OR area_code NOT LIKE 'HD%'") == 0
    assert await count(db, "entity WHERE loc IS NULL") <= 1, "a bus that is silent just now has no place yet"
    expected = sum(PAST.total_seconds() / device.kind.past_period_s for device in devices)
    history = await count(db, f"change WHERE t >= '{NOW - PAST}'")
    assert 0.9 * expected < history < 1.2 * expected + 2 * len(devices)
    assert took_s < 30

    before = await count(db, "change")
    await Demo(db, city, life, scale=SCALE).prepare()
    assert await count(db, "change") == before, "a second start writes nothing twice"
    assert await count(db, "org WHERE name LIKE '%mô phỏng%'") == 5
    assert await count(db, "area WHERE code LIKE 'HD%'") == 13


async def test_each_tick_writes_what_fell_due(db: Database, city: City, life: FixedClock) -> None:
    demo = Demo(db, city, life, scale=SCALE)
    await demo.prepare()
    before = life.now()
    life.advance(timedelta(minutes=5))
    seq = await count(db, "change")
    reported = await demo.tick(before, life.now())
    assert reported > 0.9 * len(fleet(SCALE)), "within five minutes every device but the silent reports"
    assert await count(db, "change") == seq + reported
    assert await demo.tick(life.now(), life.now()) == 0


async def test_it_can_be_taken_away(db: Database, city: City, life: FixedClock) -> None:
    demo = Demo(db, city, life, scale=SCALE)
    await demo.prepare()
    assert await demo.remove() == len(fleet(SCALE))
    assert await count(db, "entity") == 0
    assert await demo.remove() == 0
