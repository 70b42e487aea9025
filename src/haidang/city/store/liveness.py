"""SQL of the pipeline's steps in the city: who still speaks, and which entities have no area yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from haidang.base.database import Connection

_NOTE = """
INSERT INTO liveness AS l (source, type_id, owner_org, observed_at, received_at)
SELECT e.source, e.type_id, e.owner_org, max(c.observed), max(e.mod)
FROM unnest(%(eids)s::int[], %(observed)s::timestamptz[]) AS c (eid, observed)
JOIN entity e ON e.eid = c.eid
GROUP BY e.source, e.type_id, e.owner_org
ON CONFLICT (source, type_id, owner_org) DO UPDATE
SET observed_at = greatest(l.observed_at, excluded.observed_at),
    received_at = greatest(l.received_at, excluded.received_at)
"""

_SPOKEN = """
SELECT l.source, l.type_id, l.owner_org, l.observed_at, l.received_at FROM liveness l
WHERE {scope} ORDER BY l.received_at DESC, l.source, l.type_id, l.owner_org LIMIT %(limit)s
"""

_WITHOUT_AREA = """
SELECT eid, id, tenant_id, loc[0], loc[1] FROM entity
WHERE area_code IS NULL AND loc IS NOT NULL AND eid = ANY(%(eids)s::int[])
"""

_ALL_WITHOUT_AREA = """
SELECT eid, id, tenant_id, loc[0], loc[1] FROM entity
WHERE area_code IS NULL AND loc IS NOT NULL AND eid > %(after)s ORDER BY eid LIMIT %(limit)s
"""

Unplaced = tuple[int, str, int, float, float]
"""eid, id, tenant, longitude, latitude."""


async def note(conn: Connection, eids: Sequence[int], observed: Sequence[datetime | None]) -> None:
    """Move on the last times of the sources and types of these entities."""
    await conn.execute(_NOTE, {"eids": list(eids), "observed": list(observed)})


async def spoken(
    conn: Connection, scope: str, values: dict[str, Any], limit: int
) -> list[tuple[str, int, int, datetime | None, datetime]]:
    """Return (source, type, owner, last observed, last received), those heard of last first."""
    cursor = await conn.execute(_SPOKEN.format(scope=scope), values | {"limit": limit})
    return await cursor.fetchall()  # type: ignore[return-value]


async def without_area(conn: Connection, eids: Sequence[int]) -> list[Unplaced]:
    """Return those of the given entities that lie somewhere and have no area."""
    return await (await conn.execute(_WITHOUT_AREA, {"eids": list(eids)})).fetchall()  # type: ignore[return-value]


async def all_without_area(conn: Connection, after: int, limit: int) -> list[Unplaced]:
    """Return all such entities in pages by number."""
    cursor = await conn.execute(_ALL_WITHOUT_AREA, {"after": after, "limit": limit})
    return await cursor.fetchall()  # type: ignore[return-value]
