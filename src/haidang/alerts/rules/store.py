"""SQL of the step: rows of the log, faces of entities, what outlives a restart, what trials would tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from haidang.alerts.rules.entity import Kept
from haidang.base.database import Connection
from haidang.organisation.permissions import Principal, scope_sql

Row = tuple[int, int, datetime, int, int, list[float] | None, dict[str, Any] | None]
"""seq, kind, t, eid, k, v, j."""

_ROWS = """
SELECT seq, kind, t, eid, k, v, j FROM change
WHERE seq > %(after)s::bigint AND seq <= %(last)s::bigint AND eid <> 0 ORDER BY seq
"""
# Where there are types that no rule looks at, their rows stay where they are; ends, and entities of which
# more than a value has changed, are always of interest.
_WATCHED = """
SELECT c.seq, c.kind, c.t, c.eid, c.k, c.v, c.j FROM change c LEFT JOIN entity e ON e.eid = c.eid
WHERE c.seq > %(after)s::bigint AND c.seq <= %(last)s::bigint AND c.eid <> 0
  AND (e.type_id = ANY(%(types)s::int[]) OR c.kind = 4 OR c.j ?| ARRAY['@e', '@types']) ORDER BY c.seq
"""
_FACES = """
SELECT e.eid, e.id, e.type_id, e.owner_org, e.area_code, e.sector, e.source, e.simulated, e.loc[0], e.loc[1],
       s.name, e.seq, e.doc, s.doc
FROM entity e LEFT JOIN entity_static s USING (eid) WHERE e.tenant_id = 0 AND {which}
"""
_RECENT = """
SELECT x.eid, c.seq, c.kind, c.t, c.k, c.v, c.j FROM unnest(%s::int[]) AS x (eid)
CROSS JOIN LATERAL (
    SELECT c.seq, c.kind, c.t, c.k, c.v, c.j FROM change c
    WHERE c.eid = x.eid AND c.seq <= %s AND c.kind < 4 AND c.t >= %s ORDER BY c.t DESC, c.seq DESC LIMIT %s
) c ORDER BY c.seq
"""
_PUT = """
INSERT INTO rule_state (rule, key, eid, state, since, due, raised, value, bound)
SELECT * FROM unnest(%s::text[], %s::text[], %s::int[], %s::smallint[], %s::bigint[], %s::bigint[],
                     %s::bigint[], %s::jsonb[], %s::float8[])
ON CONFLICT (rule, key) DO UPDATE SET eid = excluded.eid, state = excluded.state, since = excluded.since,
    due = excluded.due, raised = excluded.raised, value = excluded.value, bound = excluded.bound
