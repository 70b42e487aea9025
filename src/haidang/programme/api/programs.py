"""Routes of programmes, their decisions, fund sources, and the check of the ledger."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, version_of, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.programme.service import ledger, programs
from haidang.programme.service.desk import desk_of
from haidang.programme.service.programs import NewDecision, NewFundSource, NewProgram, ProgramPatch

ROOT = "/api/v1/programme"
P = ROOT + "/programs/{program_id:int}"


class Decisions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Documents to be registered together."""

    decisions: Annotated[tuple[NewDecision, ...], msgspec.Meta(min_length=1, max_length=500)]


@get(ROOT + "/programs", opt={"permission": "programme.read"}, tags=["programme"], summary="Programmes")
async def list_programs(
    db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return the programmes in sight with how many of their projects the asker sees."""
    async with db.transaction() as connection:
        return {"items": await programs.listed(connection, principal), "next": None}


@post(
    ROOT + "/programs", opt={"permission": "programme.plan"}, tags=["programme"], summary="Begin a programme"
)
async def make_program(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewProgram],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Begin a programme; its code is its own."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        return await programs.create(connection, desk, principal, data)

    return await write(request, db, principal.id, key, work)


@get(P, opt={"permission": "programme.read"}, tags=["programme"], summary="One programme")
async def get_program(
    program_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> Any:
    """Return a programme."""
    async with db.transaction() as connection:
        return msgspec.to_builtins(await programs.visible(connection, principal, program_id))


@patch(P, opt={"permission": "programme.plan"}, tags=["programme"], summary="Change a programme")
async def change_program(
    *,
    request: Asked,
    key: Key,
    program_id: FromPath[int],
    data: JSONBody[ProgramPatch],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change name, years, committee or source document."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        return await programs.change(connection, desk, principal, program_id, data, version=version)

    return await write(request, db, principal.id, key, work)


@get(P + "/decisions", opt={"permission": "programme.read"}, tags=["programme"], summary="Decisions")
async def list_decisions(
    program_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    project: FromQuery[int | None] = None,
) -> dict[str, Any]:
    """Return the documents that decided on a programme, or on one of its projects, by day."""
    async with db.transaction() as connection:
        found = await programs.decisions_of(connection, principal, program_id, project)
    return {"items": msgspec.to_builtins(found), "next": None}


@post(
    P + "/decisions", opt={"permission": "programme.read"}, tags=["programme"], summary="Register decisions"
)
async def register_decisions(
    *,
    request: Asked,
    key: Key,
    program_id: FromPath[int],
    data: JSONBody[Decisions],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Register signed documents; of the programme by who plans it, of a project by its owner too."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        return {"items": await programs.decide(connection, desk, principal, program_id, data.decisions)}

    return await write(request, db, principal.id, key, work)


@get(ROOT + "/fund-sources", opt={"permission": "programme.read"}, tags=["programme"], summary="Fund sources")
async def list_fund_sources(db: NamedDependency[Database]) -> dict[str, Any]:
    """Return the sources of money that the site tells apart."""
    async with db.transaction() as connection:
        return {"items": msgspec.to_builtins(await programs.fund_sources(connection)), "next": None}


@post(
    ROOT + "/fund-sources",
    opt={"permission": "programme.plan"},
    tags=["programme"],
    summary="Add a fund source",
)
async def add_fund_source(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewFundSource],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Add a source; it is the whole house's."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        return await programs.add_fund_source(connection, desk, principal, data)

    return await write(request, db, principal.id, key, work)


@get(
    ROOT + "/ledger",
    opt={"permission": "programme.oversee"},
    tags=["programme"],
    summary="Check the ledger",
)
async def check_ledger(
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Recount every total from its rows; needs the permission over the whole house."""
    principal.require("programme.oversee", org_id=None, area_code=None, sector=None)
    async with db.transaction() as connection:
        found = await ledger.check(connection, desk_of(settings, clock))
    return dict(msgspec.to_builtins(found)) | {"sound": found.sound}


ROUTES = (
    list_programs, make_program, get_program, change_program, list_decisions, register_decisions,
    list_fund_sources, add_fund_source, check_ledger,
)  # fmt: skip
