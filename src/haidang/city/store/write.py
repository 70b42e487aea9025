"""The writer's SQL: one statement a group, and the little around it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from psycopg.types.numeric import Int8

from haidang.base.database import Connection
from haidang.city.writer import pack

LOCK = 0x48_44_43_49_54_59
"""Advisory lock of the one writer of a database ("HDCITY")."""

PARTITIONS_AHEAD_DAYS = 7

# The fence: no row where another process became the writer or the log moved; then 1/0 undoes the whole
# statement.
_HEAD = """
WITH head AS (
    UPDATE city_head SET seq = %(last)s, at = %(now)s
    WHERE epoch = %(epoch)s AND seq = %(last)s - %(count)s
    RETURNING seq
), moments AS (
    -- The head until now, once a second: a moment knows all that was recorded by it, and nothing later.
    INSERT INTO moment (at, seq) SELECT h.at, h.seq FROM city_head h WHERE %(due)s AND h.seq > 0
    ON CONFLICT (at) DO UPDATE SET seq = greatest(moment.seq, excluded.seq)
), states AS (
    UPDATE entity e SET seq = n.seq, version = n.version, mod = %(now)s, doc = n.doc
    FROM unnest(%(eids)s, %(seqs)s, %(versions)s, %(docs)s) AS n (eid, seq, version, doc)
    WHERE e.eid = n.eid
)"""

_COLD = """
, gone AS (
    DELETE FROM entity WHERE eid = ANY(%(gone)s)
), gone_static AS (
    DELETE FROM entity_static WHERE eid = ANY(%(gone)s)
), taken AS (
    DELETE FROM event_inbox WHERE id = ANY(%(inbox)s)
), made AS (
    INSERT INTO entity (eid, type_id, seq, created, mod, tenant_id, version, owner_org, simulated, loc, box,
    id,
                        area_code, sector, source, doc)
    SELECT eid, type_id, seq, %(now)s, %(now)s, tenant_id, version, owner_org, simulated, point(lon, lat),
           box(point(west, south), point(east, north)), id, area_code, sector, source, doc
    FROM jsonb_to_recordset(%(made)s) AS n (
        eid int, type_id int, seq bigint, tenant_id int, version int, owner_org int, simulated boolean, lon
        float8,
        lat float8, west float8, south float8, east float8, north float8, id text, area_code text, sector
        text,
        source text, doc jsonb)
), moved AS (
    UPDATE entity e SET type_id = n.type_id, seq = n.seq, mod = %(now)s, version = n.version, doc = n.doc,
        owner_org = n.owner_org, simulated = n.simulated, loc = point(n.lon, n.lat), area_code = n.area_code,
        box = box(point(n.west, n.south), point(n.east, n.north)), sector = n.sector, source = n.source,
        created = CASE WHEN n.fresh THEN %(now)s ELSE e.created END
    FROM jsonb_to_recordset(%(moved)s) AS n (
        eid int, type_id int, seq bigint, version int, owner_org int, simulated boolean, lon float8, lat
        float8,
        west float8, south float8, east float8, north float8, area_code text, sector text, source text,
        doc jsonb, fresh boolean)
    WHERE e.eid = n.eid
), statics AS (
    INSERT INTO entity_static (eid, seq, name, name_fold, doc, times)
    SELECT eid, %(last)s, name, name_fold, doc, times FROM jsonb_to_recordset(%(statics)s) AS n (
        eid int, name text, name_fold text, doc jsonb, times jsonb)
    ON CONFLICT (eid) DO UPDATE
    SET seq = excluded.seq, name = excluded.name, name_fold = excluded.name_fold, doc = excluded.doc,
        times = excluded.times
)"""

_CHANGES = """
, changes AS (
    INSERT INTO change (seq, t, eid, k, kind, v, j)
    SELECT %(last)s - %(count)s + n.no, n.t, n.eid, n.k, n.kind,
           CASE WHEN n.hi >= n.lo THEN (%(flat)s)[n.lo:n.hi] END, n.j
    FROM unnest(%(times)s, %(ceids)s, %(ks)s, %(kinds)s, %(los)s, %(his)s, %(js)s)
         WITH ORDINALITY AS n (t, eid, k, kind, lo, hi, j, no)
)
SELECT 1 / count(*) FROM head
"""

WARM = _HEAD + _CHANGES
"""Telemetry on entities that exist."""
COLD = _HEAD + _COLD + _CHANGES
"""Whatever else is in the group: new, moved and deleted entities, static rows, events of other rooms."""


async def execute(conn: Connection, parameters: dict[str, Any], *, cold: bool) -> None:
    """Write one group durably: the answer comes after the commit."""
    parameters["last"] = Int8(parameters["last"])
    parameters["count"] = Int8(parameters["count"])
    parameters["epoch"] = Int8(parameters["epoch"])
    await conn.execute(COLD if cold else WARM, parameters, prepare=True, binary=True)


async def lock(conn: Connection) -> bool:
    """Try to become the one writer; the lock lives as long as the connection."""
    row = await (await conn.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))).fetchone()
    return bool(row and row[0])


async def take_over(conn: Connection) -> tuple[int, int, int]:
    """Begin as the writer; return (epoch, head of the log, next free eid)."""
    row = await (await conn.execute("UPDATE city_head SET epoch = epoch + 1 RETURNING epoch, seq")).fetchone()
    # A deleted entity keeps its number in the log, so the log has a say too.
    top = await (
        await conn.execute("SELECT greatest((SELECT max(eid) FROM entity), (SELECT max(eid) FROM change))")
    ).fetchone()
    assert row is not None and top is not None  # noqa: S101 - both always have one row
    return int(row[0]), int(row[1]), int(top[0] or 0) + 1


async def forget_future(conn: Connection, now: datetime) -> None:
    """Let no recorded moment lie after ``now``: the clock was set back, and those moments are still to come.

    Else "as of" one of them would mean the log as it stood when the wrong clock had shown it.
    """
    await conn.execute("DELETE FROM moment WHERE at > %s", (now,))
    await conn.execute("UPDATE city_head SET at = %(now)s WHERE at > %(now)s", {"now": now})


async def head(conn: Connection) -> tuple[int, int]:
    """Return (epoch, seq) of the head of the log."""
    row = await (await conn.execute("SELECT epoch, seq FROM city_head")).fetchone()
    assert row is not None  # noqa: S101 - the migration put it there
    return int(row[0]), int(row[1])


_STATE = """
SELECT e.eid, e.tenant_id, e.id, e.type_id, e.owner_org, e.area_code, e.sector, e.source, e.simulated,
       e.version, e.seq, e.doc::text, coalesce(s.doc, '{}')::text,
       (extract(epoch FROM e.created) * 1000000)::bigint, s.times
