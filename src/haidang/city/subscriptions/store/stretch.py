"""SQL of the step that matches: entities, their history, conditions, what a throttling window holds back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from haidang.base.database import Connection

_STATES = """
SELECT e.eid, e.id, e.tenant_id, e.type_id, e.owner_org, e.area_code, e.sector, e.source, e.simulated, e.seq,
       (extract(epoch FROM e.created) * 1000000)::bigint, (extract(epoch FROM e.mod) * 1000000)::bigint,
       e.doc, s.doc, s.times
FROM entity e JOIN entity_static s USING (eid) WHERE e.eid = ANY(%s)
"""


async def faces(conn: Connection, after: int, last: int) -> list[tuple[Any, ...]]:
    """Return (eid, id, tenant, type, owner, area, sector) of what changed in a stretch of the log.

    As the entities are now; id and all that follows are None of those that are no more.
    """
    found = await conn.execute(
        """
        SELECT c.eid, e.id, e.tenant_id, e.type_id, e.owner_org, e.area_code, e.sector
        FROM (SELECT DISTINCT eid FROM change WHERE seq > %s AND seq <= %s AND eid <> 0) c
        LEFT JOIN entity e USING (eid)
        """,
        (after, last),
        prepare=True,
    )
    return await found.fetchall()


async def rows_of(conn: Connection, after: int, last: int, eids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return (eid, seq, kind, t, k, v, j) of these entities in a stretch of the log, in its order."""
    found = await conn.execute(
        "SELECT eid, seq, kind, t, k, v, j FROM change"
        " WHERE seq > %s AND seq <= %s AND eid = ANY(%s) ORDER BY seq",
        (after, last, list(eids)),
    )
    return await found.fetchall()


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


def _raw(text: str) -> sql.SQL:
    # Composed of constants of ours and predicates of scope_sql and query.sql; values are always parameters.
    return sql.SQL(text)
