"""A run that is killed leaves nothing lost, nothing doubled, and a record that says so."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import msgspec
import yaml

from haidang import organisation
from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.service import City
from haidang.feeds.model.reading import read
from haidang.feeds.service import declaring, runs
from haidang.feeds.service.runner import FeedRunner
from tests.unit.feeds.declarations import base

STATIONS, HOURS = 20, 400


def written(tmp_path: Path) -> Path:
    data = tmp_path / "history.csv"
    lines = ["station,time,lon,lat,temp,wind,status,name"]
    for hour in range(HOURS):
        day, of_day = divmod(hour, 24)
        at = f"2026-01-{day + 1:02}T{of_day:02}:00:00+07:00"
        lines += [f"s{n},{at},107.05,20.95,{hour % 30},36,tốt,Trạm {n}" for n in range(STATIONS)]
    data.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path = tmp_path / "feed.yaml"
    declared = base(feed="killed", source={"path": str(data)})
    path.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    return path


async def value(db: Database, sql: str) -> int:
    async with db.transaction() as connection:
        row = await (await connection.execute(sql)).fetchone()
        return int(row[0]) if row and row[0] is not None else 0


READ = "SELECT max(read) FROM feed_run r JOIN feed f ON f.id = feed_id WHERE name = 'killed'"
OBSERVED = (
    "SELECT count(*) FROM change c JOIN entity e USING (eid) "
    "WHERE e.source = 'feed:killed' AND c.t < '2026-02-01'"
)


async def test_kill_9_in_the_middle_of_a_run(db: Database, database_url: str, tmp_path: Path) -> None:
    path = written(tmp_path)
    settings, clock = Settings(data_dir=tmp_path / "data"), SystemClock()
    await organisation.prepare(db, settings, clock)
    environ = os.environ | {"HAIDANG_DATABASE_URL": database_url, "HAIDANG_DATA_DIR": str(settings.data_dir)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "haidang", "feed", "run", str(path), env=environ
    )
    async with asyncio.timeout(60):
        while not 0 < await value(db, READ) < STATIONS * HOURS:
            assert process.returncode is None, "the run ended before it could be killed"
            await asyncio.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    acknowledged = await value(db, READ)
    assert 0 < acknowledged < STATIONS * HOURS
    assert await value(db, OBSERVED) >= acknowledged, "what was counted had been stored before"

    async def free() -> bool:
        return await value(db, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0

    async with asyncio.timeout(30):
        while not await free():
            await asyncio.sleep(0.02)
    city = await City.open(db, settings, clock)
    locks = await db.dedicated()
    try:
        runner = await FeedRunner.open(db, city, settings, clock)
        async with asyncio.timeout(30):
            while await value(db, "SELECT count(*) FROM feed_run WHERE outcome = 'running'"):
                await asyncio.sleep(0.02)
        await runner.close()
        async with db.transaction() as connection:
            feed = await declaring.declare(connection, read(path.read_bytes()), clock.now())
            (cut,) = await (await connection.execute("SELECT outcome, message_vi FROM feed_run")).fetchall()
        assert cut[0] == "failed"
        assert "bị ngắt" in cut[1]
        run = await runs.run_once(db, city, settings, clock, feed, locks=locks)
    finally:
        await locks.close()
        await city.close()
    assert (run.outcome, run.read, run.refused) == ("ok", STATIONS * HOURS, 0)
    assert run.unchanged >= acknowledged
    assert await value(db, OBSERVED) == STATIONS * HOURS, "nothing lost, nothing doubled"


async def test_two_processes_do_not_run_one_feed_at_a_time(db: Database, tmp_path: Path) -> None:
    settings, clock = Settings(data_dir=tmp_path / "data"), SystemClock()
    await organisation.prepare(db, settings, clock)
    city = await City.open(db, settings, clock)
    first, second = await db.dedicated(), await db.dedicated()
    try:
        declaration = read(written(tmp_path).read_bytes())
        declaration = msgspec.structs.replace(declaration, feed="shared")
        async with db.transaction() as connection:
            feed = await declaring.declare(connection, declaration, clock.now())
        results = await asyncio.gather(
            *(runs.run_once(db, city, settings, clock, feed, locks=locks) for locks in (first, second)),
            return_exceptions=True,
        )
    finally:
        await first.close()
        await second.close()
        await city.close()
    assert sorted(type(result).__name__ for result in results) == ["Problem", "Run"]
