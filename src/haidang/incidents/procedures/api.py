"""Routes of procedures: those of the site, an incident's run and its steps, who fills which role."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, version_of, write
from haidang.base.settings import Settings
from haidang.incidents.procedures.model.acts import StepAct
from haidang.incidents.procedures.service import acting, reading, roles, starting
from haidang.incidents.procedures.service.roles import FILLERS_MAX, Filler
from haidang.incidents.service.desk import desk_of
from haidang.organisation.permissions import Principal

OF = "/api/v1/incidents/{incident_id:int}/procedure"
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,59}$")]


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act on a step; its word stands in ``act``, its facts beside it."""

    do: StepAct


class Starting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which procedure is started; absent: the one that applies."""

    procedure: Name | None = None
    reason: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    """Needed where it takes the place of another."""


class Filling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who fills a role from now on."""

    items: Annotated[tuple[Filler, ...], msgspec.Meta(max_length=FILLERS_MAX)]


@get("/api/v1/procedures", opt={"permission": "procedure.read"}, tags=["procedures"], summary="Procedures")
async def list_procedures(
    settings: NamedDependency[Settings], clock: NamedDependency[Clock]
) -> dict[str, Any]:
    """Return every procedure of the site; ``faults`` names what is wrong in files that were left out."""
    return reading.listed(desk_of(settings, clock))


@get(
    "/api/v1/procedures/{name:str}", opt={"permission": "procedure.read"}, tags=["procedures"],
    summary="One procedure",
)  # fmt: skip
async def get_procedure(
    name: FromPath[str], settings: NamedDependency[Settings], clock: NamedDependency[Clock]
) -> dict[str, Any]:
    """Return a procedure whole, with its steps and samples."""
    return reading.one(desk_of(settings, clock), name)


@get(OF, opt={"permission": "incident.read"}, tags=["procedures"], summary="An incident's procedure")
async def get_run(
    incident_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return how it stands, step by step, with the acts open to you; those before; what else may apply."""
    async with db.transaction() as connection:
        return await reading.of_incident_asked(connection, desk_of(settings, clock), principal, incident_id)


@post(
    OF, opt={"permission": "incident.work"}, tags=["procedures"], summary="Start or change a procedure",
    status_code=200,
)  # fmt: skip
async def start_run(
    *,
    request: Asked,
    key: Key,
    incident_id: FromPath[int],
    data: JSONBody[Starting],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Start a procedure; one that runs is stopped: ``If-Match`` is its version, and a reason is needed."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await starting.start_asked(
            connection, desk, principal, incident_id, data.procedure, reason=data.reason,
            version=None if seen is None else version_of(seen),
        )  # fmt: skip
        return await reading.of_incident_asked(connection, desk, principal, incident_id)

    return await write(request, db, principal.id, key, work)


@post(
    OF + "/steps/{step:str}", opt={"permission": "incident.read"}, tags=["procedures"],
    summary="Act on a step", status_code=200,
)  # fmt: skip
async def act_on_step(
    *,
    request: Asked,
    key: Key,
    incident_id: FromPath[int],
    step: FromPath[str],
    data: JSONBody[Doing],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """``{"do": {"act": "done", "text": "…"}}``, with the step's version; its task does the same."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await acting.perform(connection, desk, principal, incident_id, step, data.do, version=version)
        return await reading.of_incident_asked(connection, desk, principal, incident_id)

    return await write(request, db, principal.id, key, work)


@get(
    "/api/v1/procedure-roles", opt={"permission": "procedure.read"}, tags=["procedures"],
    summary="Who fills which role",
)  # fmt: skip
async def list_roles(
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return every role with its words and the units that fill it, by area."""
    async with db.transaction() as connection:
        return {"items": await roles.listed(connection, desk_of(settings, clock), principal), "next": None}


@put(
    "/api/v1/procedure-roles/{role:str}", opt={"permission": "task.oversee"}, tags=["procedures"],
    summary="Say who fills a role",
)  # fmt: skip
async def fill_role(
    *,
    request: Asked,
    key: Key,
    role: FromPath[str],
    data: JSONBody[Filling],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Replace who fills a role: everywhere (no ``area_code``), or in an area and those within it."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await roles.fill(connection, desk, principal, role, data.items)
        [found] = [each for each in await roles.listed(connection, desk, principal) if each["role"] == role]
        return found

    return await write(request, db, principal.id, key, work)


ROUTES = (
    list_procedures, get_procedure, get_run, start_run, act_on_step, list_roles, fill_role,
)  # fmt: skip
