"""SQL of the programme board: which years have plans, and what asks for attention of each project."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from psycopg.rows import dict_row

from haidang.base.database import Connection

_CONTRACTS = """
SELECT c.project_id AS id, count(*)::int AS overdue_contracts,
    max(%(today)s - n.expires_on)::int AS contract_days
FROM contract c CROSS JOIN LATERAL contract_now(c.id) AS n
WHERE c.project_id = ANY(%(projects)s) AND c.ended_on IS NULL AND n.expires_on < %(today)s GROUP BY 1
"""
_MILESTONES = """
SELECT m.project_id AS id, count(*)::int AS milestones, count(m.actual_on)::int AS milestones_met,
    count(*) FILTER (WHERE m.actual_on IS NULL AND d.days > 0)::int AS late_milestones,
    max(d.days) FILTER (WHERE m.actual_on IS NULL AND d.days > 0) AS milestone_days
FROM milestone m CROSS JOIN LATERAL (
    SELECT greatest(%(today)s, coalesce(m.forecast_on, %(today)s)) - m.baseline_on AS days) d
WHERE m.project_id = ANY(%(projects)s) GROUP BY 1
"""
_BOTTLENECKS = """
SELECT b.project_id AS id, count(*)::int AS bottlenecks FROM bottleneck b JOIN task t ON t.id = b.task_id
WHERE b.project_id = ANY(%(projects)s) AND t.is_open GROUP BY 1
"""


async def years(connection: Connection, program_id: int) -> list[int]:
    """Return the years for which a programme has plan amounts that hold, the latest first."""
    cursor = await connection.execute(
        "SELECT DISTINCT plan_year FROM capital_plan WHERE program_id = %s AND superseded_at IS NULL "
        "AND plan_kind <> 'medium' ORDER BY 1 DESC",
        (program_id,),
    )
    return [year for (year,) in await cursor.fetchall()]


async def attention(
    connection: Connection, projects: Collection[int], today: date
) -> dict[int, dict[str, Any]]:
    """Return contracts past their end and milestones that slip; what has none is absent.

    The end of a contract is that of its last extension. A milestone that is not met slips by the later of
    today and its forecast after its baseline.
    """
    found: dict[int, dict[str, Any]] = {}
    async with connection.cursor(row_factory=dict_row) as cursor:
        for query in (_CONTRACTS, _MILESTONES):
            await cursor.execute(query, {"projects": sorted(projects), "today": today})
            for each in await cursor.fetchall():
                found.setdefault(each.pop("id"), {}).update(each)
    return found


async def bottlenecks(connection: Connection, projects: Collection[int]) -> dict[int, int]:
    """Return how many bottlenecks of each project are open, by what their tasks say now."""
    cursor = await connection.execute(_BOTTLENECKS, {"projects": sorted(projects)})
    return dict(await cursor.fetchall())


async def sources(
    connection: Connection, program_id: int, year: int, projects: Collection[int] | None
) -> tuple[list[int], bool]:
    """Return from which sources a year is planned, and whether some line of it has no project."""
    cursor = await connection.execute(
        "SELECT c.fund_source_id, bool_or(c.project_id IS NULL) FROM capital_plan c "
        "WHERE c.program_id = %(program)s AND c.plan_year = %(year)s AND c.plan_kind = 'annual' "
        "AND c.superseded_at IS NULL AND (%(projects)s::int[] IS NULL OR c.project_id = ANY(%(projects)s)) "
        "GROUP BY 1 ORDER BY 1",
        {"program": program_id, "year": year, "projects": None if projects is None else sorted(projects)},
    )
    found = await cursor.fetchall()
    return [source for source, _ in found], any(bare for _, bare in found)
