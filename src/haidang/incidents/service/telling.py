"""Telling screens, through the one ordered log, and people, through the notices of tasks."""

from __future__ import annotations

from haidang.base import eventlog
from haidang.base.database import Connection
from haidang.incidents.model.incident import Incident, marked
from haidang.incidents.service.desk import Desk
from haidang.incidents.service.lines import lines
from haidang.tasks.service.telling import Addressee, Message, put
from haidang.tasks.store import people

TOPIC = "incidents"


async def tell_log(connection: Connection, desk: Desk, incident: Incident, *, action: str) -> None:
    """Put an event into the log: the row as lists show it, and the units that may see it."""
    [line] = await lines(connection, desk, [incident])
    await eventlog.append(
        connection,
        topic=TOPIC,
        kind=action,
        ref=str(incident.id),
        body=line | {"orgs": list(incident.orgs)},
        owner_org=incident.owner_org,
        area_code=incident.area_code,
        sector=incident.sector,
    )


async def tell_role(
    connection: Connection,
    desk: Desk,
    incident: Incident,
    role: str,
    *,
    key: str,
    kind: str,
    vi: str,
    en: str,
) -> Addressee:
    """Tell whoever fills a role of the owner, or above it, of an incident; what is not real says so first."""
    return await tell_unit(
        connection, desk, incident.owner_org, role, key=key, kind=kind,
        vi=marked(incident, f"{vi}: {incident.code} {incident.title}"),
        en=marked(incident, f"{en}: {incident.code} {incident.title}", english=True),
    )  # fmt: skip


async def tell_unit(
    connection: Connection,
    desk: Desk,
    org_id: int,
    role: str,
    *,
    key: str,
    kind: str,
    vi: str,
    en: str,
) -> Addressee:
    """Tell whoever fills a role of a unit or above it; its inbox where nobody does. Once for a key."""
    orgs = [org_id] if role == "head" else await people.path(connection, org_id)
    found = await people.in_role(connection, orgs, role, desk.now())
    to = Addressee(found, None) if found is not None else Addressee(None, org_id)
    message = Message(key=key, kind=kind, vi=vi, en=en, to=())
    policy = desk.tasks.policies.named("duty")
    await put(connection, desk.tasks, to, message, task=None, policy=policy)
    return to
