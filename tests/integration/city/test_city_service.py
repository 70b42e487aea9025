"""The city's front: forwarding from another process, following it, and what storage costs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, ORG_B, agency, stored

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.city.follow import Follower
from haidang.city.forward import Forwarder, door
from haidang.city.model import Group, Origin
from haidang.city.service import City
from haidang.organisation.permissions import system

SYSTEM = system("tests")
ORIGIN = Origin(ORG_A, "22", "environment", "tests", simulated=True)
NOW = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)


def lamp(number: int, **attributes: Any) -> dict[str, Any]:
    return {"id": f"urn:x:Streetlight:{number}", "type": "Streetlight", "name": f"Đèn {number}"} | attributes


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    opened = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("a")), FixedClock(NOW))
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def second(city: City, database_url: str) -> AsyncIterator[City]:
    """A city of another process, whose HTTP ends at the first one's door."""
    async with Database(database_url, pool_max=3) as db:
        opened = await City.open(db, city.settings, city.clock)
        assert opened.writer is None
        opened._forwarder = Forwarder(
            db, httpx.AsyncClient(transport=httpx.ASGITransport(app=door(city)), base_url="http://writer")
        )
        yield opened
        await opened.close()


async def test_another_process_writes_through_the_writer(city: City, second: City, db: Database) -> None:
    heard: asyncio.Future[Group] = asyncio.get_running_loop().create_future()
    end = second.subscribe(lambda group: heard.done() or heard.set_result(group))
    result = await second.upsert(agency(ORG_A), [lamp(1), {"id": "nonsense"}, lamp(2)], origin=ORIGIN)
    assert result.created == (lamp(1)["id"], lamp(2)["id"])
    assert [(place, id_) for place, id_, _ in result.failed] == [(1, "nonsense")]
    assert result.failed[0][2].kind.code == "bad-request-data"
    group = await asyncio.wait_for(heard, 10)
    end()
    assert {change.entity.id for change in group.changes if change.entity} == set(result.created)
    change = group.changes[0]
    assert (change.type, change.tenant, change.entity and change.entity.origin) == ("Streetlight", "", ORIGIN)
    assert (await stored(db, city, lamp(1)["id"], form="keyValues")) == lamp(1)
    with pytest.raises(Problem) as caught:
        await second.delete(agency(ORG_B), lamp(1)["id"])
    assert caught.value.kind.status == 404
    await second.delete(agency(ORG_A), lamp(1)["id"])
    assert await stored(db, city, lamp(1)["id"]) is None


async def test_a_follower_tells_of_deletions_and_events_too(city: City, db: Database) -> None:
    heard: list[Group] = []
    follower = Follower(db, city.terms, [heard.append])
    await city.upsert(SYSTEM, [lamp(7)], origin=ORIGIN)
    await follower.start()
    await city.delete(SYSTEM, lamp(7)["id"])
    deadline = asyncio.get_running_loop().time() + 10
    while not heard:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.01)
    await follower.close()
    (change,) = heard[0].changes
    assert change.kind == 4
    assert change.entity is not None
    assert (change.entity.id, change.entity.origin) == (lamp(7)["id"], ORIGIN)


@pytest.mark.parametrize("secret", ["", "Bearer ", "Bearer wrong", "Bearer ấ"])
async def test_the_door_lets_nobody_in_without_the_secret(city: City, secret: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=door(city)), base_url="http://x") as api:
        answer = await api.post("/", content=b"{}", headers={"authorization": secret.encode()})
        assert answer.status_code == 404
        broken = await api.post("/", content=b"{", headers={"authorization": f"Bearer {city.secret}"})
        assert broken.status_code == 400


async def test_history_costs_at_most_twenty_bytes_a_value_and_telemetry_stays_hot(
    city: City, db: Database
) -> None:
    entities, rounds, attributes = 200, 60, 12
    start = NOW + timedelta(days=2)
    for turn in range(rounds):
        at = (start + timedelta(minutes=5 * turn)).isoformat().replace("+00:00", "Z")
        batch = [
            {"id": f"urn:x:Cost:{number}", "type": "Cost", "name": f"Trạm {number}"}
            | {
                f"a{place}": {
                    "type": "Property",
                    "value": number + turn / 7 + place,
                    "unitCode": "GQ",
                    "observedAt": at,
                }
                for place in range(attributes)
            }
            for number in range(entities)
        ]
        result = await city.upsert(SYSTEM, batch, origin=ORIGIN)
        assert not result.failed
    part = f"change_{start:%Y%m%d}"
    async with db.transaction() as conn:
        await conn.execute("SELECT pg_stat_force_next_flush()")
        row = await (
            await conn.execute(
                f"SELECT pg_total_relation_size('{part}'), (SELECT sum(cardinality(v)) FROM {part}),"
                f" (SELECT count(*) FROM {part})"
            )
        ).fetchone()
    assert row is not None
    assert row[2] == entities * rounds
    assert row[1] == entities * rounds * attributes
    assert row[0] / row[1] <= 20


async def test_partitions_are_made_a_week_ahead(city: City, db: Database) -> None:
    async with db.transaction() as conn:
        cursor = await conn.execute(
            "SELECT relname FROM pg_class WHERE relname ~ '^change_2026' AND relkind = 'r'"
        )
        names = {row[0] for row in await cursor.fetchall()}
    assert names >= {f"change_{NOW + timedelta(days=ahead):%Y%m%d}" for ahead in range(-1, 8)}
