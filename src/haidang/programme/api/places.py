"""Routes of places: what projects say of their place in words, and the areas that it is today."""

from __future__ import annotations

from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, cursor_number, page_size, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.programme.api.programs import P
from haidang.programme.service import placing
from haidang.programme.service.desk import desk_of
from haidang.programme.service.placing import Resolving


@get(
    P + "/places",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="Projects whose place is only text, with the areas that it is today",
)
async def list_places(
    *,
    program_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return them by number; what is not plainly one unit names its candidates, for a person to decide."""
    async with db.transaction() as connection:
        return await placing.listed(
            connection, desk_of(settings, clock), principal, program_id, province=settings.province_code,
            after=cursor_number(cursor), limit=page_size(limit),
        )  # fmt: skip


@post(
    P + "/places",
    opt={"permission": "programme.edit"},
    tags=["programme"],
    summary="Give projects the areas of their places",
    status_code=200,
)
async def resolve_places(
    *,
    request: Asked,
    key: Key,
    program_id: FromPath[int],
    data: JSONBody[Resolving],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Set areas where every place is plain and the asker keeps the project; the others are listed."""

    async def work(connection: Connection) -> Any:
        return await placing.apply(
            connection, desk_of(settings, clock), principal, program_id, data,
            province=settings.province_code,
        )  # fmt: skip

    return await write(request, db, principal.id, key, work)


ROUTES = (list_places, resolve_places)
