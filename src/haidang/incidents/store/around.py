"""SQL of what stands around an incident: cameras near a place, files of its log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg.rows import dict_row

from haidang.base.database import Connection

_FILE = "id, incident_id, name, media_type, size_bytes, sha256, scan, by, at"


async def entities_near(
    connection: Connection,
    scope: str,
    values: dict[str, Any],
    *,
    type_name: str,
    box: tuple[float, float, float, float],
    limit: int,
) -> list[tuple[str, str, float, float, Any]]:
    """Return (id, name, longitude, latitude, when written) of entities of a type within a box."""
    west, south, east, north = box
    cursor = await connection.execute(
        "SELECT e.id, s.name, e.loc[0], e.loc[1], e.mod FROM entity e JOIN entity_static s USING (eid) "
        "WHERE e.tenant_id = 0 AND e.loc <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s)) "
        "AND e.type_id IN (SELECT t.id FROM type t WHERE t.name = %(type)s OR t.members && "
        "(SELECT array_agg(o.id) FROM type o WHERE o.name = %(type)s AND o.members IS NULL)) "
        f"AND {scope} LIMIT %(limit)s",
        values
        | {"west": west, "south": south, "east": east, "north": north, "type": type_name, "limit": limit},
    )
    return [(id_, name, lon, lat, at) for id_, name, lon, lat, at in await cursor.fetchall()]


async def entities(
    connection: Connection, scope: str, values: dict[str, Any], ids: Iterable[str]
) -> set[str]:
    """Return which of these entities a scope lets through."""
    cursor = await connection.execute(
        f"SELECT e.id FROM entity e WHERE e.tenant_id = 0 AND e.id = ANY(%(ids)s) AND {scope}",
        values | {"ids": sorted(set(ids))},
    )
    return {id_ for (id_,) in await cursor.fetchall()}


async def add_file(connection: Connection, incident_id: int, facts: dict[str, Any]) -> int:
    """Add a file's row and return its number."""
    cursor = await connection.execute(
        "INSERT INTO incident_file (incident_id, name, media_type, size_bytes, sha256, scan, by, at) VALUES "
        "(%(incident_id)s, %(name)s, %(media_type)s, %(size_bytes)s, %(sha256)s, %(scan)s, %(by)s, %(at)s) "
        "RETURNING id",
        facts | {"incident_id": incident_id},
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def files(
    connection: Connection, incident_id: int, ids: Sequence[int] | None = None
) -> list[dict[str, Any]]:
    """Return the files of an incident, or those of them that are named."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            f"SELECT {_FILE} FROM incident_file WHERE incident_id = %(incident)s "
            "AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s)) ORDER BY id",
            {"incident": incident_id, "ids": None if ids is None else list(ids)},
        )
        return await cursor.fetchall()
