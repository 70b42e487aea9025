"""HTTP handlers of the boards of directives."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.boards.directives import board
from haidang.boards.directives.board import Asked
from haidang.boards.directives.brief import brief
from haidang.boards.directives.meeting import meeting
from haidang.boards.directives.owed import owed
from haidang.organisation.permissions import Principal
from haidang.tasks.service.desk import desk_of

PERMISSION = {"permission": "directive.read"}
_ID_MAX = 2**31 - 1

_Id = Annotated[int | None, QueryParameter(ge=1, le=_ID_MAX)]
_Word = Annotated[str | None, QueryParameter(max_length=500)]
_Name = Annotated[str, QueryParameter(max_length=40)]
_Day = Annotated[date | None, QueryParameter()]


@get("/api/v1/boards/directives", opt=PERMISSION, summary="Bảng ý kiến chỉ đạo / the directive board")
async def directive_board(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    unit: _Id = None,
    leader: _Word = None,
    field: _Word = None,
    document: _Id = None,
    meeting_id: Annotated[int | None, QueryParameter(name="meeting", ge=1, le=_ID_MAX)] = None,
    since: _Day = None,
    until: _Day = None,
    reading: _Name = "original",
    by: _Name = "unit",
    show: _Name = "overdue",
    band: Annotated[str | None, QueryParameter(max_length=10)] = None,
) -> dict[str, Any]:
    """Counts, the rows of one place (``show``), the heat map, how fast units and the office answer."""
    asked = Asked(
        unit=unit, leader=leader or None, field=field or None, document=document, meeting=meeting_id,
        since=since, until=until, reading=reading, by=by, show=show, band=band or None,
    )  # fmt: skip
    async with db.transaction() as connection:
        return await board.snapshot(connection, desk_of(settings, clock), principal, asked)


@get("/api/v1/boards/meetings/{meeting_id:int}", opt=PERMISSION, summary="Một cuộc họp / one meeting")
async def meeting_board(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    meeting_id: FromPath[int],
) -> dict[str, Any]:
    """A meeting, its notices, its counts, and how each directive of it stands."""
    async with db.transaction() as connection:
        return await meeting(connection, desk_of(settings, clock), principal, meeting_id)


@get("/api/v1/boards/owed", opt=PERMISSION, summary="Đơn vị còn nợ việc gì / what a unit owes, by when")
async def owed_board(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    unit: _Id = None,
) -> dict[str, Any]:
    """What a unit (absent: one's own) leads and helps with, by when it must be done."""
    async with db.transaction() as connection:
        return await owed(connection, desk_of(settings, clock), principal, unit)


@get("/api/v1/boards/brief", opt=PERMISSION, summary="Bản tóm tắt buổi sáng / the leader's morning brief")
async def brief_board(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    day: Annotated[date | None, QueryParameter(name="date")] = None,
    leader: _Word = None,
) -> dict[str, Any]:
    """What is late, due this week, waiting, changed since yesterday; open incidents, urgent alerts."""
    async with db.transaction() as connection:
        return await brief(connection, settings, clock, principal, day=day, leader=leader)


ROUTES = (directive_board, meeting_board, owed_board, brief_board)
