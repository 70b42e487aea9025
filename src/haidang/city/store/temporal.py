"""SQL of the temporal API beside :mod:`history`: whose history there is, and corrections of it.

History is append-only but for this: an instance that was wrong is replaced, and what must be forgotten is
taken out of its rows (decision 0060). Callers have brought back to ``change`` what lay in another tier.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import sql
from psycopg.types.json import Jsonb

from haidang.base.database import Connection
from haidang.city.model import Origin

_MARKS = ["@f", "@t"]
"""Keys of ``change.j`` that say nothing of an entity."""


class Incarnation(NamedTuple):
    """One life of an entity, from its creation to its deletion; its history may outlive it."""

    eid: int
    type_id: int
    origin: Origin
    created: datetime | None
    """None where it is over: the log knows."""
    ended: datetime | None
    """When it was deleted; None while it is there."""
    end_seq: int
    """Number of its deletion in the log; 0 while it is there."""


async def incarnations(conn: Connection, tenant_id: int, id_: str) -> list[Incarnation]:
    """Return every life of an entity of which there may be history, the present one first."""
    found = await conn.execute(
        """
        SELECT eid, type_id, owner_org, area_code, sector, source, simulated, created, NULL::timestamptz, 0
        FROM entity WHERE tenant_id = %(tenant)s AND id = %(id)s
        UNION ALL
        SELECT c.eid, p.type_id, p.owner_org, p.area_code, p.sector, p.source, p.simulated, NULL, c.t, c.seq
        FROM change c CROSS JOIN LATERAL jsonb_to_record(c.j->'@e') AS p (
            type_id int, tenant_id int, owner_org int, area_code text, sector text, source text,
            simulated boolean)
        WHERE c.kind = 4 AND c.j->'@e'->>'id' = %(id)s AND p.tenant_id = %(tenant)s
        """,
        {"tenant": tenant_id, "id": id_},
    )
    lives: dict[int, Incarnation] = {}
    for eid, type_id, owner, area, sector, source, simulated, created, ended, seq in await found.fetchall():
        origin = Origin(owner, area, sector, source or "", bool(simulated))
        known = lives.get(eid)
        if known is None or ended is None or (known.ended is not None and known.end_seq < seq):
            lives[eid] = Incarnation(eid, type_id, origin, created, ended, seq)
    return sorted(lives.values(), key=lambda one: (one.ended is not None, -one.end_seq))


async def only_by_temporal_writes(conn: Connection, eid: int) -> str | None:
    """Return the mark of the state that the last temporal write left; None where another write made it."""
    row = await (
        await conn.execute(
            """
            SELECT
                (SELECT c.j->>'@t' FROM change c WHERE c.eid = %(eid)s AND c.kind = 1
                 ORDER BY c.seq DESC LIMIT 1),
                (SELECT c.j->>'@t' FROM change c WHERE c.eid = %(eid)s AND c.j ? '@t'
                 ORDER BY c.seq DESC LIMIT 1)
            """,
            {"eid": eid},
        )
    ).fetchone()
    return row[1] if row and row[0] is not None else None


async def take_numbers(
    conn: Connection, eids: Sequence[int], keyset: int, places: Sequence[int], left: int
) -> int:
    """Take the numbers at these places (from 1) out of all rows with a keyset.

    ``left`` is the keyset of the rest. Return how many rows had one.
    """
    found = await conn.execute(
        """
        UPDATE change SET k = %(left)s, v = (
            SELECT array_agg(u.x ORDER BY u.n) FROM unnest(v) WITH ORDINALITY AS u (x, n)
            WHERE u.n <> ALL(%(places)s::int[]))
        WHERE eid = ANY(%(eids)s::int[]) AND k = %(keyset)s
        """,
        {"eids": list(eids), "keyset": keyset, "places": list(places), "left": left},
    )
    return found.rowcount


async def take_rest(conn: Connection, eids: Sequence[int], key: str, dataset: str | None) -> int:
    """Take an attribute (None), or its instances of a datasetId ('' the default), out of ``j`` of all rows.

    Return how many rows had one.
    """
    found = await conn.execute(
        """
        UPDATE change c SET j = nullif(CASE WHEN w.w IS NULL THEN c.j - %(key)s
                                            ELSE jsonb_set(c.j, ARRAY[%(key)s], w.w) END, '{}')
        FROM (SELECT x.seq, x.t, x.eid,
                     CASE WHEN %(dataset)s::text IS NOT NULL
                          THEN attr_without(x.j->%(key)s, %(dataset)s) END AS w
              FROM change x WHERE x.eid = ANY(%(eids)s::int[]) AND x.j ? %(key)s) w
        WHERE c.eid = w.eid AND c.t = w.t AND c.seq = w.seq AND c.j ? %(key)s
          AND w.w IS DISTINCT FROM c.j->%(key)s
        """,
        {"eids": list(eids), "key": key, "dataset": dataset},
    )
    return found.rowcount


async def sweep(conn: Connection, eids: Sequence[int]) -> None:
    """Delete rows of observations that say nothing any more."""
    await conn.execute(
        """
        DELETE FROM change WHERE eid = ANY(%s::int[]) AND kind = 2 AND v IS NULL
          AND (j IS NULL OR j - %s::text[] = '{}')
        """,
        (list(eids), _MARKS),
    )


async def put_row(
    conn: Connection,
    eid: int,
    seq: int,
    at: datetime,
    *,
    was: tuple[int, list[float] | None, dict[str, Any] | None],
    now: tuple[int, list[float] | None, dict[str, Any] | None],
) -> bool:
    """Replace (k, v, j) of one row; False where it is not as it was any more."""
    found = await conn.execute(
        """
        UPDATE change SET k = %(k)s, v = %(v)s, j = %(j)s
        WHERE eid = %(eid)s AND t = %(at)s AND seq = %(seq)s AND k = %(was_k)s AND kind <> 4
          AND j IS NOT DISTINCT FROM %(was_j)s::jsonb
        """,
        {
            "eid": eid,
            "at": at,
            "seq": seq,
            "was_k": was[0],
            "was_j": None if was[2] is None else Jsonb(was[2]),
        }
        | {"k": now[0], "v": now[1] or None, "j": Jsonb(now[2]) if now[2] else None},
    )
    return found.rowcount == 1


async def add_row(
    conn: Connection, eid: int, seq: int, at: datetime, *, keyset: int, j: dict[str, Any]
) -> None:
    """Put an instance that was moved to another time into a row of its own, under the number it had."""
    await conn.execute(
        "INSERT INTO change (seq, t, eid, k, kind, j) VALUES (%s, %s, %s, %s, 2, %s)",
        (seq, at, eid, keyset, Jsonb(j)),
    )


async def ended(
    conn: Connection, visible: str, values: dict[str, Any], tenant_id: int, limit: int
) -> list[tuple[int, int, datetime, dict[str, Any]]]:
    """Return (eid, seq, when, passport) of entities that are no more, the last first.

    ``visible`` is the predicate of the asker's scopes over ``p``.
    """
    found = await conn.execute(
        sql.SQL(f"""
        SELECT c.eid, c.seq, c.t, c.j->'@e'
        FROM change c CROSS JOIN LATERAL jsonb_to_record(c.j->'@e') AS p (
            tenant_id int, owner_org int, area_code text, sector text)
        WHERE c.kind = 4 AND p.tenant_id = %(tenant)s AND {visible}
        ORDER BY c.seq DESC LIMIT %(limit)s
        """),  # a predicate of ours
        values | {"tenant": tenant_id, "limit": limit},
    )
    return await found.fetchall()


async def strip(conn: Connection, eids: Sequence[int]) -> None:
    """Leave of the rows that make and end entities only who they were."""
    await conn.execute(
        """
        UPDATE change SET v = NULL, k = -1, j = jsonb_build_object('@e', j->'@e')
        WHERE eid = ANY(%s::int[]) AND kind IN (1, 4)
        """,
        (list(eids),),
    )


async def state_of(conn: Connection, eid: int) -> tuple[str, str] | None:
    """Return an entity's observed and other attributes as JSON text; None where it is not there."""
    row = await (
        await conn.execute(
            "SELECT e.doc::text, s.doc::text FROM entity e JOIN entity_static s USING (eid) WHERE e.eid = %s",
            (eid,),
        )
    ).fetchone()
    return (row[0], row[1]) if row else None


