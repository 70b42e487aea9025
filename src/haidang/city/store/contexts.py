"""SQL of the JSON-LD contexts that are hosted here or were downloaded."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from haidang.base.database import Connection


class Held(NamedTuple):
    """One context of the table."""

    url: str
    id: str
    kind: str
    body: dict[str, Any]
    owner_org: int | None
    created_at: datetime


async def find(conn: Connection, name: str) -> Held | None:
    """Return a context by its address or by its id."""
    found = await conn.execute(
        "SELECT url, id, kind, body, owner_org, created_at FROM context WHERE url = %s OR id = %s",
        (name, name),
    )
    row = await found.fetchone()
    return Held(*row) if row else None


async def every(conn: Connection, kind: str | None) -> list[Held]:
    """Return all contexts, or those of a kind, oldest first."""
    found = await conn.execute(
        "SELECT url, id, kind, body, owner_org, created_at FROM context"
        " WHERE %s::text IS NULL OR kind = %s ORDER BY created_at, url",
        (kind, kind),
    )
    return [Held(*row) for row in await found.fetchall()]


async def count(conn: Connection) -> int:
    """Return how many there are."""
    row = await (await conn.execute("SELECT count(*) FROM context")).fetchone()
    return int(row[0]) if row else 0


async def put(conn: Connection, held: Held) -> None:
    """Keep a context, in place of the one at the same address."""
    await conn.execute(
        """
        INSERT INTO context (url, id, kind, body, owner_org, created_at) VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT (url) DO UPDATE SET body = EXCLUDED.body, created_at = EXCLUDED.created_at
        """,
        (held.url, held.id, held.kind, Jsonb(held.body), held.owner_org, held.created_at),
    )


async def remove(conn: Connection, url: str) -> None:
    """Forget a context."""
    await conn.execute("DELETE FROM context WHERE url = %s", (url,))
