"""SQL of the hours kept for each entity: which of them changed, and what their numbers come to.

``rollup.x`` holds five numbers for each column: observations, sum, sum of the squares of the distances from
the mean, least, greatest. The mean square is kept by distances, because the square of a large number that
hardly changes (air pressure) has no digits left for its spread.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, LiteralString

from psycopg import sql

from haidang.base.database import Connection
from haidang.city.store.observations import ONCE

STEP = "hours"
"""Name of the pipeline's step that keeps the hours, and of its cursor."""
TAIL_MAX = 500_000
"""Changes by which that step may be behind for its hours to be asked."""
LOCK = 0x48_44_54_49_45_52
"""Advisory lock of whoever moves rows between tiers or sums them up ("HDTIER"), held by a transaction."""

Hour = tuple[int, datetime]
"""eid, start of the hour."""

_WIDTHS = (4, 12, 32)
"""Columns of the statements that sum up plain rows; what is wider goes the careful way."""


async def lock(conn: Connection) -> None:
    """Keep the tiers as they are until the transaction ends; waits for who holds them."""
    await conn.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))


async def try_lock(conn: Connection) -> bool:
    """Do so unless somebody holds them."""
    row = await (await conn.execute("SELECT pg_try_advisory_xact_lock(%s)", (LOCK,))).fetchone()
    return bool(row and row[0])


STATE: LiteralString = """
SELECT s.until, c.seq FROM rollup_state s, cursor c, city_head h
WHERE c.step = %(step)s AND h.seq - c.seq <= %(tail)s
"""


async def state(conn: Connection) -> tuple[datetime, int] | None:
    """Return (end of the hours kept, the step's cursor); None where they cannot be asked.

    That is before the step's first run, and while it is so far behind that to find what it has yet to pass
    costs more than the rows themselves.
    """
    found = await conn.execute(STATE, {"step": STEP, "tail": TAIL_MAX})
    row = await found.fetchone()
    return (row[0], int(row[1])) if row else None


# The end of the log is found by its numbers alone, whatever the planner thinks of other indexes.
_CHANGED: LiteralString = """
WITH tail AS MATERIALIZED (
    SELECT eid, t FROM change WHERE seq > %(cursor)s AND kind < 4 AND t >= %(first)s AND t < %(last)s
)
SELECT eid, hour FROM rollup_dirty WHERE hour >= %(first)s AND hour < %(last)s {one}
UNION
SELECT eid, date_trunc('hour', t, 'UTC') FROM tail WHERE true {one}
LIMIT %(limit)s
"""


def changed_statement(*, one: bool) -> LiteralString:
    """Return the SQL of :func:`changed`, of one entity or of all."""
    return _CHANGED.replace("{one}", "AND eid = %(eid)s" if one else "")


async def changed(
    conn: Connection,
    first: datetime,
    last: datetime,
    cursor: int,
    *,
    eid: int | None = None,
    limit: int | None = None,
) -> list[Hour]:
    """Return the hours of ``first <= hour < last`` that are not what they were summed up to."""
    found = await conn.execute(
        changed_statement(one=eid is not None),
        {"first": first, "last": last, "cursor": cursor, "eid": eid, "limit": limit},
    )
    return await found.fetchall()


KEPT: LiteralString = """
SELECT hour, k, x, attrs, units, others FROM rollup
WHERE eid = %(eid)s AND hour >= %(first)s AND hour < %(last)s
"""


async def kept(conn: Connection, eid: int, first: datetime, last: datetime) -> list[tuple[Any, ...]]:
    """Return (hour, k, x, attrs, units, others) of an entity."""
    found = await conn.execute(KEPT, {"eid": eid, "first": first, "last": last}, binary=True)
    return await found.fetchall()


async def until(conn: Connection) -> datetime | None:
    """Return the end of the hours that are kept; None before the first run."""
    row = await (await conn.execute("SELECT until FROM rollup_state")).fetchone()
    return row[0] if row else None


async def set_until(conn: Connection, at: datetime) -> None:
    """Keep the hours before ``at``."""
    await conn.execute(
        """
        INSERT INTO rollup_state (until) VALUES (%s)
        ON CONFLICT (only_one) DO UPDATE SET until = excluded.until
        """,
        (at,),
    )


