"""SQL of the boards: facts of many entities in one statement, now or as known at a number of the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import sql

from haidang.base.database import Connection
from haidang.boards.model import Facts
from haidang.city.store.history import LogRow

_NOW = """
SELECT e.eid, e.id, e.type_id, s.name, e.loc[0], e.loc[1],
       coalesce(e.doc->h.key, s.doc->h.key),
       CASE WHEN e.doc ? h.key THEN (e.doc->>'@')::bigint END, (e.doc->>'@')::bigint,
       e.owner_org, e.area_code, e.sector, e.source, e.simulated
FROM entity e JOIN entity_static s USING (eid)
LEFT JOIN unnest(%(types)s::int[], %(keys)s::text[]) AS h(type_id, key) USING (type_id)
"""


async def now(
    conn: Connection, where: str, values: dict[str, Any], headlines: dict[int, int], limit: int
) -> list[Facts]:
    """Return the facts of the entities of a predicate, in order of id; ``headlines``: type to attribute."""
    found = await conn.execute(
        sql.SQL(f"{_NOW} WHERE {where} ORDER BY e.id LIMIT %(limit)s"),
        values | _headlines(headlines) | {"limit": limit},
    )
    return [Facts(*one) for one in await found.fetchall()]


async def then(
    conn: Connection,
    where: str,
    values: dict[str, Any],
    *,
    headline: int | None,
    keysets: list[int],
    location: int | None,
    seq: int,
    limit: int,
) -> list[tuple[Facts, bool, LogRow | None, LogRow | None]]:
    """Return facts of now, whether they hold at ``seq`` too, and the log's last word on headline and place.

    The predicate selects entities whose types share one headline and that existed at ``seq``. Where it
    has not changed since, the log is not asked; the place is asked only where it may have moved since.
    """
    about_headline = "c.k = ANY(%(keysets)s::int[]) OR c.j ? %(key)s" if headline is not None else "TRUE"
    statement = f"""
    SELECT e.eid, e.id, e.type_id, s.name, e.loc[0], e.loc[1],
           coalesce(e.doc->%(key)s, s.doc->%(key)s),
           CASE WHEN e.doc ? %(key)s THEN (e.doc->>'@')::bigint END, (e.doc->>'@')::bigint,
           e.owner_org, e.area_code, e.sector, e.source, e.simulated,
           e.seq <= %(seq)s, e.doc ? %(location)s OR s.seq > %(seq)s,
           c.seq, c.t, c.k, c.v, c.j, p.seq, p.t, p.k, p.v, p.j
    FROM entity e JOIN entity_static s USING (eid)
    LEFT JOIN LATERAL (
        SELECT c.seq, c.t, c.k, c.v, c.j FROM change c
        WHERE c.eid = e.eid AND c.seq <= %(seq)s AND c.kind < 4 AND ({about_headline})
        ORDER BY c.t DESC, c.seq DESC LIMIT 1
    ) c ON e.seq > %(seq)s
    LEFT JOIN LATERAL (
        SELECT c.seq, c.t, c.k, c.v, c.j FROM change c
        WHERE c.eid = e.eid AND c.seq <= %(seq)s AND c.kind < 4 AND c.j ? %(location)s
        ORDER BY c.t DESC, c.seq DESC LIMIT 1
    ) p ON e.seq > %(seq)s AND (e.doc ? %(location)s OR s.seq > %(seq)s)
    WHERE {where} ORDER BY e.id LIMIT %(limit)s
    """
    found = await conn.execute(
        sql.SQL(statement),
        values
        | {"key": str(headline or 0), "keysets": keysets, "location": str(location or 0)}
        | {"seq": seq, "limit": limit},
    )
    answers: list[tuple[Facts, bool, LogRow | None, LogRow | None]] = []
    for one in await found.fetchall():
        facts, same, moved = Facts(*one[:14]), one[14], one[15]
        if not same and moved:
            facts.lon = facts.lat = None
        answers.append((facts, same, _log_row(one[16:21]), _log_row(one[21:26])))
    return answers


async def gone(conn: Connection, after: int, limit: int) -> list[tuple[int, dict[str, Any]]]:
    """Return (eid, passport) of the entities deleted after a number of the log."""
    found = await conn.execute(
        "SELECT eid, j->'@e' FROM change WHERE kind = 4 AND seq > %s ORDER BY seq LIMIT %s", (after, limit)
    )
    return [(eid, passport) for eid, passport in await found.fetchall() if passport]


async def counts(conn: Connection, where: str, values: dict[str, Any]) -> list[tuple[int, int, int]]:
    """Return (type number, entities, simulated ones) of a predicate."""
    found = await conn.execute(
        sql.SQL(f"""
        SELECT e.type_id, count(*)::int, (count(*) FILTER (WHERE e.simulated))::int
        FROM entity e JOIN entity_static s USING (eid) WHERE {where} GROUP BY 1
        """),
        values,
    )
    return await found.fetchall()


def _headlines(headlines: dict[int, int]) -> dict[str, Sequence[Any]]:
    return {"types": list(headlines), "keys": [str(number) for number in headlines.values()]}


def _log_row(parts: Sequence[Any]) -> LogRow | None:
    return None if parts[0] is None else tuple(parts)