"""


async def entities(conn: Connection, keys: Sequence[tuple[int, str]]) -> list[tuple[Any, ...]]:
    """Return the state of these (tenant, id), for ``writer.states.entity_of``."""
    cursor = await conn.execute(
        _STATE
        + """
        FROM unnest(%s, %s) AS n (tenant_id, id)
        JOIN entity e USING (tenant_id, id) LEFT JOIN entity_static s USING (eid)
        """,
        (pack.int4s([key[0] for key in keys]), pack.texts(key[1] for key in keys)),
        prepare=True,
    )
    return await cursor.fetchall()


async def entities_by_number(conn: Connection, eids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the state of these entities, as :func:`entities` does."""
    cursor = await conn.execute(
        _STATE + " FROM entity e LEFT JOIN entity_static s USING (eid) WHERE e.eid = ANY(%s)", (list(eids),)
    )
    return await cursor.fetchall()


async def log_rows(conn: Connection, after: int, last: int) -> list[tuple[Any, ...]]:
    """Return (seq, kind, eid, j, µs since 1970) of the log after ``after`` up to ``last``."""
    cursor = await conn.execute(
        """
        SELECT seq, kind, eid, j, (extract(epoch FROM t) * 1000000)::bigint
        FROM change WHERE seq > %s AND seq <= %s ORDER BY seq
        """,
        (after, last),
    )
    return await cursor.fetchall()


async def stored_rows(conn: Connection, eids: Sequence[int], times: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return (eid, µs since 2000, k, v, j is null) of history rows at exactly these times."""
    cursor = await conn.execute(
        """
        SELECT c.eid, (extract(epoch FROM c.t) * 1000000)::bigint, c.k, c.v, c.j
        FROM (SELECT DISTINCT * FROM unnest(%s, %s) AS u (eid, t)) n
        JOIN change c ON c.eid = n.eid AND c.t = n.t
        """,
        (pack.int4s(eids), pack.times(times)),
        prepare=True,
    )
    return await cursor.fetchall()


async def inbox(conn: Connection, limit: int) -> list[tuple[Any, ...]]:
    """Return waiting events in their order: (id, µs since 1970, the event as JSON text)."""
    cursor = await conn.execute(
        """
        SELECT id, (extract(epoch FROM at) * 1000000)::bigint,
               json_build_object('topic', topic, 'kind', kind, 'ref', ref, 'body', body, 'owner_org',
               owner_org,
                                 'area_code', area_code, 'sector', sector)::text
        FROM event_inbox ORDER BY id LIMIT %s
        """,
        (limit,),
        prepare=True,
    )
    return await cursor.fetchall()


async def make_partitions(conn: Connection, today: date) -> int:
    """Make the daily partitions that are missing from yesterday to a week ahead; return how many."""
    row = await (
        await conn.execute("SELECT change_partitions(%s, %s)", (today, PARTITIONS_AHEAD_DAYS))
    ).fetchone()
    return int(row[0]) if row else 0


async def announce(conn: Connection, url: str, secret: str) -> None:
    """Say where other processes find the writer."""
    await conn.execute(
        """
        INSERT INTO city_writer (url, secret) VALUES (%s, %s)
        ON CONFLICT (only_one) DO UPDATE SET url = excluded.url, secret = excluded.secret
        """,
        (url, secret),
    )


async def writer_address(conn: Connection) -> tuple[str, str] | None:
    """Return (url, secret) of the process that holds the writer's lock."""
    row = await (await conn.execute("SELECT url, secret FROM city_writer")).fetchone()
    return (row[0], row[1]) if row else None
