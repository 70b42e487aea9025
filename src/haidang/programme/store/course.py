"""SQL of one project's money and work by month: what was planned, promised, estimated, accepted and paid."""

from __future__ import annotations

from datetime import date
from typing import Any

from psycopg.rows import dict_row

from haidang.base.database import Connection

_HELD = "c.superseded_at IS NULL AND c.valid_from <= %(on)s AND (c.valid_to IS NULL OR c.valid_to > %(on)s)"


async def yearly_plans(connection: Connection, project_id: int, on: date) -> dict[int, int]:
    """Return the annual plan of each year as it holds on a day."""
    cursor = await connection.execute(
        "SELECT c.plan_year, sum(c.amount_dong)::bigint FROM capital_plan c "
        f"WHERE c.project_id = %(project)s AND c.plan_kind = 'annual' AND {_HELD} GROUP BY 1 ORDER BY 1",
        {"project": project_id, "on": on},
    )
    return dict(await cursor.fetchall())


async def promises(
    connection: Connection, project_id: int, year: int | None = None
) -> dict[tuple[int, int], int]:
    """Return what the owner promises to disburse, by year and period."""
    cursor = await connection.execute(
        "SELECT plan_year, period, amount_dong FROM commitment WHERE project_id = %s "
        "AND superseded_at IS NULL AND (%s::int IS NULL OR plan_year = %s) ORDER BY 1, 2",
        (project_id, year, year),
    )
    return {(of, period): amount for of, period, amount in await cursor.fetchall()}


async def accepted(connection: Connection, project_id: int, on: date) -> dict[tuple[int, int], int]:
    """Return the volume accepted until a day, by calendar year and month."""
    cursor = await connection.execute(
        "SELECT extract(year FROM accepted_on)::int, extract(month FROM accepted_on)::int, "
        "sum(volume_dong)::bigint FROM acceptance WHERE project_id = %s AND withdrawn = '' "
        "AND accepted_on <= %s GROUP BY 1, 2",
        (project_id, on),
    )
    return {(year, month): amount for year, month, amount in await cursor.fetchall()}


async def spent(connection: Connection, project_id: int, on: date) -> dict[tuple[int, int], int]:
    """Return AC by calendar year and month: disbursed less the outstanding advance, which is the volume."""
    cursor = await connection.execute(
        "SELECT extract(year FROM paid_on)::int, extract(month FROM paid_on)::int, "
        "sum(confirmed_dong)::bigint FROM payment WHERE project_id = %s AND state = 'confirmed' "
        "AND kind = 'volume' AND paid_on <= %s GROUP BY 1, 2",
        (project_id, on),
    )
    return {(year, month): amount for year, month, amount in await cursor.fetchall()}


async def year_money(connection: Connection, project_id: int, year: int, on: date) -> list[dict[str, Any]]:
    """Return by period of a plan year what was confirmed until a day, and what owners had estimated."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT p.period, "
            "sum(CASE p.kind WHEN 'recovery' THEN -p.confirmed_dong ELSE p.confirmed_dong END) "
            "FILTER (WHERE p.state = 'confirmed' AND p.paid_on <= %(on)s)::bigint AS paid_dong, "
            "sum(CASE p.kind WHEN 'recovery' THEN -p.estimate_dong ELSE p.estimate_dong END) "
            "FILTER (WHERE p.state IN ('estimate', 'confirmed'))::bigint AS estimate_dong "
            "FROM payment p WHERE p.project_id = %(project)s AND p.plan_year = %(year)s GROUP BY 1",
            {"project": project_id, "year": year, "on": on},
        )
        return await cursor.fetchall()
