"""SQL of agencies: the tree, their other names, and who carries on whose work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.text import sort_key
from haidang.organisation.model import Org, OrgAlias, OrgSuccession
from haidang.organisation.org_names import name_key

_SELECT = """
SELECT o.id, o.parent_id, o.path, o.name, o.short_name, o.kind, o.area_code,
       o.valid_from, o.valid_to, o.version,
       coalesce((SELECT json_agg(json_build_array(x.text, x.kind, x.valid_from, x.valid_to) ORDER BY x.text)
                 FROM org_alias x WHERE x.org_id = o.id), '[]')
FROM org o
"""


def _org(row: tuple[Any, ...]) -> Org:
    aliases = tuple(
        msgspec.convert({"text": text, "kind": kind, "valid_from": since, "valid_to": until}, OrgAlias)
        for text, kind, since, until in row[10]
    )
    return Org(
        id=row[0], parent_id=row[1], path=tuple(row[2]), name=row[3], short_name=row[4], kind=row[5],
        area_code=row[6], valid_from=row[7], valid_to=row[8], version=row[9], aliases=aliases,
    )  # fmt: skip


async def get(connection: Connection, org_id: int, *, lock: bool = False) -> Org | None:
    """Return an agency; ``lock`` holds its row for the caller's change."""
    cursor = await connection.execute(
        _SELECT + "WHERE o.id = %s" + (" FOR UPDATE OF o" if lock else ""), (org_id,)
    )
    row = await cursor.fetchone()
    return _org(row) if row else None


async def root(connection: Connection) -> Org | None:
    """Return the agency at the top of the tree (the first one made)."""
    cursor = await connection.execute(_SELECT + "WHERE o.parent_id IS NULL ORDER BY o.id LIMIT 1")
    row = await cursor.fetchone()
    return _org(row) if row else None


async def visible(connection: Connection, where: str, values: dict[str, Any]) -> list[Org]:
    """Return the agencies that the scope's predicate lets through, parents before children."""
    cursor = await connection.execute(
        _SELECT + f"WHERE {where} ORDER BY cardinality(o.path), o.name_sort, o.id", values
    )
    return [_org(row) for row in await cursor.fetchall()]


async def insert(
    connection: Connection,
    *,
    parent: Org | None,
    name: str,
    short_name: str | None,
    kind: str,
    area_code: str | None,
    valid_from: date | None,
    valid_to: date | None,
    aliases: Iterable[OrgAlias],
) -> int:
    """Add an agency and return its id."""
    cursor = await connection.execute(
        "WITH new AS (SELECT nextval(pg_get_serial_sequence('org', 'id'))::int AS id) "
        "INSERT INTO org (id, parent_id, path, name, name_fold, name_sort, short_name, short_fold, kind, "
        "area_code, valid_from, valid_to) "
        "SELECT id, %(parent)s, %(path)s::int[] || id, %(name)s, %(name_fold)s, %(name_sort)s, "
        "%(short_name)s, %(short_fold)s, %(kind)s, %(area_code)s, %(valid_from)s, %(valid_to)s "
        "FROM new RETURNING id",
        _columns(name, short_name)
        | {
            "parent": parent.id if parent else None,
            "path": list(parent.path) if parent else [],
            "kind": kind,
            "area_code": area_code,
            "valid_from": valid_from,
            "valid_to": valid_to,
        },
    )
    [(org_id,)] = await cursor.fetchall()
    await replace_aliases(connection, org_id, aliases)
    return int(org_id)


async def update(connection: Connection, org: Org) -> None:
    """Write an agency's own fields and aliases; where its parent changed, its whole subtree moves along."""
    await connection.execute(
        "UPDATE org SET parent_id = %(parent)s, name = %(name)s, name_fold = %(name_fold)s, "
        "name_sort = %(name_sort)s, short_name = %(short_name)s, short_fold = %(short_fold)s, "
        "kind = %(kind)s, area_code = %(area_code)s, valid_from = %(valid_from)s, valid_to = %(valid_to)s, "
        "version = version + 1 WHERE id = %(id)s",
        _columns(org.name, org.short_name)
        | {
            "id": org.id,
            "parent": org.parent_id,
            "kind": org.kind,
            "area_code": org.area_code,
            "valid_from": org.valid_from,
            "valid_to": org.valid_to,
        },
    )
    await connection.execute(
        "UPDATE org SET path = %(path)s::int[] || path[array_position(path, %(id)s):] "
        "WHERE path @> ARRAY[%(id)s::int]",
        {"id": org.id, "path": list(org.path[:-1])},
    )
    await replace_aliases(connection, org.id, org.aliases)


