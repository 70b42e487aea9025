"""Routes of directives, meetings and groups of units."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.directives.model import directive
from haidang.directives.service import (
    following,
    groups,
    meetings,
    quality,
    telling,
)
from haidang.directives.service.desk import desk_of
from haidang.directives.service.groups import NewGroup
from haidang.directives.service.meetings import MeetingPatch, NewMeeting
from haidang.organisation.permissions import Principal

DIRECTIVES = "/api/v1/directives"
V = DIRECTIVES + "/{directive_id:int}"
MEETINGS = "/api/v1/meetings"
M = MEETINGS + "/{meeting_id:int}"


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act on a directive; its word stands in ``act``, its facts beside it."""

    do: directive.Act


@get(DIRECTIVES, opt={"permission": "directive.read"}, tags=["directives"], summary="Directives")
async def list_directives(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    unit: FromQuery[int | None] = None,
    leader: FromQuery[str | None] = None,
    field: FromQuery[str | None] = None,
    document: FromQuery[int | None] = None,
    meeting: FromQuery[int | None] = None,
    timeliness: FromQuery[str | None] = None,
    band: FromQuery[str | None] = None,
    reading: FromQuery[str] = "original",
    review: FromQuery[bool] = False,
    project: FromQuery[Annotated[str, msgspec.Meta(max_length=40)] | None] = None,
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return directives, the last issued first; ``timeliness`` and ``band``: a task of it stands so."""
    asked = telling.Asked(
        unit=unit, leader=leader, field=field, document=document, meeting=meeting, timeliness=timeliness,
        band=band, reading=reading, review=review, project=project, q=q, before=cursor_number(cursor),
    )  # fmt: skip
    async with db.transaction() as connection:
        return await telling.listed(
            connection, desk_of(settings, clock), principal, asked, limit=page_size(limit)
        )


@get(
    "/api/v1/directive-leaders",
    opt={"permission": "directive.read"},
    tags=["directives"],
    summary="Who gives directives",
)
async def list_leaders(
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return the leaders of the last two years' directives as they are written: offered while one types."""
    async with db.transaction() as connection:
        return await telling.leaders(connection, desk_of(settings, clock), principal)


@get(V, opt={"permission": "directive.read"}, tags=["directives"], summary="One directive")
async def get_directive(
    directive_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return a directive with whom it names, its tasks, the chain, its links, the acts open to the asker."""
    async with db.transaction() as connection:
        return await telling.opened(connection, desk_of(settings, clock), principal, directive_id)


@get(V + "/matrix", opt={"permission": "directive.read"}, tags=["directives"], summary="Who has done it")
async def get_matrix(
    directive_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return one line for each unit that has a task of it; those out of the asker's sight are counted."""
    async with db.transaction() as connection:
        return await telling.matrix(connection, desk_of(settings, clock), principal, directive_id)


@post(
    V + "/acts",
    opt={"permission": "directive.issue"},
    tags=["directives"],
    summary="Act on a directive",
    status_code=200,
)
async def act_on_directive(
    *,
    request: Asked,
    key: Key,
    directive_id: FromPath[int],
    data: JSONBody[Doing],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Link, unlink, follow, replace, review; ``replace`` answers with the directive that takes its place."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        after = await following.perform(connection, desk, principal, directive_id, data.do, version=version)
        return await telling.opened(connection, desk, principal, after.id)

    return await write(request, db, principal.id, key, work)


@get(
    "/api/v1/directive-quality",
    opt={"permission": "directive.register"},
    tags=["directives"],
    summary="How well documents are read",
)
async def get_quality(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    since: Annotated[date | None, QueryParameter(name="from")] = None,
    until: Annotated[date | None, QueryParameter(name="to")] = None,
) -> dict[str, Any]:
    """Return precision and recall by month and by rule, from what people said to proposals."""
    async with db.transaction() as connection:
        return await quality.report(connection, desk_of(settings, clock), principal, since, until)


@get(MEETINGS, opt={"permission": "directive.read"}, tags=["directives"], summary="Meetings")
async def list_meetings(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return meetings that the asker may see, the last entered first."""
    async with db.transaction() as connection:
        return await meetings.listed(
            connection, principal, q=q, before=cursor_number(cursor), limit=page_size(limit)
        )


@get(M, opt={"permission": "directive.read"}, tags=["directives"], summary="One meeting")
async def get_meeting(
    meeting_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return a meeting with the documents of it that the asker may see."""
    async with db.transaction() as connection:
        return await meetings.opened(connection, principal, meeting_id)


@post(MEETINGS, opt={"permission": "directive.register"}, tags=["directives"], summary="Enter a meeting")
async def enter_meeting(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewMeeting],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Enter a meeting of an office for which the asker registers."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await meetings.enter(connection, desk, principal, data)
        return await meetings.opened(connection, principal, made.id)

    return await write(request, db, principal.id, key, work)


@patch(M, opt={"permission": "directive.register"}, tags=["directives"], summary="Change a meeting")
async def change_meeting(
    *,
    request: Asked,
    key: Key,
    meeting_id: FromPath[int],
    data: JSONBody[MeetingPatch],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change what is said of a meeting; what is left out stays."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await meetings.change(connection, desk, principal, meeting_id, data, version=version)
        return await meetings.opened(connection, principal, meeting_id)

    return await write(request, db, principal.id, key, work)


@get(
    "/api/v1/directive-groups",
    opt={"permission": "directive.read"},
    tags=["directives"],
    summary="Whom collectives mean",
)
async def list_groups(
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return the groups of the product and of the site, with who belongs to them today."""
    async with db.transaction() as connection:
        return await groups.listed(connection, desk_of(settings, clock), principal)


@post(
    "/api/v1/directive-groups",
    opt={"permission": "directive.issue"},
    tags=["directives"],
    summary="Say whom a collective means",
)
async def add_group(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewGroup],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Set up a group of the site's own from a day on; one of that name that held until then ends there."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        return await groups.add(connection, desk, principal, data)

    return await write(request, db, principal.id, key, work)


ROUTES = (
    list_directives, list_leaders, get_directive, get_matrix, act_on_directive,
    get_quality, list_meetings, get_meeting, enter_meeting, change_meeting, list_groups, add_group,
)  # fmt: skip
