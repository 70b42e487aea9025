"""Maintenance: work on an entity, planned beforehand, during which its alerts are expected."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec

from haidang.alerts.model.acts import MAINTENANCE_DAYS_MAX, Instant, Reason
from haidang.alerts.model.alert import suppressed, unsuppressed
from haidang.alerts.service.ledger import Ledger
from haidang.alerts.store import alerts as store
from haidang.alerts.store import around
from haidang.alerts.store.around import Maintenance
from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.organisation.chain import audit
from haidang.organisation.permissions import Principal, scope_sql
from haidang.organisation.service.access import missing, unchanged

AHEAD_DAYS_MAX = 365
LIST_MAX = 500


class NewMaintenance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Work that is planned on an entity."""

    entity_id: Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]
    until: Instant
    reason: Reason
    rule: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    """Absent: every rule of the entity."""
    starts_at: Instant | None = None
    """Absent: now; what is open of it then is suppressed at once."""


async def plan(
    connection: Connection, clock: Clock, principal: Principal, new: NewMaintenance
) -> Maintenance:
    """Plan work on an entity; what stands open of it is suppressed where it begins now."""
    now = clock.now()
    starts = new.starts_at or now
    thing = await around.entity(connection, new.entity_id)
    if thing is None or not principal.may(
        "entity.read", org_id=thing.owner_org, area_code=thing.area_code, sector=thing.sector
    ):
        raise _wrong("entity_id", "không có thực thể này", "there is no such entity")
    principal.require("alert.rule", org_id=thing.owner_org, area_code=thing.area_code, sector=thing.sector)
    if starts > now + timedelta(days=AHEAD_DAYS_MAX):
        raise _wrong("starts_at", "quá xa", "is too far ahead")
    if starts < now - timedelta(days=MAINTENANCE_DAYS_MAX):
        raise _wrong("starts_at", "quá xa về trước", "is too long ago")
    if not max(starts, now) < new.until <= starts + timedelta(days=MAINTENANCE_DAYS_MAX):
        days = MAINTENANCE_DAYS_MAX
        raise _wrong("until", f"sau lúc bắt đầu, tối đa {days} ngày", f"after it begins, at most {days} days")
    work = Maintenance(
        entity_id=new.entity_id, rule=new.rule, owner_org=thing.owner_org, area_code=thing.area_code,
        sector=thing.sector, starts_at=starts, until=new.until, reason=new.reason, by=principal.id,
    )  # fmt: skip
    work = msgspec.structs.replace(work, id=await around.add_maintenance(connection, work))
    detail = {"entity": work.entity_id, "rule": work.rule, "until": work.until, "reason": work.reason}
    await audit(connection, principal, "alert_maintenance.plan", f"alert_maintenance:{work.id}", detail,
                org_id=work.owner_org, clock=clock)  # fmt: skip
    if starts <= now:
        await _begin(connection, clock, work)
    return work


async def _begin(connection: Connection, clock: Clock, work: Maintenance) -> None:
    found = await store.read(
        connection,
        "a.is_open AND a.suppressed IS NULL AND a.entity_id = %(entity)s "
        "AND (%(rule)s::text IS NULL OR a.rule = %(rule)s)",
        {"entity": work.entity_id, "rule": work.rule},
        "ORDER BY a.id FOR NO KEY UPDATE",
    )
    ledger = Ledger(found)
    for alert in found:
        after = suppressed(alert, "maintenance", work.reason, by=work.by, until=work.until)
        ledger.put(after, "suppressed", work.by, until=work.until, reason=work.reason, maintenance=work.id)
    await ledger.commit(connection, clock)


async def end(
    connection: Connection, clock: Clock, principal: Principal, number: int, *, version: int
) -> None:
    """End work before its time; what is still present comes forward as new."""
    found = await around.maintenance(
        connection, "m.id = %(id)s AND m.ended_at IS NULL", {"id": number}, "FOR UPDATE"
    )
    if not found or not principal.may(
        "alert.rule", org_id=found[0].owner_org, area_code=found[0].area_code, sector=found[0].sector
    ):
        raise missing("Không có lịch bảo trì này.", "There is no such maintenance.")
    [work] = found
    unchanged(work, version)
    now = clock.now()
    await around.end_maintenance(connection, [work.id], now)
    await audit(connection, principal, "alert_maintenance.end", f"alert_maintenance:{work.id}",
                {"entity": work.entity_id}, org_id=work.owner_org, clock=clock)  # fmt: skip
    alerts = await store.read(
        connection,
        "a.is_open AND a.suppressed = 'maintenance' AND a.entity_id = %(entity)s "
        "AND (%(rule)s::text IS NULL OR a.rule = %(rule)s)",
        {"entity": work.entity_id, "rule": work.rule},
        "ORDER BY a.id FOR NO KEY UPDATE",
    )
    ledger = Ledger(alerts)
    for alert in alerts:
        ledger.put(unsuppressed(alert, now), "unsuppressed", principal.id, maintenance=work.id)
    await ledger.commit(connection, clock)


async def listed(connection: Connection, clock: Clock, principal: Principal) -> list[dict[str, Any]]:
    """Return the work that goes on or is planned, of what the asker may see."""
    where, values = scope_sql(
        principal, "alert.read", org="m.owner_org", area="m.area_code", sector="m.sector"
    )
    found = await around.maintenance(
        connection,
        f"{where} AND m.ended_at IS NULL AND m.until > %(now)s",
        values | {"now": clock.now(), "limit": LIST_MAX},
        "ORDER BY m.starts_at, m.id LIMIT %(limit)s",
    )
    names = await around.names(connection, (), (), {each.by for each in found})
    return [msgspec.structs.asdict(each) | {"by": names.person(each.by)} for each in found]


def _wrong(field: str, vi: str, en: str) -> Problem:
    return Problem(INVALID, faults=(Fault(field, vi, en),))
