"""Routes of shifts and handovers; the one that makes a handover stands in ``actions``: it lists feeds too."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.incidents.service import shifts
from haidang.incidents.service.desk import desk_of
from haidang.incidents.service.shifts import Withdrawal
from haidang.organisation.permissions import Principal

H = "/api/v1/shifts/handover/{handover_id:int}"


class Taken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which unit's shift begins."""

    org_id: int | None = None
    """Absent: the asker's own unit."""


@get("/api/v1/shifts/current", opt={"permission": "shift.work"}, tags=["incidents"], summary="Who is on duty")
async def get_current(
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return the shifts that are on, and the handovers that are not signed by both."""
    async with db.transaction() as connection:
        return await shifts.current(connection, desk_of(settings, clock), principal)


@get(
    "/api/v1/shifts/people", opt={"permission": "shift.work"}, tags=["incidents"], summary="Who may take over"
)
async def list_people(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    org_id: FromQuery[int | None] = None,
) -> dict[str, Any]:
    """Return the people who may lead a shift of a unit (absent: the asker's own)."""
    async with db.transaction() as connection:
        return await shifts.able(connection, desk_of(settings, clock), principal, org_id)


@post("/api/v1/shifts", opt={"permission": "shift.work"}, tags=["incidents"], summary="Begin a shift")
async def take_shift(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[Taken],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Begin a unit's shift where none is on; the asker leads it."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await shifts.take(connection, desk, principal, data.org_id)
        return await shifts.current(connection, desk, principal)

    return await write(request, db, principal.id, key, work)


@get("/api/v1/shifts/handover", opt={"permission": "shift.work"}, tags=["incidents"], summary="Handovers")
async def list_handovers(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    unsigned: FromQuery[bool | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 20,
) -> dict[str, Any]:
    """Return handovers, newest first; ``unsigned=true``: those that wait for a signature."""
    async with db.transaction() as connection:
        return await shifts.listed(
            connection, desk_of(settings, clock), principal, unsigned=unsigned, before=cursor_number(cursor),
            limit=page_size(limit),
        )  # fmt: skip


@get(H, opt={"permission": "shift.work"}, tags=["incidents"], summary="One handover")
async def get_handover(
    handover_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return what was handed over, who has signed it, and whether the asker is to."""
    async with db.transaction() as connection:
        return await shifts.one(connection, desk_of(settings, clock), principal, handover_id)


@post(H + "/sign", opt={"permission": "shift.work"}, tags=["incidents"], summary="Sign it", status_code=200)
async def sign_handover(
    *,
    request: Asked,
    key: Key,
    handover_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Sign as the outgoing or the incoming lead; with both signatures the next shift begins."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await shifts.sign(connection, desk, principal, handover_id, version=version)
        return await shifts.one(connection, desk, principal, handover_id)

    return await write(request, db, principal.id, key, work)


@post(
    H + "/withdraw",
    opt={"permission": "shift.work"},
    tags=["incidents"],
    summary="Take it back",
    status_code=200,
)
async def withdraw_handover(
    *,
    request: Asked,
    key: Key,
    handover_id: FromPath[int],
    data: JSONBody[Withdrawal],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Take a handover back before both have signed, with the reason."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await shifts.withdraw(connection, desk, principal, handover_id, data.reason, version=version)
        return await shifts.one(connection, desk, principal, handover_id)

    return await write(request, db, principal.id, key, work)


ROUTES = (
    get_current,
    list_people,
    take_shift,
    list_handovers,
    get_handover,
    sign_handover,
    withdraw_handover,
)
