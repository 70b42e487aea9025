"""Routes of agencies."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, version_of, write
from haidang.organisation.model import Org
from haidang.organisation.permissions import Principal
from haidang.organisation.service import orgs as service
from haidang.organisation.service.areas import today_of


@get("/api/v1/orgs", opt={"permission": "org.read"}, tags=["agencies"], summary="Cơ quan, đơn vị / agencies")
async def list_orgs(db: NamedDependency[Database], principal: NamedDependency[Principal]) -> dict[str, Any]:
    """Return the agencies within one's scope as a flat list, parents before children."""
    async with db.transaction() as connection:
        return {"items": await service.list_orgs(connection, principal), "next": None}


@get(
    "/api/v1/orgs/called",
    opt={"permission": "org.read"},
    tags=["agencies"],
    summary="Tìm cơ quan theo tên / find an agency by name",
)
async def find_org(
    *,
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    q: FromQuery[str],
    on: FromQuery[date | None] = None,
) -> dict[str, Any]:
    """Return the agencies that a text meant on a day, and who carries on their work today."""
    day = today_of(clock, on)
    async with db.transaction() as connection:
        found = [
            each
            for each in await service.orgs_called(connection, q, day)
            if principal.may("org.read", org_id=each.id)
        ]
        today = today_of(clock)
        items = [{"org": each, "now": await service.heirs_of(connection, each.id, today)} for each in found]
    return {"items": items, "next": None}


@post(
    "/api/v1/orgs",
    opt={"permission": "org.manage"},
    tags=["agencies"],
    summary="Thêm cơ quan / add an agency",
)
async def add_org(
    request: Asked,
    key: Key,
    data: JSONBody[service.NewOrg],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
) -> Any:
    """Add an agency under another one."""

    async def work(connection: Connection) -> Org:
        return await service.add_org(connection, principal, data)

    return await write(request, db, principal.id, key, work)


@patch(
    "/api/v1/orgs/{org_id:int}",
    opt={"permission": "org.manage"},
    tags=["agencies"],
    summary="Sửa cơ quan / change an agency",
)
async def change_org(
    *,
    request: Asked,
    key: Key,
    org_id: FromPath[int],
    data: JSONBody[service.OrgPatch],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change an agency, or move it with everything under it."""
    version = version_of(seen)

    async def work(connection: Connection) -> Org:
        return await service.change_org(connection, principal, org_id, data, version=version)

    return await write(request, db, principal.id, key, work)


ROUTES = [list_orgs, find_org, add_org, change_org]
