"""SQL of contractor cases: those in sight, and their steps."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal, scope_sql
from haidang.programme.model.cases import Case, Step
from haidang.programme.store.rows import build, columns


async def page(
    connection: Connection,
    principal: Principal,
    *,
    project: int | None,
    only_open: bool,
    after: int | None,
    limit: int,
    contractor: int | None = None,
) -> list[Case]:
    """Return cases of owners for whom the asker works or over whom the asker watches, by number."""
    limits: list[str] = []
    values: dict[str, Any] = {}
    for permission, mark in (("programme.edit", "edit"), ("programme.oversee", "watch")):
        scope, found = scope_sql(
            principal, permission, org="p.owner_org", area="p.area_code", sector="p.sector"
        )
        limits.append(scope.replace("scope_", f"{mark}_"))
        values |= {name.replace("scope_", f"{mark}_"): value for name, value in found.items()}
    cursor = await connection.execute(
        f"SELECT {columns(Case, 'c')} FROM contractor_case c JOIN project p ON p.id = c.project_id "
        f"WHERE ({' OR '.join(limits)}) AND (%(project)s::int IS NULL OR c.project_id = %(project)s) "
        "AND (%(contractor)s::int IS NULL OR c.contractor_id = %(contractor)s) "
        "AND (NOT %(open)s OR c.state NOT IN ('replaced', 'closed')) "
        "AND (%(after)s::int IS NULL OR c.id > %(after)s) ORDER BY c.id LIMIT %(limit)s",
        values
        | {"project": project, "open": only_open, "after": after, "limit": limit, "contractor": contractor},
    )
    return [build(Case, found) for found in await cursor.fetchall()]


async def add_step(connection: Connection, step: Step) -> None:
    """Keep a step; it is never changed."""
    names = ", ".join(Step.__struct_fields__)
    await connection.execute(
        f"INSERT INTO contractor_case_step ({names}) SELECT {columns(Step, 'x')} "
        "FROM jsonb_populate_record(NULL::contractor_case_step, %s::jsonb) AS x",
        (msgspec.json.encode(step).decode(),),
    )


async def steps(connection: Connection, case_id: int) -> list[Step]:
    """Return the steps of a case in their order."""
    cursor = await connection.execute(
        f"SELECT {columns(Step, 's')} FROM contractor_case_step s WHERE s.case_id = %s ORDER BY s.no",
        (case_id,),
    )
    return [build(Step, found) for found in await cursor.fetchall()]
