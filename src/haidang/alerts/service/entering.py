"""Alerts that no rule raised: a phone call, another system, a warning from elsewhere; entered, and over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec

from haidang.alerts.model.acts import Instant
from haidang.alerts.model.alert import HAND, Alert, over, replace
from haidang.alerts.model.signal import Rationale
from haidang.alerts.service import causes, tasking
from haidang.alerts.service.ledger import Ledger
from haidang.alerts.store import alerts as store
from haidang.alerts.store import around
from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.base.geometry import in_vietnam
from haidang.base.problems import INVALID, Fault, Problem
from haidang.organisation import places
from haidang.organisation.permissions import Principal
from haidang.tasks.service.desk import Desk

Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Title = Annotated[str, msgspec.Meta(min_length=3, max_length=300)]
Text = Annotated[str, msgspec.Meta(max_length=4_000)]
Short = Annotated[str, msgspec.Meta(max_length=500)]

RESPOND_S = {1: 5 * 60, 2: 15 * 60, 3: 8 * 3600, 4: 24 * 3600}
"""Time to respond where nobody says: by the priority, as for rules."""


OBSERVED_MAX = timedelta(days=366)
"""What is older asks nobody to act; a year that the database cannot give back would end every list."""


class NewAlert(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody saw, heard or was told, and that an operator must act upon."""

    title: Title
    title_en: Short = ""
    text: Text = ""
    priority: Annotated[int, msgspec.Meta(ge=1, le=4)]
    source: Word = "phone"
    """How it came: phone, visit, camera, partner, cap, …"""
    reference: Short = ""
    """Its number there; the same again by the same unit is counted, not entered twice."""
    entity_id: Short | None = None
    owner_org: int | None = None
    """Absent: who owns the entity, else the asker's own unit."""
    area_code: Annotated[str, msgspec.Meta(max_length=20)] | None = None
    sector: Word | None = None
    location: tuple[float, float] | None = None
    """Longitude, latitude."""
    observed_at: Instant | None = None
    respond_minutes: Annotated[int, msgspec.Meta(ge=1, le=30 * 24 * 60)] | None = None
    cause: Short = ""
    consequence: Short = ""
    action: Short = ""
    incident_kind: Word | None = None
    incident_severity: Annotated[int, msgspec.Meta(ge=1, le=4)] | None = None
    is_exercise: bool = False
    simulated: bool = False
    task: bool = False
    """Give the owner a task at once."""


async def by_hand(
    connection: Connection, clock: Clock, principal: Principal, new: NewAlert, *, desk: Desk | None = None
) -> Alert:
    """Enter an alert; ``Problem`` where the asker may not, or what it names is not there."""
    now = clock.now()
    facts = await _facts(connection, principal, new)
    principal.require(
        "alert.act", org_id=facts["owner_org"], area_code=facts["area_code"], sector=facts["sector"]
    )
    if new.observed_at is not None and new.observed_at > now + timedelta(minutes=5):
        raise _wrong("observed_at", "ở tương lai", "lies in the future")
    if new.observed_at is not None and new.observed_at < now - OBSERVED_MAX:
        raise _wrong("observed_at", "quá một năm trước", "is more than a year ago")
    await store.take_turn(connection)
    [number] = await store.numbers(connection, 1)
    subject = _subject(principal, new, facts["owner_org"]) if new.reference else f"{new.source}#{number}"
    ledger = Ledger()
    standing = await store.open_of(connection, [(HAND, subject)])
    if standing and not _joins(principal, standing[0], new):
        standing, subject = [], f"{new.source}#{number}"
    if standing:
        after = _told_again(ledger.know(standing[0]), new, now)
        ledger.put(after, "raised", principal.id, count=after.count)
        ledger.said(after, "told_again", principal.id, text=new.text, count=after.count)
    else:
        alert = _entered(number, subject, new, facts, now)
        ledger.born(alert, by=principal.id, source=new.source, reference=new.reference)
        if new.task and desk is not None:
            given = await tasking.give(connection, desk, principal, alert)
            ledger.put(given, "task_given", principal.id, task=given.task_id)
    [written] = await ledger.commit(connection, clock)
    return written


def _told_again(alert: Alert, new: NewAlert, now: datetime) -> Alert:
    seen = new.observed_at or now
    after = replace(alert, count=alert.count + 1, last_at=max(alert.last_at, seen))
    if new.text and new.text != alert.text_vi:
        after = replace(after, text_vi=new.text)
    if alert.active:
        return after
    respond_by = now + timedelta(seconds=alert.rationale.respond_within_s)
    return replace(
        after,
        active=True,
        cleared_at=None,
        acked_at=None,
        acked_by=None,
        raised_at=now,
        respond_by=respond_by,
    )


