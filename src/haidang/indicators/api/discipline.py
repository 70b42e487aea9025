"""Routes of discipline: the counted register, punctuality, and which boards are looked at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, version_of, write
from haidang.base.settings import Settings
from haidang.indicators.api.register import ONE, ROOT
from haidang.indicators.service import adoption, discipline, looking
from haidang.indicators.service.adoption import Board
from haidang.indicators.service.desk import desk_of
from haidang.indicators.service.discipline import Why
from haidang.organisation.permissions import Principal

_READ = {"permission": "indicator.read"}


class Waiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an entry of the register does not count."""

    why: Why


class View(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A board that is being looked at."""

    board: Board


@get(ROOT + "/discipline", opt=_READ, tags=["indicators"], summary="The counted register of late forms")
async def book(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    year: FromQuery[int],
    org: FromQuery[int | None] = None,
) -> Any:
    """Return what each unit owed in a year, in time or late, its reminders, its entries and marks."""
    async with db.transaction() as connection:
        return await discipline.book(connection, desk_of(settings, clock), principal, year, org)


@post(
    ROOT + "/discipline/{late_id:int}/waive", opt={"permission": "indicator.manage"}, tags=["indicators"],
    summary="Let an entry not count", status_code=200,
)  # fmt: skip
async def waive(
    *,
    request: Asked,
    key: Key,
    late_id: FromPath[int],
    data: JSONBody[Waiver],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Let an entry of the register no longer count, with the reason; it stays in sight."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        desk = desk_of(settings, clock)
        return await discipline.waive(connection, desk, principal, late_id, data.why, version=version)

    return await write(request, db, principal.id, key, work)


@get(ONE + "/punctuality", opt=_READ, tags=["indicators"], summary="Was an indicator in time")
async def punctuality(
    indicator_id: FromPath[int],
    year: FromQuery[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
) -> Any:
    """Return for each unit and period of a year when it was due, when received, and whether in time."""
    async with db.transaction() as connection:
        return await looking.of_indicator(connection, principal, indicator_id, year)


@post(ROOT + "/views", opt=_READ, tags=["indicators"], summary="Count a look at a board", status_code=200)
async def viewed(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[View],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Count that a unit looks at a board; of the person nothing is kept."""

    async def work(connection: Connection) -> Any:
        return await adoption.count(connection, desk_of(settings, clock), principal, data.board)

    return await write(request, db, principal.id, key, work)


@get(ROOT + "/views", opt=_READ, tags=["indicators"], summary="Which boards are looked at, by which units")
async def views(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    first: FromQuery[date | None] = None,
    last: FromQuery[date | None] = None,
) -> Any:
    """Return views by unit and board, of the last 30 days where no days are named; who looked at none: 0."""
    desk = desk_of(settings, clock)
    until = last or desk.today()
    async with db.transaction() as connection:
        return await adoption.by_unit(connection, principal, first or until - timedelta(days=29), until)


ROUTES = (book, waive, punctuality, viewed, views)
