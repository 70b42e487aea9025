"""SQL of days that lie in Parquet: which file counts, and whose days it holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from haidang.base.database import Connection


class Named(NamedTuple):
    """What a file says of an entity."""

    eid: int
    id: str
    tenant: str
    type_id: int


class Stale(NamedTuple):
    """A file that holds rows which no longer count, or whose day has rows beside it."""

    day: date
    type: str
    name: str


async def days_to_export(conn: Connection, before: date) -> list[date]:
    """Return the days before ``before`` that lie in chunks, the oldest first."""
    found = await conn.execute("SELECT DISTINCT day FROM chunk WHERE day < %s ORDER BY 1", (before,))
    return [row[0] for row in await found.fetchall()]


async def entities(conn: Connection, day: date) -> list[Named]:
    """Return the entities of a day's chunks with their present, or last known, id and type."""
    found = await conn.execute(
        """
        SELECT c.eid, coalesce(e.id, p.j->'@e'->>'id', 'urn:ngsi-ld:unknown:' || c.eid),
               coalesce(t.name, ''), coalesce(e.type_id, (p.j->'@e'->>'type_id')::int, 0)
        FROM (SELECT DISTINCT eid FROM chunk WHERE day = %s) c
        LEFT JOIN entity e ON e.eid = c.eid
        LEFT JOIN LATERAL (
            SELECT x.j FROM change x WHERE e.eid IS NULL AND x.eid = c.eid AND x.kind = 4
            ORDER BY x.seq DESC LIMIT 1
        ) p ON true
        LEFT JOIN tenant t ON t.id = coalesce(e.tenant_id, (p.j->'@e'->>'tenant_id')::int)
        ORDER BY c.eid
        """,
        (day,),
    )
    return [Named(*row) for row in await found.fetchall()]


async def file(conn: Connection, day: date, kind: str) -> str | None:
    """Return the name of the file that counts for a day and type."""
    row = await (
        await conn.execute("SELECT name FROM lake_file WHERE day = %s AND type = %s", (day, kind))
    ).fetchone()
    return row[0] if row else None


async def held(conn: Connection, day: date, kind: str) -> list[int]:
    """Return the entities whose rows of a day count in that day's file of a type."""
    found = await conn.execute(
        "SELECT eid FROM lake_entity WHERE type = %s AND days @> %s::date ORDER BY 1", (kind, day)
    )
    return [row[0] for row in await found.fetchall()]


async def stale(conn: Connection) -> list[Stale]:
    """Return the files to be written anew."""
    found = await conn.execute("SELECT day, type, name FROM lake_file WHERE stale ORDER BY 1, 2")
    return [Stale(*row) for row in await found.fetchall()]


async def names(conn: Connection) -> set[str]:
    """Return the files that count."""
    found = await conn.execute("SELECT name FROM lake_file")
    return {row[0] for row in await found.fetchall()}


async def put_file(
    conn: Connection,
    day: date,
    kind: str,
    name: str,
    *,
    rows: int,
    numbers: int,
    size: int,
    oldest: datetime,
    newest: datetime,
) -> None:
    """Let a file count for a day and type, in place of the one before."""
    await conn.execute(
        """
        INSERT INTO lake_file (day, type, name, rows, numbers, bytes, oldest, newest)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (day, type) DO UPDATE SET name = excluded.name, rows = excluded.rows,
            numbers = excluded.numbers, bytes = excluded.bytes, oldest = excluded.oldest,
            newest = excluded.newest, stale = false
        """,
        (day, kind, name, rows, numbers, size, oldest, newest),
    )


async def drop_file(conn: Connection, day: date, kind: str) -> None:
    """Let no file count for a day and type."""
    await conn.execute("DELETE FROM lake_file WHERE day = %s AND type = %s", (day, kind))


async def add_day(conn: Connection, day: date, kind: str, eids: Sequence[int]) -> None:
    """Let the rows of these entities count in a day's file."""
    await conn.execute(
        """
        INSERT INTO lake_entity (eid, type, days)
        SELECT eid, %(kind)s, datemultirange(daterange(%(day)s, %(day)s, '[]'))
        FROM unnest(%(eids)s::int[]) AS w (eid)
        ON CONFLICT (eid, type) DO UPDATE SET days = lake_entity.days + excluded.days
        """,
        {"kind": kind, "day": day, "eids": list(eids)},
    )


async def take_days(conn: Connection, eids: Sequence[int], first: date, last: date) -> None:
    """Let entities' rows of ``first <= day <= last`` count in no file; the files become stale."""
    values = {"eids": list(eids), "first": first, "last": last}
    await conn.execute(
        """
        UPDATE lake_file f SET stale = true FROM lake_entity l
        WHERE l.eid = ANY(%(eids)s::int[]) AND l.type = f.type AND l.days @> f.day
          AND f.day BETWEEN %(first)s AND %(last)s
        """,
        values,
    )
    await conn.execute(
        """
        UPDATE lake_entity SET days = days - datemultirange(daterange(%(first)s, %(last)s, '[]'))
        WHERE eid = ANY(%(eids)s::int[])
        """,
        values,
    )
    await conn.execute("DELETE FROM lake_entity WHERE eid = ANY(%(eids)s::int[]) AND isempty(days)", values)
