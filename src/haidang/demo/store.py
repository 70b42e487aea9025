"""SQL of the demonstration: which entities are made up."""

from __future__ import annotations

from haidang.base.database import Connection


async def made_up(connection: Connection, source: str) -> list[str]:
    """Return the ids of all entities that the demonstration has written."""
    cursor = await connection.execute(
        "SELECT id FROM entity WHERE simulated AND tenant_id = 0 AND source = %s ORDER BY id", (source,)
    )
    return [row[0] for row in await cursor.fetchall()]
