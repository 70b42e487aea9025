"""Routes of the programme's figures: rates, flags, risks, pace, moves, back-test; a project's own curves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.programme.analysis.pace import GOAL
from haidang.programme.api.programs import ROOT, P
from haidang.programme.api.projects import J
from haidang.programme.service import (
    contractors,
    curve,
    earned,
    flags,
    following,
    looking_back,
    owners,
    rates,
    risks,
)
from haidang.programme.service.desk import desk_of
from haidang.programme.service.flag_words import Group
from haidang.programme.service.following import FollowUp

Year = Annotated[int, msgspec.Meta(ge=1990, le=2100)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=risks.LIMIT_MAX)]
Flags = Annotated[int, msgspec.Meta(ge=1, le=flags.LIMIT_MAX)]
Rows = Annotated[int, msgspec.Meta(ge=1, le=risks.ROWS_MAX)]
Goal = Annotated[float, msgspec.Meta(ge=0.01, le=1)]


@get(
    J + "/earned",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="Earned value of a project, month by month",
)
async def get_earned(
    *,
    project_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    on: FromQuery[date | None] = None,
) -> dict[str, Any]:
    """Return PV, EV and AC by month, each measure with its value or why it has none."""
    async with db.transaction() as connection:
        return await earned.earned(connection, desk_of(settings, clock), principal, project_id, on=on)


@get(
    J + "/curve",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="A project's plan year: promised, estimated, paid, and its end foreseen",
)
async def get_curve(
    *,
    project_id: FromPath[int],
    year: FromQuery[Year],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return the 13 periods, cumulative; what has not come yet is null."""
    async with db.transaction() as connection:
        return await curve.curve(connection, desk_of(settings, clock), principal, project_id, year)


@get(
    P + "/rates",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="Rates of disbursement against every denominator by name",
)
async def get_rates(
    *,
    program_id: FromPath[int],
    year: FromQuery[Year],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    by: FromQuery[rates.By] = "owner",
    cutoff: FromQuery[date | None] = None,
) -> dict[str, Any]:
    """Return plans, payments and rates by owner, source, phase, group, month or sector, and their total."""
    async with db.transaction() as connection:
        return await rates.rates(
            connection, desk_of(settings, clock), principal, program_id, year, by=by, cutoff=cutoff
        )


@get(
    P + "/flags",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="Red flags of a year: what fired, by which numbers, since when",
)
async def get_flags(
    *,
    program_id: FromPath[int],
    year: FromQuery[Year],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    project: FromQuery[int | None] = None,
    group: FromQuery[Group | None] = None,
    limit: FromQuery[Flags] = flags.LIMIT,
) -> dict[str, Any]:
    """Return the flags of the projects in sight with counts by code; a flag is a question, no verdict."""
    async with db.transaction() as connection:
        return await flags.flags(
            connection,
            desk_of(settings, clock),
            principal,
            program_id,
            year,
            project=project,
            group=group,
            limit=limit,
        )


@post(
    P + "/flags/follow-up",
    opt={"permission": "programme.oversee"},
    tags=["programme"],
    summary="Give the task of a flag, once for a project, code and year",
)
async def follow_up_flag(
    *,
    request: Asked,
    key: Key,
    program_id: FromPath[int],
    data: JSONBody[FollowUp],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Return the task that follows the flag up, made now or before."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        return await following.follow_up(connection, desk, principal, program_id, data)

    return await write(request, db, principal.id, key, work)


@get(
    P + "/risks",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="Who is foreseen to miss the goal, with reasons",
)
async def get_risks(
    *,
    program_id: FromPath[int],
    year: FromQuery[Year],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    limit: FromQuery[Limit] = 100,
) -> dict[str, Any]:
    """Return the late-risk list, the largest shortfall first."""
    async with db.transaction() as connection:
        return await risks.risks(
            connection, desk_of(settings, clock), principal, program_id, year, limit=limit
        )


@get(
    P + "/pace",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="What must be paid a month to reach a goal, and whether accepted volume allows it",
)
async def get_pace(
    *,
    program_id: FromPath[int],
    year: FromQuery[Year],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    goal: FromQuery[Goal] = float(GOAL),
    by: FromQuery[Literal["project", "owner"]] = "project",
    limit: FromQuery[Rows] = risks.ROWS,
) -> dict[str, Any]:
    """Return the pace of each project or owner, and of all in sight together."""
    async with db.transaction() as connection:
        return await risks.paces(
            connection,
            desk_of(settings, clock),
            principal,
            program_id,
            year,
            goal=Decimal(str(goal)),
            by=by,
            limit=limit,
        )


@get(
    P + "/moves",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="Between which projects capital could move within one source",
)
async def get_moves(
    *,
    program_id: FromPath[int],
    year: FromQuery[Year],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return proposals; no capital moves without a decision."""
    async with db.transaction() as connection:
        return await risks.proposals(connection, desk_of(settings, clock), principal, program_id, year)


@get(
    P + "/backtest",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="What the forecasts were worth in the years that are over",
)
async def get_backtest(
    *,
    program_id: FromPath[int],
    year: FromQuery[Year],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return error, coverage and rank correlation of each method by period."""
    async with db.transaction() as connection:
        return await looking_back.scores(connection, desk_of(settings, clock), principal, program_id, year)


@get(
    ROOT + "/owners/{org_id:int}",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="An owner: its projects, promises, bottlenecks, flags, tasks",
)
async def get_owner(
    *,
    org_id: FromPath[int],
    year: FromQuery[Year],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    program: FromQuery[int | None] = None,
) -> dict[str, Any]:
    """Return how a unit stands with the projects in sight that it owns."""
    async with db.transaction() as connection:
        return await owners.owner(
            connection, desk_of(settings, clock), principal, org_id, year, program=program
        )


@get(
    ROOT + "/contractors/{contractor_id:int}",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="A contractor: contracts in sight, what became of them, late rate with n and interval",
)
async def get_contractor(
    *,
    contractor_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return a company's record from evidence; its cases for those who may see them."""
    async with db.transaction() as connection:
        return await contractors.contractor(connection, desk_of(settings, clock), principal, contractor_id)


ROUTES = (
    get_earned,
    get_curve,
    get_rates,
    get_flags,
    follow_up_flag,
    get_risks,
    get_pace,
    get_moves,
    get_backtest,
    get_owner,
    get_contractor,
)
