"""Nothing acknowledged is lost: kill -9 of the writer, of PostgreSQL, of a session; poison in a group."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from tests.faults.city.load import ENTITIES, batch_of, observed, write

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.migrations import create_database, migrate
from haidang.base.postgres import DataFolderLock, Server
from haidang.base.settings import Settings
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.organisation.permissions import system

ACKNOWLEDGED = 150
"""Batches to wait for before the kill."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of its own with fsync on, for it will be killed."""
    folder = Path(tempfile.mkdtemp(prefix="hd-", dir="/tmp"))
    folder.chmod(0o711)
    settings = Settings(data_dir=folder, postgres_shared_buffers_mb=64, postgres_max_wal_mb=512)
    lock = DataFolderLock(folder).acquire()
    found = Server(settings)
    try:
        found.start()
        yield found
    finally:
        found.stop()
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(loop_scope="session")
async def url(server: Server, request: pytest.FixtureRequest) -> str:
    made = server.place.url(f"t{abs(hash(request.node.name)) % 10**9}")
    await create_database(made)
    await migrate(made)
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def city(url: str, tmp_path: Path) -> AsyncIterator[City]:
    async with Database(url, pool_max=4) as db:
        opened = await City.open(db, Settings(data_dir=tmp_path), SystemClock())
        yield opened
        await opened.close()


def audit(url: str, run: int, acknowledged: set[int]) -> None:
    """Every acknowledged batch is in the log, whole and once; no number missing; state is the last value."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT t, count(*), count(DISTINCT eid) FROM change"
            " WHERE t >= %s AND t < %s AND k > 0 GROUP BY t",
            (observed(run, 0), observed(run + 1, 0)),
        ).fetchall()
        found = {at: (rows_of, entities) for at, rows_of, entities in rows}
        for batch in acknowledged:
            assert found.get(observed(run, batch)) == (ENTITIES, ENTITIES), f"batch {run}:{batch}"
        gaps = connection.execute("SELECT count(*), max(seq), count(DISTINCT seq) FROM change").fetchone()
        head = connection.execute("SELECT seq FROM city_head").fetchone()
        assert gaps is not None and head is not None
        assert gaps[0] == gaps[1] == gaps[2] == head[0]
        stale = connection.execute(
            """
            SELECT count(*) FROM entity e
            JOIN (SELECT eid, max(t) AS t FROM change WHERE k > 0 GROUP BY eid) n USING (eid)
            WHERE (e.doc->>'@')::bigint <> (extract(epoch FROM n.t) * 1000000)::bigint
            """
        ).fetchone()
        assert stale == (0,)


def test_killing_the_writer_loses_nothing_acknowledged(server: Server, url: str, tmp_path: Path) -> None:
    for run in range(2):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.city.load", url, str(tmp_path), str(run)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        said = [process.stdout.readline() for _ in range(ACKNOWLEDGED)]
        process.kill()
        rest, _ = process.communicate(timeout=30)
        lines = [line for line in (*said, *rest.splitlines(keepends=True)) if line.endswith("\n")]
        audit(url, run, {int(line.split(":")[1]) for line in lines})


async def test_killing_postgresql_loses_nothing_acknowledged(server: Server, url: str, city: City) -> None:
    acknowledged: set[int] = set()
    enough, again, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()
    before = 0

    def said(batch: int) -> None:
        acknowledged.add(batch)
        if len(acknowledged) >= ACKNOWLEDGED:
            enough.set()
        if before and len(acknowledged) >= before + ACKNOWLEDGED:
            again.set()

    task = asyncio.create_task(write(city, 5, said, stop))
    await asyncio.wait_for(enough.wait(), 60)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    await asyncio.to_thread(_restart, server)
    before = len(acknowledged)
    await asyncio.wait_for(again.wait(), 60)
    stop.set()
    await task
    assert city.writer is not None and city.writer.counters.reconnects >= 1
    audit(url, 5, acknowledged)


async def test_a_lost_session_is_replaced_and_no_group_is_written_twice(
    server: Server, url: str, city: City
) -> None:
    acknowledged: set[int] = set()
    stop = asyncio.Event()
    reached = {count: asyncio.Event() for count in range(50, 400, 50)}

    def said(batch: int) -> None:
        acknowledged.add(batch)
        if len(acknowledged) in reached:
            reached[len(acknowledged)].set()

    task = asyncio.create_task(write(city, 7, said, stop))
    for event in reached.values():
        await asyncio.wait_for(event.wait(), 60)
        await _end_writer_session(url)
    stop.set()
    await task
    assert city.writer is not None and city.writer.counters.reconnects >= 5
    audit(url, 7, acknowledged)


async def test_poison_in_a_group_fails_alone(city: City, url: str) -> None:
    # Nothing of ours refuses this id, the database does: its index rows have a limit.
    poison = {
        "id": "urn:x:" + os.urandom(1_000).hex(),
        "type": "Load",
        "value": {"type": "Property", "value": 1},
    }
    origin = Origin(1, None, None, "load")
    batches: list[list[dict[str, Any]]] = [batch_of(3, number) for number in range(1, 6)]
    for number, entity in enumerate(entity for batch in batches for entity in batch):
        entity["id"] = f"urn:x:poison:{number}"
    batches[2].insert(7, poison)
    for place, batch in enumerate(batches):
        if place % 2 == 0:
            batch.append(dict(poison, id=poison["id"][:-1] + "g"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE entity ADD CONSTRAINT no_poison CHECK (length(id) < 1000)")
    results = await asyncio.gather(*(city.upsert(system("load"), batch, origin=origin) for batch in batches))
    assert [len(result.created) for result in results] == [ENTITIES] * 5
    assert [len(result.failed) for result in results] == [1, 0, 2, 0, 1]
    assert results[2].failed[0][0] == 7
    assert city.writer is not None and city.writer.counters.bisected > 0
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*), max(seq) FROM change").fetchone()
    assert row is not None and row[0] == row[1]


async def test_a_second_process_forwards_and_takes_over(city: City, url: str, tmp_path: Path) -> None:
    async with Database(url, pool_max=4) as db:
        second = await City.open(db, Settings(data_dir=tmp_path), SystemClock())
        assert second.writer is None
        await city.close()
        city.writer = None
        deadline = asyncio.get_running_loop().time() + 20
        while not await second.became_writer():
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.05)
        result = await second.upsert(system("load"), batch_of(9, 1), origin=Origin(1, None, None, "load"))
        assert len(result.created) == ENTITIES
        await second.close()


def _restart(server: Server) -> None:
    server.stop()
    server.start()


async def _end_writer_session(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'haidang writer' AND datname = current_database()"
        )
