"""Routes of one alert: entering it, looking at it, acting on it."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.alerts.model.acts import Act
from haidang.alerts.service import acting, entering, reading
from haidang.alerts.service.entering import NewAlert
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.tasks.service.desk import desk_of

A = "/api/v1/alerts/{alert_id:int}"


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act; its word stands in ``act``, its facts beside it."""

    do: Act


@post("/api/v1/alerts", opt={"permission": "alert.act"}, tags=["alerts"], summary="Enter an alert by hand")
async def enter_alert(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewAlert],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Enter what was seen, heard or told; the same ``source`` and ``reference`` again is counted."""

    async def work(connection: Connection) -> Any:
        desk = desk_of(settings, clock)
        alert = await entering.by_hand(connection, clock, principal, data, desk=desk)
        return await reading.opened(connection, principal, alert.id)

    return await write(request, db, principal.id, key, work)


@get(A, opt={"permission": "alert.read"}, tags=["alerts"], summary="One alert")
async def get_alert(
    alert_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return an alert with its rationale, its log, and what the asker may do now."""
    async with db.transaction() as connection:
        return await reading.opened(connection, principal, alert_id)


@get(A + "/timeline", opt={"permission": "alert.read"}, tags=["alerts"], summary="Its log")
async def get_timeline(
    *,
    alert_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return what happened to it, newest first; the entries are those of the chained log ``alerts``."""
    async with db.transaction() as connection:
        return await reading.timeline(
            connection, principal, alert_id, before=cursor_number(cursor), limit=page_size(limit)
        )


@post(
    A + "/acts", opt={"permission": "alert.read"}, tags=["alerts"], summary="Act on an alert", status_code=200
)
async def act_on_alert(
    *,
    request: Asked,
    key: Key,
    alert_id: FromPath[int],
    data: JSONBody[Doing],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Acknowledge, shelve, close …: ``{"do": {"act": "shelve", "minutes": 30, "reason": "…"}}``."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await acting.perform(connection, desk, principal, alert_id, data.do, version=version)
        return await reading.opened(connection, principal, alert_id)

    return await write(request, db, principal.id, key, work)


ROUTES = (enter_alert, get_alert, get_timeline, act_on_alert)
