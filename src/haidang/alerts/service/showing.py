"""The row of an alert as screens have it: in lists, in the live stream, in the event log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from haidang.alerts.model.alert import Alert
from haidang.alerts.model.folding import Cell, key_of
from haidang.alerts.store import around
from haidang.alerts.store.around import Names
from haidang.base.database import Connection


async def rows(connection: Connection, alerts: Sequence[Alert]) -> list[dict[str, Any]]:
    """Return the rows of alerts in their order, with the names of what they speak of."""
    names = await names_of(connection, alerts)
    return [row(each, names) for each in alerts]


async def names_of(connection: Connection, alerts: Sequence[Alert]) -> Names:
    """Return the names that stand in the rows of alerts."""
    return await around.names(
        connection,
        {each.owner_org for each in alerts},
        {each.area_code for each in alerts},
        {who for each in alerts for who in (each.acked_by, each.shelved_by, each.closed_by)},
    )


def row(alert: Alert, names: Names) -> dict[str, Any]:
    """Return an alert as people read it; what is open to the asker is not in it."""
    why = alert.rationale
    return {
        "id": alert.id, "rule": alert.rule, "rule_version": why.version, "title_vi": alert.title_vi,
        "title_en": alert.title_en, "text_vi": alert.text_vi, "text_en": alert.text_en,
        "entity": None if alert.entity_id is None
        else {"id": alert.entity_id, "type": alert.entity_type, "name": alert.entity_name},
        "owner": None if alert.owner_org is None
        else {"id": alert.owner_org, "name": names.orgs.get(alert.owner_org, f"#{alert.owner_org}")},
        "area": None if alert.area_code is None
        else {"code": alert.area_code, "name": names.areas.get(alert.area_code, alert.area_code)},
        "sector": alert.sector, "source": alert.source, "priority": alert.priority, "state": alert.state,
        "active": alert.active, "count": alert.count, "first_at": alert.first_at, "last_at": alert.last_at,
        "raised_at": alert.raised_at, "cleared_at": alert.cleared_at, "acked_at": alert.acked_at,
        "acked_by": names.person(alert.acked_by), "shelved_until": alert.shelved_until,
        "shelved_by": names.person(alert.shelved_by), "shelved_reason": alert.shelved_reason,
        "suppressed": alert.suppressed, "suppressed_until": alert.suppressed_until,
        "suppressed_reason": alert.suppressed_reason, "parent_alert": alert.parent_alert,
        "closed_at": alert.closed_at, "closed_by": names.person(alert.closed_by), "value": alert.value,
        "limit": alert.limit_value, "unit": alert.unit,
        "location": None if alert.lon is None or alert.lat is None else [alert.lon, alert.lat],
        "respond_by": alert.respond_by, "cause_vi": why.cause_vi, "cause_en": why.cause_en,
        "consequence_vi": why.consequence_vi, "consequence_en": why.consequence_en,
        "action_vi": why.action_vi, "action_en": why.action_en, "incident_id": alert.incident_id,
        "incident": None if why.incident_kind is None
        else {"kind": why.incident_kind, "severity": why.incident_severity, "open": why.incident_open},
        "task_id": alert.task_id, "group": group_of(alert), "by_hand": alert.by_hand,
        "is_exercise": alert.is_exercise, "simulated": alert.simulated, "version": alert.version,
    }  # fmt: skip


def group_of(alert: Alert) -> str:
    """Return the finest group that an alert folds into; ``model.folding`` reads it back."""
    return key_of(Cell.of(alert), 0)
