"""The way of a change: nothing skipped, nothing twice, a failing step stops only itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio

from haidang import organisation, pipeline
from haidang.base.clock import SystemClock
from haidang.base.database import Connection, Database
from haidang.base.settings import Settings
from haidang.city import placing
from haidang.city.liveness import spoken
from haidang.city.log import head
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.organisation.permissions import system
from haidang.pipeline import FAILURES, Step, Stretch, advance, running
from haidang.web.house import House

PRINCIPAL = system("test")


class Fake:
    """What of the house the pipeline needs."""

    def __init__(self, db: Database, city: City) -> None:
        self.db = db
        self.city = city
        self.clock = SystemClock()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(db: Database) -> AsyncIterator[House]:
    settings = Settings(data_dir=Path("/nonexistent"))
    await organisation.prepare(db, settings, SystemClock())
    city = await City.open(db, settings, SystemClock())
    yield cast(House, Fake(db, city))
    await city.close()


async def registered(house: House, step: Step) -> Step:
    """Return the step with its cursor made, as the server's start makes it."""
    await pipeline.register(house, [step])
    return step


async def write(house: House, *names: str) -> None:
    status = {"value": "online", "observedAt": datetime.now(UTC).isoformat().replace("+00:00", "Z")}
    bodies = [{"id": f"urn:ngsi-ld:Camera:{name}", "type": "Camera", "status": status} for name in names]
    result = await house.city.upsert(PRINCIPAL, bodies, origin=Origin(owner_org=1, source="test"))
    assert not result.failed


class Recorder:
    """A step that keeps what it is given in a table, in the pipeline's own transaction."""

    def __init__(self, name: str) -> None:
        self.step = Step(name, self.run)
        self.fail_next = 0
        self.after: asyncio.Event = asyncio.Event()

    async def run(self, _: House, stretch: Stretch, connection: Connection) -> None:
        await connection.execute("CREATE TABLE IF NOT EXISTS seen (step text, seq bigint)")
        for change in await stretch.changes():
            await connection.execute("INSERT INTO seen VALUES (%s, %s)", (self.step.name, change.seq))
        if self.fail_next:
            self.fail_next -= 1
            raise RuntimeError("killed between the work and the cursor")
        self.after.set()

    async def seen(self, db: Database) -> list[int]:
        async with db.transaction() as connection:
            cursor = await connection.execute(
                "SELECT seq FROM seen WHERE step = %s ORDER BY seq", (self.step.name,)
            )
            return [row[0] for row in await cursor.fetchall()]


async def whole_log(db: Database) -> list[int]:
    async with db.transaction() as connection:
        return list(range(1, await head(connection) + 1))


async def test_a_crash_between_work_and_cursor_neither_skips_nor_repeats(house: House) -> None:
    await write(house, "a", "b", "c")
    recorder = Recorder("crash")
    await registered(house, recorder.step)
    recorder.fail_next = 1
    with pytest.raises(RuntimeError):
        await advance(house, recorder.step)
    assert await advance(house, recorder.step) == 0
    assert await recorder.seen(house.db) == await whole_log(house.db)
    await write(house, "a", "d")
    await advance(house, recorder.step)
    assert await recorder.seen(house.db) == await whole_log(house.db)


async def test_batches_are_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BATCH", 2)
    await write(house, "e", "f", "g")
    recorder = Recorder("bounded")
    await registered(house, recorder.step)
    rest = await advance(house, recorder.step)
    assert rest == len(await whole_log(house.db)) - 2
    while await advance(house, recorder.step):
        pass
    assert await recorder.seen(house.db) == await whole_log(house.db)


async def test_what_was_erased_leaves_no_step_waiting(house: House) -> None:
    async with house.db.transaction() as connection:
        before = await head(connection)
    await write(house, "erased-1", "erased-2", "erased-3", "erased-4")
    async with house.db.transaction() as connection, connection.transaction(force_rollback=True):
        after = await head(connection)
        await connection.execute("DELETE FROM change WHERE seq = ANY(%s)", ([after - 2, after - 1],))

        async def seen(first: int, last: int) -> list[int]:
            return [change.seq for change in await Stretch(connection, first, last).changes()]

        assert await seen(before, after - 1) == [after - 3]  # neither waiting for the last nor going beyond
        assert await seen(after - 3, after - 1) == []
        assert await seen(after - 3, after) == [after]


async def test_a_failing_step_stops_only_itself_and_catches_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = Recorder("good"), Recorder("bad")
    bad.fail_next = 1
    await write(house, "first")
    failures = FAILURES.labels("bad")._value.get()
    async with running(house, (bad.step, good.step)):
        await asyncio.wait_for(good.after.wait(), 10)
        await asyncio.wait_for(bad.after.wait(), 10)
        good.after.clear()
        await write(house, "h")
        await asyncio.wait_for(good.after.wait(), 10)
    assert FAILURES.labels("bad")._value.get() == failures + 1
    for recorder in (good, bad):  # whatever was cut off by the stop is passed by the next start
        while await advance(house, recorder.step):
            pass
        assert await recorder.seen(house.db) == await whole_log(house.db)


async def test_a_step_runs_in_one_process_at_a_time(house: House) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()
    runs: list[int] = []

    async def slow(_: House, stretch: Stretch, connection: Connection) -> None:
        runs.append(stretch.last)
        entered.set()
        await leave.wait()

    step = await registered(house, Step("alone", slow))
    first = asyncio.create_task(advance(house, step))
    await entered.wait()
    assert await asyncio.wait_for(advance(house, step), 5) == 0, "it does not wait for the other"
    leave.set()
    await first
    assert len(runs) == 1


async def test_liveness_keeps_the_latest_times(house: House) -> None:
    await write(house, "z")
    (step,) = [step for step in pipeline.STEPS if step.name == "liveness"]
    await registered(house, step)
    while await advance(house, step):
        pass
    async with house.db.transaction() as connection:
        found = {
            (each.source, each.type): each for each in await spoken(connection, PRINCIPAL, house.city.terms)
        }
    camera = found["test", "Camera"]
    assert camera.observed_at is not None
    assert abs((camera.received_at - camera.observed_at).total_seconds()) < 5


async def test_a_located_entity_gets_its_commune(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "locate", lambda lon, lat: "22222" if lon > 107 else None)
    bodies: list[dict[str, Any]] = [
        {
            "id": f"urn:ngsi-ld:Camera:at-{lon}",
            "type": "Camera",
            "location": {"type": "Point", "coordinates": [lon, 21]},
        }
        for lon in (106.5, 107.5)
    ]
    await house.city.upsert(PRINCIPAL, bodies, origin=Origin(owner_org=1, source="test"))
    (step,) = [step for step in pipeline.STEPS if step.name == "place"]
    await registered(house, step)
    while await advance(house, step):
        pass
    async with house.db.transaction() as connection:
        cursor = await connection.execute(
            "SELECT id, area_code FROM entity WHERE id LIKE '%%:at-%%' ORDER BY id"
        )
        assert await cursor.fetchall() == [
            ("urn:ngsi-ld:Camera:at-106.5", None),
            ("urn:ngsi-ld:Camera:at-107.5", "22222"),
        ]
