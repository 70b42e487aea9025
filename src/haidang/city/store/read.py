"""SQL that reads entities as they are now. Predicates come from ``query.sql`` with their parameters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import errors, sql

from haidang.base.database import Connection, Database
from haidang.base.problems import Problem
from haidang.city.query.problems import BAD_QUERY, QUERY_TIMEOUT
from haidang.city.store.turns import turn

QUERY_SECONDS = 5
"""How long one question may run."""


class Row(NamedTuple):
    """One entity as stored; documents as JSON text (layout: ``represent``)."""

    eid: int
    id: str
    type_id: int
    tenant_id: int
    created: datetime
    mod: datetime
    version: int
    seq: int
    owner_org: int
    area_code: str | None
    sector: str | None
    source: str
    simulated: bool
    name: str
    lon: float | None
    lat: float | None
    doc: str
    static: str
    ages: dict[str, list[int]] | None
    """When attributes were made and modified, where it differs from the entity (``writer/ages``)."""


_COLUMNS = """e.eid, e.id, e.type_id, e.tenant_id, e.created, e.mod, e.version, e.seq, e.owner_org,
e.area_code, e.sector, e.source, e.simulated, s.name, e.loc[0], e.loc[1], e.doc::text, s.doc::text, s.times"""
_FROM = "FROM entity e JOIN entity_static s USING (eid)"


@asynccontextmanager
async def reading(db: Database) -> AsyncIterator[Connection]:
    """Lend a connection for one question: one snapshot, bounded time, the database's refusals made clear."""
    try:
        async with turn(db), db.transaction() as conn:
            await conn.execute(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; "
                f"SET LOCAL statement_timeout = {QUERY_SECONDS * 1000}"
            )
            yield conn
    except (errors.InvalidRegularExpression, errors.ProgramLimitExceeded) as cause:
        raise Problem(
            BAD_QUERY, "Biểu thức chính quy không hợp lệ.", "A regular expression is not valid."
        ) from cause
    except errors.QueryCanceled as cause:
        raise Problem(
            QUERY_TIMEOUT,
            f"Truy vấn chạy quá {QUERY_SECONDS} giây; hãy thu hẹp điều kiện.",
            f"The query ran longer than {QUERY_SECONDS} s; please narrow it.",
            retry_after_s=5,
        ) from cause


async def page(
    conn: Connection,
    where: str,
    values: dict[str, Any],
    limit: int,
    offset: int,
    *,
    backwards: bool = False,
) -> list[Row]:
    """Return the entities of a predicate in order of id, or from the last one backwards."""
    found = await conn.execute(
        _raw(page_statement(where, backwards=backwards)), values | {"limit": limit, "offset": offset}
    )
    return [Row(*row) for row in await found.fetchall()]


def page_statement(where: str, *, backwards: bool = False) -> str:
    """Return the SQL of :func:`page`, with the parameters ``limit`` and ``offset`` beside the predicate's."""
    return (
        f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY e.id {'DESC' if backwards else ''} "
        "LIMIT %(limit)s OFFSET %(offset)s"
    )


async def count(conn: Connection, where: str, values: dict[str, Any]) -> int:
    """Return how many entities meet a predicate, exactly."""
    row = await (await conn.execute(_raw(f"SELECT count(*) {_FROM} WHERE {where}"), values)).fetchone()
    return int(row[0]) if row else 0


async def candidates(  # noqa: PLR0917 - a question and what is wanted of each answer
    conn: Connection,
    where: str,
    values: dict[str, Any],
    geometry: str,
    keys: Sequence[str],
    limit: int,
) -> list[tuple[Any, ...]]:
    """Return (eid, lon, lat, None, …) of points and (eid, None, None, GeoJSON, …) of others, in order of id.

    ``geometry`` is the SQL of the GeoProperty asked about and ``keys`` that of further values, which end each
    row (SQL of ours); at most ``limit`` rows.
    """
    names = [f"k{place}" for place in range(len(keys))]
    more = "".join(f", {key} AS {name}" for key, name in zip(keys, names, strict=True))
    statement = f"""
        SELECT x.eid, CASE WHEN x.flat THEN (x.g->'coordinates'->>0)::float8 END,
               CASE WHEN x.flat THEN (x.g->'coordinates'->>1)::float8 END, CASE WHEN NOT x.flat THEN x.g END
               {"".join(f", x.{name}" for name in names)}
        FROM (SELECT e.eid, e.id, {geometry} AS g, coalesce({geometry}->>'type' = 'Point', false) AS flat
              {more}
              {_FROM} WHERE {where} ORDER BY e.id LIMIT %(limit)s) x ORDER BY x.id
        """
    found = await conn.execute(_raw(statement), values | {"limit": limit})
    return await found.fetchall()


