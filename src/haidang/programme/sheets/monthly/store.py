"""SQL of monthly forms: what each row shows and stands for, for a whole programme at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal, scope_sql


class Listed(msgspec.Struct, frozen=True):
    """A project whose register the asker keeps."""

    id: int
    public_id: str
    name: str
    owner: str


async def projects(
    connection: Connection, principal: Principal, program_id: int, *, limit: int
) -> list[Listed]:
    """Return the projects of a programme that the asker edits and that are not cancelled."""
    scope, values = scope_sql(
        principal, "programme.edit", org="p.owner_org", area="p.area_code", sector="p.sector"
    )
    cursor = await connection.execute(
        "SELECT p.id, p.public_id, p.name, coalesce(nullif(p.owner_name, ''), o.name) FROM project p "
        "JOIN org o ON o.id = p.owner_org WHERE p.program_id = %(program)s AND p.cancelled_on IS NULL "
        f"AND {scope} ORDER BY p.id LIMIT %(limit)s",
        values | {"program": program_id, "limit": limit},
    )
    return [Listed(*found) for found in await cursor.fetchall()]


async def plans(connection: Connection, program_id: int, year: int, day: date) -> dict[tuple[int, int], int]:
    """Return the annual plan of each project and source as it holds on a day."""
    cursor = await connection.execute(
        "SELECT c.project_id, c.fund_source_id, sum(c.amount_dong)::bigint FROM capital_plan c "
        "WHERE c.program_id = %s AND c.plan_year = %s AND c.plan_kind = 'annual' "
        "AND c.project_id IS NOT NULL AND c.superseded_at IS NULL AND c.valid_from <= %s "
        "AND (c.valid_to IS NULL OR c.valid_to > %s) "
        "GROUP BY 1, 2",
        (program_id, year, day, day),
    )
    return {(project, source): amount for project, source, amount in await cursor.fetchall()}


async def progress(
    connection: Connection, program_id: int, year: int, period: int
) -> tuple[dict[int, tuple[int, int, Decimal, str]], dict[int, Decimal]]:
    """Return each project's report of a month (id, version, per cent, text), and the last one before it."""
    cursor = await connection.execute(
        "SELECT r.project_id, r.id, r.version, r.physical_pct, r.text FROM progress r "
        "JOIN project p ON p.id = r.project_id WHERE p.program_id = %s AND r.plan_year = %s "
        "AND r.period = %s",
        (program_id, year, period),
    )
    now = {
        project: (number, version, pct, text)
        for project, number, version, pct, text in await cursor.fetchall()
    }
    cursor = await connection.execute(
        "SELECT DISTINCT ON (r.project_id) r.project_id, r.physical_pct FROM progress r "
        "JOIN project p ON p.id = r.project_id WHERE p.program_id = %s "
        "AND (r.plan_year, r.period) < (%s, %s) "
        "ORDER BY r.project_id, r.plan_year DESC, r.period DESC",
        (program_id, year, period),
    )
    return now, dict(await cursor.fetchall())


async def estimates(
    connection: Connection, program_id: int, year: int, period: int
) -> dict[tuple[int, int], tuple[int, int, int, str]]:
    """Return the latest open estimate of volume without a contract: id, version, đồng, note."""
    cursor = await connection.execute(
        "SELECT DISTINCT ON (y.project_id, y.fund_source_id) y.project_id, y.fund_source_id, y.id, "
        "y.version, y.estimate_dong, y.note FROM payment y JOIN project p ON p.id = y.project_id "
        "WHERE p.program_id = %s AND y.plan_year = %s AND y.period = %s AND y.state = 'estimate' "
        "AND y.kind = 'volume' AND y.contract_id IS NULL AND NOT y.carry_over "
        "ORDER BY y.project_id, y.fund_source_id, y.id DESC",
        (program_id, year, period),
    )
    return {
        (project, source): (number, version, amount, note)
        for project, source, number, version, amount, note in await cursor.fetchall()
    }


async def paid(connection: Connection, program_id: int, year: int) -> dict[tuple[int, int], int]:
    """Return what the Treasury has confirmed by project and source: volume, advances, less recovery."""
    cursor = await connection.execute(
        "SELECT y.project_id, y.fund_source_id, sum(CASE y.kind WHEN 'recovery' THEN -y.confirmed_dong "
        "ELSE y.confirmed_dong END)::bigint FROM payment y JOIN project p ON p.id = y.project_id "
        "WHERE p.program_id = %s AND y.plan_year = %s AND y.state = 'confirmed' GROUP BY 1, 2",
        (program_id, year),
    )
    return {(project, source): amount for project, source, amount in await cursor.fetchall()}


async def commitments(
    connection: Connection, program_id: int, year: int, period: int
) -> dict[int, tuple[int, int]]:
    """Return the promise that holds for a month: its number and đồng."""
    cursor = await connection.execute(
        "SELECT c.project_id, c.id, c.amount_dong FROM commitment c JOIN project p ON p.id = c.project_id "
        "WHERE p.program_id = %s AND c.plan_year = %s AND c.period = %s AND c.superseded_at IS NULL",
        (program_id, year, period),
    )
    return {project: (number, amount) for project, number, amount in await cursor.fetchall()}


async def source_names(connection: Connection) -> dict[int, str]:
    """Return what sources are called."""
    return dict(await (await connection.execute("SELECT id, name FROM fund_source")).fetchall())


async def turn(connection: Connection, program_id: int) -> None:
    """Wait until no other form of a programme is being written; the turn ends with the transaction."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('programme_form', %s))", (program_id,)
    )
