"""SQL of the hours that history keeps (``rollup``), as baselines need them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from haidang.base.database import Connection

# Five figures for each column of the keyset (observations, sum, spread, least, greatest). Hours that changed
# since they were summed up are left out: what is usual does not hang on one hour.
_HOURS = """
SELECT r.eid, r.hour, r.x[p.i], r.x[p.i + 1], r.x[p.i + 2]
FROM rollup r
LEFT JOIN keyset k ON k.id = r.k
CROSS JOIN LATERAL (SELECT 5 * array_position(coalesce(r.attrs, k.attrs), %(attr)s::int) - 4 AS i) p
WHERE r.hour = ANY(%(hours)s::timestamptz[]) AND p.i IS NOT NULL
  AND (k.datasets IS NULL OR k.datasets[(p.i + 4) / 5] = '')
  AND r.eid {which}
  AND NOT EXISTS (SELECT FROM rollup_dirty d WHERE d.eid = r.eid AND d.hour = r.hour)
"""


class Part(NamedTuple):
    """What an attribute of an entity came to in one hour."""

    hour: datetime
    n: float
    total: float
    spread: float
    """Sum of the squares of the distances from the mean."""


async def of_types(
    conn: Connection, attr: int, types: Sequence[int], hours: Sequence[datetime]
) -> list[tuple[int, Part]]:
    """Return the hours of all entities of types."""
    statement = _HOURS.format(
        which="IN (SELECT e.eid FROM entity e WHERE e.tenant_id = 0 AND e.type_id = ANY(%(types)s::int[]))"
    )
    found = await conn.execute(statement, {"attr": attr, "types": list(types), "hours": list(hours)})
    return [(eid, Part(hour, n, total, spread)) for eid, hour, n, total, spread in await found.fetchall()]


async def of_entity(conn: Connection, attr: int, eid: int, start: datetime, end: datetime) -> list[Part]:
    """Return the hours of one entity with ``start <= hour < end``."""
    statement = _HOURS.replace(
        "r.hour = ANY(%(hours)s::timestamptz[])", "r.hour >= %(start)s AND r.hour < %(end)s"
    )
    found = await conn.execute(
        statement.format(which="= %(eid)s"), {"attr": attr, "eid": eid, "start": start, "end": end}
    )
    return [Part(hour, n, total, spread) for _, hour, n, total, spread in await found.fetchall()]
