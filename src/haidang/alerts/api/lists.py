"""Routes of many alerts: lists, the queue, acts on many and on groups, the quality of the rules."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from haidang.alerts.model.acts import Act
from haidang.alerts.model.alert import STATES
from haidang.alerts.service import acting, reading
from haidang.alerts.service import quality as measures
from haidang.alerts.store.lists import Filter
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.problems import INVALID, Fault, Problem
from haidang.base.requests import Asked, Key, page_size, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.organisation.store import areas
from haidang.tasks.service.desk import desk_of

BULK_MAX = 200


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An alert and the version that was seen of it."""

    id: int
    version: int


class Bulk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One act for alerts that are named, or for a group of the queue as it was seen."""

    do: Act
    items: Annotated[tuple[Seen, ...], msgspec.Meta(max_length=BULK_MAX)] = ()
    group: Annotated[str, msgspec.Meta(max_length=3_000)] | None = None
    seen: int | None = None
    """``seen`` of the group's line: what has changed since then is left and told."""
    area: Annotated[str, msgspec.Meta(max_length=20)] | None = None
    sector: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    state: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    """The area, sector and states that the queue was asked for, where it was."""


async def filter_of(  # noqa: PLR0917 - what a list can be asked for
    connection: Connection,
    state: str | None = None,
    priority: str | None = None,
    area: str | None = None,
    sector: str | None = None,
    rule: str | None = None,
    entity: str | None = None,
    incident: int | None = None,
    active: bool | None = None,
    exercise: bool | None = None,
    group: str | None = None,
) -> Filter:
    """Return what a list was asked for; ``Problem`` where a word is none of ours."""
    return Filter(
        states=_words("state", state, STATES),
        priorities=tuple(map(int, _words("priority", priority, ("1", "2", "3", "4")))),
        areas=None if area is None else tuple(sorted(await areas.subtree(connection, area))),
        sector=sector, rule=rule, entity=entity, incident=incident, active=active, exercise=exercise,
        group=group,
    )  # fmt: skip


def _words(field: str, text: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    words = tuple(part for part in (text or "").split(",") if part)
    for word in words:
        if word not in known:
            named = ", ".join(known)
            fault = Fault(field, f"một trong: {named}", f"one of: {named}", word[:40])
            raise Problem(INVALID, faults=(fault,))
    return words


@get("/api/v1/alerts", opt={"permission": "alert.read"}, tags=["alerts"], summary="Alerts")
async def list_alerts(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    states: Annotated[str | None, QueryParameter(name="state")] = None,
    priority: FromQuery[str | None] = None,
    area: FromQuery[str | None] = None,
    sector: FromQuery[str | None] = None,
    rule: FromQuery[str | None] = None,
    entity: FromQuery[str | None] = None,
    incident: FromQuery[int | None] = None,
    active: FromQuery[bool | None] = None,
    exercise: FromQuery[bool | None] = None,
    group: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return alerts by priority, unacknowledged, oldest; where closed ones are asked for the newest first."""
    async with db.transaction() as connection:
        wanted = await filter_of(
            connection, states, priority, area, sector, rule, entity, incident, active, exercise, group
        )
        return await reading.listed(connection, principal, wanted, limit=page_size(limit), cursor=cursor)


@get("/api/v1/alerts/queue", opt={"permission": "alert.read"}, tags=["alerts"], summary="The duty queue")
async def get_queue(
    *,
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    states: Annotated[str | None, QueryParameter(name="state")] = None,
    priority: FromQuery[str | None] = None,
    area: FromQuery[str | None] = None,
    sector: FromQuery[str | None] = None,
    group: FromQuery[str | None] = None,
) -> dict[str, Any]:
    """Return what stands before an operator in under fifty lines: alerts, and groups that fold the rest."""
    async with db.transaction() as connection:
        wanted = await filter_of(connection, states, priority, area, sector, group=group)
        return await reading.queue(connection, clock, principal, wanted)


@get("/api/v1/alerts/quality", opt={"permission": "alert.read"}, tags=["alerts"], summary="Load by the rules")
async def get_quality(
    *,
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    month: FromQuery[str | None] = None,
) -> dict[str, Any]:
    """Return a month's worst rules, mix of priorities, chattering and standing alerts, and operators."""
    async with db.transaction() as connection:
        return await measures.quality(connection, clock, principal, month)


@post(
    "/api/v1/alerts/bulk",
    opt={"permission": "alert.read"},
    tags=["alerts"],
    summary="One act for many alerts",
    status_code=200,
)
async def act_on_many(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[Bulk],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Do an act for each alert against the version seen of it, or for a group against what was seen of it."""
    desk = desk_of(settings, clock)
    if (data.group is None) == (not data.items) or (data.group is not None and data.seen is None):
        vi, en = "cần items, hoặc group và seen", "needs items, or group and seen"
        raise Problem(INVALID, faults=(Fault("items", vi, en),))

    async def work(connection: Connection) -> Any:
        if data.group is not None:
            wanted = await filter_of(
                connection, data.state, area=data.area, sector=data.sector, group=data.group
            )
            return await acting.on_group(connection, desk, principal, data.do, wanted, data.seen or 0)
        seen = {each.id: each.version for each in data.items}
        return {"items": await acting.on_many(connection, desk, principal, data.do, seen)}

    found = await write(request, db, principal.id, key, work)
    refused = any("problem" in each for each in found.get("items", ()))
    return Response(found, status_code=207 if refused else 200)


ROUTES = (list_alerts, get_queue, get_quality, act_on_many)
