"""Which alerts are one incident: by commune, place or entity; and how many silent ones are one outage."""

from __future__ import annotations

from datetime import timedelta

from haidang.alerts.model.alert import COMMON, Alert
from haidang.base.geometry import distance_m
from haidang.incidents.model.incident import Incident
from haidang.incidents.model.tables import Kind

OUTAGE = "outage"
TOGETHER = timedelta(minutes=2)
"""What falls silent within this time is counted together."""
SHARE = 0.7
"""So much of a sector is one outage."""
LEAST = 5
"""Fewer than this are told one by one."""
OUTAGE_MINUTES = 120
"""How long after the report of an outage further silence still joins it."""


def opens(alert: Alert) -> bool:
    """Say whether an alert opens an incident by itself: its rule says so, or it is that of a whole source."""
    if not alert.active or alert.incident_id is not None or alert.state not in {"new", "acked"}:
        return False
    return alert.rule == COMMON or (
        alert.rationale.incident_open == "auto" and alert.rationale.incident_kind is not None
    )


def key_of(kind: Kind, alert: Alert) -> str:
    """Return what alerts of one incident have in common; a place is looked at besides (:func:`belongs`)."""
    mark = f"{kind.kind}:{_world(alert)}"
    if kind.join.by == "area" and alert.area_code is not None:
        return f"{mark}:area:{alert.area_code}"
    if kind.join.by == "place" and alert.lon is not None:
        return f"{mark}:place"
    return f"{mark}:entity:{alert.entity_id or alert.subject}"


def _world(alert: Alert) -> str:
    """Exercises, simulated data and real ones never mix."""
    return "exercise" if alert.is_exercise else "simulated" if alert.simulated else "real"


def belongs(kind: Kind, alert: Alert, incident: Incident) -> bool:
    """Say whether an alert joins an incident of its key."""
    if kind.join.by != "place" or alert.lon is None or alert.lat is None:
        return True
    if incident.lon is None or incident.lat is None:
        return False
    return distance_m(alert.lon, alert.lat, incident.lon, incident.lat) <= kind.join.metres


def sector_key(sector: str, *, simulated: bool) -> str:
    """Return the key of an outage of a sector."""
    return f"{OUTAGE}:{'simulated' if simulated else 'real'}:sector:{sector}"


def source_key(source: str, *, simulated: bool) -> str:
    """Return the key of an outage of a source (a node)."""
    return f"{OUTAGE}:{'simulated' if simulated else 'real'}:source:{source}"


def is_outage(silent: int, of: int) -> bool:
    """Say whether so many of so many are one outage."""
    return silent >= LEAST and of > 0 and silent >= SHARE * of
