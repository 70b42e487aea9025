"""Routes of incidents: opening, looking, acting, the log, what is near, statistics."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from haidang.base.clock import LOCAL, Clock
from haidang.base.database import Connection, Database
from haidang.base.problems import INVALID, Fault, Problem
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.incidents.model.acts import Act, Note, Text
from haidang.incidents.service import acting, around, journal, opening, reading, statistics
from haidang.incidents.service.desk import desk_of, parts_of, visible, wrong
from haidang.incidents.service.desk import hindered as _hindered
from haidang.incidents.service.opening import NewIncident
from haidang.incidents.store.lists import Filter
from haidang.organisation.permissions import Principal

I = "/api/v1/incidents/{incident_id:int}"  # noqa: E741 - the path of one incident
STATISTICS_DAYS_MAX = 3 * 366


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act; its word stands in ``act``, its facts beside it."""

    do: Act


class NewEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word for the log."""

    text: Text
    kind: str = "note"
    corrects: int | None = None
    """Number of the entry that it corrects; that one stays."""
    files: Annotated[tuple[int, ...], msgspec.Meta(max_length=20)] = ()
    """Numbers of files that were attached before."""


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split(",") if part)


@get(
    "/api/v1/incident-kinds",
    opt={"permission": "incident.read"},
    tags=["incidents"],
    summary="Kinds of incidents",
)
async def list_kinds(settings: NamedDependency[Settings], clock: NamedDependency[Clock]) -> dict[str, Any]:
    """Return the kinds that this site knows, and the facts that its table of severity asks for."""
    return reading.kinds(desk_of(settings, clock))


@get("/api/v1/incidents", opt={"permission": "incident.read"}, tags=["incidents"], summary="Incidents")
async def list_incidents(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    is_open: Annotated[bool | None, QueryParameter(name="open")] = None,
    states: Annotated[str | None, QueryParameter(name="state")] = None,
    kind: FromQuery[str | None] = None,
    severity: FromQuery[str | None] = None,
    area: FromQuery[str | None] = None,
    exercise: FromQuery[bool | None] = None,
    owner: FromQuery[int | None] = None,
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return incidents: with ``open=true`` by severity and age, else the newest first."""
    grades = _words(severity)
    if not set(grades) <= {"1", "2", "3", "4"}:
        raise Problem(INVALID, faults=(Fault("severity", "từ 1 đến 4", "1 to 4", severity),))
    wanted = Filter(
        is_open=is_open, states=_words(states), kinds=_words(kind), severities=tuple(map(int, grades)),
        area=area, exercise=exercise, owner=owner, q=q[:200],
    )  # fmt: skip
    async with db.transaction() as connection:
        return await reading.listed(
            connection, desk_of(settings, clock), principal, wanted, limit=page_size(limit), cursor=cursor
        )


@post(
    "/api/v1/incidents", opt={"permission": "incident.work"}, tags=["incidents"], summary="Open an incident"
)
async def open_incident(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewIncident],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Open an incident by hand, from alerts or for another system; its procedure starts where one applies."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        incident = await opening.open_incident(connection, desk, principal, data)
        return await reading.incident(connection, desk, principal, incident.id)

    return await write(request, db, principal.id, key, work)


