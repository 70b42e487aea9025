"""Routes of others' messages: what came, and a document that a person has."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from haidang.alerts.cap.service import importing
from haidang.alerts.cap.service.desk import desk_of
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, cursor_number, page_size, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal


@get(
    "/api/v1/warnings/received",
    opt={"permission": "warning.read"},
    tags=["warnings"],
    summary="Warnings of others",
)
async def list_received(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return others' messages, the last that came first, what became of each, and how the polling goes."""
    async with db.transaction() as connection:
        return await importing.received(
            connection, principal, before=cursor_number(cursor), limit=page_size(limit)
        )


@post(
    "/api/v1/warnings/received",
    opt={"permission": "warning.write"},
    tags=["warnings"],
    summary="Take a CAP document of others",
    status_code=200,
)
async def take_document(
    *,
    request: Asked,
    key: Key,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Take the body, a CAP document; whoever may draft warnings of the whole site may."""
    principal.require("warning.write", org_id=None, area_code=None, sector=None)
    content = await request.body()
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        taken = await importing.take(connection, desk, content, source=principal.id)
        return msgspec.to_builtins(taken)

    return await write(request, db, principal.id, key, work)


ROUTES = (list_received, take_document)
