"""SQL that only the reports need: what happened beside projects until a day, which reports were issued."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row

from haidang.base.database import Connection

ROWS_MAX = 5_000
"""Rows of a list; what is beyond is counted, and not listed."""

_COUNTS = """
SELECT p.id,
    (SELECT count(*) FROM milestone m WHERE m.project_id = p.id)::int AS milestones,
    (SELECT count(*) FROM milestone m WHERE m.project_id = p.id AND m.actual_on <= %(to)s)::int AS
    milestones_met,
    (SELECT count(*) FROM milestone m WHERE m.project_id = p.id AND m.actual_on BETWEEN %(from)s AND
    %(to)s)::int
        AS milestones_met_in_period,
    (SELECT count(*) FROM milestone m WHERE m.project_id = p.id AND (m.actual_on IS NULL OR m.actual_on >
    %(to)s)
        AND m.baseline_on < %(to)s)::int AS milestones_late,
    (SELECT count(*) FROM package k WHERE k.project_id = p.id AND k.cancelled_reason = '')::int AS packages,
    (SELECT count(*) FROM package k WHERE k.project_id = p.id AND k.cancelled_reason = ''
        AND k.opened_on BETWEEN %(from)s AND %(to)s)::int AS packages_opened,
    (SELECT count(*) FROM contract c WHERE c.project_id = p.id AND c.signed_on <= %(to)s)::int AS contracts,
    (SELECT count(*) FROM contract c CROSS JOIN LATERAL contract_now(c.id) n WHERE c.project_id = p.id
        AND (c.ended_on IS NULL OR c.ended_on > %(to)s) AND n.expires_on < %(to)s)::int AS contracts_over,
    (SELECT sum(a.volume_dong) FROM acceptance a WHERE a.project_id = p.id AND a.withdrawn = ''
        AND a.accepted_on <= %(to)s)::bigint AS accepted_dong,
    (SELECT count(*) FROM contract_change h WHERE h.project_id = p.id
        AND h.signed_on BETWEEN %(from)s AND %(to)s)::int AS contract_changes,
    (SELECT count(*) FROM supervision_report s WHERE s.project_id = p.id
        AND s.reported_on BETWEEN %(from)s AND %(to)s)::int AS findings,
    EXISTS (SELECT FROM supervision_report s WHERE s.project_id = p.id AND s.kind = 'inspection'
        AND s.reported_on <= %(to)s) AS inspected,
    (SELECT count(*) FROM bottleneck b JOIN task t ON t.id = b.task_id WHERE b.project_id = p.id
        AND t.is_open)::int AS bottlenecks,
    (SELECT count(*) FROM bottleneck b JOIN task t ON t.id = b.task_id WHERE b.project_id = p.id
        AND t.is_open AND t.due_end < %(now)s)::int AS bottlenecks_overdue,
    EXISTS (SELECT FROM payment y WHERE y.project_id = p.id AND y.plan_year = %(year)s
        AND y.state IN ('confirmed', 'reversed')) AS paid_at_all,
    coalesce((SELECT r.number FROM programme_report r WHERE r.project_id = p.id AND r.period = %(period)s
        ORDER BY r.id DESC LIMIT 1), '') AS reported
FROM project p WHERE p.id = ANY(%(projects)s)
"""
_PROGRESS = """
SELECT DISTINCT ON (g.project_id) g.project_id AS id, g.physical_pct, g.plan_year, g.period
FROM progress g WHERE g.project_id = ANY(%(projects)s)
    AND make_date(g.plan_year + (g.period - 1) / 12, (g.period - 1) %% 12 + 1, 1) <= %(to)s
ORDER BY g.project_id, g.plan_year DESC, g.period DESC
"""
_TOTALS = """
SELECT p.name AS project, x.project_id AS id, x.before_dong, x.amount_dong, x.before_on, x.finish_on,
    x.reason,
    d.doc_number AS document, d.signed_on AS on
FROM (SELECT t.*, lag(t.amount_dong) OVER w AS before_dong, lag(t.finish_on) OVER w AS before_on
      FROM project_total t WHERE t.project_id = ANY(%(projects)s) AND t.recorded_at <= %(now)s
      AND (t.superseded_at IS NULL OR t.superseded_at > %(now)s)
      WINDOW w AS (PARTITION BY t.project_id ORDER BY t.valid_from)) x
JOIN programme_decision d ON d.id = x.decision_id JOIN project p ON p.id = x.project_id
WHERE x.before_dong IS NOT NULL AND x.valid_from BETWEEN %(from)s AND %(to)s
ORDER BY x.valid_from, x.project_id LIMIT %(limit)s
"""
_PLANS = """
SELECT p.name AS project, c.project_id AS id, d.doc_number AS document, c.valid_from AS on,
    sum(c.amount_dong)::bigint AS amount_dong, sum(b.amount_dong)::bigint AS before_dong
FROM capital_plan c JOIN programme_decision d ON d.id = c.decision_id JOIN project p ON p.id = c.project_id
LEFT JOIN capital_plan b ON b.project_id = c.project_id AND b.fund_source_id = c.fund_source_id
    AND b.plan_kind = c.plan_kind AND b.plan_year = c.plan_year AND b.valid_to = c.valid_from
    AND b.superseded_at IS NULL
