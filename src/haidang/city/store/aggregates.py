"""SQL that sums up the course of attributes by periods, over the rows of the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg import sql

from haidang.base.database import Connection
from haidang.city.store.history import keysets_with
from haidang.city.terms import Terms

ORIGIN = datetime.fromisoformat("1970-01-01T00:00:00Z")


class Bin(NamedTuple):
    """One attribute over one period; what only numbers have is None where there are none."""

    attr: int
    start: datetime
    end: datetime
    total: int
    distinct: int
    numbers: int
    """How many of them are numbers."""
    sum: float | None
    avg: float | None
    min: float | None
    max: float | None
    stddev: float | None
    """Of the population."""
    sumsq: float | None


async def bins(
    conn: Connection,
    terms: Terms,
    eid: int,
    *,
    attrs: Sequence[int],
    start: datetime | None,
    end: datetime | None,
    period: str | None,
    limit: int,
) -> list[Bin]:
    """Return the periods that have data, by attribute and time, at most ``limit``.

    ``period`` is an ISO 8601 duration of days and less (counted from ``start``, or from 1970), ``P1M`` or
    ``P1Y`` (of the calendar, UTC); None takes all as one period. Observed default instances count, each
    instant once.
    """
    if period is None:
        first, last = "coalesce(%(start)s::timestamptz, min(t))", "coalesce(%(end)s::timestamptz, max(t))"
        group = ""
    else:
        whole = {"P1M": "month", "P1Y": "year"}.get(period)
        bin_ = (
            f"date_trunc('{whole}', t, 'UTC')"
            if whole
            else "date_bin(%(period)s::interval, t, coalesce(%(start)s::timestamptz, %(origin)s))"
        )
        first, last = bin_, f"({bin_} AT TIME ZONE 'UTC' + %(period)s::interval) AT TIME ZONE 'UTC'"
        group = f", {bin_}"
    found = await conn.execute(
        sql.SQL(f"""
        WITH seen AS (
            SELECT c.t, c.seq, p.attr, p.x, p.x::text AS y
            FROM change c JOIN keyset k ON k.id = c.k
            CROSS JOIN LATERAL unnest(k.attrs, k.datasets, c.v) AS p(attr, dataset, x)
            WHERE c.eid = %(eid)s AND c.k = ANY(%(keysets)s::int[]) AND k.observed
              AND (%(start)s::timestamptz IS NULL OR c.t >= %(start)s)
              AND (%(end)s::timestamptz IS NULL OR c.t < %(end)s)
              AND p.attr = ANY(%(attrs)s::int[]) AND p.dataset = '' AND p.x <> 'NaN'
            UNION ALL
            SELECT c.t, c.seq, a.attr,
                   CASE WHEN jsonb_typeof(attr_value(c.j->a.attr::text)) = 'number'
                        THEN attr_value(c.j->a.attr::text)::text::float8 END,
                   attr_value(c.j->a.attr::text)::text
            FROM change c JOIN keyset k ON k.id = c.k CROSS JOIN unnest(%(attrs)s::int[]) AS a(attr)
            WHERE c.eid = %(eid)s AND c.kind < 4 AND k.observed
              AND (%(start)s::timestamptz IS NULL OR c.t >= %(start)s)
              AND (%(end)s::timestamptz IS NULL OR c.t < %(end)s)
              AND attr_value(c.j->a.attr::text) IS NOT NULL
        ), once AS (
            SELECT DISTINCT ON (attr, t) attr, t, x, y FROM seen ORDER BY attr, t, seq DESC
        )
        SELECT attr, {first}, {last}, count(*)::int, count(DISTINCT y)::int, count(x)::int,
               sum(x), avg(x), min(x), max(x), stddev_pop(x), sum(x * x)
        FROM once GROUP BY attr{group} ORDER BY 1, 2 LIMIT %(limit)s
        """),  # the composed parts are constants of ours
        {
            "eid": eid,
            "attrs": list(attrs),
            "keysets": keysets_with(terms, attrs),
            "start": start,
            "end": end,
            "period": period,
            "origin": ORIGIN,
            "limit": limit,
        },
    )
    return [Bin(*row) for row in await found.fetchall()]
