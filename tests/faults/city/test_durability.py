"""Nothing acknowledged is lost: kill -9 of the writer, of PostgreSQL, of a session; poison in a group."""

from __future__ import annotations

import asyncio
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
import pytest_asyncio
from tests.faults.city.load import ENTITIES, batch_of, observed, write

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.migrations import create_database, migrate
from haidang.base.postgres import DataFolderLock, Server
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.city.model import BatchResult, Origin
from haidang.city.service import City
from haidang.city.writer import loop
from haidang.organisation.permissions import system
from haidang.web.problems import problem_of

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


@pytest.mark.parametrize("day_turns", [False, True])
async def test_a_database_that_stays_away_ends_no_writer(
    url: str, city: City, monkeypatch: pytest.MonkeyPatch, *, day_turns: bool
) -> None:
    """Whoever writes meanwhile is told so in the end; once it is back, the same writer goes on."""
    writer = city.writer
    assert writer is not None
    monkeypatch.setattr(loop, "RECONNECT_S", 0.2)

    async def away() -> Any:
        raise psycopg.OperationalError("the database is away")

    with monkeypatch.context() as gone:
        gone.setattr(city.db, "dedicated", away)
        await _end_writer_session(url)
        for _ in range(2):
            if day_turns:  # and the inbox was looked into a moment ago: the day's tables are asked for first
                writer._partitions_day = None
                gone.setattr(writer, "_inbox_at", math.inf)
            result = await asyncio.gather(
                city.upsert(system("load"), batch_of(8, 0), origin=Origin(1, None, None, "load")),
                return_exceptions=True,
            )
            assert isinstance(result[0], Problem), result
            assert result[0].kind.code == "unavailable"
            assert writer.alive
    back = await city.upsert(system("load"), batch_of(8, 1), origin=Origin(1, None, None, "load"))
    assert not back.failed
    assert city.writer is writer


async def test_poison_in_a_group_fails_alone(city: City, url: str) -> None:
    # Nothing of ours refuses this id, the database does: its index rows have a limit.
    poison: dict[str, Any] = {
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


async def test_poison_in_4000_fails_alone_at_the_cost_of_a_few_groups(city: City, url: str) -> None:
    """Of four batches of 2,000 the first two become one group; the search in it must not cost much."""
    origin = Origin(1, None, None, "load")
    poison = {"id": "urn:x:poison", "type": "Load", "value": {"type": "Property", "value": 1}}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE entity ADD CONSTRAINT no_poison CHECK (id <> 'urn:x:poison')")

    def batch(start: int) -> list[dict[str, Any]]:
        return [
            {
                "id": f"urn:x:4k:{start + number}",
                "type": "Load",
                "value": {"type": "Property", "value": number},
            }
            for number in range(2_000)
        ]

    async def write(start: int, *, bad: bool) -> tuple[float, list[int]]:
        batches = [batch(start + 2_000 * number) for number in range(4)]
        if bad:
            batches[1][1_234] = poison
        began = time.perf_counter()
        results = await asyncio.gather(
            *(city.upsert(system("load"), each, origin=origin) for each in batches)
        )
        taken = time.perf_counter() - began
        created = sum(len(result.created) for result in results)
        failed = [(place, id_) for result in results for place, id_, _ in result.failed]
        assert (created, failed) == ((7_999, [(1_234, "urn:x:poison")]) if bad else (8_000, []))
        return taken, [len(result.created) for result in results]

    assert city.writer is not None
    await write(10_000, bad=False)  # names are known, pages are warm
    good_s, _ = await write(20_000, bad=False)
    groups, bisected = city.writer.counters.groups, city.writer.counters.bisected
    bad_s, created = await write(30_000, bad=True)
    assert created == [2_000, 1_999, 2_000, 2_000], "whoever sent nothing bad hears of nothing"
    halvings = city.writer.counters.bisected - bisected
    assert halvings == 13, "log2 of 4,000, and the bad one itself"
    assert city.writer.counters.groups - groups <= 15
    assert bad_s < 4 * good_s + 0.5, f"{bad_s:.2f} s against {good_s:.2f} s for good ones"
    print(f"8,000 with poison: {bad_s:.2f} s, {halvings} halvings; without: {good_s:.2f} s")


async def test_repeated_and_reordered_deliveries_are_stored_once_and_the_newest_stands(
    city: City, url: str
) -> None:
    """As gateways do after an outage: everything again, the oldest last, while the session is lost twice."""
    dice = random.Random(7)
    sent = [batch for number in range(1, 121) for batch in [number] * dice.randint(1, 3)]
    dice.shuffle(sent)
    waiting = iter(sent)

    async def sender() -> None:
        for number in waiting:
            result = await _sent(city, batch_of(6, number))
            assert not result.failed, result.failed

    senders = asyncio.gather(*(sender() for _ in range(8)))
    for _ in range(2):
        await _end_writer_session(url)
    await senders
    audit(url, 6, set(range(1, 121)))
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT count(*) FROM change WHERE k > 0 AND v IS NOT NULL").fetchone()
        assert rows == (120 * ENTITIES,), "each observation once"
    for kind in range(8):
        newest = max(number for number in range(1, 121) if number % 8 == kind)
        row = await city.together.entity(system("load"), f"urn:x:{kind}:3", tenant="")
        assert row is not None
        assert msgspec.json.decode(row.doc)[str(city.terms.attr_id("value"))] == newest


async def _sent(city: City, batch: list[dict[str, Any]]) -> BatchResult:
    """Send a batch as a device does: once more where it is told that the outcome is not known."""
    while True:
        try:
            return await city.upsert(system("load"), batch, origin=Origin(1, None, None, "load"))
        except Problem as problem:
            assert problem.kind.code == "unavailable", problem


async def test_a_restart_of_postgresql_under_load_loses_nothing(server: Server, url: str, city: City) -> None:
    """As after an upgrade or a changed setting: sessions are ended in order, senders wait a moment."""
    acknowledged: set[int] = set()
    stop, enough, again = asyncio.Event(), asyncio.Event(), asyncio.Event()
    before = 0

    def said(batch: int) -> None:
        acknowledged.add(batch)
        if len(acknowledged) >= ACKNOWLEDGED:
            enough.set()
        if before and len(acknowledged) >= before + ACKNOWLEDGED:
            again.set()

    async def read() -> int:
        refusals = 0
        while not stop.is_set():
            try:
                async with asyncio.timeout(30):
                    await city.together.entity(system("load"), "urn:x:1:0", tenant="")
            except (psycopg.Error, Problem) as error:
                problem = problem_of(error)
                assert (problem.kind.status, problem.kind.code) == (503, "unavailable"), error
                refusals += 1
            await asyncio.sleep(0)
        return refusals

    writing = asyncio.create_task(write(city, 8, said, stop))
    await asyncio.wait_for(enough.wait(), 60)
    reading = asyncio.create_task(read())
    await asyncio.to_thread(_restart, server)
    before = len(acknowledged)
    await asyncio.wait_for(again.wait(), 60)
    stop.set()
    await writing
    await reading
    assert await city.together.entity(system("load"), "urn:x:1:0", tenant="") is not None
    audit(url, 8, acknowledged)


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