async def replace_aliases(connection: Connection, org_id: int, aliases: Iterable[OrgAlias]) -> None:
    """Put a list of other names in place of the one an agency had."""
    await connection.execute("DELETE FROM org_alias WHERE org_id = %s", (org_id,))
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO org_alias (org_id, text, fold, kind, valid_from, valid_to) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            [(org_id, a.text, name_key(a.text), a.kind, a.valid_from, a.valid_to) for a in aliases],
        )


async def called(connection: Connection, key: str, on: date) -> list[Org]:
    """Return the agencies that ``key`` (a folded name) meant on a day, by name first, then by other names."""
    cursor = await connection.execute(
        _SELECT
        + """
        JOIN (
            SELECT id, min(rank) AS rank FROM (
                SELECT id, 1 AS rank FROM org WHERE name_fold = %(key)s
                UNION ALL SELECT id, 2 FROM org WHERE short_fold = %(key)s
                UNION ALL SELECT org_id, 3 FROM org_alias WHERE fold = %(key)s
                    AND (valid_from IS NULL OR valid_from <= %(on)s)
                    AND (valid_to IS NULL OR %(on)s < valid_to)
            ) AS hit GROUP BY id
        ) AS found USING (id)
        WHERE (o.valid_from IS NULL OR o.valid_from <= %(on)s)
          AND (o.valid_to IS NULL OR %(on)s < o.valid_to)
        ORDER BY found.rank, cardinality(o.path), o.id
        """,
        {"key": key, "on": on},
    )
    return [_org(row) for row in await cursor.fetchall()]


async def successions(connection: Connection) -> list[OrgSuccession]:
    """Return every succession of the site (a province has some dozens)."""
    cursor = await connection.execute(
        "SELECT old_id, new_id, on_date, kind, scope, legal_basis FROM org_succession "
        "ORDER BY on_date, old_id"
    )
    names = ("old_id", "new_id", "on_date", "kind", "scope", "legal_basis")
    return [OrgSuccession(**dict(zip(names, row, strict=True))) for row in await cursor.fetchall()]


async def add_succession(connection: Connection, each: OrgSuccession) -> None:
    """Record a succession; the same one twice is one."""
    await connection.execute(
        "INSERT INTO org_succession (old_id, new_id, on_date, kind, scope, legal_basis) "
        "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (old_id, new_id, on_date) DO UPDATE SET "
        "kind = excluded.kind, scope = excluded.scope, legal_basis = excluded.legal_basis",
        (each.old_id, each.new_id, each.on_date, each.kind, each.scope, each.legal_basis),
    )


async def subtree(connection: Connection, org_id: int) -> frozenset[int]:
    """Return the ids of an agency and all under it."""
    cursor = await connection.execute("SELECT id FROM org WHERE path @> ARRAY[%s::int]", (org_id,))
    return frozenset(row[0] for row in await cursor.fetchall())


def _columns(name: str, short_name: str | None) -> dict[str, Any]:
    return {
        "name": name,
        "name_fold": name_key(name),
        "name_sort": sort_key(name),
        "short_name": short_name,
        "short_fold": name_key(short_name) if short_name else None,
    }


async def children(connection: Connection, org_id: int) -> list[Org]:
    """Return the agencies directly under one."""
    cursor = await connection.execute(
        _SELECT + "WHERE o.parent_id = %s ORDER BY o.name_sort, o.id", (org_id,)
    )
    return [_org(row) for row in await cursor.fetchall()]


async def letterhead(
    connection: Connection, org_id: int | None, province: str | None
) -> tuple[str, str | None, str | None, str | None]:
    """Return an agency's name (absent: the root's), that of the one above, its abbreviation, the province.

    Above a people's committee stands no agency on its papers, whatever the tree has above it, and in their
    symbols it is UBND, whatever the tree calls it for short.
    """
    cursor = await connection.execute(
        "SELECT o.name, CASE WHEN o.kind <> 'committee' THEN p.name END, "
        "CASE WHEN o.kind = 'committee' THEN 'UBND' ELSE o.short_name END, "
        "(SELECT a.name FROM area a WHERE a.code = %(province)s AND a.kind IN ('province', 'city') "
        "AND a.valid_to IS NULL LIMIT 1) FROM org o LEFT JOIN org p ON p.id = o.parent_id "
        "WHERE o.id = %(org)s OR (%(org)s::int IS NULL AND o.parent_id IS NULL) ORDER BY o.id LIMIT 1",
        {"org": org_id, "province": province},
    )
    [(name, parent, short, place)] = await cursor.fetchall()
    return name, parent, short, place
