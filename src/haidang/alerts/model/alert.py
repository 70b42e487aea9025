"""The alert: two axes and what follows from them.

Axis one: the condition is present (``active``). Axis two: somebody has acknowledged it (``acked_at``). Beside
them it may be shelved or suppressed, and at its end it is closed. The state that people read follows from
these (:func:`state_of`); the same rule stands in the table as a generated column, and a test holds the two
together. The functions here are the ways in which an alert changes by itself; what people do to it stands in
``acts``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from haidang.alerts.model.signal import Rationale, Signal

State = Literal["new", "acked", "cleared", "shelved", "suppressed", "closed"]
STATES: tuple[State, ...] = ("new", "acked", "cleared", "shelved", "suppressed", "closed")
QUEUED: tuple[State, ...] = ("new", "acked", "cleared")
"""What stands before an operator."""
OPEN: tuple[State, ...] = ("new", "acked", "cleared", "shelved", "suppressed")
Suppression = Literal["maintenance", "parent", "common"]
HAND = "by-hand"
"""The rule of alerts that no rule raised."""
COMMON = "common-cause"
"""The rule of alerts that say that most of a source is down."""

replace = msgspec.structs.replace


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert; times are UTC."""

    id: int
    version: int = 1
    """Counts changes of state and acts; a mere repeat of the signal is no change that people must see."""
    entry: int = 0
    """Number of the entry of the chain ``alerts`` that tells of its last change."""
    rule: str
    subject: str
    """With the rule what it is about, once while it is open: the entity, or another system's reference."""
    rationale_id: int = 0
    rationale: Rationale
    """As the rule's was when it was raised; no column of the alert."""
    title_vi: str
    title_en: str
    entity_id: str | None = None
    entity_type: str | None = None
    entity_name: str | None = None
    parent_entity: str | None = None
    """What the entity depends on."""
    owner_org: int | None = None
    area_code: str | None = None
    sector: str | None = None
    source: str = ""
    simulated: bool = False
    is_exercise: bool = False
    by_hand: bool = False
    priority: int
    group_by: str = "area"
    active: bool = True
    acked_at: datetime | None = None
    acked_by: str | None = None
    count: int = 1
    first_at: datetime
    last_at: datetime
    raised_at: datetime
    """By the house's clock, when the condition last came."""
    respond_by: datetime
    cleared_at: datetime | None = None
    shelved_until: datetime | None = None
    shelved_by: str | None = None
    shelved_reason: str | None = None
    suppressed: Suppression | None = None
    suppressed_until: datetime | None = None
    suppressed_by: str | None = None
    suppressed_reason: str | None = None
    parent_alert: int | None = None
    """The alert that stands for this one."""
    closed_at: datetime | None = None
    closed_by: str | None = None
    value: Any = None
    limit_value: float | None = None
    unit: str | None = None
    lon: float | None = None
    lat: float | None = None
    text_vi: str | None = None
    text_en: str | None = None
    common: bool = False
    task_wanted: bool = False
    """Its rule asks for a task that has not been given yet."""
    task_id: int | None = None
    incident_id: int | None = None
    escalated_at: datetime | None = None
    changed_at: datetime

    @property
    def state(self) -> State:
        """What people read."""
        return state_of(self)


def state_of(alert: Alert) -> State:
    """Return the state that follows from the axes."""
    if alert.closed_at is not None:
        return "closed"
    if alert.suppressed is not None:
        return "suppressed"
    if alert.shelved_until is not None:
        return "shelved"
    if not alert.active:
        return "cleared"
    return "new" if alert.acked_at is None else "acked"


def born(number: int, signal: Signal, rationale: Rationale, now: datetime) -> Alert:
    """Return the new alert of a rule's signal."""
    return Alert(
        id=number, rule=signal.rule, subject=signal.entity, rationale=rationale,
        title_vi=rationale.title_vi, title_en=rationale.title_en, entity_id=signal.entity,
        entity_type=signal.entity_type, entity_name=signal.entity_name, parent_entity=signal.parent,
        owner_org=signal.owner_org,
        area_code=signal.area_code, sector=signal.sector, source=signal.source, simulated=signal.simulated,
        priority=rationale.priority, group_by=rationale.group_by, first_at=signal.at, last_at=signal.at,
        raised_at=now, respond_by=now + timedelta(seconds=rationale.respond_within_s), value=signal.told(),
        limit_value=signal.limit, unit=signal.unit, lon=signal.lon, lat=signal.lat, text_vi=signal.text_vi,
        text_en=signal.text_en, common=rationale.common_cause,
        task_wanted=rationale.task and signal.owner_org is not None, changed_at=now,
    )  # fmt: skip


def again(alert: Alert, signal: Signal, now: datetime) -> Alert:
    """Return an open alert after its condition was told again: counted, and new again where it had gone."""
    last = max(alert.last_at, signal.at)
    seen = replace(alert, count=alert.count + 1, last_at=last, value=signal.told(), limit_value=signal.limit)
    if alert.active:
        return seen
    return replace(
        seen, active=True, cleared_at=None, acked_at=None, acked_by=None, raised_at=now,
        respond_by=now + timedelta(seconds=alert.rationale.respond_within_s),
    )  # fmt: skip


def over(alert: Alert, at: datetime, now: datetime) -> Alert:
    """Return an open alert whose condition is gone; what was acknowledged is closed by that."""
    if not alert.active:
        return alert
    gone = replace(alert, active=False, cleared_at=max(at, alert.first_at))
    if alert.acked_at is not None and alert.shelved_until is None and alert.suppressed is None:
        return replace(gone, closed_at=now, closed_by="system:alerts")
    return gone


def suppressed(
    alert: Alert,
    kind: Suppression,
    reason: str,
    *,
    by: str,
    until: datetime | None = None,
    parent: int | None = None,
) -> Alert:
    """Return an alert that nobody needs to act upon for a reason; shelving ends with it."""
    return replace(
        alert, suppressed=kind, suppressed_reason=reason, suppressed_by=by, suppressed_until=until,
        parent_alert=parent, shelved_until=None, shelved_by=None, shelved_reason=None,
    )  # fmt: skip


def unshelved(alert: Alert, now: datetime) -> Alert:
    """Return an alert from the shelf: new where its condition is present, whoever had seen it before."""
    back = replace(alert, shelved_until=None, shelved_by=None, shelved_reason=None)
    if alert.active:
        return replace(back, acked_at=None, acked_by=None)
    return replace(back, closed_at=now, closed_by="system:alerts") if alert.acked_at is not None else back


def unsuppressed(alert: Alert, now: datetime) -> Alert:
    """Return an alert that counts again: new where its condition is present, else closed."""
    back = replace(
        alert, suppressed=None, suppressed_until=None, suppressed_by=None, suppressed_reason=None,
        parent_alert=None,
    )  # fmt: skip
    if alert.active:
        respond_by = now + timedelta(seconds=alert.rationale.respond_within_s)
        return replace(back, acked_at=None, acked_by=None, raised_at=now, respond_by=respond_by)
    return replace(back, closed_at=now, closed_by="system:alerts")


def changed(before: Alert, after: Alert) -> bool:
    """Say whether people must be told: more has changed than how often and with which value it was seen."""
    quiet = {"count": after.count, "last_at": after.last_at, "value": after.value,
             "limit_value": after.limit_value}  # fmt: skip
    return replace(before, **quiet) != after