async def keysets_of(conn: Connection, eids: Sequence[int]) -> list[int]:
    """Return the keysets that rows of these entities have."""
    found = await conn.execute("SELECT DISTINCT k FROM change WHERE eid = ANY(%s::int[])", (list(eids),))
    return [int(k) for (k,) in await found.fetchall()]


async def corrected(conn: Connection, eid: int) -> list[tuple[Any, ...]]:
    """Return (seq, t, k, v, j) of an entity's rows in which an instance was corrected."""
    found = await conn.execute(
        """
        SELECT seq, t, k, v, j FROM change
        WHERE eid = %s AND kind < 4 AND (j @? '$.*.w' OR j @? '$.*.m[*].w') ORDER BY t LIMIT 10000
        """,
        (eid,),
    )
    return await found.fetchall()


async def deletions(conn: Connection, eid: int) -> list[tuple[Any, ...]]:
    """Return (seq, t, k, v, j) of an entity's rows that tell of the deletion of an attribute."""
    found = await conn.execute(
        """
        SELECT seq, t, k, v, j FROM change
        WHERE eid = %s AND kind < 4 AND (j @? '$.* ? (@ == null)' OR j @? '$.*.m[*].v ? (@ == null)')
        ORDER BY seq LIMIT 10000
        """,
        (eid,),
    )
    return await found.fetchall()


