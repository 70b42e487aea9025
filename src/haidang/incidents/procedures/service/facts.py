"""What is known of an incident when a condition is asked: its row, its alerts, the entities linked to it.

Only what conditions name is read. What is not known, or older than three of its periods, is simply not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from haidang.alerts.model.alert import Alert
from haidang.alerts.service.linking import alerts_of_incident
from haidang.base.database import Connection
from haidang.city.packs import site_packs
from haidang.incidents.model.incident import Incident
from haidang.incidents.procedures.model.words import ENTITY_SPACES, FACTS_SPACE
from haidang.incidents.procedures.store import facts as store
from haidang.incidents.procedures.store.facts import Value
from haidang.incidents.service.desk import Desk
from haidang.incidents.store import incidents

PERIODS = 3
"""A value older than so many of its periods is not known any more."""


def of_incident(incident: Incident, now: datetime) -> dict[str, Any]:
    """Return what the row alone says."""
    found: dict[str, Any] = {
        "incident.kind": incident.kind, "incident.severity": incident.severity,
        "incident.state": incident.state, "incident.sector": incident.sector,
        "incident.area": incident.area_code, "incident.is_exercise": incident.is_exercise,
        "incident.minutes_open": int((now - incident.reported_at).total_seconds() // 60),
    }  # fmt: skip
    found |= {f"{FACTS_SPACE}.{name}": value for name, value in incident.facts.items()}
    return {name: value for name, value in found.items() if value is not None}


async def gather(
    connection: Connection, desk: Desk, incident: Incident, names: Iterable[str]
) -> dict[str, Any]:
    """Return what is known of the facts that conditions name."""
    now = desk.now()
    found = of_incident(incident, now)
    wanted = {name.partition(".")[0]: set[str]() for name in names}
    for name in names:
        space, _, rest = name.partition(".")
        wanted[space].add(rest)
    if not wanted.keys() & {"alert", "alerts", *ENTITY_SPACES}:
        return found
    alerts = [
        alert for alert in await alerts_of_incident(connection, incident.id) if alert.state != "suppressed"
    ]
    found |= _alerts(alerts)
    attributes = set().union(*(wanted.get(space, set()) for space in ENTITY_SPACES))
    if attributes:
        ids = await entities_of(connection, incident, alerts)
        values = await store.values(connection, ids, attributes)
        for attribute in sorted(attributes):
            found |= _of_attribute(desk, ids, values, attribute, now)
    return found


async def entities_of(connection: Connection, incident: Incident, alerts: Sequence[Alert]) -> list[str]:
    """Return the entities of an incident: those of its alerts, then those linked, as they came."""
    links = (await incidents.links(connection, [incident.id])).get(incident.id, [])
    order = {each["ref"]: place for place, each in enumerate(links) if each["kind"] == "alert"}
    by_link = sorted(alerts, key=lambda alert: order.get(str(alert.id), len(order)))
    found = [alert.entity_id for alert in by_link if alert.entity_id is not None]
    found += [each["ref"] for each in links if each["kind"] in {"entity", "camera"}]
    return list(dict.fromkeys(found))


def _alerts(alerts: Sequence[Alert]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "alerts.count": len(alerts),
        "alerts.active": sum(alert.active for alert in alerts),
    }
    if alerts:
        first = min(alerts, key=lambda alert: (alert.priority, -alert.last_at.timestamp()))
        found |= {
            "alert.rule": first.rule, "alert.priority": first.priority, "alert.active": first.active,
            "alert.count": first.count,
        }  # fmt: skip
        if isinstance(first.value, bool | int | float | str):
            found["alert.value"] = first.value
    return found


def _of_attribute(
    desk: Desk, ids: Sequence[str], values: dict[str, dict[str, Value]], attribute: str, now: datetime
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    numbers: list[float] = []
    for place, id_ in enumerate(ids):
        value = values.get(id_, {}).get(attribute)
        if value is None or not _alive(desk, value, now):
            continue
        if isinstance(value.value, bool | int | float | str) and place == 0:
            found[f"entity.{attribute}"] = value.value
        if isinstance(value.value, int | float) and not isinstance(value.value, bool):
            numbers.append(value.value)
    if numbers:
        found |= {f"max.{attribute}": max(numbers), f"min.{attribute}": min(numbers)}
    return found


def _alive(desk: Desk, value: Value, now: datetime) -> bool:
    if value.observed_at is None:
        return True
    period_s = site_packs(desk.tasks.data_dir).type(value.type).expected_period_s
    return now - value.observed_at <= timedelta(seconds=PERIODS * period_s)
