"""Reading alerts: lists, one alert with its log, the queue, and what a shift hands over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from haidang.alerts.model.acts import offered
from haidang.alerts.model.alert import Alert
from haidang.alerts.model.flood import GOAL_PER_HOUR, LOOK_BACK, Flood, flood
from haidang.alerts.model.folding import Line, fold
from haidang.alerts.service import showing
from haidang.alerts.service.acting import held, visible
from haidang.alerts.service.ledger import LOG
from haidang.alerts.store import around, journal, lists
from haidang.alerts.store.lists import Filter
from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.city import log as city_log
from haidang.organisation.permissions import Principal

HOUR = timedelta(hours=1)
HANDOVER_MAX = 500


async def listed(
    connection: Connection, principal: Principal, wanted: Filter, *, limit: int, cursor: str | None
) -> dict[str, Any]:
    """Return a page of alerts, each with what is open to the asker."""
    found = await lists.page(connection, principal, wanted, limit=limit + 1, after=cursor)
    more = lists.cursor_of(found[limit - 1], wanted) if len(found) > limit else None
    return {"items": await _with_acts(connection, principal, found[:limit]), "next": more}


async def _with_acts(
    connection: Connection, principal: Principal, alerts: Sequence[Alert]
) -> list[dict[str, Any]]:
    rows = await showing.rows(connection, alerts)
    return [
        row | {"acts": offered(alert, held(principal, alert))}
        for row, alert in zip(rows, alerts, strict=True)
    ]


async def opened(connection: Connection, principal: Principal, alert_id: int) -> dict[str, Any]:
    """Return one alert with its rationale, its last entries of the log, and what is open to the asker."""
    alert = await visible(connection, principal, alert_id)
    [row] = await _with_acts(connection, principal, [alert])
    log = await timeline(connection, principal, alert_id, before=None, limit=50)
    children = await journal.explained(connection, alert.id)
    return row | {
        "rationale": msgspec.to_builtins(alert.rationale),
        "explains": {"count": children[0], "sample": children[1]},
        "log": log["items"],
    }


async def timeline(
    connection: Connection, principal: Principal, alert_id: int, *, before: int | None, limit: int
) -> dict[str, Any]:
    """Return the log of an alert, newest first, with the names of who acted."""
    await visible(connection, principal, alert_id)
    found = await journal.entries(connection, LOG, f"alert:{alert_id}", before, limit + 1)
    names = await around.names(connection, (), (), {each["actor"] for each in found})
    shown = [each | {"actor": names.person(each["actor"])} for each in found[:limit]]
    return {"items": shown, "next": str(found[limit - 1]["no"]) if len(found) > limit else None}


async def queue(connection: Connection, clock: Clock, principal: Principal, wanted: Filter) -> dict[str, Any]:
    """Return what stands before the asker in under fifty lines: single alerts and groups of them.

    Every queued alert stands in exactly one line. ``seen`` is what an act on a group is held against.
    """
    now = clock.now()
    seq = await city_log.head(connection)
    seen = await journal.head(connection, LOG)
    minutes = await lists.raises_by_minute(connection, principal, wanted.areas, now - LOOK_BACK)
    flooded = flood(minutes, now)
    folded = fold(await lists.cells(connection, principal, wanted), flood=flooded.active)
    single = [line.key for line in folded.single]
    items = await lists.in_groups(
        connection, principal, wanted, single, sum(line.count for line in folded.single)
    )
    return {
        "items": await _with_acts(connection, principal, items),
        "groups": await _groups(connection, folded.folded, seen),
        "counts": await lists.counts(connection, principal, wanted),
        "flood": _flood(flooded),
        "rate": await _rate(connection, minutes, now),
        "seq": seq,
        "seen": seen,
        "now": now,
    }


def _flood(found: Flood) -> dict[str, Any] | None:
    if not found.active:
        return None
    return {"active": True, "since": found.since, "rate": found.rate}


async def _rate(connection: Connection, minutes: dict[int, int], now: datetime) -> dict[str, Any]:
    since = int((now - HOUR).timestamp()) // 60
    came = sum(count for minute, count in minutes.items() if minute > since)
    people = max(1, await lists.operators(connection, now - HOUR))
    return {"per_hour": -(-came // people), "goal": GOAL_PER_HOUR, "came": came, "operators": people}


_MANY = ("Nhiều loại cảnh báo", "Several kinds of alert")


async def _groups(connection: Connection, lines: Sequence[Line], seen: int) -> list[dict[str, Any]]:
    titles = await lists.titles(connection, [line.rationale_id for line in lines])
    areas = {next(iter(line.areas)) for line in lines if len(line.areas) == 1}
    names = await around.names(connection, (), areas, ())
    shown = []
    for line in lines:
        vi, en = titles[line.rationale_id] if len(line.rules) == 1 else _MANY
        area = _one(line.areas)
        shown.append({
            "key": line.key, "title_vi": vi, "title_en": en, "priority": line.priority, "count": line.count,
            "new": line.new, "ids_sample": line.sample, "rule": _one(line.rules),
            "area": None if area is None else {"code": area, "name": names.areas.get(area, area)},
            "sector": _one(line.sectors), "source": _one(line.sources), "type": _one(line.types),
            "areas": len(line.areas), "rules": len(line.rules), "first_at": line.first_at, "seen": seen,
        })  # fmt: skip
    return shown


def _one(values: set[Any]) -> Any:
    return next(iter(values)) if len(values) == 1 else None


async def open_for_handover(connection: Connection, principal: Principal) -> dict[str, list[dict[str, Any]]]:
    """Return what one shift tells the next: what nobody has acknowledged, and what lies on the shelf."""
    found = {}
    for name, states in (("unacknowledged", ("new", "cleared")), ("shelved", ("shelved",))):
        wanted = Filter(states=states, exercise=False)
        alerts = await lists.page(connection, principal, wanted, limit=HANDOVER_MAX)
        found[name] = await showing.rows(connection, alerts)
    return found
