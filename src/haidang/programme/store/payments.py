"""SQL of payments: sums by kind that never mix what is estimated with what is confirmed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from haidang.base.database import Connection
from haidang.programme.model.money import Disbursed, Estimated
from haidang.programme.model.payments import Payment
from haidang.programme.store.rows import build, columns

GROUPS: dict[str, str] = {
    "project": "p.project_id", "source": "p.fund_source_id", "period": "p.period", "year": "p.plan_year",
    "contract": "p.contract_id", "owner": "j.owner_org", "phase": "j.project_phase",
    "carry_over": "p.carry_over",
    "month": "date_trunc('month', p.paid_on)::date",
}  # fmt: skip
"""What sums can be asked by."""
_KINDS = ", ".join(
    f"coalesce(sum(p.{{column}}) FILTER (WHERE p.kind = '{kind}'), 0)::bigint"
    for kind in ("advance", "volume", "recovery")
)


async def of_project(connection: Connection, project_id: int, year: int | None) -> list[Payment]:
    """Return the payments of a project, the latest period first."""
    cursor = await connection.execute(
        f"SELECT {columns(Payment, 'p')} FROM payment p WHERE p.project_id = %s "
        "AND (%s::int IS NULL OR p.plan_year = %s) ORDER BY p.plan_year DESC, p.period DESC, p.id DESC "
        "LIMIT 2000",
        (project_id, year, year),
    )
    return [build(Payment, found) for found in await cursor.fetchall()]


async def disbursed(
    connection: Connection,
    by: Sequence[str],
    *,
    program: int | None = None,
    projects: Collection[int] | None = None,
    year: int | None = None,
    cutoff: date | None = None,
    known_at: datetime | None = None,
    source: int | None = None,
) -> dict[tuple[Any, ...], Disbursed]:
    """Return what the Treasury has confirmed, summed by what is asked.

    ``cutoff``: paid up to and with that day. ``known_at``: as it was known at a moment; absent: now.
    ``source``: from one fund source alone.
    """
    keys = ", ".join(GROUPS[name] for name in by)
    cursor = await connection.execute(
        f"SELECT {_KINDS.format(column='confirmed_dong')}{', ' + keys if keys else ''} "
        "FROM payment p JOIN project j ON j.id = p.project_id "
        "WHERE p.state IN ('confirmed', 'reversed') "
        "AND p.confirmed_at <= coalesce(%(known)s::timestamptz, 'infinity') "
        "AND (p.reversed_at IS NULL OR p.reversed_at > coalesce(%(known)s::timestamptz, 'infinity')) "
        "AND (%(program)s::int IS NULL OR j.program_id = %(program)s) "
        "AND (%(projects)s::int[] IS NULL OR p.project_id = ANY(%(projects)s)) "
        "AND (%(year)s::int IS NULL OR p.plan_year = %(year)s) "
        "AND (%(source)s::int IS NULL OR p.fund_source_id = %(source)s) "
        "AND (%(cutoff)s::date IS NULL OR p.paid_on <= %(cutoff)s)" + (f" GROUP BY {keys}" if keys else ""),
        {
            "known": known_at, "program": program, "year": year, "cutoff": cutoff, "source": source,
            "projects": None if projects is None else sorted(projects),
        },
    )  # fmt: skip
    return {
        tuple(key): Disbursed(advance_dong=advance, volume_dong=volume, recovery_dong=recovery)
        for advance, volume, recovery, *key in await cursor.fetchall()
    }


async def estimated(
    connection: Connection,
    by: Sequence[str],
    *,
    program: int | None = None,
    projects: Collection[int] | None = None,
    year: int | None = None,
    source: int | None = None,
) -> dict[tuple[Any, ...], Estimated]:
    """Return what owners expect and nobody has confirmed or cancelled, summed by what is asked."""
    keys = ", ".join(GROUPS[name] for name in by)
    cursor = await connection.execute(
        f"SELECT {_KINDS.format(column='estimate_dong')}{', ' + keys if keys else ''} "
        "FROM payment p JOIN project j ON j.id = p.project_id WHERE p.state = 'estimate' "
        "AND (%(program)s::int IS NULL OR j.program_id = %(program)s) "
        "AND (%(projects)s::int[] IS NULL OR p.project_id = ANY(%(projects)s)) "
        "AND (%(source)s::int IS NULL OR p.fund_source_id = %(source)s) "
        "AND (%(year)s::int IS NULL OR p.plan_year = %(year)s)" + (f" GROUP BY {keys}" if keys else ""),
        {
            "program": program, "year": year, "source": source,
            "projects": None if projects is None else sorted(projects),
        },
    )  # fmt: skip
    return {
        tuple(key): Estimated(advance_dong=advance, volume_dong=volume, recovery_dong=recovery)
        for advance, volume, recovery, *key in await cursor.fetchall()
    }
