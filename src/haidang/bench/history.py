"""The measurement of history: bytes a value in each tier, and what summing up and packing save who asks.

A database of its own beside the measured one gets two closed days of seeded sensors (12 values of two
decimals every five minutes, as ``workload.sensor_batches`` tells them), written as the log has them. Then the
product's own steps run: hours are summed up, the days packed, exported. Questions are measured by the
execution time that ``EXPLAIN (ANALYZE)`` says, as median of many repetitions, parallel query off; work by CPU
time of this process and of its database session.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from haidang.base.database import Database
from haidang.base.migrations import create_database, migrate
from haidang.bench.explained import Question, medians
from haidang.bench.measures import Measure
from haidang.bench.server import Measured
from haidang.city import log
from haidang.city.store import citywide, history, names, read, rollup
from haidang.city.terms import Terms
from haidang.city.tiers import exporting, packing, summing

TARGETS = {
    "S1_packed_bytes": (5.0, "bytes a value of a packed day, all indexes and copies included"),
    "S1_parquet_bytes": (2.5, "bytes a value in Parquet"),
    "R3": (1 / 15, "a day of one attribute of all entities by the hour: kept hours ÷ scan of the rows"),
    "R4": (10.0, "a packed day of one entity by the hour ÷ one entity by its id"),
}
"""Name to the most it may be, and what it is."""
COLUMNS = 12
_STEP = timedelta(minutes=5)
_DAYS = 2
_REPEATS = 200
_REPEATS_WIDE = 15
_DATABASE = "bench_history"
_TYPE = "Device"

Say = Callable[[str], None]
Cpu = Callable[[], float]
"""CPU seconds so far of the database."""


class _Clock:
    """CPU time of this process and the database since it was made."""

    def __init__(self, cpu: Cpu) -> None:
        self._cpu = cpu
        self._began = time.process_time() + cpu()

    def us(self, count: int) -> float:
        """Return µs for each of ``count``."""
        return (time.process_time() + self._cpu() - self._began) / count * 1e6


class Site(msgspec.Struct, frozen=True):
    """The database of this measurement."""

    url: str
    terms: Terms
    sensors: int
    first: datetime
    """Start of the first of the closed days."""
    now: datetime

    @property
    def rows(self) -> int:
        """Rows of the log."""
        return self.sensors * _DAYS * (timedelta(days=1) // _STEP)

    @property
    def values(self) -> int:
        """Numbers in them."""
        return self.rows * COLUMNS

    def connect(self) -> psycopg.Connection:
        """Open a connection in autocommit whose parameters are written into the statements (for EXPLAIN)."""
        connection = psycopg.connect(self.url, autocommit=True, cursor_factory=psycopg.ClientCursor)
        connection.execute("SET TIME ZONE 'UTC'; SET max_parallel_workers_per_gather = 0")
        return connection


def measures(measured: Measured, place: Path, *, sensors: int, say: Say) -> list[Measure]:
    """Measure history beside a running house."""
    ratios, facts = measure(measured.url, place, sensors=sensors, cpu=lambda: measured.cpu()[1], say=say)
    return [
        Measure(name, ratios[name], must, unit, facts if name == "S1_packed_bytes" else {})
        for name, (must, unit) in TARGETS.items()
    ]


def measure(
    server_url: str, folder: Path, *, sensors: int, cpu: Cpu, say: Say
) -> tuple[dict[str, float], dict[str, float]]:
    """Return (ratios and bytes, absolute figures behind them)."""
    site = asyncio.run(_made(server_url, folder / "history", sensors))
    facts: dict[str, float] = {"sensors": sensors, "rows": site.rows, "values": site.values}
    say(f"writing {site.values:,} values of history")
    _load(site, facts)
    before = asyncio.run(_sample(site))
    say("summing up the hours")
    asyncio.run(_sum_up(site, _Clock(cpu), facts))
    with site.connect() as connection:
        connection.execute("VACUUM ANALYZE rollup")
        raw, *kept = medians(connection, (_raw(site), *_kept(site)), repeats=_REPEATS_WIDE)
        facts["raw_day_ms"], facts["kept_day_ms"] = raw, sum(kept)
        facts["hourly_bytes_per_value"] = _size(connection, "rollup") / site.values
    say("packing two days")
    asyncio.run(_pack(site, _Clock(cpu), facts))
    _same(before, asyncio.run(_sample(site)), "packing")
    with site.connect() as connection:
        *parts, by_id = medians(connection, (*_entity_day(site), _by_id(site)), repeats=_REPEATS)
        facts["entity_day_ms"], facts["get_by_id_ms"] = sum(parts), by_id
    say("exporting two days")
    asyncio.run(_export(site, _Clock(cpu), facts))
    _same(before, asyncio.run(_sample(site)), "exporting")
    ratios = {
        "S1_packed_bytes": facts["packed_bytes_per_value"],
        "S1_parquet_bytes": facts["parquet_bytes_per_value"],
        "R3": facts["kept_day_ms"] / facts["raw_day_ms"],
        "R4": facts["entity_day_ms"] / facts["get_by_id_ms"],
    }
    return ratios, facts


async def _made(server_url: str, folder: Path, sensors: int) -> Site:
    url = make_conninfo(server_url, dbname=_DATABASE)
    await create_database(url)
    await migrate(url)
    now = datetime.now(UTC).replace(microsecond=0)
    first = packing.start_of(now.date() - timedelta(days=_DAYS + 3))
    terms = Terms()
    terms.lake = folder
    async with Database(url, pool_max=4) as db, db.transaction() as conn:
        attributes = [terms.context.expand(f"channel{no:02d}") for no in range(COLUMNS)]
        await names.intern_attributes(conn, terms, attributes)
        await names.intern_type(conn, terms, (terms.context.expand(_TYPE),))
        places = [terms.column(terms.attr_ids[iri], "", "", False).no for iri in attributes]
        await names.intern_keyset(conn, terms, True, tuple(places))
    return Site(url, terms, sensors, first, now)


def _load(site: Site, facts: dict[str, float]) -> None:
    """Write the log as the writer would have: step after step, entities in order, a moment for each step."""
    began = time.perf_counter()
    k = max(site.terms.keysets)
    with site.connect() as connection:
        for day in range(_DAYS):
            connection.execute("SELECT change_partitions(%s, 0)", (_day(site, day + 1),))
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY change (seq, t, eid, k, kind, v) FROM STDIN") as copy,
        ):
            for lines in _lines(site, k):
                copy.write(lines)
        connection.execute(
            """
            INSERT INTO entity (eid, type_id, seq, created, mod, tenant_id, version, owner_org, simulated, id,
                                source, doc)
            SELECT no, %(type)s, no, now(), now(), 0, 1, 1, false,
                   'urn:ngsi-ld:Device:history-' || lpad(no::text, 5, '0'), 'bench', %(doc)s::jsonb
            FROM generate_series(1, %(count)s) AS n (no)
            """,
            {
                "type": max(site.terms.type_iris),
                "count": site.sensors,
                "doc": msgspec.json.encode({"@": 0} | {str(no): 50.25 for no in range(1, 13)}).decode(),
            },
        )
        connection.execute(
            "INSERT INTO entity_static (eid, seq, name, name_fold, doc)"
            " SELECT eid, seq, '', '', '{}' FROM entity"
        )
        connection.execute("UPDATE city_head SET seq = %s, at = %s", (site.rows, site.now))
        connection.execute(
            "INSERT INTO moment (at, seq) SELECT %s::timestamptz + no * interval '5 minutes', no * %s"
            " FROM generate_series(1, %s) AS n (no)",
            (site.first, site.sensors, site.rows // site.sensors),
        )
        for table in ("change", "entity", "entity_static"):
            connection.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))
        facts["hot_bytes_per_value"] = _partitions(connection) / site.values
    facts["load_s"] = time.perf_counter() - began


def _lines(site: Site, k: int) -> Iterator[bytes]:
    dice = np.random.default_rng(20_260_101)
    seq = 0
    for step in range(site.rows // site.sensors):
        at = (site.first + step * _STEP).isoformat()
        values = np.round(dice.normal(50, 20, (site.sensors, COLUMNS)), 2).tolist()
        yield "".join(
            f"{seq + no}\t{at}\t{no}\t{k}\t2\t{{{','.join(map(str, row))}}}\n"
            for no, row in enumerate(values, start=1)
        ).encode()
        seq += site.sensors


async def _sum_up(site: Site, clock: _Clock, facts: dict[str, float]) -> None:
    """Pass the whole log through the step in stretches, as the pipeline does, but without rests."""
    async with Database(site.url, pool_max=4) as db:
        async with db.transaction() as conn:
            await log.register(conn, summing.STEP)
        while True:
            async with db.transaction() as conn:
                await conn.execute("SET LOCAL statement_timeout = '10min'")
                place = await log.cursor(conn, summing.STEP)
                if place is None:
                    raise RuntimeError("somebody else holds the step")
                last = min(place.head, place.seq + 200_000)
                await summing.run(
                    conn, site.terms, place.seq, last, head=place.head, now=site.now, work_s=0.0
                )
                await log.advance(conn, summing.STEP, last)
            if last == place.head:
                break
        facts["mark_us_per_observation"] = clock.us(site.rows)
        while True:
            async with db.transaction() as conn:
                await conn.execute("SET LOCAL synchronous_commit = off")
                await rollup.lock(conn)
                if not await summing.redo(conn, site.terms, summing.HOURS_MAX):
                    break
    facts["sum_us_per_observation"] = clock.us(site.rows)


async def _pack(site: Site, clock: _Clock, facts: dict[str, float]) -> None:
    async with Database(site.url, pool_max=4) as db:
        done = await packing.pack(db, now=site.now, days=2, rest=0)
    if done.rows != site.rows or done.partitions != _DAYS:
        raise RuntimeError(f"{done} was packed of {site.rows} rows")
    facts["pack_us_per_value"] = clock.us(site.values)
    with site.connect() as connection:
        connection.execute("VACUUM ANALYZE")
        # What is left in the log (a copy of the newest row of each entity) is a cost of packing, too.
        size = _size(connection, "chunk") + _size(connection, "chunk_copy") + _partitions(connection)
    facts["packed_bytes_per_value"] = size / site.values


async def _export(site: Site, clock: _Clock, facts: dict[str, float]) -> None:
    async with Database(site.url, pool_max=4) as db:
        done = await exporting.export(db, site.terms, today=site.now.date(), days=2)
    if done.rows != site.rows:
        raise RuntimeError(f"{done} was exported of {site.rows} rows")
    facts["export_us_per_value"] = clock.us(site.values)
    facts["parquet_bytes_per_value"] = done.bytes / site.values


async def _sample(site: Site) -> list[list[history.LogRow]]:
    """Return every row of a few entities, through the one function that everybody asks."""
    async with Database(site.url, pool_max=4) as db, read.reading(db) as conn:
        chosen = range(1, site.sensors + 1, max(1, site.sensors // 5))
        return [await history.rows(conn, site.terms, eid, limit=10_000) for eid in chosen]


def _same(before: list[list[history.LogRow]], after: list[list[history.LogRow]], what: str) -> None:
    if before != after:
        raise RuntimeError(f"the rows of an entity are not what they were before {what}")


def _raw(site: Site) -> Question:
    """Ask a day of one attribute of all entities by the hour, of the rows."""
    return (
        """
        SELECT date_trunc('hour', c.t, 'UTC'), count(c.v[3]), avg(c.v[3]), min(c.v[3]), max(c.v[3])
        FROM change c JOIN entity e ON e.eid = c.eid
        WHERE c.k = %(k)s AND c.t >= %(start)s AND c.t < %(end)s AND e.tenant_id = 0 GROUP BY 1
        """,
        {"k": max(site.terms.keysets), "start": site.first, "end": site.first + timedelta(days=1)},
    )


def _kept(site: Site) -> list[Question]:
    """Ask the same of the hours that are kept, by every statement that the product makes of it."""
    attr = site.terms.attr_ids[site.terms.context.expand("channel02")]
    values = citywide.kept_parameters(attr, site.first, site.first + timedelta(days=1), [])
    statements = citywide.kept_statements(site.terms, attr, "e.tenant_id = 0", changed=False)
    return [(statement, values) for statement in statements]


def _entity_day(site: Site) -> Sequence[Question]:
    """Ask a packed day of one entity by the hour: every statement that the product makes of it."""
    eid, end = site.sensors // 2, site.first + timedelta(days=1)
    span = {"first": site.first, "last": end, "eid": eid}
    return (
        (rollup.STATE, {"step": rollup.STEP, "tail": rollup.TAIL_MAX}),
        (rollup.changed_statement(one=True), span | {"cursor": site.rows, "limit": None}),
        (rollup.KEPT, span),
    )


def _by_id(site: Site) -> Question:
    """Ask one entity by its id, as ``store.read.page`` does."""
    return (
        """
        SELECT e.eid, e.id, e.type_id, e.tenant_id, e.created, e.mod, e.version, e.seq, e.owner_org,
               e.area_code, e.sector, e.source, e.simulated, s.name, e.loc[0], e.loc[1], e.doc::text,
               s.doc::text
        FROM entity e JOIN entity_static s USING (eid)
        WHERE e.tenant_id = 0 AND e.id = ANY(%(ids)s::text[]) ORDER BY e.id LIMIT 1
        """,
        {"ids": [f"urn:ngsi-ld:Device:history-{site.sensors // 2:05d}"]},
    )


def _size(connection: psycopg.Connection, table: str) -> int:
    row: Any = connection.execute("SELECT pg_total_relation_size(%s)", (table,)).fetchone()
    return int(row[0])


def _partitions(connection: psycopg.Connection) -> int:
    row: Any = connection.execute(
        "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'change'::regclass"
    ).fetchone()
    return int(row[0])


def _day(site: Site, number: int) -> date:
    return (site.first + timedelta(days=number)).date()
