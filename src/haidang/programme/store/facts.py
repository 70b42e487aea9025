"""SQL of what red flags look at: one statement each for all projects that are asked about."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg.rows import dict_row

from haidang.base.database import Connection

_PLANS = """
WITH spans AS (
    SELECT c.project_id, c.plan_kind, c.valid_from,
           c.amount_dong - coalesce(lag(c.amount_dong) OVER w, 0) AS change
    FROM capital_plan c
    WHERE c.project_id = ANY(%(projects)s) AND c.plan_year = %(year)s AND c.superseded_at IS NULL
      AND c.plan_kind IN ('annual', 'allocation') AND c.valid_from <= %(on)s
    WINDOW w AS (PARTITION BY c.project_id, c.plan_kind, c.fund_source_id ORDER BY c.valid_from)
), days AS (
    SELECT project_id, plan_kind, valid_from, sum(change) AS change FROM spans GROUP BY 1, 2, 3
), firsts AS (
    SELECT d.*, min(valid_from) OVER (PARTITION BY project_id, plan_kind) AS first FROM days d
)
SELECT project_id AS id, min(valid_from) FILTER (WHERE plan_kind = 'annual') AS planned_on,
       min(valid_from) FILTER (WHERE plan_kind = 'allocation') AS allocated_on,
       array_agg(valid_from ORDER BY valid_from)
           FILTER (WHERE plan_kind = 'annual' AND change > 0 AND valid_from > first) AS supplements
FROM firsts GROUP BY 1
"""
_CONTRACTS = """
SELECT c.project_id AS id, min(coalesce(h.new_on, c.expires_on)) AS contract_expires
FROM contract c LEFT JOIN (
    SELECT DISTINCT ON (contract_id) contract_id, new_on FROM contract_change
    WHERE kind = 'duration' AND project_id = ANY(%(projects)s)
    ORDER BY contract_id, signed_on DESC, id DESC) h ON h.contract_id = c.id
WHERE c.project_id = ANY(%(projects)s) AND c.ended_on IS NULL GROUP BY 1
"""
_ADVANCES = """
WITH moved AS (
    SELECT p.project_id, p.contract_id, p.kind, p.paid_on, p.confirmed_dong,
           sum(CASE p.kind WHEN 'advance' THEN p.confirmed_dong ELSE 0 END)
               OVER (PARTITION BY p.contract_id ORDER BY p.paid_on, p.id) AS given,
           sum(CASE p.kind WHEN 'recovery' THEN p.confirmed_dong ELSE 0 END)
               OVER (PARTITION BY p.contract_id) AS back
    FROM payment p WHERE p.project_id = ANY(%(projects)s) AND p.state = 'confirmed'
      AND p.kind IN ('advance', 'recovery') AND p.paid_on <= %(on)s
), open AS (
    SELECT project_id, contract_id,
           sum(CASE kind WHEN 'advance' THEN confirmed_dong ELSE -confirmed_dong END)::bigint AS dong,
           min(paid_on) FILTER (WHERE kind = 'advance' AND given > back) AS advance_on
    FROM moved GROUP BY 1, 2
)
SELECT o.project_id AS id, o.contract_id, o.dong AS outstanding_advance_dong, o.advance_on,
       c.guarantee_expires_on, c.contract_no,
       (SELECT max(a.accepted_on) FROM acceptance a WHERE a.contract_id = o.contract_id
        AND a.withdrawn = '' AND a.accepted_on <= %(on)s) AS volume_on
FROM open o JOIN contract c ON c.id = o.contract_id WHERE o.dong > 0 ORDER BY 1, 2
"""
_MILESTONES = """
SELECT m.project_id AS id, array_agg(d.days ORDER BY d.days DESC) FILTER (WHERE d.days > 0) AS slips_days,
       max(coalesce(m.actual_on, greatest(m.forecast_on, m.baseline_on)))
           FILTER (WHERE m.kind <> 'settlement') AS last_finish,
       count(*) FILTER (WHERE m.kind <> 'settlement' AND m.actual_on IS NULL) > 0 AS unfinished
FROM milestone m CROSS JOIN LATERAL (
    SELECT CASE WHEN m.actual_on IS NULL
           THEN greatest(%(on)s, coalesce(m.forecast_on, %(on)s)) - m.baseline_on END AS days) d
WHERE m.project_id = ANY(%(projects)s) GROUP BY 1
"""
_PROGRESS = """
SELECT j.id, g.physical_pct FROM unnest(%(projects)s::int[]) AS j (id) CROSS JOIN LATERAL (
    SELECT physical_pct FROM progress WHERE project_id = j.id AND plan_year <= %(year)s
    ORDER BY plan_year DESC, period DESC LIMIT 1) g
