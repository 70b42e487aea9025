"""Jobs on the house's own database: deferred in one process, done by the worker, kept clean."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from procrastinate import Blueprint

from haidang.base.database import Database
from haidang.base.health import Health, database_check
from haidang.base.idempotency import once
from haidang.base.jobs import make_jobs, working
from haidang.base.metrics import REGISTRY, render, watch
from haidang.base.settings import Settings

ROOM = Blueprint()
DONE: asyncio.Queue[int] = asyncio.Queue()


@ROOM.task(name="remind")
async def remind(number: int) -> None:
    """Tell the test that the job was done."""
    await DONE.put(number)


async def test_a_deferred_job_is_done(db: Database, settings: Settings) -> None:
    app = make_jobs(db.url, {"room": ROOM})
    async with working(app, db=db, settings=settings):
        await app.configure_task("room:remind").defer_async(number=7)
        async with asyncio.timeout(20):
            assert await DONE.get() == 7


async def test_old_answers_are_cleaned_by_the_daily_job(db: Database, settings: Settings) -> None:
    async def work(_: object) -> int:
        return 1

    await once(db, actor="account:1", key="old", fingerprint=b"", work=work)
    app = make_jobs(db.url)
    later = int(time.time()) + (settings.idempotency_days + 1) * 86_400
    async with working(app, db=db, settings=settings):
        await app.configure_task("base:forget_idempotency_keys").defer_async(timestamp=later)
        async with asyncio.timeout(20):
            while await _answers(db):
                await asyncio.sleep(0.02)
    assert datetime.now(UTC) < datetime.fromtimestamp(later, UTC)


async def _answers(db: Database) -> int:
    async with db.transaction() as connection:
        row = await (await connection.execute("SELECT count(*) FROM idempotency")).fetchone()
    assert row
    return int(row[0])


async def test_health_names_the_part_and_the_reason(db: Database) -> None:
    async def broken() -> None:
        raise RuntimeError("the writer has lost its lock")

    health = Health()
    health.add("database", database_check(db))
    assert (await health.ready()).ok
    health.add("writer", broken)
    report = await health.ready()
    assert not report.ok
    assert [(part.name, part.ok, part.reason) for part in report.parts] == [
        ("database", True, None),
        ("writer", False, "the writer has lost its lock"),
    ]


async def test_readings_are_read_when_asked_for(db: Database) -> None:
    readings = watch("haidang_test_pool", "Connections", lambda: {"size": db.stats()["pool_size"]})
    try:
        assert b"haidang_test_pool_size " in render()
    finally:
        REGISTRY.unregister(readings)
