"""SQL of the projection of projects: which ones a stretch of the log touched, and what they show."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

import msgspec
from psycopg.rows import dict_row

from haidang.base.database import Connection
from haidang.programme.model.register import Project
from haidang.programme.model.status import Status
from haidang.programme.store.rows import build, columns


class Touched(msgspec.Struct, frozen=True):
    """Projects that something happened to."""

    projects: tuple[int, ...] = ()
    every: bool = False
    """An act on a whole programme: all public ones are looked at."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the public may know beside the project's row."""

    status: Status
    total_dong: int | None = None
    paid_dong: int | None = None
    """Confirmed by the Treasury over all years; None where no voucher is in the register."""
    physical_pct: Decimal | None = None
    sources: tuple[str, ...] = ()


async def touched(connection: Connection, after: int, last: int) -> Touched:
    """Return what the events of programmes in ``after < seq <= last`` of the log are about."""
    cursor = await connection.execute(
        "SELECT DISTINCT split_part(j->>'ref', ':', 1), split_part(j->>'ref', ':', 2) FROM change "
        "WHERE seq > %s AND seq <= %s AND kind = 9 AND j->>'topic' = 'programme'",
        (after, last),
    )
    projects: set[int] = set()
    payments: set[int] = set()
    every = False
    for what, number in await cursor.fetchall():
        if what == "project" and number.isdigit():
            projects.add(int(number))
        elif what == "payment" and number.isdigit():
            payments.add(int(number))
        else:
            every = True
    cursor = await connection.execute(
        "SELECT DISTINCT project_id FROM payment WHERE id = ANY(%s)", (sorted(payments),)
    )
    projects |= {number for (number,) in await cursor.fetchall()}
    return Touched(tuple(sorted(projects)), every)


async def page(connection: Connection, wanted: Touched, *, after: int, limit: int) -> list[Project]:
    """Return the touched projects by number; of those that nobody named only the public ones."""
    cursor = await connection.execute(
        f"SELECT {columns(Project, 'p')} FROM project p WHERE p.id > %(after)s "
        "AND (p.id = ANY(%(ids)s) OR (%(every)s AND p.is_public)) ORDER BY p.id LIMIT %(limit)s",
        {"after": after, "ids": list(wanted.projects), "every": wanted.every, "limit": limit},
    )
    return [build(Project, found) for found in await cursor.fetchall()]


async def beside(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return payments, physical progress and sources of projects, by the names of :class:`Known`."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT p.id, "
            "(SELECT sum(CASE y.kind WHEN 'recovery' THEN -y.confirmed_dong ELSE y.confirmed_dong END) "
            "FROM payment y WHERE y.project_id = p.id AND y.state = 'confirmed')::bigint AS paid_dong, "
            "(SELECT g.physical_pct FROM progress g WHERE g.project_id = p.id "
            "ORDER BY g.plan_year DESC, g.period DESC LIMIT 1) AS physical_pct, "
            "ARRAY(SELECT DISTINCT s.name FROM capital_plan c JOIN fund_source s ON s.id = c.fund_source_id "
            "WHERE c.project_id = p.id AND c.superseded_at IS NULL ORDER BY 1) AS sources "
            "FROM project p WHERE p.id = ANY(%s)",
            (sorted(ids),),
        )
        found = await cursor.fetchall()
    return {each.pop("id"): each | {"sources": tuple(each["sources"])} for each in found}
