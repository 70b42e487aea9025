"""SQL of subscriptions and their life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import sql
from psycopg.types.json import Jsonb

from haidang.base.database import Connection


class Row(NamedTuple):
    """A subscription and its life."""

    no: int
    tenant_id: int
    id: str
    from_seq: int
    owner: str
    owner_org: int | None
    scopes: list[dict[str, Any]]
    context: dict[str, Any]
    """What it was written in, and the definitions that this meant (``book.kept_context``)."""
    body: dict[str, Any]
    created: datetime
    modified: datetime
    times_sent: int
    times_failed: int
    last_notification: datetime | None
    last_success: datetime | None
    last_failure: datetime | None
    last_error: str | None
    made_at: datetime | None


_COLUMNS = """s.no, s.tenant_id, s.id, s.from_seq, s.owner, s.owner_org, s.scopes, s.context, s.body,
s.created, s.modified, l.times_sent, l.times_failed, l.last_notification, l.last_success, l.last_failure,
l.last_error, l.made_at"""
_FROM = "FROM subscription s JOIN subscription_life l USING (no)"


async def insert(
    conn: Connection,
    *,
    tenant_id: int,
    id_: str,
    owner: tuple[str, int | None, list[dict[str, Any]]],
    context: dict[str, Any],
    body: dict[str, Any],
    now: datetime,
) -> int | None:
    """Keep a new subscription, from the head of the log on; None where its id is taken."""
    row = await (
        await conn.execute(
            """
            INSERT INTO subscription (tenant_id, id, from_seq, owner, owner_org, scopes, context, body,
                                      created, modified)
            SELECT %s, %s, h.seq, %s, %s, %s, %s, %s, %s, %s FROM city_head h
            ON CONFLICT (tenant_id, id) DO NOTHING RETURNING no
            """,
            (tenant_id, id_, owner[0], owner[1], Jsonb(owner[2]), Jsonb(context), Jsonb(body), now, now),
        )
    ).fetchone()
    if row is None:
        return None
    await conn.execute("INSERT INTO subscription_life (no) VALUES (%s)", (row[0],))
    return int(row[0])


async def update(
    conn: Connection,
    no: int,
    *,
    owner: tuple[str, int | None, list[dict[str, Any]]],
    context: dict[str, Any],
    body: dict[str, Any],
    now: datetime,
    restart: bool,
) -> None:
    """Write a changed subscription; ``restart``: what changed while it was paused is none of its concern."""
    await conn.execute(
        """
        UPDATE subscription
        SET owner = %s, owner_org = %s, scopes = %s, context = %s, body = %s, modified = %s,
            rev = nextval('subscription_rev'),
            from_seq = CASE WHEN %s THEN (SELECT seq FROM city_head) ELSE from_seq END
        WHERE no = %s
        """,
        (owner[0], owner[1], Jsonb(owner[2]), Jsonb(context), Jsonb(body), now, restart, no),
    )
    await conn.execute(
        "UPDATE notification SET queue = %s WHERE subscription = %s AND dead_at IS NULL",
        (body["notification"]["endpoint"]["uri"], no),
    )


async def activate(conn: Connection, no: int, *, active: bool, now: datetime) -> None:
    """Pause a subscription or let it go on, from the head of the log: what changed meanwhile is not told."""
    await conn.execute(
        """
        UPDATE subscription
        SET body = jsonb_set(body, '{isActive}', to_jsonb(%(active)s::bool)), modified = %(now)s,
            rev = nextval('subscription_rev'),
            from_seq = CASE WHEN %(active)s THEN (SELECT seq FROM city_head) ELSE from_seq END
        WHERE no = %(no)s
        """,
        {"active": active, "now": now, "no": no},
    )


async def delete(conn: Connection, no: int) -> None:
    """Delete a subscription with everything that waits for it."""
    # In the order in which those who send take their locks.
    await conn.execute("DELETE FROM notification WHERE subscription = %s", (no,))
    await conn.execute("DELETE FROM subscription_life WHERE no = %s", (no,))
    await conn.execute("DELETE FROM subscription_held WHERE no = %s", (no,))
    await conn.execute("DELETE FROM subscription WHERE no = %s", (no,))


async def get(conn: Connection, tenant_id: int, id_: str, *, lock: bool = False) -> Row | None:
    """Return one subscription; ``lock`` holds its row for the caller's change."""
    found = await conn.execute(
        _raw(
            f"SELECT {_COLUMNS} {_FROM} WHERE s.tenant_id = %s AND s.id = %s"
            + (" FOR UPDATE OF s" if lock else "")
        ),
        (tenant_id, id_),
    )
    row = await found.fetchone()
    return None if row is None else Row(*row)


