"""History in tiers: whatever moves, comes late, is corrected or erased, the answers are those of the rows."""

from __future__ import annotations

import math
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import httpx
import pytest
import pytest_asyncio
from tests.integration.city.broker import ORG_A, agency, client

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.city import log, tiers
from haidang.city.service import City
from haidang.city.store import aggregates, citywide, history, partitions, read
from haidang.city.store import tiers as tiers_store
from haidang.city.tiers import exporting, lake, packing, retention, summing

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
    """Write some days of an entity: numbers, a word now and then, one that is late, one said twice."""
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


async def test_late_data_and_corrections_reach_what_is_packed(site: Site) -> None:
    entity = GAUGE + "late"
    await site.sum_up()
    await site.pack()
    before = await site.answers(entity)
    await site.tell(entity, DAY + timedelta(hours=3, minutes=7), level=1_000.0)
    hour = DAY + timedelta(hours=3)
    late = await site.answers(entity)
    assert (
        hour_of(site, late, hour)["n"] == hour_of(site, before, hour)["n"] + 1
    )  # not yet summed up: from the rows
    assert hour_of(site, late, hour)["max"] == 1_000.0
    await site.sum_up()
    assert await site.answers(entity) == late
    assert (await site.pack()).rows == 0  # only what was recorded as long ago is packed
    site.clock.advance(timedelta(days=3))
    try:
        await site.tell(GAUGE + "moves", NOW + timedelta(days=3), level=1.0)
        await site.sum_up()
        assert (await site.pack()).rows > 0
        assert await site.answers(entity) == late
        again = await site.answers(entity)
        await site.tell(entity, DAY + timedelta(hours=3, minutes=7), level=1_000.0)
        assert await site.answers(entity) == again  # what is packed is known when it comes once more
    finally:
        site.clock.advance(timedelta(days=-3))


def hour_of(site: Site, answers: dict[str, Any], start: datetime) -> dict[str, Any]:
    """Return what is said of the level in an hour."""
    attr = site.city.terms.attr_id("level")
    found = next(one for one in answers["hours"] if one[0] == attr and one[1] == start)
    return {"n": found[5], "max": found[4], "mean": found[2]}


async def test_an_erased_instance_is_erased_in_what_is_packed_and_summed_up(site: Site) -> None:
    entity = GAUGE + "corrected"
    await site.sum_up()
    await site.pack()
    await site.export()
    eid = await site.eid(entity)
    before = await site.answers(entity)
    at = DAY + timedelta(hours=5, minutes=3)
    async with site.db.transaction() as conn:
        brought = await tiers.reopen(conn, site.city.terms, eid, at, at + timedelta(microseconds=1))
        assert brought > 40
        found = await conn.execute("DELETE FROM change WHERE eid = %s AND t = %s", (eid, at))
        assert found.rowcount == 1
        await tiers.touch(conn, eid, at, at + timedelta(microseconds=1))
    corrected = await site.answers(entity)
    hour = DAY + timedelta(hours=5)
    assert hour_of(site, corrected, hour)["n"] == hour_of(site, before, hour)["n"] - 1
    await site.sum_up()
    assert await site.answers(entity) == corrected
    await site.pack()
    assert await site.answers(entity) == corrected
    exported = await site.export()
    assert exported.files >= 1  # the day's file is written anew
    assert await site.answers(entity) == corrected
    assert await parquet(site, f"SELECT count(*) FROM history WHERE eid = {eid} AND level = -1.25") == [(0,)]


async def parquet(site: Site, query: str) -> list[tuple[Any, ...]]:
    """Ask the files as any other engine would."""
    place = lake.folder(site.city.terms)
    with duckdb.connect() as engine:
        files = f"read_parquet('{place}/*/*/*.parquet', union_by_name = true)"
        engine.execute(f"CREATE VIEW history AS SELECT * FROM {files}")
        return engine.execute(query).fetchall()


async def test_any_engine_reads_the_files(site: Site) -> None:
    await site.sum_up()
    await site.pack()
    await site.export()
    found = await parquet(
        site,
        f"SELECT count(*), round(avg(level), 6) FROM history WHERE id = '{GAUGE}killed' AND level IS NOT NULL"
        " AND observed_at >= '2026-03-11' AND day = '2026-03-11' AND type = 'Gauge'",
    )
    said = await site.temporal(GAUGE + "killed", "&options=temporalValues&attrs=level")
    values = [value for value, at in said["level"]["values"] if at.startswith("2026-03-11")]
    assert found == [(len(values), round(sum(values) / len(values), 6))]


