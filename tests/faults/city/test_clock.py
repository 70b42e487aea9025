"""The clock is set back: nothing is lost, "as of" stays in order, nobody waits for the old future."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest_asyncio

from haidang import organisation, pipeline
from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city import log
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.city.subscriptions import service, step
from haidang.organisation.permissions import system
from haidang.web.house import House

SYSTEM = system("tests")
STEP = next(step for step in pipeline.STEPS if step.name == "subscriptions")
BACK = timedelta(hours=1)
AGAIN = timedelta(minutes=5)
"""What the clock shows twice."""


class Fake:
    """What of the house the pipeline needs."""

    def __init__(self, db: Database, city: City) -> None:
        self.db, self.city, self.clock = db, city, city.clock


@pytest_asyncio.fixture(loop_scope="session")
async def city(db: Database, tmp_path: Path, clock: FixedClock) -> AsyncIterator[City]:
    settings = Settings(data_dir=tmp_path)
    await organisation.prepare(db, settings, clock)
    opened = await City.open(db, settings, clock)
    yield opened
    await opened.close()


def gauge(value: int, at: datetime | None = None) -> dict[str, Any]:
    level: dict[str, Any] = {"type": "Property", "value": value}
    if at is not None:
        level["observedAt"] = at.isoformat().replace("+00:00", "Z")
    return {"id": "urn:x:gauge", "type": "Gauge", "level": level}


async def write(city: City, *bodies: dict[str, Any]) -> None:
    result = await city.upsert(SYSTEM, bodies, origin=Origin(1, None, None, "test"))
    assert not result.failed, result.failed


async def as_of(db: Database, at: datetime) -> int:
    async with db.transaction() as conn:
        return await log.as_of(conn, at)


async def head(db: Database) -> int:
    async with db.transaction() as conn:
        return await log.head(conn)


async def in_order(db: Database, start: datetime, end: datetime) -> list[int]:
    """Return what was known at each ten seconds; later moments must not know less."""
    steps = int((end - start).total_seconds() // 10)
    known = [await as_of(db, start + timedelta(seconds=10 * number)) for number in range(steps + 1)]
    assert known == sorted(known)
    return known


async def test_moments_stay_in_order_and_no_write_is_lost(
    db: Database, city: City, clock: FixedClock, tmp_path: Path
) -> None:
    start = clock.now()
    for value in range(20):
        await write(city, gauge(value, clock.now()))
        clock.advance(timedelta(seconds=30))
    clock.advance(-AGAIN)
    seqs = []
    for value in range(20, 40):
        await write(city, gauge(value))  # received now, nothing says when it was observed
        seqs.append(await head(db))
        assert await as_of(db, clock.now()) == seqs[-1], "what was written now is known now"
        clock.advance(timedelta(seconds=40))
    known = await in_order(db, start, clock.now())
    assert set(seqs) <= set(known), "every moment since then is told apart"

    # The same where the writer starts after the clock was set back.
    await city.close()
    clock.advance(-AGAIN)
    again = await City.open(db, city.settings, clock)
    city.writer = None
    await write(again, gauge(41))
    assert await as_of(db, clock.now()) == await head(db)
    await in_order(db, start, clock.now() + AGAIN)
    async with db.transaction() as conn:
        counted = await (await conn.execute("SELECT count(*), max(seq) FROM change")).fetchone()
    assert counted == (41, 41)
    await again.close()


async def test_windows_and_intervals_do_not_wait_for_the_old_future(
    db: Database, city: City, clock: FixedClock
) -> None:
    endpoint = {"endpoint": {"uri": "http://example.com/"}}

    async def subscribe(id_: str, **members: Any) -> None:
        body = {"id": id_, "type": "Subscription", "entities": [{"type": "Gauge"}], "notification": endpoint}
        await service.create(city, SYSTEM, "", body | members, [])

    house = cast(House, Fake(db, city))
    await pipeline.register(house, [STEP])
    await subscribe("urn:x:throttled", throttling=60)
    await subscribe("urn:x:periodic", timeInterval=60)

    async def told() -> dict[str, list[Any]]:
        """Let the step and the clock's part work, and take what they have put into the outbox."""
        while await pipeline.advance(house, STEP):
            pass
        await step.tick(city)
        found: dict[str, list[Any]] = {"urn:x:throttled": [], "urn:x:periodic": []}
        async with db.transaction() as conn:
            for (text,) in await (await conn.execute("SELECT body FROM notification ORDER BY no")).fetchall():
                body = msgspec.json.decode(text)
                found[body["subscriptionId"]] += [entity["level"]["value"] for entity in body["data"]]
            await conn.execute("DELETE FROM notification")
        return found

    await write(city, gauge(100))
    assert await told() == {"urn:x:throttled": [100], "urn:x:periodic": [100]}
    await write(city, gauge(101))
    assert await told() == {"urn:x:throttled": [], "urn:x:periodic": []}, "within the window"
    clock.advance(-BACK)
    assert await told() == {"urn:x:throttled": [101], "urn:x:periodic": [101]}
    await write(city, gauge(102))
    assert await told() == {"urn:x:throttled": [], "urn:x:periodic": []}, "windows are kept again"
    clock.advance(timedelta(seconds=61))
    assert await told() == {"urn:x:throttled": [102], "urn:x:periodic": [102]}
