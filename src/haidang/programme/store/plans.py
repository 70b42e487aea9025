"""SQL of capital plans: what is known now of many lines, what was known when, superseding and adding."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

import msgspec

from haidang.base.database import Connection
from haidang.programme.model.plans import Line, Plan, PlanKind
from haidang.programme.store.rows import add, build, columns

_LINES = (
    "jsonb_to_recordset(%s::jsonb) AS x (project_id int, node_id int, fund_source_id int, plan_kind text, "
    "plan_year smallint, plan_year_to smallint)"
)


def _told(lines: Collection[Line]) -> str:
    return msgspec.json.encode(list(lines)).decode()


async def hold(connection: Connection, lines: Collection[Line]) -> None:
    """Take the turns of many lines, always in one order, before the first of them is read."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(k) FROM (SELECT DISTINCT capital_plan_lock(x.project_id, x.node_id, "
        f"x.fund_source_id, x.plan_year, x.plan_kind) AS k FROM {_LINES} ORDER BY 1) AS turns",
        (_told(lines),),
    )
    # Confirmations of payments take these, so that what is paid and what may be paid stand still together.
    await connection.execute(
        "SELECT pg_advisory_xact_lock(k) FROM (SELECT DISTINCT 7204110272000 + (x.project_id & 511) AS k "
        f"FROM {_LINES} WHERE x.project_id IS NOT NULL ORDER BY 1) AS turns",
        (_told(lines),),
    )


async def known(connection: Connection, lines: Collection[Line]) -> dict[Line, list[Plan]]:
    """Return what is known now of these lines."""
    cursor = await connection.execute(
        f"SELECT {columns(Plan, 'c')} FROM {_LINES} JOIN capital_plan c ON "
        "(c.project_id = x.project_id OR c.node_id = x.node_id) AND c.fund_source_id = x.fund_source_id "
        "AND c.plan_kind = x.plan_kind AND c.plan_year = x.plan_year AND c.plan_year_to = x.plan_year_to "
        "WHERE c.superseded_at IS NULL",
        (_told(lines),),
    )
    found: dict[Line, list[Plan]] = {}
    for each in await cursor.fetchall():
        plan = build(Plan, each)
        found.setdefault(plan.line, []).append(plan)
    return found


async def supersede(connection: Connection, ids: Sequence[int], at: datetime) -> None:
    """Note that rows are no longer what we hold for right."""
    await connection.execute(
        "UPDATE capital_plan SET superseded_at = greatest(%s, recorded_at) WHERE id = ANY(%s)",
        (at, list(ids)),
    )


async def insert(connection: Connection, plans: Sequence[Plan]) -> None:
    """Add rows; the trigger refuses what overlaps."""
    await add(connection, "capital_plan", plans)


async def as_of(
    connection: Connection,
    program_id: int,
    *,
    valid_on: date,
    known_at: datetime,
    year: int | None = None,
    kind: PlanKind | None = None,
    projects: Collection[int] | None = None,
) -> list[Plan]:
    """Return the amounts that held on a day by what was known at a moment."""
    cursor = await connection.execute(
        f"SELECT {columns(Plan, 'c')} FROM capital_plan c WHERE c.program_id = %(program)s "
        "AND c.valid_from <= %(day)s AND (c.valid_to IS NULL OR c.valid_to > %(day)s) "
        "AND c.recorded_at <= %(known)s AND (c.superseded_at IS NULL OR c.superseded_at > %(known)s) "
        "AND (%(year)s::int IS NULL OR %(year)s BETWEEN c.plan_year AND c.plan_year_to) "
        "AND (%(kind)s::text IS NULL OR c.plan_kind = %(kind)s) "
        "AND (%(projects)s::int[] IS NULL OR c.project_id = ANY(%(projects)s)) ORDER BY c.id",
        {
            "program": program_id, "day": valid_on, "known": known_at, "year": year,
            "kind": kind,
            "projects": None if projects is None else sorted(projects),
        },
    )  # fmt: skip
    return [build(Plan, each) for each in await cursor.fetchall()]


async def sums(
    connection: Connection,
    program_id: int,
    *,
    valid_on: date,
    known_at: datetime,
    year: int,
    projects: Collection[int] | None = None,
    source: int | None = None,
) -> dict[PlanKind, int]:
    """Return what :func:`as_of` comes to for each kind of plan of a year; a kind without a row is absent."""
    cursor = await connection.execute(
        "SELECT c.plan_kind, sum(c.amount_dong)::bigint FROM capital_plan c WHERE c.program_id = %(program)s "
        "AND c.plan_year = %(year)s AND c.plan_kind <> 'medium' "
        "AND c.valid_from <= %(day)s AND (c.valid_to IS NULL OR c.valid_to > %(day)s) "
        "AND c.recorded_at <= %(known)s AND (c.superseded_at IS NULL OR c.superseded_at > %(known)s) "
        "AND (%(projects)s::int[] IS NULL OR c.project_id = ANY(%(projects)s)) "
        "AND (%(source)s::int IS NULL OR c.fund_source_id = %(source)s) GROUP BY 1",
        {
            "program": program_id, "day": valid_on, "known": known_at, "year": year, "source": source,
            "projects": None if projects is None else sorted(projects),
        },
    )  # fmt: skip
    return dict(await cursor.fetchall())


async def first_day(
    connection: Connection, program_id: int, year: int, kind: str, known_at: datetime
) -> date | None:
    """Return from which day the first decision on a year's plan of a kind holds, by what was known."""
    cursor = await connection.execute(
        "SELECT min(c.valid_from) FROM capital_plan c WHERE c.program_id = %s AND c.plan_year = %s "
        "AND c.plan_kind = %s AND c.recorded_at <= %s AND (c.superseded_at IS NULL OR c.superseded_at > %s)",
        (program_id, year, kind, known_at, known_at),
    )
    found = await cursor.fetchone()
    return found[0] if found else None


async def of_project(connection: Connection, project_id: int) -> list[Plan]:
    """Return every row ever recorded of a project, the latest first."""
    cursor = await connection.execute(
        f"SELECT {columns(Plan, 'c')} FROM capital_plan c WHERE c.project_id = %s "
        "ORDER BY c.plan_year DESC, c.valid_from DESC, c.id DESC LIMIT 2000",
        (project_id,),
    )
    return [build(Plan, each) for each in await cursor.fetchall()]