async def mark_late(conn: Connection, after: int, last: int, before: datetime) -> None:
    """Mark the hours before ``before`` that the changes ``after < seq <= last`` touch."""
    await conn.execute(
        """
        INSERT INTO rollup_dirty (eid, hour)
        SELECT DISTINCT eid, date_trunc('hour', t, 'UTC') FROM change
        WHERE seq > %s AND seq <= %s AND t < %s AND kind < 4
        ON CONFLICT DO NOTHING
        """,
        (after, last, before),
    )


async def mark_span(conn: Connection, start: datetime, end: datetime) -> None:
    """Mark every hour of ``start <= t < end`` that has rows."""
    await conn.execute(
        """
        INSERT INTO rollup_dirty (eid, hour)
        SELECT DISTINCT eid, date_trunc('hour', t, 'UTC') FROM change
        WHERE t >= %s AND t < %s AND kind < 4
        ON CONFLICT DO NOTHING
        """,
        (start, end),
    )


async def mark_entity(conn: Connection, eid: int, start: datetime | None, end: datetime | None) -> None:
    """Mark the kept hours of an entity in a span, and those that have rows in the log."""
    # The update takes the row's lock, so that whoever redoes this hour waits for the end of this transaction.
    await conn.execute(
        """
        INSERT INTO rollup_dirty (eid, hour)
        SELECT DISTINCT x.eid, date_trunc('hour', x.t, 'UTC') FROM (
            SELECT r.eid, r.hour AS t FROM rollup r WHERE r.eid = %(eid)s
            UNION ALL
            SELECT c.eid, c.t FROM change c WHERE c.eid = %(eid)s AND c.kind < 4
        ) x
        WHERE (%(start)s::timestamptz IS NULL OR x.t >= date_trunc('hour', %(start)s::timestamptz, 'UTC'))
          AND (%(end)s::timestamptz IS NULL OR x.t < %(end)s)
        ON CONFLICT (hour, eid) DO UPDATE SET hour = excluded.hour
        """,
        {"eid": eid, "start": start, "end": end},
    )


async def take_dirty(conn: Connection, limit: int) -> list[Hour]:
    """Take up to ``limit`` marks away, the oldest hours first, and return them."""
    found = await conn.execute(
        """
        WITH next AS (SELECT eid, hour FROM rollup_dirty ORDER BY hour, eid LIMIT %s FOR UPDATE)
        DELETE FROM rollup_dirty d USING next n WHERE d.eid = n.eid AND d.hour = n.hour
        RETURNING d.eid, d.hour
        """,
        (limit,),
    )
    return sorted(await found.fetchall(), key=itemgetter(1, 0))


async def dirty_count(conn: Connection) -> int:
    """Return how many hours wait."""
    row = await (await conn.execute("SELECT count(*) FROM rollup_dirty")).fetchone()
    return int(row[0]) if row else 0


async def plain(conn: Connection, hours: Sequence[Hour]) -> list[tuple[int, datetime, int]]:
    """Return those hours whose rows are nothing but numbers, each instant once, with their widest row."""
    found = await conn.execute(
        """
        SELECT p.eid, p.hour, max(cardinality(c.v))
        FROM unnest(%s::int[], %s::timestamptz[]) AS p (eid, hour)
        JOIN change c ON c.eid = p.eid AND c.t >= p.hour AND c.t < p.hour + interval '1 hour' AND c.kind < 4
        GROUP BY 1, 2
        HAVING bool_and(c.j IS NULL AND NOT 'NaN' = ANY(c.v)) AND count(*) = count(DISTINCT c.t)
           AND max(cardinality(c.v)) <= %s
        """,
        ([eid for eid, _ in hours], [hour for _, hour in hours], _WIDTHS[-1]),
    )
    return await found.fetchall()


async def forget(conn: Connection, hours: Sequence[Hour]) -> None:
    """Delete what these hours came to."""
    await conn.execute(
        """
        DELETE FROM rollup r USING unnest(%s::int[], %s::timestamptz[]) AS p (eid, hour)
        WHERE r.eid = p.eid AND r.hour = p.hour
        """,
        ([eid for eid, _ in hours], [hour for _, hour in hours]),
    )


