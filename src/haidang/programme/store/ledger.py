"""SQL that recounts the ledger from its rows, without the functions that guard it.

Each question returns what is wrong: (what it is about, figures in đồng). An answer without rows is sound.
"""

from __future__ import annotations

from typing import Any

from haidang.base.database import Connection

_NOW = "superseded_at IS NULL"
_HELD = f"c.{_NOW} AND c.valid_from <= d.day AND (c.valid_to IS NULL OR c.valid_to > d.day)"
_LINE = "coalesce({0}.project_id, -{0}.node_id)"
_SAME = (
    f"{_LINE.format('a')} = {_LINE.format('b')} AND a.fund_source_id = b.fund_source_id "
    "AND a.plan_kind = b.plan_kind AND a.plan_year = b.plan_year AND a.plan_year_to = b.plan_year_to"
)
_OUT = "sum(CASE p.kind WHEN 'recovery' THEN -p.confirmed_dong ELSE p.confirmed_dong END)"
QUESTIONS: dict[str, str] = {
    "plan_overlap": f"""
        SELECT 'capital_plan:' || a.id || '+' || b.id, ARRAY[a.amount_dong, b.amount_dong]
        FROM capital_plan a JOIN capital_plan b ON {_SAME} AND a.id < b.id
         AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)
         AND tstzrange(a.recorded_at, a.superseded_at) && tstzrange(b.recorded_at, b.superseded_at)""",
    "allocated_beyond_plan": f"""
        WITH d AS (SELECT DISTINCT {_LINE.format("x")} AS line, fund_source_id, plan_year, valid_from AS day
                   FROM capital_plan x WHERE plan_kind IN ('annual', 'allocation') AND {_NOW}),
        sums AS (
            SELECT d.*, coalesce(sum(c.amount_dong) FILTER (WHERE c.plan_kind = 'allocation'), 0) AS given,
                   coalesce(sum(c.amount_dong) FILTER (WHERE c.plan_kind = 'annual'), 0) AS planned
            FROM d JOIN capital_plan c ON {_LINE.format("c")} = d.line AND c.fund_source_id = d.fund_source_id
             AND c.plan_year = d.plan_year AND {_HELD}
            GROUP BY 1, 2, 3, 4)
        SELECT CASE WHEN line > 0 THEN 'project:' || line ELSE 'node:' || -line END || ':' || plan_year || ':'
               || day, ARRAY[given, planned] FROM sums WHERE given > planned""",
    "paid_beyond_plan": f"""
        WITH paid AS (SELECT p.project_id, p.fund_source_id, p.plan_year, p.carry_over,
                             max(p.paid_on) AS last_on, {_OUT} AS out_dong
                      FROM payment p WHERE p.state = 'confirmed' GROUP BY 1, 2, 3, 4
                      HAVING bool_and(p.exception = '')),
        d AS (SELECT paid.*, x.day FROM paid CROSS JOIN LATERAL
              (VALUES (paid.last_on), (date '9999-12-31')) AS x (day)),
        held AS (
            SELECT d.*, sum(c.amount_dong) FILTER (WHERE c.plan_kind = 'carry_over') AS carried,
                   sum(c.amount_dong) FILTER (WHERE c.plan_kind = 'allocation') AS given,
                   sum(c.amount_dong) FILTER (WHERE c.plan_kind = 'annual') AS planned
            FROM d LEFT JOIN capital_plan c ON c.project_id = d.project_id
             AND c.fund_source_id = d.fund_source_id AND c.plan_year = d.plan_year AND {_HELD}
            GROUP BY 1, 2, 3, 4, 5, 6, 7),
        may AS (SELECT held.*, CASE WHEN carry_over THEN carried ELSE coalesce(given, planned) END AS may_dong
                FROM held)
        SELECT DISTINCT 'project:' || project_id || ':' || plan_year
               || CASE WHEN carry_over THEN ':carry' ELSE '' END, ARRAY[out_dong, may_dong]
        FROM may WHERE out_dong > coalesce(may_dong, 0)""",
    "recovered_beyond_advance": """
        WITH sums AS (
            SELECT contract_id, coalesce(sum(confirmed_dong) FILTER (WHERE kind = 'advance'), 0) AS advanced,
                   coalesce(sum(confirmed_dong) FILTER (WHERE kind = 'recovery'), 0) AS recovered
            FROM payment WHERE state = 'confirmed' GROUP BY 1)
        SELECT 'contract:' || contract_id, ARRAY[advanced, recovered] FROM sums WHERE recovered > advanced""",
    "confirmed_without_reference": """
        SELECT 'payment:' || id, ARRAY[confirmed_dong] FROM payment
        WHERE state = 'confirmed' AND (treasury_ref = '' OR paid_on IS NULL OR confirmed_dong IS NULL)""",
    "total_parts": """
        SELECT 'project_total:' || t.id, ARRAY[t.amount_dong, sum(p.amount_dong)]
        FROM project_total t JOIN project_total_part p ON p.total_id = t.id
        GROUP BY t.id HAVING sum(p.amount_dong) <> t.amount_dong""",
    "accepted_beyond_contract": """
        SELECT 'contract:' || c.id, ARRAY[sum(a.volume_dong), n.value_dong]
        FROM contract c JOIN acceptance a ON a.contract_id = c.id AND a.withdrawn = ''
        CROSS JOIN contract_now(c.id) n
        GROUP BY c.id, n.value_dong HAVING sum(a.volume_dong) > n.value_dong""",
    "paid_beyond_contract": f"""
        SELECT 'contract:' || c.id, ARRAY[{_OUT}, n.value_dong]
        FROM contract c JOIN payment p ON p.contract_id = c.id AND p.state = 'confirmed'
        CROSS JOIN contract_now(c.id) n GROUP BY c.id, n.value_dong HAVING {_OUT} > n.value_dong""",
    "bottleneck_without_task": """
        SELECT 'bottleneck:' || b.id, ARRAY[coalesce(b.amount_dong, 0)] FROM bottleneck b
        LEFT JOIN task t ON t.id = b.task_id AND t.source_kind = 'bottleneck' AND t.source_id = b.id::text
        WHERE t.id IS NULL""",
}
"""What is recounted; the words stand in ``service.ledger``."""


