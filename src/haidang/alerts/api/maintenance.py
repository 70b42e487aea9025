"""Routes of maintenance: work on an entity during which its alerts are expected."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from haidang.alerts.service import maintaining
from haidang.alerts.service.maintaining import NewMaintenance
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, version_of, write
from haidang.organisation.permissions import Principal

M = "/api/v1/alert-maintenance"


@get(M, opt={"permission": "alert.read"}, tags=["alerts"], summary="Maintenance that goes on or is planned")
async def list_maintenance(
    db: NamedDependency[Database], clock: NamedDependency[Clock], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return the work during which alerts are expected."""
    async with db.transaction() as connection:
        return {"items": await maintaining.listed(connection, clock, principal), "next": None}


@post(M, opt={"permission": "alert.rule"}, tags=["alerts"], summary="Plan maintenance")
async def plan_maintenance(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewMaintenance],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Plan work on an entity; what it raises from its beginning to its end is suppressed."""

    async def work(connection: Connection) -> Any:
        return msgspec.structs.asdict(await maintaining.plan(connection, clock, principal, data))

    return await write(request, db, principal.id, key, work)


@delete(
    M + "/{number:int}", opt={"permission": "alert.rule"}, tags=["alerts"], summary="End maintenance early"
)
async def end_maintenance(
    *,
    request: Asked,
    key: Key,
    number: FromPath[int],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> None:
    """End it; alerts whose condition is present come forward as new."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        await maintaining.end(connection, clock, principal, number, version=version)

    await write(request, db, principal.id, key, work)


ROUTES = (list_maintenance, plan_maintenance, end_maintenance)