async def sum_plain(conn: Connection, hours: Sequence[tuple[int, datetime, int]]) -> None:
    """Sum up hours that :func:`plain` returned."""
    low = 0
    for width in _WIDTHS:
        chosen = [(eid, hour) for eid, hour, columns in hours if low < columns <= width]
        low = width
        if chosen:
            await conn.execute(
                _PLAIN[width], ([eid for eid, _ in chosen], [hour for _, hour in chosen]), prepare=True
            )


async def sum_carefully(conn: Connection, hours: Sequence[Hour], more: str) -> None:
    """Sum up any hours; ``more``: their rows that do not lie in ``change`` (``observations.more_of``)."""
    starts = [hour for _, hour in hours]
    await conn.execute(
        _CAREFUL,
        {
            "eids": [eid for eid, _ in hours],
            "starts": starts,
            "ends": [hour.replace(minute=59, second=59, microsecond=999_999) for hour in starts],
            "attrs": None,
            "keysets": [],
            "keys": [],
            "more": more,
        },
    )


def _plain_statement(width: int) -> sql.SQL:
    # Each element is taken out once and the five figures are made of it: taking one out of a short array
    # copies the array.
    places = range(1, width + 1)
    taken = ", ".join(f"c.v[{place}] AS a{place}" for place in places)
    figures = ", ".join(
        f"count(a{place}), sum(a{place}), var_pop(a{place}) * count(a{place}), min(a{place}), max(a{place})"
        for place in places
    )
    return sql.SQL(f"""
        INSERT INTO rollup (eid, hour, k, x)
        SELECT eid, hour, k, (ARRAY[{figures}]::float8[])[1 : 5 * max(columns)]
        FROM (
            SELECT p.eid, p.hour, c.k, cardinality(c.v) AS columns, {taken}
            FROM unnest(%s::int[], %s::timestamptz[]) AS p (eid, hour)
            JOIN change c ON c.eid = p.eid AND c.t >= p.hour AND c.t < p.hour + interval '1 hour'
                         AND c.kind < 4
            OFFSET 0
        ) s
        GROUP BY eid, hour, k
    """)


_PLAIN: dict[int, Any] = {width: _plain_statement(width) for width in _WIDTHS}

# Bounds are inclusive microseconds here, as `ends` is the last one of the hour; `t` has no smaller part.
_CAREFUL = sql.SQL(
    ONCE.replace("c.t < w.b", "c.t <= w.b")
    + """
    , figures AS (
        SELECT eid, observed, date_trunc('hour', t, 'UTC') AS hour, attr, max(unit) AS unit,
               count(x) AS n, sum(x) AS s, var_pop(x) * count(x) AS d, min(x) AS lo, max(x) AS hi,
               bool_or(x IS NULL) AS other
        FROM once GROUP BY 1, 2, 3, 4
    )
    INSERT INTO rollup (eid, hour, k, x, attrs, units, others)
    SELECT eid, hour, CASE WHEN observed THEN 0 ELSE -1 END,
           coalesce((SELECT array_agg(one ORDER BY place, no) FROM (
               SELECT f.place, e.no, e.one
               FROM unnest(array_agg(n), array_agg(s), array_agg(d), array_agg(lo), array_agg(hi))
                    WITH ORDINALITY AS f (n, s, d, lo, hi, place)
               CROSS JOIN LATERAL unnest(ARRAY[f.n, f.s, f.d, f.lo, f.hi]::float8[])
                    WITH ORDINALITY AS e (one, no)
           ) y), '{}'),
           array_agg(attr), array_agg(unit), array_agg(attr) FILTER (WHERE other)
    FROM figures GROUP BY eid, hour, observed
    """
)


async def forget_entities(conn: Connection, eids: Sequence[int], before: datetime | None) -> None:
    """Delete what the hours of entities came to that ended before ``before`` (None: all)."""
    await conn.execute(
        """
        DELETE FROM rollup WHERE eid = ANY(%(eids)s::int[])
          AND (%(before)s::timestamptz IS NULL OR hour + interval '1 hour' <= %(before)s)
        """,
        {"eids": list(eids), "before": before},
    )
