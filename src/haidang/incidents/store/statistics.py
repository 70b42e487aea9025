"""SQL of the sums of days: marked as stale by every act, made anew by a job, read by statistics."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from haidang.base.database import Connection
from haidang.incidents.model.statistics import Day

_FIELDS = Day.__struct_fields__
_NAMES = ", ".join(f"d.{name}" for name in _FIELDS)

_SUM = """
WITH clock AS (
    SELECT i.owner_org, i.kind, i.severity, i.area_code, i.sector, c.name,
           count(*) AS due,
           count(*) FILTER (WHERE c.met_at <= c.target_at) AS met,
           coalesce(jsonb_agg(round(extract(epoch FROM c.met_at - i.reported_at)) ORDER BY i.id)
               FILTER (WHERE c.met_at IS NOT NULL), '[]') AS seconds
    FROM incident i JOIN incident_clock c ON c.incident_id = i.id
    WHERE NOT i.is_exercise
          AND i.reported_at >= %(day)s::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
          AND i.reported_at < (%(day)s::date + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
          AND (c.met_at IS NOT NULL OR (NOT c.ended AND c.target_at <= %(now)s))
    GROUP BY i.owner_org, i.kind, i.severity, i.area_code, i.sector, c.name
), summed AS (
    SELECT i.owner_org, i.kind, i.severity, i.area_code, i.sector, count(*) AS reported,
           count(*) FILTER (WHERE i.is_open) AS still_open,
           count(*) FILTER (WHERE i.state = 'closed') AS closed,
           count(*) FILTER (WHERE i.state = 'rejected') AS rejected,
           count(*) FILTER (WHERE i.state = 'merged') AS merged
    FROM incident i
    WHERE NOT i.is_exercise
          AND i.reported_at >= %(day)s::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
          AND i.reported_at < (%(day)s::date + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
    GROUP BY i.owner_org, i.kind, i.severity, i.area_code, i.sector
)
INSERT INTO incident_day (day, owner_org, kind, severity, area_code, sector, reported, still_open, closed,
                          rejected, merged, clocks)
SELECT %(day)s, s.owner_org, s.kind, s.severity, s.area_code, s.sector, s.reported, s.still_open, s.closed,
       s.rejected, s.merged,
       coalesce((SELECT jsonb_object_agg(c.name, jsonb_build_object('due', c.due, 'met', c.met,
                                                                    'seconds', c.seconds))
                 FROM clock c WHERE (c.owner_org, c.kind, c.severity) = (s.owner_org, s.kind, s.severity)
                     AND c.area_code IS NOT DISTINCT FROM s.area_code
                     AND c.sector IS NOT DISTINCT FROM s.sector), '{}')
FROM summed s
"""


async def mark(connection: Connection, day: date) -> None:
    """Note that a day must be summed up anew."""
    await connection.execute("INSERT INTO incident_day_stale (day) VALUES (%s)", (day,))


async def take_stale(connection: Connection, limit: int) -> list[date]:
    """Return and take away days that must be summed up anew; whoever sums holds the one row of state."""
    await connection.execute("SELECT 1 FROM incident_day_state FOR UPDATE")
    cursor = await connection.execute(
        "DELETE FROM incident_day_stale WHERE day IN (SELECT DISTINCT day FROM incident_day_stale "
        "ORDER BY day DESC LIMIT %s) RETURNING day",
        (limit,),
    )
    return sorted({day for (day,) in await cursor.fetchall()})


async def sum_day(connection: Connection, day: date, now: datetime) -> None:
    """Replace the sums of a day."""
    await connection.execute("DELETE FROM incident_day WHERE day = %s", (day,))
    await connection.execute(_SUM, {"day": day, "now": now})


async def note_summed(connection: Connection, at: datetime) -> None:
    """Note as of when the sums hold."""
    await connection.execute("UPDATE incident_day_state SET summed_at = %s", (at,))


async def summed_at(connection: Connection) -> datetime | None:
    """Return as of when the sums hold."""
    found = await (await connection.execute("SELECT summed_at FROM incident_day_state")).fetchone()
    return found[0] if found else None


async def days(
    connection: Connection,
    scope: str,
    values: dict[str, Any],
    first: date,
    last: date,
    *,
    area: str | None,
    kind: str | None,
) -> list[Day]:
    """Return the sums from one day to another, both included, of what a scope lets through."""
    cursor = await connection.execute(
        f"SELECT {_NAMES} FROM incident_day d WHERE {scope} AND d.day BETWEEN %(first)s AND %(last)s "
        "AND (%(area)s::text IS NULL OR d.area_code = %(area)s) "
        "AND (%(kind)s::text IS NULL OR d.kind = %(kind)s) ORDER BY d.day",
        values | {"first": first, "last": last, "area": area, "kind": kind},
    )
    return [Day(**dict(zip(_FIELDS, row, strict=True))) for row in await cursor.fetchall()]