def _entered(number: int, subject: str, new: NewAlert, facts: dict[str, Any], now: datetime) -> Alert:
    respond_s = new.respond_minutes * 60 if new.respond_minutes else RESPOND_S[new.priority]
    why = Rationale(
        rule=HAND, version=1, title_vi=new.title, title_en=new.title_en or new.title,
        priority=new.priority,  # type: ignore[arg-type]
        respond_within_s=respond_s, cause_vi=new.cause, cause_en=new.cause, consequence_vi=new.consequence,
        consequence_en=new.consequence, action_vi=new.action or "Xác minh, phân loại",
        action_en=new.action or "Verify and classify", incident_kind=new.incident_kind,
        incident_severity=new.incident_severity, incident_open="suggest" if new.incident_kind else None,
    )  # fmt: skip
    seen = new.observed_at or now
    place = facts.pop("place")
    lon, lat = new.location or place or (None, None)
    return Alert(
        id=number, rule=HAND, subject=subject, rationale=why, title_vi=why.title_vi, title_en=why.title_en,
        source=new.source, simulated=new.simulated, is_exercise=new.is_exercise, by_hand=True,
        priority=new.priority, first_at=seen, last_at=seen, raised_at=now,
        respond_by=now + timedelta(seconds=respond_s), lon=lon, lat=lat, text_vi=new.text or None,
        changed_at=now, **facts,
    )  # fmt: skip


async def _facts(connection: Connection, principal: Principal, new: NewAlert) -> dict[str, Any]:
    """Return whose it is and where, from the entity where one is named, and from the place."""
    facts: dict[str, Any] = {
        "owner_org": new.owner_org, "area_code": new.area_code, "sector": new.sector, "entity_id": None,
        "entity_type": None, "entity_name": None, "place": None,
    }  # fmt: skip
    if new.location is not None and not in_vietnam(*new.location):
        raise _wrong("location", "không thuộc Việt Nam", "does not lie in Vietnam", str(new.location))
    if new.entity_id is not None:
        entity = await around.entity(connection, new.entity_id)
        if entity is None or not principal.may(
            "entity.read", org_id=entity.owner_org, area_code=entity.area_code, sector=entity.sector
        ):
            raise _wrong("entity_id", "không có thực thể này", "there is no such entity", new.entity_id)
        known = {"owner_org": entity.owner_org, "area_code": entity.area_code, "sector": entity.sector}
        facts |= {name: value for name, value in known.items() if facts[name] is None}
        facts |= {"entity_id": new.entity_id, "entity_type": entity.type, "entity_name": entity.name}
        facts["place"] = entity.place
    if facts["area_code"] is None and new.location is not None:
        facts["area_code"] = places.locate(*new.location)
    if facts["owner_org"] is None:
        facts["owner_org"] = principal.org_id
    names = await around.names(connection, [facts["owner_org"]], [facts["area_code"]], ())
    if facts["owner_org"] is not None and facts["owner_org"] not in names.orgs:
        raise _wrong("owner_org", "không có đơn vị này", "there is no such unit", str(facts["owner_org"]))
    if facts["area_code"] is not None and facts["area_code"] not in names.areas:
        raise _wrong("area_code", "không có khu vực này", "there is no such area", facts["area_code"])
    return facts


def _subject(principal: Principal, new: NewAlert, owner: int | None) -> str:
    """Return what is known by a reference: each unit has its own, and the house's systems have theirs."""
    unit = "" if principal.id.startswith("system:") else f"@{owner}"
    return f"{new.source}{unit}:{new.reference}"


def _joins(principal: Principal, alert: Alert, new: NewAlert) -> bool:
    """Say whether what is told belongs to an alert: the asker's to act upon, and as real as that one is.

    Where it does not, it is one of its own: nobody is told of what is not theirs, and no call goes unheard
    because an exercise had its number.
    """
    return (alert.is_exercise, alert.simulated) == (new.is_exercise, new.simulated) and principal.may(
        "alert.act", org_id=alert.owner_org, area_code=alert.area_code, sector=alert.sector
    )


def _wrong(field: str, vi: str, en: str, value: str | None = None) -> Problem:
    return Problem(INVALID, faults=(Fault(field, vi, en, value),))


async def end(
    connection: Connection, clock: Clock, actor: str, *, source: str, reference: str, reason: str = ""
) -> Alert | None:
    """Let what a system of the house entered under a reference be over; None where nothing is."""
    await store.take_turn(connection)
    now = clock.now()
    found = await store.open_of(connection, [(HAND, f"{source}:{reference}")])
    if not found:
        return None
    ledger = Ledger(found)
    ledger.put(over(found[0], now, now), "cleared", actor, reason=reason)
    await causes.release(connection, ledger, now)
    written = await ledger.commit(connection, clock)
    return next((each for each in written if each.id == found[0].id), found[0])