"""
_TOTALS = """
SELECT project_id AS id, (array_agg(amount_dong ORDER BY valid_from))[1] AS total_first_dong,
       (array_agg(amount_dong ORDER BY valid_from DESC))[1] AS total_dong,
       (array_agg(finish_on ORDER BY valid_from DESC) FILTER (WHERE finish_on IS NOT NULL))[1]
           AS decision_finish,
       max(valid_from) AS total_on
FROM project_total WHERE project_id = ANY(%(projects)s) AND superseded_at IS NULL
  AND valid_from <= %(on)s GROUP BY 1
"""
_EQUIPMENT = """
SELECT project_id AS id, count(*)::int AS equipment_changes, max(signed_on) AS equipment_on
FROM contract_change WHERE project_id = ANY(%(projects)s) AND kind = 'equipment' AND signed_on <= %(on)s
GROUP BY 1
"""
_APPRAISALS = """
SELECT project_id AS id, array_agg(requested_on ORDER BY requested_on) AS appraisals FROM price_appraisal
WHERE project_id = ANY(%(projects)s) AND appraised_on IS NULL AND requested_on <= %(on)s GROUP BY 1
"""
_PAID = """
SELECT project_id AS id,
       sum(CASE kind WHEN 'recovery' THEN -confirmed_dong ELSE confirmed_dong END)::bigint AS paid_all_dong
FROM payment WHERE project_id = ANY(%(projects)s) AND state = 'confirmed' AND paid_on <= %(on)s GROUP BY 1
"""
_ONE_EACH = (_PAID, _PLANS, _CONTRACTS, _MILESTONES, _PROGRESS, _TOTALS, _EQUIPMENT, _APPRAISALS)


async def of_projects(
    connection: Connection, projects: Collection[int], *, year: int, on: date
) -> dict[int, dict[str, Any]]:
    """Return what is known of each project on a day, column by column; what is not known is absent."""
    found: dict[int, dict[str, Any]] = {}
    asked = {"projects": sorted(projects), "year": year, "on": on}
    async with connection.cursor(row_factory=dict_row) as cursor:
        for query in _ONE_EACH:
            await cursor.execute(query, asked)
            for each in await cursor.fetchall():
                found.setdefault(each.pop("id"), {}).update(each)
        await cursor.execute(_ADVANCES, asked)
        for each in await cursor.fetchall():
            found.setdefault(each.pop("id"), {}).setdefault("advances", []).append(each)
    return found


_PACKAGES = """
SELECT k.id, k.project_id, k.name, k.method, k.published_on, k.closes_at, k.opened_on, j.owner_org,
       coalesce(j.project_kind, '') AS category
FROM package k JOIN project j ON j.id = k.project_id
WHERE j.program_id = %s AND k.cancelled_reason = '' ORDER BY k.id
"""
_BIDS = """
SELECT b.package_id, b.bidder_id, b.amount_dong, b.submitted_at, b.disqualified_reason <> '', b.winner
FROM bid b JOIN project j ON j.id = b.project_id WHERE j.program_id = %s ORDER BY b.id
"""


class Bid(NamedTuple):
    """A bid of a package."""

    bidder: int
    amount_dong: int
    at: datetime | None
    out: bool
    winner: bool


async def tenders(connection: Connection, program: int) -> list[dict[str, Any]]:
    """Return the packages of a programme with their bids."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_PACKAGES, (program,))
        packages = await cursor.fetchall()
    bids: dict[int, list[Bid]] = {}
    for package, *bid in await (await connection.execute(_BIDS, (program,))).fetchall():
        bids.setdefault(package, []).append(Bid(*bid))
    return [each | {"bids": bids.get(each["id"], [])} for each in packages]


async def follow_ups(connection: Connection, kind: str, like: str) -> dict[str, int]:
    """Return by what they follow up the tasks that were given for flags."""
    cursor = await connection.execute(
        "SELECT source_id, max(id) FROM task WHERE source_kind = %s AND source_id LIKE %s "
        "AND parent_id IS NULL GROUP BY 1",
        (kind, like),
    )
    return dict(await cursor.fetchall())


async def unpaid(
    connection: Connection, program: int, on: date, projects: Collection[int] | None = None
) -> dict[int, int]:
    """Return by project of a programme the volume that was accepted and is not paid yet, over all years."""
    only = "" if projects is None else "AND a.project_id = ANY(%(projects)s) "
    cursor = await connection.execute(
        "WITH taken AS (SELECT a.project_id, sum(a.volume_dong) AS dong FROM acceptance a "
        "JOIN project j ON j.id = a.project_id WHERE j.program_id = %(program)s AND a.withdrawn = '' "
        f"AND a.accepted_on <= %(on)s {only}GROUP BY 1), out AS "
        "(SELECT p.project_id, sum(p.confirmed_dong) AS dong "
        "FROM payment p WHERE p.project_id IN (SELECT project_id FROM taken) AND p.state = 'confirmed' "
        "AND p.kind = 'volume' AND p.paid_on <= %(on)s GROUP BY 1) "
        "SELECT project_id, (taken.dong - coalesce(out.dong, 0))::bigint FROM taken "
        "LEFT JOIN out USING (project_id)",
        {"program": program, "on": on, "projects": None if projects is None else sorted(projects)},
    )
    return {project: max(0, amount) for project, amount in await cursor.fetchall()}


