"""SQL of vehicles and teams, and of each time one was sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from haidang.base.database import Connection
from haidang.incidents.model.resources import Resource

FIELDS: tuple[str, ...] = Resource.__struct_fields__
COLUMNS = ", ".join(f"r.{name}" for name in FIELDS)
_KEPT = tuple(name for name in FIELDS if name != "id")


def row(values: Sequence[Any]) -> Resource:
    """Return a resource from its columns in the order of :data:`COLUMNS`."""
    return Resource(**dict(zip(FIELDS, values, strict=True)))


def _values(resource: Resource) -> dict[str, Any]:
    return {name: getattr(resource, name) for name in FIELDS}


async def insert(connection: Connection, resource: Resource) -> int | None:
    """Add a resource (its ``id`` is not used); None where its unit has one of that name already."""
    cursor = await connection.execute(
        f"INSERT INTO resource ({', '.join(_KEPT)}) VALUES ({', '.join(f'%({name})s' for name in _KEPT)}) "
        "ON CONFLICT (org_id, name) DO NOTHING RETURNING id",
        _values(resource),
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else None


async def update(connection: Connection, resource: Resource) -> None:
    """Write a whole row; the caller has locked it and counted the version."""
    await connection.execute(
        f"UPDATE resource SET {', '.join(f'{name} = %({name})s' for name in _KEPT)} WHERE id = %(id)s",
        _values(resource),
    )


async def get(connection: Connection, ids: Iterable[int], *, lock: bool = False) -> list[Resource]:
    """Return resources in the order of their numbers; ``lock`` holds them for the caller's change."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM resource r WHERE r.id = ANY(%s) ORDER BY r.id"
        + (" FOR NO KEY UPDATE" if lock else ""),
        (sorted(set(ids)),),
    )
    return [row(each) for each in await cursor.fetchall()]


async def named(connection: Connection, org_id: int, name: str) -> Resource | None:
    """Return, locked, a unit's resource of a name."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM resource r WHERE r.org_id = %s AND r.name = %s FOR NO KEY UPDATE",
        (org_id, name),
    )
    found = await cursor.fetchone()
    return row(found) if found else None


async def at_incident(connection: Connection, incident_id: int, *, lock: bool = False) -> list[Resource]:
    """Return the resources that are at an incident, or on their way."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM resource r WHERE r.incident_id = %s ORDER BY r.id"
        + (" FOR NO KEY UPDATE" if lock else ""),
        (incident_id,),
    )
    return [row(each) for each in await cursor.fetchall()]


async def page(
    connection: Connection,
    scope: str,
    values: dict[str, Any],
    *,
    status: str | None,
    kind: str | None,
    org: int | None,
    active: bool | None,
    after: int,
    limit: int,
) -> list[Resource]:
    """Return resources in the order they were made; ``scope`` is the predicate of what may be seen."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM resource r WHERE {scope} AND r.id > %(after)s "
        "AND (%(status)s::text IS NULL OR r.status = %(status)s) "
        "AND (%(kind)s::text IS NULL OR r.kind = %(kind)s) "
        "AND (%(org)s::int IS NULL OR r.org_id = %(org)s) "
        "AND (%(active)s::boolean IS NULL OR r.active = %(active)s) ORDER BY r.id LIMIT %(limit)s",
        values
        | {"status": status, "kind": kind, "org": org, "active": active, "after": after, "limit": limit},
    )
    return [row(each) for each in await cursor.fetchall()]


async def free(connection: Connection, scope: str, values: dict[str, Any], limit: int) -> list[Resource]:
    """Return resources that can be sent."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM resource r WHERE {scope} AND r.active AND r.status = 'free' "
        "ORDER BY r.id LIMIT %(limit)s",
        values | {"limit": limit},
    )
    return [row(each) for each in await cursor.fetchall()]


async def positions(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[float, float, datetime]]:
    """Return where tracked entities are: id → longitude, latitude, when that was written."""
    cursor = await connection.execute(
        "SELECT id, loc[0], loc[1], mod FROM entity WHERE tenant_id = 0 AND id = ANY(%s) AND loc IS NOT NULL",
        (list(ids),),
    )
    return {id_: (lon, lat, at) for id_, lon, lat, at in await cursor.fetchall()}


# --- each time one was sent


async def send(connection: Connection, resource_id: int, incident_id: int, *, at: datetime, by: str) -> None:
    """Note that a resource was sent."""
    await connection.execute(
        "INSERT INTO resource_use (resource_id, incident_id, sent_at, sent_by) VALUES (%s, %s, %s, %s)",
        (resource_id, incident_id, at, by),
    )


async def note(connection: Connection, resource_ids: Sequence[int], field: str, at: datetime) -> None:
    """Note when something of the present use happened: ``on_way_at``, ``on_scene_at`` or ``ended_at``."""
    if field not in {"on_way_at", "on_scene_at", "ended_at"}:
        raise ValueError(field)
    await connection.execute(
        f"UPDATE resource_use SET {field} = coalesce({field}, %s) "
        "WHERE resource_id = ANY(%s) AND ended_at IS NULL",
        (at, list(resource_ids)),
    )


async def move_uses(connection: Connection, source: int, target: int, ids: Sequence[int] | None) -> None:
    """Give the present uses of one incident to another; ``ids`` only those resources, None all."""
    for table, current in (("resource_use", "ended_at IS NULL"), ("resource", "TRUE")):
        column = "resource_id" if table == "resource_use" else "id"
        bump = "" if table == "resource_use" else ", version = version + 1"
        await connection.execute(
            f"UPDATE {table} SET incident_id = %(target)s{bump} WHERE incident_id = %(source)s "
            f"AND {current} AND (%(ids)s::int[] IS NULL OR {column} = ANY(%(ids)s))",
            {"source": source, "target": target, "ids": None if ids is None else list(ids)},
        )


async def uses(connection: Connection, incident_id: int) -> list[dict[str, Any]]:
    """Return every time something was sent to an incident, in order."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT u.resource_id AS id, r.name, r.kind, r.call_sign, r.org_id, o.name AS org_name, "
            "u.sent_at, u.on_way_at, u.on_scene_at, u.ended_at, "
            "CASE WHEN u.ended_at IS NULL THEN r.status ELSE 'released' END AS status, "
            "r.version, r.lon, r.lat "
            "FROM resource_use u JOIN resource r ON r.id = u.resource_id JOIN org o ON o.id = r.org_id "
            "WHERE u.incident_id = %s ORDER BY u.id LIMIT 500",
            (incident_id,),
        )
        return await cursor.fetchall()
