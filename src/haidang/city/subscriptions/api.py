"""HTTP handlers of subscriptions and dead letters for our own screens."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, cursor_number, page_size, write
from haidang.city.service import City
from haidang.city.subscriptions import service
from haidang.organisation.permissions import Principal


class Letters(msgspec.Struct, forbid_unknown_fields=True):
    """Which dead letters, by ``no``."""

    letters: list[int]


@get(
    "/api/v1/subscriptions",
    opt={"permission": "subscription.read"},
    tags=["subscriptions"],
    summary="Đăng ký nhận thông báo / subscriptions",
)
async def list_subscriptions(
    *,
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return subscriptions with their counters and how many notifications wait or were given up."""
    items, after = await service.listed(
        city, principal, after=cursor_number(cursor) or 0, limit=page_size(limit)
    )
    return {"items": items, "next": None if after is None else str(after)}


@get(
    "/api/v1/notifications/dead",
    opt={"permission": "subscription.read"},
    tags=["subscriptions"],
    summary="Thông báo không gửi được / dead letters",
)
async def list_dead(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return notifications that were given up, newest first, each with the reason."""
    async with db.transaction() as conn:
        items, before = await service.dead_letters(
            conn, principal, before=cursor_number(cursor), limit=page_size(limit)
        )
    return {"items": items, "next": None if before is None else str(before)}


@post(
    "/api/v1/notifications/dead/replay",
    opt={"permission": "subscription.manage"},
    tags=["subscriptions"],
    summary="Gửi lại / replay dead letters",
    status_code=200,
)
async def replay_dead(
    *,
    data: Letters,
    request: Asked,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    key: Key,
) -> dict[str, Any]:
    """Send dead letters again, under the same notification ids; 404 where none of them is yours."""

    async def work(conn: Connection) -> dict[str, int]:
        return {"replayed": await service.replay(conn, principal, data.letters)}

    found: dict[str, Any] = await write(request, db, principal.id, key, work)
    return found


ROUTES = (list_subscriptions, list_dead, replay_dead)
