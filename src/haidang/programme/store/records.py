"""SQL of records that the shared one (``rows``) does not know: contracts as they hold, promises, files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec
from psycopg.rows import dict_row

from haidang.base.database import Connection
from haidang.base.text import fold
from haidang.programme.store.rows import build, columns

Row = TypeVar("Row", bound=msgspec.Struct)


async def contracts_now(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[int, date]]:
    """Return the value and the end of contracts as they hold after every change."""
    cursor = await connection.execute(
        "SELECT c.id, n.value_dong, n.expires_on FROM unnest(%s::int[]) AS c (id), contract_now(c.id) AS n",
        (list(ids),),
    )
    return {number: (value, until) for number, value, until in await cursor.fetchall()}


async def supersede_commitments(
    connection: Connection, wanted: Sequence[tuple[int, int, int]], at: datetime
) -> None:
    """Note that promises (project, year, period) are replaced by new ones."""
    if not wanted:
        return
    await connection.execute(
        "UPDATE commitment c SET superseded_at = greatest(%s, c.recorded_at) "
        "FROM unnest(%s::int[], %s::int[], %s::int[]) AS x (project, year, period) "
        "WHERE c.project_id = x.project AND c.plan_year = x.year AND c.period = x.period "
        "AND c.superseded_at IS NULL",
        (at, *(list(column) for column in zip(*wanted, strict=True))),
    )


async def files_of(connection: Connection, project_id: int, ids: Collection[int]) -> set[int]:
    """Return which of these numbers are files of a project."""
    if not ids:
        return set()
    cursor = await connection.execute(
        "SELECT id FROM project_file WHERE project_id = %s AND id = ANY(%s)", (project_id, sorted(ids))
    )
    return {number for (number,) in await cursor.fetchall()}


async def add_file(connection: Connection, project_id: int, facts: dict[str, Any]) -> int:
    """Add the row of a file that has its place."""
    cursor = await connection.execute(
        "INSERT INTO project_file (project_id, name, media_type, size_bytes, sha256, scan, by, at) VALUES "
        "(%(project)s, %(name)s, %(media_type)s, %(size_bytes)s, %(sha256)s, %(scan)s, %(by)s, %(at)s) "
        "RETURNING id",
        facts | {"project": project_id},
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def files(connection: Connection, project_id: int, file_id: int | None = None) -> list[dict[str, Any]]:
    """Return the files of a project in the order they came, or one of them."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT id, name, media_type, size_bytes, sha256, scan, by, at FROM project_file "
            "WHERE project_id = %(project)s AND (%(id)s::int IS NULL OR id = %(id)s) ORDER BY id",
            {"project": project_id, "id": file_id},
        )
        return await cursor.fetchall()


async def contractors(connection: Connection, kind: type[Row], q: str, limit: int) -> list[Row]:
    """Return companies by a part of their name or their tax code."""
    pattern = fold(q).replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    cursor = await connection.execute(
        f"SELECT {columns(kind, 't')} FROM contractor t WHERE t.name_fold LIKE %s OR t.tax_code = %s "
        "ORDER BY t.name_fold, t.id LIMIT %s",
        (f"%{pattern}%", q.strip(), limit),
    )
    return [build(kind, found) for found in await cursor.fetchall()]
