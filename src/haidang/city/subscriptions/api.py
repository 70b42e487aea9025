"""HTTP handlers of subscriptions and dead letters for our own screens."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, cursor_number, page_size, write
from haidang.city.service import City
from haidang.city.subscriptions import delivery, operating
from haidang.organisation.permissions import Principal


class Letters(msgspec.Struct, forbid_unknown_fields=True):
    """Which dead letters: some by ``no``, or all of an endpoint."""

    letters: list[int] | None = None
    endpoint: str | None = None

    def __post_init__(self) -> None:
        """Exactly one of the two says which."""
        if (self.letters is None) is (self.endpoint is None):
            raise ValueError("letters or endpoint")


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
    items, after = await operating.listed(
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
    endpoint: Annotated[str | None, QueryParameter(max_length=2_048)] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return notifications that were given up, newest first, each with the reason."""
    before, size = cursor_number(cursor), page_size(limit)
    async with db.transaction() as conn:
        items, after = await operating.dead_letters(
            conn, principal, before=before, endpoint=endpoint, limit=size
        )
    return {"items": items, "next": None if after is None else str(after)}


@get(
    "/api/v1/notifications/dead/{no:int}",
    opt={"permission": "subscription.read"},
    tags=["subscriptions"],
    summary="Nội dung thông báo / what a dead letter says",
)
async def dead_payload(
    *, no: int, db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return the payload of a dead letter; hidden from whoever may not read all entities in it."""
    async with db.transaction() as conn:
        return await operating.payload(conn, principal, no)


@get(
    "/api/v1/notifications/endpoints",
    opt={"permission": "subscription.read"},
    tags=["subscriptions"],
    summary="Hàng đợi theo điểm nhận / queues by endpoint",
)
async def list_endpoints(
    *, db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return the endpoints for which something waits or was given up, the worst first."""
    async with db.transaction() as conn:
        return {"items": await operating.endpoints(conn, principal), "next": None}


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
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    key: Key,
) -> dict[str, Any]:
    """Send dead letters again, under the same notification ids; 404 where none of them is yours."""

    async def work(conn: Connection) -> dict[str, int]:
        return await operating.replay(city, conn, principal, numbers=data.letters, endpoint=data.endpoint)

    found: dict[str, Any] = await write(request, db, principal.id, key, work)
    delivery.wake(city)
    return found


@post(
    "/api/v1/subscriptions/{no:int}/pause",
    opt={"permission": "subscription.manage"},
    tags=["subscriptions"],
    summary="Tạm dừng đăng ký / pause a subscription",
    status_code=200,
)
async def pause(
    *,
    no: int,
    request: Asked,
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    key: Key,
) -> dict[str, Any]:
    """Stop telling of changes; what waits already is still sent. The owner stays who it is."""
    return await _activate(city, principal, request, key, no, active=False)


@post(
    "/api/v1/subscriptions/{no:int}/resume",
    opt={"permission": "subscription.manage"},
    tags=["subscriptions"],
    summary="Cho đăng ký chạy tiếp / resume a subscription",
    status_code=200,
)
async def resume(
    *,
    no: int,
    request: Asked,
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    key: Key,
) -> dict[str, Any]:
    """Tell of changes from now on; those of the pause are not told."""
    return await _activate(city, principal, request, key, no, active=True)


async def _activate(
    city: City, principal: Principal, request: Asked, key: str, no: int, *, active: bool
) -> dict[str, Any]:
    async def work(conn: Connection) -> dict[str, Any]:
        return await operating.activate(city, conn, principal, no, active=active)

    found: dict[str, Any] = await write(request, city.db, principal.id, key, work)
    return found


ROUTES = (list_subscriptions, pause, resume, list_endpoints, list_dead, dead_payload, replay_dead)
