"""Corrections reach every tier: rows of the log, packed days, Parquet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, agency, client

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city import log
from haidang.city.service import City
from haidang.city.tiers import exporting, packing, summing

ENTERED = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
DAYS = {"parquet": 10, "packed": 17, "rows": 19, "gone": 10}
"""Day of March on which each was observed: how far it is moved away by the 20th."""
LIST = "/temporal/entities"


def at(name: str, minute: int) -> str:
    when = datetime(2026, 3, DAYS[name], tzinfo=UTC) + timedelta(minutes=minute)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def seen(name: str, value: Any, minute: int) -> dict[str, Any]:
    return {"type": "Property", "value": value, "observedAt": at(name, minute)}


class Site:
    """A city whose days are moved by hand."""

    def __init__(self, city: City, http: httpx.AsyncClient, folder: Path) -> None:
        self.city, self.http, self.folder = city, http, folder

    async def put(self, name: str) -> None:
        """Let an entity be observed through ten hours."""
        body = {
            "id": f"urn:ngsi-ld:Pump:{name}", "type": "Pump",
            "level": [seen(name, hour, 60 * hour) for hour in range(10)],
            "who": [seen(name, f"người {name} {hour}", 60 * hour) for hour in range(10)],
        }  # fmt: skip
        answer = await self.http.post(LIST, json=body)
        assert answer.status_code == 201, answer.text

    async def move(self) -> None:
        """Let every row go where it belongs by its age."""
        await self.sum_up()
        await packing.pack(self.city.db, now=NOW, days=2, rest=0)
        await exporting.export(self.city.db, self.city.terms, today=NOW.date(), days=3)

    async def tier(self, name: str) -> str:
        """Return where most of an entity's history lies."""
        asked = {
            "rows": "SELECT count(*) FROM change c JOIN entity e USING (eid) WHERE e.id = %s AND c.kind = 2",
            "packed": "SELECT 9 * count(*) FROM chunk c JOIN entity e USING (eid) WHERE e.id = %s",
            "parquet": "SELECT 9 * count(*) FROM lake_entity c JOIN entity e USING (eid) WHERE e.id = %s",
        }
        async with self.city.db.transaction() as conn:
            for tier, query in asked.items():
                row = await (await conn.execute(query.encode(), (f"urn:ngsi-ld:Pump:{name}",))).fetchone()
                if row and row[0] > 5:
                    return tier
        return "nowhere"

    async def sum_up(self) -> None:
        async with self.city.db.transaction() as conn:
            await log.register(conn, summing.STEP)
        async with self.city.db.transaction() as conn:
            place = await log.cursor(conn, summing.STEP)
            assert place is not None
            await summing.run(
                conn, self.city.terms, place.seq, place.head, head=place.head, now=NOW, work_s=60
            )
            await log.advance(conn, summing.STEP, place.head)

    async def values(self, path: str, attr: str = "level", query: str = "") -> list[Any]:
        answer = await self.http.get(f"{path}?attrs={attr}{query}")
        return (
            [one["value"] for one in answer.json()[attr]]
            if answer.status_code == 200
            else [answer.status_code]
        )

    async def highest(self, path: str) -> float:
        answer = await self.http.get(
            f"{path}?options=aggregatedValues&aggrMethods=max&attrs=level"
            "&timerel=after&timeAt=2026-03-01T00:00:00Z"
        )
        return float(answer.json()["level"]["max"][0][0])

    async def left(self, text: str) -> list[str]:
        """Return the tables and files that still hold a text."""
        found = [str(file) for file in self.folder.rglob("*.parquet") if text.encode() in file.read_bytes()]
        async with self.city.db.transaction() as conn:
            for table in ("change", "chunk", "rollup"):
                row = await (
                    await conn.execute(
                        f"SELECT count(*) FROM {table} x WHERE x::text LIKE %s".encode(), (f"%{text}%",)
                    )
                ).fetchone()
                found += [table] if row and row[0] else []
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("city")
    clock = FixedClock(ENTERED)
    # In the conformance profile a time of the future is taken: all is entered before it was observed.
    city = await City.open(
        db, Settings(data_dir=folder, conformance=True, temporal_instances_max=1_000), clock
    )
    async with client(city, agency(ORG_A)) as http:
        found = Site(city, http, folder)
        for name in DAYS:
            await found.put(name)
        clock.advance(NOW - ENTERED)
        # A write of today tells that what came before it was entered long ago.
        await http.post("/entities", json={"id": "urn:ngsi-ld:Pump:today", "type": "Other"})
        await found.move()
        yield found
    await city.close()


@pytest.mark.parametrize("tier", ["rows", "packed", "parquet"])
async def test_history_is_corrected_in_every_tier(site: Site, tier: str) -> None:
    path = f"{LIST}/urn:ngsi-ld:Pump:{tier}"
    assert await site.tier(tier) == tier
    whole = list(range(10))
    assert await site.values(path) == whole
    assert await site.values(path, query="&lastN=3") == [7, 8, 9]
    span = f"&timerel=between&timeAt={at(tier, 60)}&endTimeAt={at(tier, 180)}"
    assert await site.values(path, query=span) == [1, 2]
    assert await site.values(path, query="&timeproperty=createdAt") == whole
    assert await site.highest(path) == 9
    name = (await site.http.get(f"{path}?lastN=1")).json()["level"][0]["instanceId"]
    patched = await site.http.patch(f"{path}/attrs/level/{name}", json=seen(tier, 90, 540))
    assert patched.status_code == 204, patched.text
    assert await site.values(path) == [*whole[:9], 90]
    assert await site.highest(path) == 90
    await site.move()
    assert await site.highest(path) == 90
    again = (await site.http.get(f"{path}?lastN=1")).json()["level"][0]
    assert (again["instanceId"], again["value"]) == (name, 90)
    moved = await site.http.patch(f"{path}/attrs/level/{name}", json=seen(tier, 91, -3_000))
    assert moved.status_code == 204
    assert await site.values(path) == [91, *whole[:9]]
    assert (await site.http.delete(f"{path}/attrs/level/{name}")).status_code == 204
    assert await site.values(path) == whole[:9]
    assert await site.highest(path) == 8
    await site.move()
    # An attribute is erased, in whatever tier it lay; the other stays.
    assert (await site.http.delete(f"{path}/attrs/who")).status_code == 204
    assert await site.values(path) == whole[:9]
    await site.move()  # files are written anew without it
    assert await site.left(f"người {tier}") == []
    assert await site.values(path) == whole[:9]
    assert (await site.http.delete(path)).status_code == 204
    assert await site.values(path) == [404]
    await site.move()
    assert await site.values(path) == [404]
    assert await site.left(f"người {tier}") == []


async def test_an_entity_deleted_long_ago_still_tells_its_history(site: Site) -> None:
    path = f"{LIST}/urn:ngsi-ld:Pump:gone"
    assert (await site.http.delete(path.replace("/temporal", ""))).status_code == 204
    await site.move()
    assert await site.values(path) == list(range(10))
    assert await site.highest(path) == 9
    found = (await site.http.get(f"{path}?timeproperty=deletedAt")).json()
    assert {found[attr][0]["deletedAt"] for attr in ("level", "who")} == {"2026-03-20T02:00:00Z"}
    assert (await site.http.delete(path)).status_code == 204
    assert await site.values(path) == [404]
    await site.move()
    assert await site.left("người gone") == []
