"""What rooms above need: alerts by number, and the incident that an alert belongs to.

Nothing here asks for permissions: whoever calls it has asked for those of its own act, by the rows' unit,
area and sector.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from haidang.alerts.model.alert import Alert, replace
from haidang.alerts.service.ledger import Ledger
from haidang.alerts.store import alerts as store
from haidang.base.clock import Clock
from haidang.base.database import Connection


async def alerts_by_id(connection: Connection, ids: Iterable[int], *, lock: bool = False) -> list[Alert]:
    """Return the alerts that there are of these numbers, in their order."""
    return await store.by_ids(connection, ids, lock=lock)


async def alerts_of_incident(connection: Connection, incident_id: int) -> list[Alert]:
    """Return the alerts that belong to an incident."""
    return await store.read(connection, "a.incident_id = %s", (incident_id,), "ORDER BY a.id LIMIT 1000")


async def join_incident(
    connection: Connection, clock: Clock, actor: str, ids: Sequence[int], incident_id: int | None
) -> list[Alert]:
    """Let alerts belong to an incident, or (None) to none; return them as they are then.

    Takes the turn at the log ``alerts`` until the commit, so it is among the last things a use case does.
    """
    found = await store.by_ids(connection, ids, lock=True)
    ledger = Ledger(found)
    for alert in found:
        if alert.incident_id != incident_id:
            action = "linked" if incident_id is not None else "unlinked"
            incident = incident_id if incident_id is not None else alert.incident_id
            ledger.put(replace(alert, incident_id=incident_id), action, actor, incident=incident)
    written = {each.id: each for each in await ledger.commit(connection, clock)}
    return [written.get(each.id, each) for each in found]
