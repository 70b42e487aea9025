"""Times to react: set when an incident is opened or its severity changes, met by what happens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from haidang.base.database import Connection
from haidang.incidents.model.incident import CLOCKS, Incident, met
from haidang.incidents.service.desk import Desk
from haidang.incidents.store import clocks
from haidang.incidents.store.clocks import Clock


async def set_for(connection: Connection, desk: Desk, incident: Incident) -> None:
    """Set the clocks for what an incident is now; what was met or missed keeps its target."""
    row = desk.tables.reaction_of(
        {"kind": incident.kind, "severity": incident.severity, "is_exercise": incident.is_exercise}
    )
    targets = {name: target for name in CLOCKS if (target := row.target(name)) is not None}
    for name, target in targets.items():
        await clocks.set_target(connection, incident.id, name, incident.reported_at + target)
    await clocks.drop(connection, incident.id, set(CLOCKS) - set(targets))


async def settle(connection: Connection, incident: Incident) -> None:
    """Note which clocks are met by now; of what was rejected or merged the rest stops."""
    for name in CLOCKS:
        at = met(incident, name)
        if at is not None:
            await clocks.meet(connection, incident.id, name, at)
    if not incident.is_open:
        await clocks.end(connection, incident.id)


def shown(clock: Clock, now: datetime) -> dict[str, Any]:
    """Return a clock as screens get it: running, late, met, met_late, ended."""
    if clock.met_at is not None:
        state = "met" if clock.met_at <= clock.target_at else "met_late"
    elif clock.ended:
        state = "ended"
    else:
        state = "running" if now < clock.target_at else "late"
    return {"name": clock.name, "target_at": clock.target_at, "met_at": clock.met_at, "state": state}
