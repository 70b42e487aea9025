"""Routes of vehicles and teams."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.incidents.model.resources import ResourceAct
from haidang.incidents.service import resources
from haidang.incidents.service.desk import desk_of
from haidang.incidents.service.resources import NewResource, ResourcePatch
from haidang.organisation.permissions import Principal

R = "/api/v1/resources/{resource_id:int}"


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act; its word stands in ``act``, its facts beside it."""

    do: ResourceAct


@get(
    "/api/v1/resources", opt={"permission": "resource.read"}, tags=["incidents"], summary="Vehicles and teams"
)
async def list_resources(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    status: FromQuery[str | None] = None,
    kind: FromQuery[str | None] = None,
    org: FromQuery[int | None] = None,
    active: FromQuery[bool | None] = True,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 100,
) -> dict[str, Any]:
    """Return vehicles and teams with status, position, where they are sent, and what the asker may do."""
    async with db.transaction() as connection:
        return await resources.listed(
            connection, principal, status=status, kind=kind, org=org, active=active,
            after=cursor_number(cursor) or 0, limit=page_size(limit),
        )  # fmt: skip


@post("/api/v1/resources", opt={"permission": "resource.manage"}, tags=["incidents"], summary="Add one")
async def add_resource(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewResource],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Add a vehicle or team; one of that name in its unit is returned as it is."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await resources.keep(connection, desk, principal, data)
        return await resources.one(connection, principal, made.id)

    return await write(request, db, principal.id, key, work)


@patch(R, opt={"permission": "resource.manage"}, tags=["incidents"], summary="Change one")
async def change_resource(
    *,
    request: Asked,
    key: Key,
    resource_id: FromPath[int],
    data: JSONBody[ResourcePatch],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change name, kind, call sign, duty line, capacity, tracked entity, or whether it is still in use."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await resources.change(connection, desk, principal, resource_id, data, version=version)
        return await resources.one(connection, principal, resource_id)

    return await write(request, db, principal.id, key, work)


@post(
    R + "/acts",
    opt={"permission": "resource.read"},
    tags=["incidents"],
    summary="Say what one does",
    status_code=200,
)
async def act_on_resource(
    *,
    request: Asked,
    key: Key,
    resource_id: FromPath[int],
    data: JSONBody[Doing],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """On its way, on scene, released, out of use, back, or where it is: ``{"do": {"act": "on_way"}}``."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await resources.act(connection, desk, principal, resource_id, data.do, version=version)
        return await resources.one(connection, principal, resource_id)

    return await write(request, db, principal.id, key, work)


ROUTES = (list_resources, add_resource, change_resource, act_on_resource)
