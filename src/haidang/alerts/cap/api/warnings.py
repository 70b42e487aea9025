"""Routes of our own warnings: list, draft, one, acts, its document."""

from __future__ import annotations

from typing import Annotated, Any, get_args

import msgspec
from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from haidang.alerts.cap.model.draft import Draft
from haidang.alerts.cap.model.warning import Act, State
from haidang.alerts.cap.model.words import MEDIA_TYPE
from haidang.alerts.cap.service import acting, drafting, reading
from haidang.alerts.cap.service.desk import desk_of, wrong
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal

W = "/api/v1/warnings/{warning_id:int}"
STATES = get_args(State)


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act; its word stands in ``act``, its facts beside it."""

    do: Act


@get("/api/v1/warnings", opt={"permission": "warning.read"}, tags=["warnings"], summary="Warnings")
async def list_warnings(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    states: Annotated[str | None, QueryParameter(name="state")] = None,
    incident: FromQuery[int | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return warnings, the last changed first; ``state`` takes several, divided by commas."""
    wanted = tuple(word for word in (states or "").split(",") if word)
    unknown = [word for word in wanted if word not in STATES]
    if unknown:
        known = ", ".join(STATES)
        raise wrong("state", f"một trong: {known}", f"one of: {known}", unknown[0])
    async with db.transaction() as connection:
        return await reading.listed(
            connection, principal, states=wanted, incident_id=incident, cursor=cursor, limit=page_size(limit)
        )


@get(
    "/api/v1/warnings/choices",
    opt={"permission": "warning.read"},
    tags=["warnings"],
    summary="Words of the standard, templates",
)
async def get_choices(settings: NamedDependency[Settings], clock: NamedDependency[Clock]) -> dict[str, Any]:
    """Return the closed lists of CAP in both languages, and the site's templates."""
    return reading.choices(desk_of(settings, clock))


@post("/api/v1/warnings", opt={"permission": "warning.write"}, tags=["warnings"], summary="Draft a warning")
async def draft_warning(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[Draft],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Write a warning down; nothing leaves, and what is still missing stands in ``faults``."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await drafting.draft(connection, desk, principal, data)
        return await reading.opened(connection, desk, principal, made.id)

    return await write(request, db, principal.id, key, work)


@get(W, opt={"permission": "warning.read"}, tags=["warnings"], summary="One warning")
async def get_warning(
    warning_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return a warning with its content, what stands against sending it, its acts and its log."""
    async with db.transaction() as connection:
        return await reading.opened(connection, desk_of(settings, clock), principal, warning_id)


@put(W, opt={"permission": "warning.write"}, tags=["warnings"], summary="Write a draft anew")
async def rewrite_warning(
    *,
    request: Asked,
    key: Key,
    warning_id: FromPath[int],
    data: JSONBody[Draft],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Replace what a draft says; whoever does cannot approve it any more."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await drafting.rewrite(connection, desk, principal, warning_id, data, version=version)
        return await reading.opened(connection, desk, principal, warning_id)

    return await write(request, db, principal.id, key, work)


@post(
    W + "/acts",
    opt={"permission": "warning.read"},
    tags=["warnings"],
    summary="Act on a warning",
    status_code=200,
)
async def act_on_warning(
    *,
    request: Asked,
    key: Key,
    warning_id: FromPath[int],
    data: JSONBody[Doing],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Submit, approve, refuse, send …; an update or a cancel answers with the draft that it makes."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        after = await acting.perform(connection, desk, principal, warning_id, data.do, version=version)
        return await reading.opened(connection, desk, principal, after.id)

    return await write(request, db, principal.id, key, work)


@get(W + "/xml", opt={"permission": "warning.read"}, tags=["warnings"], summary="As it left")
async def get_document(
    warning_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> Response[bytes]:
    """Return the XML of a warning that has left, also of one that is not public."""
    async with db.transaction() as connection:
        identifier, xml = await reading.document(connection, principal, warning_id)
    headers = {
        "content-disposition": f'attachment; filename="{identifier}.xml"',
        "cache-control": "private, no-store",
    }
    return Response(xml.encode(), media_type=MEDIA_TYPE, headers=headers)


ROUTES = (
    list_warnings, get_choices, draft_warning, get_warning, rewrite_warning, act_on_warning, get_document
)  # fmt: skip