"""


class Face(NamedTuple):
    """An entity as the rules need it."""

    eid: int
    id: str
    type_id: int
    owner_org: int
    area: str | None
    sector: str | None
    source: str
    simulated: bool
    lon: float | None
    lat: float | None
    name: str | None
    seq: int
    doc: dict[str, Any]
    static: dict[str, Any] | None


async def rows(conn: Connection, after: int, last: int, types: Sequence[int] | None = None) -> list[Row]:
    """Return the changes of entities ``after < seq <= last`` in order; ``types``: of no others but these."""
    found = await conn.execute(
        _ROWS if types is None else _WATCHED,
        {"after": after, "last": last, "types": types and list(types)},
        prepare=True,
    )
    return await found.fetchall()


async def faces(conn: Connection, eids: Sequence[int]) -> list[Face]:
    """Return entities of the default tenant by number."""
    found = await conn.execute(_FACES.format(which="e.eid = ANY(%s)"), (list(eids),))
    return [Face(*row) for row in await found.fetchall()]


async def faces_of_types(conn: Connection, types: Sequence[int]) -> list[Face]:
    """Return all entities of these types of the default tenant."""
    found = await conn.execute(_FACES.format(which="e.type_id = ANY(%s)"), (list(types),))
    return [Face(*row) for row in await found.fetchall()]


async def faces_within(
    conn: Connection, principal: Principal, types: Sequence[int], areas: Sequence[str] | None, limit: int
) -> list[Face]:
    """Return entities of types over which the principal holds ``entity.read``, in order of their ids."""
    scope, values = scope_sql(principal, "entity.read")
    found = await conn.execute(
        _FACES.format(
            which=f"e.type_id = ANY(%(types)s) AND {scope}"
            " AND (%(areas)s::text[] IS NULL OR e.area_code = ANY(%(areas)s::text[]))"
        )
        + " ORDER BY e.id LIMIT %(limit)s",
        values | {"types": list(types), "areas": areas and list(areas), "limit": limit},
    )
    return [Face(*row) for row in await found.fetchall()]


async def recent(
    conn: Connection, eids: Sequence[int], until: int, since: datetime, limit: int
) -> list[tuple[int, Row]]:
    """Return (eid, row) of each entity's newest rows up to a number of the log, in the log's order."""
    found = await conn.execute(_RECENT, (list(eids), until, since, limit))
    return [(eid, (seq, kind, t, eid, k, v, j)) for eid, seq, kind, t, k, v, j in await found.fetchall()]


# What outlives a restart


async def kept(conn: Connection) -> list[Kept]:
    """Return everything that is not idle."""
    found = await conn.execute(
        "SELECT rule, key, eid, state, since, due, raised, value, bound FROM rule_state ORDER BY since, key"
    )
    return [Kept(*row) for row in await found.fetchall()]


async def stands(conn: Connection) -> bool:
    """Say whether anything is not idle."""
    row = await (await conn.execute("SELECT EXISTS (SELECT FROM rule_state)")).fetchone()
    return row is not None and bool(row[0])


async def keep(conn: Connection, writes: dict[tuple[str, str], Kept | None]) -> None:
    """Write what changed."""
    gone = [key for key, one in writes.items() if one is None]
    put = [one for one in writes.values() if one is not None]
    if gone:
        await conn.execute(
            "DELETE FROM rule_state s USING unnest(%s::text[], %s::text[]) AS g (rule, key)"
            " WHERE s.rule = g.rule AND s.key = g.key",
            ([rule for rule, _ in gone], [key for _, key in gone]),
        )
    if put:
        columns: list[list[Any]] = [list(column) for column in zip(*put, strict=True)]
        columns[7] = [None if value is None else Jsonb(value) for value in columns[7]]
        # A count is a whole number, an alarm level is not; the driver refuses a list of both.
        columns[8] = [None if bound is None else float(bound) for bound in columns[8]]
        await conn.execute(_PUT, columns)


class ClockRow(NamedTuple):
    """How far was looked."""

    from_seq: int
    checked: datetime
    listening: datetime


async def clock(conn: Connection) -> ClockRow | None:
    """Return how far was looked; None where nobody ever did."""
    row = await (await conn.execute("SELECT from_seq, checked, listening FROM rule_clock")).fetchone()
    return None if row is None else ClockRow(*row)


async def set_clock(conn: Connection, row: ClockRow) -> None:
    """Note how far was looked."""
    await conn.execute(
        "INSERT INTO rule_clock (from_seq, checked, listening) VALUES (%s, %s, %s) ON CONFLICT (only_one)"
        " DO UPDATE SET checked = excluded.checked, listening = excluded.listening",
        row,
    )


async def shadow(
    conn: Connection, happened: Iterable[tuple[str, str, str, datetime, Any]], keep: int = 1_000
) -> None:
    """Add what rules on trial would have told: (rule, entity, kind, at, value); drop what is too much."""
    rows = list(happened)
    if not rows:
        return
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
    columns[4] = [None if value is None else Jsonb(value) for value in columns[4]]
    await conn.execute(
        "INSERT INTO rule_shadow (rule, entity, kind, at, value)"
        " SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::jsonb[])",
        columns,
    )
    await conn.execute(
        "DELETE FROM rule_shadow s USING unnest(%s::text[]) AS r (rule) WHERE s.rule = r.rule AND s.no <="
        " (SELECT no FROM rule_shadow WHERE rule = r.rule ORDER BY no DESC OFFSET %s LIMIT 1)",
        (sorted(set(columns[0])), keep),
    )
