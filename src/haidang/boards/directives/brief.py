"""The leader's page of a morning: what is red first, each one step from its directive.

A part that the asker may not see is null and empties nothing else. Figures stand for the moment of asking;
``changes`` is told from half past seven of the day before.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import msgspec

from haidang.alerts.service import reading as alerts
from haidang.alerts.store.lists import Filter as AlertFilter
from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.base.settings import Settings
from haidang.boards.directives import lines, model, store
from haidang.boards.directives.board import SOURCE
from haidang.directives.model.counts import shown
from haidang.directives.service import counting
from haidang.directives.store.counts import Cut
from haidang.incidents.service import reading as incidents
from haidang.incidents.service.desk import desk_of as incidents_desk
from haidang.incidents.store.lists import Filter as IncidentFilter
from haidang.organisation.permissions import Principal
from haidang.tasks.model.due import local_day
from haidang.tasks.service.desk import Desk, desk_of
from haidang.tasks.service.giving import soon_end
from haidang.tasks.store.tasks import get

LATE_MAX = 8
SOON_MAX = 8
WAITING_MAX = 8
CHANGES_MAX = 10
URGENT_MAX = 5
COUNT_MAX = 200


async def brief(
    connection: Connection,
    settings: Settings,
    clock: Clock,
    principal: Principal,
    *,
    day: date | None = None,
    leader: str | None = None,
) -> dict[str, Any]:
    """Return the page of a morning for the asker's own directives, those of ``leader``, or (``*``) all."""
    desk = desk_of(settings, clock)
    now = desk.now()
    on = day or local_day(now)
    if not 0 <= (local_day(now) - on).days <= model.BACK_MAX:
        most = model.BACK_MAX
        fault = Fault(
            "date", f"từ {most} ngày trước đến hôm nay", f"from {most} days ago until today", str(on)
        )
        raise Problem(INVALID, faults=(fault,))
    choices = await store.choices(connection, principal)
    leaders = sorted({each.leader for each in choices if each.leader})
    mine = model.whose(leader, principal.name, leaders)
    cut = Cut(leader=mine)
    span = model.span(on, now)
    return {
        "as_of": now, "date": on, "source": SOURCE, "leader": mine, "leaders": leaders,
        "simulated": any(each.simulated for each in choices),
        "total": shown(await counting.total(connection, desk, principal, cut)),
        "late": await lines.listed(connection, desk, principal, cut, ("overdue",), limit=LATE_MAX),
        "this_week": await _this_week(connection, desk, principal, cut),
        "waiting": await _waiting(connection, desk, principal, cut),
        "changes": await _changes(connection, principal, cut, span),
        "incidents": await _incidents(connection, settings, clock, principal),
        "alerts": await _alerts(connection, principal),
    }  # fmt: skip


async def _this_week(connection: Connection, desk: Desk, principal: Principal, cut: Cut) -> dict[str, Any]:
    """Return what must be reported within seven days and is not late yet, against the present end."""
    current = msgspec.structs.replace(cut, reading="current")
    rows = await lines.listed(
        connection, desk, principal, current, ("in_time", "due_soon"), limit=COUNT_MAX + 1,
        before=model.week_ahead(desk.now()),
    )  # fmt: skip
    return {"count": min(len(rows), COUNT_MAX), "more": len(rows) > COUNT_MAX, "rows": rows[:SOON_MAX]}


async def _waiting(connection: Connection, desk: Desk, principal: Principal, cut: Cut) -> dict[str, Any]:
    """Return what waits for a verdict (reported in time or late), and extensions that wait for a decision."""
    now = desk.now()
    found = await store.found(
        connection, principal, cut, ("awaiting_verdict", "overdue"), now=now, soon=soon_end(desk, now),
        limit=10_000,
    )  # fmt: skip
    reported = sorted(
        (each for each in found if each.task.state == "reported"),
        key=lambda each: (each.task.reported_at or now, each.task.id),
    )
    asked = await store.waiting_extensions(connection, principal, cut)
    behind = await store.directive_of(connection, asked[:WAITING_MAX])
    tasks = [await get(connection, number) for number in asked[:WAITING_MAX]]
    extensions = [store.Found(task, "", behind.get(task.id)) for task in tasks if task is not None]
    return {
        "verdicts": {
            "count": len(reported),
            "rows": await lines.rows(connection, desk, principal, reported[:WAITING_MAX], reading="original"),
        },
        "extensions": {
            "count": len(asked),
            "rows": await lines.rows(connection, desk, principal, extensions, reading="original"),
        },
    }


async def _changes(
    connection: Connection, principal: Principal, cut: Cut, span: model.Span
) -> dict[str, Any]:
    found = await store.changed(connection, principal, cut, since=span.since, until=span.until)
    return {
        "since": span.since, "until": span.until,
        "counts": Counter(each.kind for each in found),
        "rows": [lines.plain(each) for each in found[:CHANGES_MAX]],
    }  # fmt: skip


async def _incidents(
    connection: Connection, settings: Settings, clock: Clock, principal: Principal
) -> dict[str, Any] | None:
    if not principal.may("incident.read"):
        return None
    page = await incidents.listed(
        connection, incidents_desk(settings, clock), principal, IncidentFilter(is_open=True), limit=COUNT_MAX,
        cursor=None,
    )  # fmt: skip
    real = [each for each in page["items"] if not each["is_exercise"]]
    names = ("id", "code", "title", "kind_vi", "kind_en", "severity", "state", "reported_at", "area")
    return {
        "count": len(real), "more": page["next"] is not None,
        "rows": [{name: each[name] for name in names} for each in real[:URGENT_MAX]],
    }  # fmt: skip


async def _alerts(connection: Connection, principal: Principal) -> dict[str, Any] | None:
    """Return the open alerts of priority 1 that are no exercise."""
    if not principal.may("alert.read"):
        return None
    wanted = AlertFilter(priorities=(1,), exercise=False)
    page = await alerts.listed(connection, principal, wanted, limit=COUNT_MAX, cursor=None)
    names = ("id", "priority", "state", "title_vi", "title_en", "first_at", "area", "incident_id")
    return {
        "count": len(page["items"]), "more": page["next"] is not None,
        "rows": [{name: each.get(name) for name in names} for each in page["items"][:URGENT_MAX]],
    }  # fmt: skip
