"""The log's end is found by its numbers, also while PostgreSQL knows nothing yet of today's part."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.settings import Settings
from haidang.city import indexing
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.city.store import log
from haidang.organisation.permissions import system

SYSTEM = system("tests")
START = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
WAIT_S = 20
SECONDS = itertools.count()
_LEFT = """
SELECT sum(brin_summarize_new_values(h.inhrelid::regclass))
FROM pg_inherits h WHERE h.inhparent = 'change_seq'::regclass
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    opened = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), FixedClock(START))
    yield opened
    await opened.close()


async def observe(city: City, rounds: int) -> None:
    for _ in range(rounds):
        at = (START + timedelta(seconds=next(SECONDS))).strftime("%Y-%m-%dT%H:%M:%SZ")
        await city.upsert(
            SYSTEM, [thing(each, at) for each in range(2_000)], origin=Origin(1, None, None, "t")
        )


def thing(number: int, at: str) -> dict[str, Any]:
    heat = {"type": "Property", "value": number, "observedAt": at}
    return {"id": f"urn:ngsi-ld:Device:{number}", "type": "Device", "heat": heat}


async def left(conn: Connection) -> int:
    """Return how many ranges were not summed up, by summing them up."""
    row = await (await conn.execute(_LEFT)).fetchone()
    assert row is not None
    return int(row[0])


async def test_whole_ranges_are_summed_up_and_the_last_one_is_left(city: City) -> None:
    async with city.db.transaction() as conn:
        done = await log.sum_up(conn, {})
    await observe(city, 4)
    async with city.db.transaction() as conn:
        after = await log.sum_up(conn, done)
        assert sum(after.values()) >= sum(done.values()) + 2 * log.RANGE_PAGES
        assert await left(conn) == 1
        # Nothing is done twice: what is whole stays as it was told.
        assert await log.sum_up(conn, after) == after


async def test_the_next_rows_are_read_without_the_rest_of_the_day(city: City) -> None:
    await observe(city, 4)
    async with city.db.transaction() as conn:
        await log.make_cursor(conn, "a step")
        place = await log.take_cursor(conn, "a step")
        assert place is not None
        values = {"after": place[1] - 50, "limit": 2_000}
        found = await conn.execute(f"EXPLAIN {log._AFTER}", values)
        plan = "\n".join(row[0] for row in await found.fetchall())
    assert "Seq Scan" not in plan
    assert "_seq_idx" in plan


async def test_who_works_on_the_table_is_not_disturbed_and_the_index_catches_up(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes: asyncio.Queue[str] = asyncio.Queue()
    sum_up = log.sum_up

    async def told(conn: Connection, done: Mapping[int, int]) -> dict[int, int]:
        try:
            found = await sum_up(conn, done)
        except psycopg.errors.LockNotAvailable:
            outcomes.put_nowait("held")
            raise
        outcomes.put_nowait("done")
        return found

    monkeypatch.setattr(log, "sum_up", told)
    monkeypatch.setattr(indexing, "EVERY_S", 0.01)
    await observe(city, 4)
    async with asyncio.timeout(WAIT_S):
        async with city.db.transaction() as other:
            # What a vacuum holds.
            await other.execute("LOCK TABLE change IN SHARE UPDATE EXCLUSIVE MODE")
            async with indexing.summing_up(city):
                assert await outcomes.get() == "held"
                await other.execute("COMMIT")
                await observe(city, 2)
                while await outcomes.get() != "done":
                    pass
    async with city.db.transaction() as conn:
        assert await left(conn) <= 1 + 2
