"""Routes of people: what one was told, what one wants to be told where, who fills the roles of units."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.tasks.service import wishes
from haidang.tasks.service.desk import desk_of
from haidang.tasks.service.wishes import Filled, Wishes
from haidang.tasks.store import people


class Read(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Notices that were read."""

    ids: Annotated[tuple[int, ...], msgspec.Meta(max_length=200)]


class Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who fills the roles of a unit."""

    roles: Annotated[tuple[Filled, ...], msgspec.Meta(max_length=45)]


@get("/api/v1/notices", opt={"permission": "task.read"}, tags=["tasks"], summary="What I was told")
async def list_notices(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return what the asker and the asker's unit were told, newest first."""
    async with db.transaction() as connection:
        return await wishes.told(connection, principal, before=cursor_number(cursor), limit=page_size(limit))


@post(
    "/api/v1/notices/read",
    opt={"permission": "task.read"},
    tags=["tasks"],
    summary="Mark notices as read",
    status_code=200,
)
async def read_notices(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[Read],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Mark notices of the asker or the asker's unit as read."""

    async def work(connection: Connection) -> Any:
        return await wishes.read(connection, desk_of(settings, clock), principal, data.ids)

    return await write(request, db, principal.id, key, work)


@get("/api/v1/task-preferences", opt={"permission": "task.read"}, tags=["tasks"], summary="Where I am told")
async def get_preferences(
    db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return what the asker wants to get beyond the screen."""
    async with db.transaction() as connection:
        found = await people.preference(connection, wishes.person(principal))
    shown: dict[str, Any] = msgspec.to_builtins(found)
    return shown


@put(
    "/api/v1/task-preferences",
    opt={"permission": "task.read"},
    tags=["tasks"],
    summary="Choose where I am told",
)
async def set_preferences(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[Wishes],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Choose channels, addresses, quiet hours and the digest; version 0 is "never chosen"."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        return await wishes.set_wishes(connection, principal, data, version=version)

    return await write(request, db, principal.id, key, work)


@get("/api/v1/task-roles", opt={"permission": "task.oversee"}, tags=["tasks"], summary="Who is addressed")
async def list_roles(db: NamedDependency[Database], principal: NamedDependency[Principal]) -> dict[str, Any]:
    """Return who fills the roles that reminders address, of the units that the asker oversees."""
    async with db.transaction() as connection:
        return {"items": await wishes.roles(connection, principal), "next": None}


@put(
    "/api/v1/task-roles/{org_id:int}",
    opt={"permission": "task.oversee"},
    tags=["tasks"],
    summary="Name who is addressed",
)
async def set_roles(
    *,
    request: Asked,
    key: Key,
    org_id: FromPath[int],
    data: JSONBody[Roles],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
) -> Any:
    """Replace who fills the roles of a unit: focal point, head, …; the next rank is the deputy."""

    async def work(connection: Connection) -> Any:
        return {"items": await wishes.set_roles(connection, principal, org_id, data.roles)}

    return await write(request, db, principal.id, key, work)


ROUTES = (list_notices, read_notices, get_preferences, set_preferences, list_roles, set_roles)