WHERE c.project_id = ANY(%(projects)s) AND c.plan_kind = 'annual' AND c.plan_year = %(year)s
    AND c.superseded_at IS NULL AND c.valid_from BETWEEN %(from)s AND %(to)s AND c.valid_from > %(first)s
GROUP BY 1, 2, 3, 4 ORDER BY c.valid_from, c.project_id LIMIT %(limit)s
"""
_CHANGES = """
SELECT p.name AS project, h.project_id AS id, c.contract_no, h.kind, h.old_dong, h.new_dong, h.old_on,
    h.new_on,
    h.old_text, h.new_text, h.reason, h.document, h.signed_on AS on
FROM contract_change h JOIN contract c ON c.id = h.contract_id JOIN project p ON p.id = h.project_id
WHERE h.project_id = ANY(%(projects)s) AND h.signed_on BETWEEN %(from)s AND %(to)s
ORDER BY h.signed_on, h.id LIMIT %(limit)s
"""
_MILESTONES = """
SELECT p.name AS project, m.name, m.baseline_on, m.forecast_on, CASE WHEN m.actual_on <= %(to)s THEN
    m.actual_on END
    AS actual_on, CASE WHEN m.actual_on <= %(to)s THEN m.actual_on - m.baseline_on
    ELSE greatest(%(to)s, coalesce(m.forecast_on, %(to)s)) - m.baseline_on END AS days_late
FROM milestone m JOIN project p ON p.id = m.project_id
WHERE m.project_id = ANY(%(projects)s) AND (%(every)s OR (m.baseline_on < %(to)s
    AND (m.actual_on IS NULL OR m.actual_on > %(to)s)))
ORDER BY days_late DESC, m.id LIMIT %(limit)s
"""
_TENDERS = """
SELECT p.name AS project, k.name, k.method, k.estimate_dong, k.opened_on,
    (SELECT nullif(count(DISTINCT b.bidder_id), 0) FROM bid b WHERE b.package_id = k.id)::int AS bidders,
    coalesce((SELECT o.name FROM bid b JOIN contractor o ON o.id = b.bidder_id WHERE b.package_id = k.id
        AND b.winner), '') AS winner,
    (SELECT sum(c.value_dong) FROM contract c WHERE c.package_id = k.id)::bigint AS contract_dong
FROM package k JOIN project p ON p.id = k.project_id
WHERE k.project_id = ANY(%(projects)s) AND k.cancelled_reason = ''
    AND (%(every)s OR k.opened_on BETWEEN %(from)s AND %(to)s)
ORDER BY k.opened_on NULLS LAST, k.id LIMIT %(limit)s
"""
_CONTRACTS = """
SELECT p.name AS project, c.contract_no AS number, o.name AS contractor, n.value_dong, n.expires_on,
    CASE WHEN c.ended_on <= %(to)s THEN c.ended_on END AS ended_on,
    CASE WHEN c.ended_on <= %(to)s THEN 0 ELSE greatest(0, %(to)s - n.expires_on) END AS days_over,
    (SELECT sum(a.volume_dong) FROM acceptance a WHERE a.contract_id = c.id AND a.withdrawn = ''
        AND a.accepted_on <= %(to)s)::bigint AS accepted_dong,
    (SELECT sum(CASE WHEN y.kind = 'recovery' THEN -y.confirmed_dong ELSE y.confirmed_dong END) FROM payment y
        WHERE y.contract_id = c.id AND y.state = 'confirmed' AND y.paid_on <= %(to)s)::bigint AS paid_dong
FROM contract c JOIN project p ON p.id = c.project_id JOIN contractor o ON o.id = c.contractor_id
CROSS JOIN LATERAL contract_now(c.id) n
WHERE c.project_id = ANY(%(projects)s) AND c.signed_on <= %(to)s AND (%(every)s
    OR ((c.ended_on IS NULL OR c.ended_on > %(to)s) AND n.expires_on < %(to)s))
ORDER BY days_over DESC, c.id LIMIT %(limit)s
"""
_FINDINGS = """
SELECT p.name AS project, s.kind, s.document, s.reported_on AS on, s.by_whom AS by, s.findings AS text,
    CASE WHEN s.resolved_on <= %(to)s THEN s.resolved_on END AS resolved_on
FROM supervision_report s JOIN project p ON p.id = s.project_id
WHERE s.project_id = ANY(%(projects)s) AND s.reported_on <= %(to)s
    AND (s.reported_on >= %(from)s OR s.resolved_on IS NULL OR s.resolved_on > %(to)s)
ORDER BY s.reported_on, s.id LIMIT %(limit)s
"""
_BOTTLENECKS = """
SELECT p.name AS project, b.cause, b.description AS text, o.name AS unit, t.due_end, t.due_end < %(now)s AS
    overdue
