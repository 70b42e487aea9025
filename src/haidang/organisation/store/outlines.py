"""SQL of outlines: what a site imported, and where it came from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from haidang.base.database import Connection


class OutlineRow(msgspec.Struct, frozen=True):
    """The outline of one unit: its box (west, south, east, north) and its GeoJSON geometry as text."""

    code: str
    valid_from: date
    level: str
    box: tuple[float, float, float, float]
    geometry: str


async def record_import(
    connection: Connection,
    *,
    file_name: str,
    sha256: str,
    note: str | None,
    at: datetime,
    by: str,
    accepted: int,
    refused: int,
) -> int:
    """Keep where outlines came from; return the number of the import."""
    cursor = await connection.execute(
        "INSERT INTO outline_import (file_name, sha256, note, imported_at, imported_by, accepted, refused) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (file_name, sha256, note, at, by, accepted, refused),
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def replace(connection: Connection, import_id: int, rows: Iterable[OutlineRow]) -> None:
    """Put outlines in place of those that the same units had."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO area_outline "
            "(code, valid_from, level, west, south, east, north, geometry, import_id) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (code, valid_from) DO UPDATE SET "
            "level = excluded.level, west = excluded.west, south = excluded.south, east = excluded.east, "
            "north = excluded.north, geometry = excluded.geometry, import_id = excluded.import_id",
            [(r.code, r.valid_from, r.level, *r.box, r.geometry, import_id) for r in rows],
        )
    await connection.execute("UPDATE area_state SET outline_version = outline_version + 1")


async def version(connection: Connection) -> int:
    """Return the number that every import moves on."""
    cursor = await connection.execute("SELECT outline_version FROM area_state")
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def of_today(
    connection: Connection, level: str, parent: str | None = None
) -> list[tuple[str, str, str, str | None, str]]:
    """Return (code, name, kind, parent code, geometry) of the outlines of today's units of a level."""
    values: dict[str, Any] = {"level": level, "parent": parent}
    cursor = await connection.execute(
        "SELECT o.code, a.full_name, a.kind, a.parent_code, o.geometry "
        "FROM area_outline o JOIN area a USING (code, valid_from) "
        "WHERE o.level = %(level)s AND a.valid_to IS NULL "
        "AND (%(parent)s::text IS NULL OR a.parent_code = %(parent)s OR a.code = %(parent)s) ORDER BY o.code",
        values,
    )
    return list(await cursor.fetchall())
