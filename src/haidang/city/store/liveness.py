"""SQL of the pipeline's steps in the city: who still speaks, and which entities have no area yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from haidang.base.database import Connection

# Rows that end an entity (4) or tell of another room's event (9) are no sign of life; the empty keyset is 0
# where it was observed and -1 where not.
_NOTE = """
INSERT INTO liveness AS l (source, type_id, owner_org, observed_at, received_at)
SELECT e.source, e.type_id, e.owner_org, max(c.observed), max(e.mod)
FROM (
    SELECT c.eid, max(c.t) FILTER (WHERE k.observed OR c.k = 0) AS observed
    FROM change c LEFT JOIN keyset k ON k.id = c.k
    WHERE c.seq > %(after)s::bigint AND c.seq <= %(last)s::bigint AND c.kind NOT IN (4, 9)
    GROUP BY c.eid
) c JOIN entity e ON e.eid = c.eid
GROUP BY e.source, e.type_id, e.owner_org
ON CONFLICT (source, type_id, owner_org) DO UPDATE
SET observed_at = greatest(l.observed_at, excluded.observed_at),
    received_at = greatest(l.received_at, excluded.received_at)
"""

_SPOKEN = """
SELECT l.source, l.type_id, l.owner_org, l.observed_at, l.received_at FROM liveness l
WHERE {scope} ORDER BY l.received_at DESC, l.source, l.type_id, l.owner_org LIMIT %(limit)s
"""

# A place is no number: what moved an entity, or made it, has something in ``j``; pure telemetry has not.
_WITHOUT_AREA = """
SELECT eid, id, tenant_id, loc[0], loc[1] FROM entity
WHERE area_code IS NULL AND loc IS NOT NULL AND eid IN (
    SELECT c.eid FROM change c
    WHERE c.seq > %(after)s::bigint AND c.seq <= %(last)s::bigint AND c.j IS NOT NULL AND c.kind IN (1, 2, 3))
"""

_ALL_WITHOUT_AREA = """
SELECT eid, id, tenant_id, loc[0], loc[1] FROM entity
WHERE area_code IS NULL AND loc IS NOT NULL AND eid > %(after)s ORDER BY eid LIMIT %(limit)s
"""

Unplaced = tuple[int, str, int, float, float]
"""eid, id, tenant, longitude, latitude."""


async def note(conn: Connection, after: int, last: int) -> None:
    """Move on the last times of the sources and types that the changes ``after < seq <= last`` are of."""
    await conn.execute(_NOTE, {"after": after, "last": last})


async def spoken(
    conn: Connection, scope: str, values: dict[str, Any], limit: int
) -> list[tuple[str, int, int, datetime | None, datetime]]:
    """Return (source, type, owner, last observed, last received), those heard of last first."""
    cursor = await conn.execute(_SPOKEN.format(scope=scope), values | {"limit": limit})
    return await cursor.fetchall()


async def without_area(conn: Connection, after: int, last: int) -> list[Unplaced]:
    """Return the entities that ``after < seq <= last`` made or moved, lie somewhere and have no area."""
    cursor = await conn.execute(_WITHOUT_AREA, {"after": after, "last": last})
    return await cursor.fetchall()


async def all_without_area(conn: Connection, after: int, limit: int) -> list[Unplaced]:
    """Return all such entities in pages by number."""
    cursor = await conn.execute(_ALL_WITHOUT_AREA, {"after": after, "limit": limit})
    return await cursor.fetchall()
