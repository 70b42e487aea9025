"""Routes of projects: the list, one with what stands beside it, changes, totals; the public part."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import PUBLIC, Principal
from haidang.programme.api.programs import ROOT
from haidang.programme.model.money import Dong
from haidang.programme.service import projects, reading
from haidang.programme.service.desk import desk_of
from haidang.programme.service.projects import NewProject, NewTotal, ProjectPatch
from haidang.programme.store.register import Filter

J = ROOT + "/projects/{project_id:int}"


class Total(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Total investment that a decision sets."""

    amount_dong: Dong
    decision_id: int
    valid_from: date
    finish_on: date | None = None
    reason: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    parts: dict[str, Dong] = {}
    """Number of the source → đồng."""


@get(ROOT + "/projects", opt={"permission": "programme.read"}, tags=["programme"], summary="Projects")
async def list_projects(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    program: FromQuery[int | None] = None,
    owner: FromQuery[int | None] = None,
    phase: FromQuery[str | None] = None,
    kind: FromQuery[str | None] = None,
    sector: FromQuery[str | None] = None,
    area: FromQuery[str | None] = None,
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return projects in sight by number, with total investment and status."""
    wanted = Filter(program=program, owner=owner, phase=phase, kind=kind, sector=sector, area=area, q=q[:200])
    async with db.transaction() as connection:
        found, after = await projects.listed(
            connection, principal, wanted, limit=page_size(limit), after=cursor_number(cursor)
        )
        items = await reading.lines(connection, desk_of(settings, clock), found)
    return {"items": items, "next": after}


@post(
    ROOT + "/projects", opt={"permission": "programme.read"}, tags=["programme"], summary="Take a project in"
)
async def make_project(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewProject],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Take a project into a programme; its owner's to do, or who plans for it."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await projects.create(connection, desk, principal, data)
        return await reading.opened(connection, desk, principal, made.id)

    return await write(request, db, principal.id, key, work)


@get(J, opt={"permission": "programme.read"}, tags=["programme"], summary="One project")
async def get_project(
    *,
    project_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    year: FromQuery[Annotated[int, msgspec.Meta(ge=1990, le=2100)] | None] = None,
) -> dict[str, Any]:
    """Return a project with totals, decisions, parties, a year's money (this one's), what may be done."""
    async with db.transaction() as connection:
        return await reading.opened(connection, desk_of(settings, clock), principal, project_id, year=year)


@patch(J, opt={"permission": "programme.edit"}, tags=["programme"], summary="Change a project")
async def change_project(
    *,
    request: Asked,
    key: Key,
    project_id: FromPath[int],
    data: JSONBody[ProjectPatch],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change what is said of a project; money and dates of decisions have ways of their own."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await projects.change(connection, desk, principal, project_id, data, version=version)
        return await reading.opened(connection, desk, principal, project_id)

    return await write(request, db, principal.id, key, work)


@post(
    J + "/totals",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="Set the total investment",
)
async def set_total(
    *,
    request: Asked,
    key: Key,
    project_id: FromPath[int],
    data: JSONBody[Total],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Set total investment and finish by a decision; the first approves, later ones adjust."""
    desk = desk_of(settings, clock)
    parts = projects.numbered_parts(data.parts)

    async def work(connection: Connection) -> Any:
        new = NewTotal(
            project_id=project_id, amount_dong=data.amount_dong, decision_id=data.decision_id,
            valid_from=data.valid_from, finish_on=data.finish_on, reason=data.reason, parts=parts,
        )  # fmt: skip
        await projects.set_totals(connection, desk, principal, [new])
        return await reading.opened(connection, desk, principal, project_id)

    return await write(request, db, principal.id, key, work)


@get(
    J + "/plans", opt={"permission": "programme.read"}, tags=["programme"], summary="Every plan ever recorded"
)
async def get_plan_history(
    project_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return every plan amount ever recorded of a project, each with both clocks and its decision."""
    async with db.transaction() as connection:
        return {"items": await reading.plan_history(connection, principal, project_id), "next": None}


@get(J + "/timeline", opt={"permission": "programme.read"}, tags=["programme"], summary="Its log")
async def get_project_log(
    *,
    project_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return who did what when with a project, newest first; entries of the chained log ``programme``."""
    async with db.transaction() as connection:
        return await reading.timeline(
            connection, principal, project_id, before=cursor_number(cursor), limit=page_size(limit)
        )


@get(ROOT + "/public", opt={"permission": PUBLIC}, tags=["programme"], summary="Public projects")
async def list_public(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return the public part of projects whose owners have opened it."""
    async with db.transaction() as connection:
        return await reading.public_list(
            connection, desk_of(settings, clock), after=cursor_number(cursor), limit=page_size(limit)
        )


@get(
    ROOT + "/public/{public_id:str}",
    opt={"permission": PUBLIC},
    tags=["programme"],
    summary="A public project",
)
async def get_public(
    public_id: FromPath[str],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
) -> dict[str, Any]:
    """Return totals, plan, confirmed payments, contracts, milestones and progress of a public project."""
    async with db.transaction() as connection:
        return await reading.public_project(connection, desk_of(settings, clock), public_id)


ROUTES = (
    list_projects, make_project, get_project, change_project, set_total, get_plan_history, get_project_log,
    list_public, get_public,
)  # fmt: skip
