"""SQL that reads the log of an incident from its chain."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.database import Connection


async def page(
    connection: Connection, log: str, *, before: int | None, after: int | None, limit: int
) -> list[dict[str, Any]]:
    """Return entries newest first, or with ``after`` the oldest first."""
    order = "ASC" if after is not None else "DESC"
    cursor = await connection.execute(
        "SELECT no, at, actor, action, body, encode(hash, 'hex') FROM chain WHERE log = %(log)s "
        "AND (%(before)s::bigint IS NULL OR no < %(before)s) "
        "AND (%(after)s::bigint IS NULL OR no > %(after)s) "
        f"ORDER BY no {order} LIMIT %(limit)s",
        {"log": log, "before": before, "after": after, "limit": limit},
    )
    return [
        {"no": no, "at": at, "actor": actor, "action": action, "hash": digest} | msgspec.json.decode(body)
        for no, at, actor, action, body, digest in await cursor.fetchall()
    ]


async def has(connection: Connection, log: str, no: int) -> bool:
    """Say whether an entry stands in a log."""
    cursor = await connection.execute("SELECT 1 FROM chain WHERE log = %s AND no = %s", (log, no))
    return await cursor.fetchone() is not None


async def corrected(connection: Connection, log: str) -> dict[int, int]:
    """Return which entries were corrected, and by which (the last one)."""
    cursor = await connection.execute(
        "SELECT (body::jsonb->>'corrects')::bigint, max(no) FROM chain WHERE log = %s "
        "AND action = 'incident.correction' GROUP BY 1",
        (log,),
    )
    return dict(await cursor.fetchall())


async def logs(connection: Connection) -> list[str]:
    """Return the names of all logs that must be there: one for each incident."""
    cursor = await connection.execute("SELECT 'incident:' || id FROM incident ORDER BY id")
    return [name for (name,) in await cursor.fetchall()]
