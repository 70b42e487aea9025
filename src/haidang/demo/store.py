"""SQL of the demonstration: its areas, and which entities are made up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from haidang.base.database import Connection
from haidang.base.text import fold, sort_key


class AreaRow(NamedTuple):
    """An area of the invented province."""

    code: str
    name: str
    full_name: str
    kind: str
    parent_code: str | None
    lon: float
    lat: float


async def add_areas(connection: Connection, areas: Iterable[AreaRow], since: date, source: str) -> None:
    """Add the areas that are not there yet."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            """
            INSERT INTO area (code, valid_from, since_exact, name, full_name, kind, parent_code, fold,
                              sort_key, lon, lat, source)
            VALUES (%s, %s, true, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            [
                (a.code, since, a.name, a.full_name, a.kind, a.parent_code, fold(a.full_name),
                 sort_key(a.name), a.lon, a.lat, source)
                for a in areas
            ],
        )  # fmt: skip


async def made_up(connection: Connection, source: str) -> list[str]:
    """Return the ids of all entities that the demonstration has written."""
    cursor = await connection.execute(
        "SELECT id FROM entity WHERE simulated AND tenant_id = 0 AND source = %s ORDER BY id", (source,)
    )
    return [row[0] for row in await cursor.fetchall()]
