"""SQL of owners and contractors: promises kept, bottlenecks, tasks, contracts with what became of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from psycopg.rows import dict_row

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.tasks.store.inbox import visible as visible_task


async def promises(
    connection: Connection, projects: Collection[int], year: int, on: date
) -> list[tuple[int, int | None, int, int]]:
    """Return by period what was promised, what was paid of it in all, and of how many projects each is."""
    cursor = await connection.execute(
        "WITH told AS (SELECT project_id, period, amount_dong FROM commitment "
        "WHERE project_id = ANY(%(projects)s) AND plan_year = %(year)s AND superseded_at IS NULL), "
        "out AS (SELECT project_id, period, sum(CASE kind WHEN 'recovery' THEN -confirmed_dong "
        "ELSE confirmed_dong END) AS dong FROM payment WHERE project_id = ANY(%(projects)s) "
        "AND plan_year = %(year)s AND state = 'confirmed' AND paid_on <= %(on)s GROUP BY 1, 2) "
        "SELECT period, sum(told.amount_dong)::bigint, coalesce(sum(out.dong), 0)::bigint, "
        "count(told.project_id)::int FROM told FULL JOIN out USING (project_id, period) "
        "GROUP BY 1 ORDER BY 1",
        {"projects": sorted(projects), "year": year, "on": on},
    )
    return await cursor.fetchall()


async def bottlenecks(connection: Connection, projects: Collection[int]) -> list[dict[str, Any]]:
    """Return the open bottlenecks of projects with what their tasks say, the first due first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT b.id, b.project_id, b.cause, b.description, b.amount_dong, b.recorded_at, "
            "jsonb_build_object('id', t.id, 'state', t.state, 'title', t.title, 'owner_org', t.owner_org, "
            "'owner_name', o.name, 'due_end', t.due_end) AS task FROM bottleneck b "
            "JOIN task t ON t.id = b.task_id JOIN org o ON o.id = t.owner_org "
            "WHERE b.project_id = ANY(%s) AND t.is_open ORDER BY t.due_end NULLS LAST, b.id LIMIT 200",
            (sorted(projects),),
        )
        return await cursor.fetchall()


async def owed(
    connection: Connection, principal: Principal, org_id: int, now: datetime
) -> list[dict[str, Any]]:
    """Return the open tasks that a unit leads and the asker may see, the first due first."""
    scope, values = visible_task(principal)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT t.id, t.title, t.state, t.due_end, t.priority, t.source_kind, t.source_id, "
            "coalesce(t.due_end < %(now)s, false) AS overdue FROM task t "
            f"WHERE t.owner_org = %(org)s AND t.is_open AND t.state <> 'draft' AND {scope} "
            "ORDER BY t.due_end NULLS LAST, t.id LIMIT 200",
            values | {"org": org_id, "now": now},
        )
        return await cursor.fetchall()


_CONTRACTS = """
SELECT c.id, c.project_id, c.contractor_id, c.contract_no, c.subject, c.value_dong, c.signed_on,
       c.effective_on, c.expires_on, c.ended_on, c.end_kind, c.package_id,
       coalesce(v.new_dong, c.value_dong) AS value_now_dong,
       coalesce(d.new_on, c.expires_on) AS expires_now_on,
       coalesce(d.extensions, 0)::int AS extensions, coalesce(a.accepted_dong, 0)::bigint AS accepted_dong,
       coalesce(p.paid_dong, 0)::bigint AS paid_dong, coalesce(q.items, 0)::int AS equipment,
       coalesce(q.late, 0)::int AS equipment_late, coalesce(q.other, 0)::int AS equipment_other
FROM contract c
LEFT JOIN (SELECT contract_id, count(*) AS extensions,
               (array_agg(new_on ORDER BY signed_on DESC, id DESC))[1] AS new_on
           FROM contract_change WHERE kind = 'duration' GROUP BY 1) d ON d.contract_id = c.id
LEFT JOIN (SELECT DISTINCT ON (contract_id) contract_id, new_dong FROM contract_change WHERE kind = 'value'
           ORDER BY contract_id, signed_on DESC, id DESC) v ON v.contract_id = c.id
LEFT JOIN LATERAL (SELECT sum(volume_dong) AS accepted_dong FROM acceptance
           WHERE contract_id = c.id AND withdrawn = '') a ON true
LEFT JOIN LATERAL (SELECT sum(CASE kind WHEN 'recovery' THEN -confirmed_dong ELSE confirmed_dong END)
               AS paid_dong
           FROM payment WHERE contract_id = c.id AND state = 'confirmed') p ON true
LEFT JOIN LATERAL (SELECT count(*) AS items,
               count(*) FILTER (WHERE coalesce(e.delivered_on, %(on)s)
                   > coalesce(d.new_on, c.expires_on)) AS late,
               count(*) FILTER (WHERE e.delivered_model NOT IN ('', e.planned_model)) AS other
           FROM equipment_item e WHERE e.contract_id = c.id) q ON true
WHERE c.contractor_id = %(contractor)s ORDER BY c.signed_on DESC, c.id DESC LIMIT 1000
"""


async def contracts(connection: Connection, contractor_id: int, on: date) -> list[dict[str, Any]]:
    """Return the contracts of a company with what became of them."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_CONTRACTS, {"contractor": contractor_id, "on": on})
        return await cursor.fetchall()


async def done(connection: Connection, on: date) -> list[tuple[int, int, int]]:
    """Return by contractor how many contracts were late of those over or past their end as signed."""
    cursor = await connection.execute(
        "SELECT contractor_id, count(*) FILTER (WHERE coalesce(ended_on, %(on)s) > expires_on)::int, "
        "count(*)::int FROM contract WHERE ended_on IS NOT NULL OR expires_on < %(on)s GROUP BY 1",
        {"on": on},
    )
    return await cursor.fetchall()


async def bid_projects(connection: Connection, contractor_id: int) -> list[int]:
    """Return the projects for whose packages a company has bid."""
    cursor = await connection.execute(
        "SELECT DISTINCT project_id FROM bid WHERE bidder_id = %s", (contractor_id,)
    )
    return [number for (number,) in await cursor.fetchall()]
