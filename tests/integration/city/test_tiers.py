"""History in tiers: whatever moves, comes late, is corrected or erased, the answers are those of the rows."""

from __future__ import annotations

import math
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, agency, client

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city import log, tiers
from haidang.city.service import City
from haidang.city.store import aggregates, history, read
from haidang.city.store import rollup as rollup_store
from haidang.city.store import tiers as tiers_store
from haidang.city.tiers import exporting, lake, packing, summing

DAY = datetime(2026, 3, 10, tzinfo=UTC)
NOW = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
METHODS = "totalCount,sum,avg,min,max,stddev,sumsq"


class Site:
    """A city whose hours are summed up and whose days are moved by hand."""

    def __init__(self, db: Database, city: City, http: httpx.AsyncClient, clock: FixedClock) -> None:
        self.db, self.city, self.http, self.clock = db, city, http, clock

    async def tell(self, entity: str, at: datetime, **values: Any) -> None:
        """Let an entity's attributes be observed."""
        stamp = at.isoformat().replace("+00:00", "Z")
        body: dict[str, Any] = {"id": entity, "type": "Gauge"}
        for name, value in values.items():
            body[name] = {"type": "Property", "value": value, "unitCode": "MTR", "observedAt": stamp}
        answer = await self.http.post("/entityOperations/upsert?options=update", json=[body])
        assert answer.status_code in (201, 204), answer.text

    async def sum_up(self) -> None:
        """Pass the whole log through the step that keeps hours."""
        async with self.db.transaction() as conn:
            await log.register(conn, summing.STEP)
        async with self.db.transaction() as conn:
            place = await log.cursor(conn, summing.STEP)
            assert place is not None
            await summing.run(
                conn, self.city.terms, place.seq, place.head, head=place.head, now=self.clock.now(), work_s=60
            )
            await log.advance(conn, summing.STEP, place.head)

    async def pack(self) -> packing.Packed:
        return await packing.pack(self.db, now=self.clock.now(), days=2, rest=0)

    async def export(self) -> exporting.Exported:
        return await exporting.export(self.db, self.city.terms, today=self.clock.now().date(), days=3)

    async def eid(self, entity: str) -> int:
        rows = await self.ask("SELECT eid FROM entity WHERE id = %s", entity)
        return int(rows[0][0])

    async def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self.db.transaction() as conn:
            return await (await conn.execute(query.encode(), values)).fetchall()  # type: ignore[arg-type]

    async def temporal(self, entity: str, extra: str = "") -> Any:
        span = "timerel=between&timeAt=2026-03-09T00:00:00Z&endTimeAt=2026-03-16T00:00:00Z"
        answer = await self.http.get(f"/temporal/entities/{entity}?{span}{extra}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def answers(self, entity: str) -> dict[str, Any]:
        """Return what every way of asking says of an entity."""
        row_hours = await self.hours(entity)
        return {
            "values": await self.temporal(entity, "&options=temporalValues"),
            "instances": await self.temporal(entity, "&options=sysAttrs"),
            "last": await self.temporal(entity, "&lastN=3"),
            "modified": (
                await self.http.get(
                    f"/temporal/entities/{entity}?timerel=before&timeAt=2099-01-01T00:00:00Z"
                    "&timeproperty=modifiedAt"
                )
            ).json(),
            "hours": row_hours,
            **{
                f"summed by {period}": near(
                    await self.temporal(
                        entity,
                        f"&options=aggregatedValues&aggrMethods={METHODS}&aggrPeriodDuration={period}",
                    )
                )
                for period in ("PT1H", "PT3H", "P1D", "PT20M", "PT0S")
            },
        }

    async def hours(self, entity: str) -> list[Any]:
        eid = await self.eid(entity)
        attrs = [number for name in ("level", "flow") if (number := self.city.terms.attr_id(name))]
        async with read.reading(self.db) as conn:
            found = await aggregates.hours(
                conn, self.city.terms, eid, attrs=attrs, start=DAY - timedelta(days=1), end=NOW
            )
        return near([tuple(hour) for hour in found])  # type: ignore[no-any-return]


class Near(float):
    """A sum of floats: its last digits depend on the order in which they were added."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and math.isclose(self, other, rel_tol=1e-9, abs_tol=1e-9)

    __hash__ = float.__hash__


def near(body: Any) -> Any:
    """Return an answer whose fractions compare nearly."""
    if isinstance(body, float):
        return Near(body)
    if isinstance(body, dict):
        return {name: near(value) for name, value in body.items()}
    return [near(one) for one in body] if isinstance(body, list | tuple) else body


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    clock = FixedClock(datetime(2026, 3, 12, 0, 30, tzinfo=UTC))
    city = await City.open(db, Settings(data_dir=tmp_path_factory.mktemp("city")), clock)
    async with client(city, agency(ORG_A)) as http:
        found = Site(db, city, http, clock)
        for name in NAMES:
            await observed(found, GAUGE + name, days=2)
        clock.advance(NOW - clock.now())
        for name in NAMES:
            await found.tell(GAUGE + name, NOW - timedelta(minutes=1), level=5.0)
        yield found
    await city.close()


GAUGE = "urn:ngsi-ld:Gauge:"
NAMES = ("moves", "late", "corrected", "erased", "killed")


async def observed(site: Site, entity: str, *, days: int = 1) -> None:
    """Write some days of an entity: numbers every ten minutes, a word now and then, one late, one repeated."""
    dice = random.Random(entity)
    for step in range(0, 144 * days, 3):
        at = DAY + timedelta(minutes=10 * step)
        values: dict[str, Any] = {"level": round(dice.gauss(50, 20), 2), "flow": dice.randint(0, 9)}
        if step % 30 == 0:
            values["sky"] = dice.choice(["mây", "mưa"])
        await site.tell(entity, at, **values)
    await site.tell(entity, DAY + timedelta(hours=5, minutes=3), level=-1.25)
    await site.tell(entity, DAY + timedelta(hours=6), level=77.5, flow=3)  # a second word on the same instant
    await site.tell(entity, DAY + timedelta(days=days - 1, hours=23, minutes=59, seconds=59), level=1e-9)


Move = Callable[[Site], Awaitable[object]]


async def test_every_answer_is_the_same_in_every_tier(site: Site) -> None:
    entity = GAUGE + "moves"
    raw = await site.answers(entity)
    assert len(raw["values"]["level"]["values"]) > 90
    await site.sum_up()
    assert await site.ask("SELECT count(*) FROM rollup_dirty") == [(0,)]
    kept = await site.answers(entity)
    assert kept == raw
    packed = await site.pack()
    assert packed.rows > 90
    assert packed.days >= 2
    assert await site.answers(entity) == raw
    exported = await site.export()
    assert exported.files >= 2
    assert await site.ask("SELECT count(*) FROM chunk WHERE day < '2026-03-12'") == [(0,)]
    assert await site.answers(entity) == raw
    eid = await site.eid(entity)
    async with site.db.transaction() as conn:
        await tiers.reopen(conn, site.city.terms, eid, None, None)
    assert await site.answers(entity) == raw
    await site.sum_up()
    assert await site.answers(entity) == raw