async def ask(connection: Connection, question: str, limit: int) -> list[tuple[str, list[int | None]]]:
    """Return what a question finds wrong, at most so many."""
    cursor = await connection.execute(
        f"SELECT found.about, found.dong::numeric[] FROM ({QUESTIONS[question]}) AS found (about, dong) "
        "ORDER BY 1 LIMIT %s",
        (limit,),
    )
    return [
        (about, [None if amount is None else int(amount) for amount in dong])
        for about, dong in await cursor.fetchall()
    ]


async def years(connection: Connection) -> list[tuple[int, int]]:
    """Return each programme and year that has plan amounts."""
    cursor = await connection.execute(
        "SELECT DISTINCT program_id, plan_year FROM capital_plan WHERE plan_kind = 'annual' ORDER BY 1, 2"
    )
    return [(program, year) for program, year in await cursor.fetchall()]


async def flat(connection: Connection, program_id: int, year: int, day: Any) -> int:
    """Return the plan of a year as one sum over its rows, whatever tree they stand in."""
    cursor = await connection.execute(
        "SELECT coalesce(sum(amount_dong), 0) FROM capital_plan WHERE program_id = %s AND plan_year = %s "
        "AND plan_kind = 'annual' AND superseded_at IS NULL AND valid_from <= %s "
        "AND (valid_to IS NULL OR valid_to > %s)",
        (program_id, year, day, day),
    )
    [(found,)] = await cursor.fetchall()
    return int(found)