async def by_number(conn: Connection, no: int, *, lock: bool = False) -> Row | None:
    """Return one subscription by the number of its row, whatever its tenant."""
    found = await conn.execute(
        _raw(f"SELECT {_COLUMNS} {_FROM} WHERE s.no = %s" + (" FOR UPDATE OF s" if lock else "")), (no,)
    )
    row = await found.fetchone()
    return None if row is None else Row(*row)


async def owners(conn: Connection, numbers: Sequence[int]) -> dict[int, tuple[str | None, str | None]]:
    """Return (name of the account or key that answers for it, name of its agency) of subscriptions."""
    found = await conn.execute(
        """
        SELECT s.no, coalesce(a.display_name, k.name), o.name FROM subscription s
        LEFT JOIN account a ON s.owner = 'account:' || a.id
        LEFT JOIN api_key k ON s.owner = 'key:' || k.id
        LEFT JOIN org o ON o.id = s.owner_org WHERE s.no = ANY(%s)
        """,
        (list(numbers),),
    )
    return {int(no): (name, org) for no, name, org in await found.fetchall()}


async def page(
    conn: Connection, where: str, values: dict[str, Any], *, limit: int, offset: int = 0, after: int = 0
) -> list[Row]:
    """Return the subscriptions that a predicate lets through, in the order they were made."""
    found = await conn.execute(
        _raw(
            f"SELECT {_COLUMNS} {_FROM} WHERE {where} AND s.no > %(after)s "
            "ORDER BY s.no LIMIT %(limit)s OFFSET %(offset)s"
        ),
        values | {"limit": limit, "offset": offset, "after": after},
    )
    return [Row(*row) for row in await found.fetchall()]


async def count(conn: Connection, where: str, values: dict[str, Any]) -> int:
    """Return how many subscriptions a predicate lets through."""
    row = await (await conn.execute(_raw(f"SELECT count(*) {_FROM} WHERE {where}"), values)).fetchone()
    return int(row[0]) if row else 0


async def revision(conn: Connection) -> tuple[int, int]:
    """Return what changes whenever any subscription does: (how many there are, the sum of their revisions).

    Not the newest revision: of two that change at once, the one with the older number may commit last.
    """
    row = await (await conn.execute("SELECT count(*), coalesce(sum(rev), 0) FROM subscription")).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


async def every(conn: Connection) -> list[Row]:
    """Return all subscriptions."""
    found = await conn.execute(_raw(f"SELECT {_COLUMNS} {_FROM} ORDER BY s.no"))
    return [Row(*row) for row in await found.fetchall()]


async def lives(conn: Connection, numbers: Sequence[int]) -> dict[int, datetime | None]:
    """Hold these subscriptions' lives until the commit and return when each last made a notification."""
    found = await conn.execute(
        "SELECT no, made_at FROM subscription_life WHERE no = ANY(%s) ORDER BY no FOR UPDATE",
        (list(numbers),),
    )
    return {int(no): at for no, at in await found.fetchall()}


async def made(conn: Connection, no: int, at: datetime) -> None:
    """Note when a subscription last made a notification."""
    await conn.execute("UPDATE subscription_life SET made_at = %s WHERE no = %s", (at, no))


def _raw(text: str) -> sql.SQL:
    # Composed of constants of ours and predicates of scope_sql and query.sql; values are always parameters.
    return sql.SQL(text)