async def scopes(conn: Connection, eid: int) -> list[tuple[int, datetime, Any]]:
    """Return (seq, from when, scope or None) of an entity, in order of time."""
    found = await conn.execute(
        "SELECT seq, t, j->'scope' FROM change WHERE eid = %s AND kind < 4 AND j ? 'scope'"
        " ORDER BY t, seq LIMIT 10000",
        (eid,),
    )
    return await found.fetchall()


async def ended_as(
    conn: Connection, visible: str, values: dict[str, Any], tenant_id: int, id_: str
) -> list[tuple[int, int, datetime, dict[str, Any]]]:
    """Return what :func:`ended` does, of one id."""
    found = await conn.execute(
        sql.SQL(f"""
        SELECT c.eid, c.seq, c.t, c.j->'@e'
        FROM change c CROSS JOIN LATERAL jsonb_to_record(c.j->'@e') AS p (
            tenant_id int, owner_org int, area_code text, sector text)
        WHERE c.kind = 4 AND c.j->'@e'->>'id' = %(id)s AND p.tenant_id = %(tenant)s AND {visible}
        ORDER BY c.seq DESC
        """),  # a predicate of ours
        values | {"tenant": tenant_id, "id": id_},
    )
    return await found.fetchall()


async def observed_between(
    conn: Connection, eids: Sequence[int], start: datetime | None, end: datetime | None
) -> set[int]:
    """Return those of which the log holds something observed with ``start <= t < end``."""
    bounds = ["c.t >= %(start)s"] if start is not None else []
    bounds += ["c.t < %(end)s"] if end is not None else []
    found = await conn.execute(
        sql.SQL(f"""
        SELECT u.eid FROM unnest(%(eids)s::int[]) AS u (eid) WHERE EXISTS (
            SELECT FROM change c LEFT JOIN keyset k ON k.id = c.k
            WHERE c.eid = u.eid AND c.kind < 4 AND {" AND ".join(["TRUE", *bounds])}
              AND coalesce(k.observed, c.k = 0)
              AND (c.v IS NOT NULL OR c.j - ARRAY['@e', '@t', '@f', '@types', 'scope'] <> '{{}}'))
        """),  # words of ours
        {"eids": list(eids), "start": start, "end": end},
    )
    return {int(eid) for (eid,) in await found.fetchall()}


async def entered_between(conn: Connection, eids: Sequence[int], after: int, until: int | None) -> set[int]:
    """Return those of which the log holds something entered under ``after < seq <= until``."""
    found = await conn.execute(
        """
        SELECT DISTINCT c.eid FROM change c
        WHERE c.eid = ANY(%(eids)s::int[]) AND c.kind < 4
          AND c.seq > %(after)s AND (%(until)s::bigint IS NULL OR c.seq <= %(until)s)
          AND (c.v IS NOT NULL OR c.j - ARRAY['@e', '@t', '@f', '@types', 'scope'] <> '{}')
        """,
        {"eids": list(eids), "after": after, "until": until},
    )
    return {int(eid) for (eid,) in await found.fetchall()}
