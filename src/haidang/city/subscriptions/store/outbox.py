"""SQL of the outbox and of the dead letters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import sql
from psycopg.types.json import Jsonb

from haidang.base.database import Connection


class Letter(NamedTuple):
    """A notification that waits to be sent."""

    no: int
    id: str
    subscription: int
    entity_id: str
    origins: list[list[Any]]
    tries: int
    made_at: datetime
    body: str


class New(NamedTuple):
    """A notification for the outbox."""

    id: str
    subscription: int
    queue: str
    entity_id: str
    origins: list[list[Any]]
    body: str


async def put(conn: Connection, letters: Sequence[New], now: datetime) -> None:
    """Put notifications into the outbox; one that is there already stays as it is."""
    await conn.execute(
        """
        INSERT INTO notification (id, subscription, queue, entity_id, origins, made_at, body)
        SELECT n.id, n.subscription, n.queue, n.entity_id, n.origins, %(now)s, n.body
        FROM ROWS FROM (jsonb_to_recordset(%(letters)s) AS (
            id text, subscription int, queue text, entity_id text, origins jsonb, body text)
        ) WITH ORDINALITY AS n (id, subscription, queue, entity_id, origins, body, no)
        ORDER BY n.no ON CONFLICT (id) DO NOTHING
        """,
        {"now": now, "letters": Jsonb([one._asdict() for one in letters])},
    )


async def queues(conn: Connection) -> list[str]:
    """Return the endpoints for which something waits."""
    # A loose index scan: one probe for each endpoint, however much waits for one of them.
    found = await conn.execute(
        """
        WITH RECURSIVE q AS (
            (SELECT queue FROM notification WHERE dead_at IS NULL ORDER BY queue LIMIT 1)
            UNION ALL
            SELECT (SELECT n.queue FROM notification n WHERE n.dead_at IS NULL AND n.queue > q.queue
                    ORDER BY n.queue LIMIT 1)
            FROM q WHERE q.queue IS NOT NULL
        )
        SELECT queue FROM q WHERE queue IS NOT NULL
        """
    )
    return [queue for (queue,) in await found.fetchall()]


async def waiting(conn: Connection, queue: str, limit: int) -> list[Letter]:
    """Return the next notifications for an endpoint, in order."""
    found = await conn.execute(
        """
        SELECT no, id, subscription, entity_id, origins, tries, made_at, body FROM notification
        WHERE queue = %s AND dead_at IS NULL ORDER BY no LIMIT %s
        """,
        (queue, limit),
    )
    return [Letter(*row) for row in await found.fetchall()]


async def sent(conn: Connection, letters: Sequence[tuple[int, int]], now: datetime) -> None:
    """Take delivered notifications, (number, subscription), out of the box and count them."""
    await conn.execute("DELETE FROM notification WHERE no = ANY(%s)", ([no for no, _ in letters],))
    for subscription in sorted({one for _, one in letters}):
        times = sum(one == subscription for _, one in letters)
        await conn.execute(
            """
            UPDATE subscription_life
            SET times_sent = times_sent + %s, last_notification = %s, last_success = %s
            WHERE no = %s
            """,
            (times, now, now, subscription),
        )


async def failed(conn: Connection, letter: Letter, now: datetime, error: str, *, dead: bool) -> None:
    """Count a failed try; ``dead``: give the notification up."""
    await conn.execute(
        "UPDATE notification SET tries = tries + 1, error = %s, "
        "dead_at = CASE WHEN %s THEN %s::timestamptz END WHERE no = %s",
        (error, dead, now, letter.no),
    )
    await conn.execute(
        """
        UPDATE subscription_life SET times_sent = times_sent + 1, times_failed = times_failed + 1,
               last_notification = %s, last_failure = %s, last_error = %s
        WHERE no = %s
        """,
        (now, now, error, letter.subscription),
    )


async def bury(conn: Connection, numbers: Sequence[int], now: datetime, error: str) -> None:
    """Give notifications up without a try."""
    await conn.execute(
        "UPDATE notification SET dead_at = %s, error = %s WHERE no = ANY(%s)", (now, error, list(numbers))
    )


async def drop(conn: Connection, numbers: Sequence[int]) -> None:
    """Delete notifications whose subscription is no more."""
    await conn.execute("DELETE FROM notification WHERE no = ANY(%s)", (list(numbers),))


async def bury_overflow(conn: Connection, queue: str, most: int, now: datetime, error: str) -> int:
    """Give up the oldest of an endpoint's notifications beyond ``most``; return how many."""
    found = await conn.execute(
        """
        UPDATE notification SET dead_at = %s, error = %s WHERE no IN (
            SELECT no FROM notification WHERE queue = %s AND dead_at IS NULL ORDER BY no DESC OFFSET %s)
        """,
        (now, error, queue, most),
    )
    return found.rowcount


async def forget_dead(conn: Connection, before: datetime) -> int:
    """Delete dead letters given up before an instant; return how many."""
    return (await conn.execute("DELETE FROM notification WHERE dead_at < %s", (before,))).rowcount


async def figures(conn: Connection) -> tuple[int, datetime | None, int]:
    """Return (waiting, when the oldest of them was made, dead)."""
    row = await (
        await conn.execute(
            "SELECT count(*) FILTER (WHERE dead_at IS NULL), min(made_at) FILTER (WHERE dead_at IS NULL), "
            "count(*) FILTER (WHERE dead_at IS NOT NULL) FROM notification"
        )
    ).fetchone()
    return (int(row[0]), row[1], int(row[2])) if row else (0, None, 0)


