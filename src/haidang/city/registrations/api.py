"""HTTP handlers of registrations for our own screens."""

from __future__ import annotations

from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from haidang.base.requests import cursor_number, page_size
from haidang.city.registrations import history, service
from haidang.city.service import City
from haidang.organisation.permissions import Principal


@get(
    "/api/v1/registrations",
    opt={"permission": "registration.read"},
    tags=["registrations"],
    summary="Đăng ký nguồn dữ liệu / context source registrations",
)
async def list_registrations(
    *,
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return registrations with what they hold, their commands' counters and why the last one failed."""
    items, after = await service.listed(
        city, principal, after=cursor_number(cursor) or 0, limit=page_size(limit)
    )
    return {"items": items, "next": None if after is None else str(after)}


@get(
    "/api/v1/actuations",
    opt={"permission": "registration.read"},
    tags=["registrations"],
    summary="Lệnh đến thiết bị / commands to devices",
)
async def list_actuations(
    *,
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
    entity: FromQuery[str | None] = None,
) -> dict[str, Any]:
    """Return commands to devices, newest first: who gave which, when, and what came of it.

    ``end`` is null where the outcome was never recorded (the server died meanwhile): look at the device.
    """
    items, before = await history.actuations(
        city, principal, before=cursor_number(cursor), limit=page_size(limit), entity=entity
    )
    return {"items": items, "next": None if before is None else str(before)}


ROUTES = (list_registrations, list_actuations)