async def test_a_kill_between_export_and_drop_loses_nothing_and_doubles_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    entity = GAUGE + "killed"
    async with site.db.transaction() as conn:
        await tiers.reopen(conn, site.city.terms, await site.eid(entity), None, None)
    await site.sum_up()
    await site.pack()
    before = await site.answers(entity)

    class Killed(BaseException):
        pass

    async def killed(*_: Any, **__: Any) -> int:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(exporting.chunks, "delete_chunks", killed)
        with pytest.raises(Killed):
            await site.export()
    assert await site.answers(entity) == before
    assert (await site.export()).swept >= 0
    assert await site.answers(entity) == before
    listed = {name for (name,) in await site.ask("SELECT name FROM lake_file")}
    place = lake.folder(site.city.terms)
    assert {path.relative_to(place).as_posix() for path in place.glob("*/*/*")} == listed


async def test_a_kill_while_packing_loses_nothing_and_doubles_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    entity = GAUGE + "killed"
    async with site.db.transaction() as conn:
        await tiers.reopen(conn, site.city.terms, await site.eid(entity), None, None)
    await site.sum_up()
    before = await site.answers(entity)

    async def killed(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(packing.store, "raise_floor", killed)
        with pytest.raises(RuntimeError, match="killed"):
            await site.pack()
    assert await site.answers(entity) == before
    assert (await site.pack()).rows > 0
    assert await site.answers(entity) == before


async def test_what_is_erased_is_gone_in_every_tier(site: Site) -> None:
    entity = GAUGE + "erased"
    await site.sum_up()
    await site.pack()
    await site.export()
    eid = await site.eid(entity)
    boundary = DAY + timedelta(days=1, hours=3, minutes=30)
    whole = await site.answers(entity)
    async with site.db.transaction() as conn:
        await tiers.erase(conn, site.city.terms, eid, before=boundary)
    left = await site.answers(entity)
    kept = [value for value in whole["values"]["level"]["values"] if value[1] >= "2026-03-11T03:30"]
    assert left["values"]["level"]["values"] == kept
    await site.sum_up()
    await site.pack()
    await site.export()
    assert await site.answers(entity) == left
    async with site.db.transaction() as conn:
        await tiers.erase(conn, site.city.terms, eid)
    assert (await site.http.get(f"/temporal/entities/{entity}")).status_code == 404
    await site.export()
    assert await site.ask("SELECT count(*) FROM chunk WHERE eid = %s", eid) == [(0,)]
    assert await site.ask("SELECT count(*) FROM rollup WHERE eid = %s", eid) == [(0,)]
    assert await site.ask("SELECT count(*) FROM change WHERE eid = %s AND v IS NOT NULL", eid) == [(0,)]
    assert await parquet(site, f"SELECT count(*) FROM history WHERE eid = {eid}") == [(0,)]


async def test_each_type_is_kept_as_long_as_it_may_be_and_its_erasure_is_on_record(site: Site) -> None:
    entity = GAUGE + "late"
    await site.sum_up()
    await site.pack()
    before = await site.temporal(entity, "&options=temporalValues")
    number = site.city.terms.type_id("Gauge")
    assert number is not None
    days = (NOW.date() - date(2026, 3, 11)).days
    erased = await retention.retain(site.db, site.clock, site.city.terms, {number: days})
    assert erased.entities >= 1
    left = await site.temporal(entity, "&options=temporalValues")
    kept = [value for value in before["level"]["values"] if value[1] >= "2026-03-11"]
    assert 0 < len(kept) < len(before["level"]["values"])
    assert left["level"]["values"] == kept
    listed = await site.ask("SELECT subject FROM chain WHERE action = 'history.erase'")
    assert listed == [("type:Gauge",)]
    assert (await retention.retain(site.db, site.clock, site.city.terms, {number: days})).entities == 0
    await site.export()
    assert await parquet(site, "SELECT count(*) FROM history WHERE observed_at < '2026-03-11'") == [(0,)]


async def test_what_was_known_at_a_moment_is_known_after_packing(site: Site) -> None:
    """The newest rows of each entity stay in the log, also those of days that are packed."""
    await site.sum_up()
    await site.pack()
    terms = site.city.terms
    async with site.db.transaction() as conn:
        for name in ("moves", "late", "corrected", "killed"):
            eid = await site.eid(GAUGE + name)
            assert await tiers_store.copies(conn, [eid])
            for attribute in ("level", "flow", "sky"):
                attr = terms.attr_id(attribute)
                assert attr is not None
                newest = await history.rows(conn, terms, eid, attrs=[attr], limit=1)
                found = await conn.execute(
                    "SELECT seq, t, k, v, j FROM change WHERE eid = %s AND kind < 4"
                    " AND (k = ANY(%s) OR j ? %s) ORDER BY t DESC, seq DESC LIMIT 1",
                    (eid, history.keysets_with(terms, [attr]), str(attr)),
                )
                assert await found.fetchall() == newest
        floor = await log.floor(conn)
        assert 0 < floor < await log.head(conn)
        row = await (await conn.execute("SELECT min(seq) FROM change WHERE seq > %s", (floor,))).fetchone()
        assert row == (floor + 1,)  # whole after the floor
        with pytest.raises(Problem, match="kept in its order") as refused:
            await log.reach(conn, floor - 1)
        assert refused.value.kind.status == 410
        await log.reach(conn, floor)


async def test_many_entities_by_the_hour_are_summed_up_as_their_rows_are(site: Site) -> None:
    attr = site.city.terms.attr_id("level")
    assert attr is not None
    span = {"start": DAY + timedelta(days=1), "end": NOW + timedelta(hours=1)}

    async def asked() -> Any:
        async with read.reading(site.db) as conn:
            found = await citywide.hours(conn, site.city.terms, attr, "e.tenant_id = 0", {}, **span)
        return near([list(one) for one in found])

    one_by_one: dict[datetime, list[float]] = {}
    for (entity,) in await site.ask("SELECT id FROM entity"):
        if (await site.http.get(f"/temporal/entities/{entity}")).status_code == 404:
            continue  # erased
        body = await site.temporal(entity, "&options=temporalValues&attrs=level")
        for value, at in body.get("level", {}).get("values", []):
            moment = datetime.fromisoformat(at)
            if moment >= span["start"]:
                one_by_one.setdefault(moment.replace(minute=0, second=0, microsecond=0), []).append(value)
    expected = [
        [at, len(values), sum(values) / len(values), min(values), max(values)]
        for at, values in sorted(one_by_one.items())
    ]
    found = await asked()
    assert [one for one in found if one[0] < datetime(2026, 3, 16, tzinfo=UTC)] == expected
    await site.tell(GAUGE + "moves", DAY + timedelta(days=1, hours=2, minutes=1), level=10_000.0)
    late = await asked()  # the hour is not yet summed up anew
    assert max(one[4] for one in late) == 10_000.0
    await site.sum_up()
    assert await asked() == late
    words = site.city.terms.attr_id("sky")
    assert words is not None
    async with read.reading(site.db) as conn:
        assert await citywide.hours(conn, site.city.terms, words, "e.tenant_id = 0", {}, **span) == []


async def test_a_partition_that_was_emptied_in_steps_is_seen_to_be_empty(site: Site) -> None:
    conn = await site.db.dedicated()
    try:
        await conn.execute(
            "CREATE TABLE emptied AS SELECT n, repeat('x', 100) FROM generate_series(1, 20000) n"
        )
        for upto in (0, 10_000, 19_999):
            await conn.execute("DELETE FROM emptied WHERE n <= %s", (upto,))
            await partitions.vacuum(conn, "emptied")
        thought = await (
            await conn.execute("SELECT reltuples FROM pg_class WHERE relname = 'emptied'")
        ).fetchone()
        assert thought is not None and thought[0] > 1_000, "the planner's estimate was right for once"
        assert await partitions.left_in(conn, "emptied", 100) == 1
        assert await partitions.left_in(conn, "emptied", 0) == 1
    finally:
        await conn.execute("DROP TABLE IF EXISTS emptied")
        await conn.close()
