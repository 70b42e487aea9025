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
from haidang.demo.province import AGENCIES
from haidang.demo.service import PAST, Demo
from haidang.demo.staff import DUTIES, FORCES, JOBS, POSTS

SCALE = 0.25
REPORTS = "change WHERE eid <> 0"
"""What devices have said; what rooms tell of stands in the same log."""
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
    began = time.process_time()
    await Demo(db, city, life, scale=SCALE).prepare()
    worked_s = time.process_time() - began
    devices = fleet(SCALE)
    assert await count(db, "entity") == len(devices)
    assert await count(db, "entity WHERE NOT simulated OR area_code NOT LIKE 'HD%'") == 0
    assert await count(db, "entity WHERE loc IS NULL") <= 1, "a bus that is silent just now has no place yet"
    expected = sum(PAST.total_seconds() / device.kind.past_period_s for device in devices)
    history = await count(db, f"{REPORTS} AND t >= '{NOW - PAST}'")
    assert 0.9 * expected < history < 1.2 * expected + 2 * len(devices)
    assert worked_s < 30

    before = await count(db, REPORTS)
    await Demo(db, city, life, scale=SCALE).prepare()
    assert await count(db, REPORTS) == before, "a second start writes nothing twice"
    assert await count(db, "org WHERE name LIKE '%mô phỏng%'") == 1 + len(AGENCIES)
    assert await count(db, "area WHERE code LIKE 'HD%'") == 13


async def test_each_tick_writes_what_fell_due(db: Database, city: City, life: FixedClock) -> None:
    demo = Demo(db, city, life, scale=SCALE)
    await demo.prepare()
    before = life.now()
    life.advance(timedelta(minutes=5))
    seq = await count(db, REPORTS)
    reported = await demo.tick(before, life.now())
    assert reported > 0.9 * len(fleet(SCALE)), "within five minutes every device but the silent reports"
    assert await count(db, REPORTS) == seq + reported
    assert await demo.tick(life.now(), life.now()) == 0


async def test_people_and_tasks_are_made_once_in_their_states(db: Database) -> None:
    assert await count(db, "account WHERE password_hash IS NULL AND username LIKE 'hd-%'") == len(POSTS)
    assert await count(db, "resource WHERE name LIKE '%(mô phỏng)' AND status = 'free'") == len(FORCES)
    fillers = sum(len(each) for each in DUTIES.values())
    assert await count(db, "procedure_role") == fillers
    assert await count(db, "procedure_role WHERE role = 'leader_on_duty' AND account_id IS NOT NULL") == 1
    assert await count(db, "task WHERE source_kind = 'demo' AND title LIKE '%(mô phỏng)'") == len(JOBS)
    async with db.transaction() as connection:
        cursor = await connection.execute(
            "SELECT state, count(*)::int FROM task WHERE source_kind = 'demo' GROUP BY state"
        )
        states = dict(await cursor.fetchall())
    assert states == {
        "new": 1, "in_progress": 2, "reported": 1, "returned": 1, "accepted": 1, "received": 1, "draft": 1,
    }  # fmt: skip


async def test_water_rises_in_a_story_and_falls_again(db: Database, city: City, life: FixedClock) -> None:
    demo = Demo(db, city, life, scale=SCALE)
    await demo.prepare()
    gauge = next(device for device in fleet(SCALE) if device.kind.type == "FloodMonitoring")
    told = await demo.begin("flood", 4)
    elsewhere = Demo(db, city, life, scale=SCALE)
    await elsewhere.prepare()
    levels = []
    for _ in range(31):
        before = life.now()
        life.advance(timedelta(seconds=10))
        await elsewhere.tick(before, life.now())
        levels.append(await level(db, gauge.id))
    assert told.ends_at < life.now()
    assert max(levels) == gauge.facts["dangerLevel"] + 0.35, "whoever lets the province live tells the story"
    assert levels[0] < gauge.facts["warningLevel"]
    assert levels[-1] < gauge.facts["warningLevel"]


async def test_an_event_of_a_story_begins_and_ends(db: Database, city: City, life: FixedClock) -> None:
    demo = Demo(db, city, life, scale=SCALE)
    await demo.prepare()
    await demo.begin("fire", 20)
    seen = []
    for _ in range(7):
        before = life.now()
        life.advance(timedelta(seconds=10))
        await demo.tick(before, life.now())
        seen.append(await count(db, "entity WHERE id LIKE '%Alert:HD-fire%' AND doc::text LIKE '%active%'"))
    assert seen == [1, 1, 1, 1, 1, 0, 0]
    assert (
        await count(db, "entity WHERE id LIKE '%Alert:HD-fire%' AND simulated AND area_code = 'HD004'") == 1
    )


async def level(db: Database, entity: str) -> float:
    async with db.transaction() as connection:
        cursor = await connection.execute(
            "SELECT (doc -> attr.id::text ->> 0)::float FROM entity, attr"
            " WHERE entity.id = %s AND attr.iri LIKE '%%currentLevel'",
            (entity,),
        )
        row = await cursor.fetchone()
    assert row
    return float(row[0])


async def test_it_can_be_taken_away(db: Database, city: City, life: FixedClock) -> None:
    demo = Demo(db, city, life, scale=SCALE)
    await demo.prepare()
    assert await demo.remove() >= len(fleet(SCALE))
    assert await count(db, "entity") == 0
    assert await count(db, "account WHERE active AND username LIKE 'hd-%'") == 0
    assert await count(db, "demo_story") == 0
    assert await count(db, "resource WHERE active") == 0, "nobody sends a vehicle that does not exist"
    assert await count(db, "procedure_role") == 0
    assert await count(db, "task WHERE source_kind = 'demo' AND state NOT IN ('cancelled', 'accepted')") == 0
    assert await demo.remove() == 0


async def test_it_comes_back_as_it_was(db: Database, city: City, life: FixedClock) -> None:
    demo = Demo(db, city, life, scale=0.01)
    await demo.prepare()
    assert await count(db, "account WHERE active AND username LIKE 'hd-%'") == len(POSTS)
    assert await count(db, "resource WHERE active") == len(FORCES)
    assert await count(db, "procedure_role") == sum(len(each) for each in DUTIES.values())
    assert await count(db, "task WHERE source_kind = 'demo' AND state <> 'cancelled'") == len(JOBS)
    assert [link.username for link in await demo.links()] == [post.username for post in POSTS]
