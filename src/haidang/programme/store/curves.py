"""SQL of a year's course: by project what was planned, what the Treasury confirmed and what was promised."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from haidang.base.database import Connection

PERIODS = 13
PROJECTS_MAX = 20_000
PAST_MAX = 3_000
"""Project-years of the past that are compared with; of more, an even sample of projects."""


class Course(NamedTuple):
    """A project in a plan year."""

    project_id: int
    public_id: str
    name: str
    owner_org: int
    area_code: str | None
    orgs: tuple[int, ...]
    sector: str
    phase: str
    year: int
    plan_dong: int
    """The annual plan as known now and the carried-over capital."""
    paid: tuple[int, ...]
    """Confirmed in each of the 13 periods; money that went back counts less."""
    promised: tuple[int, ...]
    """For each of the 13 periods; empty where nothing was promised."""
    accepted_dong: int
    """Volume accepted in the calendar of the plan year: until 31 January of the next."""


_COURSES = """
WITH plan AS (
    SELECT c.project_id, c.plan_year, sum(c.amount_dong) AS amount
    FROM capital_plan c
    WHERE c.project_id IS NOT NULL AND c.plan_kind IN ('annual', 'carry_over') AND c.superseded_at IS NULL
      AND c.valid_from <= %(cutoff)s AND (c.valid_to IS NULL OR c.valid_to > %(cutoff)s)
      AND c.plan_year BETWEEN %(first)s AND %(last)s {only_c} {of}
    GROUP BY 1, 2 HAVING sum(c.amount_dong) > 0
), paid AS (
    SELECT p.project_id, p.plan_year, p.period,
           sum(CASE p.kind WHEN 'recovery' THEN -p.confirmed_dong ELSE p.confirmed_dong END) AS amount
    FROM payment p WHERE p.state = 'confirmed' AND p.plan_year BETWEEN %(first)s AND %(last)s
      AND p.paid_on <= %(cutoff)s {only_p}
    GROUP BY 1, 2, 3
), sums AS (
    SELECT project_id, plan_year, array_agg(period ORDER BY period) AS periods,
           array_agg(amount::bigint ORDER BY period) AS amounts
    FROM paid GROUP BY 1, 2
), promises AS (
    SELECT w.project_id, w.plan_year, array_agg(w.period ORDER BY w.period) AS periods,
           array_agg(w.amount_dong ORDER BY w.period) AS amounts
    FROM commitment w WHERE w.superseded_at IS NULL AND w.plan_year BETWEEN %(first)s AND %(last)s {only_w}
    GROUP BY 1, 2
), accepted AS (
    SELECT a.project_id, extract(year FROM a.accepted_on - interval '1 month')::int AS plan_year,
           sum(a.volume_dong) AS amount
    FROM acceptance a WHERE a.withdrawn = '' AND a.accepted_on <= %(cutoff)s
      AND a.accepted_on >= make_date(%(first)s, 2, 1) {only_a}
    GROUP BY 1, 2
)
SELECT j.id, j.public_id, j.name, j.owner_org, j.area_code, j.orgs, coalesce(j.sector, ''),
       coalesce(j.project_phase, ''), plan.plan_year, plan.amount::bigint, s.periods, s.amounts,
       w.periods, w.amounts, coalesce(a.amount, 0)::bigint
FROM plan JOIN project j ON j.id = plan.project_id
LEFT JOIN sums s USING (project_id, plan_year)
LEFT JOIN promises w USING (project_id, plan_year)
LEFT JOIN accepted a USING (project_id, plan_year)
ORDER BY plan.plan_year, j.id LIMIT %(limit)s
"""
_OF = "AND {0}.project_id = ANY(%(projects)s)"


async def courses(
    connection: Connection,
    *,
    first: int,
    last: int,
    cutoff: date,
    program: int | None = None,
    projects: Collection[int] | None = None,
) -> list[Course]:
    """Return the projects with a plan in the years ``first`` to ``last``, paid up to and with ``cutoff``.

    ``projects``: these alone, which are looked up one by one rather than read through.
    """
    only = _OF if projects is not None else ""
    cursor = await connection.execute(
        _COURSES.format(
            of="" if program is None else "AND c.program_id = %(program)s",
            **{f"only_{alias}": only.format(alias) for alias in "cpwa"},
        ),
        {
            "first": first, "last": last, "cutoff": cutoff, "program": program, "limit": PROJECTS_MAX,
            "projects": None if projects is None else sorted(projects),
        },
    )  # fmt: skip
    return [
        Course(
            project_id=row[0], public_id=row[1], name=row[2], owner_org=row[3], area_code=row[4],
            orgs=tuple(row[5]), sector=row[6], phase=row[7], year=row[8], plan_dong=row[9],
            paid=_by_period(row[10], row[11]) or (0,) * PERIODS, promised=_by_period(row[12], row[13]),
            accepted_dong=row[14],
        )
        for row in await cursor.fetchall()
    ]  # fmt: skip


def _by_period(periods: list[int] | None, amounts: list[Any] | None) -> tuple[int, ...]:
    if not periods or amounts is None:
        return ()
    told = dict(zip(periods, amounts, strict=True))
    return tuple(int(told.get(period, 0)) for period in range(1, PERIODS + 1))


async def sample(connection: Connection, *, first: int, last: int) -> list[int] | None:
    """Return an even sample of projects whose years come to :data:`PAST_MAX` or so; None: all of them."""
    cursor = await connection.execute(
        "SELECT count(*) FROM capital_plan WHERE project_id IS NOT NULL AND plan_kind = 'annual' "
        "AND superseded_at IS NULL AND valid_to IS NULL AND plan_year BETWEEN %s AND %s",
        (first, last),
    )
    [(count,)] = await cursor.fetchall()
    every = -(-int(count) // PAST_MAX)
    if every <= 1:
        return None
    cursor = await connection.execute("SELECT id FROM project WHERE id %% %s = 0 ORDER BY id", (every,))
    return [number for (number,) in await cursor.fetchall()]
