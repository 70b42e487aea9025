"""SQL of who fills a unit's roles and what each person wants to get where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

import msgspec
from psycopg.rows import dict_row

from haidang.base.database import Connection


class Preference(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wants to get, and where."""

    version: int = 0
    email: str | None = None
    phone: str | None = None
    webhook: str | None = None
    channels: tuple[str, ...] = ()
    quiet_start: time | None = None
    quiet_end: time | None = None
    digest: bool = False


async def in_role(connection: Connection, orgs: Sequence[int], role: str, now: datetime) -> int | None:
    """Return who fills a role in the first of some units that has somebody present in it."""
    cursor = await connection.execute(
        "SELECT r.account_id FROM task_role r JOIN account a ON a.id = r.account_id AND a.active "
        "WHERE r.org_id = ANY(%(orgs)s) AND r.role = %(role)s "
        "AND (r.away_until IS NULL OR r.away_until <= %(now)s) "
        "ORDER BY array_position(%(orgs)s, r.org_id), r.rank LIMIT 1",
        {"orgs": list(orgs), "role": role, "now": now},
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else None


async def is_active(connection: Connection, account_id: int) -> bool:
    """Say whether a person is still with us."""
    cursor = await connection.execute("SELECT active FROM account WHERE id = %s", (account_id,))
    found = await cursor.fetchone()
    return bool(found and found[0])


async def of_org(connection: Connection, account_id: int) -> int | None:
    """Return the unit of an active person."""
    cursor = await connection.execute("SELECT org_id FROM account WHERE id = %s AND active", (account_id,))
    found = await cursor.fetchone()
    return int(found[0]) if found else None


async def people(connection: Connection, orgs: Sequence[int]) -> list[dict[str, Any]]:
    """Return the people of some units, by name."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT id, display_name AS name, org_id FROM account WHERE org_id = ANY(%s) AND active "
            "ORDER BY display_name LIMIT 500",
            (list(orgs),),
        )
        return await cursor.fetchall()


async def path(connection: Connection, org_id: int) -> list[int]:
    """Return a unit and those above it, the unit first."""
    cursor = await connection.execute("SELECT path FROM org WHERE id = %s", (org_id,))
    found = await cursor.fetchone()
    return list(reversed(found[0])) if found else [org_id]


async def below(connection: Connection, org_id: int) -> tuple[int, ...]:
    """Return a unit and those under it."""
    cursor = await connection.execute("SELECT id FROM org WHERE path @> ARRAY[%s]::int[]", (org_id,))
    return tuple(number for (number,) in await cursor.fetchall())


async def roles(connection: Connection, where: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the filled roles of the units that a scope's predicate on ``o.id`` lets through."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT r.org_id, o.name AS org_name, r.role, r.rank, r.account_id, a.display_name AS name, "
            "r.away_until FROM task_role r "
            "JOIN org o ON o.id = r.org_id JOIN account a ON a.id = r.account_id "
            f"WHERE {where} ORDER BY o.name_sort, r.role, r.rank LIMIT 2000",
            values,
        )
        return await cursor.fetchall()


async def set_roles(connection: Connection, org_id: int, rows: Sequence[tuple[str, int, int, Any]]) -> None:
    """Replace who fills the roles of a unit: (role, rank, account, away until)."""
    await connection.execute("DELETE FROM task_role WHERE org_id = %s", (org_id,))
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO task_role (org_id, role, rank, account_id, away_until) VALUES (%s, %s, %s, %s, %s)",
            [(org_id, *each) for each in rows],
        )


async def preference(connection: Connection, account_id: int, *, lock: bool = False) -> Preference:
    """Return what a person wants; the defaults where nothing was ever said."""
    names = Preference.__struct_fields__
    cursor = await connection.execute(
        f"SELECT {', '.join(names)} FROM task_preference WHERE account_id = %s"
        + (" FOR UPDATE" if lock else ""),
        (account_id,),
    )
    found = await cursor.fetchone()
    if found is None:
        return Preference()
    facts = dict(zip(names, found, strict=True))
    return Preference(**(facts | {"channels": tuple(facts["channels"])}))


async def set_preference(connection: Connection, account_id: int, wanted: Preference) -> None:
    """Keep what a person wants."""
    names = Preference.__struct_fields__
    values = msgspec.structs.asdict(wanted) | {"account_id": account_id, "channels": list(wanted.channels)}
    await connection.execute(
        f"INSERT INTO task_preference (account_id, {', '.join(names)}) "
        f"VALUES (%(account_id)s, {', '.join(f'%({name})s' for name in names)}) "
        f"ON CONFLICT (account_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in names)}",
        values,
    )


async def digest_due(connection: Connection, key: str, limit: int) -> list[tuple[int, int]]:
    """Return (account, unit) of those who want a digest and have not been told under a key."""
    cursor = await connection.execute(
        "SELECT a.id, a.org_id FROM task_preference p JOIN account a ON a.id = p.account_id AND a.active "
        "WHERE p.digest "
        "AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.key = %s AND n.account_id = a.id) LIMIT %s",
        (key, limit),
    )
    return [(account, org) for account, org in await cursor.fetchall()]
