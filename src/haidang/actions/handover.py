"""Handing a shift over: the house lists what is open, so that nothing depends on what somebody remembers."""

from __future__ import annotations

from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from haidang.alerts.service.reading import open_for_handover
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, write
from haidang.base.settings import Settings
from haidang.feeds.service import overview
from haidang.incidents.procedures.service.reading import unfinished
from haidang.incidents.service import reading, resources, shifts
from haidang.incidents.service.desk import Desk, desk_of
from haidang.incidents.service.shifts import NewHandover
from haidang.incidents.store.lists import Filter
from haidang.organisation.permissions import Principal

INCIDENTS_MAX = 500
_INCIDENT = (
    "id", "code", "title", "kind", "kind_vi", "kind_en", "severity", "state", "is_exercise", "simulated",
    "area", "commander", "reported_at",
)  # fmt: skip
_ALERT = (
    "id", "title_vi", "title_en", "priority", "first_at", "entity", "area", "state", "shelved_until",
    "shelved_by", "shelved_reason",
)  # fmt: skip


async def listed(connection: Connection, desk: Desk, principal: Principal) -> dict[str, Any]:
    """Return what the asker's shift would hand over now, of all that the asker may see."""
    page = await reading.listed(
        connection, desk, principal, Filter(is_open=True), limit=INCIDENTS_MAX, cursor=None
    )
    incidents = [_picked(each, _INCIDENT) | _late(each) for each in page["items"]]
    alerts = await open_for_handover(connection, principal)
    feeds = await overview.every(connection, principal, desk.now())
    sent = await resources.sent(connection, principal)
    return {
        "as_of": desk.now(),
        "incidents": incidents,
        "more_incidents": page["next"] is not None,
        "alerts_unacknowledged": [_picked(each, _ALERT) for each in alerts["unacknowledged"]],
        "alerts_shelved": [_picked(each, _ALERT) for each in alerts["shelved"]],
        "steps": await unfinished(connection, [each["id"] for each in incidents]),
        "resources": sent,
        "feeds": [
            _picked(each, ("name", "title_vi", "title_en", "state", "last_accepted_at"))
            for each in feeds
            if each["state"] in {"dead", "error"}
        ],
    }


def _picked(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row.get(name) for name in names}


def _late(row: dict[str, Any]) -> dict[str, Any]:
    return {"late_clocks": [clock["name"] for clock in row["clocks"] if clock["state"] == "late"]}


@get(
    "/api/v1/shifts/handover/draft",
    opt={"permission": "shift.work"},
    tags=["incidents"],
    summary="What a handover would list now",
)
async def draft_handover(
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return open incidents, unacknowledged and shelved alerts, running steps, resources sent, dead feeds."""
    async with db.transaction() as connection:
        return await listed(connection, desk_of(settings, clock), principal)


@post(
    "/api/v1/shifts/handover",
    opt={"permission": "shift.work"},
    tags=["incidents"],
    summary="Hand a shift over",
)
async def make_handover(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewHandover],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Freeze what is open now for the incoming lead; both sign it, then the next shift begins."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        items = await listed(connection, desk, principal)
        made = await shifts.hand_over(connection, desk, principal, data, items)
        return await shifts.one(connection, desk, principal, made.id)

    return await write(request, db, principal.id, key, work)


ROUTES = (draft_handover, make_handover)
