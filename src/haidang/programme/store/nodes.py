"""SQL of the tree of plan lines: nodes of a year, and where projects stand."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from haidang.base.database import Connection
from haidang.programme.model.register import Node, Place
from haidang.programme.store.rows import build, columns


async def of_year(connection: Connection, program_id: int, year: int) -> list[Node]:
    """Return the lines of a programme's year in their order."""
    cursor = await connection.execute(
        f"SELECT {columns(Node, 'n')} FROM plan_node n WHERE n.program_id = %s AND n.plan_year = %s "
        "ORDER BY n.position, n.id",
        (program_id, year),
    )
    return [build(Node, found) for found in await cursor.fetchall()]


async def places(connection: Connection, program_id: int, year: int) -> list[Place]:
    """Return where the projects of a programme stand in a year."""
    cursor = await connection.execute(
        f"SELECT {columns(Place, 'l')} FROM plan_place l JOIN plan_node n ON n.id = l.node_id "
        "WHERE n.program_id = %s AND l.plan_year = %s ORDER BY l.position, l.project_id",
        (program_id, year),
    )
    return [build(Place, found) for found in await cursor.fetchall()]


async def place(connection: Connection, wanted: Sequence[Place]) -> None:
    """Put projects under lines by one statement; one that stood elsewhere in that year moves."""
    await connection.execute(
        "INSERT INTO plan_place (project_id, plan_year, node_id, position, number) "
        "SELECT x.project_id, x.plan_year, x.node_id, x.position, x.number "
        "FROM jsonb_populate_recordset(NULL::plan_place, %s::jsonb) AS x "
        "ON CONFLICT (project_id, plan_year) DO UPDATE SET node_id = excluded.node_id, "
        "position = excluded.position, number = excluded.number",
        (msgspec.json.encode(list(wanted)).decode(),),
    )


async def years(connection: Connection, program_id: int) -> list[int]:
    """Return the years for which a programme has lines or plans."""
    cursor = await connection.execute(
        "SELECT plan_year FROM plan_node WHERE program_id = %(id)s UNION "
        "SELECT plan_year FROM capital_plan WHERE program_id = %(id)s AND plan_kind <> 'medium' ORDER BY 1",
        {"id": program_id},
    )
    return [year for (year,) in await cursor.fetchall()]
