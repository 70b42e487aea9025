"""Statistics: sums of days, made by a job from what acts have marked, read without the table of incidents."""

from __future__ import annotations

from datetime import date
from typing import Any

from haidang.base.clock import LOCAL
from haidang.base.database import Connection, Database
from haidang.incidents.model import statistics as model
from haidang.incidents.model.incident import Incident
from haidang.incidents.service.desk import Desk
from haidang.incidents.store import incidents
from haidang.incidents.store import statistics as store
from haidang.organisation.permissions import Principal, scope_sql

DAYS_A_ROUND = 50


async def touched(connection: Connection, incident: Incident) -> None:
    """Note that an incident changes the sums of its day; an exercise changes none."""
    if not incident.is_exercise:
        await store.mark(connection, incident.reported_at.astimezone(LOCAL).date())


async def sum_up(db: Database, desk: Desk) -> int:
    """Sum the days anew that acts have marked; return how many."""
    done = 0
    while True:
        async with db.transaction() as connection:
            days = await store.take_stale(connection, DAYS_A_ROUND)
            for day in days:
                await store.sum_day(connection, day, desk.now())
            await store.note_summed(connection, desk.now())
        done += len(days)
        if len(days) < DAYS_A_ROUND:
            return done


async def summed(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    first: date,
    last: date,
    *,
    area: str | None = None,
    kind: str | None = None,
) -> dict[str, Any]:
    """Return counts and times from one day to another, together and by kind, severity, commune, unit."""
    scope, values = scope_sql(
        principal, "incident.read", org="d.owner_org", area="d.area_code", sector="d.sector"
    )
    days = await store.days(connection, scope, values, first, last, area=area, kind=kind)
    orgs = await incidents.org_names(connection, {day.owner_org for day in days})
    areas = await incidents.area_names(connection, {day.area_code for day in days if day.area_code})
    return {
        "from": first, "to": last, "as_of": await store.summed_at(connection),
        "without": "exercises", "total": model.together(days),
        "by_kind": [
            {"kind": value, "vi": desk.tables.kind(value).vi, "en": desk.tables.kind(value).en} | sums
            for value, sums in model.by(days, "kind")
        ],
        "by_severity": [{"severity": value} | sums for value, sums in model.by(days, "severity")],
        "by_area": [
            {"area": None if value is None else {"code": value, "name": areas.get(value, value)}} | sums
            for value, sums in model.by(days, "area_code")
        ],
        "by_owner": [
            {"owner": {"id": value, "name": orgs.get(value, f"#{value}")}} | sums
            for value, sums in model.by(days, "owner_org")
        ],
        "by_day": [
            {"day": value, "reported": sums["reported"]}
            for value, sums in sorted(model.by(days, "day"), key=lambda each: each[0])
        ],
    }  # fmt: skip