_SOURCES = """
WITH plan AS (
    SELECT c.project_id, c.fund_source_id, c.plan_kind = 'carry_over' AS carried,
           sum(c.amount_dong)::bigint AS plan_dong
    FROM capital_plan c WHERE c.project_id = ANY(%(projects)s) AND c.plan_year = %(year)s
      AND c.plan_kind IN ('annual', 'carry_over') AND c.superseded_at IS NULL
      AND c.valid_from <= %(on)s AND (c.valid_to IS NULL OR c.valid_to > %(on)s) GROUP BY 1, 2, 3
), paid AS (
    SELECT p.project_id, p.fund_source_id, p.carry_over AS carried,
           sum(CASE p.kind WHEN 'recovery' THEN -p.confirmed_dong ELSE p.confirmed_dong END)::bigint
               AS paid_dong
    FROM payment p WHERE p.project_id = ANY(%(projects)s) AND p.plan_year = %(year)s
      AND p.state = 'confirmed' AND p.paid_on <= %(on)s GROUP BY 1, 2, 3
)
SELECT plan.project_id, s.code, s.name, plan.carried, plan.plan_dong,
       coalesce(paid.paid_dong, 0)::bigint AS paid_dong
FROM plan JOIN fund_source s ON s.id = plan.fund_source_id
LEFT JOIN paid USING (project_id, fund_source_id, carried) ORDER BY 1, s.id
"""


async def by_source(
    connection: Connection, projects: Collection[int], *, year: int, on: date
) -> list[dict[str, Any]]:
    """Return plan and payments of a year by project and source, carried-over capital apart."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SOURCES, {"projects": sorted(projects), "year": year, "on": on})
        return await cursor.fetchall()


async def room(connection: Connection, projects: Collection[int], on: date) -> dict[int, int]:
    """Return by project what its contracts and its decided total leave to be paid, the less of both.

    A project without a contract or without a total has none: what is unknown is no room.
    """
    cursor = await connection.execute(
        "WITH signed AS (SELECT c.project_id, sum(coalesce(h.new_dong, c.value_dong)) AS dong "
        "FROM contract c "
        "LEFT JOIN (SELECT DISTINCT ON (contract_id) contract_id, new_dong FROM contract_change "
        "WHERE kind = 'value' ORDER BY contract_id, signed_on DESC, id DESC) h ON h.contract_id = c.id "
        "WHERE c.project_id = ANY(%(projects)s) AND c.end_kind IS DISTINCT FROM 'terminated' GROUP BY 1), "
        "total AS (SELECT DISTINCT ON (project_id) project_id, amount_dong FROM project_total "
        "WHERE project_id = ANY(%(projects)s) AND superseded_at IS NULL AND valid_from <= %(on)s "
        "ORDER BY project_id, valid_from DESC), out AS (SELECT project_id, "
        "sum(CASE kind WHEN 'recovery' THEN -confirmed_dong ELSE confirmed_dong END) AS dong FROM payment "
        "WHERE project_id = ANY(%(projects)s) AND state = 'confirmed' AND paid_on <= %(on)s GROUP BY 1) "
        "SELECT project_id, (least(signed.dong, total.amount_dong) - coalesce(out.dong, 0))::bigint "
        "FROM signed JOIN total USING (project_id) LEFT JOIN out USING (project_id)",
        {"projects": sorted(projects), "on": on},
    )
    return {project: max(0, amount) for project, amount in await cursor.fetchall()}


async def open_bottlenecks(connection: Connection, projects: Collection[int]) -> dict[int, int]:
    """Return the task of the oldest open bottleneck of each project that has one."""
    cursor = await connection.execute(
        "SELECT b.project_id, min(t.id) FROM bottleneck b JOIN task t ON t.id = b.task_id "
        "WHERE b.project_id = ANY(%s) AND t.is_open GROUP BY 1",
        (sorted(projects),),
    )
    return dict(await cursor.fetchall())


async def unowned_bottlenecks(connection: Connection, projects: Collection[int]) -> dict[int, int]:
    """Return how many open bottlenecks of each project have neither a person nor a due date."""
    cursor = await connection.execute(
        "SELECT b.project_id, count(*)::int FROM bottleneck b JOIN task t ON t.id = b.task_id "
        "WHERE b.project_id = ANY(%s) AND t.is_open AND t.assignee IS NULL AND t.due_end IS NULL GROUP BY 1",
        (sorted(projects),),
    )
    return dict(await cursor.fetchall())
