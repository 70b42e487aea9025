"""SQL of context source registrations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import sql
from psycopg.types.json import Jsonb

from haidang.base.database import Connection
from haidang.city.model import Origin


class Row(NamedTuple):
    """A registration and its life."""

    no: int
    tenant_id: int
    id: str
    owner: str
    owner_org: int
    area_code: str | None
    sector: str | None
    context: dict[str, Any]
    body: dict[str, Any]
    created: datetime
    modified: datetime
    times_sent: int
    times_failed: int
    last_success: datetime | None
    last_failure: datetime | None
    last_error: str | None


_COLUMNS = """r.no, r.tenant_id, r.id, r.owner, r.owner_org, r.area_code, r.sector, r.context, r.body,
r.created, r.modified, r.times_sent, r.times_failed, r.last_success, r.last_failure, r.last_error"""


class Kept(NamedTuple):
    """What a registration is kept with."""

    owner: str
    origin: Origin
    context: dict[str, Any]
    body: dict[str, Any]
    mode: str
    expires: datetime | None


async def site(conn: Connection) -> tuple[str, int]:
    """Return (the name by which Via knows this site, the number of the registrations' newest state)."""
    row = await (await conn.execute("SELECT alias, rev FROM registration_site")).fetchone()
    assert row is not None  # noqa: S101 - the migration made it
    return str(row[0]), int(row[1])


async def begin_change(conn: Connection) -> int:
    """Hold all registrations until the commit, tell every process that they change; return how many."""
    await conn.execute("UPDATE registration_site SET rev = rev + 1")
    row = await (await conn.execute("SELECT count(*) FROM registration")).fetchone()
    return int(row[0]) if row else 0


async def insert(conn: Connection, tenant_id: int, id_: str, kept: Kept, now: datetime) -> int | None:
    """Keep a new registration and return its number; None where its id is taken."""
    row = await (
        await conn.execute(
            """
            INSERT INTO registration (tenant_id, id, owner, owner_org, area_code, sector, context, body, mode,
                                      expires, created, modified)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (tenant_id, id) DO NOTHING RETURNING no
            """,
            (tenant_id, id_, *_values(kept), now, now),
        )
    ).fetchone()
    return None if row is None else int(row[0])


async def update(conn: Connection, no: int, kept: Kept, now: datetime) -> None:
    """Write a changed registration."""
    await conn.execute(
        """
        UPDATE registration SET owner = %s, owner_org = %s, area_code = %s, sector = %s, context = %s,
               body = %s, mode = %s, expires = %s, modified = %s
        WHERE no = %s
        """,
        (*_values(kept), now, no),
    )


def _values(kept: Kept) -> tuple[Any, ...]:
    origin = kept.origin
    return (
        kept.owner, origin.owner_org, origin.area_code, origin.sector, Jsonb(kept.context), Jsonb(kept.body),
        kept.mode, kept.expires,
    )  # fmt: skip


async def delete(conn: Connection, no: int) -> None:
    """Delete a registration with what it holds."""
    await release(conn, no)
    await conn.execute("DELETE FROM registration WHERE no = %s", (no,))


async def release(conn: Connection, no: int) -> None:
    """Give back what a registration holds."""
    await conn.execute("DELETE FROM registration_claim WHERE no = %s", (no,))


async def claim(
    conn: Connection, tenant_id: int, no: int, claims: Sequence[tuple[str, str, list[str]]], now: datetime
) -> int | None:
    """Hold (entity, attribute, types); return the number of another registration that holds one, or None."""
    values = {"tenant": tenant_id, "no": no, "now": now, "claims": Jsonb(list(claims))}
    # What has expired holds nothing any more.
    await conn.execute(
        """
        DELETE FROM registration_claim c USING registration r, jsonb_array_elements(%(claims)s) AS n
        WHERE r.no = c.no AND r.expires <= %(now)s AND c.tenant_id = %(tenant)s
          AND c.entity_id = n->>0 AND c.attribute = n->>1
        """,
        values,
    )
    found = await conn.execute(
        """
        SELECT c.no FROM jsonb_array_elements(%(claims)s) AS n
        JOIN registration_claim c ON c.tenant_id = %(tenant)s AND c.entity_id = n->>0 AND c.attribute = n->>1
        LIMIT 1
        """,
        values,
    )
    row = await found.fetchone()
    if row is not None:
        return int(row[0])
    await conn.execute(
        """
        INSERT INTO registration_claim (tenant_id, entity_id, attribute, types, no)
        SELECT %(tenant)s, n->>0, n->>1, ARRAY(SELECT jsonb_array_elements_text(n->2)), %(no)s
        FROM jsonb_array_elements(%(claims)s) AS n
        ON CONFLICT (tenant_id, entity_id, attribute) DO NOTHING
        """,
        values,
    )
    return None


async def held_within(
    conn: Connection,
    tenant_id: int,
    *,
    entity: tuple[str | None, str | None, list[str]] | None,
    attributes: Sequence[str] | None,
    now: datetime,
    only: int | None,
) -> int | None:
    """Return an exclusive registration's number that holds something of (id, idPattern, types), attributes.

    None in any of these means: whatever it is. ``only``: of this registration alone.
    """
    id_, pattern, types = entity or (None, None, [])
    row = await (
        await conn.execute(
            """
            SELECT c.no FROM registration_claim c JOIN registration r ON r.no = c.no
            WHERE c.tenant_id = %(tenant)s AND (r.expires IS NULL OR r.expires > %(now)s)
              AND (%(only)s::int IS NULL OR c.no = %(only)s)
              AND (%(id)s::text IS NULL OR c.entity_id = %(id)s)
              AND (%(pattern)s::text IS NULL OR c.entity_id ~ %(pattern)s)
              AND (%(types)s::text[] = '{}' OR c.types && %(types)s)
              AND (%(attributes)s::text[] IS NULL OR c.attribute = ANY(%(attributes)s))
            LIMIT 1
            """,
            {
                "tenant": tenant_id,
                "now": now,
                "only": only,
                "id": id_,
                "pattern": pattern,
                "types": types,
                "attributes": None if attributes is None else list(attributes),
            },
        )
    ).fetchone()
    return None if row is None else int(row[0])


async def redirects(conn: Connection, tenant_id: int, now: datetime) -> list[Row]:
    """Return the redirecting registrations of a tenant that have not expired."""
    found = await conn.execute(
        _raw(
            f"SELECT {_COLUMNS} FROM registration r WHERE r.mode = 'redirect' AND r.tenant_id = %s "
            "AND (r.expires IS NULL OR r.expires > %s) ORDER BY r.no"
        ),
        (tenant_id, now),
    )
    return [Row(*row) for row in await found.fetchall()]


async def exclusives(conn: Connection) -> list[Row]:
    """Return the exclusive registrations of all tenants."""
    found = await conn.execute(
        _raw(f"SELECT {_COLUMNS} FROM registration r WHERE r.mode = 'exclusive' ORDER BY r.no")
    )
    return [Row(*row) for row in await found.fetchall()]


async def get(conn: Connection, tenant_id: int, id_: str, *, lock: bool = False) -> Row | None:
    """Return one registration; ``lock`` holds its row for the caller's change."""
    found = await conn.execute(
        _raw(
            f"SELECT {_COLUMNS} FROM registration r WHERE r.tenant_id = %s AND r.id = %s"
            + (" FOR UPDATE" if lock else "")
        ),
        (tenant_id, id_),
    )
    row = await found.fetchone()
    return None if row is None else Row(*row)


async def by_no(conn: Connection, no: int) -> Row | None:
    """Return one registration by its number."""
    found = await conn.execute(_raw(f"SELECT {_COLUMNS} FROM registration r WHERE r.no = %s"), (no,))
    row = await found.fetchone()
    return None if row is None else Row(*row)


async def page(
    conn: Connection,
    where: str,
    values: dict[str, Any],
    *,
    limit: int | None,
    offset: int = 0,
    after: int = 0,
) -> list[Row]:
    """Return the registrations that a predicate lets through, in the order they were made."""
    found = await conn.execute(
        _raw(
            f"SELECT {_COLUMNS} FROM registration r WHERE {where} AND r.no > %(after)s "
            "ORDER BY r.no LIMIT %(limit)s"
        ),
        values | {"limit": limit, "after": after},
    )
    return [Row(*row) for row in await found.fetchall()]


async def patterns_met(conn: Connection, pairs: Sequence[tuple[str, str]]) -> list[bool]:
    """Say of each (pattern, text) whether the text matches, by the database's automaton, at most 5 s."""
    if not pairs:
        return []
    await conn.execute("SET LOCAL statement_timeout = '5s'")
    found = await conn.execute(
        "SELECT n.text ~ n.pattern "
        "FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS n(pattern, text, no) ORDER BY n.no",
        ([pattern for pattern, _ in pairs], [text for _, text in pairs]),
    )
    return [bool(met) for (met,) in await found.fetchall()]


async def origins(
    conn: Connection, tenant_id: int, ids: Sequence[str]
) -> dict[str, tuple[int, str | None, str | None]]:
    """Return (agency, area, sector) of those of the entities that are here."""
    found = await conn.execute(
        "SELECT id, owner_org, area_code, sector FROM entity WHERE tenant_id = %s AND id = ANY(%s)",
        (tenant_id, list(ids)),
    )
    return {id_: (org, area, sector) for id_, org, area, sector in await found.fetchall()}


async def count_sent(conn: Connection, no: int, now: datetime, error: str | None) -> None:
    """Count one command; ``error``: why it failed."""
    await conn.execute(
        """
        UPDATE registration SET times_sent = times_sent + 1,
               times_failed = times_failed + CASE WHEN %(error)s::text IS NULL THEN 0 ELSE 1 END,
               last_success = CASE WHEN %(error)s::text IS NULL THEN %(now)s ELSE last_success END,
               last_failure = CASE WHEN %(error)s::text IS NULL THEN last_failure ELSE %(now)s END,
               last_error = coalesce(%(error)s, last_error)
        WHERE no = %(no)s
        """,
        {"no": no, "now": now, "error": error},
    )


async def commands(conn: Connection, where: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return (no, at, actor, entity, agency, begin, when it ended, end) of commands, newest first."""
    found = await conn.execute(
        _raw(f"""
        SELECT c.no, c.at, c.actor, c.subject, c.org_id, c.body::jsonb, d.at, d.body::jsonb FROM chain c
        LEFT JOIN chain d ON d.action = 'actuation.end' AND (d.body::jsonb->>'begin')::bigint = c.no
        WHERE c.log = 'audit' AND c.action = 'actuation.begin' AND {where}
          AND (%(before)s::bigint IS NULL OR c.no < %(before)s)
          AND (%(entity)s::text IS NULL OR c.subject = %(entity)s)
        ORDER BY c.no DESC LIMIT %(limit)s
        """),
        values,
    )
    return await found.fetchall()


def _raw(text: str) -> sql.SQL:
    # Composed of constants of ours and predicates of scope_sql; values are always parameters.
    return sql.SQL(text)
