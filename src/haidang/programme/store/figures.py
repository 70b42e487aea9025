"""SQL of the programme's figures: who is in sight, and sums of plans and payments by what is asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.store.register import visible


class Brief(msgspec.Struct, frozen=True):
    """A project in sight, as figures name it."""

    id: int
    public_id: str
    name: str
    program_id: int
    owner_org: int
    owner: str
    phase: str | None
    group: str | None
    sector: str | None
    finish_on: date | None
    """As first decided."""
    simulated: bool

    def named(self) -> dict[str, Any]:
        """Return the project as an answer names it."""
        return {
            "id": self.id, "public_id": self.public_id, "name": self.name,
            "owner": {"id": self.owner_org, "name": self.owner},
        }  # fmt: skip


async def briefs(
    connection: Connection,
    principal: Principal,
    *,
    program: int | None = None,
    owner: int | None = None,
    ids: Collection[int] | None = None,
) -> dict[int, Brief]:
    """Return the projects in sight of a programme, of an owner, or of these numbers, by number."""
    scope, values = visible(principal)
    cursor = await connection.execute(
        "SELECT p.id, p.public_id, p.name, p.program_id, p.owner_org, o.name, p.project_phase, "
        "p.project_group, p.sector, p.finish_on, p.simulated FROM project p JOIN org o ON o.id = p.owner_org "
        "WHERE (%(program)s::int IS NULL OR p.program_id = %(program)s) "
        "AND (%(owner)s::int IS NULL OR p.owner_org = %(owner)s) "
        f"AND (%(ids)s::int[] IS NULL OR p.id = ANY(%(ids)s)) AND {scope} ORDER BY p.id",
        values | {"program": program, "owner": owner, "ids": None if ids is None else sorted(ids)},
    )
    return {row[0]: Brief(*row) for row in await cursor.fetchall()}


PLAN_KEYS: dict[str, str] = {
    "owner": "coalesce(j.owner_org, n.owner_org)", "phase": "coalesce(j.project_phase, n.phase)",
    "source": "c.fund_source_id", "group": "j.project_group", "sector": "j.sector",
}  # fmt: skip
PAID_KEYS: dict[str, str] = {
    "owner": "j.owner_org", "phase": "j.project_phase", "source": "p.fund_source_id",
    "group": "j.project_group", "sector": "j.sector",
}  # fmt: skip
_KNOWN = "c.recorded_at <= %(known)s AND (c.superseded_at IS NULL OR c.superseded_at > %(known)s)"
_OF = (
    "c.program_id = %(program)s AND c.plan_year = %(year)s AND c.plan_kind <> 'medium' "
    "AND (%(projects)s::int[] IS NULL OR c.project_id = ANY(%(projects)s))"
)


async def planned(
    connection: Connection,
    by: str,
    *,
    program: int,
    year: int,
    days: Sequence[date],
    known_at: datetime,
    projects: Collection[int] | None,
) -> list[tuple[date, Any, str, int]]:
    """Return (day, key, kind of plan, đồng) of a year's amounts that held on each of some days."""
    key = PLAN_KEYS.get(by, "NULL::int")
    cursor = await connection.execute(
        f"SELECT d.day, {key} AS key, c.plan_kind, sum(c.amount_dong)::bigint "
        "FROM unnest(%(days)s::date[]) AS d (day) JOIN capital_plan c ON c.valid_from <= d.day "
        "AND (c.valid_to IS NULL OR c.valid_to > d.day) "
        "LEFT JOIN project j ON j.id = c.project_id LEFT JOIN plan_node n ON n.id = c.node_id "
        f"WHERE {_OF} AND {_KNOWN} GROUP BY 1, 2, 3",
        {
            "program": program, "year": year, "days": list(days), "known": known_at,
            "projects": None if projects is None else sorted(projects),
        },
    )  # fmt: skip
    return await cursor.fetchall()


async def paid(
    connection: Connection,
    by: str,
    *,
    program: int,
    year: int,
    cutoff: date,
    known_at: datetime,
    projects: Collection[int] | None,
) -> list[tuple[Any, int, bool, str, int]]:
    """Return (key, period, carried over, kind, đồng) of what the Treasury has confirmed."""
    cursor = await connection.execute(
        f"SELECT {PAID_KEYS.get(by, 'NULL::int')} AS key, p.period, p.carry_over, p.kind, "
        "sum(p.confirmed_dong)::bigint FROM payment p JOIN project j ON j.id = p.project_id "
        "WHERE j.program_id = %(program)s AND p.plan_year = %(year)s "
        "AND p.state IN ('confirmed', 'reversed') AND p.confirmed_at <= %(known)s "
        "AND (p.reversed_at IS NULL OR p.reversed_at > %(known)s) AND p.paid_on <= %(cutoff)s "
        "AND (%(projects)s::int[] IS NULL OR p.project_id = ANY(%(projects)s)) GROUP BY 1, 2, 3, 4",
        {
            "program": program, "year": year, "cutoff": cutoff, "known": known_at,
            "projects": None if projects is None else sorted(projects),
        },
    )  # fmt: skip
    return await cursor.fetchall()


async def node_owners(connection: Connection, program: int, year: int) -> list[int]:
    """Return the units that lines of a year's plan are of."""
    cursor = await connection.execute(
        "SELECT DISTINCT owner_org FROM plan_node WHERE program_id = %s AND plan_year = %s "
        "AND owner_org IS NOT NULL",
        (program, year),
    )
    return [number for (number,) in await cursor.fetchall()]


async def recorded(connection: Connection, program: int, year: int) -> tuple[bool, bool]:
    """Say whether a programme's year has any payment at all, and any detailed allocation.

    Where it has none, nothing is known of either: that is not the same as nothing paid.
    """
    cursor = await connection.execute(
        "SELECT EXISTS (SELECT FROM payment p JOIN project j ON j.id = p.project_id "
        "WHERE j.program_id = %(program)s AND p.plan_year = %(year)s AND p.state = 'confirmed'), "
        "EXISTS (SELECT FROM capital_plan c WHERE c.program_id = %(program)s AND c.plan_year = %(year)s "
        "AND c.plan_kind = 'allocation')",
        {"program": program, "year": year},
    )
    [(paid, allocated)] = await cursor.fetchall()
    return bool(paid), bool(allocated)