async def by_eids(conn: Connection, eids: Sequence[int]) -> list[Row]:
    """Return entities by number, in order of id."""
    found = await conn.execute(
        _raw(f"SELECT {_COLUMNS} {_FROM} WHERE e.eid = ANY(%(eids)s::int[]) ORDER BY e.id"),
        {"eids": list(eids)},
    )
    return [Row(*row) for row in await found.fetchall()]


class Written(NamedTuple):
    """One row of the log, and when it was recorded: exactly, or up to a second later."""

    eid: int
    at: datetime
    """When what it says was observed."""
    seq: int
    kind: int
    k: int
    keys: list[str]
    """Keys of ``change.j``."""
    recorded: datetime


async def written(conn: Connection, eids: Sequence[int], times: Sequence[datetime]) -> list[Written]:
    """Return the rows of the log at exactly these (entity, time of observation), oldest first."""
    found = await conn.execute(
        """
        SELECT c.eid, c.t, c.seq, c.kind, c.k, ARRAY(SELECT jsonb_object_keys(c.j)),
               coalesce((SELECT m.at FROM moment m WHERE m.seq >= c.seq ORDER BY m.seq LIMIT 1), h.at)
        FROM (SELECT DISTINCT * FROM unnest(%s::int[], %s::timestamptz[]) AS u (eid, t)) n
        JOIN change c ON c.eid = n.eid AND c.t = n.t CROSS JOIN city_head h
        ORDER BY c.seq
        """,
        (list(eids), list(times)),
    )
    return [Written(*row) for row in await found.fetchall()]


async def matching_names(
    conn: Connection, visible: str, values: dict[str, Any], folded: str, limit: int
) -> list[tuple[str, int, str, float | None, float | None, str | None]]:
    """Return (id, type number, name, lon, lat, area) of entities of the default tenant by their folded name.

    Names that begin so come before names that hold it, these before ids that hold it.
    """
    found = await conn.execute(
        _raw(f"""
        SELECT e.id, e.type_id, s.name, e.loc[0], e.loc[1], e.area_code
        {_FROM}
        WHERE e.tenant_id = 0 AND {visible}
          AND (s.name_fold LIKE %(inside)s OR lower(e.id) LIKE %(inside)s)
        ORDER BY CASE WHEN s.name_fold LIKE %(start)s THEN 0 WHEN s.name_fold LIKE %(word)s THEN 1
                      WHEN s.name_fold LIKE %(inside)s THEN 2 ELSE 3 END, s.name_fold, e.id
        LIMIT %(limit)s
        """),
        values
        | {"inside": containing(folded), "start": containing(folded)[1:], "limit": limit}
        | {"word": f"% {containing(folded)[1:]}"},
    )
    return await found.fetchall()


async def labels(conn: Connection, org_id: int, area_code: str | None) -> tuple[str | None, str | None]:
    """Return the names of an owner and of an area as it is called now; None where unknown."""
    row = await (
        await conn.execute(
            """
            SELECT (SELECT o.name FROM org o WHERE o.id = %s),
                   (SELECT a.full_name FROM area a WHERE a.code = %s ORDER BY a.valid_from DESC LIMIT 1)
            """,
            (org_id, area_code),
        )
    ).fetchone()
    return (row[0], row[1]) if row else (None, None)


def containing(text: str) -> str:
    """Return the LIKE pattern of texts that hold ``text``."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


async def used_types(
    conn: Connection, visible: str, values: dict[str, Any], tenant_id: int
) -> list[tuple[int, int]]:
    """Return (type number, entities) of what the asker may see in a tenant."""
    found = await conn.execute(
        _raw(f"""
        SELECT e.type_id, count(*) FROM entity e
        WHERE e.tenant_id = %(tenant)s AND {visible} GROUP BY 1
        """),
        values | {"tenant": tenant_id},
    )
    return await found.fetchall()


async def used_attributes(
    conn: Connection, visible: str, values: dict[str, Any], tenant_id: int
) -> list[tuple[int, int, str, str | None, int]]:
    """Return (type number, attribute number, JSON type, kind letter, entities) of what the asker may see."""
    found = await conn.execute(
        _raw(f"""
        SELECT e.type_id, a.key::int, jsonb_typeof(a.value),
               coalesce(a.value->>'k', a.value->'m'->0->>'k'), count(*)
        {_FROM} CROSS JOIN LATERAL (
            SELECT * FROM jsonb_each(e.doc) UNION ALL SELECT * FROM jsonb_each(s.doc)
        ) a
        WHERE e.tenant_id = %(tenant)s AND {visible} AND a.key ~ '^[0-9]+$'
        GROUP BY 1, 2, 3, 4
        """),
        values | {"tenant": tenant_id},
    )
    return await found.fetchall()


def _raw(text: str) -> sql.SQL:
    # The composed parts are constants of ours and predicates of query.sql; values are always parameters.
    return sql.SQL(text)