class Box(NamedTuple):
    """What stands in the outbox for one subscription or one endpoint."""

    waiting: int
    oldest: datetime | None
    """When the oldest that waits was made."""
    tries: int
    """Most tries that one of those waiting has had: above 0 the endpoint is failing now."""
    dead: int


async def boxes(conn: Connection, numbers: Sequence[int]) -> dict[int, Box]:
    """Return what waits and what was given up for each subscription that has any."""
    found = await conn.execute(
        """
        SELECT subscription, count(*) FILTER (WHERE dead_at IS NULL),
               min(made_at) FILTER (WHERE dead_at IS NULL),
               coalesce(max(tries) FILTER (WHERE dead_at IS NULL), 0),
               count(*) FILTER (WHERE dead_at IS NOT NULL)
        FROM notification WHERE subscription = ANY(%s) GROUP BY 1
        """,
        (list(numbers),),
    )
    return {int(no): Box(*rest) for no, *rest in await found.fetchall()}


async def dead(
    conn: Connection,
    where: str,
    values: dict[str, Any],
    *,
    before: int | None,
    endpoint: str | None,
    limit: int,
) -> list[tuple[Any, ...]]:
    """Return (no, id, subscription, its name, endpoint, entity, made, dead, tries, error), newest first."""
    found = await conn.execute(
        _raw(f"""
        SELECT n.no, n.id, s.id, s.body->>'subscriptionName', n.queue, n.entity_id, n.made_at, n.dead_at,
               n.tries, n.error
        FROM notification n JOIN subscription s ON s.no = n.subscription
        WHERE n.dead_at IS NOT NULL AND {where} AND (%(before)s::bigint IS NULL OR n.no < %(before)s)
          AND (%(endpoint)s::text IS NULL OR n.queue = %(endpoint)s)
        ORDER BY n.no DESC LIMIT %(limit)s
        """),
        values | {"before": before, "endpoint": endpoint, "limit": limit},
    )
    return await found.fetchall()


async def dead_letter(
    conn: Connection, where: str, values: dict[str, Any], no: int
) -> tuple[str, list[list[Any]], str] | None:
    """Return (subscription's owner, origins, payload) of one dead letter."""
    found = await conn.execute(
        _raw(f"""
        SELECT s.owner, n.origins, n.body FROM notification n JOIN subscription s ON s.no = n.subscription
        WHERE n.dead_at IS NOT NULL AND n.no = %(no)s AND {where}
        """),
        values | {"no": no},
    )
    row = await found.fetchone()
    return None if row is None else (row[0], row[1], row[2])


async def endpoints(
    conn: Connection, where: str, values: dict[str, Any], limit: int
) -> list[tuple[Any, ...]]:
    """Return (endpoint, subscriptions, waiting, oldest waiting, tries, dead, newest dead, last error).

    Only those for which something waits or was given up; the worst first.
    """
    found = await conn.execute(
        _raw(f"""
        SELECT n.queue, count(DISTINCT n.subscription), count(*) FILTER (WHERE n.dead_at IS NULL),
               min(n.made_at) FILTER (WHERE n.dead_at IS NULL),
               coalesce(max(n.tries) FILTER (WHERE n.dead_at IS NULL), 0),
               count(*) FILTER (WHERE n.dead_at IS NOT NULL), max(n.dead_at),
               (array_agg(n.error ORDER BY n.no DESC) FILTER (WHERE n.error IS NOT NULL))[1]
        FROM notification n JOIN subscription s ON s.no = n.subscription WHERE {where}
        GROUP BY 1 ORDER BY 6 DESC, 3 DESC, 1 LIMIT %(limit)s
        """),
        values | {"limit": limit},
    )
    return await found.fetchall()


async def dead_of(
    conn: Connection, where: str, values: dict[str, Any], endpoint: str, limit: int
) -> tuple[list[int], int]:
    """Return the numbers of an endpoint's oldest dead letters, and how many there are in all."""
    found = await conn.execute(
        _raw(f"""
        SELECT n.no, count(*) OVER () FROM notification n JOIN subscription s ON s.no = n.subscription
        WHERE n.dead_at IS NOT NULL AND n.queue = %(endpoint)s AND {where} ORDER BY n.no LIMIT %(limit)s
        """),
        values | {"endpoint": endpoint, "limit": limit},
    )
    rows = await found.fetchall()
    return [int(no) for no, _ in rows], int(rows[0][1]) if rows else 0


async def revive(conn: Connection, where: str, values: dict[str, Any], numbers: Sequence[int]) -> int:
    """Let dead letters wait again as if they were new; return how many there were."""
    found = await conn.execute(
        _raw(f"""
        UPDATE notification n
        SET dead_at = NULL, tries = 0, error = NULL, queue = s.body#>>'{{notification,endpoint,uri}}'
        FROM subscription s
        WHERE s.no = n.subscription AND n.dead_at IS NOT NULL AND n.no = ANY(%(numbers)s) AND {where}
        """),
        values | {"numbers": list(numbers)},
    )
    return found.rowcount


def _raw(text: str) -> sql.SQL:
    # Composed of constants of ours and predicates of scope_sql and query.sql; values are always parameters.
    return sql.SQL(text)
