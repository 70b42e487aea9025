"""Routes of the register of numbers."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.documents.numbering import service
from haidang.documents.numbering.service import Beginning, Explanation, NewNumber, Voiding
from haidang.organisation.permissions import Principal

N = "/api/v1/paper-numbers"
OPT = {"permission": service.PERMISSION}


@get(N, opt=OPT, tags=["documents"], summary="Numbers of papers")
async def list_numbers(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    org_id: FromQuery[int | None] = None,
    type_code: FromQuery[str | None] = None,
    year: FromQuery[int | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return the numbers given, newest first."""
    series = {"org_id": org_id, "type_code": type_code, "year": year}
    async with db.transaction() as connection:
        return await service.listed(
            connection, principal, series=series, before=cursor_number(cursor), limit=page_size(limit)
        )


@post(N, opt=OPT, tags=["documents"], summary="Take a number")
async def take_number(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewNumber],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Give the next number to a paper that is written elsewhere."""

    async def work(connection: Connection) -> Any:
        return service.shown(await service.take_by_hand(connection, principal, clock.now(), data))

    return await write(request, db, principal.id, key, work)


@post(N + "/{number_id:int}/void", opt=OPT, tags=["documents"], summary="Void a number", status_code=200)
async def void_number(
    *,
    request: Asked,
    key: Key,
    seen: Seen = None,
    number_id: FromPath[int],
    data: JSONBody[Voiding],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Keep that the paper did not leave, and why; the number is not given again."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        found = await service.void(connection, principal, clock.now(), number_id, seen=version, why=data.why)
        return service.shown(found)

    return await write(request, db, principal.id, key, work)


@post(N + "/series", opt=OPT, tags=["documents"], summary="Where a register goes on", status_code=200)
async def begin_series(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[Beginning],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Let a register go on from a number above all that were given; answers with the gap that it leaves."""

    async def work(connection: Connection) -> Any:
        gap = await service.begin(connection, principal, clock.now(), data)
        return {"gap": msgspec.to_builtins(gap)}

    return await write(request, db, principal.id, key, work)


@get(N + "/gaps", opt=OPT, tags=["documents"], summary="Numbers without a paper")
async def list_gaps(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    org_id: FromQuery[int | None] = None,
    type_code: FromQuery[str | None] = None,
    year: FromQuery[int | None] = None,
) -> dict[str, Any]:
    """Return the gaps of registers; those without ``why`` wait for an explanation."""
    series = {"org_id": org_id, "type_code": type_code, "year": year}
    async with db.transaction() as connection:
        return await service.gaps(connection, principal, series)


@post(N + "/gaps", opt=OPT, tags=["documents"], summary="Explain a gap", status_code=200)
async def explain_gap(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[Explanation],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Keep why numbers have no paper; answers with the gaps of that register."""

    async def work(connection: Connection) -> Any:
        return await service.explain(connection, principal, clock.now(), data)

    return await write(request, db, principal.id, key, work)


ROUTES = (list_numbers, take_number, void_number, begin_series, list_gaps, explain_gap)
