"""SQL of the JSON-LD contexts that are hosted here or were downloaded."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import sql
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
    hits: int = 0
    """How often it was found here."""
    used_at: datetime | None = None


_COLUMNS = "url, id, kind, body, owner_org, created_at, hits, used_at"


async def find(conn: Connection, name: str) -> Held | None:
    """Return a context by its address or by its id."""
    found = await conn.execute(
        sql.SQL(f"SELECT {_COLUMNS} FROM context WHERE url = %s OR id = %s"),  # of constants of ours
        (name, name),
    )
    row = await found.fetchone()
    return Held(*row) if row else None


async def every(conn: Connection, kind: str | None) -> list[Held]:
    """Return all contexts, or those of a kind, oldest first."""
    found = await conn.execute(
        sql.SQL(
            f"SELECT {_COLUMNS} FROM context WHERE %s::text IS NULL OR kind = %s ORDER BY created_at, url"
        ),  # of constants of ours
        (kind, kind),
    )
    return [Held(*row) for row in await found.fetchall()]


class Shown(NamedTuple):
    """A context as operators see it."""

    url: str
    id: str
    kind: str
    owner_org: int | None
    owner_name: str | None
    created_at: datetime
    bytes: int
    terms: int
    """Names that it defines itself."""
    imports: list[str]
    """Addresses of further contexts that it takes in."""
    hits: int
    used_at: datetime | None


async def overview(conn: Connection) -> list[Shown]:
    """Return all contexts of the table, newest first."""
    found = await conn.execute(
        """
        SELECT c.url, c.id, c.kind, c.owner_org, o.name, c.created_at, octet_length(c.body::text),
               (SELECT count(*) FROM jsonb_path_query(c.body, '$."@context"[*]
                    ? (@.type() == "object").keyvalue() ? (!(@.key starts with "@"))')),
               ARRAY(SELECT x #>> '{}' FROM jsonb_path_query(
                    c.body, '$."@context"[*] ? (@.type() == "string")') x),
               c.hits, c.used_at
        FROM context c LEFT JOIN org o ON o.id = c.owner_org ORDER BY c.created_at DESC, c.url
        """
    )
    return [Shown(*row) for row in await found.fetchall()]


async def users(
    conn: Connection, where: str, values: dict[str, Any]
) -> list[tuple[str, int, str, str | None]]:
    """Return (address of a context, no, id and name of a subscription that is written or told in it)."""
    found = await conn.execute(
        sql.SQL(f"""
        SELECT c.url, s.no, s.id, s.body->>'subscriptionName' FROM context c
        JOIN subscription s ON s.context->'said' @> to_jsonb(c.url) OR s.body->>'jsonldContext' = c.url
             OR s.context->>'url' = c.url
        WHERE {where} ORDER BY s.no
        """),  # of constants of ours; values are always parameters
        values,
    )
    return await found.fetchall()


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


async def used(conn: Connection, hits: dict[str, int], at: datetime) -> None:
    """Count how often contexts (by address) were found."""
    await conn.execute(
        """
        UPDATE context c SET hits = c.hits + n.hits, used_at = %s
        FROM unnest(%s::text[], %s::bigint[]) AS n (url, hits) WHERE c.url = n.url
        """,
        (at, list(hits), list(hits.values())),
    )


async def remove(conn: Connection, url: str) -> None:
    """Forget a context."""
    await conn.execute("DELETE FROM context WHERE url = %s", (url,))