@get(I, opt={"permission": "incident.read"}, tags=["incidents"], summary="One incident")
async def get_incident(
    incident_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return an incident with roles, clocks, links, resources, and what the asker may do now."""
    async with db.transaction() as connection:
        return await reading.incident(connection, desk_of(settings, clock), principal, incident_id)


@post(
    I + "/acts",
    opt={"permission": "incident.read"},
    tags=["incidents"],
    summary="Act on an incident",
    status_code=200,
)
async def act_on_incident(
    *,
    request: Asked,
    key: Key,
    incident_id: FromPath[int],
    data: JSONBody[Doing],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Verify, classify, dispatch, contain, close …: ``{"do": {"act": "verify", "text": "…"}}``."""
    desk = desk_of(settings, clock)
    version = 0 if isinstance(data.do, Note) else version_of(seen)

    async def work(connection: Connection) -> Any:
        await acting.perform(connection, desk, principal, incident_id, data.do, version=version)
        return await reading.incident(connection, desk, principal, incident_id)

    return await write(request, db, principal.id, key, work)


@get(I + "/log", opt={"permission": "incident.read"}, tags=["incidents"], summary="Its log")
async def get_log(
    *,
    incident_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return who did and said what when, newest first; every entry carries its hash in the chain."""
    async with db.transaction() as connection:
        return await reading.log(
            connection,
            principal,
            incident_id,
            before=cursor_number(cursor),
            after=None,
            limit=page_size(limit),
        )


@post(I + "/log", opt={"permission": "incident.work"}, tags=["incidents"], summary="Write into its log")
async def write_log(
    *,
    request: Asked,
    key: Key,
    incident_id: FromPath[int],
    data: JSONBody[NewEntry],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Append an entry: note, call, decision, observation, media, lesson; or a correction of one."""
    desk = desk_of(settings, clock)
    if data.kind not in journal.KINDS:
        known = ", ".join(journal.KINDS)
        raise wrong("kind", f"một trong: {known}", f"one of: {known}", data.kind)

    async def work(connection: Connection) -> Any:
        incident = await visible(connection, principal, incident_id)
        if "unit" not in parts_of(principal, incident):
            raise _hindered("part", "note")
        files = await around.files_of(connection, incident_id, data.files)
        entry = await journal.write(
            connection, desk, principal.id, incident_id, data.kind, data.text, corrects=data.corrects,
            detail={"files": files} if files else None,
        )  # fmt: skip
        return {"no": entry.no, "at": entry.at, "hash": entry.hash}

    return await write(request, db, principal.id, key, work)


@post(I + "/files", opt={"permission": "incident.work"}, tags=["incidents"], summary="Attach a file")
async def attach_file(
    *,
    request: Asked,
    key: Key,
    incident_id: FromPath[int],
    name: FromQuery[Annotated[str, msgspec.Meta(max_length=300)]],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Keep the body as a file named ``name``; the log notes it with its SHA-256."""
    desk = desk_of(settings, clock)
    async with db.transaction() as connection:
        await around.may_attach(connection, principal, incident_id)
    kept = await around.keep(settings, name, await request.body())

    async def work(connection: Connection) -> Any:
        return await around.attach(connection, desk, principal, incident_id, kept)

    return await write(request, db, principal.id, key, work)


@get(
    I + "/files/{file_id:int}",
    opt={"permission": "incident.read"},
    tags=["incidents"],
    summary="A file of its log",
)
async def get_file(
    incident_id: FromPath[int],
    file_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Return the file as an attachment, never to be shown within our pages."""
    async with db.transaction() as connection:
        found = await around.file(connection, principal, incident_id, file_id)
    content = await around.content(settings, found)
    return Response(content, media_type=found["media_type"], headers=around.headers(found))


@get(I + "/nearest", opt={"permission": "incident.read"}, tags=["incidents"], summary="What is near")
async def get_nearest(
    *,
    incident_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    limit: FromQuery[int] = 10,
) -> dict[str, Any]:
    """Return the nearest cameras and free resources that the asker may see, with metres."""
    async with db.transaction() as connection:
        return await around.nearest(connection, principal, incident_id, page_size(limit))


@get(
    "/api/v1/incidents/statistics",
    opt={"permission": "incident.read"},
    tags=["incidents"],
    summary="Counts and times",
)
async def get_statistics(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    first: Annotated[date | None, QueryParameter(name="from")] = None,
    last: Annotated[date | None, QueryParameter(name="to")] = None,
    area: FromQuery[str | None] = None,
    kind: FromQuery[str | None] = None,
) -> dict[str, Any]:
    """Return counts and times to react by day of report (local), both days included; without exercises."""
    until = last or clock.now().astimezone(LOCAL).date()
    since = first or until - timedelta(days=29)
    if not 0 <= (until - since).days <= STATISTICS_DAYS_MAX:
        raise wrong("from", "từ trước đến, tối đa 3 năm", "from before to, 3 years at most", str(since))
    async with db.transaction() as connection:
        return await statistics.summed(
            connection, desk_of(settings, clock), principal, since, until, area=area, kind=kind
        )


ROUTES = (
    list_kinds, list_incidents, open_incident, get_statistics, get_incident, act_on_incident, get_log,
    write_log, attach_file, get_file, get_nearest,
)  # fmt: skip
