"""SQL of what a year leaves: planned, paid, carried over by a decision, lapsed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from psycopg.rows import dict_row

from haidang.base.database import Connection

_HOLDS = (
    "c.superseded_at IS NULL AND c.valid_from <= %(day)s AND (c.valid_to IS NULL OR c.valid_to > %(day)s)"
)
_QUERY = f"""
WITH planned AS (
    SELECT c.project_id, c.fund_source_id,
           sum(c.amount_dong) FILTER (WHERE c.plan_kind = 'annual' AND c.plan_year = %(year)s) AS plan_dong,
           sum(c.amount_dong) FILTER (WHERE c.plan_kind = 'carry_over' AND c.plan_year = %(year)s + 1)
               AS carried_over_dong
    FROM capital_plan c WHERE c.program_id = %(program)s AND c.project_id IS NOT NULL AND {_HOLDS}
      AND c.plan_year IN (%(year)s, %(year)s + 1) AND c.plan_kind IN ('annual', 'carry_over')
      AND (%(projects)s::int[] IS NULL OR c.project_id = ANY(%(projects)s))
    GROUP BY 1, 2),
paid AS (
    SELECT p.project_id, p.fund_source_id,
           sum(CASE p.kind WHEN 'recovery' THEN -p.confirmed_dong ELSE p.confirmed_dong END) AS paid_dong
    FROM payment p WHERE p.plan_year = %(year)s AND p.state = 'confirmed' AND NOT p.carry_over GROUP BY 1, 2)
SELECT d.project_id, j.name, d.fund_source_id, d.plan_dong::bigint,
       coalesce(paid.paid_dong, 0)::bigint AS paid_dong,
       (d.plan_dong - coalesce(paid.paid_dong, 0))::bigint AS unspent_dong,
       coalesce(d.carried_over_dong, 0)::bigint AS carried_over_dong,
       (d.plan_dong - coalesce(paid.paid_dong, 0) - coalesce(d.carried_over_dong, 0))::bigint AS lapsed_dong
FROM planned d JOIN project j ON j.id = d.project_id LEFT JOIN paid USING (project_id, fund_source_id)
WHERE d.plan_dong IS NOT NULL AND d.plan_dong <> coalesce(paid.paid_dong, 0)
ORDER BY unspent_dong DESC, d.project_id LIMIT 5000
"""


async def of_year(
    connection: Connection, program_id: int, year: int, day: date, projects: Collection[int] | None
) -> list[dict[str, Any]]:
    """Return, by project and source, what a year's plan has left, the most first; by what is known now."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            _QUERY,
            {
                "program": program_id, "year": year, "day": day,
                "projects": None if projects is None else sorted(projects),
            },
        )  # fmt: skip
        return await cursor.fetchall()
