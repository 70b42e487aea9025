"""SQL of letters to contractors: their rows, those in sight, and the facts that they name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal, scope_sql
from haidang.programme.letters.model import ActName, State
from haidang.programme.store.rows import build, columns


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A letter; the columns are explained in migration 0281."""

    id: int
    version: int = 1
    project_id: int
    contract_id: int
    case_id: int | None = None
    act: ActName
    issuer_org: int
    state: State = "draft"
    content: str
    sha256: str
    made_by: str
    made_at: datetime
    number: str = ""
    signed_on: date | None = None
    reply_until: date | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""


async def page(
    connection: Connection,
    principal: Principal,
    *,
    project: int | None,
    case: int | None,
    before: int | None,
    limit: int,
) -> list[Row]:
    """Return letters of owners for whom the asker works or over whom the asker watches, newest first."""
    limits: list[str] = []
    values: dict[str, Any] = {}
    for permission, mark in (("programme.edit", "edit"), ("programme.oversee", "watch")):
        scope, found = scope_sql(
            principal, permission, org="p.owner_org", area="p.area_code", sector="p.sector"
        )
        limits.append(scope.replace("scope_", f"{mark}_"))
        values |= {name.replace("scope_", f"{mark}_"): value for name, value in found.items()}
    cursor = await connection.execute(
        f"SELECT {columns(Row, 'l')} FROM contractor_letter l JOIN project p ON p.id = l.project_id "
        f"WHERE ({' OR '.join(limits)}) AND (%(project)s::int IS NULL OR l.project_id = %(project)s) "
        "AND (%(case)s::int IS NULL OR l.case_id = %(case)s) "
        "AND (%(before)s::int IS NULL OR l.id < %(before)s) ORDER BY l.id DESC LIMIT %(limit)s",
        values | {"project": project, "case": case, "before": before, "limit": limit},
    )
    return [build(Row, found) for found in await cursor.fetchall()]


async def open_case(connection: Connection, contract_id: int) -> int | None:
    """Return the open case of a contract."""
    cursor = await connection.execute(
        "SELECT id FROM contractor_case WHERE contract_id = %s AND state NOT IN ('replaced', 'closed')",
        (contract_id,),
    )
    found = await cursor.fetchone()
    return found[0] if found else None


async def company(connection: Connection, contractor_id: int) -> tuple[str, str]:
    """Return name and tax code of a contractor."""
    cursor = await connection.execute("SELECT name, tax_code FROM contractor WHERE id = %s", (contractor_id,))
    [(name, tax_code)] = await cursor.fetchall()
    return name, tax_code


_FACTS = {
    "now": "SELECT n.value_dong, n.expires_on FROM contract_now(%(contract)s) n",
    "milestones": (
        "SELECT id, name, baseline_on, forecast_on, greatest(%(today)s, coalesce(forecast_on, %(today)s)) - "
        "baseline_on AS days FROM milestone WHERE project_id = %(project)s AND actual_on IS NULL "
        "AND (contract_id = %(contract)s OR contract_id IS NULL) AND baseline_on < %(today)s "
        "ORDER BY baseline_on, id LIMIT 20"
    ),
    "accepted": (
        "SELECT sum(volume_dong)::bigint AS dong, count(*)::int AS times, max(accepted_on) AS last "
        "FROM acceptance WHERE contract_id = %(contract)s AND withdrawn = ''"
    ),
    "advances": (
        "SELECT sum(CASE kind WHEN 'advance' THEN confirmed_dong WHEN 'recovery' THEN -confirmed_dong END)"
        "::bigint AS dong FROM payment WHERE contract_id = %(contract)s AND state = 'confirmed' "
        "AND kind IN ('advance', 'recovery')"
    ),
    "equipment": (
        "SELECT id, name, delivered_on FROM equipment_item WHERE contract_id = %(contract)s "
        "AND installed_on IS NULL ORDER BY id LIMIT 15"
    ),
    "extensions": (
        "SELECT document, signed_on, old_on, new_on FROM contract_change WHERE contract_id = %(contract)s "
        "AND kind = 'duration' ORDER BY signed_on, id LIMIT 10"
    ),
    "steps": (
        "SELECT s.act, s.document, s.dated_on, s.reply_until FROM contractor_case_step s "
        "JOIN contractor_case k ON k.id = s.case_id WHERE k.contract_id = %(contract)s "
        "AND k.state NOT IN ('replaced', 'closed') ORDER BY s.no LIMIT 15"
    ),
}  # fmt: skip


async def facts(
    connection: Connection, *, project: int, contract: int, today: date
) -> dict[str, list[dict[str, Any]]]:
    """Return what the register knows of how a contract is carried out, by name."""
    values = {"project": project, "contract": contract, "today": today}
    async with connection.cursor(row_factory=dict_row) as cursor:
        found = {}
        for name, query in _FACTS.items():
            await cursor.execute(query, values)
            found[name] = await cursor.fetchall()
        return found