FROM bottleneck b JOIN task t ON t.id = b.task_id JOIN org o ON o.id = t.owner_org
JOIN project p ON p.id = b.project_id WHERE b.project_id = ANY(%(projects)s) AND t.is_open
ORDER BY t.due_end NULLS LAST, b.id LIMIT %(limit)s
"""
LISTS: dict[str, str] = {
    "totals": _TOTALS, "plans": _PLANS, "changes": _CHANGES, "milestones": _MILESTONES, "tenders": _TENDERS,
    "contracts": _CONTRACTS, "findings": _FINDINGS, "bottlenecks": _BOTTLENECKS,
}  # fmt: skip


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What every statement is asked with."""

    projects: tuple[int, ...]
    first: date
    last: date
    """The end of the period, or today where that is earlier."""
    now: datetime
    year: int
    period: str
    every: bool
    """Every milestone, package and contract, and not only those that ask for attention."""
    initial_on: date | None
    """Day of the year's first plan; what came later is an adjustment."""

    def values(self) -> dict[str, Any]:
        """Return the values of the placeholders."""
        return {
            "projects": sorted(self.projects), "from": self.first, "to": self.last, "now": self.now,
            "year": self.year, "period": self.period, "every": self.every,
            "first": self.initial_on or self.last, "limit": ROWS_MAX,
        }  # fmt: skip


async def counts(connection: Connection, asked: Asked) -> dict[int, dict[str, Any]]:
    """Return what stands beside each project by the end of the period, by the project's number."""
    found: dict[int, dict[str, Any]] = {}
    async with connection.cursor(row_factory=dict_row) as cursor:
        for query in (_COUNTS, _PROGRESS):
            await cursor.execute(query, asked.values())
            for each in await cursor.fetchall():
                found.setdefault(each.pop("id"), {}).update(each)
    return found


async def listed(connection: Connection, name: str, asked: Asked) -> list[dict[str, Any]]:
    """Return the rows of one of :data:`LISTS`."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(LISTS[name], asked.values())
        return await cursor.fetchall()


async def totals(connection: Connection, asked: Asked) -> list[dict[str, Any]]:
    """Return the total investment and the finish of each project as they held at the end of the period."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT DISTINCT ON (t.project_id) t.project_id AS id, t.amount_dong, t.finish_on "
            "FROM project_total t WHERE t.project_id = ANY(%(projects)s) AND t.valid_from <= %(to)s "
            "AND t.recorded_at <= %(now)s AND (t.superseded_at IS NULL OR t.superseded_at > %(now)s) "
            "ORDER BY t.project_id, t.valid_from DESC",
            asked.values(),
        )
        return await cursor.fetchall()


async def supervisors(connection: Connection, asked: Asked) -> dict[int, str]:
    """Return the unit that supervises each project, where the register knows one."""
    cursor = await connection.execute(
        "SELECT DISTINCT ON (y.project_id) y.project_id, o.name FROM project_party y "
        "JOIN org o ON o.id = y.org_id WHERE y.project_id = ANY(%(projects)s) AND y.role = 'supervisor' "
        "AND y.valid_from <= %(to)s AND (y.valid_to IS NULL OR y.valid_to > %(to)s) "
        "ORDER BY y.project_id, y.valid_from DESC",
        asked.values(),
    )
    return dict(await cursor.fetchall())


# --- Issued reports

_REPORT = (
    "r.id, r.kind, r.program_id, r.project_id, r.period, r.plan_year, r.issuer_org, r.number, r.cut_off, "
    "r.sha256, r.made_by, o.name AS issuer, p.name AS project, a.display_name AS made_by_name"
)
_FROM = (
    "programme_report r JOIN org o ON o.id = r.issuer_org LEFT JOIN project p ON p.id = r.project_id "
    "LEFT JOIN account a ON 'account:' || a.id = r.made_by"
)


async def add(connection: Connection, facts: dict[str, Any]) -> int:
    """Keep an issued report and return its number in the table."""
    names = (
        "kind", "program_id", "project_id", "period", "plan_year", "issuer_org", "number", "cut_off",
        "figures", "sha256", "made_by",
    )  # fmt: skip
    cursor = await connection.execute(
        f"INSERT INTO programme_report ({', '.join(names)}) "
        f"VALUES ({', '.join(f'%({name})s' for name in names)}) RETURNING id",
        facts,
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def one(connection: Connection, report_id: int) -> dict[str, Any] | None:
    """Return an issued report with its figures."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(f"SELECT {_REPORT}, r.figures FROM {_FROM} WHERE r.id = %s", (report_id,))
        return await cursor.fetchone()


async def page(
    connection: Connection,
    program_id: int,
    *,
    projects: Collection[int],
    whole: bool,
    before: int | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return reports of a programme, newest first: of these projects, and its own where all of it is seen."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            f"SELECT {_REPORT} FROM {_FROM} WHERE r.program_id = %(program)s "
            "AND (r.project_id = ANY(%(projects)s) OR (r.project_id IS NULL AND %(whole)s)) "
            "AND (%(before)s::bigint IS NULL OR r.id < %(before)s) ORDER BY r.id DESC LIMIT %(limit)s",
            {
                "program": program_id, "projects": sorted(projects), "whole": whole, "before": before,
                "limit": limit,
            },
        )  # fmt: skip
        return await cursor.fetchall()
