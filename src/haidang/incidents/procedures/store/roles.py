"""SQL of which unit fills a role, by area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg.rows import dict_row

from haidang.base.database import Connection


async def filled(connection: Connection, role: str, area_code: str | None) -> tuple[int, int | None] | None:
    """Return (unit, person) that fills a role in an area: of the area, else its parents, else at all."""
    cursor = await connection.execute(
        "WITH RECURSIVE up (code, level) AS (SELECT %(area)s::text, 0 UNION ALL "
        "SELECT a.parent_code, level + 1 FROM up JOIN area a ON a.code = up.code AND a.valid_to IS NULL "
        "WHERE a.parent_code IS NOT NULL AND level < 5) "
        "SELECT r.org_id, r.account_id FROM procedure_role r LEFT JOIN up ON up.code = r.area_code "
        "WHERE r.role = %(role)s AND (r.area_code IS NULL OR up.code IS NOT NULL) "
        "ORDER BY up.level NULLS LAST LIMIT 1",
        {"role": role, "area": area_code},
    )
    found = await cursor.fetchone()
    return (int(found[0]), found[1]) if found else None


async def shift_lead(connection: Connection, org_id: int) -> int | None:
    """Return who leads the shift that is on in a unit."""
    cursor = await connection.execute(
        "SELECT lead FROM shift WHERE org_id = %s AND ended_at IS NULL", (org_id,)
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else None


async def replace(
    connection: Connection, role: str, rows: Sequence[tuple[str | None, int, int | None]]
) -> None:
    """Replace who fills a role: (area, unit, person)."""
    await connection.execute("DELETE FROM procedure_role WHERE role = %s", (role,))
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO procedure_role (role, area_code, org_id, account_id) VALUES (%s, %s, %s, %s)",
            [(role, *each) for each in rows],
        )


async def everything(connection: Connection) -> list[dict[str, Any]]:
    """Return who fills which role where, with names."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT r.role, r.area_code, a.name AS area_name, r.org_id, o.name AS org_name, r.account_id, "
            "p.display_name AS name FROM procedure_role r JOIN org o ON o.id = r.org_id "
            "LEFT JOIN account p ON p.id = r.account_id "
            "LEFT JOIN area a ON a.code = r.area_code AND a.valid_to IS NULL "
            "ORDER BY r.role, r.area_code NULLS FIRST"
        )
        return await cursor.fetchall()


async def known_areas(connection: Connection, codes: Sequence[str]) -> set[str]:
    """Return those codes that are areas of today."""
    cursor = await connection.execute(
        "SELECT code FROM area WHERE code = ANY(%s) AND valid_to IS NULL", (list(codes),)
    )
    return {code for (code,) in await cursor.fetchall()}
