"""SQL of what history weighs: rows, values and bytes of each tier, what waits, what went wrong."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from haidang.base.database import Connection
from haidang.city.store import rollup

EXACT_MAX_BYTES = 256 * 1024 * 1024
"""Above this a table is not counted but estimated by PostgreSQL's own statistics."""


class Tier(NamedTuple):
    """One tier; None where nobody knows."""

    rows: int | None
    values: int | None
    bytes: int
    oldest: datetime | None
    newest: datetime | None
    estimated: bool = False


class Waiting(NamedTuple):
    """How far the work on history is behind."""

    step_changes: int | None
    """Changes that the hours' step has yet to pass; None before its first run."""
    step_since: datetime | None
    """Since when, where it is behind."""
    dirty: int
    """Hours marked and not yet redone."""
    days: int
    """Days that should be packed and are not."""
    exports: int
    """Days that should lie in Parquet and do not."""
    problems: dict[str, str]
    """Job to what went wrong in its last run."""


async def latest(conn: Connection) -> Tier:
    """Measure the present state of the entities."""
    row = await (
        await conn.execute(
            """
            SELECT pg_total_relation_size('entity') + pg_total_relation_size('entity_static'),
                   (SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'entity'::regclass)
            """
        )
    ).fetchone()
    size, rows = (int(row[0]), int(row[1])) if row else (0, 0)
    if size <= EXACT_MAX_BYTES:
        counted = await (await conn.execute("SELECT count(*), min(mod), max(mod) FROM entity")).fetchone()
        if counted:
            return Tier(counted[0], None, size, counted[1], counted[2])
    return Tier(rows, None, size, None, None, estimated=True)


async def log(conn: Connection) -> Tier:
    """Measure the rows of the log."""
    row = await (
        await conn.execute(
            """
            SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0), sum(greatest(c.reltuples, 0))::bigint,
                   min(to_date(substr(c.relname, 8), 'YYYYMMDD')) FILTER (WHERE c.relpages > 0
                       AND c.relname ~ '^change_[0-9]{8}$')
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'change'::regclass
            """
        )
    ).fetchone()
    size, rows, first = (int(row[0]), int(row[1] or 0), row[2]) if row else (0, 0, None)
    if size <= EXACT_MAX_BYTES:
        counted = await (
            await conn.execute(
                "SELECT count(*), coalesce(sum(cardinality(v)), 0), min(t), max(t) FROM change WHERE kind < 4"
            )
        ).fetchone()
        if counted:
            return Tier(int(counted[0]), int(counted[1]), size, counted[2], counted[3])
    sampled = await (
        await conn.execute(
            "SELECT avg(cardinality(v)), (SELECT at FROM city_head) FROM change TABLESAMPLE SYSTEM (0.1)"
        )
    ).fetchone()
    each, newest = (float(sampled[0] or 0), sampled[1]) if sampled else (0.0, None)
    return Tier(rows, round(rows * each), size, _midnight(first), newest, estimated=True)


async def hourly(conn: Connection) -> Tier:
    """Measure the hours kept; their values are the five figures of each attribute."""
    row = await (
        await conn.execute(
            """
            SELECT pg_total_relation_size('rollup'), greatest(reltuples, 0)::bigint,
                   (SELECT until FROM rollup_state)
            FROM pg_class WHERE oid = 'rollup'::regclass
            """
        )
    ).fetchone()
    size, rows, until = (int(row[0]), int(row[1]), row[2]) if row else (0, 0, None)
    if size <= EXACT_MAX_BYTES:
        counted = await (
            await conn.execute(
                "SELECT count(*), coalesce(sum(cardinality(x)), 0), min(hour), max(hour) FROM rollup"
            )
        ).fetchone()
        if counted:
            return Tier(int(counted[0]), int(counted[1]), size, counted[2], counted[3])
    sampled = await (
        await conn.execute("SELECT avg(cardinality(x)) FROM rollup TABLESAMPLE SYSTEM (0.1)")
    ).fetchone()
    return Tier(rows, round(rows * float((sampled and sampled[0]) or 0)), size, None, until, estimated=True)


async def packed(conn: Connection) -> Tier:
    """Measure the chunks."""
    row = await (
        await conn.execute(
            """
            SELECT coalesce(sum(c.n), 0), coalesce(sum(c.n * coalesce(cardinality(k.attrs), 0)), 0),
                   pg_total_relation_size('chunk') + pg_total_relation_size('chunk_copy'),
                   min(c.day), max(c.day)
            FROM chunk c LEFT JOIN keyset k ON k.id = c.k
            """
        )
    ).fetchone()
    if row is None:
        return Tier(0, 0, 0, None, None)
    return Tier(int(row[0]), int(row[1]), int(row[2]), _midnight(row[3]), _midnight(row[4]))


async def lake(conn: Connection) -> Tier:
    """Measure the Parquet files."""
    row = await (
        await conn.execute(
            """
            SELECT coalesce(sum(rows), 0), coalesce(sum(numbers), 0), coalesce(sum(bytes), 0), min(oldest),
                   max(newest)
            FROM lake_file
            """
        )
    ).fetchone()
    if row is None:
        return Tier(0, 0, 0, None, None)
    return Tier(int(row[0]), int(row[1]), int(row[2]), row[3], row[4])


async def waiting(conn: Connection, *, pack_before: date, export_before: date) -> Waiting:
    """Return what is behind; days before the two dates are due to be packed and exported."""
    row = await (
        await conn.execute(
            """
            SELECT h.seq - c.seq, (SELECT min(m.at) FROM moment m WHERE m.seq > c.seq),
                   (SELECT count(*) FROM rollup_dirty),
                   (SELECT count(*) FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhrelid
                    WHERE i.inhparent = 'change'::regclass AND p.relname ~ '^change_[0-9]{8}$'
                      AND p.relpages > 0 AND to_date(substr(p.relname, 8), 'YYYYMMDD') < %(pack)s),
                   (SELECT count(DISTINCT day) FROM chunk WHERE day < %(export)s)
            FROM city_head h LEFT JOIN cursor c ON c.step = %(step)s
            """,
            {"pack": pack_before, "export": export_before, "step": rollup.STEP},
        )
    ).fetchone()
    failed = await (
        await conn.execute("SELECT job, problem FROM history_run WHERE problem IS NOT NULL")
    ).fetchall()
    changes, since, dirty, days, exports = row or (None, None, 0, 0, 0)
    return Waiting(
        None if changes is None else int(changes),
        since if changes else None,
        int(dirty),
        int(days),
        int(exports),
        dict(failed),
    )


async def database_bytes(conn: Connection) -> int:
    """Return what the whole database takes."""
    row = await (await conn.execute("SELECT pg_database_size(current_database())")).fetchone()
    return int(row[0]) if row else 0


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.fromisoformat(f"{day.isoformat()}T00:00:00+00:00")
