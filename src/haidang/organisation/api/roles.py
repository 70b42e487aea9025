"""Routes of roles and of the words for permissions."""

from __future__ import annotations

from typing import Any

from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, version_of, write
from haidang.organisation.model import Role
from haidang.organisation.permissions import PERMISSIONS, SIGNED_IN, Principal
from haidang.organisation.service import roles as service


@get(
    "/api/v1/permissions",
    opt={"permission": SIGNED_IN},
    tags=["people"],
    summary="Mọi quyền / all permissions",
)
async def list_permissions() -> dict[str, Any]:
    """Return every permission there is, in both languages."""
    items = [{"name": name, "vi": each.vi, "en": each.en} for name, each in PERMISSIONS.items()]
    return {"items": items, "next": None}


@get("/api/v1/roles", opt={"permission": "account.read"}, tags=["people"], summary="Vai trò / roles")
async def list_roles(db: NamedDependency[Database]) -> dict[str, Any]:
    """Return every role; they say what one could be granted, not who has it."""
    async with db.transaction() as connection:
        return {"items": await service.list_roles(connection), "next": None}


@post(
    "/api/v1/roles", opt={"permission": "role.manage"}, tags=["people"], summary="Thêm vai trò / add a role"
)
async def add_role(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[service.NewRole],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Add a role of permissions that one holds without limit."""

    async def work(connection: Connection) -> Role:
        return await service.add_role(connection, clock, principal, data)

    return await write(request, db, principal.id, key, work)


@patch(
    "/api/v1/roles/{name:str}",
    opt={"permission": "role.manage"},
    tags=["people"],
    summary="Sửa vai trò / change a role",
)
async def change_role(
    *,
    request: Asked,
    key: Key,
    name: FromPath[str],
    data: JSONBody[service.RolePatch],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change a role of the site's own, for all who have it."""
    version = version_of(seen)

    async def work(connection: Connection) -> Role:
        return await service.change_role(connection, clock, principal, name, data, version=version)

    return await write(request, db, principal.id, key, work)


ROUTES = [list_permissions, list_roles, add_role, change_role]
