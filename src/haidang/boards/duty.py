"""The duty console: what came in, who deals with it, what is next. One snapshot; the stream goes on from it.

Everything comes from the rooms below in one transaction, so that an alert and the incident it has become are
never seen apart. A part that the asker may not see at all is ``null``: the screen says so in its place.
"""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.alerts.model.alert import QUEUED, STATES, State
from haidang.alerts.service import reading as alerts
from haidang.alerts.store.lists import Filter as AlertFilter
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.problems import INVALID, Fault, Problem
from haidang.base.settings import Settings
from haidang.boards.model import iso
from haidang.feeds.service import overview
from haidang.incidents.service import reading as incidents
from haidang.incidents.service import resources, shifts
from haidang.incidents.service.desk import desk_of
from haidang.incidents.store.lists import Filter as IncidentFilter
from haidang.organisation.permissions import Principal
from haidang.organisation.store.areas import subtree

OPENED_MAX = 100
"""Alerts of a group, or of a state beside the queue, that are shown one by one."""
INCIDENTS_MAX = 200
RESOURCES_MAX = 500


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the queue is narrowed to, as the address of the screen says it."""

    priority: str | None = None
    state: str | None = None
    area: str | None = None
    sector: str | None = None
    group: str | None = None


async def snapshot(
    db: Database, settings: Settings, clock: Clock, principal: Principal, asked: Asked
) -> dict[str, Any]:
    """Return the console as it stands."""
    desk = desk_of(settings, clock)
    narrowed = filter_of(asked)
    async with db.transaction() as connection:
        queue = await _queue(connection, clock, principal, asked, narrowed)
        found: dict[str, Any] = {
            "as_of": iso(clock.now()),
            "seq": 0 if queue is None else queue["seq"],
            "queue": queue,
            "incidents": None,
            "resources": None,
            "shifts": None,
            "feeds": None,
        }
        if principal.may("incident.read"):
            wanted = IncidentFilter(is_open=True)
            page = await incidents.listed(
                connection, desk, principal, wanted, limit=INCIDENTS_MAX, cursor=None
            )
            found["incidents"] = page["items"]
        if principal.may("shift.work"):
            found["shifts"] = await shifts.current(connection, desk, principal)
        if principal.may("resource.read"):
            found["resources"] = (await resources.listed(connection, principal, limit=RESOURCES_MAX))["items"]
        if principal.may("feed.read"):
            feeds = await overview.every(connection, principal, clock.now(), {})
            states = [one["state"] for one in feeds]
            dead = states.count("dead") + states.count("error")
            found["feeds"] = {"total": len(feeds), "late": states.count("late") + dead, "dead": dead}
    return found


async def _queue(
    connection: Connection, clock: Clock, principal: Principal, asked: Asked, narrowed: AlertFilter
) -> dict[str, Any] | None:
    """Return the folded queue; where one group or one state is opened, its alerts one by one instead."""
    if not principal.may("alert.read"):
        return None
    if asked.area:
        codes = tuple(sorted(await subtree(connection, asked.area) | {asked.area}))
        narrowed = msgspec.structs.replace(narrowed, areas=codes)
    whole = msgspec.structs.replace(narrowed, states=(), group=None)
    queue = await alerts.queue(connection, clock, principal, whole)
    if asked.group or asked.state:
        states = narrowed.states or QUEUED
        opened = msgspec.structs.replace(narrowed, states=states)
        page = await alerts.listed(connection, principal, opened, limit=OPENED_MAX, cursor=None)
        queue |= {"items": page["items"], "groups": []}
    return queue


def filter_of(asked: Asked) -> AlertFilter:
    """Return what an address narrows the queue to; ``Problem`` (invalid) names a word that is none."""
    states = [word for word in (asked.state or "").split(",") if word]
    priorities = [word for word in (asked.priority or "").split(",") if word]
    faults = [
        Fault("state", f"Không có trạng thái {word[:40]}.", f"There is no state {word[:40]}.", word[:40])
        for word in states
        if word not in STATES
    ]
    faults += [
        Fault("priority", "Mức từ 1 đến 4.", "Priorities are 1 to 4.", word[:40])
        for word in priorities
        if word not in {"1", "2", "3", "4"}
    ]
    if faults:
        raise Problem(INVALID, faults=tuple(faults))
    known: tuple[State, ...] = tuple(word for word in STATES if word in states)
    return AlertFilter(
        states=known,
        priorities=tuple(sorted(int(word) for word in priorities)),
        sector=asked.sector or None,
        group=asked.group or None,
    )
