"""SQL of subscriptions, of what they wait for, and of the outbox."""

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
    """Return what changes whenever any subscription does: (how many there are, the newest revision)."""
    row = await (await conn.execute("SELECT count(*), coalesce(max(rev), 0) FROM subscription")).fetchone()
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


# --- the step: entities, their history, conditions

_STATES = """
SELECT e.eid, e.id, e.tenant_id, e.type_id, e.owner_org, e.area_code, e.sector, e.source, e.simulated, e.seq,
       (extract(epoch FROM e.created) * 1000000)::bigint, (extract(epoch FROM e.mod) * 1000000)::bigint,
       e.doc, s.doc
FROM entity e JOIN entity_static s USING (eid) WHERE e.eid = ANY(%s)
"""


async def states(conn: Connection, eids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return entities as they are now."""
    return await (await conn.execute(_STATES, (list(eids),))).fetchall()


async def rows_since(conn: Connection, eids: Sequence[int], after: int) -> list[tuple[Any, ...]]:
    """Return (eid, seq, kind, t, k, v, j) of what became of entities after a number of the log."""
    found = await conn.execute(
        "SELECT eid, seq, kind, t, k, v, j FROM change WHERE seq > %s AND eid = ANY(%s) ORDER BY seq",
        (after, list(eids)),
    )
    return await found.fetchall()


async def rows_before(conn: Connection, eids: Sequence[int], until: int, limit: int) -> list[tuple[Any, ...]]:
    """Return (eid, seq, kind, t, k, v, j) of the newest rows of each entity up to a number of the log."""
    found = await conn.execute(
        """
        SELECT x.eid, c.seq, c.kind, c.t, c.k, c.v, c.j FROM unnest(%s::int[]) AS x(eid)
        CROSS JOIN LATERAL (
            SELECT c.seq, c.kind, c.t, c.k, c.v, c.j FROM change c
            WHERE c.eid = x.eid AND c.seq <= %s AND c.kind < 4 ORDER BY c.t DESC, c.seq DESC LIMIT %s
        ) c
        """,
        (list(eids), until, limit),
    )
    return await found.fetchall()


async def meeting(
    conn: Connection, states: list[dict[str, Any]], where: str, values: dict[str, Any]
) -> set[int]:
    """Return the numbers (``no``) of the given states of entities that meet a predicate of ``query.sql``."""
    found = await conn.execute(
        _raw(f"""
        SELECT e.no FROM jsonb_to_recordset(%(states)s) AS e (
            no int, tenant_id int, id text, type_id int, created timestamptz, mod timestamptz,
            owner_org int, area_code text, sector text, doc jsonb, static jsonb)
        CROSS JOIN LATERAL (SELECT e.static AS doc) s WHERE {where}
        """),
        values | {"states": Jsonb(states)},
    )
    return {int(no) for (no,) in await found.fetchall()}


async def complain(conn: Connection, no: int, error: str, at: datetime) -> None:
    """Note what is wrong with a subscription that could not be matched."""
    await conn.execute(
        "UPDATE subscription_life SET last_failure = %s, last_error = %s WHERE no = %s", (at, error, no)
    )


# --- the outbox


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


async def hold(conn: Connection, no: int, *, entity_id: str, seq: int, origin: list[Any], data: str) -> None:
    """Keep an entity's last value until a throttling window ends."""
    await conn.execute(
        """
        INSERT INTO subscription_held (no, entity_id, seq, origin, data) VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (no, entity_id) DO UPDATE
        SET seq = excluded.seq, origin = excluded.origin, data = excluded.data
        """,
        (no, entity_id, seq, Jsonb(origin), data),
    )


async def held(conn: Connection, no: int) -> list[tuple[str, int, list[Any], str]]:
    """Return (entity, seq, origin, entity as JSON) of what a subscription holds back, oldest first."""
    found = await conn.execute(
        "SELECT entity_id, seq, origin, data FROM subscription_held WHERE no = %s ORDER BY seq", (no,)
    )
    return await found.fetchall()


async def holding(conn: Connection) -> list[int]:
    """Return the subscriptions that hold something back."""
    return [
        int(no)
        for (no,) in await (await conn.execute("SELECT DISTINCT no FROM subscription_held")).fetchall()
    ]


async def release(conn: Connection, no: int) -> None:
    """Forget what a subscription held back."""
    await conn.execute("DELETE FROM subscription_held WHERE no = %s", (no,))


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


async def waiting_by_subscription(conn: Connection, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return (waiting, dead) of each subscription that has any."""
    found = await conn.execute(
        """
        SELECT subscription, count(*) FILTER (WHERE dead_at IS NULL),
               count(*) FILTER (WHERE dead_at IS NOT NULL)
        FROM notification WHERE subscription = ANY(%s) GROUP BY 1
        """,
        (list(numbers),),
    )
    return {int(no): (int(wait), int(dead)) for no, wait, dead in await found.fetchall()}


async def dead(
    conn: Connection, where: str, values: dict[str, Any], *, before: int | None, limit: int
) -> list[tuple[Any, ...]]:
    """Return (no, id, subscription, endpoint, entity, made, dead, tries, error), newest first."""
    found = await conn.execute(
        _raw(f"""
        SELECT n.no, n.id, s.id, n.queue, n.entity_id, n.made_at, n.dead_at, n.tries, n.error
        FROM notification n JOIN subscription s ON s.no = n.subscription
        WHERE n.dead_at IS NOT NULL AND {where} AND (%(before)s::bigint IS NULL OR n.no < %(before)s)
        ORDER BY n.no DESC LIMIT %(limit)s
        """),
        values | {"before": before, "limit": limit},
    )
    return await found.fetchall()


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
